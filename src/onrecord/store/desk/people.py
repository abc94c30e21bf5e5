"""Accounts, workspaces and memberships as rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from onrecord.people import Account, Membership, Role, Workspace
from onrecord.store.desk import schema as t


class People:
    """Who works at the desk, and where, within one transaction. Names are looked up as folded."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_account(self, account: Account, folded: str, password: str) -> None:
        """A new account, with what is kept of its password."""
        row = {"id": account.id, "name": account.name, "folded": folded, "password": password}
        self._connection.execute(insert(t.accounts), row | {"made": account.made.isoformat()})

    def account(self, folded: str) -> Account | None:
        """The account of that name."""
        row = self._connection.execute(select(t.accounts).filter_by(folded=folded)).first()
        return _account(row) if row else None

    def account_of(self, account_id: str) -> Account:
        """The account with that id."""
        return _account(self._connection.execute(select(t.accounts).filter_by(id=account_id)).one())

    def accounts(self) -> list[Account]:
        """All accounts, by name."""
        return [_account(row) for row in self._connection.execute(select(t.accounts).order_by(t.accounts.c.folded))]

    def password(self, account_id: str) -> str:
        """What is kept of a password."""
        query = select(t.accounts.c.password).filter_by(id=account_id)
        return str(self._connection.execute(query).scalar_one())

    def set_password(self, account_id: str, password: str) -> None:
        """Keep another."""
        self._connection.execute(update(t.accounts).filter_by(id=account_id).values(password=password))

    def set_disabled(self, account_id: str, at: datetime | None) -> None:
        """Shut an account out, or let it in again (None)."""
        disabled = at.isoformat() if at else None
        self._connection.execute(update(t.accounts).filter_by(id=account_id).values(disabled=disabled))

    def add_workspace(self, workspace: Workspace, folded: str) -> None:
        """A new workspace."""
        row = {"id": workspace.id, "name": workspace.name, "folded": folded, "db": workspace.db}
        self._connection.execute(insert(t.workspaces), row | {"made": workspace.made.isoformat()})

    def workspace(self, folded: str) -> Workspace | None:
        """The workspace of that name."""
        row = self._connection.execute(select(t.workspaces).filter_by(folded=folded)).first()
        return _workspace(row) if row else None

    def workspaces(self) -> list[Workspace]:
        """All workspaces, by name."""
        query = select(t.workspaces).order_by(t.workspaces.c.folded)
        return [_workspace(row) for row in self._connection.execute(query)]

    def memberships(self, account_id: str | None = None) -> list[Membership]:
        """The roles of an account, or of all."""
        query = select(t.memberships).order_by(t.memberships.c.account, t.memberships.c.workspace)
        if account_id is not None:
            query = query.where(t.memberships.c.account == account_id)
        return [Membership(row.account, row.workspace, Role(row.role)) for row in self._connection.execute(query)]

    def set_role(self, account_id: str, workspace_id: str, role: Role | None) -> None:
        """Give an account a role in a workspace in place of any other, or none."""
        mine = {"account": account_id, "workspace": workspace_id}
        self._connection.execute(delete(t.memberships).filter_by(**mine))
        if role is not None:
            self._connection.execute(insert(t.memberships), mine | {"role": role.value})


def _account(row: Row[Any]) -> Account:
    return Account(row.id, row.name, datetime.fromisoformat(row.made), row.disabled is not None)


def _workspace(row: Row[Any]) -> Workspace:
    return Workspace(row.id, row.name, row.db, datetime.fromisoformat(row.made))
