"""How teachers read reports without gold: `python -m training.silver DATA OUT.npz WEIGHTS [WEIGHTS …]`.

For all of fnc1-train-bodies.jsonl.xz: how likely the teachers, on average, hold each label of each word.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from onrecord.engines.decode import LABELS, marginals
from onrecord.engines.words import windows
from training.batches import Item, collate, length
from training.minilm import minilm_folder, plain_tokenizer
from training.net import Tagger
from training.polnear import Document, Layer, documents, read

CONTEXT = 32


def plain_documents(rows: list[dict[str, Any]], tokenizer: Tokenizer) -> list[Document]:
    """Reports without gold."""
    return documents([{"doc": r["body_id"], "text": r["text"], "attributions": []} for r in rows], tokenizer)


def taught_documents(path: Path, rows: list[dict[str, Any]], tokenizer: Tokenizer) -> list[Document]:
    """Reports with the teachers' labels instead of gold."""
    with np.load(path, allow_pickle=False) as table:
        soft = np.split(table["soft"], np.cumsum(table["sizes"])[:-1])
    pairs = zip(plain_documents(rows, tokenizer), soft, strict=True)
    return [Document(d.name, d.text, d.words, Layer(), None, s) for d, s in pairs if len(s)]


def taught(teachers: Sequence[Tagger], document: Document) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Windows of a document as first own word and the teachers' mean marginals of the words from there."""
    todo = [Item(document, w) for w in windows(document.words, context=CONTEXT)]
    for k in range(0, len(todo), 16):
        group = sorted(todo[k : k + 16], key=length)
        batch = collate(group, random.Random(0))
        total = np.zeros((*batch.real.shape, len(LABELS)), np.float32)
        for model in teachers:
            with torch.no_grad():
                scores = model.outer.labels(model.words(batch)).numpy()
            steps, first = (getattr(model.outer, name).detach().numpy() for name in ("transitions", "first"))
            total += marginals(scores, batch.real.sum(1).numpy().astype(np.int32), steps, first) / len(teachers)
        for item, held in zip(group, total, strict=True):
            own = item.window.own_start - item.window.start
            yield item.window.own_start, held[own : item.window.end - item.window.start]


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("weights", type=Path, nargs="+")
    args = parser.parse_args()
    teachers = []
    for path in args.weights:
        model = Tagger()
        model.load_state_dict(torch.load(path, weights_only=True))
        teachers.append(model.eval())
    rows = read(args.data / "fnc1-train-bodies.jsonl.xz")
    sizes, parts = [], []
    for document in plain_documents(rows, plain_tokenizer(minilm_folder())):
        held = sorted(taught(teachers, document), key=lambda pair: pair[0])
        sizes.append(len(document.words))
        parts += [part.astype(np.float16) for _, part in held]
    np.savez(args.out, sizes=np.array(sizes), soft=np.concatenate(parts))


if __name__ == "__main__":
    main()
