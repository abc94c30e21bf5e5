"""`onrecord judge`: a person's word on claims and copies. Every change is a judgement that can be undone."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from onrecord.cli import talk
from onrecord.cli.judging import By, Reason, signed, tell, why
from onrecord.cli.options import AsFormat, Db, opened
from onrecord.errors import NotFound, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from onrecord.answer import Record
    from onrecord.store import Judgement, Withdrawal

app = typer.Typer(name="judge", rich_markup_mode=None, no_args_is_help=True)

Row = Annotated[str, typer.Argument(metavar="ID", help="An attribution or a report, or the beginning of its id.")]
Said = Annotated[str, typer.Argument(metavar="ID", help="An attribution, or the beginning of its id.")]


class Stands(StrEnum):
    """How an attribution stands to its claim."""

    affirms = "affirms"
    denies = "denies"
    doubts = "doubts"
    declines = "declines"
    none = "none"


@app.callback()
def judge() -> None:
    """Correct claims and copies: what belongs together, who stands where.

    What a person says stands above what any engine says, also when
    everything is read again. It is signed, dated, has a reason, and can be
    undone. For who is who, see: onrecord entity.

    \b
    Examples:
      onrecord judge same 3fa9c1d2e4b5 77b01c9ad3f0 --reason "one shipment"
      onrecord judge wrong 3fa9c1d2e4b5 --reason "told by the reporter"
    """


@app.command()
def same(a: Row, b: Row, reason: Reason, by: By = "", format_: AsFormat = None, db: Db = None) -> None:
    """Say that two attributions are of one claim, on one side; or that two reports reprint one text.

    \b
    Example:
      onrecord judge same 3fa9c1d2e4b5 77b01c9ad3f0 --reason "one shipment"
    """
    with opened(db) as record:
        one, other, what = _both(record, a, b)
        made = record.same(one, other, by=signed(by), reason=why(reason))
        are = "one claim" if what == "attributions" else "one text"
        tell(made, f"These two {what} are {are} from now on.", format_)


@app.command()
def different(a: Row, b: Row, reason: Reason, by: By = "", format_: AsFormat = None, db: Db = None) -> None:
    """Say that two attributions are of two claims (a split), or two reports two texts.

    \b
    Example:
      onrecord judge different 3fa9c1d2e4b5 77b01c9ad3f0 --reason "two interviews"
    """
    with opened(db) as record:
        one, other, what = _both(record, a, b)
        made = record.different(one, other, by=signed(by), reason=why(reason))
        tell(
            made,
            f"These two {what} are {'two claims' if what == 'attributions' else 'two texts'} from now on.",
            format_,
        )


@app.command()
def opposes(a: Said, b: Said, reason: Reason, by: By = "", format_: AsFormat = None, db: Db = None) -> None:
    """Say that two attributions are of one claim, on two sides of it.

    \b
    Example:
      onrecord judge opposes 3fa9c1d2e4b5 77b01c9ad3f0 --reason "a denial of it"
    """
    _claims(db, a, b, lambda record: record.opposes, "are on two sides of one claim", reason, by, format_)


@app.command()
def contradicts(a: Said, b: Said, reason: Reason, by: By = "", format_: AsFormat = None, db: Db = None) -> None:
    """Say that the claims of two attributions cannot both hold. They stay two.

    \b
    Example:
      onrecord judge contradicts 3fa9c1d2e4b5 77b01c9ad3f0 --reason "other count"
    """
    _claims(db, a, b, lambda record: record.contradicts, "contradict each other", reason, by, format_)


@app.command()
def stance(id_: Said, stands: Stands, reason: Reason, by: By = "", format_: AsFormat = None, db: Db = None) -> None:
    """Say how an attribution stands to its claim; none: it bears on no claim.

    \b
    Example:
      onrecord judge stance 3fa9c1d2e4b5 denies --reason "meant ironically"
    """
    with opened(db) as record:
        made = record.stance(id_, stands.value, by=signed(by), reason=why(reason))
        tell(made, "That is how it stands from now on.", format_)


@app.command()
def rename(
    id_: Said,
    name: Annotated[str, typer.Argument(metavar="WORDS", help="What to call the claim.")],
    reason: Reason,
    by: By = "",
    format_: AsFormat = None,
    db: Db = None,
) -> None:
    """Say what the claim of an attribution is called. Reports stay as they are written.

    \b
    Example:
      onrecord judge rename 3fa9c1d2e4b5 "The containers" --reason short
    """
    with opened(db) as record:
        if not name.strip():
            raise UsageError("give it a name.", which="WORDS", advice='Such as "The containers".')
        made = record.rename(record.attribution(id_).id, name, by=signed(by), reason=why(reason))
        tell(made, f"It is called “{name.strip()}” from now on.", format_)


@app.command()
def undo(
    id_: Annotated[str, typer.Argument(metavar="ID", help="A judgement, or the beginning of its id: judge log.")],
    reason: Reason,
    by: By = "",
    db: Db = None,
) -> None:
    """Take a judgement back; all is as if it had never been made.

    \b
    Example:
      onrecord judge undo 3fa9c1d2e4b5 --reason "read it again"
    """
    with opened(db) as record:
        record.undo(id_, by=signed(by), reason=why(reason))
        talk.say("Taken back.")


@app.command()
def log(format_: AsFormat = None, db: Db = None) -> None:
    """List what people judged and took back, oldest first.

    \b
    Example:
      onrecord judge log
    """
    from onrecord.claim_views import judgement_line

    with opened(db) as record:
        made, gone = record.judged_by_people()
        back = {w.judgement_id: w for w in gone}
        form = talk.chosen(format_)
        talk.put_rows(made, form, lambda _: (judgement_line(j, back.get(j.id)) for j in made))
        if not made:
            talk.say("Nobody has judged anything.")


@app.command("import")
def import_(
    path: Annotated[str, typer.Argument(metavar="FILE", help="What judge export printed; - is standard input.")],
    db: Db = None,
) -> None:
    """Take in what people judged in another record of the same reports: all of it, or nothing.

    \b
    Example:
      onrecord judge import judgements.jsonl
    """
    try:
        lines = sys.stdin.read() if path == "-" else open(path, encoding="utf-8").read()  # noqa: SIM115, PTH123
    except (OSError, UnicodeDecodeError) as why_not:
        raise NotFound(f"it cannot be read ({why_not}).", which=path, advice="Name a file of judge export.") from None
    made, gone = _read(lines, path)
    with opened(db) as record:
        new = record.take_in(made, gone)
        talk.say(f"{len(made) + len(gone)} read, {new} of them new here.")


def _read(lines: str, path: str) -> tuple[list[Judgement], list[Withdrawal]]:
    """Raises UsageError on the first line that is no judgement of a person."""
    from onrecord.store import Judgement, Withdrawal
    from onrecord.store.rows import Relation

    made, gone = [], []
    for number, line in enumerate(lines.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row: dict[str, Any] = json.loads(line)
            if "judgement" in row:
                j = row["judgement"]
                if j["by_kind"] != "person" or j["relation"] not in get_args(Relation):
                    raise ValueError
                texts = [str(j[name]) for name in ("a", "b", "by")]
                at = datetime.fromisoformat(j["at"])
                made.append(Judgement(texts[0], texts[1], j["relation"], "person", texts[2], at, None, j["reason"]))
            else:
                w = row["withdrawal"]
                at = datetime.fromisoformat(w["at"])
                gone.append(Withdrawal(str(w["judgement_id"]), "person", str(w["by"]), at, w["reason"]))
        except (ValueError, KeyError, TypeError):
            raise UsageError(
                f"line {number} is no judgement of a person.", which=path, advice="Give what judge export printed."
            ) from None
    return made, gone


def _claims(
    db: str | None,
    a: str,
    b: str,
    how: Callable[[Record], Callable[..., str]],
    are: str,
    reason: str,
    by: str,
    format_: Any,
) -> None:
    with opened(db) as record:
        one, other, what = _both(record, a, b)
        if what != "attributions":
            raise UsageError("these are reports.", which=f"{a}, {b}", advice="Name two attributions.")
        tell(how(record)(one, other, by=signed(by), reason=why(reason)), f"These two {are} from now on.", format_)


def _both(record: Record, a: str, b: str) -> tuple[str, str, str]:
    """Two attributions, or two reports, by their full ids. Raises UsageError, NotFound."""
    rows = [_row(record, each) for each in (a, b)]
    if rows[0][0] == rows[1][0]:
        raise UsageError("that is one row.", which=f"{a}, {b}", advice="Name two.")
    if rows[0][1] != rows[1][1]:
        raise UsageError(
            "one is an attribution, the other a report.", which=f"{a}, {b}", advice="Name two of one sort."
        )
    return rows[0][0], rows[1][0], rows[0][1]


def _row(record: Record, given: str) -> tuple[str, str]:
    if not given.startswith("report-"):
        try:
            return record.attribution(given).id, "attributions"
        except NotFound:
            if given.startswith("attribution-"):
                raise
    return record.report(given).report.id, "reports"
