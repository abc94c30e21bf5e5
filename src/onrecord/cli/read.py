"""`onrecord read`: reports into the record."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from onrecord import logs
from onrecord.cli import talk
from onrecord.cli.options import (
    AsEngine,
    AsForm,
    AsFormat,
    AsLog,
    AtMost,
    Db,
    Exclude,
    Form,
    Include,
    Inside,
    LlmBudget,
    LlmModel,
    LlmTimeout,
    LlmUrl,
    Map,
    OwnNames,
    Paths,
    Published,
    Send,
    Verbatim,
    WhichEngine,
    engine_of,
    place,
    read_options,
    speak,
)
from onrecord.cli.talk import Format

if TYPE_CHECKING:
    from pathlib import Path

    from onrecord.model import Failure
    from onrecord.pipeline import Progress, Summary
    from onrecord.resolve import Aliases


def read(
    paths: Paths,
    db: Db = None,
    published: Published = None,
    columns: Map = None,
    form: AsForm = Form.auto,
    include: Include = None,
    exclude: Exclude = None,
    limit: AtMost = None,
    inside: Inside = None,
    verbatim: Verbatim = False,
    format_: AsFormat = None,
    engine: AsEngine = WhichEngine.tagger,
    llm_url: LlmUrl = None,
    llm_model: LlmModel = None,
    llm_budget: LlmBudget = None,
    llm_timeout: LlmTimeout = None,
    send: Send = False,
    aliases: OwnNames = None,
    log_format: AsLog = None,
) -> None:
    """Read reports into the record.

    Run it again at will: what is recorded is not read twice.

    \b
    Examples:
      onrecord read reports/
      onrecord read feed.jsonl --map text=body
      onrecord read https://example.org/a.html --db campaign.db
    """
    from onrecord import pipeline
    from onrecord.store import open_store

    speak(log_format)
    own = _aliases(aliases)
    options = read_options(published, columns, form, include, exclude, limit, inside)
    with (
        engine_of(engine, llm_url, llm_model, llm_budget, llm_timeout, send) as reader,
        open_store(place(db)) as store,
    ):
        new = store.status().readings == 0
        talk.say(f"{'A new record' if new else 'The record'}: {store.location}", verbose=not new)
        counts = _Counts()
        try:
            with _told(counts) as progress:
                pipeline.record(
                    paths, store, reader, options=options, verbatim=verbatim, progress=progress, aliases=own
                )
        except KeyboardInterrupt:
            logs.event("read.stopped", "info", **counts.now.to_dict())
            talk.say(f"Stopped. {sentence(counts.now)} The same command goes on from here.")
            raise typer.Exit(talk.STOPPED) from None
    if format_ in (Format.json, Format.jsonl):
        talk.put(json.dumps(counts.now.to_dict()))
    logs.event("read.done", "info", **counts.now.to_dict())
    talk.say(sentence(counts.now))
    if counts.now.failed:
        talk.say("What failed: onrecord status --failed")
        raise typer.Exit(talk.SOME_FAILED)


def _aliases(path: Path | None) -> Aliases | None:
    """The user's own table of names; rows that are left out are told. Raises Unreadable."""
    if path is None:
        return None
    from onrecord.resolve import read_aliases

    own = read_aliases(path)
    for problem in own.problems:
        talk.complain(f"onrecord: {path}: {problem}. That row is left out.")
    return own


def sentence(counts: Summary) -> str:
    """The counts in words."""
    inputs = f"{counts.inputs} input{'' if counts.inputs == 1 else 's'}"
    said = f"{counts.attributions} new attribution{'' if counts.attributions == 1 else 's'}"
    done = f"{counts.recorded} recorded, {counts.known} known already, {counts.set_aside} set aside"
    verb = "reprints" if counts.copies == 1 else "reprint"
    copies = f"; {counts.copies} {verb} another report's text" if counts.copies else ""
    gone = f", {counts.taken_down} taken down before and left out" if counts.taken_down else ""
    return f"{inputs}: {done}{gone}, {counts.failed} failed; {said}{copies}."


class _Counts:
    """The counts so far, kept where they survive a Ctrl-C."""

    def __init__(self) -> None:
        from onrecord.pipeline import Summary

        self.now = Summary()


@contextmanager
def _told(counts: _Counts) -> Iterator[Progress]:
    """Failures as they come, and on a terminal how far it is."""
    from onrecord.terminal import counter, failure_line

    if talk.quiet() or logs.to_machines() or not sys.stderr.isatty():

        def note(now: Summary, failure: Failure | None) -> None:
            counts.now = now
            if failure:
                logs.event("read.failed", "warning", stage=failure.stage)
                talk.complain(failure_line(failure))

        yield note
        return

    with counter() as bar:
        task = bar.add_task("loading the model")

        def draw(now: Summary, failure: Failure | None) -> None:
            counts.now = now
            said = f"{now.inputs} read, {now.attributions} new attributions"
            if now.compared:
                said += f"; who is who: {now.compared} reports compared"
            if now.linked:
                said += f"; claims: {now.linked} attributions compared"
            bar.update(task, description=said, completed=now.inputs)
            if failure:
                bar.console.print(failure_line(failure), style="red", soft_wrap=True)

        yield draw
