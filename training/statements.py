"""The model that lays statements side by side: `python -m training.statements DATA_FOLDER OUT`.

One encoder, all-MiniLM-L6-v2, read in two ways. A statement alone → a vector of length 1, by which statements near it
are found. Two statements together, `[CLS] a [SEP] b [SEP]` with a mark on every piece that stands in both → how they
stand to each other: `different`, `same`, `denies`, `doubts`, `contradicts`; and how the second, a headline or a report,
stands to the first: `for`, `against`, `observing`, `unrelated`.

Learns from `annotations/groups.jsonl`, `families.jsonl`, `pairs.tsv` and `topics.jsonl`, and from DATA_FOLDER's FNC-1
and checked claims. Vectors by their likeness within a batch (InfoNCE: van den Oord et al. 2018), pairs by cross
entropy. Writes OUT/statements.pt, with a checkpoint after every epoch, from which it goes on.
"""

from __future__ import annotations

import argparse
import csv
import io
import itertools
import json
import random
import tarfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from onrecord.link.quantities import in_digits
from training.minilm import load_minilm, minilm_folder, plain_tokenizer
from training.net import HALVES, Dropout, Encoder
from training.polnear import read
from training.topics import Topic, alike, apart, held_topic, topics
from training.train import slope

RELATIONS = ("different", "same", "denies", "doubts", "contradicts")
STANCES = ("for", "against", "observing", "unrelated")
CLS, SEP = 101, 102
ANNOTATIONS = Path(__file__).parent / "annotations"
LONGEST = 72
"""Pieces of a statement that are read; of a report beside its headline, `BODY`."""
BODY = 220
DROP = 0.1
OF_GROUP = 3
"""Pairs of each group that an epoch shows."""
OF_TOPICS = 0.3
"""Share of the pairs of real reports that an epoch shows."""
TABLE = 3
"""How often an epoch shows each pair of the table."""
WARM = 20.0
"""By which likenesses of vectors are multiplied."""
_FNC = {"agree": "for", "disagree": "against", "discuss": "observing", "unrelated": "unrelated"}


@dataclass(frozen=True)
class Pair:
    """Two texts and how they stand to each other, as `RELATIONS` or `STANCES` have it."""

    a: str
    b: str
    relation: str | None = None
    stance: str | None = None
    long: bool = False


class Judge(nn.Module):
    """The encoder with what marks a pair, and the two heads."""

    def __init__(self, drop: float = DROP) -> None:
        super().__init__()
        self.encoder = Encoder(drop=drop)
        hidden = self.encoder.size.hidden
        self.side = nn.Embedding(2, hidden)
        self.both = nn.Embedding(2, hidden)
        self.turn = nn.Linear(2 * hidden, hidden)
        self.relation = nn.Linear(hidden, len(RELATIONS))
        self.stance = nn.Linear(hidden, len(STANCES))
        nn.init.zeros_(self.both.weight)
        nn.init.zeros_(self.side.weight)

    def forward(self, pieces: Tensor, marks: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """pieces (b, n), 0 is padding; marks (b, n): 1 on the second text, plus 2 on what stands in both → vectors
        (b, hidden) of length 1, relations (b, 5), stances (b, 4)."""
        real = (pieces > 0).to(torch.float32)
        at = torch.arange(pieces.shape[1], device=pieces.device)
        x = self.encoder.pieces(pieces) + self.encoder.positions(at)
        x = x + self.side(marks % 2) + self.both(marks // 2)
        x = self.encoder.drop(self.encoder.norm(x))
        barred = ((1 - real.to(x.dtype)) * -10000.0)[:, None, None, :]
        for layer in self.encoder.layers:
            x = layer(x, barred)
        x = x.float()
        mean = (x * real[..., None]).sum(1) / real.sum(1, keepdim=True)
        read = functional.gelu(self.turn(torch.cat([x[:, 0], mean], 1).to(self.turn.weight.dtype)).float())
        return functional.normalize(mean, dim=1), self.relation(read), self.stance(read)


def groups(path: Path) -> list[dict[str, Any]]:
    """Groups of statements about one claim each."""
    return [json.loads(line) for line in path.read_text(encoding="utf8").splitlines() if line.strip()]


def of_group(group: dict[str, Any], rng: random.Random) -> Iterator[Pair]:
    """The pairs that a group's statements make."""
    held = [group["claim"], *group["affirms"]]
    for a, b in itertools.combinations(held, 2):
        yield Pair(a, b, "same")
    for relation, name in (("denies", "denies"), ("doubts", "doubts"), ("contradicts", "contradicts")):
        for other in group[name]:
            for a in (group["claim"], *rng.sample(group["affirms"], 2)):
                yield Pair(a, other, relation)
    for other in group["other"]:
        for a in (group["claim"], *rng.sample(group["affirms"], 2)):
            yield Pair(a, other, "different")
    for a, b in itertools.combinations(group["denies"], 2):
        yield Pair(a, b, "same")
    for a, b in itertools.combinations(group["other"], 2):
        if rng.random() < 0.3:
            yield Pair(a, b, "different")
    for stance, headlines in group["headlines"].items():
        for headline in headlines:
            yield Pair(group["claim"], headline, stance=stance)
    loose = [h for hs in group["headlines"].values() for h in hs]
    yield Pair(rng.choice(group["other"][1:3]), rng.choice(loose), stance="unrelated")
    for name, stance in (("affirms", "for"), ("denies", "against"), ("doubts", "observing")):
        yield Pair(group["claim"], rng.choice(group[name]), stance=stance)


def of_family(family: dict[str, Any], rng: random.Random) -> Iterator[Pair]:
    """The pairs that the statements about one event make."""
    claims = {c["id"]: c["text"] for c in family["claims"]}
    kinds = {"affirms": "same", "denies": "denies", "doubts": "doubts"}
    rivals = {frozenset(pair) for pair in family["contradicts"]}
    said = [s for s in family["said"] if s["stance"] in kinds or not s["claim"]]
    for s in said:
        if s["claim"] and (s["stance"] == "affirms" or "den" not in s["cue"]):
            yield Pair(claims[s["claim"]], s["content"], kinds[s["stance"]])
        for other, text in claims.items():
            if other != s["claim"] and s["stance"] == "affirms":
                rival = frozenset((other, s["claim"])) in rivals
                if rival or rng.random() < 0.6:
                    yield Pair(text, s["content"], "contradicts" if rival else "different")
    for a, b in itertools.combinations([s for s in said if s["claim"] and s["stance"] == "affirms"], 2):
        rival = frozenset((a["claim"], b["claim"])) in rivals
        if a["claim"] == b["claim"]:
            yield Pair(a["content"], b["content"], "same")
        elif rival or rng.random() < 0.3:
            yield Pair(a["content"], b["content"], "contradicts" if rival else "different")


def of_table(path: Path) -> Iterator[Pair]:
    """Pairs of a table that are learned from: what decides, relation, both statements. Where negation decides, one
    denies the other."""
    for line in path.read_text(encoding="utf8").splitlines():
        kind, relation, a, b = line.split("\t")
        if not held_pair(a):
            yield Pair(a, b, "denies" if relation == "contradicts" and kind == "negation" else relation)


def body_shown(headline: str, text: str) -> str:
    """Of a report what is read beside a headline: its beginning, then the sentences that share most words with it."""
    sentences = [s.strip() for line in text.splitlines() for s in line.replace("? ", ". ").split(". ") if s.strip()]
    words = {w for w in headline.lower().split() if len(w) > 3}
    first = sentences[:3]
    rest = sorted(sentences[3:], key=lambda s: -len(words & set(s.lower().split())))[:4]
    kept = set(rest)
    return ". ".join([*first, *(s for s in sentences[3:] if s in kept)])


def held_body(body_id: str) -> bool:
    """Whether a report of FNC-1's training set is held out: one in five."""
    return hash_of(body_id) % 5 == 0


def hash_of(text: str) -> int:
    """The same number for the same text on any machine."""
    return sum((k + 1) * 7919 * ord(c) for k, c in enumerate(text)) // 7


def of_challenge(data: Path) -> tuple[list[Pair], list[Pair]]:
    """FNC-1's training pairs: those to learn from, and those whose report is held out."""
    texts = {row["body_id"]: row["text"] for row in read(data / "fnc1-train-bodies.jsonl.xz")}
    learn, held = [], []
    for row in read(data / "fnc1-train-pairs.jsonl.xz"):
        shown = body_shown(row["headline"], texts[row["body_id"]])
        pair = Pair(row["headline"], shown, stance=_FNC[row["stance"]], long=True)
        (held if held_body(row["body_id"]) else learn).append(pair)
    return learn, held


def checked(data: Path) -> tuple[dict[str, str], dict[str, list[tuple[str, str]]]]:
    """Checked claims by id, and of `train` and `dev` the texts with the claim that each is about."""
    with tarfile.open(data / "checked-claims-train.tar.xz") as tar:
        files = {}
        for member in tar.getmembers():
            handle = tar.extractfile(member)
            if handle is not None:
                files[Path(member.name).name] = handle.read().decode("utf8")

    def rows(name: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(files[name]), delimiter="\t"))

    claims = {row[0]: f"{row[1]} {row[2]}" for row in rows("v3.0-verified_claims.docs.tsv")[1:]}
    found = {}
    for part in ("train", "dev"):
        texts = {row[0]: row[1] for row in rows(f"{part}-tweets.queries.tsv")[1:]}
        pairs = [line.split() for line in files[f"{part}-tweet-vclaim-pairs.qrels"].splitlines() if line.strip()]
        found[part] = [(texts[p[0]], p[2]) for p in pairs if p[3] == "1"]
    return claims, found


class Shower:
    """Texts → pieces and marks."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._met: dict[str, list[int]] = {}

    def ids(self, text: str, longest: int) -> list[int]:
        """The pieces of a text."""
        if text not in self._met:
            self._met[text] = self._tokenizer.encode(in_digits(text), add_special_tokens=False).ids
        return self._met[text][:longest]

    def pairs(self, pairs: Sequence[tuple[str, str]], *, long: bool = False) -> tuple[Tensor, Tensor]:
        """Two texts together."""
        made = []
        for a, b in pairs:
            one, other = self.ids(a, LONGEST), self.ids(b, BODY if long else LONGEST)
            met = set(one) & set(other)
            pieces = [CLS, *one, SEP, *other, SEP]
            marks = [0, *(2 * (p in met) for p in one), 0, *(1 + 2 * (p in met) for p in other), 1]
            made.append((pieces, marks))
        return self._padded(made)

    def alone(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Each text for itself."""
        return self._padded([([CLS, *self.ids(t, LONGEST), SEP], [0] * (len(self.ids(t, LONGEST)) + 2)) for t in texts])

    @staticmethod
    def _padded(made: Sequence[tuple[list[int], list[int]]]) -> tuple[Tensor, Tensor]:
        n = max(len(pieces) for pieces, _ in made)
        pieces, marks = (torch.zeros(len(made), n, dtype=torch.long) for _ in range(2))
        for k, (p, m) in enumerate(made):
            pieces[k, : len(p)], marks[k, : len(m)] = torch.tensor(p), torch.tensor(m)
        return pieces, marks


def of_topic(topic: Topic, rng: random.Random) -> Iterator[Pair]:
    """The pairs that a topic of real reports makes."""
    for a, b, relation in (*alike(topic, rng), *apart(topic, rng)):
        yield Pair(a, b, relation)
    stances = {"+": "for", "-": "against", "?": "observing"}
    for text, members in topic.claims:
        for side, stance in stances.items():
            mine = [member.text for member in members if member.side == side]
            if mine:
                yield Pair(text, rng.choice(mine), stance=stance)


def learned(rng: random.Random, wide: list[Pair], real: Sequence[Topic]) -> list[Pair]:
    """The pairs of one epoch."""
    pairs = [p for topic in real if not held_topic(topic) for p in of_topic(topic, rng) if rng.random() < OF_TOPICS]
    for group in groups(ANNOTATIONS / "groups.jsonl"):
        if not held_group(group):
            made = list(of_group(group, rng))
            pairs += rng.sample(made, min(len(made), OF_GROUP))
    pairs += [p for f in groups(ANNOTATIONS / "families.jsonl") if not held_family(f) for p in of_family(f, rng)]
    pairs += list(of_table(ANNOTATIONS / "pairs.tsv")) * TABLE
    near = [p for p in wide if p.stance != "unrelated"]
    pairs += rng.sample(near, min(len(near), 500)) + rng.sample([p for p in wide if p.stance == "unrelated"], 200)
    against = [p for p in near if p.stance == "against"]
    pairs += rng.sample(against, len(against) // 2)
    flipped = [Pair(p.b, p.a, p.relation) if p.relation and rng.random() < 0.5 else p for p in pairs]
    rng.shuffle(flipped)
    return flipped


def held_group(group: dict[str, Any]) -> bool:
    """Whether a group is held out to measure on: one in twelve."""
    return hash_of(group["claim"]) % 12 == 0


def held_pair(a: str) -> bool:
    """Whether a pair of the table is held out to measure on, by its first statement: one in twelve."""
    return hash_of(a) % 12 == 0


def held_family(family: dict[str, Any]) -> bool:
    """Whether an event is held out to measure on: one in six."""
    return hash_of(family["event"]) % 6 == 0


def batches(pairs: Sequence[Pair], size: int, rng: random.Random) -> Iterator[list[Pair]]:
    """Pairs of like length together, those with reports apart, in random order."""
    made = []
    for long in (False, True):
        pool = [p for p in pairs if p.long == long]
        step = size // 4 if long else size
        for k in range(0, len(pool), step * 30):
            part = sorted(pool[k : k + step * 30], key=lambda p: len(p.a) + len(p.b))
            made += [part[j : j + step] for j in range(0, len(part), step)]
    rng.shuffle(made)
    yield from made


def neighbours(data: Path, rng: random.Random, real: Sequence[Topic]) -> Iterator[list[tuple[str, str]]]:
    """Batches of texts and those that should be found for them, for ever."""
    claims, found = checked(data)
    while True:
        pool = [(text, claims[c]) for text, c in found["train"] if c in claims]
        for g in groups(ANNOTATIONS / "groups.jsonl"):
            if held_group(g):
                continue
            for other in (*g["affirms"], *g["denies"], *g["contradicts"][:1], g["headlines"]["for"][0]):
                if rng.random() < 0.5:
                    pool.append((rng.choice([g["claim"], *g["affirms"]]), other))
        for f in groups(ANNOTATIONS / "families.jsonl"):
            if not held_family(f):
                texts = {c["id"]: c["text"] for c in f["claims"]}
                pool += [
                    (texts[s["claim"]], s["content"]) for s in f["said"] if s["claim"] and s["stance"] != "declines"
                ]
        pool += [(a, b) for t in real if not held_topic(t) for a, b, _ in alike(t, rng) if rng.random() < 0.5]
        pool = [(a, b) for a, b in pool if a != b]
        rng.shuffle(pool)
        for k in range(0, len(pool) - 47, 48):
            yield pool[k : k + 48]


def pair_loss(judge: Judge, shower: Shower, batch: Sequence[Pair], weights: Tensor) -> Tensor:
    """Cross entropy of relations and stances."""
    pieces, marks = shower.pairs([(p.a, p.b) for p in batch], long=batch[0].long)
    with torch.autocast("cpu", torch.bfloat16, enabled=HALVES):
        _, relations, stances = judge(pieces, marks)
    total = relations.new_zeros((), dtype=torch.float32)
    r = torch.tensor([RELATIONS.index(p.relation) if p.relation else -1 for p in batch])
    s = torch.tensor([STANCES.index(p.stance) if p.stance else -1 for p in batch])
    if (r >= 0).any():
        total = total + functional.cross_entropy(relations.float(), r, ignore_index=-1, label_smoothing=0.05)
    if (s >= 0).any():
        total = total + functional.cross_entropy(stances.float(), s, weights, ignore_index=-1, label_smoothing=0.05)
    return total


def near_loss(judge: Judge, shower: Shower, batch: Sequence[tuple[str, str]]) -> Tensor:
    """That each text's vector is nearer to its own than to the others of the batch, both ways."""
    with torch.autocast("cpu", torch.bfloat16, enabled=HALVES):
        one, other = (judge(*shower.alone([pair[k] for pair in batch]))[0].float() for k in (0, 1))
    scores = WARM * one @ other.T
    same = torch.tensor([[b == d or a == c for c, d in batch] for a, b in batch])
    scores = scores.masked_fill(same & ~torch.eye(len(batch), dtype=torch.bool), -1e4)
    gold = torch.arange(len(batch))
    return (functional.cross_entropy(scores, gold) + functional.cross_entropy(scores.T, gold)) / 2


def start(drop: float = DROP) -> Judge:
    """The encoder as it comes."""
    judge = Judge(drop)
    load_minilm(judge.encoder, str(minilm_folder() / "model.safetensors"))
    return judge


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batch", type=int, default=48)
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--start", type=Path, default=None, help="weights of an earlier training to go on from")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    shower = Shower(plain_tokenizer(minilm_folder()))
    judge = start()
    if args.start:
        held = torch.load(args.start, weights_only=True)
        judge.load_state_dict(held.get("judge", held))
    optimizer = torch.optim.AdamW(judge.parameters(), lr=args.rate, weight_decay=0.01, fused=True)
    wide, _ = of_challenge(args.data)
    weights = torch.tensor([1.0, 1.5, 1.0, 1.0])
    checkpoint = args.out / "checkpoint.pt"
    done, step = 0, 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        judge.load_state_dict(saved["judge"])
        optimizer.load_state_dict(saved["optimizer"])
        done, step = saved["epoch"], saved["step"]
    texts = {row["body_id"]: row["text"] for row in read(args.data / "fnc1-train-bodies.jsonl.xz")}
    real = topics(texts)
    steps = len(list(batches(learned(random.Random(0), wide, real), args.batch, random.Random(0)))) * args.epochs
    for epoch in range(done, args.epochs):
        rng = random.Random(epoch)
        near = neighbours(args.data, rng, real)
        judge.train()
        began, total, count = time.time(), 0.0, 0
        for batch in batches(learned(rng, wide, real), args.batch, rng):
            Dropout.toss(DROP, 2 * args.batch * 2 * (LONGEST + 2) * 384)
            loss = pair_loss(judge, shower, batch, weights)
            if step % 3 == 0:
                loss = loss + near_loss(judge, shower, next(near))
            optimizer.param_groups[0]["lr"] = args.rate * slope(step, steps)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(judge.parameters(), 1.0)
            optimizer.step()
            step, total, count = step + 1, total + float(loss.detach()), count + 1
            if count % 50 == 0:
                print(f"  {count} {total / count:.3f} {(time.time() - began) / count:.2f} s a step", flush=True)
        print(f"epoch {epoch + 1}: loss {total / max(1, count):.3f}, {time.time() - began:.0f} s", flush=True)
        state = {"judge": judge.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch + 1, "step": step}
        torch.save(state, checkpoint)
    torch.save(judge.state_dict(), args.out / "statements.pt")


if __name__ == "__main__":
    main()
