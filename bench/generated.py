"""Reports without end for measuring a store: texts of a generator of its own, repeated with changed names and numbers.

Words follow Zipf's law, as in real text, so that a query for a common word matches very many rows; the first words are
English ones. `Maker(texts=…)` takes sentences of real texts instead.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from onrecord.model import (
    Attribution,
    Entity,
    Extraction,
    Found,
    Kind,
    Meaning,
    Origin,
    RawReport,
    Report,
    Run,
    Span,
)

COMMON = re.findall(
    r"\w+",
    "the of to a in that and for on is was it with as be at by from has are will have this not its were he said they "
    "which would an been but or who their more had than about after one also his new up year over out there when we",
)
CUES = ("said", "told reporters", "denied", "warned", "insisted", "announced", "wrote", "argued")
SYLLABLES = ("ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "zan", "der", "mir", "sol", "tan", "wic", "pel")
KINDS: tuple[Kind, ...] = ("direct", "indirect", "mixed")
RUN = Run("generated", "1", {})
PER_REPORT = 15
"""Attributions in one generated report."""


class Maker:
    """Makes report after report; the same seed makes the same ones."""

    def __init__(self, seed: int = 1, articles: int = 2000, texts: Sequence[str] = (), names: int = 20000) -> None:
        self.random = random.Random(seed)
        self.words = COMMON + sorted({self._word() for _ in range(names)})
        self.random.shuffle(tail := self.words[len(COMMON) :])
        self.words[len(COMMON) :] = tail
        self._weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(self.words))))
        self.names = [f"{self._name()} {self._name()}" for _ in range(names)]
        self.publishers = [f"{self._name()} {kind}" for kind in ("Times", "Post", "Herald", "News") for _ in range(50)]
        self._articles = [self._article(texts) for _ in range(articles)]
        self.made = 0

    def reports(self, count: int) -> Iterator[tuple[RawReport, Extraction]]:
        """The next `count` reports with their attributions."""
        for _ in range(count):
            yield self.report()

    def go_on_after(self, made: int) -> None:
        """Make others than the first so many, which an earlier run made."""
        if made:
            self.made = made
            self.random.seed(made)

    def report(self) -> tuple[RawReport, Extraction]:
        """An article again, with other names and numbers."""
        article = self._articles[self.made % len(self._articles)]
        self.made += 1
        text, spans = self._fill(article)
        origin = f"generated/{self.made}.txt"
        raw = RawReport(text.encode(), "text", origin)
        report = Report(
            text=text,
            raw_sha256=raw.sha256,
            origin=origin,
            publisher=Found(self.random.choice(self.publishers), "user"),
            published=Found(self._day(), "user"),
            headline=Found(article[0][1][:60], "text:first line"),
            language=Found("en", "py3langid", True),
            origins=(Origin(0, len(text), 0, len(raw.data), text.isascii()),),
        )
        named = report.id
        who = {s.of(text): Entity(named, s.of(text), "person", (s,)) for s, _, _ in reversed(spans)}
        said = [
            Attribution(named, s, c, (t,), KINDS[k % 3], 0.5 + k / 100, Meaning("assert", "plain", who[s.of(text)].id))
            for k, (s, c, t) in enumerate(spans)
        ]
        return raw, Extraction(report, tuple(said), RUN, entities=tuple(who.values()))

    def queries(self, count: int) -> Iterator[tuple[str, dict[str, str]]]:
        """Searches of every kind, with filters and without: name of the kind, and the fields of a query."""
        pick = self.random.choice
        for k in range(count):
            common, middling, rare = pick(self.words[:50]), pick(self.words[50:1000]), pick(self.words[1000:])
            yield (
                ("one common word", {"words": common}),
                ("one word", {"words": middling}),
                ("one rare word", {"words": rare}),
                ("two words", {"words": f"{common} {middling}"}),
                ("three words", {"words": f"{common} {pick(self.words[:50])} {middling}"}),
                ("phrase", {"words": f'"{common} {pick(self.words[:50])}"'}),
                ("source", {"source": pick(self.names).split()[1], "words": common}),
                ("kind and publisher", {"words": middling, "kind": "direct", "publisher": pick(self.publishers)}),
                ("dates", {"words": common, "since": "2019-03-05", "until": "2019-06-20"}),
                ("in texts", {"words": f"{common} {middling}", "field": "text"}),
                ("entity", {"entity": pick(self.names), "words": common}),
            )[k % 11]

    def _article(self, texts: Sequence[str]) -> list[tuple[bool, str]]:
        """Sentences, and whether each is attributed; `#` stands for a number that changes."""
        if texts:
            body = [s.strip() for s in self.random.choice(texts).replace("\n", " ").split(". ") if len(s) > 30]
            body = (body * 30)[: 2 * PER_REPORT] if body else self._sentences()
        else:
            body = self._sentences()
        return [(k % 2 == 1, sentence) for k, sentence in enumerate(body)]

    def _sentences(self) -> list[str]:
        made = []
        for _ in range(2 * PER_REPORT):
            words = self.random.choices(self.words, cum_weights=self._weights, k=self.random.randint(8, 36))
            made.append(" ".join(words) + " #")
        return made

    def _fill(self, article: list[tuple[bool, str]]) -> tuple[str, list[tuple[Span, Span, Span]]]:
        text, spans = "", []
        for attributed, sentence in article:
            words = sentence.replace("#", str(self.random.randint(1, 99999)))
            if attributed:
                source, cue = self.random.choice(self.names), self.random.choice(CUES)
                at = len(text) + len(source) + 1
                told = at + len(cue) + 6
                spans.append((Span(len(text), at - 1), Span(at, at + len(cue)), Span(told, told + len(words))))
                text += f"{source} {cue} that {words}.\n"
            else:
                text += f"{words}.\n"
        return text, spans

    def _day(self) -> str:
        return f"{self.random.randint(2015, 2025)}-{self.random.randint(1, 12):02}-{self.random.randint(1, 28):02}"

    def _word(self) -> str:
        return "".join(self.random.choices(SYLLABLES, k=self.random.randint(2, 4)))

    def _name(self) -> str:
        return "".join(self.random.choices(SYLLABLES, k=self.random.randint(2, 3))).capitalize()
