"""The parser process: one request after another on stdin, answers on stdout, under limits of memory and time.

A frame is four bytes of length (big-endian) and so many bytes. A request is a frame of JSON and a frame of page bytes;
the answer is one frame of JSON; before the first stands READY. Nothing is unpickled. The process ends with its input.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path
from typing import Any, BinaryIO

from onrecord.errors import InputError
from onrecord.model import Found

PAGES = 500
"""Pages after which the process ends and another takes over, so that what libraries keep cannot add up."""
READY = b"ready"
"""The first frame of the process: libraries loaded, limits set."""
_COLLECT_EVERY = 40


def main() -> None:
    """Serve until the input ends. Arguments: seconds a page, bytes of memory beyond those at the start."""
    seconds, memory = float(sys.argv[1]), int(sys.argv[2])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    from onrecord.clean.article import parts

    _load()
    _limit_memory(memory)
    gc.freeze()
    gc.disable()
    write_frame(answers, READY)
    for count in range(1, PAGES + 1):
        asked = read_frame(sys.stdin.buffer)
        page = read_frame(sys.stdin.buffer)
        if asked is None or page is None:
            return
        _limit_time(seconds)
        request = json.loads(asked)
        encoding = Found(*request["encoding"]) if request["encoding"] else None
        answer: dict[str, Any]
        try:
            answer = {"page": parts(page, encoding, request["origin"], parser=request["parser"])}
        except InputError as error:
            answer = {"error": [type(error).__name__, error.what, error.advice]}
        write_frame(answers, json.dumps(answer).encode("ascii"))
        if count % _COLLECT_EVERY == 0:
            gc.collect()


def read_frame(stream: BinaryIO, most: int = 2**31) -> bytes | None:
    """The next frame, or None at the end of the stream, in the middle of a frame, or over `most` bytes."""
    head = stream.read(4)
    if len(head) < 4 or (length := int.from_bytes(head, "big")) > most:
        return None
    body = stream.read(length)
    return body if len(body) == length else None


def write_frame(stream: BinaryIO, body: bytes) -> None:
    """Send one frame."""
    stream.write(len(body).to_bytes(4, "big"))
    stream.write(body)
    stream.flush()


def _load() -> None:
    """What every page needs, before the limits hold."""
    import htmldate  # noqa: F401
    import lxml.html  # noqa: F401
    import numpy  # noqa: F401
    import trafilatura  # noqa: F401


def _limit_memory(memory: int) -> None:
    """Where the platform can: no more address space than now and `memory`, no files written, no further processes."""
    try:
        import resource
    except ImportError:
        return
    sizes = Path("/proc/self/statm")
    if sizes.exists():
        limit = int(sizes.read_text().split()[0]) * os.sysconf("SC_PAGESIZE") + memory
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time(seconds: float) -> None:
    """Processor time for the next page, so that an orphan ends too."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


if __name__ == "__main__":
    main()
