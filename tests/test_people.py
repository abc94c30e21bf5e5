"""Who may do what at a desk, how one comes in, and what never gets in."""

from __future__ import annotations

import io
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord import credentials
from onrecord.desk import FAILURES, WINDOW, Desk, open_the_desk
from onrecord.errors import BadLogin, LockedOut, NotFound, StoreError, UsageError
from onrecord.people import (
    ALLOWED,
    ALONE,
    Account,
    Actor,
    Membership,
    Role,
    Scope,
    Token,
    Verb,
    may,
    may_change,
)
from onrecord.store import open_store
from tests.conftest import Command

NOW = datetime(2031, 5, 3, 9, tzinfo=UTC)
PASSWORD = "four random words do"
ANN = Account("account-a", "Ann", NOW)

R, X, V, W, T, M = Verb.read, Verb.export, Verb.review, Verb.watch, Verb.takedown, Verb.manage
TABLE: dict[tuple[Role, Scope | None], set[Verb]] = {
    (Role.reader, None): {R, X},
    (Role.reader, Scope.read): {R, X},
    (Role.reader, Scope.review): {R, X},
    (Role.reader, Scope.write): {R, X},
    (Role.reader, Scope.admin): {R, X},
    (Role.reviewer, None): {R, X, V, W},
    (Role.reviewer, Scope.read): {R, X},
    (Role.reviewer, Scope.review): {R, X, V},
    (Role.reviewer, Scope.write): {R, X, V, W},
    (Role.reviewer, Scope.admin): {R, X, V, W},
    (Role.admin, None): {R, X, V, W, T, M},
    (Role.admin, Scope.read): {R, X},
    (Role.admin, Scope.review): {R, X, V},
    (Role.admin, Scope.write): {R, X, V, W},
    (Role.admin, Scope.admin): {R, X, V, W, T, M},
}
"""Written out by hand: what each role may do, with a login (None) and with a token of each scope."""


def token(scope: Scope, account: str = ANN.id, workspace: str | None = None) -> Token:
    return Token("token-t", account, scope, "", NOW, NOW + timedelta(days=1), workspace)


def test_the_policy_is_the_table() -> None:
    assert set(TABLE) == set(product(Role, [None, *Scope]))
    for (role, scope), allowed in TABLE.items():
        actor = Actor(ANN, (Membership(ANN.id, "w", role),), token(scope) if scope else None)
        assert {verb for verb in Verb if may(actor, verb, "w")} == allowed, (role, scope)
        assert not any(may(actor, verb, "other") for verb in Verb)


def test_whatever_is_not_allowed_is_forbidden() -> None:
    member = (Membership(ANN.id, "w", Role.admin),)
    nobodies = [
        None,
        Actor(None),
        Actor(ANN),
        Actor(Account(ANN.id, "Ann", NOW, disabled=True), member),
        Actor(ANN, (Membership("account-b", "w", Role.admin),)),
        Actor(ANN, member, token(Scope.admin, account="account-b")),
        Actor(ANN, member, token(Scope.admin, workspace="other")),
    ]
    assert not [(n, verb) for n in nobodies for verb in Verb if may(n, verb, "w")]
    assert all(may(ALONE, verb, "w") for verb in Verb)


ROLES = st.lists(st.builds(Membership, st.just(ANN.id), st.sampled_from("uvw"), st.sampled_from(Role)), max_size=4)


@given(ROLES, st.sampled_from(Scope), st.none() | st.sampled_from("uvw"), st.sampled_from(Verb), st.sampled_from("uvw"))
def test_a_token_never_does_more_than_its_account(
    memberships: list[Membership], scope: Scope, only: str | None, verb: Verb, where: str
) -> None:
    narrowed = Actor(ANN, tuple(memberships), token(scope, workspace=only))
    if may(narrowed, verb, where):
        assert may(Actor(ANN, tuple(memberships)), verb, where)
        assert any(verb in ALLOWED[m.role] for m in memberships if m.workspace == where)


def test_an_admin_cannot_reach_another_workspace_through_an_account() -> None:
    admin = Actor(ANN, (Membership(ANN.id, "w", Role.admin), Membership(ANN.id, "v", Role.reviewer)))
    assert may_change(admin, [Membership("account-b", "w", Role.admin)])
    assert not may_change(admin, [Membership("account-b", "w", Role.reader), Membership("account-b", "v", Role.reader)])
    assert not may_change(admin, [])
    assert not may_change(None, [])
    assert may_change(ALONE, [])


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    with open_the_desk(tmp_path / "desk.db", create=True, clock=clock) as made:
        made.add_workspace("Harbour", tmp_path / "harbour.db")
        made.add("Ann Lee", PASSWORD, Role.reviewer)
        yield made


def held(path: Path) -> bytes:
    """All bytes of a file and of those beside it."""
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


def test_a_login_gives_a_session_that_ends(desk: Desk, clock: Clock) -> None:
    session, secret = desk.login("ann  LEE", PASSWORD)
    actor = desk.by_session(secret)
    (where,) = desk.workspaces()
    assert (actor.name, actor.by, may(actor, Verb.review, where.id)) == ("Ann Lee", session.id, True)
    clock.now += timedelta(minutes=119)
    desk.by_session(secret)
    clock.now += timedelta(minutes=119)  # idle since the last use, not since the login
    desk.by_session(secret)
    clock.now += timedelta(minutes=121)
    with pytest.raises(BadLogin):
        desk.by_session(secret)


def test_a_session_ends_in_any_case_after_half_a_day(desk: Desk, clock: Clock) -> None:
    _, secret = desk.login("Ann Lee", PASSWORD)
    for _ in range(23):
        clock.now += timedelta(minutes=31)
        desk.by_session(secret)
    clock.now += timedelta(minutes=31)
    with pytest.raises(BadLogin):
        desk.by_session(secret)


def test_a_session_is_another_at_every_login_and_none_after_logout(desk: Desk) -> None:
    _, former = desk.login("Ann Lee", PASSWORD)
    _, secret = desk.login("Ann Lee", PASSWORD, former=former)
    assert secret != former
    for gone in (former, "", "x" * 43):
        with pytest.raises(BadLogin):
            desk.by_session(gone)
    desk.logout(secret)
    desk.logout(secret)
    with pytest.raises(BadLogin):
        desk.by_session(secret)
    assert [entry.action for entry in desk.log()][-3:] == ["login", "login", "logout"]


def test_only_fingerprints_are_kept_and_only_the_owner_can_read_them(desk: Desk) -> None:
    _, secret = desk.login("Ann Lee", PASSWORD)
    _, text = desk.add_token("Ann Lee", Scope.read, 90)
    desk.by_token(text)
    kept = held(desk.path)
    assert not [words for words in (secret, text, text[4:47], PASSWORD) if words.encode() in kept]
    assert credentials.fingerprint(secret).encode() in kept
    assert b"$argon2id$" in kept
    assert desk.path.stat().st_mode & 0o077 == 0


def test_a_wrong_password_and_an_unknown_name_look_alike(desk: Desk) -> None:
    # `credentials.fits` computes a hash in both cases: given None it checks one that nothing fits, made by the same
    # settings, so that there is no short way out. That it takes as long is not asserted, for tests assert no timing.
    complaints = set()
    for name in ("Ann Lee", "Nobody Atall", "", "x" * 100_000, "a\0\udcff"):
        with pytest.raises(BadLogin) as caught:
            desk.login(name, "not the password\udcff\0")
        complaints.add(str(caught.value))
    assert len(complaints) == 1
    assert not credentials.fits("any", None)
    assert not credentials.fits("any", "no hash at all")


@pytest.mark.parametrize("name", ["Ann Lee", "Nobody Atall"])
def test_ten_failures_lock_a_name_for_a_quarter_of_an_hour(desk: Desk, clock: Clock, name: str) -> None:
    for _ in range(FAILURES):
        clock.now += timedelta(seconds=1)
        with pytest.raises(BadLogin) as caught:
            desk.login(name, "not the password")
        assert not isinstance(caught.value, LockedOut)
    with open_the_desk(desk.path, clock=clock) as elsewhere, pytest.raises(LockedOut):
        elsewhere.login(name, PASSWORD)  # counted in the database, so that it holds over processes
    assert [entry.action for entry in desk.log()].count("login.locked") == 1
    if name == "Ann Lee":
        clock.now += WINDOW
        desk.login(name, PASSWORD)


def test_guesses_at_once_do_not_outrun_the_lock(desk: Desk) -> None:
    told: list[str] = []

    def guess() -> None:
        try:
            desk.login("Ann Lee", "not the password")
        except BadLogin as error:
            told.append(type(error).__name__)

    threads = [threading.Thread(target=guess) for _ in range(FAILURES + 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["BadLogin"] * FAILURES + ["LockedOut"] * 5


def test_success_forgets_failures_and_enabling_unlocks(desk: Desk) -> None:
    for _ in range(2):
        for _ in range(FAILURES - 1):
            with pytest.raises(BadLogin):
                desk.login("Ann Lee", "not the password")
        desk.login("Ann Lee", PASSWORD)
    for _ in range(FAILURES):
        with pytest.raises(BadLogin):
            desk.login("Ann Lee", "not the password")
    desk.enable("Ann Lee")
    desk.login("Ann Lee", PASSWORD)


def test_a_disabled_account_is_out_at_once(desk: Desk) -> None:
    _, secret = desk.login("Ann Lee", PASSWORD)
    _, text = desk.add_token("Ann Lee", Scope.write, 1)
    desk.disable("Ann Lee")
    for try_ in (lambda: desk.by_session(secret), lambda: desk.by_token(text), lambda: desk.login("Ann Lee", PASSWORD)):
        with pytest.raises(BadLogin):
            try_()
    desk.enable("Ann Lee")
    desk.by_token(text)
    with pytest.raises(BadLogin):
        desk.by_session(secret)


def test_another_password_ends_sessions(desk: Desk) -> None:
    _, secret = desk.login("Ann Lee", PASSWORD)
    desk.set_password("Ann Lee", "another one, long enough")
    for try_ in (lambda: desk.by_session(secret), lambda: desk.login("Ann Lee", PASSWORD)):
        with pytest.raises(BadLogin):
            try_()
    desk.login("Ann Lee", "another one, long enough")


def test_a_role_holds_at_once(desk: Desk) -> None:
    _, secret = desk.login("Ann Lee", PASSWORD)
    (where,) = desk.workspaces()
    for role, allowed in ((Role.admin, True), (Role.reader, False), (None, False)):
        desk.set_role("Ann Lee", role)
        assert may(desk.by_session(secret), Verb.manage, where.id) is allowed
    assert not may(desk.by_session(secret), Verb.read, where.id)


@pytest.mark.parametrize("password", ["", "short", "elevenchars", "x" * 1025, "Ann Lee the Elder", "ann lee the elder"])
def test_bad_passwords_are_refused(desk: Desk, password: str) -> None:
    with pytest.raises(UsageError):
        desk.add("Ann Lee the Elder", password, Role.reader)


@pytest.mark.parametrize("name", ["", "  ", "a\x00b", "a\u202eb", "ann lee", "ANN  LEE", "x" * 65, "Ａｎｎ Lee"])
def test_bad_names_are_refused(desk: Desk, name: str) -> None:
    with pytest.raises(UsageError):
        desk.add(name, PASSWORD, Role.reader)


def test_a_token_expires_and_is_revoked(desk: Desk, clock: Clock) -> None:
    made, text = desk.add_token("Ann Lee", Scope.read, 2, label="nightly")
    assert desk.by_token(f" {text}\n").token == made
    assert desk.tokens()[0][0].used == NOW
    clock.now += timedelta(days=2)
    with pytest.raises(BadLogin, match="expired"):
        desk.by_token(text)
    other, text = desk.add_token("Ann Lee", Scope.read, 2, workspace="harbour")
    desk.revoke(other.id[:14])
    with pytest.raises(BadLogin):
        desk.by_token(text)
    for wrong in ("token-", "", "zz"):
        with pytest.raises(NotFound):
            desk.revoke(wrong)
    for days in (0, -1, 4000):
        with pytest.raises(UsageError):
            desk.add_token("Ann Lee", Scope.read, days)


@given(st.integers(0, 52), st.characters(codec="ascii", exclude_categories=["C"]))
def test_a_mistyped_token_is_told(where: int, typed: str) -> None:
    text = credentials.new_token()
    assert text.startswith("onr_")
    assert credentials.is_token(text)
    wrong = text[:where] + typed + text[where + 1 :]
    assert credentials.is_token(wrong) is (wrong == text)
    assert not credentials.is_token(text[:where])


def test_a_record_is_no_desk_and_a_desk_no_record(tmp_path: Path, desk: Desk) -> None:
    open_store(tmp_path / "record.db").close()
    with pytest.raises(StoreError, match="another program or purpose"):
        open_the_desk(tmp_path / "record.db")
    with pytest.raises(StoreError, match="another program or purpose"):
        open_store(desk.path)
    with closing(sqlite3.connect(desk.path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'desk_9999'")
        connection.commit()
    with pytest.raises(StoreError, match="newer OnRecord"):
        open_the_desk(desk.path)
    with pytest.raises(NotFound):
        open_the_desk(tmp_path / "none.db")


def test_the_command_line(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_DESK", str(tmp_path / "desk.db"))

    def typed(text: str, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        ran = command(*arguments)
        return ran.code, ran.out, ran.err

    assert command("people", "list").code == 1
    assert "no workspace yet" in typed(PASSWORD, "people", "add", "Ann", "--role", "admin", "--password-stdin")[2]
    assert command("workspace", "add", "Harbour", "--db", str(tmp_path / "h.db")).code == 0
    assert "no terminal" in typed(PASSWORD, "people", "add", "Ann", "--role", "admin")[2]
    assert typed("short\n", "people", "add", "Ann", "--role", "admin", "--password-stdin")[0] == 2
    assert typed(f"{PASSWORD}\n", "people", "add", "Ann", "--role", "admin", "--password-stdin")[0] == 0
    assert command("people", "role", "Ann", "reviewer").code == 0
    assert command("people", "role", "Ann", "king").code == 2
    (row,) = json.loads(command("people", "list", "--format", "json").out)
    assert row["roles"] == {"Harbour": "reviewer"}
    text = command("people", "token", "Ann", "--scope", "read", "--days", "3", "--label", "nightly").out.strip()
    with open_the_desk(tmp_path / "desk.db") as desk:
        assert desk.by_token(text).name == "Ann"
    listed = command("people", "tokens", "--format", "table").out
    assert "Ann (nightly): read, until" in listed
    (made,) = json.loads(command("people", "tokens", "--format", "json").out)
    assert text not in json.dumps(made)
    assert command("people", "revoke", made["id"]).code == 0
    assert command("people", "disable", "Ann").code == 0
    assert "(disabled)" in command("people", "list", "--format", "table").out
    assert command("people", "enable", "Ann").code == 0
    assert typed("another one, long enough", "people", "password", "Ann", "--password-stdin")[0] == 0
    assert "Harbour: " in command("workspace", "list", "--format", "table").out
    assert command("people", "enable", "Bo").code == 1
