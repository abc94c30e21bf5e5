"""The addresses of review. Every action is a form that works without a script; where another person has decided since,
nothing is done and both versions are shown."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, get_args
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from onrecord.answer import Record
from onrecord.errors import Conflict, UsageError
from onrecord.model import Act, Modality
from onrecord.people import Verb
from onrecord.reviewing import Item
from onrecord.store.queue_rows import SOURCE, ItemKind
from onrecord.store.review_rows import Spans
from onrecord.web.access import Actor, Needs
from onrecord.web.app import Desk, render
from onrecord.web.marking import MOST_ROWS, Row, spans_of, zipped
from onrecord.web.pages.claims import claim_page
from onrecord.web.pages.lines import texts_of
from onrecord.web.pages.review import LINKED, Decided, agreement_page, conflict_page, drawn, review_page

router = APIRouter(default_response_class=HTMLResponse)
MAY = [Depends(Needs(Verb.review))]
Short = Annotated[str, Query(max_length=400)]
MOST_FIELDS = 6 * MOST_ROWS
MOST_REASON = 2000
STANCES = ("affirms", "denies", "doubts", "declines", "none")
Form = list[tuple[str, str]]


async def _posted(request: Request) -> Form:
    """The fields of a form, in order. Raises UsageError where there are too many."""
    body = (await request.body()).decode("utf-8", "replace")
    try:
        return parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise UsageError("that form has too many fields.", advice="Mark fewer spans.") from None


Posted = Annotated[Form, Depends(_posted)]


def _record(request: Request) -> Record:
    desk: Desk = request.app.state.desk
    return desk.record


def _who(request: Request) -> str:
    """Who decides."""
    actor: Actor = request.state.actor
    return actor.name


def _kind(given: str) -> ItemKind | None:
    if given and given not in get_args(ItemKind):
        raise UsageError("nothing of that kind waits.", which=f"kind={given}", advice="See the tabs on the page.")
    return given or None  # type: ignore[return-value]


@router.get("/review", dependencies=MAY)
def review(request: Request, kind: Short = "", done: Short = "") -> HTMLResponse:
    """The first thing that waits."""
    page = review_page(_record(request), _who(request), _kind(kind), done=done)
    return _page(request, page)


@router.get("/review/agreement", dependencies=MAY)
def agreement(request: Request) -> HTMLResponse:
    """How far people agree who decided the same."""
    return render(request, "agreement.html", agreement_page(_record(request)))


@router.get("/review/claims/{claim_id}", dependencies=MAY)
def correct_claim(request: Request, claim_id: str, done: Short = "") -> HTMLResponse:
    """A claim to correct: its name, what is on it and how, what it is one with."""
    return render(request, "review_claim.html", claim_page(_record(request), claim_id), done=done, stances=STANCES)


@router.post("/review/claims/{claim_id}", dependencies=MAY)
def change_claim(request: Request, claim_id: str, form: Posted) -> Response:
    """Rename it, merge another into it, set a stance, or take an attribution out."""
    record, by, held = _record(request), _who(request), dict(form)
    do, reason = held.get("do", ""), held.get("reason", "")[:MOST_REASON]
    claim = record.claim(claim_id)
    said = held.get("attribution", claim.id)
    if do == "named" and held.get("name", "").strip():
        record.rename(claim.id, held["name"].strip()[:400], by=by, reason=reason)
    elif do == "merged":
        other = record.claim(held.get("other", "").strip().rstrip("/").rpartition("/")[2])
        if other.id == claim.id:
            raise UsageError("that is this very claim.", which=other.id, advice="Give another one's address.")
        record.same(claim.id, other.id, by=by, reason=reason)
    elif do == "stance" and held.get("stance") in STANCES:
        record.stance(said, held["stance"], by=by, reason=reason)  # type: ignore[arg-type]
    elif do == "split":
        record.split(said, by=by, reason=reason)
    else:
        raise UsageError("there is nothing to do in that form.", which=do or "do", advice="Fill in one of the fields.")
    rest = [p.said.id for p in claim.positions if p.said.id != said or do not in ("split", "stance")]
    stays = next(iter(record.stances(rest)), None)
    return _go(request, f"/review/claims/{stays}" if stays else "/review", done=do)


@router.post("/review/undo", dependencies=MAY)
def undo(request: Request, form: Posted) -> Response:
    """Take back what this person decided last."""
    record = _record(request)
    last = record.undo_last(by=_who(request))
    kind = dict(form).get("kind", "")
    row = next((r for j in last for r in (j.a, j.b) if r.startswith("attribution-")), "")
    alone = any(":" in r or j.relation == "speaker" for j in last for r in (j.a, j.b))
    open_question = any(j.relation == "speaker" or "skipped:source" in (j.a, j.b) for j in last)
    if row and alone and last[0].relation != "named" and last[0].relation != "stance":
        return _go(request, f"/review/{SOURCE if open_question else ''}{row}", kind=kind, done="undone")
    pair = {last[0].a, last[0].b}
    again = next((w.item for w in record.waiting(_who(request)) if {w.a, w.b} == pair), None)
    return _go(request, f"/review/{again}" if again and len(last) == 1 else "/review", kind=kind, done="undone")


@router.get("/review/{item_id}", dependencies=MAY)
def item(request: Request, item_id: str, kind: Short = "", done: Short = "", change: bool = False) -> HTMLResponse:
    """One thing to decide, or decided."""
    page = review_page(_record(request), _who(request), _kind(kind), item_id, change=change, done=done)
    return _page(request, page)


@router.post("/review/{item_id}", dependencies=MAY)
def decide(request: Request, item_id: str, form: Posted) -> Response:
    """A decision on one item, then the next one."""
    record, by, held = _record(request), _who(request), dict(form)
    kind, item = _kind(held.get("kind", "")), record.item(item_id)
    rows = zipped([value for name, value in form if name == column] for column in ("role", "start", "end", "words"))
    try:
        done = _decided(record, item, by, held, rows)
    except Conflict:
        both = conflict_page(record, record.item(item_id), kind, _mine(record, item, by, held, rows), form)
        return render(request, "review_conflict.html", both, status=HTTPStatus.CONFLICT)
    except UsageError as error:
        if held.get("do") != "change":
            raise
        page = review_page(record, by, kind, item_id, change=True, rows=rows, problem=str(error))
        return _page(request, page, HTTPStatus.BAD_REQUEST)
    if held.get("stay"):
        return _go(request, f"/review/{item.id}", kind=held.get("kind", ""), done=done)
    return _go(request, "/review", kind=held.get("kind", ""), done=done)


def _decided(record: Record, item: Item, by: str, held: dict[str, str], rows: list[Row]) -> str:
    """Do it; what was done, by its word in the address. Raises Conflict, UsageError."""
    do, reason, seen = held.get("do", ""), held.get("reason", "")[:MOST_REASON], held.get("seen", "")
    if do in ("skip", "keep"):
        record.skip(item, by=by)
        return "skipped" if do == "skip" else "kept"
    if item.kind == "attribution":
        if do == "accept":
            record.right(item.id, by=by, reason=reason, seen=seen)
            return "right"
        if do == "reject":
            record.wrong(item.id, by=by, reason=reason, seen=seen)
            return "wrong"
        if do == "change":
            spans = _spans(record, item, rows)
            act, modality = held.get("act", ""), held.get("modality", "")
            record.correct(
                item.id, source=spans.source, cue=spans.cue, content=spans.content, act=act, modality=modality,
                by=by, reason=reason, seen=seen,
            )  # fmt: skip
            return "changed"
    elif item.kind == "source" and item.candidates and do in ("accept", "speaker"):
        who = held.get("entity") if do == "speaker" else item.candidates[0][0]
        if who in {entity for entity, _, _ in item.candidates}:
            record.speaks(item, str(who), by=by, reason=reason, seen=seen)
            return "speaker"
    elif item.judgement:
        if do == "named" and item.kind == "entity" and held.get("name", "").strip():
            record.rename(item.judgement.a, held["name"].strip()[:400], by=by, reason=reason)
            return "named"
        relation: Any = {"accept": item.judgement.relation, "reject": "different"}.get(do, do)
        if relation in LINKED:
            record.pair(item, relation, by=by, reason=reason, seen=seen)
            return str(relation)
    raise UsageError("that is no answer to this.", which=do or "do", advice="Use the buttons of the page.")


def _spans(record: Record, item: Item, rows: list[Row]) -> Spans:
    said = item.said[0]
    return spans_of(record.text(said.report.id), rows, said.content[0].start)


def _mine(record: Record, item: Item, by: str, held: dict[str, str], rows: list[Row]) -> Decided:
    """What was posted, in words."""
    do, pieces = held.get("do", ""), ()
    what = {"accept": "accepted", "reject": "rejected"}.get(do, "")
    if do == "change":
        pieces = drawn(item, _spans(record, item, rows), texts_of(record))  # type: ignore[assignment]
        what = f"other spans; act: {held.get('act') or 'none'}"
    elif item.judgement:
        relation = {"accept": item.judgement.relation, "reject": "different"}.get(do, do)
        what = LINKED.get(relation, relation) if item.kind == "link" else relation
    elif item.kind == "source":
        named = {who: name for who, name, _ in item.candidates}
        who = held.get("entity", "") if do == "speaker" else next(iter(named), "")
        what = f"says this: {named.get(who, 'somebody else')}"
    return Decided(what, by, "now", held.get("reason", ""), pieces)


def _page(request: Request, page: Any, status: int = HTTPStatus.OK) -> HTMLResponse:
    return render(
        request, "review.html", page, status=status, acts=get_args(Act), modalities=get_args(Modality), linked=LINKED
    )


def _go(request: Request, path: str, **query: str) -> RedirectResponse:
    kept = urlencode({name: value for name, value in query.items() if value})
    root = request.scope.get("root_path", "")
    return RedirectResponse(f"{root}{path}{'?' if kept else ''}{kept}", HTTPStatus.SEE_OTHER)
