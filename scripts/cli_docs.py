"""Writes docs/cli.md from the commands themselves: `python scripts/cli_docs.py`. A test fails while it is stale."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path

from onrecord.cli import app, main

PAGE = Path(__file__).parent.parent / "docs" / "cli.md"

HEAD = """# Command line

This page is written by `scripts/cli_docs.py` from the commands' own help.

- `onrecord` and `python -m onrecord` are the same. `-q` and `-v` may stand anywhere in a call.
- Data goes to stdout, talk to stderr. In a pipe or file the data are JSON lines; `--format` asks for something else.
- The record is `--db FILE`, else `$ONRECORD_DB`, else a file in the platform's data folder, which `read` names when it
  makes it. `--db` may stand before or after the command.
- Colours follow the terminal; `NO_COLOR=1` forbids them, `FORCE_COLOR=1` asks for them in a pipe. Nothing is told by
  colour alone.
- Every setting is also an environment variable, `ONRECORD_NAME`: see `src/onrecord/settings.py`.

| exit code | means |
|--:|---|
| 0 | done |
| 1 | failed; one line on stderr says what, which, and what to do |
| 2 | wrong call; nothing was done |
| 3 | done, but some inputs failed: `onrecord status --failed` lists them |
| 130 | stopped by Ctrl-C; what was counted is recorded, and the same command goes on from there |
| 141 | whoever read the output went away (`\\| head`) |
"""


def page() -> str:
    """The page as it should be."""
    parts = [HEAD, _help("onrecord"), *(_help("onrecord", str(_name(each))) for each in app.registered_commands)]
    for group in app.registered_groups:
        name = str(getattr(group.typer_instance, "info", group).name)
        parts.append(_help("onrecord", name))
        commands = group.typer_instance.registered_commands if group.typer_instance else []
        parts += [_help("onrecord", name, each.name or _name(each)) for each in commands]
    return "\n".join(parts)


def _name(command: object) -> str:
    callback = getattr(command, "callback", None)
    return str(getattr(callback, "__name__", ""))


def _help(*call: str) -> str:
    """The help of one command, as at 80 columns."""
    os.environ["COLUMNS"] = "80"
    printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(printed):
        main([*call[1:], "--help"])
    printed.seek(0)
    return f"## {' '.join(call)}\n\n```\n{printed.read().strip()}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
