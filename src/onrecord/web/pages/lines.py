"""What several pages show in one line: a claim, a voice, a quotation in its sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from onrecord.answer import Record
from onrecord.brief import words_at
from onrecord.marks import on_whose_word
from onrecord.model import Span
from onrecord.standing import name_of
from onrecord.store.claim_rows import Position, Stance
from onrecord.store.review_rows import Review
from onrecord.store.rows import Quote, Said
from onrecord.web.drawing import Piece, in_sentence

Texts = Callable[[str], str]
"""The text of a report, by id."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """An attribution in its sentence: who, with which act and stance, where, and the way to the words: on the desk
    (`report`, `id`) and at the publisher's (`at`)."""

    id: str
    report: str
    name: str
    entity: str | None
    on_word_of: str
    act: str | None
    stance: Stance | None
    pieces: tuple[Piece, ...]
    headline: str
    publisher: str | None
    day: str | None
    at: str | None
    person: str | None = None
    review: Review | None = None


def texts_of(record: Record) -> Texts:
    """Texts of reports by id, each fetched once."""
    return cache(lambda report_id: record.text(report_id))


def quotation(position: Position, texts: Texts) -> Quotation:
    """A position in its sentence."""
    return said_line(position.said, texts, stance=position.stance, person=position.person, name=name_of(position))


def said_line(
    said: Said, texts: Texts, *, stance: Stance | None = None, person: str | None = None, name: str | None = None
) -> Quotation:
    """An attribution in its sentence."""
    pieces = in_sentence(texts(said.report.id), _span(said.source), _span(said.cue), _spans(said.content))
    published = said.report.published or ""
    return Quotation(
        said.id,
        said.report.id,
        name or said.entity_name or said.source_name or (said.source.text if said.source else "nobody named"),
        said.entity,
        on_whose_word(said.voices),
        said.act,
        stance,
        pieces,
        said.report.headline or said.report.origin,
        said.report.publisher,
        published[:10] or None,
        words_at(said),
        person,
        said.review,
    )


def _span(quote: Quote | None) -> Span | None:
    return Span(quote.start, quote.end) if quote else None


def _spans(quotes: Sequence[Quote]) -> list[Span]:
    return [Span(q.start, q.end) for q in quotes]
