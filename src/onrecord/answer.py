"""What one can ask of a record, and a person's word on who is who. Every answer carries ids that lead back to the
characters.

`onrecord.open(db)` and the command line both come through here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self, Unpack

from onrecord.claims import (
    Asked,
    Claim,
    Comparison,
    History,
    News,
    Noticed,
    comparison,
    fits,
    history,
    news,
    noticed,
)
from onrecord.errors import NotFound
from onrecord.judging import Judging
from onrecord.link import changes, credited, notices
from onrecord.marks import one_line
from onrecord.model import EntityKind, RawReport
from onrecord.results import Answers, Result, Version, answers
from onrecord.reviewing import Reviewing
from onrecord.standing import a_day, day, is_day
from onrecord.store import (
    CopyGroup,
    FailureRow,
    Head,
    Hit,
    Identity,
    Place,
    Problem,
    Query,
    Quoted,
    Reading,
    RoleRow,
    RunRow,
    Said,
    Source,
    Status,
    Store,
    open_store,
)
from onrecord.store.claim_rows import ClaimLine, ClaimOrder, ClaimRow, Position, Stance
from onrecord.store.rows import Filters, Voice

__all__ = ["Record", "open_record"]

READ = 20
"""Reports of one text that are looked through for a credit, the earliest ones."""
SEVERAL = 20
"""Entities that a name that fits several is said to fit, at most."""


AT_ONCE = 50
HITS = 200
"""Claims asked of the store at a time."""
RIVALS = 20
"""Claims that contradict one which are named, at most."""
HISTORY, COMPARED = 1000, 500
"""Claims that a history, and a comparison, goes through, the largest ones."""


class Record(Judging, Reviewing):
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

    def text(self, report_id: str) -> str:
        """The text of a report. Raises NotFound."""
        return self._store.report(report_id).text

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

    def claim(self, attribution_id: str) -> Claim:
        """The claim that an attribution, by id or the beginning of one, leads to. Raises NotFound."""
        return self._claim(self._store.claim(attribution_id))

    def claims(
        self, words: str = "", *, limit: int = 20, offset: int = 0, order: ClaimOrder = "largest",
        **asked: Unpack[Asked],
    ) -> Answers[Claim]:  # fmt: skip
        """Claims, those that most attributions bear on first, or the `newest`; with `words`, those that fit them best;
        `limit` of them after the first `offset`. See `Asked`. Raises UsageError."""
        return answers(map(self._claim, self.claim_rows(words, limit=limit, offset=offset, order=order, **asked)))

    def claim_rows(
        self, words: str = "", *, limit: int = 20, offset: int = 0, order: ClaimOrder = "largest",
        **asked: Unpack[Asked],
    ) -> list[ClaimRow]:  # fmt: skip
        """The same as `claims`, without what their reports say of themselves: for lists."""
        kinds = {"disputed": asked.get("disputed", False), "many": asked.get("many", False)}
        rows = self._rows(words, asked.get("since"), **kinds, order=order, first=offset + limit)
        return list(islice((row for row in rows if fits(row, asked)), offset, offset + limit))

    def claim_lines(
        self, words: str = "", *, limit: int = 20, offset: int = 0, order: ClaimOrder = "largest",
        **asked: Unpack[Asked],
    ) -> list[ClaimLine]:  # fmt: skip
        """The same as `claims`, each in a line."""
        if any(asked.get(name) for name in asked if name not in ("disputed", "many")):
            return [row.line() for row in self.claim_rows(words, limit=limit, offset=offset, order=order, **asked)]
        disputed, many = asked.get("disputed", False), asked.get("many", False)
        if not words.strip():
            return self._store.claim_lines(disputed=disputed, many=many, order=order, limit=limit, offset=offset)
        hits = self._hits(words, None, offset + limit)
        seen: dict[str, ClaimLine] = {}
        for part in hits:
            seen |= {each.id: each for each in self._store.claim_lines_of(part) if each.id not in seen}
            found = [c for c in seen.values() if (c.disputed or not disputed) and (c.bearing > 1 or not many)]
            if len(found) >= offset + limit:
                break
        return found[offset : offset + limit] if seen else []

    def history(self, name: str, about: str = "", *, limit: int = HISTORY) -> History:
        """What somebody (a name that fits one only, or an id) said over time, of a claim (the id of one of its
        attributions) or of what words say. Raises NotFound, UsageError."""
        one = self.entity(name)

        def mine(position: Position) -> bool:
            return position.said.entity == one.id

        if about.startswith("attribution-"):
            rows: Iterator[ClaimRow] = iter([self._store.claim(about)])
        elif about.strip():
            rows = (row for row in self._rows(about, None) if any(map(mine, row.positions)))
        else:
            rows = self._largest(entity=one.id)
        return history(one.name, list(islice(rows, limit)), mine)

    def compare(self, one: str, other: str, *, words: str = "", limit: int = COMPARED) -> Comparison:
        """Two publishers, two people or two days (`2026-05-03`) side by side, claim by claim. Raises NotFound."""
        if is_day(one) and is_day(other):
            first, last = sorted((one, other))
            rows = (row for row in self._rows(words, first) if len(row.positions) > 1)
            belongs = (lambda p: (day(p) or "9") <= first, lambda p: (day(p) or "9") <= last)
            return comparison("days", (first, last), islice(rows, limit), belongs)
        heads = [self._largest(publisher=name) for name in (one, other)]
        found = [list(islice(rows, limit)) for rows in heads]
        if all(found):
            both = _each(self._asked(words, [*found[0], *found[1]]))
            return comparison("publishers", (one, other), both, (_of_publisher(one), _of_publisher(other)))
        who = [self.entity(name) for name in (one, other)]
        said = [row for each in who for row in islice(self._largest(entity=each.id), limit)]
        names = who[0].name, who[1].name
        return comparison(
            "voices", names, _each(self._asked(words, said)), (_of_voice(who[0].id), _of_voice(who[1].id))
        )

    def changed(self, since: str, *, words: str = "", limit: int = 50) -> list[News]:
        """What is new on claims since a day (`2026-05-03`): voices that came or changed sides. Raises UsageError."""
        first = date.fromisoformat(a_day(since))
        before = (first - timedelta(days=1) if first > date.min else first).isoformat()
        told = (news(row, since, before) for row in self._rows(words, since))
        return list(islice((each for each in told if each.changes), limit))

    def every_claim(self) -> Iterator[Claim]:
        """Every claim on record, by id; streams."""
        return map(self._claim, self._store.every_claim())

    def said_in(self, report_id: str) -> list[Said]:
        """All attributions of a report, of every run, with who speaks over all reports. Raises NotFound."""
        return self._store.attributions(report_id)

    def raw_reports(self, report_id: str) -> list[RawReport]:
        """What a report was read from, as it came in, oldest first. Raises NotFound."""
        return self._store.raw_reports(report_id)

    def _asked(self, words: str, rows: list[ClaimRow]) -> list[ClaimRow]:
        wanted = set(plain(words).split())
        return [row for row in rows if wanted <= set(plain(row.wording).split())] if wanted else rows

    def _rows(
        self, words: str, since: str | None, *, disputed: bool = False, many: bool = False,
        order: ClaimOrder = "largest", first: int = AT_ONCE,
    ) -> Iterator[ClaimRow]:  # fmt: skip
        """Claims with these words in a content, best first; without words, in the order asked for. `first`: how many
        are likely to be taken."""
        if since is not None:
            a_day(since)
        if not words.strip():
            yield from self._largest(since=since, disputed=disputed, many=many, order=order, first=first)
            return
        seen: set[str] = set()
        for part in self._hits(words, since, first):
            for row in self._store.claims_of(part):
                if row.id not in seen:
                    seen.add(row.id)
                    yield row

    def _hits(self, words: str, since: str | None, first: int) -> Iterator[list[str]]:
        """The attributions with these words in a content, by id, best first, in parts: about as many as claims are
        likely to be taken, then more."""
        cursor, limit = None, min(HITS, 2 * max(1, first))
        while True:
            page = self._store.search(Query(words=words, since=since, limit=limit, cursor=cursor))
            yield [hit.said.id for hit in page if hit.said]
            if page.cursor is None:
                return
            cursor, limit = page.cursor, min(HITS, 2 * limit)

    def _largest(
        self,
        *,
        since: str | None = None,
        publisher: str | None = None,
        entity: str | None = None,
        disputed: bool = False,
        many: bool = False,
        order: ClaimOrder = "largest",
        first: int = AT_ONCE,
    ) -> Iterator[ClaimRow]:
        offset, limit = 0, min(max(1, first), AT_ONCE)
        while rows := self._store.claims(
            since=since,
            publisher=publisher,
            entity=entity,
            disputed=disputed,
            many=many,
            order=order,
            limit=limit,
            offset=offset,
        ):
            yield from rows
            offset, limit = offset + len(rows), AT_ONCE

    def _claim(self, row: ClaimRow) -> Claim:
        rivals = tuple((other.id, other.wording) for other in map(self._store.claim, row.contradicts[:RIVALS]))
        heads = list(dict.fromkeys(p.said.report for p in row.positions))[:READ]
        every = dict.fromkeys(v for head in heads for v in (self._store.versions(head.id) if head.url else [head]))
        found: list[Noticed] = []
        for head in every:
            text = self._store.report(head.id).text
            found += noticed(head, notices(text), text)
        concerned = {name for p in row.positions for name in (p.said.id, p.said.report.id)}
        return Claim(row, rivals, tuple(found), self._store.readings, tuple(self._store.replies(concerned)))

    def _credited(self, group: CopyGroup) -> CopyGroup:
        held = (self._store.report(head.id) for head in group.reports[:READ])
        names = [name for report in held for name in credited(report.text, [b.value for b in report.byline])]
        return replace(group, credited=tuple(dict.fromkeys(names)))

    def runs(self) -> Answers[RunRow]:
        """The engines that worked on the record, the one that worked last first."""
        return answers(self._store.runs())

    def quoted(
        self,
        words: str = "",
        *,
        voice: Voice | None = None,
        publisher: str = "",
        since: str | None = None,
        until: str | None = None,
        limit: int = 100,
    ) -> Answers[Quoted]:
        """Who is quoted, by one publisher or all, in reports of these days (both included), most often first, with how
        often in each month. Raises UsageError."""
        return answers(
            self._store.quoted(words=words, voice=voice, publisher=publisher, since=since, until=until, limit=limit)
        )

    def roles(self, entity: str, *, limit: int = 200) -> Answers[RoleRow]:
        """What reports call somebody (the id of any member), in order of publication. Raises NotFound."""
        return answers(self._store.roles(entity, limit=limit))

    def stances(self, attributions: Sequence[str]) -> dict[str, tuple[str, Stance, int]]:
        """Of attributions, by id: the claim they bear on, their stance, how many bear on it; none of those without."""
        return self._store.stances(attributions)

    def publishers(self, *, limit: int = 200) -> list[tuple[str, int]]:
        """Publishers and how many of their reports are on record, most first."""
        return self._store.publishers(limit=limit)

    def status(self) -> Status:
        """The record in numbers."""
        return self._store.status()

    def watched(self) -> list[Place]:
        """The places that are watched, with what became of what they list."""
        return self._store.watching.places()

    def failures(self, *, resolved: bool = False) -> list[FailureRow]:
        """Inputs that failed and have not been read since; with `resolved`, also those that have."""
        return self._store.failures(resolved=resolved)

    def verify(self) -> Iterator[Problem]:
        """Everything that does not follow from the stored bytes; nothing when the record is whole."""
        return self._store.verify()

    def extractions(self) -> Iterator[Result]:
        """Every report with its attributions, in the order of recording; streams."""
        return map(Result.of, self._store.extractions())


def _of_publisher(name: str) -> Callable[[Position], bool]:
    return lambda p: plain(p.said.report.publisher or "") == plain(name)


def _of_voice(entity: str | None) -> Callable[[Position], bool]:
    return lambda p: p.said.entity == entity


def _each(rows: Sequence[ClaimRow]) -> list[ClaimRow]:
    """Each claim once."""
    return list({row.id: row for row in rows}.values())


def plain(name: str) -> str:
    """A name for comparing: without case and outer blanks."""
    return " ".join(name.casefold().split())


def open_record(where: str | Path) -> Record:
    """The record at a path. Raises NotFound where there is none, and StoreError as `open_store` does."""
    return Record(open_store(where, create=False))
