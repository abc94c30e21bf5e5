"""Copies: compares the texts of new reports with those of all others, and records which reprint one text.

Nothing is merged here: which reports count as one follows from the judgements on record, a person's above every
engine's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from onrecord.link import VERSION, Compared, Copies, Likeness, alike
from onrecord.model import Run, address
from onrecord.store import Judgement, Sketched, Store, Unsketched

BATCH = 100
"""Reports compared in one transaction."""

RUN = Run("copies", VERSION, {})
"""The engine at work: shingles and limits of `link` of that version."""


def find_copies(store: Store, progress: Callable[[int], None] | None = None) -> int:
    """Compare the texts of all reports that were not compared yet; how many of them reprint another.

    Each batch is one durable transaction: stopped, it goes on from there. `progress` is told how many copies there are.
    Raises StoreError.
    """
    found, after = 0, -1
    while waiting := store.unsketched(RUN.id, after=after, limit=BATCH):
        texts = {report.number: Compared(report.text) for report in waiting}
        holding = store.holding(RUN.id, frozenset().union(*(text.sketch for text in texts.values())))
        met = store.sketches(RUN.id, {number for numbers in holding.values() for number in numbers})
        known: dict[int, Sketched | Unsketched] = {**met, **{report.number: report for report in waiting}}
        index = Copies(holding, {number: other.shingles for number, other in met.items()})
        batch = []
        for report in waiting:
            mine = texts[report.number]
            likely, followed = index.meet(report.number, mine.sketch)
            judgements = []
            for other in (known[number] for number in likely):
                if _is_version(report, other):
                    continue
                if other.number not in texts:
                    texts[other.number] = Compared(other.text)
                how = alike(mine, texts[other.number])
                if how.copied:
                    judgements.append(_judgement(report.id, other.id, how))
            found += bool(judgements)
            batch.append((report.number, len(mine.sketch), followed, judgements))
        store.add_copies(RUN, batch)
        after = waiting[-1].number
        if progress:
            progress(found)
    return found


def _is_version(one: Unsketched, other: Sketched | Unsketched) -> bool:
    """Whether two reports are of one article: read from one address."""
    return bool(one.url and other.url) and address(str(one.url)) == address(str(other.url))


def _judgement(one: str, other: str, how: Likeness) -> Judgement:
    reason = f"{100 * how.kept:.0f} % of the shorter text's words stand in like places in the other, without quotations"
    return Judgement(one, other, "same", "engine", RUN.id, datetime.now(UTC), round(how.kept, 3), reason)
