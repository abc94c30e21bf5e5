"""The mission as one function: read → clean → extract → record → who is who → copies → claims.

Streams; safe to stop and to run again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from types import TracebackType
from typing import BinaryIO, Self

from onrecord.clean import Cleaner
from onrecord.errors import NotFound
from onrecord.extraction import Engine, extract_all
from onrecord.identify import identify
from onrecord.link import Comparer
from onrecord.linking import find_claims
from onrecord.model import Extraction, Failure, Given, RawReport, Report
from onrecord.read import ReadOptions, read
from onrecord.reprints import find_copies
from onrecord.resolve import Aliases
from onrecord.store import Store

DEFAULTS = ReadOptions()


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of the inputs, each counted once.

    `known`: the record had it already. `set_aside`: recorded, but nothing was extracted from it (`language: de`).
    `attributions`: how many are new to the record. `compared`: reports whose speakers were compared with all others;
    `copies`: those whose text reprints another's. `linked`: attributions whose claims were compared with all others.
    `taken_down`: reports that were taken down before, and left out.
    """

    recorded: int = 0
    known: int = 0
    set_aside: int = 0
    failed: int = 0
    attributions: int = 0
    compared: int = 0
    copies: int = 0
    linked: int = 0
    taken_down: int = 0

    @property
    def inputs(self) -> int:
        """All inputs so far."""
        return self.recorded + self.known + self.set_aside + self.failed + self.taken_down

    def to_dict(self) -> dict[str, int]:
        """All counts by name."""
        return asdict(self)


Progress = Callable[[Summary, Failure | None], None]
"""Called after each input with the counts so far, and with the failure if it was one."""

Settled = Callable[[str, Failure | None], None]
"""Called with the origin of an input once what became of it is recorded, and with the failure if it was one."""


def record(
    paths: Sequence[str],
    store: Store,
    engine: Engine,
    *,
    options: ReadOptions = DEFAULTS,
    verbatim: bool = False,
    stdin: BinaryIO | None = None,
    progress: Progress | None = None,
    aliases: Aliases | None = None,
) -> Summary:
    """Read what lies at `paths` into `store`; what the store has from the same engine is neither cleaned nor extracted.

    Each report is recorded in a transaction of its own: whatever was counted is durable, and stopping loses none of it.
    An input that fails is noted as failed, and the others go on. Last, those who speak are compared with those of all
    reports (`identify`), by the user's own table of names as well, if given, and so are the texts (`reprints`) and what
    is claimed (`linking`). Raises StoreError and EngineError, which concern all.
    """
    with Intake(store, engine, verbatim=verbatim, progress=progress) as intake:
        intake.take(read(paths, options, stdin=stdin))
    intake.compare(aliases)
    return intake.summary


class Intake:
    """Takes inputs through the stages and into a record, as they come; a `with` block ends the parsers' processes.

    The stages keep the order: an input's bytes wait beside it, and its fate is counted. `settled` is told of each input
    by its origin once its report, or its failure, is recorded.
    """

    def __init__(
        self,
        store: Store,
        engine: Engine,
        *,
        verbatim: bool = False,
        progress: Progress | None = None,
        settled: Settled | None = None,
    ) -> None:
        self.summary = Summary()
        self._store = store
        self._engine = engine
        self._run = engine.run.id
        self._verbatim = verbatim
        self._progress = progress
        self._settled = settled
        self._cleaner = Cleaner()
        self._cleaning: deque[tuple[RawReport | Failure, bool]] = deque()
        self._extracting: deque[RawReport | Failure] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cleaner.close()

    def take(self, items: Iterable[RawReport | Failure]) -> None:
        """Record these, each report in a transaction of its own. Raises StoreError and EngineError."""
        cleaned = self._unextracted(self._cleaner.clean_all(self._unread(items), verbatim=self._verbatim))
        for item in extract_all(cleaned, self._engine):
            self._arrive(item)

    def compare(self, aliases: Aliases | None = None) -> None:
        """Who is who over all reports, which reprint which, and what is one claim; those left when an earlier reading
        was stopped too."""
        before = self.summary.compared

        def told(done: int) -> None:
            self._count(None, compared=before + done - self.summary.compared)

        identify(self._store, told, aliases)
        earlier = self.summary.copies
        find_copies(self._store, lambda found: self._count(None, copies=earlier + found - self.summary.copies))
        linked = self.summary.linked
        find_claims(self._store, Comparer(), lambda n: self._count(None, linked=linked + n - self.summary.linked))

    def _unread(self, items: Iterable[RawReport | Failure]) -> Iterator[RawReport | Failure]:
        """What has to be cleaned: not the bytes that were read before and came with nothing that could differ."""
        for item in items:
            met = isinstance(item, RawReport) and self._store.done(item.origin, item.sha256, self._run)
            if met and isinstance(item, RawReport) and not _described(item):
                self._count(None, known=1)
                self._tell(item.origin, None)
            else:
                self._cleaning.append((item, met))
                yield item

    def _unextracted(self, items: Iterable[Report | Failure]) -> Iterator[Report | Failure]:
        """What has to be extracted: not the reports that the record has."""
        for item in items:
            raw, met = self._cleaning.popleft()
            if met and isinstance(item, Report) and self._has(item):
                self._count(None, known=1)
                self._tell(item.origin, None)
            else:
                self._extracting.append(raw)
                yield item

    def _arrive(self, item: Extraction | Failure) -> None:
        """Record what came through, with the bytes that it set out with, or that it failed."""
        raw = self._extracting.popleft()
        if isinstance(item, Extraction) and isinstance(raw, RawReport):
            outcome = self._store.record(raw, item)
            self._count(None, **{outcome.result.replace(" ", "_"): 1}, attributions=outcome.attributions)
            self._tell(raw.origin, None)
        elif isinstance(item, Failure):
            self._store.record_failure(item)
            self._count(item, failed=1)
            self._tell(item.origin, item)

    def _tell(self, origin: str, failure: Failure | None) -> None:
        if self._settled:
            self._settled(origin, failure)

    def _has(self, report: Report) -> bool:
        """Whether this very report, with its headline and dates, was last read by this engine."""
        try:
            return self._store.extraction(report.id).run.id == self._run
        except NotFound:
            return False

    def _count(self, failure: Failure | None, **more: int) -> None:
        self.summary = replace(self.summary, **{name: getattr(self.summary, name) + n for name, n in more.items()})
        if self._progress:
            self._progress(self.summary, failure)


def _described(raw: RawReport) -> bool:
    """Whether more came with the bytes that tells one report from another: a title, a date, a publisher."""
    return replace(raw.given, url=None, encoding=None) != Given()
