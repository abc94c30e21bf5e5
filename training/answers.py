"""Train the judge of answers: `python -m training.answers DATA_FOLDER` (a minute; needs what the package needs).

DATA_FOLDER as for `training/run.sh`. The shipped tagger reads every report of `annotations/bodies.jsonl` and
`written.jsonl` and every article of `guide.jsonl`; one attribution answers another where those that somebody marked at
their places do. Each report counts twice: as the tagger finds its attributions, and as they were marked. Writes
`answers.npz` and prints, of the reports held out, F1 at several limits, end to end; none of them is trained on.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from onrecord.engines import tagger
from onrecord.engines.answers import NEVER, Answers, Telling, own_features, pair_features
from onrecord.engines.decode import Floats, Ints, Tagged, Vectors
from onrecord.engines.pairs import softmax
from onrecord.engines.reading import Reader
from onrecord.engines.sense import Part
from onrecord.engines.words import Words
from onrecord.model import Proposal, Proposed, Report, Span
from training.annotations import rows_of
from training.polnear import read
from training.seal import seal
from training.whole import in_words

PACKAGE = Path(str(resources.files("onrecord.models").joinpath("tagger")))
NETS, WIDE, NONE_WIDE = 3, 16, 8
ROUNDS, RATE, DECAY, DROP, TOGETHER = 14, 3e-3, 0.05, 0.15, 8
UNFOUND = 0.25
"""How much it counts that one answers none, where what it answers was not found."""
MARGIN = 0.5
LIMITS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4)
Net = dict[str, Floats]
Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One reading of a report: features of its attributions, which each answers (-1: none; -2: one that was not found),
    and how many answers somebody marked in it."""

    own: Floats
    pair: Floats
    answered: Ints
    marked: int


class _Listener(Answers):
    """Keeps what it is asked, and answers nothing."""

    def __init__(self) -> None:
        self.asked: Telling | None = None

    def answers(self, telling: Telling) -> tuple[Ints, Floats]:
        self.asked = telling
        return np.full(len(telling), -1, np.int32), np.zeros(len(telling), np.float32)


class _Both(Reader):
    """Reads each report as the tagger finds its attributions, and as somebody marked them."""

    def __init__(self, tables: Mapping[str, Floats], rows: Mapping[str, Row]) -> None:
        self._listener = _Listener()
        super().__init__(tables, self._listener)
        self._rows = rows
        self.cases: list[tuple[str, bool, Case]] = []

    def read(
        self,
        report: Report,
        words: Words,
        vectors: Vectors,
        outer: Sequence[Part],
        inner: Sequence[Part],
        mentions: Sequence[Tagged],
        around: Sequence[Tagged],
    ) -> Proposed:
        row = self._rows[report.text]
        marked = [part for a in row["attributions"] if (part := _part(words, a))]
        for found, parts, inside in ((True, outer, inner), (False, marked, ())):
            self._listener.asked = None
            done = super().read(report, words, vectors, parts, inside, mentions, around)
            self.cases.append((report.text, found, _case(self._listener.asked, done, row["attributions"])))
        return Proposed(())


def _part(words: Words, a: Row) -> Part | None:
    source, cue, content = ([p for x in a[k] or () if (p := in_words(words, *x))] for k in ("source", "cue", "content"))
    return Part(source[0] if source else None, cue[0] if cue else None, tuple(content), 1.0) if content else None


def _case(telling: Telling | None, done: Proposed, marked: Sequence[Row]) -> Case:
    place = {a["id"]: k for k, a in enumerate(marked)}
    about = {k: place[a["about"]] for k, a in enumerate(marked) if a.get("about") in place}
    if telling is None:
        return Case(np.zeros((0, 1), np.float32), np.zeros((0, 0, 1), np.float32), np.zeros(0, np.int32), len(about))
    stated = [p for p in done.attributions if p.doubt != "no statement"]
    found = paired(stated, marked)
    answered = np.full(len(telling), -1, np.int32)
    for k, other in about.items():
        if k in found:
            answered[found[k]] = found.get(other, -2)
    return Case(own_features(telling), pair_features(telling), answered, len(about))


def paired(found: Sequence[Proposal], marked: Sequence[Row]) -> dict[int, int]:
    """Of each marked attribution that was found its number among those found: cues overlap, and half of the contents'
    characters are shared, best first."""
    every = []
    for k, p in enumerate(found):
        mine = {i for c in p.content for i in range(c.start, c.end)}
        for j, a in enumerate(marked):
            cue = Span(*a["cue"][0]) if a["cue"] else None
            theirs = {i for start, end in a["content"] for i in range(start, end)}
            share = len(mine & theirs) / max(1, len(mine | theirs))
            if share >= MARGIN and (p.cue.overlaps(cue) if p.cue and cue else p.cue is cue):
                every.append((-share, k, j))
    out: dict[int, int] = {}
    for _, k, j in sorted(every):
        if j not in out and k not in out.values():
            out[j] = k
    return out


def marked_in(data: Path) -> dict[str, Row]:
    """By text what was marked in it: of the reports, those made up, and PolNeAR's articles that were read whole."""
    texts = {int(row["body_id"]): row["text"] for row in read(data / "fnc1-train-bodies.jsonl.xz")}
    articles = {row["doc"]: row for row in read(data / "polnear-train.jsonl.xz")}
    found = {}
    for row in rows_of("bodies.jsonl"):
        found[texts[row["body"]]] = {**row, "set": "bodies"}
    for row in rows_of("written.jsonl"):
        found[row["text"]] = {**row, "set": "written"}
    for row in rows_of("guide.jsonl"):
        article = articles[row["doc"]]
        said = [
            {**a, **label, "id": str(k)}
            for k, (a, label) in enumerate(zip(article["attributions"], row["labels"], strict=True))
            if not label.get("drop")
        ]
        found[article["text"]] = {**row, "attributions": said + row["more"], "set": "articles"}
    return {text: row for text, row in found.items() if row.get("attributions")}


def cases(data: Path) -> Iterator[tuple[str, bool, bool, Case]]:
    """Of each report the set it is of, whether it is held out, whether this is as the tagger finds it, and the case."""
    rows = marked_in(data)
    loaded = tagger._Loaded(PACKAGE, broad=False)
    with np.load(PACKAGE / "tables.npz", allow_pickle=False) as held:
        both = _Both({k: held[k] for k in held.files}, rows)
    loaded.reader = both
    every = list(rows)
    for k in range(0, len(every), 100):
        loaded.propose([Report(text=text, raw_sha256="0" * 64, origin="training") for text in every[k : k + 100]])
    for text, found, case in both.cases:
        yield rows[text]["set"], bool(rows[text].get("held_out")), found, case


def step(net: Net, case: Case, rng: np.random.Generator) -> tuple[Net, float]:
    """The gradient of a case's loss, and what the loss counts. A part of the features is hidden."""
    n, keep = len(case.own), 1 - DROP

    def hide(*shape: int) -> Floats:
        return ((rng.random(shape) < keep) / keep).astype(np.float32)

    own, pair, shown = case.own * hide(*case.own.shape), case.pair * hide(case.pair.shape[2]), hide(len(net["out"]))
    hidden = (own @ net["row"] + net["bias"])[:, None] + (own @ net["column"])[None, :] + pair @ net["pair"]
    active, alone = np.maximum(hidden, 0) * shown, own @ net["none"] + net["none_bias"]
    none = np.maximum(alone, 0)
    out = np.c_[active @ net["out"], none @ net["none_out"] + net["none_last"]]
    out[np.arange(n), np.arange(n)] = NEVER
    weight = np.where(case.answered == -2, UNFOUND, 1.0).astype(np.float32)
    lost = softmax(out)
    lost[np.arange(n), np.where(case.answered >= 0, case.answered, n)] -= 1
    lost *= weight[:, None]
    lost[np.arange(n), np.arange(n)] = 0
    each, last = lost[:, :-1], lost[:, -1]
    back = each[:, :, None] * (net["out"] * shown) * (hidden > 0)
    back_none = last[:, None] * net["none_out"] * (alone > 0)
    row, column = back.sum(1), back.sum(0)
    return {
        "row": own.T @ row,
        "column": own.T @ column,
        "bias": row.sum(0),
        "pair": np.tensordot(pair, back, ([0, 1], [0, 1])),
        "out": np.tensordot(each, active, ([0, 1], [0, 1])),
        "none": own.T @ back_none,
        "none_bias": back_none.sum(0),
        "none_out": none.T @ last,
        "none_last": last.sum(),
    }, float(weight.sum())


def begun(own: int, pair: int, rng: np.random.Generator) -> Net:
    """A net that knows nothing yet, but that most answer none."""

    def drawn(*shape: int) -> Floats:
        return (rng.standard_normal(shape) / np.sqrt(shape[0])).astype(np.float32)

    return {
        "row": drawn(own, WIDE),
        "column": drawn(own, WIDE),
        "bias": np.zeros(WIDE, np.float32),
        "pair": drawn(pair, WIDE),
        "out": drawn(WIDE),
        "none": drawn(own, NONE_WIDE),
        "none_bias": np.zeros(NONE_WIDE, np.float32),
        "none_out": drawn(NONE_WIDE),
        "none_last": np.array(3.0, np.float32),
    }


def trained(shown: Sequence[Case], seed: int) -> Net:
    """A net after all its rounds: Adam with decoupled decay (Loshchilov & Hutter 2019), its rate falling to 0."""
    rng, order = np.random.default_rng(seed), random.Random(seed)
    net = begun(shown[0].own.shape[1], shown[0].pair.shape[2], rng)
    first, second = ({k: np.zeros_like(v) for k, v in net.items()} for _ in range(2))
    at, steps = 0, ROUNDS * (len(shown) // TOGETHER)
    for _ in range(ROUNDS):
        every = order.sample(shown, len(shown))
        for k in range(0, len(every) - TOGETHER + 1, TOGETHER):
            found = [step(net, case, rng) for case in every[k : k + TOGETHER]]
            of, at = sum(weight for _, weight in found), at + 1
            rate = RATE * 0.5 * (1 + np.cos(np.pi * at / steps))
            for name, table in net.items():
                slope = sum(g[name] for g, _ in found) / of
                first[name] = 0.9 * first[name] + 0.1 * slope
                second[name] = 0.999 * second[name] + 0.001 * slope**2
                move = first[name] / (1 - 0.9**at) / (np.sqrt(second[name] / (1 - 0.999**at)) + 1e-8)
                net[name] = table - rate * (move + DECAY * table * (table.ndim > 1))
    return {name: np.asarray(table, np.float32) for name, table in net.items()}


def measured(judge: Answers, held: Sequence[Case]) -> str:
    """F1 at several limits."""
    rows = []
    for case in held:
        if len(case.own) > 1:
            likely = judge.held(case.own, case.pair)
            best = likely.argmax(1)
            rows += zip(likely.max(1).tolist(), (best == case.answered).tolist(), strict=True)
    marked = sum(case.marked for case in held)
    said = {limit: [right for sure, right in rows if sure >= limit] for limit in LIMITS}
    return "  ".join(f"{k}: {200 * sum(v) / max(1, len(v) + marked):.1f}" for k, v in said.items())


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    args = parser.parse_args()
    every = list(cases(args.data))
    shown = [case for _, held, _, case in every if not held and len(case.own) > 1]
    print(f"{len(shown)} readings, {sum(int((c.answered >= 0).sum()) for c in shown)} answers")
    nets = [trained(shown, seed) for seed in range(1, NETS + 1)]
    tables = {name: np.stack([net[name] for net in nets]) for name in nets[0]}
    for name in ("bodies", "written", "articles"):
        held_out = [case for of, held, found, case in every if of == name and held and found]
        print(f"{name}, held out: {measured(Answers(tables), held_out)}")
    np.savez(PACKAGE / "answers.npz", **tables)
    seal(PACKAGE)


if __name__ == "__main__":
    main()
