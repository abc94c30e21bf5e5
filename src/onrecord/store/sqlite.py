"""The store on one SQLite file: `Store` as a thin layer over the rooms that write, read, search, judge and verify."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, select

from onrecord.model import Extraction, Failure, RawReport, Report, Run
from onrecord.store import (
    claims,
    copies,
    derived,
    judged,
    migrate,
    overview,
    read,
    search,
    speakers,
    takedown,
    verify,
    write,
)
from onrecord.store import schema as t
from onrecord.store.claim_rows import ClaimOrder, ClaimRow, Stance, Stated, Unlinked
from onrecord.store.database import Database
from onrecord.store.overview_rows import Quoted, RoleRow, RunRow
from onrecord.store.place import path_of, prepare, refuse_other_tables
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
    Sketched,
    Source,
    Speakers,
    Status,
    Unsketched,
    Voice,
    Withdrawal,
)

STREAM = 50
"""Reports that `extractions` reads in one short transaction."""


def open_sqlite(where: str | Path, *, create: bool) -> SqliteStore:
    """Open, make or bring up to date the record at a path; see `open_store`."""
    path = path_of(where)
    prepare(path, create=create)
    database = Database(path)
    try:
        _bring_up(database)
    except BaseException:
        database.close()
        raise
    return SqliteStore(database)


def _bring_up(database: Database) -> None:
    with database.read() as connection:
        current = _is_current(connection, database)
    database.set_log()
    if current:
        return
    with database.write() as connection:
        if _is_current(connection, database):
            return
        if migrate.revision(connection) != t.HEAD:
            migrate.upgrade(connection)
        connection.exec_driver_sql(f"PRAGMA application_id = {t.APPLICATION_ID}")
        derived.rebuild(connection)


def _is_current(connection: Connection, database: Database) -> bool:
    refuse_other_tables(connection, database.path)
    found = migrate.revision(connection)
    migrate.refuse_newer(found, str(database.path))
    return found == t.HEAD and derived.is_current(connection)


class SqliteStore(SqliteReviews):
    """A record in one SQLite file; every call is described in `protocol.Store`."""

    def __init__(self, database: Database) -> None:
        self._database = database

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
            derived.judged(connection, {judgement.a, judgement.b})
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

    def speakers(self, by: str, *, compared: bool, after: int = -1, limit: int = 100) -> tuple[list[Speakers], int]:
        """Who speaks in the next reports that the comparing run has, or has not, compared; and where to go on."""
        with self._database.read() as connection:
            return speakers.speakers(connection, by, compared=compared, after=after, limit=limit)

    def compare(self, run: Run, batch: Sequence[tuple[str, Sequence[Judgement]]]) -> None:
        """Record what a run judged of the speakers of these reports, and that it compared them."""
        with self._database.write() as connection:
            speakers.compare(connection, batch, write.ensure_run(connection, run))

    def unsketched(self, by: str, *, after: int = -1, limit: int = 100) -> list[Unsketched]:
        """The next reports whose text the run has not compared for copies."""
        with self._database.read() as connection:
            return copies.unsketched(connection, by, after, limit)

    def holding(self, by: str, shingles: Collection[int]) -> dict[int, list[int]]:
        """Of each shingle the reports that a run looks up by it."""
        with self._database.read() as connection:
            return copies.holding(connection, by, shingles)

    def sketches(self, by: str, reports: Collection[int]) -> dict[int, Sketched]:
        """What the run that compares for copies made of these reports."""
        with self._database.read() as connection:
            return copies.sketches(connection, by, reports)

    def add_copies(self, run: Run, batch: Sequence[tuple[int, int, Collection[int], Sequence[Judgement]]]) -> None:
        """Record what reports are looked up by, and which they were judged to be copies of."""
        with self._database.write() as connection:
            copies.add(connection, batch, write.ensure_run(connection, run))

    def unlinked(self, by: str, *, after: int = -1, limit: int = 100) -> list[Unlinked]:
        """The next reports whose attributions the run has not compared."""
        with self._database.read() as connection:
            return claims.unlinked(connection, by, after, limit)

    def near(self, by: str, cells: Collection[int]) -> dict[int, tuple[list[int], bytes]]:
        """The attributions whose statements lie in these cells, with their vectors."""
        with self._database.read() as connection:
            return {cell: claims.near(connection, by, cell) for cell in sorted(cells)}

    def stated(self, by: str, numbers: Collection[int]) -> dict[int, Stated]:
        """What these attributions state."""
        with self._database.read() as connection:
            return claims.stated(connection, by, numbers)

    def add_links(self, run: Run, batch: Sequence[tuple[int, Sequence[Stated], Sequence[Judgement]]]) -> None:
        """Record what attributions state, and how they were judged to stand to others."""
        with self._database.write() as connection:
            claims.add(connection, batch, write.ensure_run(connection, run))

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
                order=order,
            )
            return [claims.claim(connection, name) for name in named]

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
            return [claims.claim(connection, name) for name in claims.of_attributions(connection, attributions)]

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
        with self._database.write() as connection:
            takedown.take_down(connection, full, by, reason)
            derived.rebuild(connection)
        self._database.shrink()

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
