"""The schema of the API (OpenAPI 3.1), made from its routes: with the problems that each may answer, and headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi

from onrecord.web.access import Needs, declared
from onrecord.web.api.models import Problem
from onrecord.web.problems import KINDS, PROBLEM_JSON

ABOUT = """Everything that OnRecord's pages show and its commands do. It says who is on record saying what.
Offsets are Unicode code points, the end excluded. Ids come from content and lead back to the characters."""
TAGS = (
    ("claims", "What is claimed, and who is on record on it."),
    ("attributions", "Who said what, in which words."),
    ("reports", "Reports, their texts, bytes, versions and copies."),
    ("sources", "Who is quoted, by whom, where and when."),
    ("judgements", "A person's word, which stands above what engines say."),
    ("extract", "Reading a text without recording it."),
    ("record", "The record in numbers, and as a whole."),
)
_ALWAYS = ("question", "token", "not-allowed", "too-long", "fields", "too-many", "busy")
_HEADERS = {
    "ETag": {"description": "Names these very bytes.", "schema": {"type": "string"}, "required": True},
    "Cache-Control": {"description": "Keep it, and ask again.", "schema": {"type": "string"}, "required": True},
}
_LINK = {"description": 'The address of the next page, `rel="next"`.', "schema": {"type": "string"}}
_TAG = {
    "name": "If-None-Match", "in": "header", "schema": {"type": "string"},
    "description": "An `ETag` that you have: 304 where it still is the answer.",
}  # fmt: skip


def schema_of(routers: Sequence[APIRouter], version: str, root: str = "") -> dict[str, Any]:
    """The schema of these routers' routes, for a desk that lies under `root`."""
    made = get_openapi(
        title="OnRecord",
        version=version,
        description=ABOUT,
        routes=[route for router in routers for route in router.routes],
        tags=[{"name": name, "description": about} for name, about in TAGS],
        servers=[{"url": root or "/"}],
    )
    needs = {
        (route.path_format, method.lower()): need
        for router in routers
        for route, need in declared(router.routes)
        for method in route.methods or ()
    }
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            _complete(path, method, operation, needs[path, method])
    schemas = made["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    described = Problem.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
    schemas |= described.pop("$defs")
    schemas["Problem"] = described
    made["components"]["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token, `onr_…`. Alone on a machine: none needed.",
        }
    }
    return made


def _complete(path: str, method: str, operation: dict[str, Any], needs: Needs | None) -> None:
    """What holds for every operation alike."""
    responses = operation["responses"]
    responses.pop("422", None)
    if needs is not None and needs.verb is not None:
        operation["security"] = [{"token": []}, {}]
        operation["x-needs"] = str(needs.verb)
    names = [*_ALWAYS, "unreadable"] if path.endswith("/extract") else list(_ALWAYS)
    if "{" in path or path.startswith(("/api/v1/judgements", "/api/v1/entities", "/api/v1/compare")):
        names.append("not-on-record")
    if path.endswith("/attributions"):
        names.append("not-on-record")
    if method == "post":
        names += ["too-large", "form"]
    for name in names:
        kind = KINDS[name]
        responses[str(int(kind.status))] = {
            "description": kind.title,
            "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    if method == "get" and path != "/api/v1/export":
        operation.setdefault("parameters", []).append(_TAG)
        responses["304"] = {"description": "You have it already."}
        responses["200"]["headers"] = _HEADERS | ({"Link": _LINK} if _paged(operation) else {})


def _paged(operation: Mapping[str, Any]) -> bool:
    return any(each["name"] == "cursor" for each in operation["parameters"])
