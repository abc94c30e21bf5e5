"""HTML to tokens with source offsets, as browsers cut it, in one linear pass. No tree, no recursion, nothing foreign.

Every quantifier below is possessive or bounded by what it consumes, so that no page can make a pattern go back.
"""

from __future__ import annotations

import html
import re
from typing import Literal, NamedTuple

TokenKind = Literal["open", "close", "raw", "comment"]

_TAG = re.compile(
    r"""<(/?+)([a-zA-Z][^\s/>]*+)((?>[^>=]++|=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>"'][^\s>]*+)?)*+)(?:>|\Z)"""
    r"|<!--|<[!?/]"
)
_COMMENT_END = re.compile(r"--!?>")
_ATTRIBUTE = re.compile(r"""([^\s"'>/=][^\s/>=]*+)(?:\s*+=\s*+(?:"([^"]*+)"?|'([^']*+)'?|([^\s>]++)))?""")
_SCRIPT_END = re.compile(r"</[sS][cC][rR][iI][pP][tT][\s/>]")
_SCRIPT_STEP = re.compile(r"<!--|-->|<script[\s/>]|</script[\s/>]", re.IGNORECASE)
_LONG_REFERENCE = re.compile(r"&#(?:[xX][0-9a-fA-F]{9,}+|[0-9]{9,}+);?")
RAW_TEXT = frozenset(("script", "style", "noscript", "iframe", "noembed", "noframes", "textarea", "title", "xmp"))
"""Elements whose inside is text to a browser that runs scripts, whatever it looks like."""
_RAW_ENDS = {name: re.compile(rf"</{name}[\s/>]", re.IGNORECASE) for name in RAW_TEXT}


def named(names: str) -> frozenset[str]:
    """A set of names written as one line."""
    return frozenset(names.split())


class Token(NamedTuple):
    """A tag, the inside of a raw-text element, or a comment. `start … end` in code points of the page."""

    kind: TokenKind
    name: str
    start: int
    end: int
    attributes: tuple[int, int] = (0, 0)


def tokens(page: str) -> list[Token]:
    """All tokens in order; what lies between them is text."""
    found: list[Token] = []
    at = 0
    while match := _TAG.search(page, at):
        start, at = match.span()
        name = match[2]
        if name is None:
            at = _skip_comment(page, start, at)
            found.append(Token("comment", "", start, at))
            continue
        name = name.lower()
        if match[1]:
            found.append(Token("close", name, start, at))
            continue
        found.append(Token("open", name, start, at, match.span(3)))
        if name in RAW_TEXT and at < len(page):
            end = _raw_end(page, name, at)
            found.append(Token("raw", name, at, end))
            at = end
        elif name == "plaintext":
            found.append(Token("raw", name, at, len(page)))
            break
    return found


def attributes(page: str, token: Token) -> dict[str, str]:
    """Names in lower case; of one given twice the first counts."""
    start, end = token.attributes
    found: dict[str, str] = {}
    for written, double, single, bare in _ATTRIBUTE.findall(page, start, end):
        name = written.lower()
        if name not in found:
            value = double or single or bare
            found[name] = unescaped(value) if "&" in value else value
    return found


def unescaped(text: str) -> str:
    """Character references decoded by the rules of HTML5; numbers beyond Unicode give U+FFFD."""
    return html.unescape(_LONG_REFERENCE.sub("�", text))


def _skip_comment(page: str, start: int, at: int) -> int:
    if page.startswith("<!--", start):
        if page.startswith((">", "->"), at):
            return page.index(">", at) + 1
        end = _COMMENT_END.search(page, at)
        return end.end() if end else len(page)
    close = page.find(">", at)
    return close + 1 if close >= 0 else len(page)


def _raw_end(page: str, name: str, at: int) -> int:
    if name == "script":
        return _script_end(page, at)
    end = _RAW_ENDS[name].search(page, at)
    return end.start() if end else len(page)


def _script_end(page: str, at: int) -> int:
    """A script that opens a comment and in it another script ends at the second end tag."""
    end = _SCRIPT_END.search(page, at)
    if end is None or page.find("<!--", at, end.start()) < 0:
        return end.start() if end else len(page)
    commented = doubled = False
    for step in _SCRIPT_STEP.finditer(page, at):
        what = step[0].lower()
        if what == "<!--":
            commented = True
        elif what == "-->":
            commented = doubled = False
        elif what.startswith("<script"):
            doubled = commented
        elif doubled:
            doubled = False
        else:
            return step.start()
    return len(page)
