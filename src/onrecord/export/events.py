"""Event rows in the manner of PLOVER: who did what to whom, when, where, by which report.

An act is ours (`onrecord.model.Act`); `plover` is the category of PLOVER that fits it whatever the content says, and
empty where none does: most of what people say is no event there (tables/acts.tsv tells why of each).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from onrecord.export.chosen import Reported
from onrecord.flat import BETWEEN
from onrecord.model import Attribution, Entity
from onrecord.resolve import Names
from onrecord.resolve.tables import rows_of
from onrecord.store.rows import Said

COLUMNS = (
    *("event_id", "who", "who_kind", "who_entity", "who_country", "who_role", "act", "plover", "modality"),
    *("to_whom", "said_on", "published", "content_when", "where", "words", "on_word_of"),
    *("publisher", "headline", "url", "report_id"),
)
"""`event_id` is the attribution's id. `who_country`: ISO 3166 alpha-3, where the report ties the source to a state."""


def events(reported: Iterable[Reported]) -> Iterator[dict[str, Any]]:
    """One row for each attribution in which an act was worked out."""
    for each in reported:
        text = each.extraction.report.text
        for said, found, entity in each.told():
            if said.act:
                yield _event(said, found, entity, text)


def _event(said: Said, found: Attribution, entity: Entity | None, text: str) -> dict[str, Any]:
    m, head = found.meaning, said.report
    values = (
        said.id,
        said.entity_name or said.source_name or (said.source.text if said.source else None),
        said.source_kind,
        said.entity,
        country(entity) if entity else None,
        entity.role if entity else None,
        said.act,
        categories()[str(said.act)],
        said.modality,
        m.addressee.of(text) if m.addressee else None,
        said.said_on,
        head.published,
        " | ".join(w.value for w in m.content_when if w.value) or None,
        m.venue.of(text) if m.venue else None,
        BETWEEN.join(c.text for c in said.content),
        " | ".join(voice or "?" for voice in said.voices) or None,
        head.publisher,
        head.headline,
        head.url,
        head.id,
    )
    return dict(zip(COLUMNS, values, strict=True))


@cache
def categories() -> dict[str, str | None]:
    """The category of PLOVER of each act; None where none fits."""
    return {act: plover or None for act, plover, _ in rows_of("acts")}


def country(entity: Entity) -> str | None:
    """The state that an entity is, or that the report says it belongs to; ISO 3166 alpha-3."""
    words = entity.name if entity.kind == "country" else entity.of
    state = Names.of_states().state_of(words) if words else None
    return (state.code or None) if state else None
