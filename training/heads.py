"""Train the heads of whole texts on vectors that stay as they are: `python -m training.heads DATA OUT.pt WEIGHTS`.

The encoder sees a text once; who is who, acts and what belongs where are then learned in many rounds, which
takes minutes. Several WEIGHTS: their mean.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from onrecord.engines.decode import label_ids
from onrecord.engines.words import windows
from training.annotations import annotated, bodies, written
from training.batches import Item, collate
from training.export import mean
from training.meaning import belongs_loss, meaning_loss, who_loss
from training.minilm import minilm_folder, plain_tokenizer
from training.net import Dropout, Tagger
from training.polnear import documents, read
from training.whole import Whole, gum, is_held_out, read_bodies, wholes_of, words_only

HEADS = ("sense", "resolver", "belongs")
WHO = ("who", "resolver")
DROP = 0.2


def vectors_of(model: Tagger, whole: Whole) -> Tensor:
    """Vectors of a document's words (n, hidden), as at run time."""
    items = [Item(whole.document, w) for w in windows(whole.document.words, context=32)]
    found = []
    for k in range(0, len(items), 16):
        group = items[k : k + 16]
        with torch.no_grad():
            per_word = model.words(collate(group, random.Random(0)))
        for row, item in enumerate(group):
            window = item.window
            found.append(per_word[row, window.own_start - window.start : window.own_end - window.start])
    return torch.cat(found)


def loss_of(model: Tagger, words: Tensor, whole: Whole, rng: random.Random, heads: Sequence[str] = HEADS) -> Tensor:
    """All that is known of one document."""
    loss = torch.zeros(())
    if whole.who:
        loss = loss + who_loss(model, words, whole.who)
    if heads == WHO:
        layer, n = whole.document.who, len(words)
        if layer is not None:
            gold = torch.from_numpy(label_ids(layer.spans, n)).long()[None]
            scores = model.who.labels(model.drop(words))[None]
            loss = loss + model.who.loss(scores, gold, torch.ones(1, n)) / (n / 10)
        return loss
    if whole.read:
        loss = loss + meaning_loss(model, words, whole.said, rng)
    if whole.whole:
        loss = loss + belongs_loss(model, words, whole)
    return loss


def learn(
    model: Tagger,
    shown: Sequence[tuple[Whole, Tensor]],
    rounds: int,
    rate: float,
    rng: random.Random,
    heads: Sequence[str] = HEADS,
) -> None:
    """Rounds over all documents, one a step; rates fall to 0. Tables of features learn ten times as fast."""
    named = [(n, p) for head in heads for n, p in getattr(model, head).named_parameters()]
    tables = [p for n, p in named if n.startswith(("tables.", "alone.")) or n in ("lexicon.weight", "bits.weight")]
    rest = [p for n, p in named if not any(p is t for t in tables)]
    groups = [{"params": rest, "weight_decay": 0.02}, {"params": tables, "lr": 10 * rate, "weight_decay": 0.001}]
    optimizer = torch.optim.AdamW(groups, lr=rate)
    falling = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [rate, 10 * rate], total_steps=rounds * len(shown), pct_start=0.1
    )
    order, began = list(shown), time.time()
    for k in range(rounds):
        rng.shuffle(order)
        lost = 0.0
        for whole, words in order:
            Dropout.toss(DROP, 4_000_000)
            loss = loss_of(model, words, whole, rng, heads)
            if loss.requires_grad:
                loss.backward()
                torch.nn.utils.clip_grad_norm_([p for _, p in named], 1.0)
                optimizer.step()
                optimizer.zero_grad()
                lost += loss.item()
            falling.step()
        print(f"round {k + 1} of {rounds}: {lost / len(order):.3f}, {time.time() - began:.0f} s", flush=True)


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("weights", type=Path, nargs="+")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--who", action="store_true", help="mentions and who is who alone")
    parser.add_argument("--heard", type=Path, help="file that training.heard wrote")
    args = parser.parse_args()
    torch.manual_seed(1)
    tokenizer = plain_tokenizer(minilm_folder())
    rows = annotated(read(args.data / "polnear-train.jsonl.xz"))
    model = Tagger(DROP)
    model.load_state_dict(mean([torch.load(path, weights_only=True) for path in args.weights]), strict=False)
    other = [r for r in read(args.data / "gum-open.jsonl.xz") if not is_held_out(r)]
    heard = json.loads(args.heard.read_text()) if args.heard else {}
    read_anew = bodies(read(args.data / "fnc1-train-bodies.jsonl.xz")) + written()
    wholes = wholes_of(documents(rows, tokenizer), rows)
    wholes += read_bodies(documents(read_anew, tokenizer), read_anew)
    wholes += gum(words_only(other, tokenizer), other, heard)
    model.eval()
    shown = [(whole, vectors_of(model, whole)) for whole in wholes if whole.who or not args.who]
    learn(model.train(), shown, args.rounds, args.rate, random.Random(1), WHO if args.who else HEADS)
    torch.save(model.state_dict(), args.out)


if __name__ == "__main__":
    main()
