"""Whether this installation can do its work: versions, database, model, place of the record."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from onrecord.errors import NotFound, OnRecordError

LIBRARIES = ("openvino", "tokenizers", "trafilatura", "lxml", "sqlalchemy", "pyarrow", "pandas")
OPTIONAL = {"pyarrow": "onrecord[parquet]", "pandas": "onrecord[frames]"}
FRONT_END = ("desk.css", "desk.js", "vendor/htmx.min.js", "vendor/hx-csp.min.js")
"""Files that pages load; those in `vendor` are put there when the package is built."""
LOW_SPACE = 200 * 2**20
"""Bytes free on the record's disk below which something is wrong."""

STATED_TWICE = ("The bridge will open in May.", "The bridge opens in May.")
SELF_TEST = "The bridge will open in May, the minister said."


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `advice` says what to do where it is not `ok`."""

    name: str
    value: str
    ok: bool = True
    advice: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        return asdict(self)


def checks(db: str) -> Iterator[Check]:
    """Everything that is looked at, most basic first."""
    yield Check("onrecord", version("onrecord"))
    yield Check("Python", f"{platform.python_version()} at {sys.executable}")
    yield Check("system", f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores")
    yield from map(_library, LIBRARIES)
    yield _database()
    yield from _place(db)
    yield _model()
    yield _statements()
    yield _front_end()


def _library(name: str) -> Check:
    try:
        return Check(name, version(name))
    except PackageNotFoundError:
        if name in OPTIONAL:
            return Check(name, f"not installed (optional: pip install '{OPTIONAL[name]}')")
        missing = importlib.util.find_spec(name) is None
        return Check(name, "not installed", not missing, "Install OnRecord again." if missing else None)


def _database() -> Check:
    """A record can be made, with its search tables."""
    from onrecord.store import open_store

    try:
        with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "try.db") as store:
            store.status()
    except OnRecordError as error:
        advice = error.advice or "Use a Python whose SQLite has FTS5."
        return Check("SQLite", f"{sqlite3.sqlite_version}: {error.what}", False, advice)
    return Check("SQLite", f"{sqlite3.sqlite_version}, search works")


def _place(db: str) -> Iterator[Check]:
    from onrecord.answer import open_record
    from onrecord.store.place import path_of

    try:
        with open_record(db) as record:
            counts = record.status()
        facts = f"{counts.reports} reports, {counts.attributions} attributions, schema {counts.schema}"
        yield Check("record", f"{counts.location}: {facts}")
    except NotFound:
        yield Check("record", f"none yet at {db}; onrecord read makes it")
    except OnRecordError as error:
        shown = re.sub(r"(://)[^/]*@", r"\1", db)  # an address may hold a password
        yield Check("record", f"{shown}: {error.what}", False, error.advice)
        return
    folder = next(parent for parent in path_of(db).parents if parent.exists())
    if not os.access(folder, os.W_OK):
        yield Check("folder", f"{folder} cannot be written", False, "Choose another place with --db.")
    free = shutil.disk_usage(folder).free
    yield Check("disk", f"{free / 1e9:.1f} GB free", free > LOW_SPACE, None if free > LOW_SPACE else "Make room.")


def _model() -> Check:
    """The engine starts and reads one sentence."""
    from onrecord.api import extract
    from onrecord.engines import default_engine

    try:
        run = default_engine().run
        found = len(extract(SELF_TEST).attributions)
    except OnRecordError as error:
        return Check("model", error.what, False, error.advice)
    except ImportError as error:
        return Check("model", f"cannot be loaded: {error}", False, "Install OnRecord again.")
    ok = found > 0
    return Check(
        "model", f"{run.engine} {run.version}", ok, None if ok else "It finds nothing: install OnRecord again."
    )


def _statements() -> Check:
    """The model that lays statements side by side is whole and starts."""
    from onrecord.link import Comparer

    try:
        comparer = Comparer()
        likely = comparer.relations([STATED_TWICE])[0]
    except OnRecordError as error:
        return Check("statements model", str(error), False, error.advice)
    except ImportError as error:
        return Check("statements model", f"cannot be loaded: {error}", False, "Install OnRecord again.")
    ok = int(likely.argmax()) == 1  # "same"
    advice = None if ok else "It does not know a statement again: install OnRecord again."
    return Check("statements model", comparer.version, ok, advice)


def _front_end() -> Check:
    """What pages need beside themselves is there. Without it they work, with more loading of whole pages."""
    folder = Path(str(resources.files("onrecord").joinpath("web", "static")))
    missing = [name for name in FRONT_END if not (folder / name).is_file()]
    if not missing:
        return Check("front end", "in place")
    advice = "Install a wheel that was built with npm in reach; in a clone, run python hatch_build.py."
    return Check("front end", f"{', '.join(missing)} not there; pages work without", False, advice)
