"""The schema of the API and what it answers are one: hundreds of calls made from it, and the page that shows it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from onrecord.web.api.reference import reference_page
from onrecord.web.problems import KINDS
from tests.web.api_calls import call_all
from tests.web.api_sample import client, sample

EXAMPLES = 4
"""Calls of each operation that fit the schema, and as many that do not; bench/api.py makes thousands."""


@pytest.mark.usefixtures("tiny")
def test_what_is_answered_is_what_the_schema_tells(tmp_path: Path) -> None:
    with sample(tmp_path / "r.db") as record:
        schema = client(record).get("/api/v1/openapi.json").json()
        counts = call_all(record, schema, EXAMPLES, random=7)
        assert counts.wrong == []
        assert counts.calls >= 200
        assert len(counts.operations) == sum(map(len, schema["paths"].values()))
        assert {200, 400, 404, 422} <= set(counts.statuses)
        assert not [status for status in counts.statuses if status >= 500]
        assert list(record.verify()) == []


def test_the_reference_page_tells_every_address_field_and_problem(tmp_path: Path) -> None:
    with sample(tmp_path / "r.db") as record:
        desk = client(record)
        schema = desk.get("/api/v1/openapi.json").json()
        assert schema["openapi"].startswith("3.1")
        page = desk.get("/api/")
        assert page.headers["content-type"].startswith("text/html")
        assert page.content.split(b"nonce")[0] == desk.get("/api").content.split(b"nonce")[0]
        for path, operations in schema["paths"].items():
            for method in operations:
                assert f"{method.upper()} {path}" in page.text
        ids = set(re.findall(r'id="([^"]+)"', page.text))
        assert {f"problem-{name}" for name in KINDS} <= ids
        assert {f"shape-{name}" for name in schema["components"]["schemas"]} <= ids
        assert set(re.findall(r'href="#([^"]+)"', page.text)) <= ids
        assert re.findall(r'(?:src|href)="(?:https?:)?//', page.text) == []
        assert "<style" not in page.text
        shown = reference_page(schema)
        assert sum(len(group.operations) for group in shown.groups) == sum(map(len, schema["paths"].values()))
