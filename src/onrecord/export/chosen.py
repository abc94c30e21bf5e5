"""What is to be written: the whole record, or chosen claims with the reports that they rest on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from onrecord.answer import Record
from onrecord.claims import Claim
from onrecord.model import Attribution, Entity, Extraction
from onrecord.store.rows import Said

MOST = 1000
"""Claims that words choose, the best."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A report with its attributions as the record gives them back: with who speaks over all reports."""

    extraction: Extraction
    said: tuple[Said, ...]

    def told(self) -> Iterator[tuple[Said, Attribution, Entity | None]]:
        """Each attribution as the record has it, as it was extracted, and whom its source leads to in the report."""
        by_id = {a.id: a for a in self.extraction.attributions}
        named = {e.id: e for e in self.extraction.entities}
        for said in self.said:
            found = by_id[said.id]
            yield said, found, named.get(found.meaning.entity or "")


class Chosen:
    """The record, or of it the claims that ids (of any of their attributions) and words choose."""

    def __init__(self, record: Record, ids: Sequence[str] = (), words: str = "") -> None:
        self.record = record
        self._ids, self._words = ids, words

    @property
    def some(self) -> bool:
        """Whether claims were chosen at all."""
        return bool(self._ids or self._words.strip())

    def claims(self) -> Iterator[Claim]:
        """The claims, each once. Raises NotFound where an id leads to none."""
        if not self.some:
            return self.record.every_claim()
        return iter(self._named)

    def extractions(self) -> Iterator[Extraction]:
        """The reports with what their newest runs found: those that chosen claims rest on, or all."""
        if not self.some:
            return self.record.extractions()
        heads = dict.fromkeys(p.said.report.id for claim in self._named for p in claim.positions)
        return map(self.record.report, heads)

    def reported(self) -> Iterator[Reported]:
        """The same with who speaks over all reports."""
        for extraction in self.extractions():
            ids = {a.id for a in extraction.attributions}
            said = self.record.said_in(extraction.report.id) if ids else []
            yield Reported(extraction, tuple(each for each in said if each.id in ids))

    @cached_property
    def _named(self) -> list[Claim]:
        found = [self.record.claim(name) for name in self._ids]
        if self._words.strip():
            found += self.record.claims(self._words, limit=MOST)
        return list({claim.id: claim for claim in found}.values())
