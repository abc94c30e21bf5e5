"""Reports and attributions: one by one, as lists, and as answers to words."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Query, Request, Response

from onrecord.model import Act, EvidenceType, Kind, Modality
from onrecord.people import Verb
from onrecord.store.rows import Field, Filters, Order, Voice
from onrecord.web.access import Needs
from onrecord.web.api import models as m
from onrecord.web.api.asked import Cursor, Day, Flag, Id, Limit, Name, PageLimit, Responses, Words, routes
from onrecord.web.api.reply import by_offset, listed, record_of, reply, reply_bytes

READ = [Depends(Needs(Verb.read))]
router = routes("reports")
spoken = routes("attributions")
_BINARY = {"type": "string", "format": "binary"}
TEXT: Responses = {200: {"content": {"text/plain; charset=utf-8": {"schema": {"type": "string"}}}}}
BYTES: Responses = {200: {"content": {"application/octet-stream": {"schema": _BINARY}}}}


@router.get("/reports", dependencies=READ, response_model=m.Listed[m.Head])
def reports(request: Request, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """The reports, the newest recorded first."""
    found = record_of(request).reports(limit=limit, cursor=cursor)
    return listed(request, found, found.cursor)


@router.get("/reports/{id}", dependencies=READ, response_model=m.ReportJson)
def report(request: Request, id: Id) -> Response:  # noqa: A002 - the name in the address
    """A report with its attributions: the JSON of a report (docs/json.md)."""
    return reply(request, record_of(request).report(id).to_dict())


@router.get("/reports/{id}/text", dependencies=READ, response_class=Response, responses=TEXT)
def text(request: Request, id: Id) -> Response:  # noqa: A002
    """The text that every offset points into, in code points."""
    return reply_bytes(request, record_of(request).text(id).encode("utf-8", "replace"), "text/plain; charset=utf-8")


@router.get("/reports/{id}/raw", dependencies=READ, response_class=Response, responses=BYTES)
def raw_of(request: Request, id: Id) -> Response:  # noqa: A002
    """The bytes that a report was first read from."""
    return _saved(request, record_of(request).report(id).report.raw_sha256)


@router.get("/raw/{sha256}", dependencies=READ, response_class=Response, responses=BYTES)
def raw(request: Request, sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")]) -> Response:
    """The bytes of that SHA-256, which a reading names."""
    return _saved(request, sha256)


@router.get("/reports/{id}/readings", dependencies=READ, response_model=m.Listed[m.ReadingJson])
def readings(request: Request, id: Id) -> Response:  # noqa: A002
    """From where, and when, a report was read."""
    return listed(request, record_of(request).readings(id))


@router.get("/reports/{id}/versions", dependencies=READ, response_model=m.Listed[m.VersionJson])
def versions(request: Request, id: Id) -> Response:  # noqa: A002
    """All versions of an article, by any of them, each with what changed since the one before."""
    return listed(request, record_of(request).versions(id))


@router.get("/reports/{id}/copies", dependencies=READ, response_model=m.CopyGroupJson)
def copies(request: Request, id: Id) -> Response:  # noqa: A002
    """The reports that reprint one text with this one, itself among them."""
    return reply(request, record_of(request).copies(id).to_dict())


@router.get("/copied", dependencies=READ, response_model=m.Listed[m.CopyGroupJson])
def copied(request: Request, limit: PageLimit = 50, cursor: Cursor = None) -> Response:
    """Texts that several reports reprint, those of most reports first."""
    record = record_of(request)
    return by_offset(request, lambda n, offset: record.copied(limit=n, offset=offset).items, limit, cursor)


@spoken.get("/attributions", dependencies=READ, response_model=m.Listed[m.Said])
def said_by(
    request: Request,
    by: Annotated[str, Query(min_length=1, max_length=400, description="Words of a source's name, or an entity's id.")],
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    """What a source is on record with, the newest recorded first."""
    record = record_of(request)
    found = record.who(record.id_of(by), limit=limit, cursor=cursor)
    return listed(request, found, found.cursor)


@spoken.get("/attributions/{id}", dependencies=READ, response_model=m.Said)
def attribution(request: Request, id: Id) -> Response:  # noqa: A002
    """One attribution with its words and its report."""
    return reply(request, record_of(request).attribution(id).to_dict())


@spoken.get("/search", dependencies=READ, response_model=m.Listed[m.Hit])
def search(
    request: Request,
    words: Words = "",
    field: Field = "content",
    source: Name = "",
    cue: Name = "",
    kind: Kind | None = None,
    act: Act | None = None,
    modality: Modality | None = None,
    evidence: EvidenceType | None = None,
    entity: Name = "",
    voice: Voice | None = None,
    distance: Flag = False,
    publisher: Name = "",
    since: Day | None = None,
    until: Day | None = None,
    order: Order = "best",
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    """What is attributed, or with `field=text` what reports say, in these words; every filter given must hold."""
    filters: Filters = {
        "field": field, "source": source, "cue": cue, "kind": kind, "act": act, "modality": modality,
        "evidence": evidence, "entity": entity, "voice": voice, "distance": distance, "publisher": publisher,
        "since": since, "until": until, "order": order, "limit": limit, "cursor": cursor,
    }  # fmt: skip
    found = record_of(request).search(words, **filters)
    return listed(request, found, found.cursor)


def _saved(request: Request, sha256: str) -> Response:
    """Bytes to be saved, never shown: they are somebody else's page."""
    headers = {"content-disposition": f'attachment; filename="{sha256[:16]}.bin"'}
    return reply_bytes(request, record_of(request).raw(sha256), "application/octet-stream", headers)
