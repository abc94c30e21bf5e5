"""What one can ask of a record, and a person's word on who is who. Every answer carries ids that lead back to the
characters.

`onrecord.open(db)` and the command line both come through here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, Unpack

from onrecord.errors import NotFound
from onrecord.link import changes, credited, notices
from onrecord.marks import one_line
from onrecord.model import EntityKind
from onrecord.results import Answers, Result, Version, answers
from onrecord.store import (
    CopyGroup,
    FailureRow,
    Head,
    Hit,
    Identity,
    Judgement,
    Problem,
    Query,
    Reading,
    Said,
    Source,
    Status,
    Store,
    Withdrawal,
    open_store,
)
from onrecord.store.rows import Filters, Relation, Voice

__all__ = ["Record", "open_record"]

READ = 20
"""Reports of one text that are looked through for a credit, the earliest ones."""
SEVERAL = 20
"""Entities that a name that fits several is said to fit, at most."""


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
        """What sources of that name, or an entity (its id), are on record with, newest recorded first.

        Raises UsageError.
        """
        return answers(self._store.who(name, limit=limit, cursor=cursor))

    def sources(self, words: str = "", *, limit: int = 50, offset: int = 0) -> Answers[Source]:
        """Sources as the reports write them, most quoted first; with `words`, those that contain every one."""
        return answers(self._store.sources(words, limit=limit, offset=offset))

    def entities(
        self, words: str = "", *, kind: EntityKind | None = None, voice: Voice | None = None, limit: int = 50,
        offset: int = 0,
    ) -> Answers[Identity]:  # fmt: skip
        """Who is quoted over all reports, most attributions first; with `words`, those of whose names have every one.

        `voice`: only those with a name, those left unnamed, or groups. Members and roles are told by `entity`.
        Raises UsageError.
        """
        return answers(self._store.entities(words, kind=kind, voice=voice, limit=limit, offset=offset))

    def entity(self, name: str) -> Identity:
        """The one of that name, or that an id of one of its members, or the beginning of one, leads to.

        Raises NotFound where there is none, or where a name fits several and is not one's alone in full.
        """
        words = [] if name.startswith("entity-") else list(self._store.entities(name, voice="named", limit=SEVERAL))
        exact = [each for each in words if any(plain(name) == plain(n) for n in (each.name, *each.names))]
        fitting = exact or words
        if len(fitting) > 1:
            listed = ", ".join(f"{one_line(each.name)} ({str(each.id)[14:26]})" for each in fitting)
            raise NotFound(f"several fit that name: {listed}.", which=name, advice="Name one by its id.")
        return self._store.entity(str(fitting[0].id) if fitting else name)

    def id_of(self, name: str) -> str:
        """The id of the entity that this is an id of, or the beginning of at least 8 digits of one; else the name."""
        digits = name.removeprefix("entity-sha256-").lower()
        if len(digits) < 8 or set(digits) - set("0123456789abcdef"):
            return name
        try:
            return str(self._store.entity(name).id)
        except NotFound:
            return name

    def copies(self, report_id: str) -> CopyGroup:
        """The reports that reprint one text with this one, earliest first, itself among them, and the agencies that
        they credit. Raises NotFound."""
        return self._credited(self._store.copies(report_id))

    def versions(self, report_id: str) -> list[Version]:
        """All versions of an article on record, by any of them, in order of publication, then of recording, each with
        what changed since the one before and where the paper says that it corrected or withdrew something. One where
        the article was met once, or without an address. Raises NotFound."""
        found: list[Version] = []
        before = None
        for head in self._store.versions(report_id):
            now = self._store.extraction(head.id)
            found.append(
                Version(head, Result.of(now), changes(before, now) if before else None, notices(now.report.text))
            )
            before = now
        return found

    def copied(self, *, limit: int = 50, offset: int = 0) -> Answers[CopyGroup]:
        """Texts that several reports reprint, those of most reports first. Raises UsageError."""
        return answers(map(self._credited, self._store.copied(limit=limit, offset=offset)))

    def _credited(self, group: CopyGroup) -> CopyGroup:
        held = (self._store.report(head.id) for head in group.reports[:READ])
        names = [name for report in held for name in credited(report.text, [b.value for b in report.byline])]
        return replace(group, credited=tuple(dict.fromkeys(names)))

    def same(self, one: str, other: str, *, by: str, reason: str) -> str:
        """A person's word that two entities, by id of any of their members, are one, or that two reports reprint one
        text; the judgement's id.

        It stands above what any engine says, now and later, and is taken back by `undo`. Raises NotFound.
        """
        return self._judge(one, other, "same", by, reason)

    def different(self, one: str, other: str, *, by: str, reason: str) -> str:
        """A person's word that two entities are two; see `same`."""
        return self._judge(one, other, "different", by, reason)

    def rename(self, entity: str, name: str, *, by: str, reason: str) -> str:
        """A person's name for an entity; reports stay as they are written. The judgement's id. Raises NotFound."""
        return self._judge(entity, f"name:{name.strip()}", "named", by, reason)

    def speaker(self, attribution: str, entity: str, *, by: str, reason: str) -> str:
        """A person's word on whose words these are; the judgement's id. Raises NotFound."""
        return self._judge(self._store.attribution(attribution).id, entity, "speaker", by, reason)

    def undo(self, judgement: str, *, by: str, reason: str) -> str:
        """Take a judgement back, by id or unique beginning; all is as if it had never been made. Raises NotFound."""
        target = self._store.judgement_id(judgement)
        return self._store.withdraw(Withdrawal(target, "person", by, datetime.now(UTC), reason))

    def judgements(self, entity: str | None = None, *, withdrawn: bool = False) -> list[Judgement]:
        """Who judged what, oldest first, of an entity (an id) or of all; with `withdrawn`, also what was taken back."""
        if entity is None:
            return self._store.judgements(withdrawn=withdrawn)
        of_it = [self._store.judgements(member, withdrawn=withdrawn) for member in self._store.entity(entity).members]
        return sorted({j.id: j for each in of_it for j in each}.values(), key=lambda j: j.at)

    def _judge(self, a: str, b: str, relation: Relation, by: str, reason: str) -> str:
        judgement = Judgement(a, b, relation, "person", by, datetime.now(UTC), None, reason)
        return self._store.judge(judgement)

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


def plain(name: str) -> str:
    """A name for comparing: without case and outer blanks."""
    return " ".join(name.casefold().split())


def open_record(where: str | Path) -> Record:
    """The record at a path. Raises NotFound where there is none, and StoreError as `open_store` does."""
    return Record(open_store(where, create=False))
