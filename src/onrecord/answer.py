"""What one can ask of a record: typed, read-only. Every answer carries ids that lead back to the characters.

`onrecord.open(db)` and the command line both come through here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self, Unpack

from onrecord.results import Answers, Result, answers
from onrecord.store import (
    FailureRow,
    Head,
    Hit,
    Problem,
    Query,
    Reading,
    Said,
    Source,
    Status,
    Store,
    open_store,
)
from onrecord.store.rows import Filters

__all__ = ["Record", "open_record"]


class Record:
    """A record to ask. Opens nothing itself: it asks the store that it is given, and closes that with it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<record at {self.location}>"

    @property
    def location(self) -> str:
        """Where the record lies."""
        return self._store.location

    def close(self) -> None:
        """Let go of the record."""
        self._store.close()

    def report(self, report_id: str) -> Result:
        """A report by id, or the beginning of one that fits no other, with its attributions. Raises NotFound."""
        return Result.of(self._store.extraction(report_id))

    def attribution(self, attribution_id: str) -> Said:
        """One attribution by id, or the beginning of one that fits no other. Raises NotFound."""
        return self._store.attribution(attribution_id)

    def readings(self, report_id: str) -> list[Reading]:
        """From where, and when, a report was read. Raises NotFound."""
        return self._store.readings(report_id)

    def raw(self, raw_sha256: str) -> bytes:
        """The bytes a report was read from. Raises NotFound."""
        return self._store.raw(raw_sha256)

    def reports(self, *, limit: int = 50, cursor: str | None = None) -> Answers[Head]:
        """The reports, newest recorded first."""
        return answers(self._store.heads(limit=limit, cursor=cursor))

    def search(self, words: str = "", **filters: Unpack[Filters]) -> Answers[Hit]:
        """What is attributed, or with `field="text"` what reports say, in these words. Raises UsageError.

        Filters: field, source, cue, kind, publisher, since, until, order, limit, cursor (see `Query`).
        """
        return answers(self._store.search(Query(words=words, **filters)))

    def who(self, name: str, *, limit: int = 20, cursor: str | None = None) -> Answers[Said]:
        """What sources of that name are on record with, newest recorded first. Raises UsageError."""
        return answers(self._store.who(name, limit=limit, cursor=cursor))

    def sources(self, words: str = "", *, limit: int = 50, offset: int = 0) -> Answers[Source]:
        """Sources as the reports write them, most quoted first; with `words`, those that contain every one."""
        return answers(self._store.sources(words, limit=limit, offset=offset))

    def status(self) -> Status:
        """The record in numbers."""
        return self._store.status()

    def failures(self, *, resolved: bool = False) -> list[FailureRow]:
        """Inputs that failed and have not been read since; with `resolved`, also those that have."""
        return self._store.failures(resolved=resolved)

    def verify(self) -> Iterator[Problem]:
        """Everything that does not follow from the stored bytes; nothing when the record is whole."""
        return self._store.verify()

    def extractions(self) -> Iterator[Result]:
        """Every report with its attributions, in the order of recording; streams."""
        return map(Result.of, self._store.extractions())


def open_record(where: str | Path) -> Record:
    """The record at a path. Raises NotFound where there is none, and StoreError as `open_store` does."""
    return Record(open_store(where, create=False))
