"""A small record with something of everything that the API answers, made with the tiny engine; and a desk over it."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.testclient import TestClient

from onrecord.answer import Record
from onrecord.clean import clean
from onrecord.extraction import extract_one
from onrecord.linking import find_claims
from onrecord.model import Failure, Found, Given, RawReport
from onrecord.reprints import find_copies
from onrecord.store import Store, open_store
from onrecord.web import Desk, create_app
from onrecord.web.access import Access
from tests.stand_in import WordComparer
from tests.tiny import TinyEngine

BRIDGE = "The bridge at Orm\n\nMayor Lee said that the bridge at Orm was closed for repairs. "
AGENCY = (
    "Storm on the coast\n\nPilot Roe said that no aircraft landed before the storm. "
    "The crew waited in the small hall of the old airport for seven hours while snow fell on the only runway. "
    "Nobody there had seen a winter like this one, and the last bus had left long before anybody knew of it. (Wire)"
)
REPORTS = (
    ("a.html", "The Morning", "2031-05-01", "https://morning.example/orm", BRIDGE + "It opens in 12 days."),
    ("b.txt", "Valley Courier", "2031-05-02", None, "Engineer Wu said that the bridge at Orm was closed for long repairs."),  # noqa: E501
    ("c.txt", "Harbour Post", "2031-05-03", None, "Trader Maki said that the bridge at Orm was not closed for repairs."),  # noqa: E501
    ("d.txt", "The Morning", "2031-05-04", None, AGENCY),
    ("e.txt", "Valley Courier", "2031-05-05", None, AGENCY.replace("Storm on the coast", "Coast snowed in")),
    (
        "f.html", "The Morning", "2031-05-06", "https://morning.example/orm",
        "The bridge at Orm\n\nMayor Lee said that the bridge at Orm was not closed for repairs. "
        "“Not for a day,” said Mayor Lee.\n\nCorrection: An earlier version of this article gave another date.",
    ),
    ("g.txt", None, None, None, "Büyükelçi Öz said that “the river 𝒳” rose by 3 metres; Keeper Ann said that it fell."),
)  # fmt: skip
"""Origin, publisher, day, address, text."""


def put(store: Store, origin: str, publisher: str | None, day: str | None, url: str | None, text: str) -> None:
    """Record one report."""
    form, data = "text", text
    if origin.endswith(".html"):
        first, *rest = text.split("\n\n")
        data = (
            f"<html><body><article><h1>{first}</h1>{''.join(f'<p>{each}</p>' for each in rest)}</article></body></html>"
        )
        form = "html"
    named = {name: Found(value, "user") if value else None for name, value in
             (("publisher", publisher), ("published", day), ("url", url))}  # fmt: skip
    raw = RawReport(data.encode(), form, origin, given=Given(**named))  # type: ignore[arg-type]
    store.record(raw, extract_one(clean(raw, verbatim=form == "text"), TinyEngine()))


def sample(where: Path) -> Record:
    """The record, filled once and copied."""
    shutil.copy(Path(_filled().name) / "r.db", where)
    return Record(open_store(where))


@cache
def _filled() -> TemporaryDirectory[str]:
    folder = TemporaryDirectory(prefix="onrecord-")
    with open_store(Path(folder.name) / "r.db") as store:
        _fill(store)
    return folder


def _fill(store: Store) -> None:
    for report in REPORTS:
        put(store, *report)
    store.record_failure(Failure("x.pdf", "read", "a PDF, which is not read yet", "Save it as text."))
    find_copies(store)
    find_claims(store, WordComparer())
    record = Record(store)
    lee, *others = [each.id or "" for each in record.entities("Mayor Lee", voice="named")]
    for other in others:
        record.same(lee, other, by="Ada", reason="one mayor")
    made = record.different(lee, record.entity("Engineer Wu").id or "", by="Ada", reason="mayor and engineer")
    record.rename(lee, "Mayor Ann Lee", by="Ada", reason="full name")
    record.undo(made, by="Bo", reason="never asked")


def client(record: Record, access: Access | None = None, **more: str) -> TestClient:
    """A browser at a desk over it."""
    desk = Desk(record, "Ada", access=access, **more)  # type: ignore[arg-type]
    return TestClient(create_app(desk), raise_server_exceptions=False, base_url="http://localhost")
