"""A component for spaCy pipelines: `nlp.add_pipe("onrecord")`. Nothing else here knows spaCy, and nothing needs it.

It sets `doc.spans["onrecord_source"]`, `doc.spans["onrecord_cue"]` and `doc.spans["onrecord_content"]`, a span each
under the attribution's number (`span.id`), and `doc._.attributions`, a dict each as `Said.to_dict()` has it, with
offsets in characters of `doc.text`. A span that does not end with a token is widened to whole tokens in `doc.spans`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import islice

from spacy.language import Language
from spacy.tokens import Doc
from spacy.tokens import Span as Tokens

from onrecord.extraction import Engine, extract_all
from onrecord.flat import said_in
from onrecord.model import Failure, Report
from onrecord.store.rows import Quote, Said

ROLES = ("source", "cue", "content")


@Language.factory("onrecord", assigns=["doc.spans", "doc._.attributions"], default_config={"broad": False})  # type: ignore[untyped-decorator]
def make(nlp: Language, name: str, broad: bool) -> Component:  # noqa: ARG001 - spaCy names them
    """The component; `broad` counts acts and feelings in, as `--engine broad` does."""
    from onrecord.engines import default_engine

    return Component(default_engine(broad=broad))


class Component:
    """Reads docs: who says what in each."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        if not Doc.has_extension("attributions"):
            Doc.set_extension("attributions", default=[])

    def __call__(self, doc: Doc) -> Doc:
        """One doc."""
        return next(self.pipe([doc], batch_size=1))

    def pipe(self, stream: Iterable[Doc], batch_size: int = 32) -> Iterator[Doc]:
        """Many docs, some at a time."""
        docs = iter(stream)
        while batch := list(islice(docs, batch_size)):
            for doc, found in zip(batch, extract_all(map(_report, batch), self._engine), strict=True):
                yield _marked(doc, [] if isinstance(found, Failure) else list(said_in(found)))


def _report(doc: Doc) -> Report:
    """The text as it is: nothing is cleaned, so that every offset is one of `doc.text`."""
    return Report(doc.text, hashlib.sha256(doc.text.encode("utf-8", "surrogatepass")).hexdigest(), "spaCy")


def _marked(doc: Doc, said: list[Said]) -> Doc:
    quotes: dict[str, list[Tokens]] = {role: [] for role in ROLES}
    for number, each in enumerate(said):
        quotes["source"] += _tokens(doc, number, each.source, "SOURCE")
        quotes["cue"] += _tokens(doc, number, each.cue, "CUE")
        for content in each.content:
            quotes["content"] += _tokens(doc, number, content, "CONTENT")
    for role, spans in quotes.items():
        doc.spans[f"onrecord_{role}"] = spans
    doc._.attributions = [each.to_dict() for each in said]
    return doc


def _tokens(doc: Doc, number: int, quote: Quote | None, label: str) -> list[Tokens]:
    if quote is None:
        return []
    span = doc.char_span(quote.start, quote.end, label=label, span_id=str(number), alignment_mode="expand")
    return [span] if span is not None else []
