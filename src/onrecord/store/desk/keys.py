"""Sessions, tokens and failed logins as rows. Of a secret only its fingerprint is here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from onrecord.people import Scope, Session, Token
from onrecord.store.desk import schema as t


class Keys:
    """What one comes in with, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_session(self, session: Session, fingerprint: str) -> None:
        """A new session."""
        row = {"id": session.id, "secret": fingerprint, "account": session.account}
        times = {name: getattr(session, name).isoformat() for name in ("made", "used", "expires")}
        self._connection.execute(insert(t.sessions), row | times)

    def session(self, fingerprint: str) -> Session | None:
        """The session of that secret, whether or not it has ended."""
        row = self._connection.execute(select(t.sessions).filter_by(secret=fingerprint)).first()
        return _session(row) if row else None

    def sessions(self, account_id: str) -> list[Session]:
        """An account's sessions, oldest first."""
        query = select(t.sessions).filter_by(account=account_id).order_by(t.sessions.c.made, t.sessions.c.id)
        return [_session(row) for row in self._connection.execute(query)]

    def use_session(self, session_id: str, at: datetime) -> None:
        """Note that it was used."""
        self._connection.execute(update(t.sessions).filter_by(id=session_id).values(used=at.isoformat()))

    def revoke_sessions(self, at: datetime, **of: str) -> int:
        """End the sessions of an account (`account=`), or one (`id=`); how many."""
        query = update(t.sessions).filter_by(**of).where(t.sessions.c.revoked.is_(None))
        return self._connection.execute(query.values(revoked=at.isoformat())).rowcount

    def forget_sessions(self, before: datetime) -> None:
        """Delete those that expired before a moment."""
        self._connection.execute(delete(t.sessions).where(t.sessions.c.expires < before.isoformat()))

    def add_token(self, token: Token, fingerprint: str) -> None:
        """A new token."""
        row = {"id": token.id, "secret": fingerprint, "account": token.account, "workspace": token.workspace}
        row |= {"scope": token.scope.value, "label": token.label}
        self._connection.execute(
            insert(t.tokens), row | {"made": token.made.isoformat(), "expires": token.expires.isoformat()}
        )

    def token(self, fingerprint: str) -> Token | None:
        """The token of that text, whether or not it is still good."""
        row = self._connection.execute(select(t.tokens).filter_by(secret=fingerprint)).first()
        return _token(row) if row else None

    def tokens(self) -> list[Token]:
        """All tokens, oldest first."""
        return [_token(row) for row in self._connection.execute(select(t.tokens).order_by(t.tokens.c.made))]

    def use_token(self, token_id: str, at: datetime) -> None:
        """Note that it was used."""
        self._connection.execute(update(t.tokens).filter_by(id=token_id).values(used=at.isoformat()))

    def revoke_token(self, token_id: str, at: datetime) -> None:
        """It is good no longer."""
        query = update(t.tokens).filter_by(id=token_id).where(t.tokens.c.revoked.is_(None))
        self._connection.execute(query.values(revoked=at.isoformat()))

    def attempts(self, name: str, since: datetime) -> int:
        """How many logins of a name (its fingerprint) have failed, or are under way, since a moment."""
        query = select(func.count()).select_from(t.attempts)
        recent = query.where(t.attempts.c.name == name, t.attempts.c.at >= since.isoformat())
        return int(self._connection.execute(recent).scalar_one())

    def add_attempt(self, name: str, at: datetime) -> None:
        """One more."""
        self._connection.execute(insert(t.attempts), {"name": name, "at": at.isoformat()})

    def forget_attempts(self, name: str | None = None, *, before: datetime | None = None) -> None:
        """Those of a name, or all before a moment, count no longer."""
        a = t.attempts.c
        which = a.name == name if before is None else a.at < before.isoformat()
        self._connection.execute(delete(t.attempts).where(which))


def _when(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None


def _session(row: Row[Any]) -> Session:
    made, used, expires = (datetime.fromisoformat(text) for text in (row.made, row.used, row.expires))
    return Session(row.id, row.account, made, used, expires, _when(row.revoked))


def _token(row: Row[Any]) -> Token:
    made, expires = datetime.fromisoformat(row.made), datetime.fromisoformat(row.expires)
    used, revoked = _when(row.used), _when(row.revoked)
    return Token(row.id, row.account, Scope(row.scope), row.label, made, expires, row.workspace, used, revoked)
