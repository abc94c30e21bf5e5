"""A desk for a team: who may do what. The table of every route is `authorisation.tsv`: a route without a row fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from onrecord.answer import Record
from onrecord.desk import Desk as Accounts
from onrecord.desk import open_the_desk
from onrecord.people import ALLOWED, WITHIN, Role, Scope, Verb
from onrecord.store import open_store
from onrecord.web import Desk, Team, create_app
from onrecord.web.access import declared
from tests.conftest import Command
from tests.web.records import full

PASSWORD = "correct horse battery"
TABLE = Path(__file__).with_name("authorisation.tsv")
NOW = datetime(2031, 5, 1, 12, tzinfo=UTC)


class Clock:
    """A clock that is set by hand."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    with full(tmp_path_factory.mktemp("team") / "record.db") as made:
        yield made


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(tmp_path: Path, record: Record, clock: Clock) -> Iterator[Accounts]:
    """A reader, a reviewer and an admin of one workspace, somebody of another, and somebody who was disabled."""
    with open_the_desk(tmp_path / "desk.db", create=True, clock=clock) as desk:
        desk.add_workspace("harbour", record.location)
        other = tmp_path / "other.db"
        open_store(other).close()
        desk.add_workspace("bridge", other)
        for role in Role:
            desk.add(role.value, PASSWORD, role, "harbour")
        desk.add("stranger", PASSWORD, Role.admin, "bridge")
        desk.add("gone", PASSWORD, Role.admin, "harbour")
        desk.disable("gone")
        yield desk


@pytest.fixture
def at(accounts: Accounts, record: Record) -> TestClient:
    """The desk of the workspace `harbour`."""
    team = Team(accounts, accounts.workspace("harbour"))
    return TestClient(create_app(Desk(record, "nobody", access=team)), follow_redirects=False)


def table() -> dict[tuple[str, str], str]:
    """Route and method → the verb that it needs; `-`: none."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return {(path, method): verb for method, path, verb in (line.split("\t") for line in lines)}


def routes(at: TestClient) -> dict[tuple[str, str], str]:
    """The same, as the application has it."""
    app = at.app.app  # type: ignore[attr-defined]
    return {
        (route.path, method): (needs.verb.value if needs.verb else "-") if needs else "undeclared"
        for route, needs in declared(app.routes)
        for method in sorted(route.methods or ())
    }


def coming(at: TestClient, accounts: Accounts, who: str) -> dict[str, str]:
    """Headers that somebody comes with: `reader` and the like, or `TOKEN SCOPE of NAME`."""
    if who == "anonymous":
        return {}
    if who.startswith("token"):
        _, scope, _, name = who.split()
        return {"authorization": f"Bearer {accounts.add_token(name, Scope(scope), 30)[1]}"}
    answer = at.post("/login", data={"name": who, "password": PASSWORD}, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 303, answer.text
    at.cookies.clear()
    cookie = answer.headers["set-cookie"].split(";")[0]
    return {"cookie": cookie, "sec-fetch-site": "same-origin"}


def refused(answer: Response) -> bool:
    """Whether nothing was told or done: who are you, you may not, or a way to the login page."""
    to_login = answer.status_code == 303 and "/login" in answer.headers["location"]
    return answer.status_code in (401, 403) or to_login


def called(path: str) -> str:
    """An address of a route, of rows that are not there."""
    return re.sub(r"\{[^}]+\}", "0" * 32, path)


def test_the_table_has_every_route(at: TestClient) -> None:
    found = routes(at)
    assert "undeclared" not in found.values()
    assert found == table()


@pytest.mark.parametrize("who", ["anonymous", "reader", "reviewer", "admin", "stranger", "token read of admin",
                                 "token review of admin", "token admin of reader"])  # fmt: skip
def test_each_route_takes_those_whom_the_table_allows(at: TestClient, accounts: Accounts, who: str) -> None:
    headers = coming(at, accounts, who)
    may: frozenset[Verb] = frozenset()
    if who in Role.__members__:
        may = ALLOWED[Role(who)]
    elif who.startswith("token"):
        _, scope, _, name = who.split()
        may = ALLOWED[Role(name)] & WITHIN[Scope(scope)]
    for (path, method), verb in table().items():
        if verb == "-" or path.endswith(("/extract", "/logout")):
            continue
        answer = at.request(method, called(path), headers=headers)
        assert refused(answer) == (Verb(verb) not in may), (who, method, path, answer.status_code)


def test_who_was_disabled_or_whose_time_is_up_is_nobody(at: TestClient, accounts: Accounts, clock: Clock) -> None:
    reader = coming(at, accounts, "reader")
    token = coming(at, accounts, "token read of reader")
    told = at.get("/api/v1/status", headers=reader)
    assert told.status_code == 200
    assert told.json()["location"] == ""  # where on the machine it lies concerns nobody who asks from elsewhere
    assert at.get("/api/v1/status", headers=token).status_code == 200
    clock.now = NOW + timedelta(days=31)
    assert at.get("/api/v1/status", headers=reader).status_code == 401
    assert at.get("/api/v1/status", headers=token).status_code == 401
    clock.now = NOW
    accounts.disable("reader")
    assert at.get("/api/v1/status", headers=reader).status_code == 401
    answer = at.post("/login", data={"name": "gone", "password": PASSWORD})
    assert answer.status_code == 403
    assert "do not fit" in answer.text


def test_logging_in_leads_back_to_where_one_was_and_nowhere_else(at: TestClient) -> None:
    to = at.get("/claims?disputed=true").headers["location"]
    assert to == "/login?next=%2Fclaims%3Fdisputed%3Dtrue"
    assert 'value="/claims?disputed=true"' in at.get(to).text
    for elsewhere in (
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "\t//e.example",
    ):
        answer = at.post("/login", data={"name": "reader", "password": PASSWORD, "next": elsewhere})
        assert answer.headers["location"] == "/"
        at.cookies.clear()


def test_a_session_is_in_a_cookie_that_no_script_sees_and_ends_on_logging_out(
    at: TestClient, accounts: Accounts
) -> None:
    answer = at.post("/login", data={"name": "reader", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    secret = answer.headers["set-cookie"].split(";")[0].partition("=")[2]
    page = at.get("/")
    assert "You are <bdi>reader</bdi>" in page.text
    assert secret not in page.text
    at.post("/logout", headers={"sec-fetch-site": "same-origin"})
    again = at.get("/", headers={"cookie": f"onrecord={secret}"})
    assert again.status_code == 303
    assert all(secret not in line for line in map(str, accounts.log()))


def test_ten_guesses_lock_the_name(at: TestClient) -> None:
    for _ in range(10):
        assert at.post("/login", data={"name": "admin", "password": "a wrong one, surely"}).status_code == 403
    answer = at.post("/login", data={"name": "admin", "password": PASSWORD})
    assert answer.status_code == 403
    assert "too many" in answer.text


def test_what_somebody_changes_is_signed_by_them_and_in_the_audit_log(
    at: TestClient, accounts: Accounts, record: Record
) -> None:
    one, other = (claim.id for claim in record.claims(limit=2))
    body = {"relation": "different", "a": one, "b": other, "reason": "two matters"}
    headers = coming(at, accounts, "reviewer")
    assert at.post("/api/v1/judgements", json=body, headers=headers).status_code == 201
    assert [j.by for j in record.judgements() if j.by_kind == "person"][-1] == "reviewer"
    assert at.post("/api/v1/judgements", json={**body, "by": "admin"}, headers=headers).status_code == 403
    entries = [entry for entry in accounts.log() if entry.action == "post review"]
    assert entries[-1].target == "/api/v1/judgements"
    assert not list(accounts.faults())


def test_a_desk_for_the_network_needs_accounts(command: Command, tmp_path: Path) -> None:
    ran = command("serve", "--host", "0.0.0.0")
    assert ran.code == 2
    assert "onrecord people add" in ran.err
    ran = command("serve", "--workspace", "nowhere", "--desk", tmp_path / "none.db")
    assert ran.code == 1
    assert "Traceback" not in ran.err
