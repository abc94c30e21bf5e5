"""Which reports reprint one text: `python bench/copies.py DATA [--part tune]`.

DATA holds polnear-train, polnear-dev, fnc1-train-bodies, same-event-train and gum-open (.jsonl.xz). Families are made
of reports that nothing else there resembles, by the same comparison: cut, under another headline, in another order,
with a credit line, a tenth to two fifths of their words edited. They are looked for among all reports of the folder.
`--part tune` makes them of the half of the reports on which the limits were chosen; the other half is measured. Beside
it, in the same run: how many documents a second datasketch (MinHash of 128, LSH) takes in.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
import random
import re
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from onrecord.link import Compared, Copies, Likeness, alike

FILES = ("polnear-train", "polnear-dev", "fnc1-train-bodies", "same-event-train", "gum-open")
FAMILIES = 320
SHORTEST = 120
ALONE = 0.3
"""A report is taken for a family where nothing else in the folder has more of its words than this."""
CREDITS = ("(Reuters) - ", "By The Associated Press\n\n", "LONDON (AFP) — ", "")
HEADLINES = ("What we know so far", "Officials respond as questions mount", "Live: latest updates", "")


@dataclass(frozen=True)
class Text:
    """A text, and the family it is of, if any."""

    text: str
    family: int | None = None


def reports(data: Path) -> list[str]:
    """The texts of the folder's reports, each once, in a fixed order."""
    found: dict[str, None] = {}
    for name in FILES:
        with lzma.open(data / f"{name}.jsonl.xz", "rt", encoding="utf8") as lines:
            found |= dict.fromkeys(json.loads(line)["text"] for line in lines)
    return [text for text in found if len(text.split()) >= 40]


def edited(text: str, share: float, words: Sequence[str], rng: random.Random) -> str:
    """So many of its words replaced by others, left out, or put in, a few in a row."""
    pieces = re.split(r"(\s+)", text)
    at = list(range(0, len(pieces), 2))
    left = int(share * len(at))
    while left > 0:
        first, run = rng.choice(at), rng.randint(1, 4)
        for k in range(first, min(first + 2 * run, len(pieces)), 2):
            dice = rng.random()
            pieces[k] = "" if dice < 0.2 else rng.choice(words) if dice < 0.8 else f"{pieces[k]} {rng.choice(words)}"
            left -= 1
    return "".join(pieces)


def variant(text: str, words: Sequence[str], rng: random.Random) -> str:
    """One reprint: two or three of the ways in which papers change a text."""
    blocks = [b for b in re.split(r"\n+", text) if b.strip()]
    if len(blocks) < 4:
        blocks = re.split(r"(?<=[.!?]) ", text)
    ways = rng.sample(("cut", "order", "edit", "head"), rng.randint(2, 3))
    if "cut" in ways:
        blocks = blocks[: max(2, int(len(blocks) * rng.uniform(0.35, 0.85)))]
    if "order" in ways:
        rest = blocks[1:]
        rng.shuffle(rest)
        blocks = [blocks[0], *rest]
    made = "\n\n".join(blocks)
    if "edit" in ways:
        made = edited(made, rng.uniform(0.1, 0.4), words, rng)
    if "head" in ways:
        made = f"{rng.choice(HEADLINES)}\n\n{rng.choice(CREDITS)}{made}"
    return made


def pairs_of(texts: Iterable[str]) -> Iterator[tuple[int, int, Likeness]]:
    """Texts that are laid side by side, by number, the later first, and how much of them is one."""
    index, held = Copies({}, {}), list[Compared]()
    for number, text in enumerate(texts):
        mine = Compared(text)
        for other in index.meet(number, mine.sketch)[0]:
            yield number, other, alike(mine, held[other])
        held.append(mine)


def families(texts: Sequence[str], part: str, rng: random.Random) -> list[Text]:
    """Three reprints of each of the reports chosen, with all reports of the folder, in random order."""
    near = {k for one, other, how in pairs_of(texts) if how.kept > ALONE for k in (one, other)}
    half = [
        k
        for k, text in enumerate(texts)
        if k not in near
        and len(text.split()) >= SHORTEST
        and (hashlib.sha256(text.encode()).digest()[0] % 2 == 0) == (part == "tune")
    ]
    words = [w for text in rng.sample(list(texts), 50) for w in text.split()]
    chosen = dict.fromkeys(rng.sample(half, FAMILIES))
    found = [Text(text, k if k in chosen else None) for k, text in enumerate(texts)]
    found += [Text(variant(texts[k], words, rng), k) for k in chosen for _ in range(3)]
    rng.shuffle(found)
    return found


def measured(found: Sequence[Text]) -> dict[str, float]:
    """Pairs of one family that are found, and of the pairs found that a family has a part in, those that are right."""
    pairs = {(a, b) for a, b, how in pairs_of(t.text for t in found) if how.copied}
    family = [t.family for t in found]
    members: dict[int, list[int]] = {}
    for k, f in enumerate(family):
        if f is not None:
            members.setdefault(f, []).append(k)
    gold = {(b, a) for group in members.values() for i, a in enumerate(group) for b in group[i + 1 :]}
    mine = {(a, b) for a, b in pairs if family[a] is not None or family[b] is not None}
    root = list(range(len(found)))

    def top(k: int) -> int:
        while root[k] != k:
            root[k] = root[root[k]]
            k = root[k]
        return k

    for a, b in pairs:
        root[top(a)] = top(b)
    together = sum(top(a) == top(b) for a, b in gold)
    return {
        "families": len(members),
        "reports": len(found),
        "pairs": len(gold),
        "recall of pairs": len(gold & mine) / len(gold),
        "recall, joined over others": together / len(gold),
        "precision": len(gold & mine) / max(1, len(mine)),
    }


def rates(texts: Sequence[str]) -> dict[str, float]:
    """Documents a second: ours, everything counted, and datasketch's."""
    began = time.perf_counter()
    list(pairs_of(texts))
    ours = len(texts) / (time.perf_counter() - began)
    try:
        from datasketch import MinHash, MinHashLSH
    except ImportError:
        sys.exit("datasketch is not installed, which this is compared with: pip install datasketch")
    began = time.perf_counter()
    index = MinHashLSH(threshold=0.5, num_perm=128)
    for k, text in enumerate(texts):
        words = re.findall(r"\w+", text.lower())
        made = MinHash(num_perm=128)
        made.update_batch([" ".join(words[j : j + 3]).encode() for j in range(max(1, len(words) - 2))])
        index.query(made)
        index.insert(k, made)
    theirs = len(texts) / (time.perf_counter() - began)
    return {"documents/s": ours, "documents/s, datasketch": theirs, "ratio": ours / theirs}


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--part", choices=("tune", "measure"), default="measure")
    args = parser.parse_args()
    texts = reports(args.data)
    for name, value in (measured(families(texts, args.part, random.Random(5))) | rates(texts)).items():
        print(f"{name:28}{value:12.4f}" if value < 10 else f"{name:28}{value:12,.0f}")


if __name__ == "__main__":
    main()
