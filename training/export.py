"""Trained weights → the graph that ships: `python -m training.export OUT_FOLDER/tagger.pt DESTINATION`.

One graph: pieces and features of windows (b, n), (b, n, 4) → label scores (b, n, 13) and vectors (b, n, 384), one a
piece; those of a word's first piece count. The chain and the linker are small tables beside it, applied in numpy.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from onrecord.engines.words import FEATURES
from training.net import Tagger
from training.train import minilm_folder


class Inference(nn.Module):
    """The part of the tagger that runs in the graph."""

    def __init__(self, tagger: Tagger) -> None:
        super().__init__()
        self.encoder = tagger.encoder
        self.labels = tagger.labels

    def forward(self, pieces: Tensor, features: Tensor) -> tuple[Tensor, Tensor]:
        """See the module's docstring. Piece 0 is padding."""
        vectors = self.encoder(pieces, features, (pieces > 0).to(torch.float32))
        return self.labels(vectors), vectors


def to_onnx(tagger: Tagger, path: Path) -> None:
    """Write the graph as ONNX, fp32, with free batch size and length."""
    n = torch.export.Dim("n", min=2, max=512)
    b = torch.export.Dim("b", min=1, max=4096)
    torch.onnx.export(
        Inference(tagger).eval(),
        (torch.ones(3, 40, dtype=torch.int32), torch.zeros(3, 40, len(FEATURES), dtype=torch.int32)),
        str(path),
        input_names=["pieces", "features"],
        output_names=["scores", "vectors"],
        dynamic_shapes={"pieces": {0: b, 1: n}, "features": {0: b, 1: n}},
        dynamo=True,
        external_data=False,
        verbose=False,
    )


def halve(path: Path, destination: Path) -> None:
    """Keep large tables as fp16, each with a cast to fp32 behind it: half the file, the same graph for any runtime."""
    model = onnx.load(path)
    graph = model.graph
    casts = []
    for table in list(graph.initializer):
        values = numpy_helper.to_array(table)
        if values.dtype == np.float32 and values.size > 1024:
            graph.initializer.remove(table)
            half = f"{table.name}.half"
            graph.initializer.append(numpy_helper.from_array(values.astype(np.float16), half))
            casts.append(helper.make_node("Cast", [half], [table.name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    del graph.value_info[:]
    model.producer_name, model.producer_version, model.doc_string = "onrecord", "", ""
    del model.metadata_props[:]
    for node in graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    onnx.checker.check_model(model)
    onnx.save(model, destination)


def tables(tagger: Tagger) -> dict[str, np.ndarray]:
    """The chain's and the linker's tables, fp32, by the names that `onrecord.engines.tagger` reads."""
    state = tagger.state_dict()
    names = [k for k in state if k.startswith("linker.") or k in ("transitions", "first")]
    return {k: state[k].float().numpy() for k in names}


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("weights", type=Path)
    parser.add_argument("destination", type=Path)
    args = parser.parse_args()
    tagger = Tagger()
    tagger.load_state_dict(torch.load(args.weights, weights_only=True))
    args.destination.mkdir(parents=True, exist_ok=True)
    whole = args.weights.with_suffix(".onnx")
    to_onnx(tagger.eval(), whole)
    halve(whole, args.destination / "tagger.onnx")
    np.savez(args.destination / "tables.npz", **tables(tagger))
    shutil.copy(minilm_folder() / "tokenizer.json", args.destination / "tokenizer.json")
    names = ("tagger.onnx", "tables.npz", "tokenizer.json")
    digests = {name: hashlib.sha256((args.destination / name).read_bytes()).hexdigest() for name in names}
    (args.destination / "digests.json").write_text(json.dumps(digests, indent=1) + "\n")


if __name__ == "__main__":
    main()
