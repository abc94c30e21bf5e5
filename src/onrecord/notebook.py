"""How results look in a notebook: HTML with the quote marked. All text is escaped; no script, no link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from onrecord import flat
from onrecord.marks import (
    NO_CUE,
    NO_SOURCE,
    Piece,
    Role,
    known_in,
    notes_line,
    on_whose_word,
    one_line,
    pieces,
    visible,
)
from onrecord.model import Extraction
from onrecord.store.rows import Hit, Said, Source

_STYLES: dict[Role, str] = {
    "source": "font-weight:bold;color:#0b6e8a",
    "cue": "font-style:italic;color:#9a6700",
    "content": "text-decoration:underline;background:rgba(46,160,67,.15)",
    "headline": "font-weight:bold",
    "aside": "opacity:.5",
}


def extraction_html(extraction: Extraction) -> str:
    """A report: headline, text with everything marked, and below it what is known of each attribution, by number."""
    report = extraction.report
    title = report.headline.value if report.headline else report.origin
    set_aside = (*report.set_aside, *extraction.set_aside)
    marked = "".join(_piece_html(p, report.text) for p in pieces(report, extraction.attributions, set_aside))
    count = len(extraction.attributions)
    return (
        f"<div><p><b>{_safe(title)}</b> · {count} attribution{'' if count == 1 else 's'}</p>"
        f'<div style="white-space:pre-wrap;max-width:48em">{marked}</div>{_known_html(extraction)}</div>'
    )


def said_html(said: Iterable[Said]) -> str:
    """Attributions as a table: source, cue, content, report."""
    return _table(("source", "cue", "content", "report"), [_said_cells(each) for each in said])


def hits_html(hits: Iterable[Hit]) -> str:
    """Answers to a search as a table, the words asked for marked in the content."""
    rows = []
    for hit in hits:
        source, cue, content, report = _said_cells(hit.said) if hit.said else ("", "", "", _safe(_title(hit)))
        if hit.said and hit.marks:
            content = _marked(hit) + _safe(on_whose_word(hit.said.voices))
        rows.append((source, cue, content or _marked(hit), report))
    return _table(("source", "cue", "content", "report"), rows)


def sources_html(sources: Iterable[Source]) -> str:
    """Sources as a table, most quoted first."""
    rows = [(_safe(s.name), str(s.attributions), str(s.reports), _safe(", ".join(s.publishers))) for s in sources]
    return _table(("source", "attributions", "reports", "publishers"), rows)


def rows_html(rows: Sequence[Mapping[str, object]]) -> str:
    """Any flat rows as a table."""
    names = list(rows[0]) if rows else []
    cells = [["" if row[name] is None else _safe(str(row[name])) for name in names] for row in rows]
    return _table([_safe(name) for name in names], cells)


def _known_html(extraction: Extraction) -> str:
    """One quiet line for each attribution of which anything is known beyond its words."""
    known = known_in(extraction, {said.id: said.within for said in flat.said_in(extraction)})
    lines = []
    for number, each in enumerate(known.values(), 1):
        if line := notes_line(each):
            words = f"<b>{_safe(each.words)}</b> · " if each.words else ""
            lines.append(f"<div>{number} {words}{_safe(line)}</div>")
    return f'<div style="opacity:.75;font-size:90%;max-width:54em">{"".join(lines)}</div>' if lines else ""


def _said_cells(said: Said) -> tuple[str, str, str, str]:
    source = said.source.text if said.source else NO_SOURCE
    cue = said.cue.text if said.cue else NO_CUE
    content = " … ".join(c.text for c in said.content)
    return (
        f'<span style="{_STYLES["source"]}">{_safe(source)}</span>',
        f'<span style="{_STYLES["cue"]}">{_safe(cue)}</span>',
        f"<mark>{_safe(content)}</mark>{_safe(on_whose_word(said.voices))}",
        _safe(said.report.headline or said.report.origin),
    )


def _marked(hit: Hit) -> str:
    out, at = [], 0
    for mark in hit.marks:
        out += [_safe(hit.snippet[at : mark.start]), f"<mark>{_safe(hit.snippet[mark.start : mark.end])}</mark>"]
        at = mark.end
    return "".join([*out, _safe(hit.snippet[at:])])


def _title(hit: Hit) -> str:
    return hit.report.headline or hit.report.origin


def _piece_html(piece: Piece, text: str) -> str:
    words = escape(visible(text[piece.start : piece.end]))
    style = ";".join(_STYLES[role] for role in ("headline", "content", "cue", "source", "aside") if role in piece.roles)
    marked = f'<span style="{style}">{words}</span>' if style else words
    number = f"<sup>{','.join(map(str, piece.ends))}</sup>" if piece.ends else ""
    reason = f" <small>[set aside: {_safe(piece.reason)}]</small>" if piece.reason else ""
    return marked + number + reason


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Cells must be safe HTML already."""
    top = "".join(f"<th>{name}</th>" for name in head)
    lines = ("".join(f'<td style="text-align:left">{cell}</td>' for cell in row) for row in rows)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _safe(text: str) -> str:
    """Escaped, on one line; blanks at the ends stay, so that marked words do not run together."""
    head = " " if text[:1].isspace() else ""
    tail = " " if text[-1:].isspace() and text.strip() else ""
    return escape(head + one_line(text) + tail)
