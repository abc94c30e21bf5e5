"""Deciding, one thing at a time: what waits for a person, and their word on it. `Record` has all of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import get_args

from onrecord.errors import NotFound, UsageError
from onrecord.model import Act, Modality, Span
from onrecord.store import Judgement, Said, Store, Withdrawal
from onrecord.store.queue_rows import SOURCE, ItemKind, Member, Waiting
from onrecord.store.review_rows import Review, Spans, checked
from onrecord.store.rows import Relation

KINDS: tuple[ItemKind, ...] = get_args(ItemKind)
MOST_SPLIT = 200
"""Other attributions of a claim from which one can be split."""
PAIRED: tuple[Relation, ...] = ("same", "opposes", "contradicts", "different")
"""What a link can be; entities are the same or different."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something to decide, with all that deciding takes.

    `said`: the attribution, or those of a link, one or two; `members`: the entities of one; `candidates`: who may
    speak: entity, name, how likely; `judgement`: what an engine judged of the two; `decisions`: what people decided of
    it, the last one last.
    """

    id: str
    kind: ItemKind
    said: tuple[Said, ...] = ()
    members: tuple[Member, ...] = ()
    candidates: tuple[tuple[str, str, float], ...] = ()
    judgement: Judgement | None = None
    decisions: tuple[Judgement, ...] = ()

    @property
    def rows(self) -> tuple[str, str | None]:
        """The rows that it is on."""
        if self.judgement:
            return self.judgement.a, self.judgement.b
        return self.said[0].id, None

    @property
    def last(self) -> str:
        """The id of the last decision on it; empty where there is none."""
        return self.decisions[-1].id if self.decisions else ""


class Reviewing:
    """The part of a record by which people decide on single rows. Whatever they decide is a judgement, signed, dated,
    and undone by `undo`; what engines found stays beside it."""

    _store: Store

    def waiting(self, by: str, kind: ItemKind | None = None) -> list[Waiting]:
        """What waits for this person, what needs it most first (`Waiting.need`): the least sure of each kind."""
        return self._store.waiting(by, [kind] if kind else KINDS)

    def to_review(self, limit: int = 20, kind: ItemKind | None = None, *, by: str = "") -> list[tuple[Waiting, Item]]:
        """The first that wait, with all that deciding takes; without what `by` decided or passed over."""
        return [(each, self.item(each.item)) for each in self.waiting(by, kind)[:limit]]

    def item(self, item_id: str) -> Item:
        """One item by its name: an attribution's id, an engine's judgement's, or `source.` and an attribution's id.
        Raises NotFound."""
        if item_id.startswith(SOURCE):
            said = self._store.attribution(item_id.removeprefix(SOURCE))
            made = self._store.decided(("source", said.id, None))
            found = tuple(self._store.candidates(said.id))
            return Item(f"{SOURCE}{said.id}", "source", (said,), (), found, None, tuple(made))
        if not item_id.startswith("judgement-"):
            said = self._store.attribution(item_id)
            made = self._store.decided(("attribution", said.id, None))
            return Item(said.id, "attribution", (said,), decisions=tuple(made))
        judged = self._store.judgement(item_id)
        sorts = {row.split("-", 1)[0] for row in (judged.a, judged.b)}
        if sorts == {"attribution"}:
            made = self._store.decided(("link", judged.a, judged.b))
            both = tuple(map(self._store.attribution, (judged.a, judged.b)))
            return Item(item_id, "link", both, judgement=judged, decisions=tuple(made))
        if sorts == {"entity"}:
            made = self._store.decided(("entity", judged.a, judged.b))
            people = tuple(map(self._store.member, (judged.a, judged.b)))
            return Item(item_id, "entity", (), people, judgement=judged, decisions=tuple(made))
        raise NotFound("nothing of that is reviewed.", which=item_id, advice="Name an attribution, link or entity.")

    def right(self, attribution: str, *, by: str, reason: str = "", seen: str | None = None) -> str:
        """A person's word that this is an attribution, as it is shown; the judgement's id. Raises NotFound, and
        Conflict where another person has decided since the decision `seen` (an id; None: whatever there is)."""
        return self._alone(attribution, [("right", "verdict:right")], by, reason, seen)

    def wrong(self, attribution: str, *, by: str, reason: str = "", seen: str | None = None) -> str:
        """A person's word that this is no attribution, or all wrong: it bears on no claim any more. See `right`."""
        return self._alone(attribution, [("wrong", "verdict:wrong")], by, reason, seen)

    def act(self, attribution: str, act: Act, *, by: str, reason: str = "", seen: str | None = None) -> str:
        """A person's word on what the source does by saying so. See `right`."""
        return self._alone(attribution, [_one_of("act", act, get_args(Act))], by, reason, seen)

    def modality(self, attribution: str, modality: Modality, *, by: str, reason: str = "") -> str:
        """A person's word on how the source holds the content. See `right`."""
        return self._alone(attribution, [_one_of("modality", modality, get_args(Modality))], by, reason, None)

    def correct(
        self,
        attribution: str,
        *,
        source: Span | None,
        cue: Span | None,
        content: Sequence[Span],
        act: str = "",
        modality: str = "",
        by: str,
        reason: str = "",
        seen: str | None = None,
    ) -> str:
        """A person's spans for an attribution, and its act and modality where given and changed, as one decision.

        Blanks at the edges are left out. Raises UsageError where the spans do not fit the text; see `right`.
        """
        said = self._store.attribution(attribution)
        text = self._store.report(said.report.id).text
        spans = checked(text, trimmed(text, Spans(source, cue, tuple(content))))
        made: list[tuple[Relation, str]] = []
        if spans != _spans(said):
            made.append(("spans", f"spans:{spans}"))
        if act and act != said.act:
            made.append(_one_of("act", act, get_args(Act)))
        if modality and modality != said.modality:
            made.append(_one_of("modality", modality, get_args(Modality)))
        return self._alone(said.id, made or [("right", "verdict:right")], by, reason, seen)

    def pair(self, item: Item, relation: Relation, *, by: str, reason: str = "", seen: str | None = None) -> str:
        """A person's word on a link or on two entities; see `right`. Raises UsageError, Conflict."""
        a, b = item.rows
        allowed = PAIRED if item.kind == "link" else ("same", "different")
        if b is None or relation not in allowed:
            raise UsageError("that is no answer to this.", which=str(relation), advice=f"Give {', '.join(allowed)}.")
        return self._put([(a, b, relation)], by, reason, (item.kind, a, b), seen)[0]

    def speaks(self, item: Item, entity: str, *, by: str, reason: str = "", seen: str | None = None) -> str:
        """A person's word on who speaks, where an engine left it open; see `right`."""
        said = item.said[0].id
        return self._put([(said, entity, "speaker")], by, reason, ("source", said, None), seen)[0]

    def skip(self, item: Item, *, by: str) -> str:
        """Pass an item over: it waits for this person no more, and nothing else changes."""
        a, b = item.rows
        return self._put([(a, b or f"skipped:{item.kind}", "skipped")], by, "")[0]

    def split(self, attribution: str, *, by: str, reason: str = "") -> list[str]:
        """A person's word that an attribution is of another claim than all others on its claim; the judgements' ids,
        undone together by `undo_last`. Raises NotFound, UsageError."""
        said = self._store.attribution(attribution).id
        others = [p.said.id for p in self._store.claim(said).positions if p.said.id != said]
        if not others:
            raise UsageError("nothing else is on its claim.", which=said, advice="There is nothing to split.")
        if len(others) > MOST_SPLIT:
            raise UsageError(
                f"{len(others)} others are on its claim.", which=said, advice="Set its stance to none instead."
            )
        return self._put([(said, other, "different") for other in others], by, reason)

    def decisions(self, item: Item) -> tuple[Judgement, ...]:
        """What people decided of an item and is in force, the last one last."""
        a, b = item.rows
        return tuple(self._store.decided((item.kind, a, b)))

    def wording(self, claim: str) -> str:
        """The words of a claim, by the id of any of its attributions. Raises NotFound."""
        return self._store.claim(claim).wording

    def member(self, entity: str) -> Member:
        """An entity of one report, with some of what it says there. Raises NotFound."""
        return self._store.member(entity)

    def undo_last(self, *, by: str) -> list[Judgement]:
        """Take back what a person decided last, skips too; what that was. Raises NotFound where there is nothing."""
        last = self._store.last_of(by)
        if not last:
            raise NotFound("you have decided nothing that is in force.", advice="There is nothing to undo.")
        now = datetime.now(UTC)
        self._store.withdraw_many([Withdrawal(j.id, "person", by, now, None) for j in last])
        return last

    def decided_since(self, by: str, since: datetime) -> int:
        """How many items a person decided since then."""
        return self._store.count_decided(by, since.isoformat())

    def several(self) -> list[tuple[str, Judgement]]:
        """People's decisions in force, each with the item that it is on: to see who agrees."""
        return self._store.by_several()

    def reviews(self, report_id: str) -> dict[str, Review]:
        """What people decided of the attributions of a report, by id."""
        return self._store.reviews(report_id)

    def reviewed_reports(self) -> list[str]:
        """Reports in which a person decided of an attribution, in order of recording."""
        return self._store.reviewed_reports()

    def _alone(
        self, attribution: str, made: Collection[tuple[Relation, str]], by: str, reason: str, seen: str | None
    ) -> str:
        said = self._store.attribution(attribution).id
        item: tuple[ItemKind, str, str | None] = ("attribution", said, None)
        return self._put([(said, row, relation) for relation, row in made], by, reason, item, seen)[-1]

    def _put(
        self,
        made: Sequence[tuple[str, str, Relation]],
        by: str,
        reason: str,
        item: tuple[ItemKind, str, str | None] | None = None,
        seen: str | None = None,
    ) -> list[str]:
        now = datetime.now(UTC)
        why = reason.strip() or None
        rows = [Judgement(a, b, relation, "person", by, now, None, why) for a, b, relation in made]
        return self._store.decide(rows, None if seen is None else item, seen)


def trimmed(text: str, spans: Spans) -> Spans:
    """Without blanks at the edges, and with a content that runs over the ends of lines as one content for each line;
    in order, each once. What is all blank, or outside the text, stays for `checked` to refuse."""

    def inner(span: Span) -> Span:
        words = span.of(text)
        start, end = span.start + len(words) - len(words.lstrip()), span.start + len(words.rstrip())
        return Span(start, end) if start < end <= len(text) and span.end <= len(text) else span

    lines: set[Span] = set()
    for span in spans.content:
        at = span.start
        for line in span.of(text).split("\n"):
            if line.strip():
                lines.add(inner(Span(at, at + len(line))))
            at += len(line) + 1
        if not span.of(text).strip() or span.end > len(text):
            lines.add(span)
    source, cue = (inner(span) if span else None for span in (spans.source, spans.cue))
    return Spans(source, cue, tuple(sorted(lines)))


def _spans(said: Said) -> Spans:
    source, cue = (Span(q.start, q.end) if q else None for q in (said.source, said.cue))
    return Spans(source, cue, tuple(sorted(Span(c.start, c.end) for c in said.content)))


def _one_of(relation: Relation, given: str, allowed: Sequence[str]) -> tuple[Relation, str]:
    if given not in allowed:
        raise UsageError(f"{given!r} is none.", which=relation, advice=f"Give one of: {', '.join(allowed)}.")
    return relation, f"{relation}:{given}"
