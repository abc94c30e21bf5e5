"""Reports that people reviewed at the desk, as rows to train on: what `onrecord judge export --as gold` wrote.

In the form of `annotations.bodies` and `annotations.written`. Only reports of which everything was decided, and of
these only what people decide: spans, act and modality; not what an engine made of the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training.annotations import read_whole


def reviewed(place: Path) -> list[dict[str, Any]]:
    """Rows of a folder of `NAME.json` and `NAME.txt`, or of a file with one JSON object, its `text` in it, a line.

    Raises ValueError where a span is not what the text says.
    """
    rows = []
    for held in _held(place):
        said = held["attributions"]
        if held.get("complete") and all(a["reviewed"] and a["act"] for a in said):
            row = {"attributions": [_row(a, held["text"]) for a in said]}
            rows.append(read_whole(row, held["doc"], held["text"]))
    return rows


def _held(place: Path) -> Iterator[dict[str, Any]]:
    if place.is_dir():
        for path in sorted(place.glob("*.json")):
            text = path.with_suffix(".txt").read_bytes().decode()
            yield {**json.loads(path.read_text(encoding="utf8")), "text": text}
        return
    for line in place.read_text(encoding="utf8").splitlines():
        yield json.loads(line)


def _row(a: dict[str, Any], text: str) -> dict[str, Any]:
    row = {"id": a["id"], "act": a["act"], "modality": a["modality"] or "plain"}
    for name in ("source", "cue", "content"):
        spans = a[name] if name == "content" else [a[name]] if a[name] else []
        for span in spans:
            if text[span["start"] : span["end"]] != span["text"]:
                raise ValueError(f"{a['id']}: {name} {span['start']}-{span['end']} is not {span['text']!r}")
        row[name] = [[span["start"], span["end"]] for span in spans]
    return row
