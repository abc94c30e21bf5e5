"""How well claims are told: `python bench/claims.py SHARED_FOLDER [PART …]`.

SHARED_FOLDER holds `data/`, `gold/` and `specimen/`. Parts: contradictions, checked, emergent, challenge, stories,
topics, specimen; all without any. Figures are F1 and shares in percent, but for mean average precision.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import lzma
import math
import re
import sys
import tarfile
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import onrecord
from onrecord.link import Statement, verdict
from onrecord.link.comparing import STANCES, Comparer
from onrecord.model import Entity, Meaning, Proposal, Proposed, Report, Run, Span, When

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from training.topics import ANNOTATIONS, annotated, held_name, proposed  # noqa: E402 - the folder beside this one

HELD = 2500
"""Pairs of FNC-1's held-out reports that are read, taken evenly."""


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The objects of a .jsonl.xz file."""
    with lzma.open(path, "rt", encoding="utf8") as file:
        return [json.loads(line) for line in file if line.strip()]


def f1(gold: Sequence[str], found: Sequence[str], label: str) -> float:
    """F1 of one label, in percent."""
    hit = sum(g == label == f for g, f in zip(gold, found, strict=True))
    wrong = sum((g == label) != (f == label) for g, f in zip(gold, found, strict=True))
    return 200 * hit / max(1, 2 * hit + wrong)


def contradictions(comparer: Comparer) -> None:
    """`contradictions.tsv`: what decides, relation, both statements. A denial contradicts."""
    lines = (HERE / "contradictions.tsv").read_text(encoding="utf8").splitlines()
    rows = [line.split("\t") for line in lines]
    likely = comparer.relations([(a, b) for _, _, a, b in rows])
    names = {"same": "same", "opposes": "contradicts", "contradicts": "contradicts", "different": "different"}
    verdicts = [verdict(_stated(a), _stated(b), row) for (_, _, a, b), row in zip(rows, likely, strict=True)]
    found = [names[v.relation] if v else "different" for v in verdicts]
    gold = [row[1] for row in rows]
    right = 100 * np.mean([g == f for g, f in zip(gold, found, strict=True)])
    print(f"contradictions: F1 {f1(gold, found, 'contradicts'):.1f} of {len(rows)} pairs, {right:.1f} % right")
    for kind in sorted({row[0] for row in rows}):
        mine = [k for k, row in enumerate(rows) if row[0] == kind]
        print(f"  {kind:<10} {f1([gold[k] for k in mine], [found[k] for k in mine], 'contradicts'):.1f}")


def _stated(text: str) -> Statement:
    return Statement(text, text, "holds", False, None, bare=False, own=False, days=frozenset())


def checked(comparer: Comparer, data: Path) -> None:
    """Which checked claim a text is about: mean average precision at 5, over the texts of dev."""
    claims, texts, gold = _checked(data)
    ids, asked = list(claims), list(texts)
    vectors = comparer.vectors([texts[q] for q in asked]) @ comparer.vectors([claims[i] for i in ids]).T
    words = _bm25([claims[i] for i in ids], [texts[q] for q in asked])
    both = vectors + 0.3 * words / np.maximum(words.max(1, keepdims=True), 1e-6)
    table = {"words (BM25)": words, "vectors": vectors, "vectors and words": both}
    for name, scores in table.items():
        print(f"checked claims: MAP@5 {_precision(scores, ids, asked, gold):.3f} {name} ({len(asked)} texts)")


def _checked(data: Path) -> tuple[dict[str, str], dict[str, str], dict[str, set[str]]]:
    files = {}
    with tarfile.open(data / "checked-claims-train.tar.xz") as tar:
        for member in tar.getmembers():
            handle = tar.extractfile(member)
            if handle is not None:
                files[Path(member.name).name] = handle.read().decode("utf8")

    def table(name: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(files[name]), delimiter="\t"))[1:]

    claims = {row[0]: f"{row[1]} {row[2]}" for row in table("v3.0-verified_claims.docs.tsv")}
    texts = {row[0]: row[1] for row in table("dev-tweets.queries.tsv")}
    gold: dict[str, set[str]] = defaultdict(set)
    for line in files["dev-tweet-vclaim-pairs.qrels"].splitlines():
        parts = line.split()
        if parts and parts[3] == "1":
            gold[parts[0]].add(parts[2])
    return claims, {q: texts[q] for q in gold}, gold


def _bm25(documents: Sequence[str], asked: Sequence[str]) -> np.ndarray:
    """Robertson & Zaragoza 2009, k1 1.2, b 0.75, over words cut to six letters: (asked, documents)."""
    split = [[w[:6] for w in re.findall(r"[a-z0-9]+", d.lower())] for d in documents]
    often = Counter(w for d in split for w in set(d))
    mean = sum(map(len, split)) / len(split)
    held: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for k, words in enumerate(split):
        for word, n in Counter(words).items():
            held[word].append((k, n * 2.2 / (n + 1.2 * (0.25 + 0.75 * len(words) / mean))))
    scores = np.zeros((len(asked), len(documents)), np.float32)
    for row, text in enumerate(asked):
        for word in {w[:6] for w in re.findall(r"[a-z0-9]+", text.lower())}:
            rare = math.log(1 + (len(documents) - often[word] + 0.5) / (often[word] + 0.5))
            for k, weight in held.get(word, ()):
                scores[row, k] += rare * weight
    return scores


def _precision(scores: np.ndarray, ids: Sequence[str], asked: Sequence[str], gold: dict[str, set[str]]) -> float:
    total = 0.0
    for row, q in enumerate(asked):
        hits = found = 0.0
        for n, k in enumerate(np.argsort(-scores[row])[:5], 1):
            if ids[k] in gold[q]:
                hits += 1
                found += hits / n
        total += found / min(5, len(gold[q]))
    return total / len(asked)


def emergent(comparer: Comparer, data: Path) -> None:
    """How headlines stand to claims: those that the FNC-1 training set does not have; and disputed claims, by all."""
    met = {row["headline"] for row in rows_of(data / "fnc1-train-pairs.jsonl.xz")}
    rows = rows_of(data / "emergent.jsonl.xz")
    likely = comparer.stances([(row["claim"], row["headline"]) for row in rows])
    found = [STANCES[k] for k in likely[:, :3].argmax(1)]
    fresh = [k for k, row in enumerate(rows) if row["headline"] not in met]
    gold, told = [rows[k]["stance"] for k in fresh], [found[k] for k in fresh]
    each = {s: f1(gold, told, s) for s in STANCES[:3]}
    print(f"Emergent: macro-F1 {np.mean(list(each.values())):.1f} of {len(fresh)} headlines; {_told(each)}")
    by_claim: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row, stance in zip(rows, found, strict=True):
        by_claim[row["claim_id"]].append((row["stance"], stance))
    for two in (True, False):
        mine = [v for v in by_claim.values() if ({"for", "against"} <= {g for g, _ in v}) == two]
        shown = 100 * np.mean([{"for", "against"} <= {f for _, f in v} for v in mine])
        print(f"  shown as disputed: {shown:.0f} % of {len(mine)} {'two' if two else 'one'}-sided claims")


def challenge(comparer: Comparer, data: Path) -> None:
    """FNC-1's training pairs whose report is held out of ours (`training/statements.py` says which)."""
    texts = {row["body_id"]: row["text"] for row in rows_of(data / "fnc1-train-bodies.jsonl.xz")}
    pairs = [row for row in rows_of(data / "fnc1-train-pairs.jsonl.xz") if _hash(row["body_id"]) % 5 == 0]
    pairs = pairs[:: max(1, len(pairs) // HELD)]
    shown = [(row["headline"], _beside(row["headline"], texts[row["body_id"]])) for row in pairs]
    found = [STANCES[k] for k in comparer.stances(shown, reports=True).argmax(1)]
    names = {"agree": "for", "disagree": "against", "discuss": "observing", "unrelated": "unrelated"}
    gold = [names[row["stance"]] for row in pairs]
    told = _told({s: f1(gold, found, s) for s in STANCES})
    print(f"FNC-1 held out: {told} of {len(pairs)} pairs; against is its “disagree”")


def _hash(text: str) -> int:
    return sum((k + 1) * 7919 * ord(c) for k, c in enumerate(text)) // 7


def _beside(headline: str, text: str) -> str:
    sentences = [s.strip() for line in text.splitlines() for s in line.replace("? ", ". ").split(". ") if s.strip()]
    words = {w for w in headline.lower().split() if len(w) > 3}
    rest = set(sorted(sentences[3:], key=lambda s: -len(words & set(s.lower().split())))[:4])
    return ". ".join([*sentences[:3], *(s for s in sentences[3:] if s in rest)])


def _told(each: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.1f}" for name, value in each.items())


class Gold:
    """An engine that proposes what the annotation has: so that linking is measured alone."""

    run = Run("gold", "1")

    def __init__(self, folder: Path) -> None:
        paths = [p for p in sorted(folder.glob("*.json")) if p.with_suffix(".txt").exists()]
        self._held = {p.with_suffix(".txt").read_text(encoding="utf8"): json.loads(p.read_text("utf8")) for p in paths}

    def propose(self, reports: Sequence[Report]) -> list[Proposed]:
        """What is annotated of each."""
        return [self._proposed(report) for report in reports]

    def _proposed(self, report: Report) -> Proposed:
        rows = self._held[report.text]["attributions"]
        at = {row["id"]: k for k, row in enumerate(rows)}
        names = list(dict.fromkeys(row["source_name"] for row in rows if row["source_name"] and row["source"]))
        kinds = {row["source_name"]: row["source_kind"] for row in rows}
        mentions = {
            n: sorted({_span(r["source"]) for r in rows if r["source"] and r["source_name"] == n}) for n in names
        }
        entities = tuple(Entity(report.id, n, kinds[n], tuple(mentions[n])) for n in names)
        made = tuple(
            Proposal(
                _span(row["source"]) if row["source"] else None,
                _span(row["cue"]) if row["cue"] else None,
                tuple(_span(c) for c in row["content"]),
                1.0,
                meaning=Meaning(
                    act=row["act"],
                    modality=row["modality"],
                    content_when=tuple(When(_span(w), w["value"]) for w in row["content_when"]),
                ),
                entity=names.index(row["source_name"]) if row["source_name"] in names and row["source"] else None,
                within=at.get(row["within"] or ""),
                about=at.get(row["about"] or ""),
            )
            for row in rows
        )
        return Proposed(made, entities)


def _span(held: dict[str, Any]) -> Span:
    return Span(held["start"], held["end"])


def stories(shared: Path) -> None:
    """Pairs of attributions on one claim, whatever the stance, over stories told by two reports each: F1, and how often
    the stance is right on those linked. On the annotated attributions, then end to end: an annotated attribution is the
    one found that shares more than half of its characters."""
    for name, engine in (("annotated attributions", Gold(shared / "gold" / "stories")), ("end to end", None)):
        hit = wrong = missed = right = stances = 0
        for path in sorted((shared / "gold" / "stories").glob("*.claims.json")):
            held, of_claim, stance = _story(path, engine)
            keys = list(held)
            for k, one in enumerate(keys):
                for other in keys[:k]:
                    together = bool(of_claim[one] & of_claim[other])
                    linked = held[one][0] == held[other][0]
                    hit += together and linked
                    wrong += linked and not together
                    missed += together and not linked
            for key, (claim, told) in held.items():
                beside = [o for o in keys if o != key and held[o][0] == claim and of_claim[o] & of_claim[key]]
                if beside:
                    stances += 1
                    right += told in {stance[(*key, c)] for c in of_claim[key]}
        score = 200 * hit / max(1, 2 * hit + wrong + missed)
        share = 100 * right / max(1, stances)
        print(f"stories, {name}: pairs F1 {score:.1f} (found {hit}, wrong {wrong}, missed {missed});")
        print(f"  stance right on {share:.1f} % of {stances} that are linked")


Key = tuple[str, str]


def _story(
    path: Path, engine: Gold | None
) -> tuple[dict[Key, tuple[str, str]], dict[Key, set[str]], dict[tuple[str, str, str], str]]:
    """Of each annotated attribution what it was linked to, with which stance; its claims; and its stances to them."""
    gold = json.loads(path.read_text(encoding="utf8"))
    of_claim: dict[Key, set[str]] = defaultdict(set)
    stance: dict[tuple[str, str, str], str] = {}
    for claim in gold["claims"]:
        for p in claim["positions"]:
            of_claim[p["doc"], p["attribution"]].add(claim["id"])
            stance[p["doc"], p["attribution"], claim["id"]] = p["stance"]
    with tempfile.TemporaryDirectory() as folder:
        files = sorted(path.parent.glob(path.name.replace(".claims.json", "_*.txt")))
        onrecord.record(files, Path(folder) / "r.db", verbatim=True, engine=engine)
        with onrecord.open(Path(folder) / "r.db") as record:
            held = _found(record, files)
    return held, of_claim, stance


def _found(record: onrecord.Record, files: Sequence[Path]) -> dict[Key, tuple[str, str]]:
    """Of each annotated attribution: the claim and the stance of what was found there; of nothing, itself alone."""
    claims = {p.said.id: (c.id, p.stance) for c in record.claims(limit=10**6) for p in c.positions}
    found = {r.report.text: r.attributions for r in record.extractions()}
    held: dict[Key, tuple[str, str]] = {}
    for path in files:
        gold = json.loads(path.with_suffix(".json").read_text(encoding="utf8"))
        for a in gold["attributions"]:
            mine = _characters([_span(c) for c in a["content"]])
            shares = [(len(mine & _characters(f.content)), f.id) for f in found[path.read_text(encoding="utf8")]]
            most, best = max(shares, default=(0, ""))
            alone = (f"{gold['doc']} {a['id']}", "")
            held[gold["doc"], a["id"]] = claims.get(best, alone) if 2 * most > len(mine) else alone
    return held


def _characters(spans: Sequence[Any]) -> set[int]:
    return {k for span in spans for k in range(span.start, span.end)}


class Annotated:
    """An engine that proposes what `training/annotations/bodies.jsonl` has of FNC-1's reports, by their text."""

    run = Run("annotation", "1")

    def __init__(self, rows: dict[str, dict[str, Any]]) -> None:
        self._rows = rows

    def propose(self, reports: Sequence[Report]) -> list[Proposed]:
        """What is annotated of each."""
        return [proposed(report, self._rows[report.text]) for report in reports]


def topics(data: Path) -> None:
    """Real reports by topic that nothing was learned from (`training/annotations/topics.jsonl`, one in ten): pairs of
    attributions on one claim, as linking finds them; precision, recall and F1 over all pairs of a topic."""
    texts = {row["body_id"]: row["text"] for row in rows_of(data / "fnc1-train-bodies.jsonl.xz")}
    rows = annotated()
    held = [json.loads(line) for line in (ANNOTATIONS / "topics.jsonl").read_text(encoding="utf8").splitlines()]
    hit = wrong = missed = count = 0
    for topic in (each for each in held if held_name(each["topic"])):
        on: dict[tuple[str, str], set[int]] = defaultdict(set)
        for k, claim in enumerate(topic["claims"]):
            for body, name, _ in claim["positions"]:
                on[str(body), name].add(k)
        bodies = sorted({body for body, _ in on}, key=int)
        engine = Annotated({texts[b]: rows[int(b)] for b in bodies})
        with tempfile.TemporaryDirectory() as folder:
            for b in bodies:
                (Path(folder) / f"{b}.txt").write_text(texts[b], encoding="utf8", newline="")
            onrecord.record(folder, Path(folder) / "r.db", verbatim=True, engine=engine)
            with onrecord.open(Path(folder) / "r.db") as record:
                claim_of = {p.said.id: c.id for c in record.claims(limit=10**6) for p in c.positions}
                found = {r.report.text: r.attributions for r in record.extractions()}
        told = [
            (on[b, name], claim_of[a.id])
            for b in bodies
            for name, a in _named(rows[int(b)], found.get(texts[b], ()))
            if a.id in claim_of
        ]
        count += len(told)
        for k, (gold, mine) in enumerate(told):
            for other, theirs in told[:k]:
                together, linked = bool(gold & other), mine == theirs
                hit += together and linked
                wrong += linked and not together
                missed += together and not linked
    score, right, share = 200 * hit / max(1, 2 * hit + wrong + missed), hit / max(1, hit + wrong), hit / (hit + missed)
    print(f"topics held out, {count} annotated attributions: pairs F1 {score:.1f}, {100 * right:.1f} % of those joined")
    print(f"  are of one claim, {100 * share:.1f} % of those of one claim are joined")


def _named(row: dict[str, Any], found: Sequence[onrecord.Attribution]) -> Iterator[tuple[str, onrecord.Attribution]]:
    """The attributions found, with what the annotation calls them."""
    by_spans = {
        (tuple(sorted(map(tuple, a["cue"]))), tuple(sorted(map(tuple, a["content"])))): a for a in row["attributions"]
    }
    for a in found:
        cue = ((a.cue.start, a.cue.end),) if a.cue else ()
        match = by_spans.get((cue, tuple((s.start, s.end) for s in a.content)))
        if match:
            yield match["id"], a


def specimen(shared: Path) -> Iterator[str]:
    """How the claim of the specimen stands."""
    with tempfile.TemporaryDirectory() as folder:
        onrecord.record(shared / "specimen" / "report.txt", Path(folder) / "r.db")
        with onrecord.open(Path(folder) / "r.db") as record:
            for claim in record.claims("containers"):
                yield f"specimen: “{claim.wording}”"
                for side in claim.standing().sides:
                    voices = ", ".join(f"{v.name} ({len(v.positions)})" for v in (*side.voices, *side.unnamed))
                    yield f"  {side.stance}: {voices}"
                yield f"  {claim.standing().needed}"


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("parts", nargs="*")
    args = parser.parse_args()
    comparer = Comparer()
    data = args.shared / "data"
    parts = {
        "contradictions": lambda: contradictions(comparer),
        "checked": lambda: checked(comparer, data),
        "emergent": lambda: emergent(comparer, data),
        "challenge": lambda: challenge(comparer, data),
        "stories": lambda: stories(args.shared),
        "topics": lambda: topics(data),
        "specimen": lambda: print("\n".join(specimen(args.shared))),
    }
    for name in args.parts or parts:
        parts[name]()


if __name__ == "__main__":
    main()
