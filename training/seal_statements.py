"""The trained model of statements → what ships: `python -m training.seal_statements DATA_FOLDER WEIGHTS DESTINATION`.

One graph: pieces and marks (b, n) → vectors (b, 384) of length 1, relations (b, 5), stances (b, 4); weights in 8 bits.
`cells.npz`: 4,096 directions, the means of clusters of what reports of PolNeAR and FNC-1 say (spherical k-means:
Dhillon & Modha 2001), by which statements near each other are looked up.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from training.minilm import minilm_folder, plain_tokenizer
from training.polnear import read
from training.statements import ANNOTATIONS, Judge, Shower, groups

CELLS = 4096
ROUNDS = 12


class Inference(nn.Module):
    """The model as it runs: whole numbers of 32 bits in."""

    def __init__(self, judge: Judge) -> None:
        super().__init__()
        self.judge = judge

    def forward(self, pieces: Tensor, marks: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """See the module's docstring."""
        vectors, relations, stances = self.judge(pieces, marks)
        return vectors, relations, stances


def to_onnx(judge: Judge, path: Path) -> None:
    """Write the graph as ONNX, fp32, with free batch size and length."""
    n = torch.export.Dim("n", min=2, max=512)
    b = torch.export.Dim("b", min=1, max=4096)
    torch.onnx.export(
        Inference(judge).eval(),
        (torch.ones(3, 40, dtype=torch.int32), torch.zeros(3, 40, dtype=torch.int32)),
        str(path),
        input_names=["pieces", "marks"],
        output_names=["vectors", "relations", "stances"],
        dynamic_shapes={"pieces": {0: b, 1: n}, "marks": {0: b, 1: n}},
        dynamo=True,
        external_data=False,
        verbose=False,
    )


def compress(path: Path, destination: Path) -> None:
    """The same graph with weights of 8 bits, each row with a scale of its own; products stay as they are: with products
    of 8 bits contradictions lose 8 points."""
    import nncf

    model = nncf.compress_weights(onnx.load(path), mode=nncf.CompressWeightsMode.INT8_ASYM)
    model.producer_name, model.producer_version, model.doc_string = "onrecord", "", ""
    del model.metadata_props[:]
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    onnx.save(model, destination)


def said(data: Path) -> list[str]:
    """What is attributed in PolNeAR's training reports, sentences of FNC-1's, and the statements of groups."""
    contents = [
        " ".join(row["text"][a:b] for a, b in each["content"])
        for row in read(data / "polnear-train.jsonl.xz")
        for each in row["attributions"]
        if each["content"]
    ]
    lines = [s for row in read(data / "fnc1-train-bodies.jsonl.xz") for s in row["text"].split(". ") if len(s) > 40]
    of_groups = [s for g in groups(ANNOTATIONS / "groups.jsonl") for s in (g["claim"], *g["affirms"])]
    rng = random.Random(1)
    return rng.sample(contents, min(len(contents), 14000)) + rng.sample(lines, min(len(lines), 9000)) + of_groups


@torch.no_grad()
def cells(judge: Judge, shower: Shower, texts: list[str]) -> np.ndarray:
    """The directions (CELLS, 384)."""
    order = sorted(range(len(texts)), key=lambda k: len(texts[k]))
    vectors = np.zeros((len(texts), 384), np.float32)
    for k in range(0, len(order), 128):
        rows = order[k : k + 128]
        with torch.autocast("cpu", torch.bfloat16):
            vectors[rows] = judge(*shower.alone([texts[j] for j in rows]))[0].float().numpy()
    rng = np.random.default_rng(1)
    found = vectors[rng.choice(len(vectors), CELLS, replace=False)].copy()
    for _ in range(ROUNDS):
        nearest = (vectors @ found.T).argmax(1)
        for k in range(CELLS):
            mine = vectors[nearest == k]
            if len(mine):
                mean = mine.mean(0)
                found[k] = mean / np.linalg.norm(mean)
    return found


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("destination", type=Path)
    args = parser.parse_args()
    args.destination.mkdir(parents=True, exist_ok=True)
    shower = Shower(plain_tokenizer(minilm_folder()))
    judge = Judge()
    held = torch.load(args.weights, weights_only=True)
    judge.load_state_dict(held.get("judge", held))
    judge.eval()
    whole = args.weights.with_suffix(".onnx")
    to_onnx(judge, whole)
    compress(whole, args.destination / "statements.onnx")
    np.savez(args.destination / "cells.npz", cells=cells(judge, shower, said(args.data)).astype(np.float16))
    names = ("statements.onnx", "cells.npz")
    digests = {name: hashlib.sha256((args.destination / name).read_bytes()).hexdigest() for name in names}
    (args.destination / "digests.json").write_text(json.dumps(digests, indent=1) + "\n")


if __name__ == "__main__":
    main()
