"""Digests of the weights that ship, by which the package knows its own."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

NAMES = ("tagger.onnx", "tables.npz", "answers.npz", "tokenizer.json")


def seal(folder: Path) -> None:
    """Write down the digests of what lies there of the tagger's files."""
    held = [folder / name for name in NAMES if (folder / name).exists()]
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in held}
    (folder / "digests.json").write_text(json.dumps(digests, indent=1) + "\n")
