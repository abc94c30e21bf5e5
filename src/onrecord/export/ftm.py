"""FollowTheMoney entities, a JSON object a line: articles, who speaks in them, where they are named, what they said.

One who speaks in several reports comes again with each of the first reports and then now and then; tools of
FollowTheMoney join lines of one id (`ftm aggregate`). Sources left unnamed and groups are nobody there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from onrecord.export.chosen import Reported
from onrecord.flat import BETWEEN
from onrecord.model import Entity, Extraction, content_id
from onrecord.store.rows import Identity, Said

SCHEMATA = {"person": "Person", "organization": "Organization", "country": "LegalEntity"}
"""Kinds of entities that are somebody in FollowTheMoney, and as what. A state is no body of its own there."""

REMEMBERED = 10_000
"""Entities that are looked up once while they come again and again."""

_LANGUAGES = {"en": "eng"}
"""ISO 639-1 → 639-3; others are left out."""


def entities(reported: Iterable[Reported], identity: Callable[[str], Identity]) -> Iterator[dict[str, Any]]:
    """Articles, people and bodies, mentions and notes; `identity` looks up who somebody is over all reports."""
    known = lru_cache(REMEMBERED)(identity)
    for each in reported:
        article = _article(each.extraction)
        yield article
        told: dict[str, Identity] = {}
        for said, _, entity in each.told():
            if said.entity and entity and entity.kind in SCHEMATA:
                if said.entity not in told:
                    told[said.entity] = known(said.entity)
                    yield _party(told[said.entity])
                    yield _mention(article["id"], entity, told[said.entity])
                yield _note(article["id"], said, told[said.entity])


def _article(extraction: Extraction) -> dict[str, Any]:
    report = extraction.report
    language = _LANGUAGES.get(report.language.value) if report.language else None
    return _entity(
        report.id,
        "Article",
        title=report.headline.value if report.headline else None,
        fileName=PurePosixPath(report.origin).name or report.origin,
        publisher=report.publisher.value if report.publisher else None,
        publishedAt=_day(report.published.value) if report.published else None,
        sourceUrl=report.url.value if report.url else None,
        language=language,
        author=[b.value for b in report.byline],
        bodyText=report.text.strip(),
    )


def _party(one: Identity) -> dict[str, Any]:
    names = [name for name in dict.fromkeys((one.name, *one.names)) if name.strip()]
    schema = SCHEMATA.get(one.kind or "", "LegalEntity")
    role = {"position" if schema == "Person" else "description": one.role} if one.role else {}
    return _entity(str(one.id), schema, name=names, **role)


def _mention(article: str, entity: Entity, one: Identity) -> dict[str, Any]:
    schema = SCHEMATA.get(one.kind or "", "LegalEntity")
    name = content_id("mention", [article, entity.id])
    return _entity(name, "Mention", document=article, name=entity.name, resolved=one.id, detectedSchema=schema)


def _note(article: str, said: Said, one: Identity) -> dict[str, Any]:
    words = BETWEEN.join(c.text for c in said.content)
    cue = f" {said.cue.text}:" if said.cue else ":"
    return _entity(said.id, "Note", description=f"{one.name}{cue} {words}", entity=[one.id, article])


def _entity(name: str, schema: str, /, **properties: Any) -> dict[str, Any]:
    """An entity as FollowTheMoney writes it: every property a list of texts, none empty."""
    listed = {key: value if isinstance(value, list) else [value] for key, value in properties.items() if value}
    return {"id": name, "schema": schema, "properties": {key: value for key, value in listed.items() if value}}


def _day(published: str) -> str | None:
    day = published[:10]
    return day if len(day) == 10 and day.replace("-", "").isdigit() else None
