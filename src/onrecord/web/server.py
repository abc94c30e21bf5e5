"""Running the desk: on a free port of this machine, until Ctrl-C."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from onrecord import logs
from onrecord.errors import UsageError
from onrecord.web.app import Desk, create_app
from onrecord.web.guard import Guard

if TYPE_CHECKING:
    from uvicorn import Config

TRIED = 20
"""Ports after the one asked for that are tried, where nobody asked for one by hand."""


def serve(desk: Desk, host: str, port: int, *, given: bool, ready: Callable[[str], None]) -> None:
    """Serve until stopped. `given`: the port was asked for by hand, and no other will do; `ready` is told the address.

    Raises UsageError where the address or port cannot be had.
    """
    import uvicorn

    held = _listen(host, port, given=given)
    shown = f"[{host}]" if ":" in host else host
    ready(f"http://{shown}:{held.getsockname()[1]}{desk.root}/")
    uvicorn.Server(settings_of(create_app(desk))).run(sockets=[held])


def settings_of(app: Guard) -> Config:
    """How the server runs: no log of who asked what, no name of itself, bounded in every way; the head of a request may
    be long enough for a question of ten thousand words, so that it is answered rather than cut off."""
    import uvicorn
    from uvicorn.config import LOGGING_CONFIG

    return uvicorn.Config(
        app,
        log_config=None if logs.to_machines() else LOGGING_CONFIG,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=20,
        timeout_graceful_shutdown=2,
        limit_concurrency=400,
        http="h11",
        h11_max_incomplete_event_size=256 * 2**10,
    )


def _listen(host: str, port: int, *, given: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for each in range(port, port + (1 if given or port == 0 else TRIED)):
        held = socket.socket(family, socket.SOCK_STREAM)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            held.bind((host, each))
        except OverflowError:
            raise UsageError("there is no such port.", which=f"--port {port}", advice="Give 1 … 65535.") from None
        except OSError as error:
            held.close()
            if isinstance(error, PermissionError) or error.errno not in (98, 48, 10048):
                raise UsageError(
                    f"cannot listen there: {error.strerror}.", which=f"{host}:{each}", advice="Give another --port."
                ) from None
            continue
        held.listen(256)
        return held
    raise UsageError(
        "that port is in use, perhaps by a desk that runs already.",
        which=f"{host}:{port}",
        advice=f"Open http://{host}:{port}/, or give another --port.",
    )
