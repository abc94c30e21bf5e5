"""Claims: the list with its filters, and one claim with its standing on one screen."""

from __future__ import annotations

from dataclasses import dataclass

from onrecord.answer import Record
from onrecord.brief import svg
from onrecord.claims import Asked, Claim
from onrecord.standing import Change, Cited, Spoken, a_day
from onrecord.store.claim_rows import ClaimLine, ClaimOrder, Stance
from onrecord.store.redress_rows import Reply
from onrecord.web.pages.lines import Quotation, Texts, quotation, texts_of

PER_PAGE = 30
MOST_PAGES = 40
VOICES = 12
"""Voices of one side that are shown, and positions of each voice."""
POSITIONS = 3
LISTED = 50


@dataclass(frozen=True, slots=True)
class ClaimsPage:
    """Claims that fit the words and filters, a page of them (`page` counts from 1)."""

    words: str
    asked: Asked
    order: ClaimOrder
    page: int
    claims: tuple[ClaimLine, ...]
    more: bool


def claims_page(record: Record, words: str, asked: Asked, order: ClaimOrder = "largest", page: int = 1) -> ClaimsPage:
    """One page of the list. Raises UsageError."""
    page = min(max(1, page), MOST_PAGES)
    found = record.claim_lines(words, limit=PER_PAGE + 1, offset=(page - 1) * PER_PAGE, order=order, **asked)
    return ClaimsPage(words, asked, order, page, tuple(found[:PER_PAGE]), len(found) > PER_PAGE)


@dataclass(frozen=True, slots=True)
class VoiceLine:
    """A voice on one side, with its words in their sentences, the earliest first; `hidden`: how many more."""

    voice: Spoken
    quotations: tuple[Quotation, ...]
    hidden: int


@dataclass(frozen=True, slots=True)
class SideView:
    """Everybody with one stance. `hidden`: how many voices are not shown."""

    stance: Stance
    voices: tuple[VoiceLine, ...]
    hidden: int
    texts: int
    reports: int
    publishers: tuple[str, ...]
    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """How a claim stands, on a day or with all that is on record; never a verdict.

    `asked_for`: the id in the address, where it leads to this claim as one of its attributions. `timeline`: an SVG.
    `at_odds`: headline and body that take two sides. `joins`: why engines or people put its attributions together.
    `replies`: what people concerned say to it, which counts for nothing in how it stands.
    """

    id: str
    asked_for: str
    wording: str
    named: bool
    as_of: str | None
    sides: tuple[SideView, ...]
    disputed: bool
    confirmed: bool
    needed: str
    evidence: tuple[Cited, ...]
    changes: tuple[Change, ...]
    contradicts: tuple[tuple[str, str], ...]
    notices: tuple[tuple[str, str, str, str], ...]
    at_odds: tuple[tuple[Quotation, Quotation], ...]
    timeline: str
    undated: int
    positions: int
    joins: tuple[tuple[str, str, str, str], ...]
    replies: tuple[Reply, ...]


def claim_page(record: Record, claim_id: str, as_of: str | None = None) -> ClaimPage:
    """Raises NotFound, UsageError."""
    if as_of is not None:
        a_day(as_of)
    claim = record.claim(claim_id)
    now, texts = claim.standing(as_of), texts_of(record)
    return ClaimPage(
        claim.id,
        claim_id,
        claim.wording,
        claim.row.named,
        as_of,
        tuple(
            SideView(
                side.stance,
                tuple(_voice(v, texts) for v in (*side.voices, *side.unnamed)[:VOICES]),
                max(0, len(side.voices) + len(side.unnamed) - VOICES),
                side.texts,
                side.reports,
                side.publishers,
                side.first,
                side.last,
            )
            for side in now.sides
        ),
        now.disputed,
        now.confirmed,
        now.needed,
        now.evidence[:LISTED],
        now.changes[-LISTED:],
        claim.contradicts,
        tuple((n.kind, n.text, n.head.id, n.head.publisher or n.head.origin) for n in claim.noticed[:LISTED]),
        tuple((quotation(a, texts), quotation(b, texts)) for a, b in claim.at_odds()[:LISTED]),
        svg(claim, as_of),
        now.undated,
        len(claim.positions),
        _joins(claim),
        claim.replies,
    )


def _voice(voice: Spoken, texts: Texts) -> VoiceLine:
    shown = voice.positions[:POSITIONS]
    return VoiceLine(voice, tuple(quotation(p, texts) for p in shown), len(voice.positions) - len(shown))


def _joins(claim: Claim) -> tuple[tuple[str, str, str, str], ...]:
    """Judgements on its attributions: relation, by whom, why, the id."""
    return tuple(
        (j.relation, j.by if j.by_kind == "person" else "engine", j.reason or "", j.id)
        for j in claim.row.judgements[:LISTED]
    )
