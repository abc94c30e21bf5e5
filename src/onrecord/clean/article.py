"""A page's bytes to the parts of a report, as plain JSON values: what a parser process does with one page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from onrecord.clean import metadata, prescan
from onrecord.clean.body import by_rule, choose
from onrecord.clean.compose import Writer
from onrecord.clean.decode import Decoded, decode
from onrecord.clean.markup import unescaped
from onrecord.clean.page import Page, Piece, read
from onrecord.errors import Unreadable
from onrecord.model import Found, Origin

_BLANKS = " \t\n\r\f"
_STEP = re.compile(r"[ \t\n\r\f]{2,}+|[\t\n\r\f]|&(?:#[xX]?[0-9a-fA-F]++|[A-Za-z][A-Za-z0-9]*+);?")
_ZONES = {
    "nav": "furniture: navigation",
    "header": "furniture: header",
    "footer": "furniture: footer",
    "aside": "furniture: beside the article",
    "form": "furniture: form",
    "figcaption": "furniture: caption",
    "button": "furniture: button",
    "select": "furniture: form",
    "textarea": "furniture: form",
    "option": "furniture: form",
}
_MAX_PARTS = 500
"""Stretches set aside that one page may list; the rest is one stretch."""


def parts(data: bytes, encoding: Found | None, which: str, *, parser: bool = True) -> dict[str, Any]:
    """Text, origins, headline, metadata, set aside and flags of one page; without `parser` by our own rules alone.

    Raises Unparsable (over a limit) and Unreadable (no text a reader would see).
    """
    decoded = decode(data, encoding, page=True)
    prescan.refuse(decoded.text, which)
    page = read(decoded.text)
    kept, flags = choose(page) if parser else (by_rule(page.blocks), ["body: chosen without the parser (it gave up)"])
    stated = metadata.stated(page)
    headline = metadata.headline(page, stated.titles)
    writer = Writer(decoded)
    head_end = _write_headline(writer, page, headline)
    if headline and headline.block is not None:
        kept.discard(headline.block)
    for k in sorted(kept):
        if writer.at:
            writer.own("\n\n")
        _write(writer, page.source, page.blocks[k].pieces)
    own = writer.done()
    if not own.text.strip():
        raise Unreadable("The page holds no text that a reader would see.", which=which, advice="Nothing was read.")
    if not kept:
        flags.append("body: none found")
    title = Found(own.text[:head_end], headline.where) if headline and head_end else next(iter(stated.titles), None)
    return {
        "text": own.text,
        "origins": [_origin(o) for o in own.origins],
        "headline": _found(title),
        "headline_end": head_end,
        "byline": [_found(name) for name in stated.byline],
        "publisher": _found(stated.publisher),
        "published": _found(stated.published or (metadata.guessed_date(page.reduced()) if parser else None)),
        "url": _found(stated.url),
        "encoding": decoded.encoding,
        "flags": list(dict.fromkeys((*decoded.flags, *page.flags, *flags))),
        "set_aside": list(_set_aside(page, decoded, kept, headline.block if headline else None)),
    }


def _write_headline(writer: Writer, page: Page, headline: metadata.Headline | None) -> int:
    """Code points of the headline at the start of the text; 0 where there is none."""
    if headline is None:
        return 0
    pieces = [Piece(headline.start, headline.end)] if headline.block is None else page.blocks[headline.block].pieces
    _write(writer, page.source, pieces)
    return writer.at


def _write(writer: Writer, source: str, pieces: list[Piece]) -> None:
    """One paragraph: blanks single, none at its ends, references decoded; every other character as it is."""
    blank: tuple[str, int, int] | None = None
    begun = writer.at
    for what, start, end in _steps(source, pieces):
        if what is not None and what.isspace() and what in (" ", "\n"):
            blank = (what, start, end) if blank is None or what == "\n" else blank
            continue
        if blank is not None and writer.at > begun:
            if source[blank[1] : blank[2]] == blank[0]:
                writer.copy(blank[1], blank[2])
            else:
                writer.made(*blank)
        blank = None
        if what is None:
            writer.copy(start, end)
        elif what:
            writer.made(what, start, end)


def _steps(source: str, pieces: list[Piece]) -> Iterator[tuple[str | None, int, int]]:
    """What to write for each stretch: None for its own characters, " " for blanks, otherwise what it stands for.

    A single blank between two characters of one piece is one of its own characters.
    """
    for piece in pieces:
        if piece.made is not None:
            yield piece.made, piece.start, piece.end
            continue
        text = source[piece.start : piece.end]
        begin, end = piece.end - len(text.lstrip(_BLANKS)), piece.start + len(text.rstrip(_BLANKS))
        if begin > piece.start:
            yield " ", piece.start, begin
        if begin < end:
            yield from _inner_steps(source, begin, end)
            if end < piece.end:
                yield " ", end, piece.end


def _inner_steps(source: str, at: int, end: int) -> Iterator[tuple[str | None, int, int]]:
    for match in _STEP.finditer(source, at, end):
        start, stop = match.span()
        if start > at:
            yield None, at, start
        at = stop
        if match[0][0] != "&":
            yield " ", start, stop
        elif (decoded := unescaped(match[0])) != match[0]:
            yield " " if decoded in _BLANKS else decoded, start, stop
        else:
            yield None, start, stop
    if at < end:
        yield None, at, end


def _set_aside(page: Page, decoded: Decoded, kept: set[int], headline: int | None) -> Iterator[list[Any]]:
    """Hidden stretches, and what of the visible was left out, neighbours as one: [reason, raw start, raw end]."""
    found: list[tuple[str, int, int]] = [(f"hidden: {h.reason}", h.start, h.end) for h in page.hidden]
    run: tuple[str, int, int] | None = None
    for k, block in enumerate(page.blocks):
        if k in kept or k == headline:
            found.extend((run,) if run else ())
            run = None
            continue
        reason = _ZONES.get(block.zone, "furniture: outside the article")
        start, end = block.pieces[0].start, block.pieces[-1].end
        if run and run[0] == reason:
            run = (reason, run[1], end)
        else:
            found.extend((run,) if run else ())
            run = (reason, start, end)
    found.extend((run,) if run else ())
    found.sort(key=lambda part: part[1])
    if len(found) > _MAX_PARTS:
        rest = found[_MAX_PARTS - 1 :]
        found = [
            *found[: _MAX_PARTS - 1],
            ("furniture: and more of the page", rest[0][1], max(end for _, _, end in rest)),
        ]
    for reason, start, end in found:
        yield [reason, *decoded.bytes_of(start, end)]


def _found(value: Found | None) -> list[Any] | None:
    return [value.value, value.where, value.inferred] if value else None


def _origin(o: Origin) -> list[int]:
    return [o.start, o.end, o.raw_start, o.raw_end, int(o.exact)]
