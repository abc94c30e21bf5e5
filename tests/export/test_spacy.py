"""The component for spaCy, in spaCy itself where that is installed; and that nothing loads spaCy by itself."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.tiny import TinyEngine

TEXTS = ["😀 Mayor Lee said that the bridge will open in May.", "", "Nobody spoke.", "“It’s shut,” said Amara Diallo."]


@pytest.fixture
def nlp(tiny: TinyEngine) -> Any:
    spacy = pytest.importorskip("spacy")
    import onrecord.spacy_component  # noqa: F401 - where the package is not installed, its entry points are not found

    nlp = spacy.blank("en")
    nlp.add_pipe("onrecord")
    return nlp


def test_spans_and_attributions_are_those_of_the_text(nlp: Any) -> None:
    docs = list(nlp.pipe(TEXTS, batch_size=3))
    assert [len(doc._.attributions) for doc in docs] == [1, 0, 0, 1]
    for doc in docs:
        for number, said in enumerate(doc._.attributions):
            for role in ("source", "cue"):
                quote = said[role]
                assert doc.text[quote["start"] : quote["end"]] == quote["text"]
                (span,) = [s for s in doc.spans[f"onrecord_{role}"] if s.id_ == str(number)]
                assert span.text == quote["text"]
            assert [s.text for s in doc.spans["onrecord_content"]] == [c["text"] for c in said["content"]]
    assert nlp(TEXTS[0])._.attributions == docs[0]._.attributions


def test_docs_go_through_docbin(nlp: Any) -> None:
    from spacy.tokens import DocBin

    doc = nlp(TEXTS[0])
    data = DocBin(store_user_data=True, docs=[doc]).to_bytes()
    (again,) = DocBin().from_bytes(data).get_docs(nlp.vocab)
    assert json.dumps(again._.attributions) == json.dumps(doc._.attributions)
    assert [s.text for s in again.spans["onrecord_content"]] == [s.text for s in doc.spans["onrecord_content"]]


def test_spacy_says_what_the_component_gives(nlp: Any) -> None:
    assert nlp.analyze_pipes()["summary"]["onrecord"]["assigns"] == ["doc.spans", "doc._.attributions"]


def test_the_entry_point_names_what_there_is() -> None:
    root = Path(__file__).parent.parent.parent
    points = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    assert points["spacy_factories"] == {"onrecord": "onrecord.spacy_component:make"}
    source = (root / "src" / "onrecord" / "spacy_component.py").read_text(encoding="utf-8")
    assert "\ndef make(" in source


def test_exporting_loads_neither_spacy_nor_any_library_of_one_format() -> None:
    code = "import sys, onrecord.cli, onrecord.export; print(*{m.split('.')[0] for m in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"spacy", "pyarrow", "pandas", "cryptography", "numpy", "sqlalchemy"} & set(loaded)
