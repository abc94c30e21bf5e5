"""A person's word over the API: judgements, what takes them back, and taking them into another record.

A judgement is named by all that it says, its moment included. So `Idempotency-Key`, a UUID of version 7, gives that
moment: sent again, it names the same judgement, and nothing is added, whatever happened to the first answer.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, get_args
from uuid import UUID

from fastapi import Depends, Header, Query, Request, Response
from fastapi.responses import JSONResponse

from onrecord.errors import UsageError
from onrecord.people import Verb
from onrecord.store import Judgement, Withdrawal
from onrecord.store.rows import By, Relation
from onrecord.web.access import Actor, Needs
from onrecord.web.api import bodies as b
from onrecord.web.api import models as m
from onrecord.web.api.asked import Cursor, Flag, Limit, Responses, routes
from onrecord.web.api.reply import by_offset, record_of, reply_bytes
from onrecord.web.problems import Declined

router = routes("judgements")
MADE: Responses = {HTTPStatus.OK: {"model": b.Made, "description": "It was made before, by the same key."}}
LINES = "application/jsonl"
EARLIEST, LATEST = timedelta(days=1), timedelta(minutes=5)
"""How far from now the moment in a key may be."""
MOST_TAKEN = 5000
Reviewer = Annotated[Actor, Depends(Needs(Verb.review))]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=60,
        description="A UUID of version 7, made anew for each judgement: its time is the moment of judging, and sent "
        "again it adds nothing. At most a day old.",
    ),
]


@router.get("/judgements", dependencies=[Depends(Needs(Verb.read))], response_model=m.Listed[m.JudgementJson])
def judgements(
    request: Request,
    entity: Annotated[str | None, Query(max_length=200, description="Only of this one, by id.")] = None,
    by_kind: By | None = None,
    withdrawn: Flag = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Who judged what of which rows, the oldest first; with `withdrawn`, also what was taken back."""
    every = record_of(request).judgements(entity or None, withdrawn=withdrawn)
    kept = [j for j in every if by_kind in (None, j.by_kind)]
    return by_offset(request, lambda n, offset: kept[offset : offset + n], limit, cursor)


@router.get(
    "/judgements/export",
    dependencies=[Depends(Needs(Verb.export))],
    response_class=Response,
    responses={200: {"content": {LINES: {"schema": {"type": "string"}}}}},
)
def export(request: Request) -> Response:
    """What people judged and took back, one JSON object a line, as `onrecord judge export` prints it."""
    made, gone = record_of(request).judged_by_people()
    rows: list[dict[str, Any]] = [{"judgement": j.to_dict()} for j in made]
    rows += [
        {"withdrawal": {"judgement_id": w.judgement_id, "by": w.by, "at": w.at.isoformat(), "reason": w.reason}}
        for w in gone
    ]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return reply_bytes(request, lines.encode("utf-8", "replace"), LINES)


@router.post("/judgements", response_model=b.Made, status_code=HTTPStatus.CREATED, responses=MADE)
def judge(request: Request, said: b.Judged, actor: Reviewer, key: Key = None) -> Response:
    """Say what belongs together, who stands where, who is who. It stands above what engines say; it can be undone."""
    one, other = _rows(said)
    made = Judgement(one, other, said.relation, "person", _signed(actor, said.by), _moment(key), None, said.reason)
    return _made(made.id, record_of(request).take_in([made], []))


@router.post("/judgements/{id}/undo", response_model=b.Made, status_code=HTTPStatus.CREATED, responses=MADE)
def undo(
    request: Request,
    id: Annotated[str, b.JudgementPath],  # noqa: A002 - the name in the address
    said: b.Undo,
    actor: Reviewer,
    key: Key = None,
) -> Response:
    """Take a judgement back: all is as if it had never been made."""
    gone = Withdrawal(id, "person", _signed(actor, said.by), _moment(key), said.reason)
    return _made(gone.id, record_of(request).take_in([], [gone]))


@router.post(
    "/judgements/import",
    dependencies=[Depends(Needs(Verb.manage))],
    response_model=b.TakenIn,
    openapi_extra={"requestBody": {"required": True, "content": {LINES: {"schema": {"type": "string"}}}}},
)
async def take_in(request: Request) -> Response:
    """Take in what people judged in another record of the same reports: all of it, or nothing. Sent again, it adds
    nothing."""
    from fastapi.concurrency import run_in_threadpool

    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != LINES:
        raise Declined("form", f"Send lines of JSON as {LINES}.")
    try:
        made, gone = read_lines((await request.body()).decode())
    except UnicodeDecodeError:
        raise UsageError("it is not UTF-8.", advice="Give what the export gave.") from None
    new = await run_in_threadpool(record_of(request).take_in, made, gone)
    return JSONResponse({"read": len(made) + len(gone), "new": new})


def read_lines(lines: str) -> tuple[list[Judgement], list[Withdrawal]]:
    """What the export gave. Raises UsageError on the first line that is no judgement of a person."""
    made: list[Judgement] = []
    gone: list[Withdrawal] = []
    for number, line in enumerate(lines.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if "judgement" in row:
                made.append(_judgement(row["judgement"]))
            else:
                gone.append(_withdrawal(row["withdrawal"]))
        except (ValueError, KeyError, TypeError, RecursionError, AttributeError):
            raise UsageError(
                f"line {number} is no judgement of a person.", advice="Give what the export gave."
            ) from None
    if len(made) + len(gone) > MOST_TAKEN:
        raise UsageError(f"more than {MOST_TAKEN:,} at once.", advice="Send them in parts, withdrawals last.")
    return made, gone


def _judgement(j: dict[str, Any]) -> Judgement:
    if j["by_kind"] != "person" or j["relation"] not in get_args(Relation):
        raise ValueError(j)
    texts = [_str(j[name]) for name in ("a", "b", "by")]
    return Judgement(texts[0], texts[1], j["relation"], "person", texts[2], _at(j["at"]), None, _str(j["reason"]))


def _withdrawal(w: dict[str, Any]) -> Withdrawal:
    return Withdrawal(_str(w["judgement_id"]), "person", _str(w["by"]), _at(w["at"]), _str(w["reason"]))


def _str(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 2000:
        raise TypeError(value)
    value.encode()
    return value


def _at(value: Any) -> datetime:
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError(value)
    return at


def _rows(said: b.JudgeTwo | b.JudgeStance | b.JudgeName | b.JudgeSpeaker) -> tuple[str, str]:
    """The two rows that a judgement is on. Raises UsageError."""
    if isinstance(said, b.JudgeStance):
        return said.attribution, f"stance:{said.stance}"
    if isinstance(said, b.JudgeName):
        return said.of, f"name:{said.name}"
    if isinstance(said, b.JudgeSpeaker):
        return said.attribution, said.entity
    sorts = {row.partition("-")[0] for row in (said.a, said.b)}
    if said.a == said.b or len(sorts) > 1:
        raise UsageError("those are not two rows of one sort.", advice="Name two attributions, reports or entities.")
    if said.relation in ("opposes", "contradicts") and sorts != {"attribution"}:
        raise UsageError(f"only claims {said.relation.rstrip('s')}.", advice="Name two attributions.")
    return said.a, said.b


def _signed(actor: Actor, by: str | None) -> str:
    if by is None or by == actor.name:
        return actor.name
    if not actor.machine:
        raise Declined("not-allowed", f"You judge as {actor.name}: leave `by` out.")
    return by


def _moment(key: str | None) -> datetime:
    """Now, or the moment in the key, to the microsecond. Raises UsageError."""
    now = datetime.now(UTC)
    if key is None:
        return now
    advice = "Make a UUID of version 7 (RFC 9562) for each judgement, or leave the header out."
    try:
        made = UUID(key)
    except ValueError:
        raise UsageError("that is no UUID.", which="Idempotency-Key", advice=advice) from None
    if made.version != 7:
        raise UsageError("that UUID has no time in it.", which="Idempotency-Key", advice=advice)
    milliseconds, more = made.int >> 80, (made.int >> 64) & 0xFFF
    try:
        at = datetime.fromtimestamp(milliseconds // 1000, UTC)
    except (ValueError, OverflowError, OSError):
        at = datetime.min.replace(tzinfo=UTC)
    at += timedelta(microseconds=milliseconds % 1000 * 1000 + more % 1000)
    if not now - EARLIEST <= at <= now + LATEST:
        raise UsageError("its time is not of today.", which="Idempotency-Key", advice=advice)
    return at


def _made(id_: str, new: int) -> Response:
    return JSONResponse({"id": id_, "new": bool(new)}, HTTPStatus.CREATED if new else HTTPStatus.OK)
