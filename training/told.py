"""What PolNeAR marks that is no statement: `python -m training.told DATA_FOLDER OUT.json WEIGHTS`.

PolNeAR's annotators mark acts and feelings too; the guide leaves them out. Of those that nobody read with the guide,
the tagger itself says which are which. By article, the numbers of attributions that it takes for no statement.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import torch

from onrecord.engines.words import windows
from training.batches import Item, collate
from training.minilm import minilm_folder, plain_tokenizer
from training.net import Tagger
from training.polnear import documents, read


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("weights", type=Path)
    args = parser.parse_args()
    model = Tagger()
    model.load_state_dict(torch.load(args.weights, weights_only=True), strict=False)
    model.eval()
    found: dict[str, list[int]] = {}
    rows = read(args.data / "polnear-train.jsonl.xz")
    # Numbered, so that each cue of a batch names its attribution.
    numbered = [[{**a, "statement": k + 1} for k, a in enumerate(row["attributions"])] for row in rows]
    rows = [{**row, "attributions": each} for row, each in zip(rows, numbered, strict=True)]
    todo = [Item(d, w) for d in documents(rows, plain_tokenizer(minilm_folder())) for w in windows(d.words, context=0)]
    for k in range(0, len(todo), 16):
        group = todo[k : k + 16]
        batch = collate(group, random.Random(0))
        if not len(batch.statements):
            continue
        row, start, last, number = batch.statements.T
        with torch.no_grad():
            per_word = model.words(batch)
            scores = model.statement(torch.cat([per_word[row, start], per_word[row, last]], 1))[:, 0]
        for at, n, score in zip(row.tolist(), number.tolist(), scores.tolist(), strict=True):
            if score < 0:
                found.setdefault(group[at].document.name, []).append(n - 1)
    args.out.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
