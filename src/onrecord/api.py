"""The public functions of the package; `onrecord` gives them out under their short names, and loads them when asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from onrecord import settings
from onrecord.answer import Record, open_record
from onrecord.extraction import Engine, extract_all, extract_one
from onrecord.model import Failure, Found, Given, RawReport
from onrecord.pipeline import DEFAULTS, Progress, Summary
from onrecord.read import ReadOptions
from onrecord.results import Result


def extract(
    text: str,
    *,
    verbatim: bool = False,
    url: str | None = None,
    publisher: str | None = None,
    published: str | None = None,
    engine: Engine | None = None,
) -> Result:
    """Who says what in the plain text of one report. Nothing is recorded.

    `verbatim` takes the text exactly as it is; otherwise the furniture of a copied page is set aside. Either way the
    offsets are code points into the result's `report.text`. Raises InputError for a text with nothing in it.
    """
    from onrecord.clean import clean

    given = Given(url=_given(url), publisher=_given(publisher), published=_given(published))
    raw = RawReport(text.encode(errors="ignore"), "text", "text", given=given)
    return Result.of(extract_one(clean(raw, verbatim=verbatim), engine or _engine()))


def extract_from(
    *paths: str | Path,
    options: ReadOptions = DEFAULTS,
    verbatim: bool = False,
    engine: Engine | None = None,
) -> Iterator[Result | Failure]:
    """Who says what in the reports at `paths` (files, folders, globs, addresses), in order. Nothing is recorded.

    Streams. An input that cannot be read comes as a `Failure` in its place.
    """
    from onrecord.clean import Cleaner
    from onrecord.read import read

    with Cleaner() as cleaner:
        cleaned = cleaner.clean_all(read([str(p) for p in paths], options), verbatim=verbatim)
        for item in extract_all(cleaned, engine or _engine()):
            yield item if isinstance(item, Failure) else Result.of(item)


def open_db(db: str | Path | None = None) -> Record:
    """The record to ask: at `db`, else at $ONRECORD_DB, else in the platform's data folder.

    Close it, or use it in a `with` block. Raises NotFound where there is none yet.
    """
    return open_record(db or settings.db_place())


def record(
    paths: Sequence[str | Path] | str | Path,
    db: str | Path | None = None,
    *,
    options: ReadOptions = DEFAULTS,
    verbatim: bool = False,
    engine: Engine | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Read the reports at `paths` into the record at `db`, and say how many came in; again adds nothing.

    Raises StoreError where the record cannot be written; inputs that fail are counted and listed by `failures()`.
    """
    from onrecord import pipeline
    from onrecord.store import open_store

    listed = [paths] if isinstance(paths, str | Path) else paths
    with open_store(db or settings.db_place()) as store:
        return pipeline.record(
            [str(p) for p in listed],
            store,
            engine or _engine(),
            options=options,
            verbatim=verbatim,
            progress=progress,
        )


def _given(value: str | None) -> Found | None:
    return Found(value, "user") if value else None


def _engine() -> Engine:
    from onrecord.engines import default_engine

    return default_engine()
