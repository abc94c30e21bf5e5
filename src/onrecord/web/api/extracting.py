"""Who says what in a text that is sent: nothing is recorded. One text at a time, and few that wait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Semaphore
from typing import TYPE_CHECKING, Annotated

from fastapi import Body, Depends, Request, Response
from fastapi.responses import JSONResponse

from onrecord.errors import UsageError
from onrecord.people import Verb
from onrecord.web.access import Needs
from onrecord.web.api import models as m
from onrecord.web.api.asked import routes
from onrecord.web.api.bodies import ToExtract
from onrecord.web.problems import Declined

if TYPE_CHECKING:
    from onrecord.extraction import Engine

router = routes("extract")
WAITING = 4
"""Texts that wait for their turn, the one at work included; each holds a thread of the server."""
RETRY = "10"
"""Seconds after which to try again."""


class Reader:
    """The shipped engine, loaded when first needed, which reads one text at a time."""

    def __init__(self) -> None:
        self._seats = Semaphore(WAITING)
        self._turn = Lock()
        self._engine: Engine | None = None

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """The engine, when it is one's turn. Raises Declined where too many wait, EngineError."""
        if not self._seats.acquire(blocking=False):
            raise Declined("busy", "Other texts are being read.", {"Retry-After": RETRY})
        try:
            with self._turn:
                if self._engine is None:
                    from onrecord import engines

                    self._engine = engines.default_engine()
                yield self._engine
        finally:
            self._seats.release()


@router.post("/extract", dependencies=[Depends(Needs(Verb.read))], response_model=m.ReportJson)
def extract(request: Request, given: Annotated[ToExtract, Body()]) -> Response:
    """Who says what in the text of one report: the JSON of a report. Nothing is recorded."""
    from onrecord.api import extract as read

    if any("\ud800" <= c <= "\udfff" for value in given.model_dump().values() if isinstance(value, str) for c in value):
        raise UsageError("it holds halves of characters.", advice="Send UTF-8.")
    reader: Reader = request.app.state.reader
    with reader.engine() as engine:
        found = read(
            given.text,
            verbatim=given.verbatim,
            url=given.url,
            publisher=given.publisher,
            published=given.published,
            engine=engine,
        )
    return JSONResponse(found.to_dict(), headers={"cache-control": "no-store"})
