"""The store on one SQLite file: `Store` as a thin layer over the rooms that write, read, search, judge and verify."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, select

from onrecord.model import Extraction, Failure, RawReport, Report
from onrecord.store import (
    claim_lines,
    claims,
    copies,
    derived,
    judged,
    mentions,
    overview,
    read,
    replies,
    search,
    speakers,
    takedown,
    verify,
    write,
)
from onrecord.store import schema as t
from onrecord.store.bringing_up import bring_up
from onrecord.store.claim_rows import ClaimLine, ClaimOrder, ClaimRow, Stance
from onrecord.store.comparing import Comparing
from onrecord.store.database import Database
from onrecord.store.overview_rows import Quoted, RoleRow, RunRow
from onrecord.store.place import path_of, prepare
from onrecord.store.queries import Queries
from onrecord.store.redress_rows import Left, Mention, Reply, Takedown
from onrecord.store.reviewed import SqliteReviews
from onrecord.store.rows import (
    CopyGroup,
    FailureRow,
    Head,
    Hit,
    Identity,
    Judgement,
    Outcome,
    Page,
    Problem,
    Query,
    Reading,
    Said,
    Source,
    Status,
    Voice,
    Withdrawal,
)
from onrecord.store.watching import Watching
from onrecord.store.words import Words

STREAM = 50
"""Reports that `extractions` reads in one short transaction."""


def open_sqlite(where: str | Path, *, create: bool) -> SqliteStore:
    """Open, make or bring up to date the record at a path; see `open_store`."""
    path = path_of(where)
    prepare(path, create=create)
    database = Database(path)
    try:
        bring_up(database)
    except BaseException:
        database.close()
        raise
    return SqliteStore(database)


class SqliteStore(Comparing, SqliteReviews):
    """A record in one SQLite file; every call is described in `protocol.Store`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.watching = Watching(database)
        self.queries = Queries(database)

    @property
    def location(self) -> str:
        """The path of the file."""
        return str(self._database.path)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def record(self, raw: RawReport, extraction: Extraction) -> Outcome:
        """Record one report with its bytes, in one transaction that is durable on return; again is a no-op."""
        return self.record_many([(raw, extraction)])[0]

    def record_many(self, batch: Iterable[tuple[RawReport, Extraction]]) -> list[Outcome]:
        """Like `record`, all of the batch in one transaction: everything or nothing."""
        pairs = list(batch)
        for raw, extraction in pairs:
            write.check(raw, extraction)
        with self._database.write() as connection:
            return [write.record(connection, raw, extraction) for raw, extraction in pairs]

    def record_failure(self, failure: Failure) -> None:
        """Note an input that failed; the same unresolved failure twice is noted once."""
        with self._database.write() as connection:
            write.record_failure(connection, failure)

    def done(self, origin: str, raw_sha256: str, run_id: str) -> bool:
        """Whether these bytes from this origin were already recorded by this run."""
        with self._database.read() as connection:
            return write.done(connection, origin, raw_sha256, run_id)

    def judge(self, judgement: Judgement) -> str:
        """Append a judgement; returns its id."""
        with self._database.write() as connection:
            made = judged.judge(connection, judgement)
            derived.judged(connection, {judgement.a, judgement.b}, {judgement.relation})
            return made

    def withdraw(self, withdrawal: Withdrawal) -> str:
        """Append a withdrawal; returns its id."""
        with self._database.write() as connection:
            made = judged.withdraw(connection, withdrawal)
            derived.judged(connection, judged.rows_of(connection, withdrawal.judgement_id))
            return made

    def judgement_id(self, prefix: str) -> str:
        """The full id of the one judgement that the prefix fits."""
        with self._database.read() as connection:
            return read.full_id(connection, t.judgements, "judgement", prefix)

    def claim(self, attribution_id: str) -> ClaimRow:
        """The claim that an attribution leads to."""
        with self._database.read() as connection:
            full = read.full_id(connection, t.attributions, "attribution", attribution_id)
            return claims.claim(connection, claims.led_to(connection, full))

    def claims(
        self,
        *,
        since: str | None = None,
        publisher: str | None = None,
        entity: str | None = None,
        disputed: bool = False,
        many: bool = False,
        order: ClaimOrder = "largest",
        limit: int = 50,
        offset: int = 0,
    ) -> list[ClaimRow]:
        """Claims, those that most attributions bear on first."""
        with self._database.read() as connection:
            named = claims.listed(
                connection,
                limit,
                offset,
                since=since,
                publisher=publisher,
                entity=entity,
                disputed=disputed,
                many=many,
                order=order,
            )
            return claims.claims(connection, named)

    def claim_lines(
        self,
        *,
        disputed: bool = False,
        many: bool = False,
        order: ClaimOrder = "largest",
        limit: int = 50,
        offset: int = 0,
    ) -> list[ClaimLine]:
        """Claims, each in a line."""
        with self._database.read() as connection:
            named = claims.listed(connection, limit, offset, disputed=disputed, many=many, order=order)
            return claim_lines.lines(connection, named)

    def claim_lines_of(self, attributions: Sequence[str]) -> list[ClaimLine]:
        """The claims that these attributions bear on, each in a line."""
        with self._database.read() as connection:
            return claim_lines.lines(connection, claims.of_attributions(connection, attributions))

    def runs(self) -> list[RunRow]:
        """The engines that worked on the record."""
        with self._database.read() as connection:
            return overview.runs(connection)

    def quoted(
        self,
        *,
        words: str = "",
        voice: Voice | None = None,
        publisher: str = "",
        since: str | None = None,
        until: str | None = None,
        limit: int = 100,
    ) -> list[Quoted]:
        """Who is quoted where and when."""
        with self._database.read() as connection:
            return overview.quoted(connection, words, voice, publisher, since, until, limit)

    def roles(self, entity_id: str, *, limit: int = 200) -> list[RoleRow]:
        """What reports call somebody, in order of publication."""
        with self._database.read() as connection:
            one = speakers.identity(connection, entity_id)
            return overview.roles(connection, one.id or entity_id, limit)

    def stances(self, attributions: Sequence[str]) -> dict[str, tuple[str, Stance, int]]:
        """Of attributions: the claim they bear on, their stance, how many bear on it."""
        with self._database.read() as connection:
            return overview.stances(connection, attributions)

    def publishers(self, *, limit: int = 200) -> list[tuple[str, int]]:
        """Publishers and how many of their reports are on record."""
        with self._database.read() as connection:
            return overview.publishers(connection, limit)

    def judge_many(self, judgements: Sequence[Judgement], withdrawals: Sequence[Withdrawal]) -> int:
        """Append judgements and withdrawals made elsewhere; how many were new."""
        with self._database.write() as connection:
            return claims.take_in(connection, judgements, withdrawals)

    def claims_of(self, attributions: Sequence[str]) -> list[ClaimRow]:
        """The claims that these attributions bear on."""
        with self._database.read() as connection:
            return claims.claims(connection, claims.of_attributions(connection, attributions))

    def copies(self, report_id: str) -> CopyGroup:
        """The reports that reprint one text with this one."""
        with self._database.read() as connection:
            return copies.group(connection, read.full_id(connection, t.reports, "report", report_id))

    def copied(self, *, limit: int = 50, offset: int = 0) -> list[CopyGroup]:
        """Texts that several reports reprint."""
        with self._database.read() as connection:
            return copies.groups(connection, limit, offset)

    def judgements(self, row_id: str | None = None, *, withdrawn: bool = False) -> list[Judgement]:
        """Judgements in force, oldest first; with `withdrawn`, also those no longer in force."""
        with self._database.read() as connection:
            return judged.judgements(connection, row_id, withdrawn=withdrawn)

    def withdrawals(self) -> list[Withdrawal]:
        """Everything that was taken back, oldest first."""
        with self._database.read() as connection:
            return [judged.withdrawal_of(row) for row in connection.execute(select(t.withdrawals))]

    def rebuild(self) -> None:
        """Drop what is derived and make it again."""
        with self._database.write() as connection:
            derived.rebuild(connection)

    def verify(self) -> Iterator[Problem]:
        """Derive everything again from the stored bytes, and say what does not fit."""
        return verify.verify(self._database)

    def take_down(self, report_id: str, *, by: str, reason: str) -> None:
        """Erase a report and all that hangs on it from the file, and keep a note that it was, by whom and why."""
        full = self.report_id(report_id)
        self._take_down([full], None, by, reason)

    def erase(self, names: Collection[str], reports: Collection[str], *, by: str, reason: str) -> int:
        """Take these reports down, and erase the names from every row that is kept for good."""
        full = [self.report_id(each) for each in reports]
        return self._take_down(full, Words(names), by, reason)

    def _take_down(self, reports: Collection[str], words: Words | None, by: str, reason: str) -> int:
        with self._database.write() as connection:
            for each in dict.fromkeys(reports):
                takedown.take_down(connection, each, by, reason)
            erased = takedown.erase(connection, words, by, reason) if words else 0
            derived.rebuild(connection)
        self._database.shrink()
        return erased

    def mentions(self, names: Collection[str]) -> list[Mention]:
        """Reports in which these names stand."""
        with self._database.read() as connection:
            return list(mentions.mentions(connection, Words(names)))

    def left(self, names: Collection[str]) -> list[Left]:
        """Where they still stand in the record and its files."""
        with self._database.read() as connection:
            return mentions.left(connection, self._database.path, Words(names))

    def takedowns(self) -> list[Takedown]:
        """What is left of reports that were taken down, oldest first."""
        with self._database.read() as connection:
            return replies.takedowns(connection)

    def reply(self, reply: Reply) -> str:
        """Append a reply; returns its id."""
        with self._database.write() as connection:
            return replies.add(connection, reply)

    def replies(self, targets: Collection[str] | None = None, *, withdrawn: bool = False) -> list[Reply]:
        """Replies to these rows, or all, oldest first; with `withdrawn`, also those taken back."""
        with self._database.read() as connection:
            return replies.replies(connection, targets, withdrawn=withdrawn)

    def reply_id(self, prefix: str) -> str:
        """The full id of the one reply that the prefix fits."""
        with self._database.read() as connection:
            return read.full_id(connection, t.replies, "reply", prefix)

    def report_id(self, prefix: str) -> str:
        """The full id of the one report that the prefix fits."""
        with self._database.read() as connection:
            return read.full_id(connection, t.reports, "report", prefix)

    def report(self, report_id: str) -> Report:
        """The report as first read."""
        with self._database.read() as connection:
            return read.first_report(connection, _report_seq(connection, report_id))

    def readings(self, report_id: str) -> list[Reading]:
        """Every place and version of bytes this report was read from."""
        with self._database.read() as connection:
            return read.readings(connection, read.full_id(connection, t.reports, "report", report_id))

    def raw(self, raw_sha256: str) -> bytes:
        """The bytes as they were read."""
        with self._database.read() as connection:
            return read.raw(connection, raw_sha256)

    def extraction(self, report_id: str) -> Extraction:
        """The report with what the newest run that read it found and set aside."""
        with self._database.read() as connection:
            return read.extraction(connection, _report_seq(connection, report_id))

    def attributions(self, report_id: str) -> list[Said]:
        """All attributions of a report, of every run, in the order of the text."""
        with self._database.read() as connection:
            return read.attributions(connection, read.full_id(connection, t.reports, "report", report_id))

    def attribution(self, attribution_id: str) -> Said:
        """One attribution by id or unique prefix."""
        with self._database.read() as connection:
            full = read.full_id(connection, t.attributions, "attribution", attribution_id)
            seq = connection.execute(select(t.attributions.c.seq).filter_by(id=full)).scalar_one()
            return read.saids(connection, [seq])[0]

    def search(self, query: Query) -> Page[Hit]:
        """Answers to a query."""
        with self._database.read() as connection:
            return search.search(connection, query)

    def who(self, name: str, *, limit: int = 20, cursor: str | None = None) -> Page[Said]:
        """Attributions whose source contains every word of `name`."""
        with self._database.read() as connection:
            return search.who(connection, name, limit, cursor)

    def sources(self, words: str = "", *, limit: int = 50, offset: int = 0) -> list[Source]:
        """Sources as written, most attributions first."""
        with self._database.read() as connection:
            return search.sources(connection, words, limit, offset)

    def entities(
        self, words: str = "", *, kind: str | None = None, voice: Voice | None = None, limit: int = 50, offset: int = 0
    ) -> list[Identity]:
        """Who is quoted over all reports, most attributions first."""
        with self._database.read() as connection:
            return speakers.identities_of(connection, words, kind, voice, limit, offset)

    def entity(self, entity_id: str) -> Identity:
        """The one that an id, or its beginning, leads to."""
        with self._database.read() as connection:
            return speakers.identity(connection, entity_id)

    def every_claim(self) -> Iterator[ClaimRow]:
        """Every claim on record, by id."""
        last = ""
        while True:
            with self._database.read() as connection:
                batch = claims.claims(connection, claims.after(connection, last, STREAM))
            yield from batch
            if len(batch) < STREAM:
                return
            last = batch[-1].id

    def raw_reports(self, report_id: str) -> list[RawReport]:
        """What a report was read from, as it came in."""
        with self._database.read() as connection:
            return read.raw_reports(connection, read.full_id(connection, t.reports, "report", report_id))

    def versions(self, report_id: str) -> list[Head]:
        """Reports at the address of this one."""
        with self._database.read() as connection:
            return read.versions(connection, read.full_id(connection, t.reports, "report", report_id))

    def status(self) -> Status:
        """Counts of everything."""
        with self._database.read() as connection:
            held, sources = read.counts(connection), search.count_sources(connection)
        size = self._database.path.stat().st_size
        return Status(location=self.location, schema=t.HEAD, bytes=size, sources=sources, **held)

    def failures(self, *, resolved: bool = False) -> list[FailureRow]:
        """Unresolved failures, oldest first; with `resolved`, all."""
        with self._database.read() as connection:
            return read.failures(connection, resolved=resolved)

    def heads(self, *, limit: int = 50, cursor: str | None = None) -> Page[Head]:
        """The reports, newest recorded first."""
        with self._database.read() as connection:
            return search.newest_reports(connection, limit, cursor)

    def extractions(self) -> Iterator[Extraction]:
        """Every report with what the newest run found in it, in the order of recording."""
        last = -1
        while True:
            with self._database.read() as connection:
                seqs = read.report_seqs(connection, last, STREAM)
                found = [read.extraction(connection, seq) for seq in seqs]
            yield from found
            if len(seqs) < STREAM:
                return
            last = seqs[-1]


def _report_seq(connection: Connection, prefix: str) -> int:
    full = read.full_id(connection, t.reports, "report", prefix)
    seq: int = connection.execute(select(t.reports.c.seq).filter_by(id=full)).scalar_one()
    return seq
