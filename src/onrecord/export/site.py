"""Chosen claims as a folder of pages: a list, a page for each claim, and one for each report with the words marked.

No script, no request to anywhere, relative links: it can be opened from a disk or put on any server. Of a report only
the paragraphs with the words are shown, not the whole of what is somebody else's text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from onrecord.brief import NOT_A_VERDICT, STYLE, body, page, words_at
from onrecord.claim_views import SAYS, span_of
from onrecord.claims import Claim
from onrecord.marks import Piece, one_line, pieces, visible
from onrecord.model import Attribution, Extraction, Report, Span
from onrecord.standing import Standing, name_of
from onrecord.store.claim_rows import Position
from onrecord.store.rows import Said

_MORE = """
nav{font-size:.9rem}ul.c{list-style:none;padding:0}ul.c li{padding:.7rem 0;border-top:1px solid #8884}
.d{color:#c1121f;font-weight:600}.text p{white-space:pre-wrap;margin:.6rem 0}.gap{color:#777;text-align:center}
.s{font-weight:700}.q{font-style:italic}.w{background:#2ea04333;box-decoration-break:clone}
:target+span{outline:2px solid #9a6700;outline-offset:2px}@media(prefers-color-scheme:dark){.d{color:#ff7b72}}"""
_CLASSES = {"source": "s", "cue": "q", "content": "w"}


def write(folder: Path, claims: Sequence[Claim], reports: Iterable[Extraction], title: str) -> int:
    """Write the pages into an empty folder; how many."""
    pages = {claim.id: f"{_digits(claim.id)}.html" for claim in claims}
    for name in ("claims", "reports"):
        (folder / name).mkdir()
    count = 1 + len(claims)
    _put(folder / "index.html", title, _index(claims, pages, title))
    for claim in claims:
        around = [_back("../index.html", "All claims"), *body(claim, None, _place, pages)]
        _put(folder / "claims" / pages[claim.id], claim.wording, around)
    on: dict[str, list[tuple[Position, Claim]]] = {}
    for claim in claims:
        for p in claim.positions:
            on.setdefault(p.said.report.id, []).append((p, claim))
    for extraction in reports:
        report = extraction.report
        head = report.headline.value if report.headline else report.origin
        _put(folder / "reports" / f"{_digits(report.id)}.html", head, _report(extraction, on.get(report.id, []), pages))
        count += 1
    return count


def _put(path: Path, title: str, parts: Iterable[str]) -> None:
    path.write_text(page(title, parts, STYLE + _MORE), encoding="utf-8")


def _place(said: Said) -> str:
    """From the page of a claim to the words in their report."""
    return f"../reports/{_digits(said.report.id)}.html#{_anchor(said.id)}"


def _index(claims: Sequence[Claim], pages: Mapping[str, str], title: str) -> Iterator[str]:
    yield f"<h1>{escape(one_line(title))}</h1>"
    yield f'<p class="m">Who is on record with what, in which report, at which words. {NOT_A_VERDICT}</p>'
    yield '<ul class="c">'
    for claim in claims:
        now = claim.standing()
        disputed = '<span class="d">disputed</span> ' if now.disputed else ""
        words = f"<bdi>“{escape(one_line(claim.wording))}”</bdi>"
        facts = " · ".join(part for part in (*_counts(now), span_of(claim)) if part)
        yield (
            f'<li>{disputed}<a href="claims/{pages[claim.id]}">{words}</a>'
            f'<br><span class="m">{escape(facts)}</span></li>'
        )
    yield "</ul>"


def _counts(now: Standing) -> Iterator[str]:
    for side in now.sides:
        number = len(side.voices) + len(side.unnamed)
        yield f"{number} {SAYS[side.stance]}"


def _report(
    extraction: Extraction, on: Sequence[tuple[Position, Claim]], pages: Mapping[str, str]
) -> Iterator[str]:  # fmt: skip
    report = extraction.report
    found = {a.id: a for a in extraction.attributions}
    marked = {found[p.said.id]: (p, claim) for p, claim in on if p.said.id in found}
    words = _Words(report.text, list(marked), [f"../claims/{pages[claim.id]}" for _, claim in marked.values()])
    yield _back("../index.html", "All claims")
    yield from _head(report, on)
    yield '<div class="text">'
    every = list(pieces(report, list(marked)))
    end = 0
    for part in _paragraphs(report.text):
        if any(span.overlaps(part) for a in marked for span in a.spans):
            if report.text[end : part.start].strip():
                yield '<p class="gap">[…]</p>'
            yield f'<p dir="auto">{"".join(words.of(part, every))}</p>'
            end = part.end
    if report.text[end:].strip():
        yield '<p class="gap">[…]</p>'
    yield "</div><h2>Marked here</h2><ol>"
    yield from (_line(p, claim, pages) for p, claim in marked.values())
    yield f'</ol><p class="m">Made with OnRecord · {escape(report.id)}</p>'


class _Words:
    """A text with attributions marked in it: where each begins, an anchor; where it ends, its number, linked."""

    def __init__(self, text: str, marked: Sequence[Attribution], links: Sequence[str]) -> None:
        self._text = text
        self._begins: dict[int, list[str]] = {}
        self._ends: dict[int, list[str]] = {}
        for number, (a, link) in enumerate(zip(marked, links, strict=True), 1):
            self._begins.setdefault(min(s.start for s in a.spans), []).append(f'<span id="{_anchor(a.id)}"></span>')
            self._ends.setdefault(max(s.end for s in a.spans), []).append(f'<a href="{link}">{number}</a>')

    def of(self, part: Span, every: Iterable[Piece]) -> Iterator[str]:
        """One paragraph."""
        for piece in every:
            start, end = max(piece.start, part.start), min(piece.end, part.end)
            if start < end:
                yield "".join(self._begins.get(start, ()))
                classes = " ".join(_CLASSES[role] for role in ("source", "cue", "content") if role in piece.roles)
                words = escape(visible(self._text[start:end]))
                yield f'<span class="{classes}">{words}</span>' if classes else words
                if end in self._ends:
                    yield f"<sup>{', '.join(self._ends[end])}</sup>"


def _head(report: Report, on: Sequence[tuple[Position, Claim]]) -> Iterator[str]:
    title = one_line(report.headline.value if report.headline else report.origin)
    yield f"<h1><bdi>{escape(title)}</bdi></h1>"
    facts = [found.value for found in (report.publisher, *report.byline) if found]
    facts += [day for day in [on[0][0].day if on else None] if day]
    link = words_at(on[0][0].said) if on else None
    at = f' · <a href="{escape(link)}" rel="noreferrer">at the publisher</a>' if link else ""
    yield f'<p class="m">{" · ".join(f"<bdi>{escape(one_line(fact))}</bdi>" for fact in facts)}{at}</p>'
    yield '<p class="m"><span class="s">Source</span>, <span class="q">cue</span> and <span class="w">content</span> '
    yield "are marked; numbers lead to the claims. Other parts of the report are left out.</p>"


def _line(p: Position, claim: Claim, pages: Mapping[str, str]) -> str:
    words = f"<bdi>“{escape(one_line(claim.wording))}”</bdi>"
    return (
        f"<li><bdi>{escape(one_line(name_of(p)))}</bdi> {SAYS[p.stance]}: "
        f'<a href="../claims/{pages[claim.id]}">{words}</a></li>'
    )


def _paragraphs(text: str) -> Iterator[Span]:
    at = 0
    for row in text.splitlines(keepends=True):
        if row.strip():
            yield Span(at, at + len(row.rstrip("\r\n")))
        at += len(row)


def _back(to: str, what: str) -> str:
    return f'<nav><a href="{to}">← {what}</a></nav>'


def _anchor(attribution_id: str) -> str:
    return f"a-{_digits(attribution_id)[:16]}"


def _digits(content_id: str) -> str:
    return content_id.rsplit("-", 1)[1]
