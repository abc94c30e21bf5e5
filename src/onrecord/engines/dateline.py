"""The day from which a report's times are reckoned: given, or as the head of its text says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

from onrecord.engines.reckoning import WEEKDAYS
from onrecord.engines.times import Anchor, times_in

_PLACE_LINE = re.compile(r"\s*[A-Z][A-Z .,'’/-]{1,40}[,(]?\s+")
_DASH = re.compile(r"\)?\s*(?:-|–|—)")
_TOP = 400
"""Characters at the head of a text in which its own date line may stand."""
_BESIDE = 24
"""Characters that may stand beside a date on its line: "Published", an hour."""


def anchor_of(text: str, published: str | None) -> Anchor:
    """The day a report was published: given, or as its head says, on a line of its own or after a place.

    Given as an ISO date or date and time. Where what is given is no date, or dates at the head contradict each other or
    themselves ("Tuesday" for a Wednesday), nobody knows.
    """
    if published:
        try:
            return Anchor(datetime.fromisoformat(published).date())
        except ValueError:
            return Anchor(None)
    days = {day for line in text[:_TOP].split("\n")[:8] for day in _dated(line)}
    return Anchor(days.pop() if len(days) == 1 else None)


def _dated(line: str) -> Iterator[date | None]:
    """The whole date that a line consists of, or that its place begins with ("OSLO, March 4, 2011 - …").

    None: one whose weekday it is not.
    """
    place = _PLACE_LINE.match(line)
    for when in times_in(line, 0, len(line), Anchor(None))[:1]:
        alone = len(line) <= when.span.end - when.span.start + _BESIDE
        opens = place is not None and place.end() >= when.span.start and _DASH.match(line, when.span.end)
        if when.value and len(when.value) == 10 and (alone or opens):
            day = date.fromisoformat(when.value)
            named = [k for name, k in WEEKDAYS.items() if name in line[: when.span.end].lower()]
            yield day if all(k == day.weekday() for k in named) else None
