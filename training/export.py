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
import torch
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


def to_openvino(onnx: Path, folder: Path) -> None:
    """ONNX → OpenVINO's form, weights as fp16: tagger.xml and tagger.bin."""
    import openvino

    openvino.save_model(openvino.Core().read_model(onnx), folder / "tagger.xml", compress_to_fp16=True)


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
    onnx = args.weights.with_suffix(".onnx")
    to_onnx(tagger.eval(), onnx)
    to_openvino(onnx, args.destination)
    np.savez(args.destination / "tables.npz", **tables(tagger))
    shutil.copy(minilm_folder() / "tokenizer.json", args.destination / "tokenizer.json")
    names = ("tagger.xml", "tagger.bin", "tables.npz", "tokenizer.json")
    digests = {name: hashlib.sha256((args.destination / name).read_bytes()).hexdigest() for name in names}
    (args.destination / "digests.json").write_text(json.dumps(digests, indent=1) + "\n")


if __name__ == "__main__":
    main()
