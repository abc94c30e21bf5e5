"""The Python client: every answer is the one that the record itself gives, over a real server."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import uvicorn

import onrecord
from onrecord.answer import Record
from onrecord.claims import Claim
from onrecord.client import RemoteRecord, connect, new_key
from onrecord.errors import Denied, NotFound, OnRecordError, StoreError, UsageError
from onrecord.people import Verb
from onrecord.results import Result
from onrecord.web import Desk, create_app
from onrecord.web.access import Actor
from tests.web.api_sample import sample

READER, REVIEWER = "onr_reader", "onr_reviewer"


class Tokens:
    """Two accounts, each with a token."""

    alone = False

    def actor_of(self, headers: object, cookies: object) -> Actor | None:
        given = headers.get("authorization")  # type: ignore[attr-defined]
        verbs = {
            f"Bearer {READER}": {Verb.read},
            f"Bearer {REVIEWER}": {Verb.read, Verb.review},
        }.get(given)
        return Actor(given.removeprefix("Bearer onr_"), frozenset(verbs)) if verbs else None

    def note(self, actor: Actor, action: str, target: str) -> None:
        """There is no log here."""


def served(app: object) -> Iterator[str]:
    """A real server on a free port."""
    held = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))  # type: ignore[arg-type]
    thread = Thread(target=server.run, kwargs={"sockets": [held]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{held.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    with sample(tmp_path_factory.mktemp("api") / "r.db") as record:
        yield record


@pytest.fixture(scope="module")
def far(record: Record) -> Iterator[RemoteRecord]:
    for url in served(create_app(Desk(record, "Ada"))):
        with connect(url) as far:
            yield far


@pytest.fixture(scope="module")
def team(record: Record) -> Iterator[str]:
    yield from served(create_app(Desk(record, "desk", access=Tokens())))


def same_claim(one: Claim, other: Claim) -> bool:
    return (
        one.to_dict() == other.to_dict()
        and one.positions == other.positions
        and one.standing("2031-05-02") == other.standing("2031-05-02")
        and one.standing() == other.standing()
        and one.trail() == other.trail()
        and one.at_odds() == other.at_odds()
    )


def same_result(one: Result, other: Result) -> bool:
    return one.to_dict() == other.to_dict() and one.said() == other.said() and one.to_rows() == other.to_rows()


def test_reports_and_what_belongs_to_them(record: Record, far: RemoteRecord) -> None:
    heads = record.reports(limit=3)
    assert far.reports(limit=3) == heads
    assert far.reports(limit=3, cursor=heads.cursor) == record.reports(limit=3, cursor=heads.cursor)
    for head in record.reports():
        assert same_result(far.report(head.id), record.report(head.id))
        assert far.text(head.id) == record.text(head.id)
        assert far.readings(head.id) == record.readings(head.id)
        assert far.raw(far.readings(head.id)[0].raw_sha256) == record.raw(record.readings(head.id)[0].raw_sha256)
        assert far.copies(head.id) == record.copies(head.id)
        for one, other in zip(far.versions(head.id), record.versions(head.id), strict=True):
            assert one.to_dict() == other.to_dict()
            assert one.notices == other.notices
    assert far.copied() == record.copied()
    assert far.copied(limit=1, offset=1) == record.copied(limit=1, offset=1)
    for result, other_result in zip(far.extractions(), record.extractions(), strict=True):
        assert same_result(result, other_result)


def test_attributions_and_words(record: Record, far: RemoteRecord) -> None:
    hits = record.search(limit=100)
    assert len(hits) > 5
    assert far.search(limit=100) == hits
    for hit in hits:
        assert hit.said
        assert far.attribution(hit.said.id) == record.attribution(hit.said.id)
    page = record.search("bridge", limit=1)
    assert far.search("bridge", limit=1) == page
    assert far.search("bridge", limit=1, cursor=page.cursor) == record.search("bridge", limit=1, cursor=page.cursor)
    assert far.search("snow", field="text") == record.search("snow", field="text")
    assert far.search(source="Lee", kind="direct", order="newest") == record.search(
        source="Lee", kind="direct", order="newest"
    )
    assert far.who("Lee") == record.who("Lee")
    assert far.who(record.entity("Mayor Ann Lee").id or "") == record.who(record.entity("Mayor Ann Lee").id or "")


def test_claims(record: Record, far: RemoteRecord) -> None:
    for asked in ({}, {"disputed": True}, {"many": True}, {"denied_by": "maki"}, {"since": "2031-05-04"}):
        theirs, ours = far.claims(**asked), record.claims(**asked)
        assert len(theirs) == len(ours)
        assert all(map(same_claim, theirs, ours))
    assert [c.id for c in far.claims("bridge", order="newest")] == [
        c.id for c in record.claims("bridge", order="newest")
    ]
    assert [c.id for c in far.claims(limit=2, offset=1)] == [c.id for c in record.claims()][1:3]
    claim = record.claims()[0]
    assert same_claim(far.claim(claim.positions[-1].said.id), claim)
    ids = [p.said.id for p in claim.positions]
    assert far.stances(ids) == record.stances(ids)
    assert far.changed("2031-05-03") == record.changed("2031-05-03")
    assert far.history("Mayor Ann Lee") == record.history("Mayor Ann Lee")
    assert far.history("Mayor Ann Lee").contradictions
    assert far.history("Trader Maki", "bridge") == record.history("Trader Maki", "bridge")
    assert far.compare("The Morning", "Valley Courier") == record.compare("The Morning", "Valley Courier")
    assert far.compare("2031-05-02", "2031-05-03") == record.compare("2031-05-02", "2031-05-03")
    assert far.compare("Trader Maki", "Engineer Wu").claims


def test_who_is_quoted_and_the_record_from_afar(record: Record, far: RemoteRecord) -> None:
    assert far.entities() == record.entities()
    assert far.entities("lee", kind="person", voice="named", limit=1) == record.entities("lee", kind="person", limit=1)
    assert far.entity("Mayor Ann Lee") == record.entity("Mayor Ann Lee")
    assert far.sources(limit=2, offset=1) == record.sources(limit=2, offset=1)
    one = record.entity("Mayor Ann Lee").id or ""
    assert far.roles(one) == record.roles(one)
    assert far.quoted(publisher="The Morning", since="2031-05-02") == record.quoted(
        publisher="The Morning", since="2031-05-02"
    )
    assert far.publishers() == record.publishers()
    assert far.status() == record.status()
    assert far.runs() == record.runs()
    assert far.failures() == record.failures() != []
    assert far.judgements() == record.judgements()
    assert far.judgements(one, withdrawn=True) == record.judgements(one, withdrawn=True)
    assert far.judged_by_people() == record.judged_by_people()
    assert far.take_in(*record.judged_by_people()) == 0


def test_errors_are_those_of_the_record(record: Record, far: RemoteRecord) -> None:
    asked: tuple[Callable[[Any], object], ...] = (
        lambda r: r.report("report-sha256-00"),
        lambda r: r.attribution("zzz"),
        lambda r: r.claim("zzz"),
        lambda r: r.entity("Nobody At All"),
        lambda r: r.search("!!!"),
        lambda r: r.search(cursor="x"),
        lambda r: r.claims(since="2031-02-31"),
        lambda r: r.compare("No Paper", "No Other"),
    )
    for each in asked:
        with pytest.raises(OnRecordError) as ours:
            each(record)
        with pytest.raises(type(ours.value)) as theirs:
            each(far)
        assert str(theirs.value) == str(ours.value)
    with pytest.raises(UsageError, match="limit"):
        far.search(limit=0)
    with pytest.raises(NotFound):
        far.report("a/b")


def test_a_persons_word(tmp_path: Path) -> None:
    record = sample(tmp_path / "r.db")
    for url in served(create_app(Desk(record, "Ada"))):
        far = onrecord.connect(url)
        one, other = (hit.said.id for hit in record.search("storm", limit=2) if hit.said)
        before = record.claim(one)
        made = far.stance(one[:24], "denies", reason="meant ironically")
        assert record.claim(one).standing().disputed != before.standing().disputed
        assert {j.id: j.by for j in record.judgements()}[made] == "Ada"
        far.undo(made, reason="no", by="Bo")
        assert record.claim(one).to_dict() == before.to_dict()
        for judge in (far.same, far.different, far.opposes, far.contradicts):
            assert judge(one, other, reason="r", by="Cy") in {j.id for j in record.judgements()}
        lee = record.entity("Mayor Ann Lee").id or ""
        far.rename(lee, "Ann Lee", reason="short")
        assert far.entity("Ann Lee").id == lee
        far.speaker(one, lee, reason="it is she")
        assert far.attribution(one).entity_name == "Ann Lee"
        with pytest.raises(NotFound):
            far.rename("entity-sha256-" + "0" * 32, "X", reason="r")
        far.close()
    record.close()


def test_tokens_and_what_they_cover(record: Record, team: str) -> None:
    said = next(hit.said.id for hit in record.search(limit=1) if hit.said)
    for token in (None, "onr_other"):
        with connect(team, token) as far, pytest.raises(Denied, match="token"):
            far.status()
    with connect(team, READER) as far:
        assert far.status() == replace(record.status(), location=""), "where the record lies is not told from afar"
        with pytest.raises(Denied, match="review"):
            far.stance(said, "denies", reason="r")
        with pytest.raises(Denied, match="export"):
            far.judged_by_people()
    with connect(team, REVIEWER) as far:
        with pytest.raises(Denied, match="reviewer"):
            far.stance(said, "denies", reason="r", by="somebody else")
        made = far.stance(said, "affirms", reason="r")
        assert next(j for j in record.judgements() if j.id == made).by == "reviewer"
        with pytest.raises(Denied, match="manage"):
            far.take_in([replace(record.judgements()[-1], reason="forged")], [])


@pytest.mark.parametrize("url", ["desk", "ftp://desk.example", "http://", "http://[", "http://desk.example"])
def test_what_is_no_address_of_a_desk(url: str) -> None:
    with pytest.raises(UsageError):
        connect(url, token="onr_x")


def test_no_desk_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    with connect(f"http://127.0.0.1:{port}", timeout=2) as far, pytest.raises(StoreError, match="reached"):
        far.status()


def test_keys_are_uuids_of_version_7() -> None:
    from uuid import UUID

    keys = {new_key() for _ in range(100)}
    assert len(keys) == 100
    assert {UUID(key).version for key in keys} == {7}


@pytest.mark.usefixtures("tiny")
def test_the_examples_of_the_docs_work_as_printed(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    shell = "\n".join(re.findall(r"```sh\n(.*?)```", page, re.S))
    (python,) = re.findall(r"```python\n(.*?)```", page, re.S)
    address = "http://127.0.0.1:8734"
    assert shell.count("curl") >= 12
    with sample(tmp_path / "r.db") as record:
        for url in served(create_app(Desk(record, "Ada"))):
            ran = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", shell.replace(address, url)],
                cwd=tmp_path, capture_output=True, text=True, timeout=60,
            )  # fmt: skip
            assert ran.returncode == 0, ran.stderr
            assert "}304\n" in ran.stdout
            assert '"new":0}' in ran.stdout
            assert "There is no such parameter" in ran.stdout
            told = subprocess.run(
                [sys.executable, "-c", python.replace(address, url)], capture_output=True, text=True, timeout=60
            )
            assert "that the bridge at Orm was closed for repairs" in told.stdout, told.stderr
