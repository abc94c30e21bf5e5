"""Saved queries: which claims are new to them or have changed, and how that is told: Atom, a digest, JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from lxml import etree

from onrecord.answer import Record
from onrecord.claim_views import SAYS, spoken_line
from onrecord.claims import Claim
from onrecord.errors import NotFound
from onrecord.marks import one_line
from onrecord.model import content_id
from onrecord.store import NewsRow, SavedQuery, Store
from onrecord.store.claim_rows import ClaimRow

MOST_CLAIMS = 500
"""Claims that a query is taken to be answered by: those that fit its words best, or the largest."""
MOST_NEWS = 100
"""Entries of a feed and a digest, the newest."""
_MOST_VOICES = 12
_ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class News:
    """A claim that was new to a query, or had changed, as it stands now."""

    row: NewsRow
    claim: Claim


def notice(store: Store, query: SavedQuery) -> int:
    """Note which claims answer a query now; how many are new to it, or stand otherwise than before."""
    found = Record(store).claim_rows(query.words, limit=MOST_CLAIMS, **query.asked)
    return store.queries.noticed(query.number, {row.id: _state(row) for row in found})


def news(store: Store, query: SavedQuery, *, after: int = 0, since: datetime | None = None) -> list[News]:
    """What was new to a query, newest first, after a number or since a moment; claims that are no more left out."""
    record = Record(store)
    found: dict[str, News] = {}
    for row in store.queries.news(query.number, after=after, since=since, limit=MOST_NEWS):
        claim = _claim(record, row.claim)
        if claim is not None:
            found.setdefault(claim.id, News(row, claim))  # two that have become one since are told once
    return list(found.values())


def atom(query: SavedQuery, entries: Sequence[News]) -> str:
    """An Atom feed (RFC 4287): one entry a claim, `updated` when it was noticed."""
    feed = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})
    _text(feed, "id", f"urn:onrecord:query:{content_id('query', [query.name])}")
    _text(feed, "title", f"OnRecord: {query.name}")
    _text(feed, "updated", _stamp(max((each.row.at for each in entries), default=query.added)))
    _text(etree.SubElement(feed, f"{{{_ATOM}}}author"), "name", "OnRecord")
    _text(feed, "generator", "OnRecord", version=version("onrecord"))
    for each in entries:
        entry = etree.SubElement(feed, f"{{{_ATOM}}}entry")
        _text(entry, "id", f"urn:onrecord:claim:{each.row.claim}")
        _text(entry, "title", _headline(each), type="text")
        _text(entry, "updated", _stamp(each.row.at))
        _text(entry, "content", "\n".join(told(each.claim)), type="text")
    printed = etree.tostring(feed, pretty_print=True, xml_declaration=True, encoding="UTF-8")
    return bytes(printed).decode()


def digest(query: SavedQuery, entries: Sequence[News], since: str) -> str:
    """What is new in plain text, to send on."""
    lines = [f"{query.name}: {len(entries) or 'no'} claim{'' if len(entries) == 1 else 's'} new or changed {since}"]
    for each in entries:
        lines += ["", _headline(each)]
        lines += [f"  {line}" for line in told(each.claim)]
    if len(entries) == MOST_NEWS:
        lines += ["", f"The newest {MOST_NEWS}; there may be more: onrecord changes --since DAY"]
    return "\n".join(lines)


def told(claim: Claim) -> Iterator[str]:
    """How a claim stands, line by line; never a verdict."""
    for side in claim.standing().sides:
        every = [*side.voices, *side.unnamed]
        for voice in every[:_MOST_VOICES]:
            yield f"{one_line(voice.name)} {SAYS[side.stance]}: {spoken_line(voice)}"
        if len(every) > _MOST_VOICES:
            yield f"and {len(every) - _MOST_VOICES} more who {SAYS[side.stance]}"
    yield f"onrecord claim {claim.id}"


def as_sent(store: Store, claims: Sequence[str]) -> list[dict[str, Any]]:
    """Claims, by id, as a webhook is sent them; one that is no more, or has joined another, says so."""
    record = Record(store)
    return [_sent(name, _claim(record, name)) for name in claims]


def _sent(name: str, claim: Claim | None) -> dict[str, Any]:
    if claim is None:
        return {"id": name, "gone": True}
    now = claim.standing()
    return {
        "id": claim.id,
        "wording": claim.wording,
        "disputed": now.disputed,
        "sides": {
            side.stance: [
                {"name": v.name, "named": v.named, "reports": v.reports} for v in (*side.voices, *side.unnamed)
            ]
            for side in now.sides
        },
        "reports": len({p.said.report.id for p in claim.positions}),
        "addresses": sorted({p.said.report.url for p in claim.positions if p.said.report.url}),
    }


def _claim(record: Record, name: str) -> Claim | None:
    try:
        return record.claim(name)
    except NotFound:
        return None


def _state(row: ClaimRow) -> str:
    """A digest of who is on record on a claim, and how."""
    return content_id("state", [row.wording, sorted([p.said.id, p.stance] for p in row.positions)])


def _headline(each: News) -> str:
    words = one_line(each.claim.wording).strip('“”"')
    return f"{'New' if each.row.first else 'Changed'}: “{words}”"


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _text(parent: Any, name: str, text: str, **attributes: str) -> None:
    etree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes).text = text
