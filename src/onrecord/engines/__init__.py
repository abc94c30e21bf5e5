"""Interchangeable extractors. Each takes reports and proposes; none writes anywhere, none imports another."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onrecord.engines.tagger import TaggerEngine


@cache
def default_engine() -> TaggerEngine:
    """The shipped tagger, one per process."""
    from onrecord.engines.tagger import TaggerEngine

    return TaggerEngine()
