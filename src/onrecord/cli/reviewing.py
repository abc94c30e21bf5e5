"""`onrecord judge right`, `wrong`, `spans`, `act`, `export`: a person's word on one attribution; decisions as files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from onrecord.cli import talk
from onrecord.cli.judge import Said, app
from onrecord.cli.judging import By, Reason, signed, tell, why
from onrecord.cli.options import AsFormat, Db, opened
from onrecord.errors import UsageError
from onrecord.model import Act, Span

if TYPE_CHECKING:
    from onrecord.answer import Record
    from onrecord.gold import Reviewed

__all__ = ["app"]

_PLACE = re.compile(r"(\d{1,9})-(\d{1,9})")


class As(StrEnum):
    """What `export` writes."""

    log = "log"
    gold = "gold"
    brat = "brat"
    w3c = "w3c"


@app.command()
def right(id_: Said, reason: Reason, by: By = "", format_: AsFormat = None, db: Db = None) -> None:
    """Say that an attribution is right as it stands.

    \b
    Example:
      onrecord judge right 3fa9c1d2e4b5 --reason "read it"
    """
    with opened(db) as record:
        tell(record.right(id_, by=signed(by), reason=why(reason)), "It is accepted.", format_)


@app.command()
def wrong(id_: Said, reason: Reason, by: By = "", format_: AsFormat = None, db: Db = None) -> None:
    """Say that this is no attribution: it bears on no claim from now on.

    \b
    Example:
      onrecord judge wrong 3fa9c1d2e4b5 --reason "told by the reporter"
    """
    with opened(db) as record:
        tell(record.wrong(id_, by=signed(by), reason=why(reason)), "It is rejected.", format_)


@app.command()
def spans(
    id_: Said,
    reason: Reason,
    content: Annotated[
        list[str], typer.Option("--content", metavar="START-END", help="Characters of a content. May be repeated.")
    ],
    source: Annotated[str, typer.Option(metavar="START-END", help="Characters of the source; else none.")] = "",
    cue: Annotated[str, typer.Option(metavar="START-END", help="Characters of the cue; else none.")] = "",
    by: By = "",
    format_: AsFormat = None,
    db: Db = None,
) -> None:
    """Say what the source, the cue and the contents of an attribution are.

    Characters are counted from 0 in the text of the report, the end is the
    first that does not belong: onrecord show --format json has them.

    \b
    Example:
      onrecord judge spans 3fa9c1d2e4b5 --source 0-9 --cue 10-14 --content 20-56 --reason "without that"
    """
    with opened(db) as record:
        made = record.correct(
            id_,
            source=_place(source) if source else None,
            cue=_place(cue) if cue else None,
            content=[_place(each) for each in content],
            by=signed(by),
            reason=why(reason),
        )
        tell(made, "It has these spans from now on.", format_)


@app.command()
def act(
    id_: Said,
    act: Annotated[str, typer.Argument(metavar="ACT", help=", ".join(get_args(Act)))],
    reason: Reason,
    by: By = "",
    format_: AsFormat = None,
    db: Db = None,
) -> None:
    """Say what a source does by saying so.

    \b
    Example:
      onrecord judge act 3fa9c1d2e4b5 deny --reason "a denial"
    """
    with opened(db) as record:
        made = record.act(id_, act, by=signed(by), reason=why(reason))  # type: ignore[arg-type]
        tell(made, "It is that from now on.", format_)


@app.command()
def export(
    as_: Annotated[As, typer.Option("--as", help="The log of judgements, or what follows from it.")] = As.log,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FOLDER", help="Write files there, one or two a report.")
    ] = None,
    partly: Annotated[bool, typer.Option("--partly", help="Also reports of which not all was decided.")] = False,
    db: Db = None,
) -> None:
    """Print what people judged, one JSON object a line, to take it into another record; or as gold to train on.

    gold is the JSON of the annotation guide, brat its standoff, w3c Web
    Annotations: each attribution as people have it, without what they
    rejected; of reports of which everything was decided.

    \b
    Examples:
      onrecord judge export > judgements.jsonl
      onrecord judge export --as gold --out gold/
    """
    with opened(db) as record:
        if as_ is As.log:
            _log(record)
            return
        held = list(_reviewed(record, partly, undecided=as_ is As.gold))
        if as_ is As.brat and out is None:
            raise UsageError("brat takes two files a report.", which="--as brat", advice="Say where: --out FOLDER.")
        _write(as_, held, out)
        if not held:
            talk.say("No report was decided as a whole yet." if not partly else "Nobody has decided anything.")


def _log(record: Record) -> None:
    made, gone = record.judged_by_people()
    for j in made:
        talk.put(json.dumps({"judgement": j.to_dict()}, ensure_ascii=False))
    for w in gone:
        row = {"judgement_id": w.judgement_id, "by": w.by, "at": w.at.isoformat(), "reason": w.reason}
        talk.put(json.dumps({"withdrawal": row}, ensure_ascii=False))


def _reviewed(record: Record, partly: bool, *, undecided: bool) -> Iterator[Reviewed]:
    from onrecord.gold import reviewed

    for report_id in record.reviewed_reports():
        made = reviewed(record.report(report_id), record.reviews(report_id), undecided=undecided)
        if made.complete or partly:
            yield made


def _write(as_: As, held: list[Reviewed], out: Path | None) -> None:
    from onrecord import export
    from onrecord.gold import BRAT_CONF, brat, gold_json

    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    if as_ is As.w3c:
        lines = export.w3c(each.extraction for each in held)
        if out is None:
            for line in lines:
                talk.put(line)
        else:
            (out / "annotations.jsonld").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return
    for each in held:
        report = each.extraction.report
        made = gold_json(each)
        if out is None:
            talk.put(json.dumps({**made, "text": report.text}, ensure_ascii=False))
            continue
        (out / f"{report.id}.txt").write_bytes(report.text.encode())
        if as_ is As.gold:
            (out / f"{report.id}.json").write_text(json.dumps(made, ensure_ascii=False, indent=1), encoding="utf-8")
        else:
            (out / f"{report.id}.ann").write_bytes(brat(each).encode())
    if as_ is As.brat and out is not None:
        (out / "annotation.conf").write_text(BRAT_CONF.format(acts="|".join(get_args(Act))), encoding="utf-8")


def _place(given: str) -> Span:
    match = _PLACE.fullmatch(given.strip())
    if not match or int(match[1]) >= int(match[2]):
        raise UsageError("that is no place in a text.", which=given, advice="Such as 14-90: from, up to but without.")
    return Span(int(match[1]), int(match[2]))
