"""schema.org JSON-LD: claims as `Claim`, and drafts that a person can finish to a `ClaimReview`.

A draft has no `reviewRating`: how a claim stands is no verdict on it, and nothing here makes one of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from onrecord.claims import Claim
from onrecord.export.lines import filled, graph, urn
from onrecord.standing import is_day
from onrecord.store.claim_rows import Position
from onrecord.store.rows import Head

CONTEXT = "https://schema.org"
_TYPES = {"person": "Person", "author": "Person", "organization": "Organization", "country": "Country"}


def claims_jsonld(claims: Iterable[Claim]) -> Iterator[str]:
    """Claims with who made them, where they appeared and where first."""
    return graph(CONTEXT, map(claim_of, claims))


def drafts_jsonld(claims: Iterable[Claim]) -> Iterator[str]:
    """Drafts of reviews: what is claimed, by whom, where; rating, reviewer and text are for a person to add."""
    return graph(CONTEXT, map(draft_of, claims))


def claim_of(claim: Claim) -> dict[str, Any]:
    """One `Claim`. Its authors are the voices with a name that affirm it; its appearances all reports with a word on
    it, of whatever stance."""
    heads = list(dict.fromkeys(p.said.report for p in claim.positions))
    dated = [p for p in claim.positions if p.day]
    affirming = claim.standing().side("affirms")
    names = dict.fromkeys((v.name, _kind(v.positions[0])) for v in affirming.voices) if affirming else {}
    return filled(
        {
            "@type": "Claim",
            "@id": urn(claim.id),
            "text": claim.wording,
            "author": [{"@type": kind, "name": name} for name, kind in names],
            "datePublished": dated[0].day if dated else None,
            "firstAppearance": _article(dated[0].said.report) if dated else None,
            "appearance": [_article(head) for head in heads],
        }
    )


def draft_of(claim: Claim) -> dict[str, Any]:
    """One `ClaimReview` without a rating."""
    return {
        "@type": "ClaimReview",
        "@id": urn(f"review:{claim.id}"),
        "creativeWorkStatus": "Draft",
        "claimReviewed": claim.wording,
        "itemReviewed": claim_of(claim),
    }


def _article(head: Head) -> dict[str, Any]:
    day = (head.published or "")[:10]
    return filled(
        {
            "@type": "NewsArticle",
            "@id": urn(head.id),
            "headline": head.headline,
            "url": head.url,
            "datePublished": day if is_day(day) else None,
            "publisher": {"@type": "Organization", "name": head.publisher} if head.publisher else None,
        }
    )


def _kind(position: Position) -> str:
    return _TYPES.get(position.said.source_kind or "", "Thing")
