"""For who watches over a desk: alive, ready, figures; events as JSON; and that none of it tells what is private."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from onrecord import logs
from onrecord.answer import Record
from onrecord.errors import EngineError, StoreError, UsageError
from onrecord.logs import LogFormat
from onrecord.store import open_store
from onrecord.web import Desk, create_app
from onrecord.web.metrics import readers
from tests.conftest import Command
from tests.web.desk import filled

CANARY = "Zanzibar"


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with Record(filled(tmp_path / f"{CANARY}.db")) as made:
        made._store.watching.add(f"https://{CANARY}.example/rss?key={CANARY}", "feed", title=CANARY)
        yield made


@pytest.fixture
def events() -> Iterator[None]:
    """Machines are spoken to, for the length of a test."""
    logs.use(LogFormat.json)
    yield
    logs.use(LogFormat.text)


def at(record: Record, client: str = "127.0.0.1") -> TestClient:
    """A desk, asked from an address."""
    app = create_app(Desk(record, CANARY))
    return TestClient(app, client=(client, 1), raise_server_exceptions=False, follow_redirects=False)


def figures(text: str) -> dict[str, float]:
    """Each line of the text format."""
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


def test_alive_and_ready_tell_nothing_of_what_is_on_record(record: Record) -> None:
    desk = at(record)
    assert desk.get("/healthz").json() == {"status": "alive"}
    assert desk.get("/readyz").json() == {"status": "ready", "record": "in order", "models": "in order"}


def test_not_ready_where_the_record_cannot_be_read(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise StoreError(f"{CANARY} is damaged", which=CANARY)

    desk = at(record)
    monkeypatch.setattr(record._store, "heads", fails)
    answer = desk.get("/readyz")
    assert (answer.status_code, answer.json()["record"], answer.json()["models"]) == (503, "failed", "in order")
    assert CANARY not in answer.text
    assert desk.get("/healthz").status_code == 200


def test_not_ready_where_a_model_is_damaged_and_ready_once_it_is_mended(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise EngineError("altered", which="/secret/place")

    desk = at(record)
    monkeypatch.setattr("onrecord.web.health.check_all", fails)
    answer = desk.get("/readyz")
    assert (answer.status_code, answer.json()["models"]) == (503, "failed")
    assert "secret" not in answer.text
    monkeypatch.undo()
    assert desk.get("/readyz").status_code == 200


def test_no_figures_unless_somebody_says_for_whom(record: Record) -> None:
    assert at(record).get("/metrics").status_code == 404


def test_figures_for_this_machine_alone(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_METRICS", "loopback")
    assert at(record).get("/metrics").status_code == 200
    assert at(record, "::1").get("/metrics").status_code == 200
    assert at(record, "192.0.2.7").get("/metrics").status_code == 404
    for name in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP", "X-Forwarded-Host"):  # somebody else's, passed on
        assert at(record).get("/metrics", headers={name: "127.0.0.1"}).status_code == 404


def test_figures_for_who_sends_the_token(record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "token"
    file.write_text("0123456789abcdef\n")
    monkeypatch.setenv("ONRECORD_METRICS", str(file))
    desk = at(record, "192.0.2.7")
    assert desk.get("/metrics", headers={"Authorization": "Bearer 0123456789abcdef"}).status_code == 200
    for sent in ("", "Bearer ", "Bearer 0123456789abcdeg", "Basic 0123456789abcdef", "Bearer \xff"):
        assert desk.get("/metrics", headers={b"Authorization": sent.encode("latin-1")}).status_code == 404
    assert at(record).get("/metrics").status_code == 404


@pytest.mark.parametrize("given", ["yes", "/nowhere/token", "short"])
def test_a_setting_that_lets_in_nobody_for_sure_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    (tmp_path / "short").write_text("abc")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ONRECORD_METRICS", given)
    with pytest.raises(UsageError, match="openssl rand"):
        readers()


def test_figures_count_requests_by_route_and_the_record(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    from prometheus_client.parser import text_string_to_metric_families

    monkeypatch.setenv("ONRECORD_METRICS", "loopback")
    desk = at(record)
    claim = record.claims(limit=1)[0].id
    for path in (f"/claims/{claim}", f"/claims/{claim}", f"/search?q={CANARY}", f"/{CANARY}", "/static/desk.css"):
        desk.get(path)
    desk.get("/", headers={"host": f"{CANARY}.example"})
    desk.request(CANARY.upper(), "/")
    desk.head("/")
    text = desk.get("/metrics").text
    assert list(text_string_to_metric_families(text))  # a reader that is not ours takes all of it
    told = figures(text)
    assert told['onrecord_requests_total{method="GET",route="/claims/{claim_id}",status="200"}'] == 2
    assert told['onrecord_requests_total{method="GET",route="none",status="404"}'] == 1
    assert told['onrecord_requests_total{method="GET",route="none",status="421"}'] == 1
    assert told['onrecord_requests_total{method="GET",route="/static/",status="200"}'] == 1
    assert told['onrecord_requests_total{method="other",route="none",status="405"}'] == 1
    assert told['onrecord_requests_total{method="HEAD",route="/",status="200"}'] == 1
    assert told['onrecord_request_seconds_count{method="GET",route="/claims/{claim_id}"}'] == 2
    assert told['onrecord_request_seconds_bucket{le="+Inf",method="GET",route="/search"}'] == 1
    assert told['onrecord_rows{kind="reports"}'] == record.status().reports
    assert told["onrecord_record_bytes"] == record.status().bytes
    assert told["onrecord_record_up"] == 1
    assert told['onrecord_watch_places{state="watched"}'] == 1
    assert re.search(r'onrecord_build_info\{statements="[0-9a-f]{12}",tagger="[0-9a-f]{12}",version="[^"]+"\} 1', text)
    assert CANARY.lower() not in text.lower()


def test_figures_of_a_record_that_cannot_be_read(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise StoreError("damaged")

    monkeypatch.setenv("ONRECORD_METRICS", "loopback")
    desk = at(record)
    monkeypatch.setattr(record._store, "status", fails)
    told = figures(desk.get("/metrics").text)
    assert told["onrecord_record_up"] == 0
    assert "onrecord_record_bytes" not in told


@pytest.mark.usefixtures("events")
def test_a_request_is_one_event_that_tells_its_route_and_no_more(
    record: Record, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = at(record)
    capsys.readouterr()
    token = f"onr_{CANARY}"
    headers = {"Authorization": f"Bearer {token}", "User-Agent": CANARY, "Referer": f"https://{CANARY}.example/"}
    cookies = {"Cookie": f"onrecord={CANARY}"}
    asked = [
        desk.get(f"/search?q={CANARY}", headers=headers),
        desk.get(f"/api/v1/claims/{CANARY}", headers=cookies),
        desk.get(f"/{CANARY}%0a%1b[31m", headers=headers),
        desk.get("/", headers={"Host": f"{CANARY}.example"}),
        desk.post("/login", data={"name": CANARY, "password": CANARY}),
        desk.request(CANARY.upper(), "/"),
    ]

    def fails(*_: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr("onrecord.web.routes.runs_page", fails)
    asked.append(desk.get("/runs"))
    printed = capsys.readouterr().err
    lines = [json.loads(line) for line in printed.splitlines()]
    told = [line for line in lines if line["event"] == "request"]
    assert [line["id"] for line in told] == [answer.headers["x-request-id"] for answer in asked]
    assert [line["status"] for line in told] == [answer.status_code for answer in asked]
    assert [line["route"] for line in told[:2]] == ["/search", "/api/v1/claims/{id}"]
    assert (told[-1]["error"], told[-1]["level"]) == ("RuntimeError", "error")
    assert all({"time", "level", "event", "method", "ms"} <= line.keys() for line in told)
    assert CANARY.lower() not in printed.lower()
    assert asked[1].json()["request_id"] == told[1]["id"]


def test_what_libraries_log_is_told_without_what_was_filled_in(
    events: None, capsys: pytest.CaptureFixture[str]
) -> None:
    import logging

    logging.getLogger("uvicorn.error").warning("Odd request of %s.", CANARY)
    try:
        raise ValueError(CANARY)
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in %s", CANARY)
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert (first["said"], first["level"]) == ("Odd request of %s.", "warning")
    assert (second["error"], second["level"]) == ("ValueError", "error")


def test_reading_and_watching_tell_events(command: Command, reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private = reports / f"{CANARY}.bin"
    private.write_bytes(bytes(range(256)) * 9)
    try:
        ran = command("read", reports, "--log-format", "json")
        told = [json.loads(line) for line in ran.err.splitlines()]
        assert [line["event"] for line in told] == ["read.failed", "read.failed", "read.done"]
        assert (told[-1]["recorded"], told[-1]["failed"]) == (2, 2)
        assert CANARY not in ran.err
        with socket.socket() as closed:  # a port on which nobody answers
            closed.bind(("127.0.0.1", 0))
            host = f"127.0.0.1:{closed.getsockname()[1]}"
        monkeypatch.setenv("ONRECORD_LOG_FORMAT", "json")
        with open_store(reports.parent / "record.db") as store:
            store.watching.add(f"http://{host}/rss?key={CANARY}", "feed")
        ran = command("watch", "run", "--once", "--inside", host)
        told = [json.loads(line) for line in ran.err.splitlines()]
        assert [line["event"] for line in told] == ["watch.begun", "place.failed", "watch.done"]
        assert told[1]["site"] == "127.0.0.1"
        assert CANARY not in ran.err
        monkeypatch.setenv("ONRECORD_LOG_FORMAT", "xml")
        assert command("read", reports).code == 2
    finally:
        logs.use(LogFormat.text)
