"""The shipped tagger through its public door: what it must read, what must always hold, and how it refuses."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import onrecord
import onrecord.models
from onrecord.engines import default_engine
from onrecord.engines.tagger import TaggerEngine
from onrecord.errors import EngineError
from onrecord.extraction import extract_all, extract_one
from onrecord.model import Extraction, Found, Report, SetAside

CASES = json.loads((Path(__file__).parent / "sentences.json").read_text(encoding="utf8"))
FLOORS = json.loads((Path(__file__).parents[1] / "floors.json").read_text(encoding="utf8"))


def report(text: str, **more: object) -> Report:
    return Report(text=text, raw_sha256="0" * 64, origin="test", **more)  # type: ignore[arg-type]


def read(text: str, **more: object) -> list[tuple[str | None, str | None, list[str]]]:
    done = extract_one(report(text, **more), default_engine())
    return [
        (a.source.of(text) if a.source else None, a.cue.of(text) if a.cue else None, [c.of(text) for c in a.content])
        for a in done.attributions
    ]


def bare(part: str | None) -> str:
    return (part or "").strip(" ,.;:\n")


def test_sentences_are_read_as_a_person_would() -> None:
    """Share of hand-written attributions found with source, cue and content exact (commas and full stops aside)."""
    found = wanted = extra = 0
    for case in CASES:
        got = {(bare(s), bare(c), tuple(map(bare, parts))) for s, c, parts in read(case["text"])}
        gold = {(bare(s), bare(c), tuple(map(bare, parts))) for s, c, parts in case["attributions"]}
        found += len(got & gold)
        wanted += len(gold)
        extra += len(got - gold)
    f1 = 2 * found / (2 * found + (wanted - found) + extra)
    assert f1 >= FLOORS["sentences, exact attributions, F1"], (f1, found, wanted, extra)


PARTS = ["said ", "He ", "“No”, ", "Mara Lind ", "\n\n", "👩‍💻", "é\u0301", "\u202eשלום", "\x00", ". ", "that "]
TEXTS = st.lists(st.sampled_from(PARTS) | st.characters(codec="utf-8"), max_size=80).map("".join)


@given(text=TEXTS)
@settings(max_examples=60, deadline=None)
def test_every_span_is_the_text_at_its_offsets(text: str) -> None:
    row = onrecord.extract("He " + text, verbatim=True).to_dict()
    whole = row["report"]["text"]
    for attribution in row["attributions"]:
        spans = [*attribution["content"], *(s for s in (attribution["source"], attribution["cue"]) if s)]
        for span in spans:
            assert whole[span["start"] : span["end"]] == span["text"] != ""
        assert 0 <= attribution["score"] <= 1


def test_reports_read_together_or_alone_read_the_same() -> None:
    texts = [case["text"] * (1 + k % 3) for k, case in enumerate(CASES)]
    together = [e for e in extract_all(map(report, texts), default_engine()) if isinstance(e, Extraction)]
    for text, extraction in zip(texts, together, strict=True):
        alone = extract_one(report(text), default_engine())
        assert [a.id for a in alone.attributions] == [a.id for a in extraction.attributions]


def test_what_was_set_aside_is_not_read() -> None:
    text = "The mayor said the bridge is safe.\n\nMara Lind said that cookies are needed."
    aside = SetAside("clean", "furniture: test", text.index("Mara"), len(text))
    assert [source for source, _, _ in read(text, set_aside=(aside,))] == ["The mayor"]


def test_other_languages_are_left_alone() -> None:
    text = "Der Minister sagte, die Brücke sei sicher."
    assert read(text, language=Found("de", "test")) == []


def test_a_very_long_report_is_read_to_its_end() -> None:
    text = "\n\n".join(f"Engineer {k} said the bridge was closed on day {k}." for k in range(1500))
    found = read(text)
    assert len(found) >= 1400
    assert found[-1][2][0].endswith("1499")


def test_altered_weights_are_refused(tmp_path: Path) -> None:
    shipped = Path(onrecord.models.__path__[0]) / "tagger"
    shutil.copytree(shipped, tmp_path / "tagger")
    tables = tmp_path / "tagger" / "tables.npz"
    tables.write_bytes(tables.read_bytes()[:-1] + b"x")
    with pytest.raises(EngineError, match="not the one that was shipped"):
        TaggerEngine(tmp_path / "tagger").propose([report("He said no.")])


def test_missing_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="missing"):
        TaggerEngine(tmp_path).propose([report("He said no.")])


def test_openvino_loads_without_what_reports_its_use() -> None:
    code = (
        "import sys, onrecord; onrecord.extract('The bridge will open in May, the minister said.');"
        "print([m for m in sys.modules if m.startswith(('openvino.tools.ovc', 'openvino_telemetry'))])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
