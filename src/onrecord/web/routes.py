"""The addresses of the pages. Every filter is in the address; every id of a member leads to what it is a member of."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from onrecord.claims import Asked
from onrecord.errors import UsageError
from onrecord.model import EvidenceType
from onrecord.people import Verb
from onrecord.store.claim_rows import ClaimOrder
from onrecord.store.rows import Voice
from onrecord.web.access import Needs
from onrecord.web.app import Desk, render
from onrecord.web.pages.claims import claim_page, claims_page
from onrecord.web.pages.compare import compare_page
from onrecord.web.pages.home import home_page
from onrecord.web.pages.report import report_page
from onrecord.web.pages.reports import reports_page, runs_page
from onrecord.web.pages.search import search_page
from onrecord.web.pages.sources import sources_page
from onrecord.web.pages.voice import voice_page

READ = [Depends(Needs(Verb.read))]
router = APIRouter(default_response_class=HTMLResponse)
Words = Annotated[str, Query(max_length=12_000)]
Short = Annotated[str, Query(max_length=400)]
FLAGS = ("disputed", "unconfirmed", "single_source", "unnamed_only", "many")
CSP_REPORTS = 1000


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


@router.get("/", dependencies=READ)
def home(request: Request) -> HTMLResponse:
    """What is new and disputed."""
    return render(request, "home.html", home_page(_desk(request).record))


@router.get("/search", dependencies=READ)
def search(request: Request, q: Words = "", part: Short = "", cursor: Short = "") -> HTMLResponse:
    """Claims, words, people and reports at once."""
    page = search_page(_desk(request).record, q, part, cursor or None)
    return render(request, "search.html", page, status=HTTPStatus.BAD_REQUEST if page.problem else HTTPStatus.OK)


@router.get("/claims", dependencies=READ)
def claims(
    request: Request,
    q: Words = "",
    order: ClaimOrder = "largest",
    page: int = 1,
    disputed: bool = False,
    unconfirmed: bool = False,
    single_source: bool = False,
    unnamed_only: bool = False,
    many: bool = False,
    denied_by: Short = "",
    evidence: Short = "",
    since: Short = "",
) -> HTMLResponse:
    """Claims, with filters."""
    given = {"disputed": disputed, "unconfirmed": unconfirmed, "single_source": single_source}
    flags = {**given, "unnamed_only": unnamed_only, "many": many}
    kept: Any = {name: True for name, value in flags.items() if value}
    asked: Asked = kept
    if denied_by.strip():
        asked["denied_by"] = denied_by.strip()
    if evidence:
        asked["evidence"] = _one_of(EvidenceType, "evidence", evidence)
    if since:
        asked["since"] = since
    made = claims_page(_desk(request).record, q.strip(), asked, order, page)
    return render(request, "claims.html", made, evidence_types=get_args(EvidenceType), flags=FLAGS)


@router.get("/claims/{claim_id}", dependencies=READ)
def claim(request: Request, claim_id: str, as_of: Short = "") -> HTMLResponse:
    """How one claim stands, and the way to the words."""
    return render(request, "claim.html", claim_page(_desk(request).record, claim_id, as_of or None))


@router.get("/attributions/{attribution_id}", dependencies=READ)
def attribution(request: Request, attribution_id: str) -> RedirectResponse:
    """To the words in their report."""
    said = _desk(request).record.attribution(attribution_id)
    root = request.scope.get("root_path", "")
    return RedirectResponse(f"{root}/reports/{said.report.id}#{said.id}", HTTPStatus.FOUND)


@router.get("/reports", dependencies=READ)
def reports(request: Request, cursor: Short = "") -> HTMLResponse:
    """The reports, newest recorded first."""
    return render(request, "reports.html", reports_page(_desk(request).record, cursor or None))


@router.get("/reports/{report_id}", dependencies=READ)
def report(request: Request, report_id: str) -> HTMLResponse:
    """A report with everything marked."""
    return render(request, "report.html", report_page(_desk(request).record, report_id))


@router.get("/reports/{report_id}/raw", dependencies=READ)
def raw(request: Request, report_id: str) -> Response:
    """The bytes that a report was read from, to be saved, never shown: they are somebody else's page."""
    record = _desk(request).record
    digest = record.report(report_id).report.raw_sha256
    headers = {"content-disposition": f'attachment; filename="{digest[:16]}.bin"'}
    return Response(record.raw(digest), media_type="application/octet-stream", headers=headers)


@router.get("/voices/{entity_id}", dependencies=READ)
def voice(request: Request, entity_id: str, topic: Short = "") -> HTMLResponse:
    """A person or organisation over all reports."""
    return render(request, "voice.html", voice_page(_desk(request).record, entity_id, topic.strip()))


@router.get("/sources", dependencies=READ)
def sources(
    request: Request, q: Short = "", voice: Short = "", publisher: Short = "", since: Short = "", until: Short = ""
) -> HTMLResponse:
    """Who is quoted, named and unnamed, by publisher and time."""
    kind: Voice | None = _one_of(Voice, "voice", voice) if voice else None
    made = sources_page(_desk(request).record, q.strip(), kind, publisher.strip(), since or None, until or None)
    return render(request, "sources.html", made)


@router.get("/compare", dependencies=READ)
def compare(request: Request, one: Short = "", other: Short = "", q: Short = "") -> HTMLResponse:
    """Two publishers, people or days side by side."""
    page = compare_page(_desk(request).record, one, other, q.strip())
    return render(request, "compare.html", page, status=HTTPStatus.BAD_REQUEST if page.problem else HTTPStatus.OK)


@router.get("/runs", dependencies=READ)
def runs(request: Request) -> HTMLResponse:
    """Which engines read what, and what failed."""
    return render(request, "runs.html", runs_page(_desk(request).record))


@router.get("/keys", dependencies=READ)
def keys(request: Request) -> HTMLResponse:
    """Which keys do what."""
    return render(request, "keys.html", None)


@router.post("/csp-reports", dependencies=[Depends(Needs(None))], status_code=HTTPStatus.NO_CONTENT)
async def csp_reports(request: Request) -> Response:
    """What a browser says that it did not run: a page of ours should never make one."""
    held = _desk(request).reports
    if len(held) < CSP_REPORTS:
        held.append(json.dumps((await request.body()).decode("utf-8", "replace")[:2000]))
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _one_of(words: object, name: str, given: str) -> Any:
    allowed = get_args(words)
    if given not in allowed:
        raise UsageError("that is not one of them.", which=f"{name}={given}", advice=f"Take {', '.join(allowed)}.")
    return given
