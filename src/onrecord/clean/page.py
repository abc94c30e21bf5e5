"""A page as blocks of visible text with their places in the source, and what in it no reader sees. One linear pass."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote

from onrecord.clean.markup import Token, attributes, named, tokens, unescaped
from onrecord.clean.nesting import BLOCK, VOID, Nesting, Open
from onrecord.clean.prescan import MAX_DEPTH, too_many_attributes
from onrecord.clean.style import Sheet
from onrecord.clean.visible import Sight, sight

ZONES = named("nav header footer aside form figcaption button select textarea table option article main")
_ROLES = {"navigation": "nav", "banner": "header", "contentinfo": "footer", "complementary": "aside", "main": "main"}
_SHOWN_RAW = frozenset(("textarea", "xmp", "plaintext"))
_BYLINE = re.compile(r"\b(?:by-?line|author)(?:[-_]{0,2}names?)?\b", re.IGNORECASE)
_STYLE_MISREAD = re.compile(r"hidden|none|visible", re.IGNORECASE)
"""In a `style` attribute: the chooser looks for such words by itself, without the cascade."""
_OUTSIDE_TAGS = re.compile(r"(?:^|>)\s*+[^<\s]")
_NOT_SHOWN_TO_PARSER = frozenset(("img", "source", "input", "link", "track", "embed", "param"))
"""Void elements without text: the chooser does without them, and sooner."""
_MAX_NOTED = 50
"""Dates and bylines kept per page: the article's own come early."""


class Piece(NamedTuple):
    """Visible text at `start … end` of the source; `made` instead of it where a tag stands for a character (`br`)."""

    start: int
    end: int
    made: str | None = None


@dataclass(slots=True)
class Block:
    """A paragraph, heading, item, cell …; `inside` is the number of its block element, `within` of that one's parent.

    `linked` counts the characters in links; `text` has character references decoded, blanks as in the source.
    """

    pieces: list[Piece]
    tag: str
    zone: str
    inside: int
    within: int
    linked: int
    text: str


class Hidden(NamedTuple):
    """A stretch of the source whose text no reader sees."""

    start: int
    end: int
    reason: str


@dataclass(slots=True)
class Page:
    """What one page holds. Offsets are code points of the decoded page."""

    source: str
    blocks: list[Block] = field(default_factory=list)
    hidden: list[Hidden] = field(default_factory=list)
    cuts: list[tuple[int, int]] = field(default_factory=list)
    metas: list[dict[str, str]] = field(default_factory=list)
    links: list[dict[str, str]] = field(default_factory=list)
    times: list[dict[str, str]] = field(default_factory=list)
    linked_data: list[str] = field(default_factory=list)
    title: tuple[int, int] | None = None
    bylines: list[tuple[int, int]] = field(default_factory=list)
    language: str = ""
    flags: list[str] = field(default_factory=list)

    def reduced(self) -> str:
        """The page without what is hidden, scripts, comments, and what a parser could choke on."""
        parts, at = [], 0
        for start, end in sorted(self.cuts):
            if start > at:
                parts.append(self.source[at:start])
            at = max(at, end)
        parts.append(self.source[at:])
        return "".join(parts)


def read(source: str) -> Page:
    """The blocks of a page. Raises nothing: any text is a page."""
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: str) -> None:
        self._source = source
        self._page = Page(source)
        self._given: dict[int, dict[str, str]] = {}
        self._sheet = Sheet(frozenset())
        self._byline_classes: dict[str, bool] = {}
        self._nesting = Nesting()
        self._pieces: list[Piece] = []
        self._filled = False
        self._linked = 0
        self._numbers = 0
        self._gone: Open | None = None
        self._gone_text: tuple[int, int] | None = None
        self._last_shown = -1
        self._ended_by_break = False
        self._flattened = False

    def read(self) -> Page:
        found = tokens(self._source)
        self._given = {token.start: attributes(self._source, token) for token in found if token.kind == "open"}
        self._read_styles(found)
        at = 0
        act = {"open": self._open, "close": self._close, "raw": self._raw, "comment": self._cut}
        for token in found:
            if token.start > at:
                self._text(at, token.start)
            act[token.kind](token)
            at = token.end
        if at < len(self._source):
            self._text(at, len(self._source))
        self._ended(self._nesting.close_all(), len(self._source))
        self._flush()
        if self._flattened:
            self._page.flags.append(f"parser: nesting beyond {MAX_DEPTH} flattened")
        self._nesting.top.last = None
        if self._sheet.exhausted:
            self._page.flags.append("partial: style limit, hidden text may remain")
        return self._page

    def _read_styles(self, found: list[Token]) -> None:
        """All style sheets of the page first: they hold for what stands before them too."""
        media, used = "", set()
        for given in self._given.values():
            used.update(given.get("class", "").split())
            used.add("#" + given.get("id", ""))
        self._sheet = Sheet(frozenset(used))
        for token in found:
            if token.name == "style" and token.kind == "open":
                media = self._given[token.start].get("media", "")
            elif token.name == "style" and token.kind == "raw":
                self._sheet.add(self._source[token.start : token.end], media)
            elif token.name == "link" and token.kind == "open":
                href = self._given[token.start].get("href", "")
                if href[:13].lower() == "data:text/css":
                    self._sheet.add(unquote(href.partition(",")[2]))

    def _text(self, start: int, end: int) -> None:
        blank = self._source[start:end].isspace()
        if blank and not self._filled:
            return
        if not blank and self._nesting.revivable:
            self._revive()
        top = self._nesting.top
        reason = top.sight.hidden
        if reason is None:
            self._pieces.append(Piece(start, end))
            if not blank:
                self._filled, self._ended_by_break, self._last_shown = True, False, end
                if self._nesting.open["a"]:
                    self._linked += end - start
        elif not blank:
            self._hide(start, end, reason)

    def _hide(self, start: int, end: int, reason: str) -> None:
        """What is hidden for one reason, with nothing visible between, counts as one stretch."""
        if self._gone is not None:
            self._gone_text = (self._gone_text[0] if self._gone_text else start, end)
            return
        self._page.cuts.append((start, end))
        self._note_hidden(Hidden(start, end, reason))

    def _note_hidden(self, new: Hidden) -> None:
        hidden = self._page.hidden
        if hidden and hidden[-1].reason == new.reason and self._last_shown <= hidden[-1].end:
            hidden[-1] = Hidden(hidden[-1].start, new.end, new.reason)
        else:
            hidden.append(new)

    def _raw(self, token: Token) -> None:
        start, end, name = token.start, token.end, token.name
        if name in _SHOWN_RAW:
            self._text(start, end)
        elif name == "title" and self._page.title is None and not self._nesting.open["svg"]:
            self._page.title = (start, end)
        elif name == "script" and "ld+json" in self._nesting.top.attributes.get("type", "").lower():
            self._page.linked_data.append(self._source[start:end])
        elif name == "title" and self._nesting.open["svg"]:
            self._hide(start, end, "inside a drawing")
        elif name not in ("script", "style", "title") and _OUTSIDE_TAGS.search(self._source, start, end):
            self._hide(start, end, "only without scripts")

    def _cut(self, token: Token) -> None:
        self._page.cuts.append((token.start, token.end))

    def _open(self, token: Token) -> None:
        name = token.name
        self._ended(self._nesting.before(name), token.start)
        if name in ("html", "body") and self._nesting.open[name]:
            return
        element = self._element(name, self._given[token.start], token.start)
        self._note(element)
        style = element.attributes.get("style")
        if too_many_attributes(self._source, *token.attributes) or (style and _STYLE_MISREAD.search(style)):
            self._page.cuts.append(token.attributes)
        if name in BLOCK and self._pieces:
            self._flush()
        if name == "br":
            self._break(token)
        if name in VOID:
            if name in _NOT_SHOWN_TO_PARSER:
                self._cut(token)
            return
        if len(self._nesting.stack) > MAX_DEPTH:
            self._flattened = True
            self._cut(token)
        self._enter(element, token.end)

    def _enter(self, element: Open, end: int) -> None:
        self._nesting.push(element)
        self._sheet.opened(element)
        if element.sight.gone and self._gone is None and element.tag != "title":
            self._gone, self._gone_text = element, None
        if element.attributes and self._is_byline(element.attributes) and not element.sight.hidden:
            element.noted = end

    def _element(self, name: str, given: dict[str, str], start: int) -> Open:
        parent = self._nesting.top
        parent.children += 1
        self._numbers += 1
        block = name in BLOCK
        element = Open(
            name,
            given,
            parent,
            parent.last,
            parent.children,
            tuple(given["class"].split()) if "class" in given else (),
            number=self._numbers,
            start=start,
            inside=self._numbers if block else parent.inside,
            within=parent.inside if block else parent.within,
        )
        parent.last = element
        element.zone = name if name in ZONES else _ROLES.get(given.get("role", ""), parent.zone)
        element.sight = sight(element, self._sheet, self._above(element, parent))
        return element

    def _above(self, element: Open, parent: Open) -> Sight:
        """A closed `details` hides all but its first `summary`."""
        if parent.tag != "details" or "open" in parent.attributes or not isinstance(parent.parent, Open):
            return parent.sight
        if element.tag == "summary" and not parent.summarised and not parent.parent.sight.gone:
            parent.summarised = True
            return parent.parent.sight
        return parent.sight

    def _revive(self) -> None:
        again, self._nesting.revivable = self._nesting.revivable, []
        for element in again:
            self._enter(self._element(element.tag, element.attributes, element.start), element.start)

    def _close(self, token: Token) -> None:
        if token.name == "br":
            self._break(token)
            return
        if len(self._nesting.stack) > MAX_DEPTH + 1:
            self._cut(token)
        self._ended(self._nesting.close(token.name), token.start)
        if token.name in BLOCK and self._pieces:
            self._flush()

    def _ended(self, elements: list[Open], at: int) -> None:
        for element in elements:
            self._sheet.closed(element)
            if self._pieces and element.tag in BLOCK:
                self._flush(element)
            if element is self._gone:
                self._page.cuts.append((element.start, at))
                if self._gone_text:
                    self._note_hidden(Hidden(*self._gone_text, element.sight.hidden or ""))
                self._gone = self._gone_text = None
            if element.noted >= 0 and len(self._page.bylines) < _MAX_NOTED and at - element.noted < 1_000:
                self._page.bylines.append((element.noted, at))

    def _break(self, token: Token) -> None:
        """One `br` is a line's end, two in a row end the paragraph."""
        if self._nesting.top.sight.hidden:
            return
        if self._ended_by_break:
            self._flush()
        elif self._filled:
            self._pieces.append(Piece(token.start, token.end, "\n"))
        self._ended_by_break = True

    def _flush(self, element: Open | None = None) -> None:
        """End the paragraph under way; `element` is the block it stands in where that has just ended."""
        if self._filled:
            at = element or self._nesting.top
            text = "".join(piece.made or self._source[piece.start : piece.end] for piece in self._pieces)
            self._page.blocks.append(
                Block(
                    self._pieces,
                    _block_tag(at),
                    at.zone,
                    at.inside,
                    at.within,
                    self._linked,
                    unescaped(text) if "&" in text else text,
                )
            )
        if self._pieces:
            self._pieces = []
        self._filled, self._linked, self._ended_by_break = False, 0, False

    def _is_byline(self, given: dict[str, str]) -> bool:
        if given.get("rel") == "author" or given.get("itemprop") == "author":
            return True
        classes = given.get("class")
        if classes is None:
            return False
        known = self._byline_classes.get(classes)
        if known is None:
            known = self._byline_classes[classes] = bool(_BYLINE.search(classes[:200]))
        return known

    def _note(self, element: Open) -> None:
        """What the metadata are read from later."""
        given, page = element.attributes, self._page
        if element.tag == "meta" and len(page.metas) < 500:
            page.metas.append(given)
        elif element.tag == "link" and "canonical" in given.get("rel", "").lower():
            page.links.append(given)
        elif element.tag == "time" and "datetime" in given and len(page.times) < _MAX_NOTED:
            page.times.append(given)
        elif element.tag == "html":
            page.language = given.get("lang", "")


def _block_tag(element: Open) -> str:
    here: object = element
    while isinstance(here, Open) and here.tag not in BLOCK and here.tag:
        here = here.parent
    return here.tag if isinstance(here, Open) else ""
