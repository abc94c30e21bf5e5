"""What the desk says itself: who said what, never what is so."""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from onrecord import model
from onrecord.answer import Record
from onrecord.brief import NOT_A_VERDICT
from onrecord.claim_views import SAYS
from onrecord.marks import ACTS, MODALITIES, NAMELESS, one_line
from onrecord.store.claim_rows import Stance
from tests.web.served import ROOT, Served
from tests.web.test_guard import ask

SOURCE = ROOT / "src" / "onrecord"
VERDICT = re.compile(
    r"\b(true|truth|truths|false|falsely|falsehood|lie|lies|lied|liar|lying|guilty|guilt|fake|hoax|debunk\w*|disprove\w*|proven|"
    r"misinformation|disinformation|propaganda|conspiracy|wrong|correctly|factual|refuted?|refutes|bogus|dishonest|admits?|admitted)\b",
    re.IGNORECASE,
)
SHOWN = re.compile(r'(?:title|aria-label|placeholder|alt)="([^"]*)"')
SPOKEN_IN = ("standing.py", "claim_views.py", "marks.py", "brief.py", "claims.py")


def said_by(template: str) -> str:
    """The words of a template that are its own: text, titles, labels, and words within its statements."""
    text = re.sub(r"\{#.*?#\}", " ", template, flags=re.DOTALL)
    literals = [
        w
        for block in re.findall(r"\{[%{].*?[%}]\}", text, re.DOTALL)
        for w in re.findall(r"[\"']([^\"'{}<>/=?&]* [^\"'{}<>/=?&]*)[\"']", block)
    ]
    text = re.sub(r"\{[%{].*?[%}]\}", " ", text, flags=re.DOTALL)
    bare = re.sub(r"[\w-]+=\"[^\"]*\"", " ", re.sub(r"<[^>]*>", " ", text))  # attributes stand in macros by themselves
    return " ".join((*literals, *SHOWN.findall(text), bare))


def literals_of(path: Path) -> Iterator[str]:
    """The strings of a module that are not docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    notes = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in notes
            and " " in node.value
        ):
            yield node.value


@pytest.mark.parametrize("path", sorted((SOURCE / "web" / "templates").rglob("*.html")), ids=lambda p: p.name)
def test_no_template_says_what_is_so(path: Path) -> None:
    assert not VERDICT.findall(said_by(path.read_text(encoding="utf-8")))


def test_no_word_of_ours_for_what_people_do_is_a_verdict() -> None:
    words = [*SAYS.values(), *ACTS.values(), *MODALITIES.values(), *NAMELESS.values(), *get_args(Stance)]
    words += [
        word for kind in (model.Act, model.Modality, model.EvidenceType, model.EntityKind) for word in get_args(kind)
    ]
    assert len(words) > 40
    assert not [word for word in words if VERDICT.search(word.replace("_", " "))]


def test_no_sentence_of_the_desk_is_one() -> None:
    files = [*(SOURCE / name for name in SPOKEN_IN), *sorted((SOURCE / "web").rglob("*.py"))]
    told = [text for path in files for text in literals_of(path) if text != NOT_A_VERDICT and VERDICT.search(text)]
    assert told == []


def test_the_lint_sees() -> None:
    assert VERDICT.findall(said_by('<p title="a lie">{{ x }} is {{ "so false" }}</p>{% for a in ["fake news"] %}')) == [
        "false",
        "fake",
        "lie",
    ]


def test_every_claim_is_told_as_somebodys_words(desk: Served, record: Record) -> None:
    """Who, by which verb, where and when, each with the other; and whoever denies it on the same page."""
    claims = record.claims(limit=200)
    assert sum(len(claim.positions) for claim in claims) > 20
    for claim in claims:
        page = html.unescape(re.sub(r"\s+", " ", ask(desk, "GET", f"/claims/{claim.id}").text))
        assert NOT_A_VERDICT in page
        voices = page.split('<div class="voice">')[1:]
        assert voices
        for side in claim.standing().sides:
            assert f'id="{side.stance}"' in page
            for voice in (*side.voices, *side.unnamed)[:12]:
                told = next(v for v in voices if f"<bdi>{one_line(voice.name)}</bdi>" in v and f"of-{side.stance}" in v)
                for position in voice.positions[:3]:
                    said = position.said
                    assert said.cue
                    assert f'cue ">{said.cue.text}</span>' in told
                    assert one_line(said.report.publisher or "") in told
                    assert (said.report.published or "")[:10] in told
