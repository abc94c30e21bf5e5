"""Jobs by site: many sites at once, one job of each at a time, in turn; a slow site keeps no other waiting."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Lanes(Generic[T]):
    """A lane for each site, and workers that take the next job of the site whose turn it is.

    Results wait, at most two for each worker, until somebody gets them. Workers are daemons: a program that ends does
    not wait for a server.
    """

    def __init__(self, workers: int) -> None:
        self._jobs: dict[str, deque[Callable[[], T]]] = {}
        self._turns: deque[str] = deque()
        self._changed = threading.Condition()
        self._done: queue.Queue[T | BaseException] = queue.Queue(2 * workers)
        self._closed = False
        self.pending = 0
        for number in range(workers):
            threading.Thread(target=self._work, name=f"watch-{number}", daemon=True).start()

    def put(self, site: str, job: Callable[[], T]) -> None:
        """Have a job done when it is its site's turn."""
        with self._changed:
            self.pending += 1
            if site not in self._jobs:
                self._jobs[site] = deque()
                self._turns.append(site)
            self._jobs[site].append(job)
            self._changed.notify()

    def get(self, seconds: float) -> T | None:
        """The next result; None where there is none within so many seconds. Raises what the job raised."""
        try:
            result = self._done.get(timeout=seconds)
        except queue.Empty:
            return None
        self.pending -= 1
        if isinstance(result, BaseException):
            raise result
        return result

    def close(self) -> None:
        """Begin no more jobs."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._turns and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                site = self._turns.popleft()
                job = self._jobs[site].popleft()
            try:
                result: T | BaseException = job()
            except Exception as error:
                result = error
            self._done.put(result)
            with self._changed:
                if self._jobs[site]:
                    self._turns.append(site)
                    self._changed.notify()
                else:
                    del self._jobs[site]
