"""`onrecord copies` and `onrecord versions`: which reports count as one text, and what changed in an article."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from onrecord.cli import talk
from onrecord.cli.ask import pages
from onrecord.cli.options import AsFormat, Db, Limit, opened
from onrecord.cli.talk import Format
from onrecord.errors import UsageError

if TYPE_CHECKING:
    from onrecord.store import CopyGroup, Head


def copies(
    id_: Annotated[str, typer.Argument(metavar="REPORT", help="The id of a report, or its beginning; else all.")] = "",
    limit: Limit = 20,
    format_: AsFormat = None,
    db: Db = None,
) -> None:
    """List reports that reprint one text: they count as one.

    Cut, under another headline, in another order, lightly edited. What stands
    in quotation marks is left out: quoting one press release is no copying.

    \b
    Examples:
      onrecord copies
      onrecord copies 3fa9c1d2e4b5
    """
    from onrecord.side_by_side import copies_view

    with opened(db) as record:
        every = pages(lambda n, offset: record.copied(limit=n, offset=offset).items, limit)
        found = iter([record.copies(id_)]) if id_ else every
        first = list(islice(found, 1))
        rows, form = chain(first, found), talk.chosen(format_)
        if form is Format.csv:
            talk.put_csv(_Line(group, head) for group in rows for head in group.reports)
        else:
            talk.put_rows(rows, form, lambda _: map(copies_view, rows))
        if not first:
            talk.say("No two reports on record share a text.")


@dataclass(frozen=True)
class _Line:
    """A report of a text that several reprint, for a spreadsheet."""

    group: CopyGroup
    head: Head

    def to_dict(self) -> dict[str, Any]:
        return {"text": self.group.id, "credited": ", ".join(self.group.credited), **self.head.to_dict()}


Report = Annotated[str, typer.Argument(metavar="REPORT", help="The id of a report, or its beginning.")]


def versions(id_: Report, format_: AsFormat = None, db: Db = None) -> None:
    """Show what changed from one version of an article to the next.

    Versions are reports read from one address. What appeared, vanished or was
    altered of what is attributed, and where the paper says that it corrected,
    withdrew or updated something.

    \b
    Example:
      onrecord versions 3fa9c1d2e4b5
    """
    from onrecord.side_by_side import versions_view

    with opened(db) as record:
        found = record.versions(id_)
        form = talk.chosen(format_)
        if form is Format.table:
            talk.show(versions_view(found))
        elif form is Format.csv:
            raise UsageError("versions are no table.", which="--format csv", advice="Take --format json.")
        else:
            talk.put_json((version.to_dict() for version in found), form)
        if len(found) == 1:
            talk.say("There is one version of it on record.")
