"""How each format is written, by its name is written: lines to anywhere, files and folders to a place that is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from onrecord.errors import UsageError
from onrecord.export.chosen import Chosen
from onrecord.export.lines import array, csv_lines, jsonl, line
from onrecord.export.w3c import w3c
from onrecord.export.whole import whole_file, whole_folder

Table = Literal["attributions", "reports", "claims", "positions"]
PLACES = {"parquet": "FOLDER", "brat": "FOLDER", "site": "FOLDER", "datasette": "FILE", "bundle": "FILE"}
"""Formats that are no lines of text, and what they are written to."""
OF_CLAIMS = ("site", "bundle")
"""Formats for chosen claims only."""


def send(
    chosen: Chosen,
    name: str,
    to: Path | None,
    put: Callable[[str], object],
    *,
    table: Table = "attributions",
    key: Path | None = None,
    title: str = "On record",
) -> str | None:
    """Write in a format; what was written, in a few words, or None where it went to `put`.

    Raises UsageError where the format needs a place, chosen claims or a key.
    """
    if name in OF_CLAIMS and not chosen.some:
        raise UsageError("that is for chosen claims.", which=f"--format {name}", advice="Name CLAIMs, or --words.")
    if name not in PLACES:
        return _send_lines(_lines(chosen, name, table), to, put)
    if to is None:
        raise UsageError("that needs a place.", which=f"--format {name}", advice=f"Add --to {PLACES[name]}.")
    if PLACES[name] == "FOLDER":
        with whole_folder(to, f"Made by `onrecord export --format {name}`; made anew by the same command.") as part:
            if name == "site":
                return _site(part, chosen, title)
            return _parquet(part, chosen) if name == "parquet" else _brat(part, chosen)
    return _datasette(to, chosen) if name == "datasette" else _bundle(to, chosen, key)


def _send_lines(lines: Iterator[str], to: Path | None, put: Callable[[str], object]) -> str | None:
    if to is None:
        for each in lines:
            put(each)
        return None
    count = 0
    with whole_file(to) as part, part.open("w", encoding="utf-8", newline="") as file:
        for each in lines:
            file.write(each + "\n")
            count += 1
    return _counted(count, "line")


def _lines(chosen: Chosen, name: str, table: Table) -> Iterator[str]:
    """The lines of a text format."""
    from onrecord.export import citations, events, ftm, prov, schemaorg

    made: dict[str, Callable[[], Iterator[str]]] = {
        "jsonl": lambda: jsonl(chosen.extractions()),
        "csv": lambda: _csv(chosen, table),
        "w3c": lambda: w3c(chosen.extractions()),
        "schema.org": lambda: schemaorg.claims_jsonld(chosen.claims()),
        "claimreview": lambda: schemaorg.drafts_jsonld(chosen.claims()),
        "plover-csv": lambda: csv_lines(events.events(chosen.reported()), events.COLUMNS),
        "plover-jsonl": lambda: map(line, events.events(chosen.reported())),
        "ftm": lambda: map(line, ftm.entities(chosen.reported(), chosen.record.entity)),
        "bibtex": lambda: citations.bibtex(chosen.extractions()),
        "csl": lambda: array(citations.csl(chosen.extractions())),
        "prov": lambda: prov.trails(chosen.claims(), [each.run for each in chosen.record.runs()]),
    }
    return made[name]()


def _csv(chosen: Chosen, table: Table) -> Iterator[str]:
    from onrecord import flat
    from onrecord.export import tables

    if table == "attributions":
        rows = (flat.row(said) for extraction in chosen.extractions() for said in flat.said_in(extraction))
        return csv_lines(rows)
    return csv_lines(_rows(chosen, table), tables.TABLES[table])


def _rows(chosen: Chosen, table: Table) -> Iterator[dict[str, object]]:
    from onrecord.export import tables

    if table == "reports":
        return map(tables.report_row, chosen.extractions())
    if table == "attributions":
        return tables.attribution_rows(chosen.reported())
    return tables.claim_rows(chosen.claims()) if table == "claims" else tables.position_rows(chosen.claims())


def _parquet(folder: Path, chosen: Chosen) -> str:
    from onrecord.export import parquet, tables

    counts = []
    for table, columns in tables.TABLES.items():
        count = parquet.write(folder / f"{table}.parquet", columns, _rows(chosen, table))  # type: ignore[arg-type]
        counts.append(f"{count} {table}")
    return ", ".join(counts)


def _brat(folder: Path, chosen: Chosen) -> str:
    from onrecord.export import brat

    (folder / "annotation.conf").write_text(brat.config(), encoding="utf-8")
    count = 0
    for extraction in chosen.extractions():
        name = extraction.report.id.rsplit("-", 1)[1]
        (folder / f"{name}.txt").write_bytes(extraction.report.text.encode())
        rows = "".join(f"{row}\n" for row in brat.ann(extraction))
        (folder / f"{name}.ann").write_bytes(rows.encode())
        count += 1
    return _counted(count, "report")


def _site(folder: Path, chosen: Chosen, title: str) -> str:
    from onrecord.export import site

    return _counted(site.write(folder, list(chosen.claims()), chosen.extractions(), title), "page")


def _datasette(to: Path, chosen: Chosen) -> str:
    from onrecord.export import datasette

    beside = to.with_suffix(".metadata.json")
    with whole_file(to) as part, whole_file(beside) as told:
        count = datasette.write(part, chosen.reported(), chosen.claims())
        told.write_text(line(datasette.metadata(to.stem)) + "\n", encoding="utf-8")
    return f"{_counted(count, 'row')}, and {beside.name} beside it"


def _bundle(to: Path, chosen: Chosen, key: Path | None) -> str:
    from onrecord.export import bundle, signing

    if key is None:
        raise UsageError("a bundle is signed.", which="--format bundle", advice="Add --key FILE (`onrecord key new`).")
    secret = signing.private_key(key)
    with whole_file(to) as part:
        claims, reports = bundle.write(part, chosen, secret)
    by = signing.fingerprint(secret.public_key())
    return f"{_counted(claims, 'claim')}, {_counted(reports, 'report')}; signed by {by}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
