"""A desk: those who work on records together, how they come in, and the log of what was done.

Every change and the line in the audit log that says so are one transaction. Who may do what is decided by `people.may`;
whoever calls here has asked it, or is at the machine itself (`people.ALONE`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from onrecord import credentials
from onrecord.audit import ERASE, Entry, Fault, Head, name_of
from onrecord.errors import BadLogin, LockedOut, NotFound, UsageError
from onrecord.people import ALONE, Account, Actor, Membership, Role, Scope, Session, Token, Verb, Workspace
from onrecord.settings import whole
from onrecord.store import Words, bytes_left
from onrecord.store.desk import DeskFile, Rows, open_desk

__all__ = ["ALONE", "Actor", "Desk", "Role", "Scope", "Verb", "open_the_desk"]

FAILURES = 10
"""Logins of one name that may fail within `WINDOW`; then it is locked until they are that old."""
WINDOW = timedelta(minutes=15)
STALE = timedelta(minutes=1)
"""How far behind the note of a session's or token's last use may be, so that reading a page need not write."""
LONGEST_NAME = 64
LONGEST_LIFE = 3650
"""Days that a token may be good for."""

Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


class Desk:
    """A desk in a file. Safe to use from several threads and processes at once. `clock` tells the time, UTC."""

    def __init__(self, file: DeskFile, clock: Clock = _now) -> None:
        self._file = file
        self._clock = clock

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return self._file.path

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    # people

    def add(self, name: str, password: str, role: Role, workspace: str | None = None, *, by: Actor = ALONE) -> Account:
        """A new account with a role in a workspace, by name (None: the only one). Raises UsageError, NotFound."""
        name = _checked_name(name)
        credentials.check_password(password, name)
        kept = credentials.hashed(password)
        account = Account(credentials.new_id("account"), name, self._clock())
        with self._file.write() as rows:
            if rows.people.account(credentials.folded(name)):
                raise UsageError("there is an account of that name.", which=name, advice="Choose another name.")
            where = _workspace(rows, workspace)
            rows.people.add_account(account, credentials.folded(name), kept)
            rows.people.set_role(account.id, where.id, role)
            rows.log.add(by.id, "account.add", account.id, {"name": name, "role": role.value}, where.id)
        return account

    def accounts(self) -> list[tuple[Account, list[Membership]]]:
        """All accounts by name, each with its roles."""
        with self._file.read() as rows:
            every = rows.people.memberships()
            return [(each, [m for m in every if m.account == each.id]) for each in rows.people.accounts()]

    def memberships(self, name: str) -> list[Membership]:
        """The roles of an account: what `people.may_change` asks for. Raises NotFound."""
        with self._file.read() as rows:
            return rows.people.memberships(_account(rows, name).id)

    def set_role(self, name: str, role: Role | None, workspace: str | None = None, *, by: Actor = ALONE) -> None:
        """Another role in a workspace, or none there (None). It holds at once. Raises NotFound."""
        with self._file.write() as rows:
            account, where = _account(rows, name), _workspace(rows, workspace)
            rows.people.set_role(account.id, where.id, role)
            rows.log.add(by.id, "account.role", account.id, {"role": role.value if role else None}, where.id)

    def disable(self, name: str, *, by: Actor = ALONE) -> None:
        """Shut an account out at once: its sessions end, its tokens rest. Raises NotFound."""
        with self._file.write() as rows:
            account, at = _account(rows, name), self._clock()
            rows.people.set_disabled(account.id, at)
            ended = rows.keys.revoke_sessions(at, account=account.id)
            rows.log.add(by.id, "account.disable", account.id, {"sessions": ended})

    def enable(self, name: str, *, by: Actor = ALONE) -> None:
        """Let an account in again, and forget failed logins of it. Raises NotFound."""
        with self._file.write() as rows:
            account = _account(rows, name)
            rows.people.set_disabled(account.id, None)
            rows.keys.forget_attempts(_attempted(account.name))
            rows.log.add(by.id, "account.enable", account.id, {})

    def set_password(self, name: str, password: str, *, by: Actor = ALONE) -> None:
        """Another password; whoever is logged in as this account has to log in again. Raises UsageError, NotFound."""
        with self._file.read() as rows:
            account = _account(rows, name)
        credentials.check_password(password, account.name)
        kept = credentials.hashed(password)
        with self._file.write() as rows:
            rows.people.set_password(account.id, kept)
            ended = rows.keys.revoke_sessions(self._clock(), account=account.id)
            rows.keys.forget_attempts(_attempted(account.name))
            rows.log.add(by.id, "account.password", account.id, {"sessions": ended})

    # workspaces

    def add_workspace(self, name: str, db: str | Path, *, by: Actor = ALONE) -> Workspace:
        """A workspace on the record at a place. Raises UsageError where name or record have one."""
        name = _checked_name(name)
        place = _place(db)
        made = Workspace(credentials.new_id("workspace"), name, place, self._clock())
        with self._file.write() as rows:
            for held in rows.people.workspaces():
                if credentials.folded(held.name) == credentials.folded(name) or held.db == place:
                    raise UsageError("there is a workspace of that name, or on that record.", which=held.name)
            rows.people.add_workspace(made, credentials.folded(name))
            rows.log.add(by.id, "workspace.add", made.id, {"name": name, "db": place}, made.id)
        return made

    def workspaces(self) -> list[Workspace]:
        """All workspaces by name."""
        with self._file.read() as rows:
            return rows.people.workspaces()

    def workspace(self, name: str | None) -> Workspace:
        """The workspace of that name; None: the only one. Raises NotFound, UsageError."""
        with self._file.read() as rows:
            return _workspace(rows, name)

    # coming in

    def login(self, name: str, password: str, *, former: str | None = None) -> tuple[Session, str]:
        """A new session and its secret, which is told this once. `former`, the secret of a session that the same
        browser had, ends. Raises BadLogin, LockedOut.

        An attempt is counted before the password is checked, so that many at once cannot outrun the lock; names that
        are none lock alike, and the log has one line for each lock.
        """
        at, attempted = self._clock(), _attempted(name)
        with self._file.write() as rows:
            rows.keys.forget_attempts(before=at - WINDOW)
            failed = rows.keys.attempts(attempted, at - WINDOW)
            if failed >= FAILURES:
                raise LockedOut(
                    "too many logins of this name have failed.",
                    advice=f"Wait {WINDOW.seconds // 60} minutes, or ask an admin to enable the account.",
                )
            rows.keys.add_attempt(attempted, at)
            account = rows.people.account(credentials.folded(name))
            kept = rows.people.password(account.id) if account and not account.disabled else None
        if not credentials.fits(password, kept) or account is None or kept is None:
            if failed + 1 == FAILURES:
                with self._file.write() as rows:
                    rows.log.add(ALONE.id, "login.locked", account.id if account else None, {})
            raise BadLogin("name and password do not fit.", advice="Try again; an admin can set a new password.")
        return self._begin(account, kept, password, former)

    def _begin(self, account: Account, kept: str, password: str, former: str | None) -> tuple[Session, str]:
        again = credentials.hashed(password) if credentials.outdated(kept) else None
        at, secret = self._clock(), credentials.new_secret()
        session = Session(
            credentials.new_id("session"), account.id, at, at, at + timedelta(seconds=whole("session_seconds"))
        )
        with self._file.write() as rows:
            if rows.people.account_of(account.id).disabled or rows.people.password(account.id) != kept:
                raise BadLogin("name and password do not fit.", advice="Try again.")
            if again:
                rows.people.set_password(account.id, again)
            rows.keys.forget_attempts(_attempted(account.name))
            rows.keys.forget_sessions(at - timedelta(days=30))
            held = rows.keys.session(credentials.fingerprint(former)) if former else None
            if held:
                rows.keys.revoke_sessions(at, id=held.id)
            rows.keys.add_session(session, credentials.fingerprint(secret))
            rows.log.add(account.id, "login", session.id, {})
        return session, secret

    def logout(self, secret: str) -> None:
        """End a session; one that is none, or has ended, is no error."""
        with self._file.write() as rows:
            session = rows.keys.session(credentials.fingerprint(secret))
            if session and rows.keys.revoke_sessions(self._clock(), id=session.id):
                rows.log.add(session.account, "logout", session.id, {})

    def by_session(self, secret: str) -> Actor:
        """Who comes with the secret of a session. Raises BadLogin where it is none, or has ended."""
        at = self._clock()
        with self._file.read() as rows:
            session = rows.keys.session(credentials.fingerprint(secret))
            account = rows.people.account_of(session.account) if session else None
            memberships = tuple(rows.people.memberships(account.id)) if account else ()
        idle = timedelta(seconds=whole("session_idle_seconds"))
        ended = session is None or session.revoked or at >= session.expires or at >= session.used + idle
        if ended or session is None or account is None or account.disabled:
            raise BadLogin("you are not logged in, or no longer.", advice="Log in again.")
        if at - session.used >= STALE:
            with self._file.write() as rows:
                rows.keys.use_session(session.id, at)
        return Actor(account, memberships, by=session.id)

    def by_token(self, text: str) -> Actor:
        """Who comes with a token, narrowed to its scope. Raises BadLogin where it is none, or good no longer."""
        token_text, at = credentials.checked_token(text), self._clock()
        with self._file.read() as rows:
            token = rows.keys.token(credentials.fingerprint(token_text))
            account = rows.people.account_of(token.account) if token else None
            memberships = tuple(rows.people.memberships(account.id)) if account else ()
        if token is None or account is None or account.disabled or token.revoked or at >= token.expires:
            why = "has expired" if token and at >= token.expires else "is not good, or no longer"
            raise BadLogin(f"this token {why}.", advice="Make another: onrecord people token.")
        if token.used is None or at - token.used >= STALE:
            with self._file.write() as rows:
                rows.keys.use_token(token.id, at)
        return Actor(account, memberships, token, by=token.id)

    def sessions(self, name: str) -> list[Session]:
        """The sessions of an account, oldest first, ended ones too. Raises NotFound."""
        with self._file.read() as rows:
            return rows.keys.sessions(_account(rows, name).id)

    # tokens

    def add_token(
        self, name: str, scope: Scope, days: int, *, label: str = "", workspace: str | None = None, by: Actor = ALONE
    ) -> tuple[Token, str]:
        """A new token of an account and its text, which is told this once; with `workspace`, for that one alone.

        Raises UsageError, NotFound.
        """
        if not 1 <= days <= LONGEST_LIFE:
            raise UsageError(f"a token is good for 1 to {LONGEST_LIFE} days.", which=f"--days {days}")
        at, text = self._clock(), credentials.new_token()
        with self._file.write() as rows:
            account = _account(rows, name)
            where = _workspace(rows, workspace) if workspace else None
            expires = at + timedelta(days=days)
            token = Token(
                credentials.new_id("token"), account.id, scope, _line(label), at, expires, where.id if where else None
            )
            rows.keys.add_token(token, credentials.fingerprint(text))
            told = {"account": account.id, "scope": scope.value, "label": token.label, "days": days}
            rows.log.add(by.id, "token.add", token.id, told, token.workspace)
        return token, text

    def tokens(self) -> list[tuple[Token, Account]]:
        """All tokens, oldest first, each with its account."""
        with self._file.read() as rows:
            named = {account.id: account for account in rows.people.accounts()}
            return [(token, named[token.account]) for token in rows.keys.tokens()]

    def revoke(self, token_id: str, *, by: Actor = ALONE) -> Token:
        """A token is good no longer; by its id, or a beginning that fits no other. Raises NotFound."""
        stem = token_id if token_id.startswith("token-") else f"token-{token_id}"
        with self._file.write() as rows:
            fitting = [token for token in rows.keys.tokens() if token.id.startswith(stem)]
            if len(fitting) != 1 or stem == "token-":
                raise NotFound("no one token has that id.", which=token_id, advice="See: onrecord people tokens")
            rows.keys.revoke_token(fitting[0].id, self._clock())
            rows.log.add(by.id, "token.revoke", fitting[0].id, {}, fitting[0].workspace)
        return fitting[0]

    # the log

    def note(
        self, action: str, target: str | None, details: Mapping[str, Any], *, db: str | None = None, by: Actor = ALONE
    ) -> Entry:
        """Write in the audit log what was done to a record (`db`, its place; None: to none) in its workspace, if it
        has one."""
        with self._file.write() as rows:
            place = _place(db) if db else None
            where = next((w.id for w in rows.people.workspaces() if w.db == place), None)
            return rows.log.add(by.id, action, target, {**details, **({"db": place} if place else {})}, where)

    def log(self, limit: int | None = None) -> list[Entry]:
        """The newest entries of the audit log, or all, oldest first."""
        with self._file.read() as rows:
            return list(rows.log.entries() if limit is None else rows.log.newest(limit))

    def entries(self, fits: Callable[[Entry], bool]) -> list[Entry]:
        """Those entries of the audit log that fit, oldest first."""
        with self._file.read() as rows:
            return list(filter(fits, rows.log.entries()))

    def head(self) -> Head:
        """The end of the log, to be kept elsewhere."""
        with self._file.read() as rows:
            return rows.log.head()

    def faults(self, head: Head | None = None) -> Iterator[Fault]:
        """Whatever is wrong with the log; with a head kept elsewhere, also what only that can show."""
        with self._file.read() as rows:
            yield from rows.log.faults(head)

    def left(self, names: Collection[str]) -> list[str]:
        """At which bytes of the desk's files these names stand; names of accounts and workspaces are not erased."""
        return [f"byte {at} of {file}" for file, at in bytes_left(self.path, Words(names))]

    def erase_details(self, which: Collection[Entry], reason: str, *, by: Actor = ALONE) -> None:
        """Erase the details of entries, say so in the log, and leave nothing of them in the file."""
        if which:
            with self._file.write() as rows:
                rows.log.erase([entry.seq for entry in which])
                for entry in which:
                    rows.log.add(by.id, ERASE, name_of(entry.seq), {"reason": reason}, entry.workspace)
        self._file.shrink()


def open_the_desk(where: str | Path, *, create: bool = False, clock: Clock = _now) -> Desk:
    """The desk at a path. Raises NotFound where there is none and `create` is false, and StoreError."""
    return Desk(open_desk(where, create=create), clock)


def _account(rows: Rows, name: str) -> Account:
    account = rows.people.account(credentials.folded(name))
    if account is None:
        raise NotFound("there is no account of that name.", which=name, advice="See: onrecord people list")
    return account


def _workspace(rows: Rows, name: str | None) -> Workspace:
    if name is not None:
        found = rows.people.workspace(credentials.folded(name))
        if found is None:
            raise NotFound("there is no workspace of that name.", which=name, advice="See: onrecord workspace list")
        return found
    every = rows.people.workspaces()
    if not every:
        raise NotFound("there is no workspace yet.", advice="Make one: onrecord workspace add NAME --db FILE")
    if len(every) > 1:
        names = ", ".join(w.name for w in every)
        raise UsageError("there are several workspaces.", which=names, advice="Name one: --workspace NAME")
    return every[0]


def _attempted(name: str) -> str:
    return credentials.fingerprint(credentials.folded(name[: LONGEST_NAME * 4]))


def _checked_name(name: str) -> str:
    """Raises UsageError where a name cannot be shown, or would look like another."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    odd = [c for c in name if unicodedata.category(c)[0] == "C"]
    if not credentials.folded(name) or odd or len(name) > LONGEST_NAME:
        raise UsageError(
            f"a name has 1 to {LONGEST_NAME} characters, all of them visible.",
            which=name or "NAME",
            advice="Choose another.",
        )
    return name


def _place(db: str | Path) -> str:
    """A path as it is kept and compared."""
    return str(Path(db).expanduser().absolute()).encode(errors="backslashreplace").decode()


def _line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_NAME].encode(errors="backslashreplace").decode()
