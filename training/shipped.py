"""The shipped graph as weights to go on from: `python -m training.shipped OUT.pt [--statements]`.

`--statements`: of the model that lays statements side by side, for `training.statements --start`. Takes the 8-bit
numbers and their scales apart again, so that a training can start from what ships where the weights it was made of are
lost; rounding aside it is the same model.
"""

from __future__ import annotations

import argparse
from importlib import resources
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper

from training.net import Tagger
from training.statements import Judge

Floats = NDArray[np.float32]
_LABELS = {f"{layer}.{part}": f"{layer}.labels.{part}" for layer in ("outer", "inner") for part in ("weight", "bias")}
"""In the graph the label scores go by their layer's name."""


class _Graph:
    """Constants of a quantised graph, and which node makes which value."""

    def __init__(self, path: Path) -> None:
        graph = onnx.load(path).graph
        self.nodes = list(graph.node)
        self.constants = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
        self.maker = {name: node for node in self.nodes for name in node.output}

    def whole(self, name: str) -> Floats:
        """A constant, or one in 8 bits with its scales; rows of a table or columns of a product share a scale."""
        if name in self.constants:
            return self.constants[name].astype(np.float32)
        whole, scale, zero = (self.constants[i].astype(np.float32) for i in self.maker[name].input)
        table = whole.shape[0] == scale.size != whole.shape[-1] or "encoder.p" in name or "encoder.features" in name
        shape = (-1, 1) if scale.ndim and table else (1, -1) if scale.ndim else ()
        found: Floats = (whole - zero.reshape(shape)) * scale.reshape(shape)
        return found

    def rows(self, name: str, axis: int = 0) -> Floats:
        """A table of 8-bit numbers whose rows (axis 0) or columns (1) have each a scale of their own."""
        whole, scale, zero = (
            self.constants[f"{name}_{part}"].astype(np.float32) for part in ("quantized", "scale", "zero_point")
        )
        shape = (-1, 1) if axis == 0 else (1, -1)
        found: Floats = (whole - zero.reshape(shape)) * scale.reshape(shape)
        return found

    def smoothing(self, name: str) -> Floats | float:
        """What a product's input was multiplied with for quantising."""
        node = self.maker.get(name)
        while node is not None and node.op_type in ("QuantizeLinear", "DequantizeLinear"):
            node = self.maker.get(node.input[0])
        if node is not None and node.op_type == "Mul" and "smooth_quant" in node.input[1]:
            return self.constants[node.input[1]].reshape(-1, 1)
        return 1.0


def shipped() -> dict[str, torch.Tensor]:
    """The state of the shipped tagger; heads that it lacks are missing."""
    folder = resources.files("onrecord.models").joinpath("tagger")
    graph = _Graph(Path(str(folder.joinpath("tagger.onnx"))))
    state: dict[str, Floats] = {k: v for k, v in graph.constants.items() if k.endswith((".bias", "norm.weight"))}
    state |= {k: graph.whole(k) for k in graph.constants if ".norm" in k and k.endswith("weight")}
    for node in graph.nodes:
        if node.op_type == "Gather":
            made = graph.maker.get(node.input[0])
            if made is not None and made.op_type == "DequantizeLinear" and "encoder." in made.output[0]:
                table = made.output[0].removeprefix("dq_output_").rsplit("_", 1)[0]
                state[table] = graph.whole(made.output[0])
        if node.op_type == "Add" and (bias := next((i for i in node.input if i.endswith(".bias")), None)):
            product = graph.maker[next(i for i in node.input if i != bias)]
            weight = graph.whole(product.input[1]) * graph.smoothing(product.input[0])
            state[bias.removesuffix("bias") + "weight"] = weight.T
    with np.load(str(folder.joinpath("tables.npz")), allow_pickle=False) as tables:
        state |= {k: tables[k] for k in tables.files}
    named = {_LABELS.get(k, k): v for k, v in state.items()}
    wanted = Tagger().state_dict()
    return {k: torch.from_numpy(v.astype(np.float32)) for k, v in named.items() if k in wanted}


def shipped_judge() -> dict[str, torch.Tensor]:
    """The state of the shipped model of statements; tables of the encoder that it does not use are as they begin."""
    graph = _Graph(Path(str(resources.files("onrecord.models").joinpath("statements", "statements.onnx"))))
    rows = {k.removesuffix("_quantized") for k in graph.constants if k.endswith(".weight_quantized")}
    state = {k: graph.rows(k) for k in rows}
    state |= {k: v for k, v in graph.constants.items() if k.startswith("judge.")}
    for node in graph.nodes:
        bias = next((i for i in node.input if i.startswith("judge.encoder.layers") and i.endswith(".bias")), None)
        product = next((graph.maker[i] for i in node.input if i in graph.maker), None)
        if node.op_type == "Add" and bias and product is not None and product.op_type == "MatMul":
            held = graph.maker[product.input[1]].input[0].removesuffix("_quantized")
            state[bias.removesuffix("bias") + "weight"] = graph.rows(held, axis=1).T
    found = {
        k.removeprefix("judge."): torch.from_numpy(v.astype(np.float32).copy())
        for k, v in state.items()
        if k.startswith("judge.") and not k.endswith(("_quantized", "_scale", "_zero_point"))
    }
    return Judge().state_dict() | found


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--statements", action="store_true")
    args = parser.parse_args()
    torch.save(shipped_judge() if args.statements else shipped(), args.out)


if __name__ == "__main__":
    main()
