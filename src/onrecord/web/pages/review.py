"""Review: one thing to decide at a time, what people decided of it, and how far they agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from onrecord.agreement import Agreement, agreements
from onrecord.answer import Record
from onrecord.errors import NotFound
from onrecord.marks import ACTS
from onrecord.model import Attribution, Span
from onrecord.reviewing import Item
from onrecord.store import Judgement, Said
from onrecord.store.claim_rows import Stance
from onrecord.store.queue_rows import ItemKind, Member, Waiting
from onrecord.store.review_rows import ACT, MODALITY, SPANS, Spans
from onrecord.web.drawing import Piece, in_sentence, paragraphs
from onrecord.web.marking import Row, rows_of
from onrecord.web.pages.lines import Quotation, Texts, said_line, texts_of

LINKED = {
    "same": "one claim, on one side",
    "opposes": "one claim, on two sides",
    "contradicts": "two claims that cannot both hold",
    "different": "two claims",
}
"""What a link can be, in words."""
DONE = {
    "right": "Accepted.",
    "wrong": "Rejected.",
    "changed": "Changed.",
    "skipped": "Skipped.",
    "kept": "Left as it is.",
    "undone": "Undone.",
    "same": "Decided: the same.",
    "opposes": "Decided: one claim, two sides.",
    "contradicts": "Decided: they cannot both hold.",
    "different": "Decided: different.",
    "speaker": "Decided who speaks.",
    "named": "Renamed.",
    "stance": "Stance set.",
    "split": "Taken out of the claim.",
    "merged": "The two claims are one.",
}
"""What just happened, by the word in the address."""
SHOWN = 100
BLANK_ROWS = 3


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision in words: what, by whom, when, why. `pieces`: the sentence as it has the spans."""

    what: str
    by: str
    at: str
    reason: str
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class MemberView:
    """An entity of one report, with its quotations."""

    member: Member
    quotations: tuple[Quotation, ...]


@dataclass(frozen=True, slots=True)
class ItemView:
    """The item on the page. `act`, `was`: of an attribution, in words; `claim`: the one it bears on: id, words, stance,
    how many others; `why` it waits (empty where it does not)."""

    item: Item
    why: str
    quotations: tuple[Quotation, ...]
    members: tuple[MemberView, ...]
    act: str
    was: tuple[tuple[str, str], ...]
    verdict: str
    decided: tuple[Decided, ...]
    claim: tuple[str, str, Stance, int] | None
    linked: str
    reason: str


@dataclass(frozen=True, slots=True)
class Marking:
    """The text to mark in, and the spans as lines of a form."""

    lines: tuple[tuple[Piece, ...], ...]
    rows: tuple[Row, ...]
    act: str
    modality: str


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """One item, or none left. `kind`: what was asked for; `waiting`: how many wait, by kind; `before`, `next`: the
    neighbours in the queue; `problem`: why a change was not taken."""

    kind: ItemKind | None
    view: ItemView | None
    marking: Marking | None
    waiting: dict[str, int]
    decided_today: int
    before: str | None
    next: str | None
    done: str
    problem: str = ""

    @property
    def total(self) -> int:
        """How many wait, of all kinds."""
        return sum(self.waiting.values())


def review_page(
    record: Record,
    by: str,
    kind: ItemKind | None,
    item_id: str | None = None,
    *,
    change: bool = False,
    done: str = "",
    rows: Sequence[Row] | None = None,
    problem: str = "",
) -> ReviewPage:
    """The page of an item, or of the first that waits. Raises NotFound."""
    every = record.waiting(by)
    queue = [each for each in every if kind in (None, each.kind)]
    counts = Counter(each.kind for each in every)
    item = record.item(item_id) if item_id else _first(record, queue)
    at = next((k for k, each in enumerate(queue) if item and each.item == item.id), None)
    others = [each.item for each in queue if item is None or each.item != item.id]
    midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    return ReviewPage(
        kind,
        _view(record, item, queue[at] if at is not None else None) if item else None,
        _marking(record, item, rows) if item and change and item.kind == "attribution" else None,
        {str(name): n for name, n in counts.items()},
        record.decided_since(by, midnight.astimezone(UTC)),
        queue[at - 1].item if at else None,
        queue[at + 1].item
        if at is not None and at + 1 < len(queue)
        else (others[0] if at is None and others else None),
        DONE.get(done, ""),
        problem,
    )


def _first(record: Record, queue: Sequence[Waiting]) -> Item | None:
    for each in queue:
        try:
            return record.item(each.item)
        except NotFound:  # taken down meanwhile
            continue
    return None


def _view(record: Record, item: Item, waiting: Waiting | None) -> ItemView:
    texts = texts_of(record)
    stances = record.stances([said.id for said in item.said])
    said = item.said[0] if item.said else None
    review = said.review if said and item.kind == "attribution" else None
    return ItemView(
        item,
        waiting.why if waiting else "",
        tuple(said_line(each, texts, stance=stances[each.id][1] if each.id in stances else None) for each in item.said),
        tuple(MemberView(m, tuple(said_line(each, texts, name=m.name) for each in m.said)) for m in item.members),
        ACTS.get(said.act or "", "") if said else "",
        review.was if review else (),
        review.verdict if review else "",
        tuple(decided(j, item, texts) for j in item.decisions),
        _claim(record, said, stances) if said and item.kind in ("attribution", "source") else None,
        LINKED.get(item.judgement.relation, "") if item.judgement and item.kind == "link" else "",
        (item.judgement.reason or "") if item.judgement else "",
    )


def _claim(
    record: Record, said: Said, stances: dict[str, tuple[str, Stance, int]]
) -> tuple[str, str, Stance, int] | None:
    if said.id not in stances:
        return None
    claim, stance, bearing = stances[said.id]
    return claim, record.wording(claim), stance, bearing - 1


def decided(judgement: Judgement, item: Item, texts: Texts) -> Decided:
    """A decision in words."""
    value = next((row for row in (judgement.a, judgement.b) if ":" in row), "")
    what = {"right": "accepted", "wrong": "rejected", "speaker": "said who speaks"}.get(judgement.relation, "")
    pieces: tuple[Piece, ...] = ()
    if judgement.relation == "spans" and item.said:
        what, pieces = "other spans", drawn(item, Spans.read(value.removeprefix(SPANS)), texts)
    elif judgement.relation == "act":
        act = value.removeprefix(ACT)
        what = f"act: {act}"
    elif judgement.relation == "modality":
        what = f"modality: {value.removeprefix(MODALITY)}"
    elif item.kind == "link":
        what = LINKED[judgement.relation]
    elif item.kind == "entity":
        what = judgement.relation
    if judgement.relation == "speaker":
        named = {who: name for who, name, _ in item.candidates}
        what = f"says this: {next((named[r] for r in (judgement.a, judgement.b) if r in named), 'somebody else')}"
    at = judgement.at.strftime("%Y-%m-%d %H:%M UTC")
    return Decided(what, judgement.by, at, judgement.reason or "", pieces)


def drawn(item: Item, spans: Spans, texts: Texts) -> tuple[Piece, ...]:
    """The sentence of an attribution with these spans."""
    return in_sentence(texts(item.said[0].report.id), spans.source, spans.cue, spans.content)


def _marking(record: Record, item: Item, rows: Sequence[Row] | None) -> Marking:
    said = item.said[0]
    result = record.report(said.report.id)
    source, cue = (Span(q.start, q.end) if q else None for q in (said.source, said.cue))
    spans = Spans(source, cue, tuple(Span(c.start, c.end) for c in said.content))
    marked = Attribution(said.report.id, source, cue, spans.content, said.kind, said.score)
    held = list(rows) if rows is not None else rows_of(spans, result.report.text)
    blank = [Row("content")] * BLANK_ROWS if rows is None else []
    pieces = paragraphs(replace(result.report, headline_span=None), [marked])
    return Marking(tuple(pieces), tuple(held + blank), said.act or "", said.modality or "")


@dataclass(frozen=True, slots=True)
class ConflictPage:
    """Two versions of one decision: what others decided since, and what was just posted (`form`: to post it again)."""

    item: Item
    kind: ItemKind | None
    quotations: tuple[Quotation, ...]
    theirs: tuple[Decided, ...]
    mine: Decided
    last: str
    form: tuple[tuple[str, str], ...]


def conflict_page(
    record: Record, item: Item, kind: ItemKind | None, mine: Decided, form: Sequence[tuple[str, str]]
) -> ConflictPage:
    """What stands against what."""
    texts = texts_of(record)
    theirs = tuple(decided(j, item, texts) for j in item.decisions)
    kept = tuple((name, value) for name, value in form if name != "seen")
    return ConflictPage(item, kind, tuple(said_line(said, texts) for said in item.said), theirs, mine, item.last, kept)


@dataclass(frozen=True, slots=True)
class Sided:
    """One row that several people decided: what it is, and each person's answer."""

    kind: str
    row: str
    words: str
    answers: tuple[tuple[str, str], ...]
    differ: bool


@dataclass(frozen=True, slots=True)
class AgreementPage:
    """Who agrees with whom, and the rows side by side, those on which people differ first."""

    figures: tuple[Agreement, ...]
    rows: tuple[Sided, ...]
    more: int


KIND_OF = {
    "right": "accept or reject", "wrong": "accept or reject", "spans": "accept or reject", "act": "act",
    "modality": "modality", "stance": "stance", "speaker": "who speaks",
}  # fmt: skip
"""Under which kind of decision a relation on one attribution is counted."""
ANSWERS = {"right": "accepted", "wrong": "rejected", "spans": "corrected"}
PAIRS_OF = {"attribution": "links between attributions", "entity": "who is who", "report": "copies"}


def agreement_page(record: Record) -> AgreementPage:
    """Rows that two or more people decided."""
    answers = _answers(record.several())
    several = {key: by for key, by in answers.items() if len(by) > 1}
    differ = sorted(several, key=lambda key: (len(set(several[key].values())) == 1, key))
    rows = [
        Sided(kind, row, _words(record, row), tuple(sorted(by.items())), len(set(by.values())) > 1)
        for kind, row in differ[:SHOWN]
        for by in (several[kind, row],)
    ]
    return AgreementPage(tuple(agreements(several)), tuple(rows), max(0, len(differ) - SHOWN))


def _answers(made: Sequence[tuple[str, Judgement]]) -> dict[tuple[str, str], dict[str, str]]:
    """By kind of decision and row each person's last answer; corrected spans are an answer of their own."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row, j in sorted(made, key=lambda each: (each[1].at, each[1].id)):
        kind = KIND_OF.get(j.relation) or PAIRS_OF[row.partition("-")[0]]
        value = next((r for r in (j.a, j.b) if not row.startswith(r)), "")
        answer: str = j.relation
        if j.relation in ANSWERS:
            answer = ANSWERS[j.relation]
        elif j.relation in ("act", "modality", "stance"):
            answer = value.partition(":")[2]
        elif j.relation == "speaker":
            answer = value
        found.setdefault((kind, row), {})[j.by] = answer
    return found


def _words(record: Record, row: str) -> str:
    names = []
    for each in row.split():
        try:
            if each.startswith("attribution-"):
                names.append("“" + " … ".join(c.text for c in record.attribution(each).content) + "”")
            elif each.startswith("entity-"):
                names.append(record.member(each).name)
        except NotFound:
            names.append("(no longer on record)")
    return " / ".join(names)
