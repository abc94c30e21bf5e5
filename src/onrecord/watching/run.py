"""Keeps a record up to date: asks places that are due, reads what they list, and tells what came of it.

Requests run in lanes (`lanes`), recording in this thread. What is listed is noted in the record together with what the
place answered, and an item is settled only after its report or failure is recorded: killed at any moment, the next run
goes on from there.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

from onrecord import settings
from onrecord.extraction import Engine
from onrecord.model import Failure, RawReport
from onrecord.pipeline import Intake
from onrecord.read import ReadOptions, read
from onrecord.read.web import Web
from onrecord.store import Became, Item, Look, Met, Place, Store
from onrecord.watching.decide import due, next_look, next_try, site
from onrecord.watching.hooks import Say, send_news
from onrecord.watching.lanes import Lanes
from onrecord.watching.places import ask

AT_ONCE = 16
"""Pages recorded together."""
_HELD, _FEW = 20, 5
"""Items of one place that wait in lanes, and how few bring the next."""
_LOOK = 20.0
"""Seconds between two looks at what is due."""
_REST, _BUSY = 60.0, 300.0
"""Seconds between two comparisons of what was read with all that is on record: with nothing else to do, and at most."""
_STRIKES = 3
"""Failures of a site in a row after which the rest of its items wait, untried."""
_NOTHING = 0.3
_RESTING = "is at a site that is left alone for a while: it asked for that, or kept failing."


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run has done so far. `asked`: places; `silent`: those that failed; `new`: items that they listed first;
    `failed`: items that could not be read this time; `given_up`: those that are not tried again."""

    asked: int = 0
    silent: int = 0
    new: int = 0
    read: int = 0
    failed: int = 0
    given_up: int = 0

    def to_dict(self) -> dict[str, int]:
        """All counts by name."""
        return asdict(self)

    def sentence(self) -> str:
        """The counts in words."""
        gone = f", {self.given_up} of them for good" if self.given_up else ""
        new = f"{self.new} new item{'' if self.new == 1 else 's'}"
        return f"{self.asked} asked, {self.silent} failed; {new}; {self.read} read, {self.failed} failed{gone}."


@dataclass(frozen=True, slots=True)
class _Asked:
    place: Place
    look: Look
    items: list[Met]


@dataclass(frozen=True, slots=True)
class _Fetched:
    item: Item
    page: RawReport | Failure
    rest: float


class Watcher:
    """Runs what a record watches. `say` is told each thing worth a line: what kind
    of event it is, of which address, and a sentence; `stop`, once set, ends it after what is being
    recorded."""

    def __init__(
        self,
        store: Store,
        engine: Engine,
        options: ReadOptions,
        *,
        say: Say,
        stop: threading.Event,
    ) -> None:
        self.counts = Counts()
        self._store, self._options, self._say, self._stop = store, options, say, stop
        self._web = Web(options, most_strikes=_STRIKES)
        self._lanes: Lanes[_Asked | _Fetched] = Lanes(settings.whole("watch_threads"))
        self._intake = Intake(store, engine, settled=self._note)
        self._asking: set[int] = set()
        self._held: defaultdict[int, set[int]] = defaultdict(set)
        self._more: set[int] = set()
        self._pages: list[_Fetched] = []
        self._files: deque[Item] = deque()
        self._parts: dict[str, list[Failure | None]] = {}
        self._compared = time.monotonic() - _REST
        self._uncompared = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lanes.close()
        self._intake.__exit__(kind, error, trace)

    def once(self) -> None:
        """Ask every place that is due, read what is new, tell whom it concerns. Raises StoreError, EngineError."""
        self._store.watching.pass_over()
        self._begin()
        while self._busy() and not self._stop.is_set():
            self._step()
        if not self._stop.is_set():
            self._compare()

    def forever(self) -> None:
        """The same again and again, until `stop` is set."""
        self._store.watching.pass_over()
        looked = time.monotonic() - _LOOK
        while not self._stop.is_set():
            if time.monotonic() - looked >= _LOOK:
                self._begin()
                looked = time.monotonic()
            since = time.monotonic() - self._compared
            if self._busy():
                self._step()
            if since > (_BUSY if self._busy() else _REST):
                self._compare()
            elif not self._busy():
                self._stop.wait(min(self._pause(), max(_REST - since, 0.1)))
                looked = time.monotonic() - _LOOK

    def _begin(self) -> None:
        """Put what is due into the lanes."""
        places = self._store.watching.places()
        for place in due((p for p in places if p.number not in self._asking), datetime.now(UTC)):
            self._asking.add(place.number)
            self._lanes.put(site(place.url), lambda place=place: self._ask(place))  # type: ignore[misc]
        for place in places:
            if place.waiting and len(self._held[place.number]) < _FEW:
                self._load(place.number)

    def _busy(self) -> bool:
        return bool(self._lanes.pending or self._pages or self._files)

    def _pause(self) -> float:
        """Seconds until something is due, at most so many that what others add is soon seen."""
        soonest = self._store.watching.next_due()
        left = (soonest - datetime.now(UTC)).total_seconds() if soonest else _LOOK
        return min(max(left, 0.1), _LOOK)

    def _ask(self, place: Place) -> _Asked:
        try:
            return _Asked(place, *ask(self._web, place, self._options))
        except Exception as error:  # what a stranger's bytes bring about is that place's trouble alone
            at = next_look(place, datetime.now(UTC), failed=True)
            return _Asked(place, Look(place.number, at, problem=_unforeseen(error)), [])

    def _fetch(self, item: Item) -> _Fetched:
        rest = self._web.resting(item.url)
        if rest > 0:
            return _Fetched(item, Failure(item.url, "read", _RESTING), rest)
        try:
            return _Fetched(item, self._web.fetch(item.url), 0.0)
        except Exception as error:  # as above
            return _Fetched(item, Failure(item.url, "read", _unforeseen(error)), 0.0)

    def _step(self) -> None:
        """Take in one answer, or record what has come."""
        answer = self._lanes.get(_NOTHING if not self._files else 0.0) if self._lanes.pending else None
        if isinstance(answer, _Asked):
            self._listed(answer)
        elif isinstance(answer, _Fetched) and answer.rest:
            later = datetime.now(UTC) + timedelta(seconds=answer.rest)
            self._store.watching.settle([Became(answer.item.number, "waiting", _RESTING, later, tried=False)])
            self._let_go(answer.item)
        elif isinstance(answer, _Fetched):
            self._pages.append(answer)
        if self._pages and (answer is None or len(self._pages) >= AT_ONCE):
            self._record_pages()
        elif self._files and answer is None:
            self._record_file(self._files.popleft())

    def _listed(self, answer: _Asked) -> None:
        """Note what a place answered, and have its new items read."""
        place, look = answer.place, answer.look
        new = self._store.watching.looked(look, answer.items)
        self._asking.discard(place.number)
        self._count(asked=1, silent=int(look.problem is not None), new=new)
        if look.problem:
            self._say("place.failed", place.url, look.problem)
        elif look.url and look.url != place.url:
            self._say("place.moved", place.url, f"has moved for good, and is asked at {look.url} from now on.")
        if new:
            self._load(place.number)

    def _load(self, place: int) -> None:
        """Put the next items of a place into the lanes."""
        held = self._held[place]
        items = self._store.watching.waiting(datetime.now(UTC), place, limit=_HELD + len(held))
        (self._more.add if len(items) == _HELD + len(held) else self._more.discard)(place)
        for item in items:
            if item.number not in held:
                held.add(item.number)
                if item.kind == "folder":
                    self._files.append(item)
                else:
                    self._lanes.put(site(item.url), lambda item=item: self._fetch(item))  # type: ignore[misc]

    def _let_go(self, item: Item) -> None:
        self._held[item.place].discard(item.number)
        if item.place in self._more and len(self._held[item.place]) < _FEW and not self._stop.is_set():
            self._load(item.place)

    def _record_pages(self) -> None:
        pages, self._pages = self._pages, []
        self._parts = {}
        self._intake.take(each.page for each in pages)
        self._settle([(each.item, self._parts.get(each.page.origin, [_lost(each.page.origin)])[0]) for each in pages])

    def _record_file(self, item: Item) -> None:
        """A file may hold many reports: it counts as read where one of them was."""
        self._parts = {}
        self._intake.take(read([item.url], self._options))
        parts = [failure for each in self._parts.values() for failure in each]
        failures = [failure for failure in parts if failure]
        self._settle([(item, failures[0] if failures and len(failures) == len(parts) else None)])

    def _note(self, origin: str, failure: Failure | None) -> None:
        """What became of an input is recorded."""
        self._parts.setdefault(origin, []).append(failure)

    def _settle(self, items: list[tuple[Item, Failure | None]]) -> None:
        """What became of the reports is recorded: now what became of the items is."""
        at = datetime.now(UTC)
        outcomes = [self._outcome(item, failure, at) for item, failure in items]
        self._store.watching.settle(outcomes)
        self._uncompared = True
        for (item, _), became in zip(items, outcomes, strict=True):
            if became.problem is not None:
                gone = " It is not tried again." if became.state == "failed" else ""
                self._say("item.failed", item.url, f"{became.problem}{gone}")
            failed = became.problem is not None
            self._count(read=int(not failed), failed=int(failed), given_up=int(became.state == "failed"))
            self._let_go(item)

    def _outcome(self, item: Item, failure: Failure | None, at: datetime) -> Became:
        if failure is None:
            return Became(item.number, "read")
        said = " ".join(part for part in (failure.reason, failure.advice) if part)
        again = next_try(item.tries + 1, at, self._web.resting(item.url) if item.kind == "feed" else 0.0)
        return Became(item.number, "waiting" if again else "failed", said, again)

    def _compare(self) -> None:
        """Who is who, what is copied, what is claimed over all reports; and news to whom it concerns."""
        fresh, self._uncompared = self._uncompared, False
        if fresh:
            self._intake.compare()
        send_news(self._store, self._options, self._say, fresh=fresh)
        self._compared = time.monotonic()

    def _count(self, **more: int) -> None:
        self.counts = replace(self.counts, **{name: getattr(self.counts, name) + n for name, n in more.items()})


def _lost(origin: str) -> Failure:
    return Failure(origin, "record", "did not come through.", "It will be tried again.")


def _unforeseen(error: Exception) -> str:
    return f"could not be read ({type(error).__name__}: {str(error)[:200]})."
