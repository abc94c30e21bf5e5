"""Who is quoted, by whom, where and when; and the record seen from afar."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Query, Request, Response

from onrecord.model import EntityKind
from onrecord.people import Verb
from onrecord.store.rows import Voice
from onrecord.web.access import Needs
from onrecord.web.api import models as m
from onrecord.web.api.asked import Cursor, Day, Flag, Limit, Name, PageLimit, Who, routes
from onrecord.web.api.reply import by_offset, listed, record_of, reply

READ = [Depends(Needs(Verb.read))]
router = routes("sources")
afar = routes("record")
OLD = 500
"""Lines of a history, at most."""


@afar.get("/status", dependencies=READ, response_model=m.Status)
def status(request: Request) -> Response:
    """The record in numbers; where it lies is told only to whom it is their own machine."""
    told = record_of(request).status()
    return reply(request, (told if request.app.state.access.alone else replace(told, location="")).to_dict())


@afar.get("/runs", dependencies=READ, response_model=m.Listed[m.RunJson])
def runs(request: Request) -> Response:
    """The engines that worked on the record, the one that worked last first."""
    return listed(request, record_of(request).runs())


@afar.get("/failures", dependencies=READ, response_model=m.Listed[m.FailureJson])
def failures(request: Request, resolved: Flag = False, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Inputs that failed and were not read since, the oldest first; with `resolved`, also those that were."""
    every = record_of(request).failures(resolved=resolved)
    return by_offset(request, lambda n, offset: every[offset : offset + n], limit, cursor)


@router.get("/publishers", dependencies=READ, response_model=m.Listed[m.PublisherJson])
def publishers(request: Request, limit: Limit = 200) -> Response:
    """Publishers, those of most reports first."""
    found = record_of(request).publishers(limit=limit)
    rows = [{"publisher": name, "reports": count} for name, count in found]
    return reply(request, {"items": rows, "cursor": None})


@router.get("/quoted", dependencies=READ, response_model=m.Listed[m.Quoted])
def quoted(
    request: Request,
    words: Name = "",
    voice: Voice | None = None,
    publisher: Name = "",
    since: Day | None = None,
    until: Day | None = None,
    limit: Limit = 100,
) -> Response:
    """Who is quoted, by one publisher or all, in reports of these days, most often first, with how often each month."""
    found = record_of(request).quoted(words, voice=voice, publisher=publisher, since=since, until=until, limit=limit)
    return listed(request, found)


@router.get("/sources", dependencies=READ, response_model=m.Listed[m.Source])
def sources(request: Request, words: Name = "", limit: PageLimit = 50, cursor: Cursor = None) -> Response:
    """Sources as the reports write them, most quoted first. Who is who: `/entities`."""
    record = record_of(request)
    return by_offset(request, lambda n, offset: record.sources(words, limit=n, offset=offset).items, limit, cursor)


@router.get("/entities", dependencies=READ, response_model=m.Listed[m.Identity])
def entities(
    request: Request,
    words: Name = "",
    kind: EntityKind | None = None,
    voice: Voice | None = None,
    limit: PageLimit = 50,
    cursor: Cursor = None,
) -> Response:
    """Who is quoted over all reports, most attributions first. Members and roles are told of one, not in lists."""
    record = record_of(request)
    return by_offset(
        request,
        lambda n, offset: record.entities(words, kind=kind, voice=voice, limit=n, offset=offset).items,
        limit,
        cursor,
    )


@router.get("/entities/{id}", dependencies=READ, response_model=m.Identity)
def entity(request: Request, id: Who) -> Response:  # noqa: A002 - the name in the address
    """Who that is, with the ids of all members. A name with a slash in it: find its id in the list."""
    return reply(request, record_of(request).entity(id).to_dict())


@router.get("/entities/{id}/history", dependencies=READ, response_model=m.HistoryJson)
def history(
    request: Request,
    id: Who,  # noqa: A002
    about: Annotated[
        str, Query(max_length=1000, description="Words of claims, or an attribution's id: its claim.")
    ] = "",
    limit: Annotated[int, Query(ge=1, le=1000, description="Claims that are gone through.")] = OLD,
) -> Response:
    """What somebody said over time; where they changed sides; what of it cannot both hold; who takes the other side."""
    return reply(request, record_of(request).history(id, about, limit=limit).to_dict())


@router.get("/entities/{id}/roles", dependencies=READ, response_model=m.Listed[m.RoleRow])
def roles(request: Request, id: Who, limit: Limit = 200) -> Response:  # noqa: A002
    """What reports call somebody, in order of publication."""
    record = record_of(request)
    return listed(request, record.roles(record.entity(id).id or "", limit=limit))
