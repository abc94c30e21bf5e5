"""The addresses of the schema and of the reference page that is made from it; and all routers of the API in one."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from onrecord.web.access import Needs
from onrecord.web.api import claims, exporting, extracting, judging, reports, sources
from onrecord.web.api.reference import reference_page
from onrecord.web.api.reply import reply
from onrecord.web.api.schema import schema_of

ROUTERS = (
    claims.router,
    reports.spoken,
    reports.router,
    sources.router,
    judging.router,
    extracting.router,
    exporting.router,
    sources.afar,
)
ANYONE = [Depends(Needs(None))]

router = APIRouter(default_response_class=Response)
for each in ROUTERS:
    router.include_router(each)


@cache
def schema(root: str = "") -> dict[str, Any]:
    """The schema of the API of a desk that lies under `root`."""
    return schema_of(ROUTERS, version("onrecord"), root)


@router.get("/api/v1/openapi.json", dependencies=ANYONE, include_in_schema=False)
def openapi(request: Request) -> Response:
    """The schema, OpenAPI 3.1."""
    return reply(request, schema(request.scope.get("root_path", "")))


@router.get("/api", dependencies=ANYONE, include_in_schema=False)
@router.get("/api/", dependencies=ANYONE, include_in_schema=False)
def reference(request: Request) -> HTMLResponse:
    """The reference page, made from the schema."""
    from onrecord.web.app import render

    return render(request, "api.html", reference_page(schema(request.scope.get("root_path", ""))))
