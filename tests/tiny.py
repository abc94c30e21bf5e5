"""A tiny deterministic engine for tests of everything around engines: it knows one verb and two patterns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from onrecord.model import Entity, Proposal, Proposed, Report, Run, Span

PATTERNS = (
    re.compile(r"(?P<source>(?:[A-Z]\w+ ?)+) (?P<cue>said) (?P<content>that [^.\n]+)"),
    re.compile(r"(?P<content>“[^”]+”) (?P<cue>said) (?P<source>(?:the )?(?:[A-Z]\w+ ?)+\b)"),
)


class TinyEngine:
    """`Mayor Lee said that …` and `“…,” said Mayor Lee`."""

    run = Run("tiny", "1")

    def propose(self, reports: Sequence[Report]) -> list[Proposed]:
        """For each report its proposals, in order of their place in the text."""
        return [self._proposed(r) for r in reports]

    def _proposed(self, report: Report) -> Proposed:
        """Every wording of a source is one person."""
        found = sorted(self._read(report.text), key=lambda p: p.content)
        names = list(dict.fromkeys(p.source.of(report.text).strip() for p in found if p.source))
        mentions = {n: [p.source for p in found if p.source and p.source.of(report.text).strip() == n] for n in names}
        entities = tuple(Entity(report.id, n, "person", tuple(sorted(mentions[n]))) for n in names)
        led = [replace(p, entity=names.index(p.source.of(report.text).strip()) if p.source else None) for p in found]
        return Proposed(tuple(led), entities)

    def _read(self, text: str) -> list[Proposal]:
        matches = (match for pattern in PATTERNS for match in pattern.finditer(text))
        return [Proposal(_span(m, "source"), _span(m, "cue"), (_span(m, "content"),), 0.9) for m in matches]


def _span(match: re.Match[str], name: str) -> Span:
    return Span(match.start(name), match.end(name))
