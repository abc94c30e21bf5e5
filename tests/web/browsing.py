"""A desk served on a free port, for a real browser."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from onrecord.answer import Record
from onrecord.store import Store
from onrecord.web import Desk, create_app


@contextmanager
def served(store: Store, person: str = "Ada") -> Iterator[str]:
    """The address of a desk at which this person sits, for as long as it is asked for."""
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    held.listen()
    server = uvicorn.Server(uvicorn.Config(create_app(Desk(Record(store), person)), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [held]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{held.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        held.close()
