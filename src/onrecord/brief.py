"""A claim on one page, to send to an editor: who said what, where, when, with a link to the words. HTML, Markdown, SVG.

Everything in it was read somewhere: it is escaped, and nothing is fetched when the page is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from html import escape
from urllib.parse import quote, urlsplit

from onrecord.claim_views import MARK, SAYS, spoken_line
from onrecord.claims import Claim
from onrecord.marks import one_line
from onrecord.standing import Side, day
from onrecord.store.claim_rows import Position, Stance
from onrecord.store.rows import Said

_FILL: dict[Stance, str] = {"affirms": "#1a7f37", "denies": "#c1121f", "doubts": "#9a6700", "declines": "#57606a"}
_WIDTH, _LEFT, _ROW = 480, 104, 26
NOT_A_VERDICT = "This is what is on record, not whether it is true."
STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1c1c1c;
background:#fff;overflow-wrap:anywhere}h1{font-size:1.4rem}h2{font-size:1.05rem;margin:1.6rem 0 .3rem}
blockquote{margin:.2rem 0 .8rem;padding-left:.8rem;border-left:3px solid #bbb}.m{color:#555;font-size:.9rem}
svg{width:100%;max-width:34rem;height:auto}a{color:#0550ae}@media(prefers-color-scheme:dark){body{background:#16181b;color:#e6e6e6}
.m{color:#aaa}a{color:#7ab7ff}blockquote{border-color:#555}}@media print{body{margin:0;max-width:none}}"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
Link = Callable[[Said], str | None]
"""Where an attribution can be read besides at its publisher; None: nowhere."""


def page(title: str, parts: Iterable[str], style: str = STYLE) -> str:
    """A whole page with nothing outside it: no script runs in it, nothing is fetched. Title and parts are text and HTML
    that is safe."""
    head = (
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{escape(one_line(title))}</title><style>{style}</style></head><body>",
    )
    return "\n".join((*head, *parts, "</body></html>")) + "\n"


def html(claim: Claim, as_of: str | None = None) -> str:
    """A whole page, with nothing outside it."""
    return page(claim.wording, body(claim, as_of))


def body(
    claim: Claim, as_of: str | None = None, here: Link = lambda _: None, rival: Mapping[str, str] | None = None
) -> Iterator[str]:
    """What stands on the page. `here`: where an attribution can be read; `rival`: claim → its page."""
    now = claim.standing(as_of)
    yield f"<h1><bdi>“{escape(one_line(claim.wording))}”</bdi></h1>"
    yield f'<p class="m">{_when(as_of)} {NOT_A_VERDICT}</p>'
    yield svg(claim, as_of)
    for side in now.sides:
        yield f"<h2>{escape(_title(side))}</h2>"
        for voice in (*side.voices, *side.unnamed):
            nameless = "" if voice.named else " (no name)"
            yield (
                f"<p><strong><bdi>{escape(one_line(voice.name))}</bdi></strong>{nameless}, "
                f"{escape(spoken_line(voice))}</p>"
            )
            yield from (_quoted(p, here) for p in voice.positions[:3])
    yield f"<h2>To call it confirmed</h2><p>{escape(one_line(now.needed))}</p>"
    if now.evidence:
        cited = "".join(
            f"<li><bdi>{escape(one_line(e.by))}</bdi>: <bdi>“{escape(one_line(e.text))}”</bdi> "
            f"({escape(e.type.replace('_', ' '))})</li>"
            for e in now.evidence
        )
        yield f"<h2>On what evidence</h2><ul>{cited}</ul>"
    if claim.contradicts:
        rivals = "".join(f"<li>{_rival(name, wording, rival or {})}</li>" for name, wording in claim.contradicts)
        yield f"<h2>Cannot both hold with</h2><ul>{rivals}</ul>"
    if claim.noticed:
        told = "".join(f"<li>{escape(n.kind)}: <bdi>{escape(one_line(n.text))}</bdi></li>" for n in claim.noticed)
        yield f"<h2>The papers themselves</h2><ul>{told}</ul>"
    if claim.replies:
        replied = "".join(
            f"<li><bdi>{escape(one_line(r.name))}</bdi>, {r.at:%Y-%m-%d}: <bdi>“{escape(one_line(r.text))}”</bdi></li>"
            for r in claim.replies
        )
        yield f"<h2>Replies of people concerned</h2><ul>{replied}</ul>"
    yield f'<p class="m">Made with OnRecord · claim {escape(claim.id)}</p>'


def _rival(name: str, wording: str, pages: Mapping[str, str]) -> str:
    words = f"<bdi>“{escape(one_line(wording))}”</bdi>"
    return f'<a href="{escape(pages[name])}">{words}</a>' if name in pages else words


def markdown(claim: Claim, as_of: str | None = None) -> str:
    """The same as Markdown."""
    return "\n".join(_lines(claim, as_of)) + "\n"


def _lines(claim: Claim, as_of: str | None) -> Iterator[str]:
    now = claim.standing(as_of)
    yield f"# “{_md(claim.wording)}”"
    yield f"\n{_when(as_of)} {NOT_A_VERDICT}"
    for side in now.sides:
        yield f"\n## {_title(side)}\n"
        for voice in (*side.voices, *side.unnamed):
            yield f"- **{_md(voice.name)}**{'' if voice.named else ' (no name)'}, {_md(spoken_line(voice))}"
            for p in voice.positions[:3]:
                link = words_at(p.said)
                where = f" ([{_md(p.said.report.headline or 'report')}](<{link}>))" if link else ""
                yield f"  > “{_md(_words(p.said))}”{where}"
    yield f"\n## To call it confirmed\n\n{_md(now.needed)}"
    if now.evidence:
        yield "\n## On what evidence\n"
        yield from (f"- {_md(e.by)}: “{_md(e.text)}” ({e.type.replace('_', ' ')})" for e in now.evidence)
    if claim.contradicts:
        yield "\n## Cannot both hold with\n"
        yield from (f"- “{_md(wording)}”" for _, wording in claim.contradicts)
    if claim.noticed:
        yield "\n## The papers themselves\n"
        yield from (f"- {n.kind}: {_md(n.text)}" for n in claim.noticed)
    if claim.replies:
        yield "\n## Replies of people concerned\n"
        yield from (f"- {_md(r.name)}, {r.at:%Y-%m-%d}: “{_md(r.text)}”" for r in claim.replies)
    yield f"\nMade with OnRecord · claim {claim.id}"


def svg(claim: Claim, as_of: str | None = None) -> str:
    """A timeline: a row for each stance, a dot for each report's position, by day of publication."""
    dated = [(day(p), p) for p in claim.positions if day(p) and (as_of is None or str(day(p)) <= as_of)]
    stances = [s for s in SAYS if any(p.stance == s for _, p in dated)]
    height = _ROW * len(stances) + 34
    title = f"Who was on record when: {one_line(claim.wording)}"
    if not dated:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} 30" role="img">'
            f"<title>{escape(title)}</title></svg>"
        )
    first, last = (f([_number(str(d)) for d, _ in dated]) for f in (min, max))
    reach = max(1, last - first)
    shapes = []
    for row, stance in enumerate(stances):
        y = 18 + _ROW * row
        shapes.append(f'<text x="4" y="{y + 4}">{MARK[stance]} {SAYS[stance].replace(" to speak of it", "")}</text>')
        shapes.append(f'<line x1="{_LEFT}" y1="{y}" x2="{_WIDTH - 12}" y2="{y}" stroke="#8888" />')
        for d, p in dated:
            if p.stance == stance:
                x = _LEFT + 10 + (_number(str(d)) - first) / reach * (_WIDTH - _LEFT - 34)
                told = f"{d} {one_line(p.said.source.text) if p.said.source else ''}"
                shapes.append(
                    f'<circle cx="{x:.1f}" cy="{y}" r="6" fill="{_FILL[stance]}" fill-opacity=".75">'
                    f"<title>{escape(told)}</title></circle>"
                )
    days = sorted({str(d) for d, _ in dated})
    shapes.append(f'<text x="{_LEFT}" y="{height - 6}">{days[0]}</text>')
    if len(days) > 1:
        shapes.append(f'<text x="{_WIDTH - 12}" y="{height - 6}" text-anchor="end">{days[-1]}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'font-family="system-ui,sans-serif" font-size="13" fill="currentColor">'
        f"<title>{escape(title)}</title>{''.join(shapes)}</svg>"
    )


def words_at(said: Said) -> str | None:
    """The publisher's page at the words (https://wicg.github.io/scroll-to-text-fragment/); None without an address."""
    url = said.report.url or ""
    if urlsplit(url).scheme not in ("http", "https"):
        return None
    words = said.content[0].text.strip("“”\"' ").split()[:8]
    return f"{url.split('#')[0]}#:~:text={quote(' '.join(words), safe='')}".replace(">", "%3E").replace("<", "%3C")


def _number(day_: str) -> int:
    try:
        return date.fromisoformat(day_).toordinal()
    except ValueError:
        return 0


def _words(said: Said) -> str:
    return " … ".join(one_line(c.text) for c in said.content).strip('“”" ')


def _quoted(p: Position, here: Link) -> str:
    said, link, inside = p.said, words_at(p.said), here(p.said)
    head = escape(one_line(said.report.headline or said.report.origin))
    where = f'<a href="{escape(link)}" rel="noreferrer">{head}</a>' if link else head
    facts = "".join(f" · {escape(one_line(f))}" for f in (said.report.publisher, p.day or said.report.published) if f)
    read = f' · <a href="{escape(inside)}">in the report</a>' if inside else ""
    return (
        f"<blockquote><bdi>“{escape(_words(said))}”</bdi><br>"
        f'<span class="m"><bdi>{where}</bdi>{facts}{read}</span></blockquote>'
    )


def _title(side: Side) -> str:
    texts = f"{side.texts} text{'' if side.texts == 1 else 's'}"
    return f"{SAYS[side.stance].capitalize()} ({texts} in {side.reports} report{'' if side.reports == 1 else 's'})"


def _when(as_of: str | None) -> str:
    return f"As it stood on {as_of}." if as_of else "As it stands."


def _md(text: str) -> str:
    """Nothing in it is Markdown or HTML."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>#|!~" else c for c in one_line(text))
