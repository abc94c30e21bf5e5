"""Attributions as people corrected them; what the engine had stands beside it. Pure."""

from __future__ import annotations

from dataclasses import replace

from onrecord.model import Attribution, Kind, Span
from onrecord.store.review_rows import Review
from onrecord.store.rows import Quote, Said

_OPENING, _CLOSING = "\"“‘„«'「『", "\"”’“»'」』"


def corrected(said: Said, text: str, review: Review | None) -> Said:
    """An answer with the spans, act and modality that people gave; `review.was` says what the engine had."""
    if review is None:
        return said
    was: list[tuple[str, str]] = []
    if review.spans:
        source, cue = (_quoted(text, span) for span in (review.spans.source, review.spans.cue))
        content = tuple(Quote(s.start, s.end, s.of(text)) for s in review.spans.content)
        for name, before, after in (("source", said.source, source), ("cue", said.cue, cue)):
            was += [(name, before.text if before else "")] * (before != after)
        was += [("content", " … ".join(c.text for c in said.content))] * (said.content != content)
        said = replace(said, source=source, cue=cue, content=content, kind=kind_of(text, review.spans.content))
    if review.act and review.act != said.act:
        was.append(("act", said.act or ""))
        said = replace(said, act=review.act)
    if review.modality and review.modality != said.modality:
        was.append(("modality", said.modality or ""))
        said = replace(said, modality=review.modality)
    return replace(said, review=replace(review, was=tuple(was)))


def corrected_attribution(attribution: Attribution, text: str, review: Review | None) -> Attribution:
    """The same of an attribution of the model; its id follows its spans."""
    if review is None:
        return attribution
    meaning = attribution.meaning
    meaning = replace(meaning, act=review.act or meaning.act, modality=review.modality or meaning.modality)
    if review.spans:
        spans = review.spans
        attribution = replace(attribution, source=spans.source, cue=spans.cue, content=spans.content)
        attribution = replace(attribution, kind=kind_of(text, spans.content))
    return replace(attribution, meaning=meaning)


def kind_of(text: str, content: tuple[Span, ...]) -> Kind:
    """Direct where every content stands in quotation marks, mixed where marks stand in some, indirect else."""
    words = [span.of(text).strip() for span in content]
    if all(len(w) > 1 and w[0] in _OPENING and (w[-1] in _CLOSING or w[-2] in _CLOSING) for w in words):
        return "direct"
    return "mixed" if any(mark in w for w in words for mark in '"“”„«»「『') else "indirect"


def _quoted(text: str, span: Span | None) -> Quote | None:
    return Quote(span.start, span.end, span.of(text)) if span else None
