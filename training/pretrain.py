"""Teach the encoder the words of news before it is taught attributions: `python -m training.pretrain DATA OUT`.

all-MiniLM-L6-v2 was made for the meaning of whole sentences; guessing hidden pieces (Devlin et al. 2019), on reports
of the kind that it will read, gives its single words back their use (Gururangan et al. 2020). DATA holds
polnear-train.jsonl.xz and fnc1-train-bodies.jsonl.xz, whose texts alone are taken. Writes OUT/encoder.pt, with a
checkpoint after every epoch, from which it goes on.
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.batches import Batch, batches, masked
from training.minilm import load_minilm, minilm_folder, plain_tokenizer
from training.net import Dropout, Encoder
from training.polnear import documents, read
from training.train import slope

DROP = 0.1
SHARE = 0.2


class Guesser(nn.Module):
    """Vectors of hidden pieces → scores over the vocabulary, against the encoder's own piece table."""

    def __init__(self, hidden: int, vocabulary: int) -> None:
        super().__init__()
        self.turn = nn.Linear(hidden, hidden)
        self.norm = nn.LayerNorm(hidden)
        self.bias = nn.Parameter(torch.zeros(vocabulary))

    def forward(self, vectors: Tensor, pieces: Tensor) -> Tensor:
        """vectors (k, hidden), the piece table (vocabulary, hidden) → (k, vocabulary)."""
        return functional.linear(self.norm(functional.gelu(self.turn(vectors))), pieces, self.bias)


def guess_loss(encoder: Encoder, guesser: Guesser, batch: Batch, rng: random.Random) -> Tensor:
    """Mean negative log-likelihood of the hidden pieces."""
    shown, hidden = masked(batch, SHARE, rng)
    with torch.autocast("cpu", torch.bfloat16):
        vectors = encoder(shown.pieces, shown.features, shown.mask)
        scores = guesser(vectors[hidden], encoder.pieces.weight)
    return functional.cross_entropy(scores.float(), batch.pieces[hidden])


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=3e-4)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    folder = minilm_folder()
    tokenizer = plain_tokenizer(folder)
    rows = read(args.data / "polnear-train.jsonl.xz") + read(args.data / "fnc1-train-bodies.jsonl.xz")
    rows = [{"doc": "", "text": row["text"], "attributions": []} for row in rows]
    encoder = Encoder(drop=DROP)
    load_minilm(encoder, str(folder / "model.safetensors"))
    encoder.pieces.weight.requires_grad = False
    guesser = Guesser(encoder.size.hidden, encoder.size.vocab)
    parameters = [p for p in (*encoder.parameters(), *guesser.parameters()) if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=args.rate, weight_decay=0.01, fused=True)
    parts = nn.ModuleDict({"encoder": encoder, "guesser": guesser})
    checkpoint = args.out / "checkpoint.pt"
    done, step = 0, 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        parts.load_state_dict(saved["parts"])
        optimizer.load_state_dict(saved["optimizer"])
        done, step = saved["epoch"], saved["step"]
    total = args.epochs * sum(1 for _ in batches(documents(rows, tokenizer), args.batch, random.Random(0)))
    for epoch in range(done, args.epochs):
        rng = random.Random(1000 + epoch)
        began, lost = time.time(), 0.0
        for seen, batch in enumerate(batches(documents(rows, tokenizer, rng), args.batch, rng), 1):
            optimizer.param_groups[0]["lr"] = args.rate * slope(step, total)
            Dropout.toss(DROP, 2 * batch.pieces.numel() * encoder.size.hidden)
            loss = guess_loss(encoder, guesser, batch, rng)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            optimizer.zero_grad()
            step += 1
            lost += loss.item()
            if seen % 50 == 0:
                print(f"epoch {epoch + 1} {seen} loss {lost / seen:.3f} {time.time() - began:.0f} s", flush=True)
        torch.save(
            {"parts": parts.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch + 1, "step": step},
            checkpoint,
        )
    torch.save(encoder.state_dict(), args.out / "encoder.pt")


if __name__ == "__main__":
    main()
