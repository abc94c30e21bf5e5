"""What addresses of the API take, each with its bounds, so that the schema tells them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BeforeValidator, WithJsonSchema

MOST = 1000
PAGE = 200
"""Largest `limit` of lists that the record gives by cursor, and of those it gives by offset."""


def _boolean(given: object) -> object:
    """`true` and `false` alone: what else the framework takes for one is a slip."""
    return {"true": True, "false": False}.get(str(given).lower(), "neither")


Words = Annotated[
    str,
    Query(
        max_length=1000,
        description='Plain words: each must occur, in any inflection; "in quotes" together; begin* a beginning.',
    ),
]
Name = Annotated[str, Query(max_length=400, description="Words of a name.")]
Flag = Annotated[bool, BeforeValidator(_boolean), WithJsonSchema({"type": "boolean"})]
Day = Annotated[
    str, Query(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="A day, 2026-05-03.", examples=["2026-05-03"])
]
Limit = Annotated[int, Query(ge=1, le=MOST, description="Answers of a page.")]
PageLimit = Annotated[int, Query(ge=1, le=PAGE, description="Answers of a page.")]
Cursor = Annotated[str | None, Query(max_length=100, description="The one of the page before, as it was given.")]
Id = Annotated[str, Path(min_length=1, max_length=200, description="An id, or a beginning of one that fits no other.")]
Who = Annotated[
    str, Path(min_length=1, max_length=400, description="An id, its beginning, or a name that fits one alone.")
]


Responses = dict[int | str, dict[str, Any]]
"""What a route answers besides its model, by status."""


def routes(tag: str) -> APIRouter:
    """A router for addresses on one matter."""
    known = [Depends(only_known)]
    return APIRouter(prefix="/api/v1", dependencies=known, default_response_class=JSONResponse, tags=[tag])


def only_known(request: Request) -> None:
    """A dependency: a question with a parameter that the address does not take is a slip of the pen, and would be
    answered as if it were not there. Raises RequestValidationError."""
    known = {each.alias for each in request.scope["route"].dependant.query_params}
    unknown = [name for name in dict.fromkeys(request.query_params) if name not in known]
    if unknown:
        takes = f"This address takes {', '.join(sorted(known)) or 'none'}."
        told = f"There is no such parameter. {takes}"
        raise RequestValidationError([{"loc": ("query", name), "msg": told, "type": "unknown"} for name in unknown])
