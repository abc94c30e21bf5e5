"""Claims: how they stand, the way back to the words, two side by side, what is new."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Query, Request, Response

from onrecord import brief
from onrecord.claims import Asked
from onrecord.model import EvidenceType
from onrecord.people import Verb
from onrecord.standing import a_day
from onrecord.store.claim_rows import ClaimOrder
from onrecord.web.access import Needs
from onrecord.web.api import models as m
from onrecord.web.api.asked import Cursor, Day, Flag, Id, Limit, Name, PageLimit, Words, routes
from onrecord.web.api.reply import by_offset, listed, record_of, reply, reply_bytes

READ = [Depends(Needs(Verb.read))]
router = routes("claims")
PAPERS = {
    "html": (brief.html, "text/html; charset=utf-8"),
    "md": (brief.markdown, "text/markdown; charset=utf-8"),
    "svg": (brief.svg, "image/svg+xml"),
}
Side = Annotated[str, Query(min_length=1, max_length=400, description="A publisher, a person (name or id), or a day.")]


@router.get("/claims", dependencies=READ, response_model=m.Listed[m.ClaimJson])
def claims(
    request: Request,
    words: Words = "",
    order: ClaimOrder = "largest",
    disputed: Flag = False,
    unconfirmed: Flag = False,
    single_source: Flag = False,
    unnamed_only: Flag = False,
    many: Flag = False,
    denied_by: Name = "",
    evidence: EvidenceType | None = None,
    since: Day | None = None,
    limit: PageLimit = 20,
    cursor: Cursor = None,
) -> Response:
    """Claims, those that most attributions bear on first, or the newest; with words, those that fit them best."""
    record = record_of(request)
    asked: Asked = {
        "disputed": disputed, "unconfirmed": unconfirmed, "single_source": single_source, "unnamed_only": unnamed_only,
        "many": many, "denied_by": denied_by, "evidence": evidence, "since": since,
    }  # fmt: skip
    return by_offset(
        request,
        lambda n, offset: record.claims(words, limit=n, offset=offset, order=order, **asked).items,
        limit,
        cursor,
    )


@router.get("/claims/{id}", dependencies=READ, response_model=m.ClaimJson)
def claim(request: Request, id: Id, as_of: Day | None = None) -> Response:  # noqa: A002 - the name in the address
    """The claim that an attribution, by id, leads to, and how it stands, or stood on a day. Never a verdict."""
    found = record_of(request).claim(id)
    then = a_day(as_of) if as_of else None
    return reply(request, found.to_dict() | {"standing": found.standing(then).to_dict()})


@router.get("/claims/{id}/trail", dependencies=READ, response_model=m.Listed[m.StepJson])
def trail(request: Request, id: Id) -> Response:  # noqa: A002
    """From each position on a claim back over judgements to its report and the bytes."""
    return listed(request, record_of(request).claim(id).trail())


@router.get(
    "/claims/{id}/brief",
    dependencies=[Depends(Needs(Verb.export))],
    response_class=Response,
    responses={200: {"content": {kind: {"schema": {"type": "string"}} for _, kind in PAPERS.values()}}},
)
def brief_of(
    request: Request,
    id: Id,  # noqa: A002
    as_of: Day | None = None,
    form: Literal["html", "md", "svg"] = "html",
) -> Response:
    """A claim on one page, to send on."""
    write, kind = PAPERS[form]
    made = write(record_of(request).claim(id), a_day(as_of) if as_of else None)
    headers = {"content-disposition": f'attachment; filename="claim.{form}"'}
    return reply_bytes(request, made.encode("utf-8", "replace"), kind, headers)


@router.get("/compare", dependencies=READ, response_model=m.ComparisonJson)
def compare(
    request: Request,
    one: Side,
    other: Side,
    words: Words = "",
    limit: Annotated[int, Query(ge=1, le=500, description="Claims of each side that are looked at.")] = 200,
    positions: Annotated[Flag, Query(description="Give the positions themselves, too.")] = False,
) -> Response:
    """Two publishers, two people or two days side by side, claim by claim; those on which they differ first."""
    found = record_of(request).compare(one, other, words=words, limit=limit)
    body = found.to_dict()
    if positions:
        named = {p.said.id: p for each in found.claims for p in (*each.one, *each.other)}
        body["positions"] = [p.to_dict() for p in named.values()]
    return reply(request, body)


@router.get("/changes", dependencies=READ, response_model=m.Listed[m.NewsJson])
def changes(request: Request, since: Day, words: Words = "", limit: Limit = 50) -> Response:
    """What is new on claims since a day: voices that came, or changed sides. The largest claims first."""
    return listed(request, record_of(request).changed(since, words=words, limit=limit))


@router.get("/stances", dependencies=READ, response_model=m.Listed[m.StanceJson])
def stances(
    request: Request, attribution: Annotated[list[str], Query(min_length=1, max_length=100, description="Whole ids.")]
) -> Response:
    """Of attributions the claims that they bear on, and how; those that bear on none are left out."""
    found = record_of(request).stances(attribution)
    rows = [
        {"attribution": name, "claim": claim, "stance": stance, "attributions": many}
        for name, (claim, stance, many) in found.items()
    ]
    return reply(request, {"items": rows, "cursor": None})
