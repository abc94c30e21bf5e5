"""`onrecord people` and `onrecord workspace`: who works at a desk, on which records, and as what."""

from __future__ import annotations

import getpass
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from onrecord.cli import talk
from onrecord.cli.options import AsDesk, AsFormat, at_desk
from onrecord.errors import UsageError
from onrecord.people import Account, Membership, Role, Scope, Token, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import RenderableType

app = typer.Typer(name="people", rich_markup_mode=None, no_args_is_help=True)
workspaces = typer.Typer(name="workspace", rich_markup_mode=None, no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name of an account.")]
InWorkspace = Annotated[
    str | None, typer.Option("--workspace", metavar="NAME", help="Where; not needed while there is only one.")
]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Take the password from the first line of standard input.")
]


@app.callback()
def people() -> None:
    """Accounts at a desk: who may read, review, and manage.

    Only needed by a team: alone on your machine you need no account.
    What an account may do follows from its role in each workspace.

    \b
    Examples:
      onrecord workspace add harbour --db harbour.db
      onrecord people add "Ada Quill" --role reviewer
      onrecord people token "Ada Quill" --scope read --days 90
    """


@app.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option("--role", help="What the account is in the workspace.")],
    workspace: InWorkspace = None,
    stdin: FromStdin = False,
    desk: AsDesk = None,
) -> None:
    """Make an account; the password is asked for on the terminal.

    \b
    Example:
      onrecord people add "Ada Quill" --role reviewer
    """
    with at_desk(desk, create=True) as here:
        here.workspace(workspace)
        account = here.add(name, _password(name, stdin), role, workspace)
        talk.say(f"{account.name} may log in, as {role.value}.")


@app.command("list")
def list_(format_: AsFormat = None, desk: AsDesk = None) -> None:
    """List accounts with their roles.

    \b
    Example:
      onrecord people list
    """
    with at_desk(desk) as here:
        named = {each.id: each.name for each in here.workspaces()}
        rows = [_Person(account, memberships, named) for account, memberships in here.accounts()]
        talk.put_rows(rows, talk.chosen(format_), lambda _: _lines(map(str, rows)))
        if not rows:
            talk.say("There are no accounts.")


@app.command()
def role(
    name: Name,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="reader, reviewer, admin, or none.")],
    workspace: InWorkspace = None,
    desk: AsDesk = None,
) -> None:
    """Give an account another role in a workspace, or none there. It holds at once.

    \b
    Example:
      onrecord people role "Ada Quill" admin --workspace harbour
    """
    if role not in (*Role, "none"):
        raise UsageError("that is no role.", which=role, advice="Take one of reader, reviewer, admin, none.")
    with at_desk(desk) as here:
        here.set_role(name, None if role == "none" else Role(role), workspace)
        talk.say(f"{name}: {role}.")


@app.command()
def disable(name: Name, desk: AsDesk = None) -> None:
    """Shut an account out at once: its logins end, its tokens rest.

    \b
    Example:
      onrecord people disable "Ada Quill"
    """
    with at_desk(desk) as here:
        here.disable(name)
        talk.say(f"{name} is shut out.")


@app.command()
def enable(name: Name, desk: AsDesk = None) -> None:
    """Let an account in again, also one that is locked after failed logins.

    \b
    Example:
      onrecord people enable "Ada Quill"
    """
    with at_desk(desk) as here:
        here.enable(name)
        talk.say(f"{name} may log in again.")


@app.command()
def password(name: Name, stdin: FromStdin = False, desk: AsDesk = None) -> None:
    """Set another password; whoever is logged in as this account has to log in again.

    \b
    Example:
      onrecord people password "Ada Quill"
    """
    with at_desk(desk) as here:
        here.memberships(name)
        here.set_password(name, _password(name, stdin))
        talk.say("The password is changed.")


@app.command()
def token(
    name: Name,
    scope: Annotated[Scope, typer.Option("--scope", help="What it is for; never more than the account may do.")],
    days: Annotated[int, typer.Option("--days", metavar="N", help="For how many days.")] = 90,
    label: Annotated[str, typer.Option("--label", metavar="WORDS", help="What it is for, to know it again.")] = "",
    workspace: Annotated[
        str | None, typer.Option("--workspace", metavar="NAME", help="Good for this one alone.")
    ] = None,
    desk: AsDesk = None,
) -> None:
    """Make a token, by which a program comes in as an account. It is printed this once.

    \b
    Example:
      onrecord people token "Ada Quill" --scope read --days 90 --label nightly
    """
    with at_desk(desk) as here:
        made, text = here.add_token(name, scope, days, label=label, workspace=workspace)
        talk.put(text)
        talk.say(f"Good until {made.expires:%Y-%m-%d}; it is not kept and cannot be shown again.")
        talk.say(f"Revoke: onrecord people revoke {made.id}")


@app.command()
def tokens(format_: AsFormat = None, desk: AsDesk = None) -> None:
    """List tokens: whose, for what, until when, last used when.

    \b
    Example:
      onrecord people tokens
    """
    with at_desk(desk) as here:
        rows = [_Pass(token, account) for token, account in here.tokens()]
        talk.put_rows(rows, talk.chosen(format_), lambda _: _lines(map(str, rows)))
        if not rows:
            talk.say("There are no tokens.")


@app.command()
def revoke(
    id_: Annotated[str, typer.Argument(metavar="ID", help="A token's id, or its beginning: people tokens.")],
    desk: AsDesk = None,
) -> None:
    """Make a token good no longer.

    \b
    Example:
      onrecord people revoke token-3fa9c1d2e4b577b0
    """
    with at_desk(desk) as here:
        here.revoke(id_)
        talk.say("Revoked.")


@workspaces.callback()
def workspace() -> None:
    """Workspaces of a desk: each is a record of its own, and sees no other.

    \b
    Example:
      onrecord workspace add harbour --db harbour.db
    """


@workspaces.command("add")
def add_workspace(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it.")],
    db: Annotated[str, typer.Option("--db", metavar="FILE", help="Its record; made when something is read into it.")],
    desk: AsDesk = None,
) -> None:
    """Make a workspace on a record.

    \b
    Example:
      onrecord workspace add harbour --db harbour.db
    """
    with at_desk(desk, create=True) as here:
        made = here.add_workspace(name, db)
        talk.say(f"Workspace {made.name} on {made.db}.")


@workspaces.command("list")
def list_workspaces(format_: AsFormat = None, desk: AsDesk = None) -> None:
    """List workspaces and where their records lie.

    \b
    Example:
      onrecord workspace list
    """
    with at_desk(desk) as here:
        rows: list[Workspace] = here.workspaces()
        talk.put_rows(rows, talk.chosen(format_), lambda _: _lines(f"{w.name}: {w.db}" for w in rows))
        if not rows:
            talk.say("There are no workspaces.")


@dataclass(frozen=True, slots=True)
class _Person:
    """An account with its roles, workspaces by name."""

    account: Account
    memberships: list[Membership]
    named: dict[str, str]

    def to_dict(self) -> dict[str, Any]:
        return self.account.to_dict() | {"roles": self._roles()}

    def __str__(self) -> str:
        roles = ", ".join(f"{role} in {where}" for where, role in self._roles().items()) or "no role"
        return f"{self.account.name}: {roles}{' (disabled)' if self.account.disabled else ''}"

    def _roles(self) -> dict[str, str]:
        return {self.named[m.workspace]: m.role.value for m in self.memberships}


@dataclass(frozen=True, slots=True)
class _Pass:
    """A token with the name of its account."""

    token: Token
    account: Account

    def to_dict(self) -> dict[str, Any]:
        return self.token.to_dict() | {"name": self.account.name}

    def __str__(self) -> str:
        token = self.token
        used = f"last used {token.used:%Y-%m-%d %H:%M} UTC" if token.used else "never used"
        until = f"revoked {token.revoked:%Y-%m-%d}" if token.revoked else f"until {token.expires:%Y-%m-%d}"
        label = f" ({token.label})" if token.label else ""
        return f"{self.account.name}{label}: {token.scope.value}, {until}, {used}, {token.id}"


def _lines(texts: Iterable[str]) -> Iterator[RenderableType]:
    from onrecord.terminal import plain_line

    return map(plain_line, texts)


def _password(name: str, stdin: bool) -> str:
    """The password, from standard input or asked for twice. Raises UsageError."""
    from onrecord.credentials import check_password

    if stdin:
        given = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        given = getpass.getpass(f"Password for {name}: ")
        check_password(given, name)
        if getpass.getpass("The same again: ") != given:
            raise UsageError("these are two passwords.", which="password", advice="Type the same one twice.")
    else:
        raise UsageError("there is no terminal to ask for the password on.", advice="Add --password-stdin.")
    check_password(given, name)
    return given
