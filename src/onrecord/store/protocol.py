"""What a store is: the calls that pipeline, answer and later engines rely on, whatever database is behind them.

Observed rows are written once and never changed; judged rows are only appended; derived tables (search, counters) are
a pure function of both and can be dropped and rebuilt. Every call raises StoreError when the database fails it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Protocol, Self

from onrecord.model import Extraction, Failure, RawReport, Report, Run
from onrecord.store.claim_rows import ClaimLine, ClaimOrder, ClaimRow, Stance, Stated, Unlinked
from onrecord.store.overview_rows import Quoted, RoleRow, RunRow
from onrecord.store.redress_rows import Left, Mention, Reply, Takedown
from onrecord.store.review_protocol import Reviews
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
from onrecord.store.watch_protocol import Queries, Watching


class Store(Reviews, Protocol):
    """A record. Safe to use from several threads and from several processes at once."""

    @property
    def watching(self) -> Watching:
        """What is watched."""
        ...

    @property
    def queries(self) -> Queries:
        """What is asked again and again."""
        ...

    @property
    def location(self) -> str:
        """Where it lies: a path or an address without password."""
        ...

    def close(self) -> None:
        """Let go of files and connections; may be called twice."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    # observed

    def record(self, raw: RawReport, extraction: Extraction) -> Outcome:
        """Record one report with its bytes, in one transaction that is durable on return; again is a no-op.

        A report that extraction set aside as a whole (not English) is recorded the same way: no attributions, and in
        `extraction.set_aside` a part without places whose reason says why. Unresolved failures of the
        origin are resolved.
        Raises ValueError where raw bytes and report, or report and attributions, do not belong together.
        """
        ...

    def record_many(self, batch: Iterable[tuple[RawReport, Extraction]]) -> list[Outcome]:
        """Like `record`, all of the batch in one transaction: everything or nothing."""
        ...

    def record_failure(self, failure: Failure) -> None:
        """Note an input that failed; the same unresolved failure twice is noted once."""
        ...

    def done(self, origin: str, raw_sha256: str, run_id: str) -> bool:
        """Whether this run has recorded these bytes from this origin, so that `read` can skip them.

        Not while a failure of the origin is unresolved: reading it again is what resolves it.
        """
        ...

    # judged

    def judge(self, judgement: Judgement) -> str:
        """Append a judgement; returns its id. Who is who over all reports follows at once.

        An engine that judges the same again (same rows, relation and run) adds nothing and gets the first id.
        Raises NotFound where one of the two rows is not in the record.
        """
        ...

    def withdraw(self, withdrawal: Withdrawal) -> str:
        """Append a withdrawal of a judgement or of a withdrawal; returns its id. Raises NotFound."""
        ...

    def judge_many(self, judgements: Sequence[Judgement], withdrawals: Sequence[Withdrawal]) -> int:
        """Append judgements and withdrawals made in another record, all or nothing; how many were new here. Raises
        NotFound where a judged row is not in this record."""
        ...

    def withdrawals(self) -> list[Withdrawal]:
        """Everything that was taken back, oldest first."""
        ...

    def judgements(self, row_id: str | None = None, *, withdrawn: bool = False) -> list[Judgement]:
        """Judgements in force, oldest first, of one row or of all; with `withdrawn`, also those no longer in force."""
        ...

    def judgement_id(self, prefix: str) -> str:
        """The full id of the one judgement whose id, or hex digits, begin so. Raises NotFound."""
        ...

    def speakers(self, by: str, *, compared: bool, after: int = -1, limit: int = 100) -> tuple[list[Speakers], int]:
        """Who speaks in the next reports, in order of recording, that the run `by` (an id) has, or has not, compared.

        As their newest run has them. Also what to give for `after` to go on. None left: an empty list.
        """
        ...

    def compare(self, run: Run, batch: Sequence[tuple[str, Sequence[Judgement]]]) -> None:
        """Record what a run judged of the speakers of reports (by id), and that it compared them; all or nothing."""
        ...

    def unsketched(self, by: str, *, after: int = -1, limit: int = 100) -> list[Unsketched]:
        """The next reports, in order of recording, whose text the run `by` (an id) has not compared for copies."""
        ...

    def holding(self, by: str, shingles: Collection[int]) -> dict[int, list[int]]:
        """Of each shingle (64 bits) the reports that a run looks up by it, by number; those of none are left out."""
        ...

    def sketches(self, by: str, reports: Collection[int]) -> dict[int, Sketched]:
        """Of each of these reports, by number, what the run that compares for copies made of it."""
        ...

    def add_copies(self, run: Run, batch: Sequence[tuple[int, int, Collection[int], Sequence[Judgement]]]) -> None:
        """Record of reports, by number, how many shingles they have, by which they are looked up, and which they were
        judged to be copies of; all or nothing."""
        ...

    def unlinked(self, by: str, *, after: int = -1, limit: int = 100) -> list[Unlinked]:
        """The next reports, in order of recording, whose attributions, as their newest run has them, the run `by` (an
        id) has not compared."""
        ...

    def near(self, by: str, cells: Collection[int]) -> dict[int, tuple[list[int], bytes]]:
        """By cell, the attributions that the run has compared whose statements lie in it, by number, and their vectors
        one after the other; of a full cell, the newest."""
        ...

    def stated(self, by: str, numbers: Collection[int]) -> dict[int, Stated]:
        """What these attributions, by number, state, as the run took it in."""
        ...

    def add_links(self, run: Run, batch: Sequence[tuple[int, Sequence[Stated], Sequence[Judgement]]]) -> None:
        """Record of reports, by number, what their attributions state, and how these were judged to stand to others;
        all or nothing. Which claims there are follows at once."""
        ...

    # erased

    def take_down(self, report_id: str, *, by: str, reason: str) -> None:
        """Erase a report, its bytes and all that hangs on it, and keep a note that it was, by whom and why.

        Judgements on its rows lose their reasons, and names that they give; replies to it are erased. The one way rows
        leave a record; nothing of them stays in its files. It is not recorded again. Raises NotFound.
        """
        ...

    def erase(self, names: Collection[str], reports: Collection[str], *, by: str, reason: str) -> int:
        """Take these reports down, and erase the names from all that is kept for good: reasons, names given and names
        of those who judged, replies, earlier takedowns; failures that hold them go. How many rows lost words.

        Ids stay, and `verify` still holds. Raises NotFound, UsageError.
        """
        ...

    def mentions(self, names: Collection[str]) -> list[Mention]:
        """Reports in which one of these names stands: in headline, byline, text, address, in the bytes, or in what was
        made of them; whatever case, accents and marks between words. Raises UsageError."""
        ...

    def left(self, names: Collection[str]) -> list[Left]:
        """Where one of these names still stands: in which rows, or, where in none, at which bytes of the record's
        files. Nothing after `erase` of all `mentions`."""
        ...

    def takedowns(self) -> list[Takedown]:
        """What is left of reports that were taken down, oldest first."""
        ...

    # replied

    def reply(self, reply: Reply) -> str:
        """Append what somebody concerned says to a report or an attribution; returns its id. Raises NotFound."""
        ...

    def replies(self, targets: Collection[str] | None = None, *, withdrawn: bool = False) -> list[Reply]:
        """Replies to these rows, by id, or all, oldest first; with `withdrawn`, also those taken back (`withdraw`)."""
        ...

    def reply_id(self, prefix: str) -> str:
        """The full id of the one reply whose id, or hex digits, begin so. Raises NotFound."""
        ...

    # derived

    def rebuild(self) -> None:
        """Drop what is derived and make it again from the observed rows; answers stay the same."""
        ...

    # verified

    def verify(self) -> Iterator[Problem]:
        """Derive every id, hash and span again from the stored bytes, and say what does not fit."""
        ...

    # answers

    def report_id(self, prefix: str) -> str:
        """The full id of the one report whose id, or hex digits, begin so. Raises NotFound, naming candidates."""
        ...

    def report(self, report_id: str) -> Report:
        """The report as first read. Takes an id or a unique prefix; raises NotFound, of one that was taken down
        TakenDown."""
        ...

    def readings(self, report_id: str) -> list[Reading]:
        """Every place and version of bytes this report was read from, oldest first. Raises NotFound."""
        ...

    def raw(self, raw_sha256: str) -> bytes:
        """The bytes as they were read. Raises NotFound."""
        ...

    def extraction(self, report_id: str) -> Extraction:
        """The report with what the newest run that read it found and set aside. Raises NotFound."""
        ...

    def attributions(self, report_id: str) -> list[Said]:
        """All attributions of a report, of every run, in the order of the text. Raises NotFound."""
        ...

    def attribution(self, attribution_id: str) -> Said:
        """One attribution by id or unique prefix. Raises NotFound."""
        ...

    def search(self, query: Query) -> Page[Hit]:
        """Answers to a query.

        Raises UsageError where words hold no letter or digit, or a day, cursor or limit is malformed.
        """
        ...

    def who(self, name: str, *, limit: int = 20, cursor: str | None = None) -> Page[Said]:
        """Attributions whose source, or whom it leads to, contains every word of `name`, whatever case and accents; of
        an entity's id, those of that one over all reports alone. Newest recorded first."""
        ...

    def sources(self, words: str = "", *, limit: int = 50, offset: int = 0) -> list[Source]:
        """Sources as written, most attributions first; with `words`, those that contain every one of them."""
        ...

    def entities(
        self, words: str = "", *, kind: str | None = None, voice: Voice | None = None, limit: int = 50, offset: int = 0
    ) -> list[Identity]:
        """Who is quoted over all reports, most attributions first; with `words`, those of whose names have every one.

        Members are not told. Raises UsageError.
        """
        ...

    def entity(self, entity_id: str) -> Identity:
        """The one that the id of an entity of any report, or a unique beginning of it, leads to. Raises NotFound."""
        ...

    def copies(self, report_id: str) -> CopyGroup:
        """The reports that reprint one text with this one, itself among them. Raises NotFound."""
        ...

    def copied(self, *, limit: int = 50, offset: int = 0) -> list[CopyGroup]:
        """Texts that several reports reprint, those of most reports first. Raises UsageError."""
        ...

    def claim(self, attribution_id: str) -> ClaimRow:
        """The claim that an attribution, by id or unique prefix, leads to, with all positions on it. Raises NotFound,
        also where it bears on none."""
        ...

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
        """Claims; with a position published since a day, by a publisher, or of an entity (by id); `many`: that several
        attributions bear on; `disputed`: that some attributions affirm and some deny. Raises UsageError."""
        ...

    def claim_lines(
        self,
        *,
        disputed: bool = False,
        many: bool = False,
        order: ClaimOrder = "largest",
        limit: int = 50,
        offset: int = 0,
    ) -> list[ClaimLine]:
        """The same, each in a line. Raises UsageError."""
        ...

    def claim_lines_of(self, attributions: Sequence[str]) -> list[ClaimLine]:
        """The claims that these attributions, by id, bear on, in that order, each once and in a line."""
        ...

    def runs(self) -> list[RunRow]:
        """The engines that worked on the record, the one that worked last first."""
        ...

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
        """Who is quoted, by one publisher or all, in reports of these days (both included), most often first, with how
        often in each month."""
        ...

    def roles(self, entity_id: str, *, limit: int = 200) -> list[RoleRow]:
        """What reports call the one that this id leads to, in order of publication. Raises NotFound."""
        ...

    def stances(self, attributions: Sequence[str]) -> dict[str, tuple[str, Stance, int]]:
        """Of attributions, by id: the claim they bear on, their stance, how many bear on it; none of those without."""
        ...

    def publishers(self, *, limit: int = 200) -> list[tuple[str, int]]:
        """Publishers and how many of their reports are on record, most first."""
        ...

    def claims_of(self, attributions: Sequence[str]) -> list[ClaimRow]:
        """The claims that these attributions, by id, bear on, in that order, each once."""
        ...

    def every_claim(self) -> Iterator[ClaimRow]:
        """Every claim on record, by id; streams, holding no lock."""
        ...

    def raw_reports(self, report_id: str) -> list[RawReport]:
        """What a report was read from, as it came in: bytes with what came with them, oldest first. Raises NotFound."""
        ...

    def versions(self, report_id: str) -> list[Head]:
        """Reports at the address of this one, itself among them, by publication, then by recording; what follows
        readers ("utm_…") and http or https make no difference. Of one without an address: itself. Raises NotFound."""
        ...

    def status(self) -> Status:
        """Counts of everything."""
        ...

    def failures(self, *, resolved: bool = False) -> list[FailureRow]:
        """Unresolved failures, oldest first; with `resolved`, all."""
        ...

    def heads(self, *, limit: int = 50, cursor: str | None = None) -> Page[Head]:
        """The reports, newest recorded first."""
        ...

    def extractions(self) -> Iterator[Extraction]:
        """Every report with what the newest run found in it, in order of recording; streams, holding no lock."""
        ...
