"""Sources: who is quoted, named and unnamed, by publisher and time."""

from __future__ import annotations

from dataclasses import dataclass

from onrecord.answer import Record
from onrecord.store import Quoted
from onrecord.store.rows import Voice

SHOWN = 100
MONTHS = 24


@dataclass(frozen=True, slots=True)
class SourceLine:
    """Somebody who is quoted; `bars`: of each of the page's months how often, 0 … 100 of the most."""

    quoted: Quoted
    bars: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """Who is quoted, most often first, in what was asked for. `months`: the last ones that have any, in order.
    `kinds`: how many attributions come from named, unnamed and collective sources among those shown."""

    words: str
    voice: Voice | None
    publisher: str
    since: str | None
    until: str | None
    publishers: tuple[tuple[str, int], ...]
    months: tuple[str, ...]
    lines: tuple[SourceLine, ...]
    kinds: tuple[tuple[str, int], ...]


def sources_page(
    record: Record,
    words: str = "",
    voice: Voice | None = None,
    publisher: str = "",
    since: str | None = None,
    until: str | None = None,
) -> SourcesPage:
    """Raises UsageError."""
    found = record.quoted(words, voice=voice, publisher=publisher, since=since, until=until, limit=SHOWN).items
    months = sorted({month for each in found for month, _ in each.months})[-MONTHS:]
    most = max((n for each in found for _, n in each.months), default=1)
    lines = []
    for each in found:
        held = dict(each.months)
        lines.append(SourceLine(each, tuple((m, held.get(m, 0), round(100 * held.get(m, 0) / most)) for m in months)))
    kinds: dict[str, int] = {"named": 0, "unnamed": 0, "a group": 0, "unknown": 0}
    for each in found:
        kinds[_sort(each.kind)] += each.attributions
    return SourcesPage(
        words,
        voice,
        publisher,
        since,
        until,
        tuple(record.publishers()),
        tuple(months),
        tuple(lines),
        tuple((name, n) for name, n in kinds.items() if n),
    )


def _sort(kind: str) -> str:
    return {"unnamed": "unnamed", "collective": "a group", "unknown": "unknown"}.get(kind, "named")
