"""Trained weights that ship in the package: checked against their digests, and compiled for this machine."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from importlib import import_module, resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from onrecord import settings
from onrecord.errors import EngineError

SHIPPED = ("tagger", "statements")
"""Folders of `models/` with weights that have digests."""


def digests(folder: Traversable) -> dict[str, str]:
    """The digests of what lies in a folder of weights, by name of file. Raises EngineError where there are none."""
    try:
        found: dict[str, str] = json.loads(folder.joinpath("digests.json").read_text(encoding="utf8"))
    except FileNotFoundError:
        raise EngineError(
            "The weights are missing.", which=str(folder), advice="Reinstall onrecord; the wheel carries them."
        ) from None
    return found


def checked(folder: Traversable) -> dict[str, Path]:
    """Every file of a folder of weights, by name. Raises EngineError where one is missing or altered."""
    return {name: _checked(folder, name, digest) for name, digest in digests(folder).items()}


def check_all() -> None:
    """Read all weights that ship in the package against their digests. Raises EngineError."""
    for name in SHIPPED:
        checked(resources.files("onrecord.models").joinpath(name))


def versions() -> dict[str, str]:
    """The weights that ship in the package, each by the first digits of its graph's digest. Raises EngineError."""
    held = {name: digests(resources.files("onrecord.models").joinpath(name)) for name in SHIPPED}
    return {
        name: next(digest[:12] for file, digest in of.items() if file.endswith(".onnx")) for name, of in held.items()
    }


def _checked(folder: Traversable, name: str, digest: str) -> Path:
    path = Path(str(folder.joinpath(name)))
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        found = "missing"
    if found != digest:
        raise EngineError(
            "This file of the weights is missing or not the one that was shipped.",
            which=str(path),
            advice="Reinstall onrecord.",
        )
    return path


def compiled(onnx: Path, *, at_once: int) -> tuple[Any, Any]:
    """A graph compiled for this machine, and a queue that works on `at_once` batches at a time. Raises EngineError."""
    try:
        openvino = _openvino()
    except ImportError as why:
        raise EngineError(
            f"OpenVINO does not load ({why}).",
            advice="Reinstall with `pip install --force-reinstall openvino`; on Windows it needs the VC++ runtime.",
        ) from why
    threads = settings.whole("threads") or os.cpu_count() or 1
    config: dict[str, Any] = {
        "PERFORMANCE_HINT": "THROUGHPUT",
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": min(threads, at_once),
    }
    precision = str(settings.value("precision"))
    if precision != "auto":
        config["INFERENCE_PRECISION_HINT"] = precision
    core = openvino.Core()
    graph = core.compile_model(core.read_model(onnx), "CPU", config)
    return graph, openvino.AsyncInferQueue(graph, at_once)


def _openvino() -> Any:
    """OpenVINO without its converter of models, which on import reports the use to its makers from a forked process."""
    converter = "openvino.tools.ovc"
    if "openvino" in sys.modules:
        return sys.modules["openvino"]
    sys.modules[converter] = None  # type: ignore[assignment] # an import of it fails, which openvino lets pass
    try:
        return import_module("openvino")
    finally:
        del sys.modules[converter]
