"""One writer at a time, across processes, in the order of arrival as far as the system keeps one.

SQLite itself only retries with pauses, by which a busy neighbour can starve a writer; here one waits in the kernel's
queue instead. The lock goes with its holder: a killed process leaves none behind.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _take(file: int) -> None:
        while True:
            try:
                return msvcrt.locking(file, msvcrt.LK_LOCK, 1)
            except OSError:  # LK_LOCK gives up after ten seconds
                continue

    def _try_to_take(file: int) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _leave(file: int) -> None:
        os.lseek(file, 0, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)

    def _try_to_take(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _leave(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


@contextmanager
def turn(record: Path) -> Iterator[None]:
    """Wait for one's turn to write, and have it for the length of the block.

    Two locks make a turnstile: who has just written must pass the outer one again, where the others already stand, so
    that nobody writes twice while another waits at the inner one. Raises OSError where the files cannot be made.
    """
    with ExitStack() as main:
        with _held(_beside(record, "queue")):
            main.enter_context(_held(_beside(record, "lock")))
        yield


@contextmanager
def _held(path: Path) -> Iterator[None]:
    file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
    try:
        _take(file)
        try:
            yield
        finally:
            _leave(file)
    finally:
        os.close(file)


def _beside(record: Path, what: str) -> Path:
    return record.with_name(f"{record.name}-{what}")


@contextmanager
def alone(record: Path, what: str) -> Iterator[bool]:
    """Whether nobody else does this with the record; keeps others from it for the length of the block, and never waits.

    Raises OSError where the file cannot be made.
    """
    file = os.open(_beside(record, what), os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
    try:
        free = _try_to_take(file)
        try:
            yield free
        finally:
            if free:
                _leave(file)
    finally:
        os.close(file)
