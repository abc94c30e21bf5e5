"""Copies: compares the texts of new reports with those of all others, and records which reprint one text.

Nothing is merged here: which reports count as one follows from the judgements on record, a person's above every
engine's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from onrecord.link import COMMON, VERSION, Compared, Likeness, likely
from onrecord.link import alike as likeness
from onrecord.model import Run, address
from onrecord.store import Judgement, Store

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
        ids = {report.number: report.id for report in waiting}
        urls = {report.number: report.url for report in waiting}
        sizes = {number: len(text.sketch) for number, text in texts.items()}
        holding = store.holding(RUN.id, frozenset().union(*(text.sketch for text in texts.values())))
        met = store.sketches(RUN.id, {number for numbers in holding.values() for number in numbers})
        sizes |= {number: other.shingles for number, other in met.items()}
        ids |= {number: other.id for number, other in met.items()}
        urls |= {number: other.url for number, other in met.items()}
        batch = []
        for report in waiting:
            mine = texts[report.number]
            new: list[int] = []
            shared: list[int] = []
            for shingle in mine.sketch:
                others = holding.setdefault(shingle, [])
                if len(others) < COMMON:
                    shared += others
                    others.append(report.number)
                    new.append(shingle)
            judgements = []
            for number in likely(shared, sizes, len(mine.sketch)):
                if report.url and urls[number] and address(report.url) == address(str(urls[number])):
                    continue  # another version of it
                if number not in texts:
                    texts[number] = Compared(met[number].text)
                how = likeness(mine, texts[number])
                if how.copied:
                    judgements.append(_judgement(report.id, ids[number], how))
            found += bool(judgements)
            batch.append((report.number, len(mine.sketch), new, judgements))
        store.add_copies(RUN, batch)
        after = waiting[-1].number
        if progress:
            progress(found)
    return found


def _judgement(one: str, other: str, how: Likeness) -> Judgement:
    reason = f"{100 * how.kept:.0f} % of the shorter text's words stand in like places in the other, without quotations"
    return Judgement(one, other, "same", "engine", RUN.id, datetime.now(UTC), round(how.kept, 3), reason)
