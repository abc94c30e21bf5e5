"""A record of made-up reports, and a desk on it, for tests of review."""

from __future__ import annotations

from pathlib import Path

from fastapi.testclient import TestClient

from onrecord.answer import Record
from onrecord.clean import clean
from onrecord.extraction import extract_one
from onrecord.identify import identify
from onrecord.linking import find_claims
from onrecord.model import Found, Given, RawReport
from onrecord.store import Store, open_store
from onrecord.web import Desk, create_app
from tests.stand_in import WordComparer
from tests.tiny import TinyEngine

REPORTS = {
    "a": ("2031-05-01", "The Morning", "Bridge shut\n\nMayor Lee said that the bridge at Orm was closed for repairs."),
    "b": ("2031-05-02", "The Evening", "Engineer Wu said that the bridge at Orm was closed for long repairs."),
    "c": ("2031-05-03", "The Evening", "Trader Maki said that the bridge at Orm was not closed for repairs."),
    "d": ("2031-05-04", "The Morning", "Pilot Roe said that no aircraft landed before the storm."),
    "e": (
        "2031-05-05",
        "The Morning",
        "Storm 🌩️ over Orm\n\nMayor Lee said that the harbour 🚢 will close.\n\nPier\t12 boats\nQuay\t3 boats\n\n"
        "“Nobody asked us,” said Captain Ünal Öz.\n\nשלום said nobody.\n",
    ),
}


def put(store: Store, name: str, day: str, publisher: str, text: str, engine: TinyEngine | None = None) -> None:
    """Record one report."""
    given = Given(publisher=Found(publisher, "user"), published=Found(day, "user"))
    raw = RawReport(text.encode(), "text", f"{name}.txt", given=given)
    store.record(raw, extract_one(clean(raw, verbatim=True), engine or TinyEngine()))


def filled(path: Path) -> Store:
    """A record of the reports, compared for claims and people."""
    store = open_store(path)
    for name, (day, publisher, text) in REPORTS.items():
        put(store, name, day, publisher, text)
    identify(store)
    find_claims(store, WordComparer())
    return store


def client(store: Store, person: str = "Ada") -> TestClient:
    """A desk at which this person sits."""
    return TestClient(create_app(Desk(Record(store), person)))


def said(store: Store, words: str) -> str:
    """The id of the attribution whose content has these words."""
    hit = Record(store).search(f'"{words}"')[0].said
    assert hit
    return hit.id
