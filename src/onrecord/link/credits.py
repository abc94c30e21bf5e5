"""Which news agency a text says it comes from: in its byline, its dateline, or a line at its end."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from functools import cache
from importlib import resources

_HEAD, _TAIL = 400, 500
"""Characters at a text's start and end in which a credit stands."""


@cache
def agencies() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The agencies of `tables/agencies.tsv`: name, and how it is credited."""
    table = resources.files("onrecord.tables").joinpath("agencies.tsv").read_text(encoding="utf8")
    rows = csv.DictReader((line for line in table.splitlines() if not line.startswith("#")), delimiter="\t")
    return tuple((row["name"], _credit([row["name"], *filter(None, row["short"].split("|"))])) for row in rows)


def credited(text: str, byline: Sequence[str] = ()) -> tuple[str, ...]:
    """The agencies that a text is credited to, in the order of the table."""
    head, tail, by = text[:_HEAD], text[-_TAIL:], "\n".join(byline)[:_HEAD]
    return tuple(
        name for name, credit in agencies() if credit.search(head) or credit.search(tail) or credit.search(f"By {by}")
    )


def _credit(names: Sequence[str]) -> re.Pattern[str]:
    """ "LONDON (Reuters) -", "By The Associated Press", "© AFP", "Reporting by Reuters", "AP contributed": not a mere
    mention, as in "told Reuters"."""
    any_ = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    return re.compile(
        rf"\((?:The )?(?:{any_})\)\s*[-–—:]"
        rf"|^(?:{any_})\s*[-–—]\s"
        rf"|(?:\b[Bb]y|[Ss]ource:|[Cc]redit:|[Vv]ia|©|[Cc]opyright(?: \d{{4}})?|[Ff]rom)\s+(?:The |the )?(?:{any_})\b"
        rf"|\b(?:{any_})\b(?: staff| writers?| reporters?)? (?:contributed|helped with reporting)"
        rf"|^(?:{any_})$",
        re.MULTILINE,
    )
