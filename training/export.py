"""Trained weights → the graph that ships: `python -m training.export DATA_FOLDER DESTINATION WEIGHTS [WEIGHTS …]`.

Of several stages of one training, the mean of their weights (Izmailov et al. 2018).

One graph: pieces and features of windows (b, n), (b, n, 4) → label scores (b, n, 13) of attributions and of those
within contents, and vectors (b, n, 384), one a piece; those of a word's first piece count. The chains and the linker
are small tables beside it, applied in numpy. Matrix products are in whole numbers of 8 bits, with scales found on
windows of polnear-train.jsonl.xz in DATA_FOLDER (NNCF; SmoothQuant: Xiao et al. 2023).
"""

from __future__ import annotations

import argparse
import random
import shutil
from pathlib import Path

import numpy as np
import onnx
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from onrecord.engines.words import FEATURES, windows
from training.batches import Item, collate
from training.minilm import minilm_folder, plain_tokenizer
from training.net import Tagger
from training.polnear import documents, read
from training.seal import seal

WINDOWS = 300


class Inference(nn.Module):
    """The part of the tagger that runs in the graph."""

    def __init__(self, tagger: Tagger) -> None:
        super().__init__()
        self.encoder = tagger.encoder
        self.outer = tagger.outer.labels
        self.inner = tagger.inner.labels

    def forward(self, pieces: Tensor, features: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """See the module's docstring. Piece 0 is padding."""
        vectors = self.encoder(pieces, features, (pieces > 0).to(torch.float32))
        return self.outer(vectors), self.inner(vectors), vectors


def to_onnx(tagger: Tagger, path: Path) -> None:
    """Write the graph as ONNX, fp32, with free batch size and length."""
    n = torch.export.Dim("n", min=2, max=512)
    b = torch.export.Dim("b", min=1, max=4096)
    torch.onnx.export(
        Inference(tagger).eval(),
        (torch.ones(3, 40, dtype=torch.int32), torch.zeros(3, 40, len(FEATURES), dtype=torch.int32)),
        str(path),
        input_names=["pieces", "features"],
        output_names=["scores", "inner", "vectors"],
        dynamic_shapes={"pieces": {0: b, 1: n}, "features": {0: b, 1: n}},
        dynamo=True,
        external_data=False,
        verbose=False,
    )


def calibration(data: Path, tokenizer: Tokenizer) -> list[dict[str, np.ndarray]]:
    """Some windows of articles, as the graph takes them."""
    rng = random.Random(1)
    rows = rng.sample(read(data / "polnear-train.jsonl.xz"), 60)
    todo = [Item(d, w) for d in documents(rows, tokenizer) for w in windows(d.words)]
    found = []
    for item in rng.sample(todo, WINDOWS):
        batch = collate([item], rng)
        found.append({"pieces": batch.pieces.int().numpy(), "features": batch.features.int().numpy()})
    return found


def quantise(path: Path, destination: Path, shown: list[dict[str, np.ndarray]]) -> None:
    """The same graph with products and tables of 8 bits: a quarter of the file, up to twice the speed."""
    import nncf

    model = nncf.quantize(
        onnx.load(path),
        nncf.Dataset(shown),
        model_type=nncf.ModelType.TRANSFORMER,
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(shown),
        fast_bias_correction=True,
        advanced_parameters=nncf.AdvancedQuantizationParameters(
            smooth_quant_alphas=nncf.AdvancedSmoothQuantParameters(matmul=0.95)
        ),
    )
    model.producer_name, model.producer_version, model.doc_string = "onrecord", "", ""
    del model.metadata_props[:]
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    onnx.checker.check_model(model)
    onnx.save(model, destination)


def mean(stages: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of each weight; the rest (which labels may follow which) is the same in all."""
    return {
        name: torch.stack([s[name] for s in stages]).mean(0) if value.dtype.is_floating_point else value
        for name, value in stages[0].items()
    }


def tables(tagger: Tagger) -> dict[str, np.ndarray]:
    """The chains' and the linker's tables, fp32, by the names that `onrecord.engines.tagger` reads."""
    state = tagger.state_dict()
    heads = ("linker.", "statement.", "who.labels.", "around.labels.", "sense.", "resolver.", "belongs.")
    names = [k for k in state if k.startswith((*heads, "broad.labels.")) or k.endswith((".transitions", ".first"))]
    return {k: state[k].float().numpy() for k in names}


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("destination", type=Path)
    parser.add_argument("weights", type=Path, nargs="+", help="their mean is exported")
    parser.add_argument("--keep", default=None, help="beginning of names that are the mean of the first two alone")
    args = parser.parse_args()
    stages = [torch.load(path, weights_only=True) for path in args.weights]
    state = mean(stages)
    if args.keep:
        state |= {name: value for name, value in mean(stages[:2]).items() if name.startswith(args.keep)}
    tagger = Tagger()
    tagger.load_state_dict(state)
    args.destination.mkdir(parents=True, exist_ok=True)
    whole = args.weights[-1].with_suffix(".onnx")
    to_onnx(tagger.eval(), whole)
    tokenizer = plain_tokenizer(minilm_folder())
    quantise(whole, args.destination / "tagger.onnx", calibration(args.data, tokenizer))
    np.savez(args.destination / "tables.npz", **tables(tagger))
    shutil.copy(minilm_folder() / "tokenizer.json", args.destination / "tokenizer.json")
    seal(args.destination)


if __name__ == "__main__":
    main()
