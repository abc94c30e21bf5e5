"""Speed and memory of extraction: `python bench/speed.py DATA_FOLDER [--articles N] [--runtimes] [--html]`.

DATA_FOLDER holds polnear-dev.jsonl.xz (and, for --html, pages.tar.xz). Needs the packages onnx and onnxruntime.
Prints, from one run, in turn and as medians:

- tokens a second of text → attributions → JSON, everything counted (tokens: pieces of the texts, each once);
- tokens a second of ONNX Runtime, fp32, on the bare encoder: full batches of 16 × 128 pieces, nothing else counted;
- their ratio, articles of 800 words a second, peak memory, and where the time goes;
- --runtimes: a table of runtime × precision on the bare encoder;
- --html: CPU of HTML → record beside trafilatura alone plus extraction.

Run it once more with ONEDNN_MAX_CPU_ISA=AVX512_CORE_BF16 or AVX512_CORE_VNNI in the environment to see it without AMX.
"""

from __future__ import annotations

import argparse
import cProfile
import gzip
import json
import lzma
import os
import pstats
import resource
import statistics
import tarfile
import tempfile
import time
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from onrecord.engines import default_engine
from onrecord.extraction import extract_all
from onrecord.model import Extraction, Report
from onrecord.report_json import report_json

ROUNDS = 3
MODEL = Path(str(resources.files("onrecord.models") / "tagger" / "tagger.onnx"))


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--articles", type=int, default=84)
    parser.add_argument("--runtimes", action="store_true")
    parser.add_argument("--html", action="store_true")
    options = parser.parse_args()
    with lzma.open(options.data / "polnear-dev.jsonl.xz", "rt", encoding="utf8") as lines:
        texts = [json.loads(line)["text"] for line in lines][: options.articles]
    reports = [Report(text=t, raw_sha256="0" * 64, origin=str(k)) for k, t in enumerate(texts)]
    tokens = pieces_in(texts)
    words = sum(len(t.split()) for t in texts)
    extract(reports)
    ours, base = [], []
    with tempfile.TemporaryDirectory() as folder:
        bare = onnxruntime(fp32(Path(folder)))
    for _ in range(ROUNDS):
        base.append(rate(bare, 6 * 16 * 128))
        ours.append(rate(lambda: extract(reports), tokens))
    mine, theirs = statistics.median(ours), statistics.median(base)
    print(f"text → attributions, all counted   {mine:9,.0f} tokens/s   {mine / tokens * words / 800:6.1f} articles/s")
    print(f"ONNX Runtime fp32, bare encoder    {theirs:9,.0f} tokens/s")
    print(f"ratio                              {mine / theirs:9.2f}   ({os.cpu_count()} cores, median of {ROUNDS})")
    print(f"peak memory of this process        {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:9,.0f} MiB")
    profile(reports)
    if options.runtimes:
        runtimes()
    if options.html:
        html(options.data)


def extract(reports: list[Report]) -> None:
    """Texts → JSON."""
    for done in extract_all(reports, default_engine()):
        assert isinstance(done, Extraction)
        json.dumps(report_json(done), ensure_ascii=False)


def pieces_in(texts: list[str]) -> int:
    """Pieces of the vocabulary in the texts, each counted once."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(MODEL.with_name("tokenizer.json")))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return sum(len(e.ids) for e in tokenizer.encode_batch(texts, add_special_tokens=False))


def rate(work: Callable[[], object], tokens: int) -> float:
    """Tokens a second of one call."""
    began = time.perf_counter()
    work()
    return tokens / (time.perf_counter() - began)


def batch(rows: int = 16, length: int = 128) -> dict[str, Any]:
    """A full batch of pieces, as the graph takes it."""
    dice = np.random.default_rng(0)
    pieces = dice.integers(1000, 20000, (rows, length)).astype(np.int32)
    return {"pieces": pieces, "features": np.zeros((rows, length, 4), np.int32)}


def onnxruntime(path: Path) -> Callable[[], object]:
    """Six batches through ONNX Runtime on all cores."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = os.cpu_count() or 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    inputs = batch()
    session.run(None, inputs)
    return lambda: [session.run(None, inputs) for _ in range(6)]


def openvino(path: Path, precision: str) -> Callable[[], object]:
    """Six batches through OpenVINO, two at a time, as the engine runs it."""
    import openvino

    core = openvino.Core()
    config = {"PERFORMANCE_HINT": "THROUGHPUT", "NUM_STREAMS": 2, "INFERENCE_PRECISION_HINT": precision}
    queue = openvino.AsyncInferQueue(core.compile_model(core.read_model(path), "CPU", config), 2)
    inputs = batch()

    def work() -> None:
        for _ in range(6):
            queue.start_async(inputs)
        queue.wait_all()

    work()
    return work


def runtimes() -> None:
    """Runtime × precision on the bare encoder, tokens a second."""
    with tempfile.TemporaryDirectory() as folder:
        plain = fp32(Path(folder))
        table: dict[str, Callable[[], object]] = {
            "OpenVINO int8, rest bf16": openvino(MODEL, "bf16"),
            "OpenVINO int8, rest f32": openvino(MODEL, "f32"),
            "OpenVINO bf16": openvino(plain, "bf16"),
            "OpenVINO f32": openvino(plain, "f32"),
            "ONNX Runtime int8": onnxruntime(MODEL),
            "ONNX Runtime fp32": onnxruntime(plain),
        }
    print("\nbare encoder, batches of 16 × 128")
    for name, work in table.items():
        middle = statistics.median(rate(work, 6 * 16 * 128) for _ in range(ROUNDS))
        print(f"  {name:28} {middle:9,.0f} tokens/s")


def fp32(folder: Path) -> Path:
    """The shipped graph without its 8-bit numbers: plain fp32, as it was trained but for rounding.

    Scales that smoothing put before products are left out as well: the values don't matter here, the work does.
    """
    import onnx
    from onnx import numpy_helper

    model = onnx.load(MODEL)
    graph = model.graph
    tables = {t.name: t for t in graph.initializer}
    instead: dict[str, str] = {}
    dropped = []
    for node in graph.node:
        if node.op_type == "QuantizeLinear" or (node.op_type == "Mul" and "smooth_quant" in node.name.lower()):
            instead[node.output[0]] = node.input[0]
        elif node.op_type == "DequantizeLinear" and node.input[0] in tables:
            values = numpy_helper.to_array(tables[node.input[0]]).astype(np.float32)
            whole = numpy_helper.from_array(values * np.float32(0.01), f"{node.input[0]}.fp32")
            graph.initializer.append(whole)
            instead[node.output[0]] = whole.name
        elif node.op_type == "DequantizeLinear":
            instead[node.output[0]] = node.input[0]
        else:
            continue
        dropped.append(node)
    for node in dropped:
        graph.node.remove(node)
    for node in graph.node:
        for k, name in enumerate(node.input):
            while name in instead:
                name = instead[name]
            node.input[k] = name
    used = {name for node in graph.node for name in node.input}
    for table in [t for t in graph.initializer if t.name not in used]:
        graph.initializer.remove(table)
    onnx.save(model, folder / "fp32.onnx")
    return folder / "fp32.onnx"


def profile(reports: list[Report]) -> None:
    """Where the main thread's time goes; waiting for the encoder is `acquire` or `start_async`."""
    profiler = cProfile.Profile()
    profiler.runcall(extract, reports)
    stats = pstats.Stats(profiler)
    whole = stats.total_tt  # type: ignore[attr-defined]
    rows = sorted(stats.stats.items(), key=lambda row: -row[1][2])[:12]  # type: ignore[attr-defined]
    print("\nwhere the main thread's time goes")
    for (file, _, name), (_, _, own, _, _) in rows:
        print(f"  {100 * own / whole:5.1f} %  {Path(file).stem}.{name}")


def cpu() -> float:
    """CPU seconds of this process and its ended children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def html(data: Path) -> None:
    """CPU of HTML → record, beside trafilatura alone plus extraction of the same texts."""
    import trafilatura

    from onrecord.pipeline import record
    from onrecord.store import open_store

    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(data / "pages.tar.xz") as archive:
            archive.extractall(folder, filter="data")
        pages = [gzip.decompress(p.read_bytes()) for p in sorted(Path(folder).rglob("*.html.gz"))]
        plain = Path(folder) / "plain"
        plain.mkdir()
        for k, page in enumerate(pages):
            (plain / f"{k:03}.html").write_bytes(page)
        began = cpu()
        for page in pages:
            trafilatura.extract(page)
        alone = cpu() - began
        began = cpu()
        with open_store(Path(folder) / "record.db") as store:
            record([str(plain)], store, default_engine())
        whole = cpu() - began
        with open_store(Path(folder) / "record.db") as store:
            reports = [e.report for e in store.extractions()]
        began = cpu()
        extract(reports)
        extraction = cpu() - began
    print(f"\nHTML → record of {len(pages)} pages   {whole:6.1f} s CPU")
    print(f"trafilatura alone {alone:.1f} s + extraction {extraction:.1f} s; ratio {whole / (alone + extraction):.2f}")


if __name__ == "__main__":
    main()
