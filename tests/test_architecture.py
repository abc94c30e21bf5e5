"""The rules of docs/architecture.md, read off the source: who may import whom, and what nobody may use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "onrecord"

BASE = {"model", "errors", "settings"}
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "model": {"errors"},
    "settings": {"errors"},
    "logs": set(),
    "voices": {"model"},
    "report_json": {"model", "voices"},
    "read": BASE,
    "clean": BASE,
    "align": {"model", "errors"},
    "engines": {*BASE, "voices", "align", "weights"},
    "clusters": set(),
    "people": set(),
    "audit": {"model"},
    "credentials": {"errors"},
    "store": {*BASE, "voices", "clusters", "people", "audit"},
    "desk": {"audit", "credentials", "errors", "people", "settings", "store"},
    "backup": {"desk", "errors", "store"},
    "resolve": {*BASE},
    "tables": set(),
    "identify": {"model", "resolve", "store"},
    "weights": {"errors", "settings"},
    "link": {*BASE, "weights"},
    "reprints": {"model", "link", "store"},
    "linking": {"model", "link", "store"},
    "redress": {"desk", "errors", "people", "store"},
    "standing": {"errors", "store"},
    "claims": {"model", "link", "standing", "store"},
    "claim_views": {"claims", "marks", "standing", "store", "terminal"},
    "brief": {"claim_views", "claims", "marks", "standing", "store"},
    "models": set(),
    "extraction": {*BASE, "engines", "resolve"},
    "marks": {"model"},
    "flat": {"model", "store", "voices"},
    "export": {
        *{"model", "errors", "voices", "flat", "report_json", "answer", "brief", "claim_views", "claims", "clean"},
        *{"marks", "resolve", "standing", "store", "tables"},
    },
    "notebook": {"model", "store", "marks", "flat"},
    "results": {"model", "errors", "link", "store", "flat", "notebook", "report_json"},
    "judging": {"errors", "marks", "store"},
    "reviewing": {"model", "errors", "store"},
    "agreement": set(),
    "gold": {"model", "report_json", "store"},
    "answer": {"judging", "reviewing", "model", "errors", "claims", "standing", "link", "marks", "store", "results"},
    "pipeline": {*BASE, "read", "clean", "extraction", "identify", "link", "linking", "reprints", "resolve", "store"},
    "watching": {*BASE, "answer", "claim_views", "claims", "extraction", "marks", "pipeline", "read", "store"},
    "api": {*BASE, "read", "clean", "engines", "extraction", "store", "answer", "pipeline", "results"},
    "spacy_component": {"engines", "extraction", "flat", "model", "store"},
    "doctor": {*BASE, "api", "answer", "engines", "link", "store"},
    "terminal": {"model", "store", "marks", "flat", "doctor"},
    "side_by_side": {"link", "marks", "results", "store", "terminal"},
    "cli": {
        *BASE,
        "api",
        "answer",
        "audit",
        "backup",
        "credentials",
        "desk",
        "doctor",
        "engines",
        "export",
        "extraction",
        "flat",
        "gold",
        "logs",
        "marks",
        "people",
        "pipeline",
        "read",
        "redress",
        "report_json",
        "resolve",
        "results",
        "store",
    }
    | {"brief", "claim_views", "claims", "side_by_side", "standing", "terminal", "watching", "web", "__init__"},
    "paging": {"errors"},
    "from_json": {"claims", "link", "model", "results", "standing", "store"},
    "client": {"claims", "errors", "flat", "from_json", "model", "paging", "results", "store"},
    "web": {"answer", "api", "brief", "claim_views", "claims", "engines", "errors", "export", "extraction", "flat"}
    | {
        "agreement",
        "judging",
        "reviewing",
        "marks",
        "model",
        "paging",
        "people",
        "results",
        "settings",
        "standing",
        "store",
        "desk",
        "logs",
        "weights",
    },
    "__main__": {"cli"},
    "__init__": {"api", "answer", "claims", "client", "errors", "model", "read"},
}
"""Room → rooms that it may import. `__init__` only names things, lazily."""

DEEP = {("store", name) for name in ("rows", "claim_rows", "queue_rows", "redress_rows", "review_rows", "watch_rows")}
"""Inner rooms that others may import besides the door of a package."""

BANNED_MODULES = {"pickle", "marshal", "shelve", "joblib", "dill", "torch", "spacy", "telnetlib", "xmlrpc"}
ONLY_IN = {"spacy": "spacy_component"}
"""Banned modules that one room alone may import, which nothing of ours imports."""
BANNED_CALLS = {"eval", "exec", "compile", "__import__", "breakpoint"}
VAGUE = {"utils", "util", "common", "helpers", "misc"}
SQL = re.compile(
    r"^\s*(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s.+\sSET|DELETE\s+FROM|CREATE\s+(\w+\s+)?TABLE|DROP\s+TABLE|PRAGMA)\b"
)

FILES = sorted(SOURCE.rglob("*.py"))
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 450, 60


def room_of(path: Path) -> str:
    """The room that a file belongs to: the folder or module right below the package."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module that is imported anywhere in a file, in full."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide where things come from"
            assert node.module
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names if is_module(f"{node.module}.{name.name}"))


def is_module(name: str) -> bool:
    path = ROOT / "src" / Path(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").exists()


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_every_arrow_points_down(path: Path) -> None:
    here = room_of(path)
    for name in imported(tree_of(path)):
        parts = name.split(".")
        if parts[0] != "onrecord":
            continue
        room = parts[1] if len(parts) > 1 else "__init__"
        if room == here or (room == "__init__" and is_module(name) and here == "cli"):
            continue
        assert room in MAY_IMPORT[here] or name == "onrecord", f"{here} imports {name}"
        if here == "cli" or here in ("api", "pipeline"):
            assert len(parts) <= 2 or tuple(parts[1:3]) in DEEP, f"{here} goes past the door of {room}: {name}"


def test_every_room_is_in_the_plan() -> None:
    rooms = {room_of(path) for path in FILES}
    assert rooms <= set(MAY_IMPORT)
    plan = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for room in rooms - {"__init__", "__main__"}:
        assert re.search(rf"`{room}(\.py|/)`", plan), f"docs/architecture.md does not name {room}"


def test_siblings_do_not_know_each_other() -> None:
    siblings = {"read", "clean", "engines", "resolve", "store"}
    for room in siblings:
        assert not MAY_IMPORT[room] & siblings


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_nothing_dangerous_or_vague(path: Path) -> None:
    tree = tree_of(path)
    assert path.stem not in VAGUE
    banned = {name for name in BANNED_MODULES if ONLY_IN.get(name) != room_of(path)}
    assert not {name.split(".")[0] for name in imported(tree)} & banned
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in BANNED_CALLS, f"line {node.lineno}: {node.func.id}"
        if isinstance(node, ast.keyword) and node.arg == "shell":
            raise AssertionError(f"line {node.value.lineno}: shell=")
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            assert isinstance(node.value, ast.Constant)
            assert node.value.value is False


@pytest.mark.parametrize("path", [p for p in FILES if room_of(p) != "store"], ids=lambda p: str(p.relative_to(SOURCE)))
def test_sql_is_spoken_in_the_store_only(path: Path) -> None:
    tree = tree_of(path)
    assert not {name.split(".")[0] for name in imported(tree)} & {"sqlalchemy", "alembic"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not SQL.match(node.value), f"line {node.lineno}: SQL"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_files_and_functions_are_small_and_documented(path: Path) -> None:
    tree = tree_of(path)
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES
    if tree.body:
        assert ast.get_docstring(tree), "what is this module?"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno
            length = node.end_lineno - node.lineno
            assert length <= MOST_LINES_OF_A_FUNCTION or "versions" in path.parts, f"{node.name} is too long"
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"what is {node.name}?"


def test_no_import_goes_in_a_circle() -> None:
    def reach(room: str, seen: tuple[str, ...]) -> None:
        assert room not in seen, " → ".join((*seen, room))
        for other in MAY_IMPORT.get(room, ()):
            if other != "__init__":
                reach(other, (*seen, room))

    for room in MAY_IMPORT:
        reach(room, ())
