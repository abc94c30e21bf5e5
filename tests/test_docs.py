"""The docs say what the code does: generated pages are fresh, links lead somewhere, names in them exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import onrecord
from onrecord.model import Attribution, Extraction, Report, Run, Span
from scripts import cli_docs

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_command_line_page_is_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert cli_docs.PAGE.read_text(encoding="utf-8") == cli_docs.page(), "run: python scripts/cli_docs.py"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_python_page_names_what_there_is() -> None:
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    for name in re.findall(r"onrecord\.(\w+)", text):
        assert name in onrecord.__all__, f"docs/python.md names onrecord.{name}"
    for name in set(onrecord.__all__) - {"__version__"}:
        assert f"`{name}" in text or f"onrecord.{name}" in text, f"docs/python.md is silent about {name}"


def test_concepts_name_every_field_of_an_attribution() -> None:
    report = Report("Ann said yes", "0" * 64, "a.txt")
    attribution = Attribution(report.id, Span(0, 3), Span(4, 8), (Span(9, 12),), "indirect", 1.0)
    shown = Extraction(report, (attribution,), Run("tiny", "1")).to_dict()
    text = (ROOT / "docs" / "concepts.md").read_text(encoding="utf-8")
    for name in ("source", "cue", "content", "kind", "score"):
        assert name in shown["attributions"][0]
        assert f"**{name}**" in text
