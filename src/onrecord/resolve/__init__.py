"""Who is who across reports: names, states, and verdicts with reasons that a person can read."""

from __future__ import annotations

from onrecord.resolve.judge import VERSION, Index, Verdict, judge_all
from onrecord.resolve.states import standard
from onrecord.resolve.tables import Actor, Aliases, Names, Problem, Sense, State, read_aliases

__all__ = [
    "VERSION",
    "Actor",
    "Aliases",
    "Index",
    "Names",
    "Problem",
    "Sense",
    "State",
    "Verdict",
    "judge_all",
    "read_aliases",
    "standard",
]
