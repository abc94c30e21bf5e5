"""Parser processes that can be killed: started when needed, reused, replaced when dead, with nothing secret in them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from queue import LifoQueue
from typing import Any, BinaryIO, cast

from onrecord.clean.worker import PAGES, READY, read_frame, write_frame
from onrecord.errors import InputError, Unparsable, Unreadable
from onrecord.model import RawReport
from onrecord.settings import seconds, whole

_MAX_ANSWER = 256 * 2**20
_KEPT_VARIABLES = ("LD_LIBRARY_PATH", "SYSTEMROOT", "PATH")
_START_SECONDS = 60.0
"""For a parser process to load its libraries, however busy the machine."""
_TRIES = ((0.6, True), (0.4, False))
"""What one page may cost: a process with the parser and, if it died, one without; each with its share of the time."""


class Sandbox:
    """A pool of parser processes. Safe to use from several threads; no process runs before the first page."""

    def __init__(self, workers: int) -> None:
        self._idle: LifoQueue[_Worker | None] = LifoQueue()
        self._workers = workers
        for _ in range(workers):
            self._idle.put(None)

    def parse(self, raw: RawReport) -> dict[str, Any]:
        """The parts of a page (`article.parts`). Raises Unparsable and Unreadable."""
        given = raw.given.encoding
        request = {"origin": raw.origin, "encoding": [given.value, given.where, given.inferred] if given else None}
        worker = self._idle.get()
        try:
            for share, parser in _TRIES:
                if worker is None or not worker.alive:
                    worker = _Worker()
                asked = json.dumps({**request, "parser": parser}).encode("ascii")
                answer = worker.ask(asked, raw.data, share * seconds("parse_seconds"))
                if answer is not None:
                    return _opened(answer, raw.origin)
        finally:
            self._idle.put(worker)
        raise _given_up(raw.origin, timed_out=worker is not None and worker.timed_out)

    def close(self) -> None:
        """End the processes, once the pages under way are done."""
        for _ in range(self._workers):
            worker = self._idle.get()
            if worker is not None:
                worker.end()
        for _ in range(self._workers):
            self._idle.put(None)


class _Worker:
    def __init__(self) -> None:
        self.timed_out = False
        self._ready = False
        self._left = PAGES
        self._process = subprocess.Popen(
            [sys.executable, "-m", "onrecord.clean.worker", str(seconds("parse_seconds")), str(whole("parse_bytes"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
        )
        self._in = cast("BinaryIO", self._process.stdin)
        self._out = cast("BinaryIO", self._process.stdout)

    @property
    def alive(self) -> bool:
        """Whether it can take another page."""
        return self._left > 0 and self._process.poll() is None

    def ask(self, request: bytes, page: bytes, limit: float) -> bytes | None:
        """The answer within `limit` seconds, or None where the process died over it or was killed for its time."""
        if not self._ready:
            self._ready = self._exchange((), _START_SECONDS) == READY
        self._left -= 1
        answer = self._exchange((request, page), limit) if self._ready else None
        if answer is None or self._left <= 0:
            self.end()
        return answer

    def _exchange(self, frames: tuple[bytes, ...], limit: float) -> bytes | None:
        """Send the frames and take one back within `limit` seconds; after that the process is killed."""
        timer = threading.Timer(limit, self._kill)
        timer.daemon = True
        timer.start()
        try:
            for frame in frames:
                write_frame(self._in, frame)
            return read_frame(self._out, _MAX_ANSWER)
        except OSError:
            return None
        finally:
            timer.cancel()

    def end(self) -> None:
        """End the process and take its exit status."""
        self._process.kill()
        for stream in (self._in, self._out):
            try:
                stream.close()
            except OSError:
                continue
        self._process.wait()

    def _kill(self) -> None:
        self.timed_out = True
        self._process.kill()


def _environment() -> dict[str, str]:
    """Enough to start Python with our own import path; one thread for whatever counts in there."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    path = os.pathsep.join(entry for entry in sys.path if entry)
    return {**kept, **threads, "PYTHONPATH": path, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def _opened(answer: bytes, origin: str) -> dict[str, Any]:
    try:
        found = json.loads(answer)
    except ValueError:
        raise _given_up(origin, timed_out=False) from None
    if isinstance(found, dict) and isinstance(page := found.get("page"), dict):
        return page
    if isinstance(found, dict) and isinstance(error := found.get("error"), list) and len(error) == 3:
        kinds: dict[str, type[InputError]] = {"Unparsable": Unparsable, "Unreadable": Unreadable}
        raise kinds.get(error[0], Unparsable)(error[1], which=origin, advice=error[2])
    raise _given_up(origin, timed_out=False)


def _given_up(origin: str, *, timed_out: bool) -> Unparsable:
    if timed_out:
        return Unparsable(
            f"The page took more than {seconds('parse_seconds'):g} s to read.",
            which=origin,
            advice="Give its text instead, or set ONRECORD_PARSE_SECONDS higher.",
        )
    return Unparsable(
        f"The page ended the parser process {len(_TRIES)} times: over {whole('parse_bytes') // 2**20} MB, or a fault.",
        which=origin,
        advice="Give its text instead, or set ONRECORD_PARSE_BYTES higher.",
    )
