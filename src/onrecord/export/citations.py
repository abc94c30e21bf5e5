"""Reports as citations: BibTeX, and CSL-JSON for reference managers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from onrecord.export.lines import filled
from onrecord.model import Extraction, Found, Report

_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}  # fmt: skip
_BARE = re.compile(r"[^!-~]|[{}\\\"%]")
_KEY_DIGITS = 16


def bibtex(extractions: Iterable[Extraction]) -> Iterator[str]:
    """One entry for each report: an @article of its paper, or @misc where that is not known.

    Names are kept whole, in braces: which part of one is the family's is not guessed.
    """
    for extraction in extractions:
        report = extraction.report
        day = _date(report)
        fields = {
            "author": " and ".join(f"{{{_latex(b.value)}}}" for b in report.byline),
            "title": _latex(_title(report)),
            "journal": _latex(_value(report.publisher)),
            "year": day[0] if day else "",
            "month": _MONTHS[int(day[1]) - 1] if len(day) > 1 else "",
            "day": day[2] if len(day) > 2 else "",
            "url": _BARE.sub(lambda m: quote(m.group()) if m.group() != "%" else "%", _value(report.url)),
            "urldate": report.captured.date().isoformat() if report.captured else "",
            "note": f"OnRecord {report.id}",
        }
        lines = [
            f"  {name} = {value if name == 'month' else f'{{{value}}}'}," for name, value in fields.items() if value
        ]
        kind = "article" if report.publisher else "misc"
        yield "\n".join([f"@{kind}{{{key(report)},", *lines, "}", ""])


def csl(extractions: Iterable[Extraction]) -> Iterator[dict[str, Any]]:
    """One item of CSL-JSON for each report."""
    for extraction in extractions:
        report = extraction.report
        captured = report.captured
        accessed = [captured.year, captured.month, captured.day] if captured else []
        yield filled(
            {
                "id": key(report),
                "type": "article-newspaper",
                "title": _title(report),
                "author": [{"literal": b.value} for b in report.byline],
                "container-title": _value(report.publisher),
                "issued": _parts([int(part) for part in _date(report)]),
                "accessed": _parts(accessed),
                "URL": _value(report.url),
                "language": _value(report.language),
                "note": f"OnRecord {report.id}",
            }
        )


def key(report: Report) -> str:
    """What a report is cited by: the beginning of its id."""
    return f"report-{report.id.rsplit('-', 1)[1][:_KEY_DIGITS]}"


def _title(report: Report) -> str:
    return " ".join((_value(report.headline) or report.origin).split())


def _date(report: Report) -> list[str]:
    """Year, month and day of publication, as far as they are known and of the calendar."""
    found = _DAY.match(_value(report.published))
    parts = [part for part in found.groups() if part] if found else []
    return parts if len(parts) < 2 or 1 <= int(parts[1]) <= 12 else parts[:1]


def _parts(day: list[int]) -> dict[str, Any] | None:
    return {"date-parts": [day]} if day else None


def _latex(text: str) -> str:
    """Nothing in it is LaTeX, and braces are paired."""
    return "".join(_LATEX.get(c, c) for c in " ".join(text.split()))


def _value(found: Found | None) -> str:
    return found.value if found else ""
