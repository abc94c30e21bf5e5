"""The API over HTTP: pages, caching, compression, problems, rights, limits, retries, bad input."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from fastapi import APIRouter
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from onrecord.answer import Record
from onrecord.client import new_key
from onrecord.model import Proposed
from onrecord.people import Verb
from onrecord.web import api, routes
from onrecord.web.access import Actor, Needs, declared
from onrecord.web.api.extracting import WAITING
from onrecord.web.limits import Buckets
from onrecord.web.problems import PROBLEM_JSON
from tests.conftest import STORY
from tests.tiny import TinyEngine
from tests.web.api_sample import client, sample

V1 = "/api/v1"


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    with sample(tmp_path_factory.mktemp("api") / "r.db") as record:
        yield record


@pytest.fixture(scope="module")
def desk(record: Record) -> TestClient:
    return client(record)


def problem(answer: Any, status: int, kind: str) -> dict[str, Any]:
    """That an answer is a problem of that kind, under the guard's headers; its body."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == PROBLEM_JSON
    assert answer.headers["x-content-type-options"] == "nosniff"
    body: dict[str, Any] = answer.json()
    assert body["type"].endswith(f"/api/#problem-{kind}")
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


# pages, caching, compression


@pytest.mark.parametrize("path", ["reports", "search", "entities", "sources", "claims", "failures", "judgements"])
def test_pages_lead_on_to_all_there_is(desk: TestClient, path: str) -> None:
    every = desk.get(f"{V1}/{path}?limit=100").json()
    assert every["cursor"] is None
    found, address = [], f"{V1}/{path}?limit=2"
    while address:
        answer = desk.get(address)
        found += answer.json()["items"]
        assert ("next" in answer.links) == (answer.json()["cursor"] is not None)
        address = answer.links.get("next", {}).get("url", "")
    assert found == every["items"]
    assert found


def test_the_next_page_keeps_the_filters_and_the_root(record: Record) -> None:
    far = client(record, root="/desk")
    answer = far.get("/desk/api/v1/search?words=bridge&limit=1&field=content")
    assert answer.links["next"]["url"].startswith("/desk/api/v1/search?words=bridge&limit=1&field=content&cursor=")
    assert far.get(answer.links["next"]["url"]).status_code == 200
    assert far.get("/desk/api/v1/openapi.json").json()["servers"] == [{"url": "/desk"}]
    assert far.get("/desk/api/v1/claims/zzz").json()["type"] == "/desk/api/#problem-not-on-record"


def test_a_list_by_offset_says_how_deep_it_goes(desk: TestClient) -> None:
    from onrecord.paging import DEEPEST, cursor_at

    for path in ("claims", "entities", "sources", "copied"):
        assert desk.get(f"{V1}/{path}", params={"cursor": cursor_at(DEEPEST)}).json() == {"items": [], "cursor": None}
        for cursor in (cursor_at(DEEPEST + 1), cursor_at(10**30), "x", "ZnJvbSAtMQ", "ZnJvbSAx=", "é", "1.0"):
            problem(desk.get(f"{V1}/{path}", params={"cursor": cursor}), 400, "question")


def test_what_has_not_changed_is_not_sent_again(desk: TestClient, record: Record) -> None:
    report = record.reports()[0].id
    for path in ("status", "claims", f"reports/{report}", f"reports/{report}/text", f"reports/{report}/raw"):
        first = desk.get(f"{V1}/{path}")
        tag = first.headers["etag"]
        assert re.fullmatch(r'"[0-9a-f]{32}(-gzip)?"', tag)
        assert first.headers["cache-control"] == "private, no-cache"
        for given_tag in (tag, f'"other", W/{tag}', "*"):
            again = desk.get(f"{V1}/{path}", headers={"if-none-match": given_tag})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert desk.get(f"{V1}/{path}", headers={"if-none-match": '"other"'}).content == first.content


def test_large_answers_are_compressed_and_small_ones_are_not(desk: TestClient) -> None:
    plain = desk.get(f"{V1}/claims", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    zipped = desk.get(f"{V1}/claims", headers={"accept-encoding": "br;q=0.9, gzip"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in zipped.headers["vary"]
    assert zipped.json() == plain.json()
    assert zipped.headers["etag"] != plain.headers["etag"]
    assert int(zipped.headers["content-length"]) < len(plain.content)
    refused = desk.get(f"{V1}/claims", headers={"accept-encoding": "gzip;q=0"})
    assert "content-encoding" not in refused.headers
    assert "content-encoding" not in desk.get(f"{V1}/claims/zzz").headers


def test_the_whole_record_is_exported(desk: TestClient, record: Record) -> None:
    from onrecord import export as formats

    lines = desk.get(f"{V1}/export").text
    assert [json.loads(line) for line in lines.split("\n") if line] == [e.to_dict() for e in record.extractions()]
    assert desk.get(f"{V1}/export?form=csv").text.startswith(",".join(("source", "cue", "content")))
    w3c = desk.get(f"{V1}/export?form=w3c")
    assert w3c.headers["content-type"] == "application/ld+json"
    assert json.loads(w3c.text) == json.loads("\n".join(formats.w3c(record.extractions())))
    assert desk.get(f"{V1}/claims/{record.claims()[0].id}/brief?form=md").text.startswith("#")


def test_raw_pages_are_saved_never_shown(desk: TestClient, record: Record) -> None:
    head = next(head for head in record.reports() if head.origin == "a.html")
    answer = desk.get(f"{V1}/reports/{head.id}/raw")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "default-src 'none'" in answer.headers["content-security-policy"]


# problems


def test_every_error_is_a_problem(desk: TestClient) -> None:
    problem(desk.get(f"{V1}/nothing"), 404, "no-such-address")
    problem(desk.get(f"{V1}/reports/report-sha256-00"), 404, "not-on-record")
    problem(desk.delete(f"{V1}/reports"), 405, "method")
    assert "GET" in desk.delete(f"{V1}/reports").headers["allow"]
    trace = desk.request("TRACE", f"{V1}/reports")
    problem(trace, 405, "method")
    assert trace.headers["allow"]
    problem(desk.get(f"{V1}/search", params={"words": "a " * 10_000}), 414, "too-long")
    problem(desk.get(f"{V1}/search", params={"words": "a " * 2_500}), 422, "fields")
    problem(desk.post(f"{V1}/extract", content=b"x" * (2**21 + 1)), 413, "too-large")
    problem(desk.post(f"{V1}/extract", content=b"x", headers={"content-encoding": "gzip"}), 415, "form")
    problem(desk.get(f"{V1}/status", headers={"host": "evil.example"}), 421, "elsewhere")
    problem(desk.post(f"{V1}/judgements", headers={"origin": "https://evil.example"}), 403, "not-allowed")
    problem(desk.post(f"{V1}/judgements/import", content="{}", headers={"content-type": "text/plain"}), 415, "form")
    asked = problem(desk.get(f"{V1}/claims?since=1.5.2031&limit=0&disputed=maybe"), 422, "fields")
    assert {each["field"] for each in asked["errors"]} >= {"since", "limit", "disputed"}
    typo = problem(desk.get(f"{V1}/claims?dispute=true"), 422, "fields")
    assert "disputed" in typo["errors"][0]["message"]
    assert asked["instance"] == f"{V1}/claims"


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"null", b"\xff", b'{"relation": "same"}', b'{"relation": "likes"}', b'{"a": NaN}',
    b"[" * 100_000,
    b'{"relation": "stance", "attribution": "x", "stance": "none", "reason": "r"}',
])  # fmt: skip
def test_a_body_that_is_none(desk: TestClient, body: bytes) -> None:
    answer = desk.post(f"{V1}/judgements", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    problem(answer, answer.status_code, "fields" if answer.status_code == 422 else "question")


def test_a_mistake_of_ours_tells_nothing_of_the_inside(record: Record) -> None:
    class Broken:
        def status(self) -> None:
            raise RuntimeError("the secret place /home/ada")

    answer = client(Broken()).get(f"{V1}/status")  # type: ignore[arg-type]
    assert "secret" not in problem(answer, 500, "mistake")["detail"]


@settings(max_examples=50)
@given(words=st.text(max_size=60) | st.text(alphabet='"*()^:-+{}~ANDORNEAR\x00 ab', max_size=30))
def test_no_words_break_a_search(desk: TestClient, words: str) -> None:
    for path, name in (("search", "words"), ("claims", "words"), ("entities", "words"), ("quoted", "words")):
        asked = {name: words.encode("utf-8", "replace").decode()}
        assert desk.get(f"{V1}/{path}", params=asked).status_code in (200, 400)


def test_many_words_are_answered_or_told(desk: TestClient) -> None:
    for path, most in (("search", 1000), ("claims", 1000), ("changes", 1000), ("entities", 400), ("quoted", 400)):
        params = {"words": " ".join(f"{k:x}" for k in range(2000))[:most].strip(), "since": "2031-05-01"}
        if path == "entities":
            del params["since"]
        assert desk.get(f"{V1}/{path}", params=params).status_code in (200, 400), path


def test_days_at_the_ends_of_the_calendar(desk: TestClient) -> None:
    for day in ("0001-01-01", "9999-12-31"):
        for path in ("changes", "claims", "search", "quoted"):
            assert desk.get(f"{V1}/{path}", params={"since": day}).status_code == 200
    problem(desk.get(f"{V1}/changes?since=2031-02-30"), 400, "question")
    problem(desk.get(f"{V1}/changes?since=0000-01-01"), 400, "question")


# rights and limits


class Only:
    """An account that may do some of it."""

    alone = False

    def __init__(self, *verbs: Verb) -> None:
        self.verbs = verbs

    def actor_of(self, headers: object, cookies: object) -> Actor | None:
        return Actor("Bo", frozenset(self.verbs)) if self.verbs else None

    def note(self, actor: Actor, action: str, target: str) -> None:
        """There is no log here."""


def test_every_route_declares_what_it_needs() -> None:
    found = [(route.path, needs) for router in (api.router, routes.router) for route, needs in declared(router.routes)]
    assert len(found) > 45
    assert [path for path, needs in found if needs is None] == []
    open_to_all = {path for path, needs in found if needs and needs.verb is None}
    assert open_to_all == {"/api", "/api/", "/api/v1/openapi.json", "/csp-reports"}


def test_a_route_that_declares_nothing_is_found() -> None:
    router = APIRouter()
    router.get("/open")(lambda: None)
    outer = APIRouter()
    outer.include_router(router)
    assert [needs for _, needs in declared(outer.routes)] == [None]


def test_each_route_refuses_who_lacks_its_verb(record: Record) -> None:
    nobody = client(record, Only())
    without = {verb: client(record, Only(*(set(Verb) - {verb}))) for verb in Verb}
    for router in (api.router, routes.router):
        for route, needs in declared(router.routes):
            if needs is None or needs.verb is None:
                continue
            path = route.path.replace("{id}", "x").replace("{sha256}", "0" * 64)
            path = re.sub(r"\{\w+\}", "x", path)
            method = next(iter(route.methods or ()))
            away = nobody.request(method, path, follow_redirects=False)
            assert away.status_code == (401 if path.startswith(V1) else 303), path
            assert without[needs.verb].request(method, path).status_code == 403, path


def test_who_is_nobody_is_told_how_to_come_in(record: Record) -> None:
    answer = client(record, Only()).get(f"{V1}/status")
    problem(answer, 401, "token")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert client(record, Only()).get("/").headers["content-type"].startswith("text/html")


def test_too_many_requests(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_REQUESTS_PER_MINUTE", "6")
    eager = client(record, Only(Verb.read))
    statuses = [eager.get(f"{V1}/status").status_code for _ in range(8)]
    assert statuses[:6] == [200] * 6
    last = eager.get(f"{V1}/status")
    problem(last, 429, "too-many")
    assert 1 <= int(last.headers["retry-after"]) <= 60


def test_a_bucket_fills_up_again() -> None:
    now = [0.0]
    buckets = Buckets(60, clock=lambda: now[0])
    assert [buckets.take("a") for _ in range(61)] == [0] * 60 + [1]
    assert buckets.take("b") == 0
    now[0] = 1.0
    assert (buckets.take("a"), buckets.take("a")) == (0, 1)


# a person's word


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[Record, TestClient]]:
    with sample(tmp_path / "own.db") as record:
        yield record, client(record)


def stance_of(record: Record) -> dict[str, str]:
    said = next(hit.said.id for hit in record.search("storm", limit=1) if hit.said)
    return {"relation": "stance", "attribution": said, "stance": "denies", "reason": "ironic"}


def test_a_retry_with_the_same_key_adds_nothing(own: tuple[Record, TestClient]) -> None:
    record, desk = own
    body, key = stance_of(record), new_key()
    before = len(record.judgements())
    first = desk.post(f"{V1}/judgements", json=body, headers={"idempotency-key": key})
    assert (first.status_code, first.json()["new"]) == (201, True)
    with ThreadPoolExecutor(8) as pool:
        again = [
            pool.submit(desk.post, f"{V1}/judgements", json=body, headers={"idempotency-key": key}) for _ in range(8)
        ]
    assert {each.result().json()["id"] for each in again} == {first.json()["id"]}
    assert {each.result().status_code for each in again} == {200}
    assert len(record.judgements()) == before + 1
    made = next(j for j in record.judgements() if j.id == first.json()["id"])
    assert abs((datetime.now(UTC) - made.at).total_seconds()) < 60
    reopened = client(record)
    assert reopened.post(f"{V1}/judgements", json=body, headers={"idempotency-key": key}).json()["new"] is False
    assert desk.post(f"{V1}/judgements", json=body, headers={"idempotency-key": new_key()}).json()["new"] is True


def test_undo_once_by_key(own: tuple[Record, TestClient]) -> None:
    record, desk = own
    made = desk.post(f"{V1}/judgements", json=stance_of(record)).json()["id"]
    key = {"idempotency-key": new_key()}
    first = desk.post(f"{V1}/judgements/{made}/undo", json={"reason": "no"}, headers=key)
    again = desk.post(f"{V1}/judgements/{made}/undo", json={"reason": "no"}, headers=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert made not in {j.id for j in record.judgements()}
    back = desk.post(f"{V1}/judgements/{first.json()['id']}/undo", json={"reason": "yes"})
    assert back.status_code == 201
    assert made in {j.id for j in record.judgements()}
    problem(desk.post(f"{V1}/judgements/judgement-sha256-{'0' * 32}/undo", json={"reason": "r"}), 404, "not-on-record")


@pytest.mark.parametrize("key", ["x", str(uuid.UUID(int=1, version=4)), "00000000-0000-7000-8000-000000000000",
                                 "ffffffff-ffff-7fff-bfff-ffffffffffff"])  # fmt: skip
def test_keys_that_are_none(own: tuple[Record, TestClient], key: str) -> None:
    record, desk = own
    before = len(record.judgements())
    answer = desk.post(f"{V1}/judgements", json=stance_of(record), headers={"idempotency-key": key})
    problem(answer, 400, "question")
    assert len(record.judgements()) == before


def test_what_cannot_be_judged_together(own: tuple[Record, TestClient]) -> None:
    record, desk = own
    report, said = record.reports()[0].id, stance_of(record)["attribution"]
    entity = record.entity("Mayor Ann Lee").id or ""
    for relation, a, b in (("same", said, said), ("same", said, report), ("opposes", entity, entity),
                           ("contradicts", report, record.reports()[1].id)):  # fmt: skip
        answer = desk.post(f"{V1}/judgements", json={"relation": relation, "a": a, "b": b, "reason": "r"})
        problem(answer, 400, "question")
    for reason in ("", "  ", "\x00", "a\ud800", "x" * 1001):
        data = json.dumps({**stance_of(record), "reason": reason}).encode()
        answer = desk.post(f"{V1}/judgements", content=data, headers={"content-type": "application/json"})
        problem(answer, 422, "fields")


def test_what_people_judged_goes_into_another_record(own: tuple[Record, TestClient], tmp_path: Path) -> None:
    record, desk = own
    desk.post(f"{V1}/judgements", json=stance_of(record))
    lines = desk.get(f"{V1}/judgements/export").content
    with sample(tmp_path / "other.db") as other:
        far, kind = client(other), {"content-type": "application/jsonl"}
        assert far.post(f"{V1}/judgements/import", content=lines, headers=kind).json()["new"] > 0
        again = far.post(f"{V1}/judgements/import", content=lines, headers=kind).json()
        assert again == {"read": lines.count(b"\n"), "new": 0}
        for bad in (b"{}", b"[]", b"3", b"\xff", lines + b'{"judgement": {"by_kind": "engine"}}', b'{"judgement": 1}',
                    lines.replace(b"+00:00", b""), b"[" * 50_000, b'{"withdrawal": {"judgement_id": {}}}'):  # fmt: skip
            problem(far.post(f"{V1}/judgements/import", content=bad, headers=kind), 400, "question")
        foreign = lines.replace(b"attribution-sha256-", b"attribution-sha256-f")
        problem(far.post(f"{V1}/judgements/import", content=foreign, headers=kind), 404, "not-on-record")


# reading a text


@pytest.mark.usefixtures("tiny")
def test_a_text_is_read_and_not_recorded(desk: TestClient, record: Record) -> None:
    import onrecord

    before = record.status()
    answer = desk.post(f"{V1}/extract", json={"text": STORY, "publisher": "The Herald", "published": "2031-03-01"})
    assert answer.json() == onrecord.extract(STORY, publisher="The Herald", published="2031-03-01").to_dict()
    assert record.status() == before
    problem(desk.post(f"{V1}/extract", json={"text": " \n "}), 422, "unreadable")
    problem(desk.post(f"{V1}/extract", json={"text": "x" * 100_001}), 422, "fields")
    problem(desk.post(f"{V1}/extract", json={"text": "x", "url": "https://a.example", "engine": "llm"}), 422, "fields")
    data = json.dumps({"text": "Mayor Lee said that \ud800 it opens."}).encode()
    answer = desk.post(f"{V1}/extract", content=data, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)


def test_few_texts_wait(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    go, begun = Event(), Event()

    class Slow(TinyEngine):
        def propose(self, reports: Any) -> list[Proposed]:
            begun.set()
            go.wait(20)
            return super().propose(reports)

    loaded: list[Slow] = []

    def load(**_: object) -> Slow:
        loaded.append(Slow())
        return loaded[-1]

    monkeypatch.setattr("onrecord.engines.default_engine", load)
    desk = client(record)
    with ThreadPoolExecutor(WAITING + 1) as pool:
        held = [pool.submit(desk.post, f"{V1}/extract", json={"text": STORY}) for _ in range(WAITING + 1)]
        begun.wait(20)
        refused = wait(held, 20, FIRST_COMPLETED).done
        go.set()
        statuses = sorted(each.result(20).status_code for each in held)
    assert statuses == [200] * WAITING + [503]
    assert [int(each.result().headers["retry-after"]) > 0 for each in refused] == [True]
    assert len(loaded) == 1


def test_needs_is_a_verb_of_the_table() -> None:
    assert {needs.verb for _, needs in declared(api.router.routes) if isinstance(needs, Needs)} == {
        None, Verb.read, Verb.export, Verb.review, Verb.manage,
    }  # fmt: skip
