"""The docs say what the code does: generated pages are fresh, links lead somewhere, names in them exist."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import onrecord
from onrecord.claims import Claim, Noticed
from onrecord.flat import said_in
from onrecord.model import Attribution, Entity, Evidence, Extraction, Found, Meaning, Report, Run, SetAside, Span, When
from onrecord.report_json import report_json
from onrecord.store.claim_rows import ClaimRow, Position
from onrecord.store.redress_rows import Reply
from onrecord.store.rows import Hit, Mark
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
    shown = report_json(Extraction(report, (attribution,), Run("tiny", "1")))
    text = (ROOT / "docs" / "concepts.md").read_text(encoding="utf-8")
    for name in ("source", "cue", "content", "kind", "score"):
        assert name in shown["attributions"][0]
        assert f"**{name}**" in text


def keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(keys, value.values()))
    return set().union(*map(keys, value)) if isinstance(value, (list, tuple)) else set()


def test_the_json_page_names_every_field_and_no_other() -> None:
    aside = (SetAside("clean", "furniture: share bar", 12, 18),)
    report = Report("Ann said yes, now.", "0" * 64, "a.txt", language=Found("en", "user"), set_aside=aside)
    attribution = Attribution(report.id, Span(0, 3), Span(4, 8), (Span(9, 12),), "indirect", 1.0)
    entity = Entity(report.id, "Ann", "person", (Span(0, 3),))
    meaning = Meaning(
        entity=entity.id,
        candidates=((entity.id, 0.5),),
        evidence=(Evidence(Span(9, 12), "document"),),
        content_when=(When(Span(14, 17), None),),
    )
    attribution = replace(attribution, meaning=meaning)
    extraction = Extraction(report, (attribution,), Run("tiny", "1"), entities=(entity,))
    (said,) = said_in(extraction)
    hit = Hit(said.report, said, "yes", (Mark(0, 3),))
    position = Position(said, "affirms", report.id)
    before = Position(replace(said, report=replace(said.report, published="2031-05-01")), "denies", report.id)
    row = ClaimRow(said.id, "yes", False, (before, position))
    head = said.report
    reply = Reply(said.id, "Bo", "Not so.", "ada", datetime(2031, 5, 3, tzinfo=UTC))
    claim = Claim(row, ((said.id, "no"),), (Noticed(head, "correction", "Corrected"),), lambda _: [], (reply,))
    shown = keys(report_json(extraction)) | keys(said.to_dict()) | keys(hit.to_dict()) | keys(claim.to_dict())
    named = set(re.findall(r"`(\w+)`", (ROOT / "docs" / "json.md").read_text(encoding="utf-8")))
    values = {
        "affirms",
        "denies",
        "doubts",
        "declines",
        "null",
        "direct",
        "indirect",
        "mixed",
        "clean",
        "extract",
        "jsonl",
        "search",
        "who",
        "entities",
    }
    assert shown - named - {"text", "start", "end"} == set()
    assert named - shown - values == set()
