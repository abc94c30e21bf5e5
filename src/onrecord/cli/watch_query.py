"""`onrecord watch query`: questions about claims that are asked again and again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.cli import talk
from onrecord.cli.options import AsFormat, Db, OnEvidence, one_of, place
from onrecord.errors import UsageError
from onrecord.model import EvidenceType

if TYPE_CHECKING:
    from rich.console import RenderableType

    from onrecord.store import SavedQuery

app = typer.Typer(name="query", rich_markup_mode=None, no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="What you call it.")]
LONGEST_NAME, MOST_WORDS = 100, 50


@app.callback()
def query() -> None:
    """Save a question about claims, and learn what is new: Atom, webhook, digest.

    \b
    Examples:
      onrecord watch query add bridge "harbour bridge" --disputed
      onrecord watch query feed bridge > bridge.atom
      onrecord watch query digest bridge
    """


@app.command()
def add(
    name: Name,
    words: Annotated[str, typer.Argument(help="Words that a content must have; none: all claims.")] = "",
    disputed: Annotated[bool, typer.Option("--disputed", help="Somebody affirms and somebody denies it.")] = False,
    unconfirmed: Annotated[
        bool, typer.Option("--unconfirmed", help="Affirmed, but not by two independent voices.")
    ] = False,
    single: Annotated[bool, typer.Option("--single-source", help="One voice alone is on record on it.")] = False,
    unnamed: Annotated[bool, typer.Option("--only-unnamed", help="Affirmed by unnamed sources only.")] = False,
    denied_by: Annotated[str, typer.Option("--denied-by", metavar="NAME", help="Denied by a source so named.")] = "",
    evidence: OnEvidence = None,
    webhook: Annotated[str | None, typer.Option(metavar="URL", help="Where news are posted, as JSON.")] = None,
    secret_env: Annotated[
        str | None, typer.Option(metavar="VAR", help="Environment variable that holds the secret news are signed with.")
    ] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="The webhook may be inside the network, on any port.")
    ] = False,
    db: Db = None,
) -> None:
    """Save a question about claims; what answers it now counts as known.

    \b
    Examples:
      onrecord watch query add bridge "harbour bridge"
      onrecord watch query add fights --disputed --webhook https://hooks.example/x --secret-env HOOK_SECRET
    """
    from onrecord.store import open_store
    from onrecord.watching import check_webhook, notice

    if not name.strip() or len(name) > LONGEST_NAME or not (name + words + denied_by).isprintable():
        raise UsageError(f"a name has 1 to {LONGEST_NAME} printable characters.", which=repr(name[:LONGEST_NAME]))
    if len(words.split()) > MOST_WORDS:
        raise UsageError(f"more than {MOST_WORDS} words.", which=name, advice="Give those that matter.")
    if (webhook is None) != (secret_env is None):
        raise UsageError("--webhook and --secret-env go together.", which=name, advice="News are always signed.")
    if secret_env is not None and not re.fullmatch(r"[A-Za-z_]\w*", secret_env, re.ASCII):
        raise UsageError("that is no name of a variable.", which=f"--secret-env {secret_env}", advice="Not the secret.")
    flags = {"disputed": disputed, "unconfirmed": unconfirmed, "single_source": single, "unnamed_only": unnamed}
    asked: dict[str, object] = {flag: True for flag, on in flags.items() if on}
    asked |= {"denied_by": denied_by} if denied_by else {}
    asked |= {"evidence": kind} if (kind := one_of(EvidenceType, "--evidence", evidence)) else {}
    address = check_webhook(webhook) if webhook else None
    with open_store(place(db)) as store:
        saved = store.queries.add(
            name, words, asked, webhook=address, secret_env=secret_env, allow_private=allow_private
        )
        known = notice(store, saved)
        store.queries.prepare(saved.number, send=False)
    talk.say(f"Saved: {name}. {known} claim{' answers' if known == 1 else 's answer'} it now.")


@app.command("list")
def list_(format_: AsFormat = None, db: Db = None) -> None:
    """Print the saved queries, and how their webhooks fare.

    \b
    Example:
      onrecord watch query list
    """
    from onrecord.store import open_store

    with open_store(place(db), create=False) as store:
        saved = store.queries.all()
        talk.put_rows(saved, talk.chosen(format_), lambda _: (line for each in saved for line in _lines(each)))
        if not saved:
            talk.say("No query is saved. Begin with: onrecord watch query add NAME WORDS")


@app.command()
def remove(name: Name, db: Db = None) -> None:
    """Forget a saved query; claims stay as they are.

    \b
    Example:
      onrecord watch query remove bridge
    """
    from onrecord.store import open_store

    with open_store(place(db), create=False) as store:
        store.queries.remove(name)
    talk.say(f"Forgotten: {name}.")


@app.command()
def feed(
    name: Name,
    new: Annotated[bool, typer.Option("--new", help="Only what is new since the feed was last asked for.")] = False,
    db: Db = None,
) -> None:
    """Print an Atom feed of claims that are new or have changed, newest first.

    It holds the last 100, so that a reader who comes late misses nothing.

    \b
    Example:
      onrecord watch query feed bridge > bridge.atom
    """
    from onrecord.store import open_store
    from onrecord.watching import atom, news, notice

    with open_store(place(db), create=False) as store:
        saved = store.queries.get(name)
        notice(store, saved)
        entries = news(store, saved, after=saved.fed if new else 0)
        talk.put(atom(saved, entries), end="")
        store.queries.told(saved.number, fed=max((each.row.number for each in entries), default=None))


@app.command()
def digest(
    name: Name,
    since: Annotated[
        str | None, typer.Option(metavar="DAY", help="Noticed on that day or later; else since the last digest.")
    ] = None,
    db: Db = None,
) -> None:
    """Print claims that are new or have changed as plain text.

    \b
    Examples:
      onrecord watch query digest bridge
      onrecord watch query digest bridge --since 2026-05-03
    """
    from onrecord.standing import a_day
    from onrecord.store import open_store
    from onrecord.watching import digest as written
    from onrecord.watching import news, notice

    moment = datetime.fromisoformat(a_day(since)).replace(tzinfo=UTC) if since else None
    with open_store(place(db), create=False) as store:
        saved = store.queries.get(name)
        notice(store, saved)
        entries = news(store, saved, after=0 if since else saved.digested, since=moment)
        talk.put(written(saved, entries, f"since {since}" if since else "since the last digest"))
        if not since:
            store.queries.told(saved.number, digested=max((each.row.number for each in entries), default=None))


def _lines(saved: SavedQuery) -> Iterator[RenderableType]:
    from onrecord.terminal import dim, plain_line

    asked = ", ".join(key if value is True else f"{key} {value}" for key, value in saved.asked.items())
    yield plain_line(f"{saved.name}: {' · '.join(part for part in (saved.words, asked) if part) or 'all claims'}")
    if saved.webhook:
        counts = f"{saved.delivered} delivered, {saved.waiting} waiting, {saved.failed} failed"
        yield dim(f"  to {saved.webhook}, signed with ${saved.secret_env}: {counts}")
    if saved.problem:
        yield plain_line(f"  webhook: {saved.problem}")
