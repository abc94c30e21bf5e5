"""Whether the desk is alive, whether it can do its work, and figures for who watches over it. Without a login, and
telling nothing of what is on record."""

from __future__ import annotations

from http import HTTPStatus
from threading import Lock

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from onrecord.answer import Record
from onrecord.errors import EngineError, OnRecordError
from onrecord.web.access import Needs
from onrecord.web.metrics import Metrics, Readers
from onrecord.weights import check_all

NOBODY = [Depends(Needs(None))]
router = APIRouter()


class Readiness:
    """Whether record and weights can be used. Weights that were whole are not read again."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._lock = Lock()
        self._whole = False

    def faults(self) -> dict[str, bool]:
        """By what was looked at: whether it is in order."""
        return {"record": self._readable(), "models": self._weighed()}

    def _readable(self) -> bool:
        try:
            self._record.reports(limit=1)
        except OnRecordError:
            return False
        return True

    def _weighed(self) -> bool:
        with self._lock:
            try:
                if not self._whole:
                    check_all()
                    self._whole = True
            except EngineError:
                return False
            return True


@router.get("/healthz", dependencies=NOBODY)
def alive() -> JSONResponse:
    """The desk answers."""
    return JSONResponse({"status": "alive"})


@router.get("/readyz", dependencies=NOBODY)
def ready(request: Request) -> JSONResponse:
    """The record opens and is of the schema that this OnRecord knows, and the weights are those that were shipped."""
    readiness: Readiness = request.app.state.readiness
    found = readiness.faults()
    fine = all(found.values())
    told = {"status": "ready" if fine else "not ready"}
    parts = {name: "in order" if ok else "failed" for name, ok in found.items()}
    return JSONResponse(told | parts, HTTPStatus.OK if fine else HTTPStatus.SERVICE_UNAVAILABLE)


@router.get("/metrics", dependencies=NOBODY)
def metrics(request: Request) -> Response:
    """Figures in the text format of Prometheus, to whom `ONRECORD_METRICS` allows; to anybody else there is nothing
    here."""
    allowed: Readers = request.app.state.readers
    held: Metrics | None = request.app.state.metrics
    if held is None or not allowed.let_in(request):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return Response(held.text(), headers={"content-type": held.content_type})
