"""Selectors of style sheets: read, and asked whether an open element is meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
_SIMPLE = re.compile(
    r"(?P<universal>\*)|\#(?P<id>(?:[\w-]|\\.|[^\x00-\x7f])+)|\.(?P<class>(?:[\w-]|\\.|[^\x00-\x7f])+)"
    r"|\[\s*(?P<attribute>[\w-]+)\s*(?:(?P<operator>[~|^$*]?=)\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\]]+)))?"
    r"\s*[isIS]?\s*\]"
    r"|:(?P<pseudo>(?:not|is|where|nth-child)\([^()]*\)|root|first-child|last-child)(?![\w(-])"
    r"|(?P<tag>(?:[a-zA-Z_]|\\.|[^\x00-\x7f])(?:[\w-]|\\.|[^\x00-\x7f])*)"
)
_COMBINATOR = re.compile(r"\s*([>+~])\s*|\s+")


@dataclass(slots=True)
class Element:
    """An open element as far as selectors ask about it. `nth` counts from 1 among its parent's elements."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    previous: Element | None = None
    nth: int = 1
    classes: tuple[str, ...] = ()
    children: int = 0
    last: Element | None = None
    cascade: dict[str, str] | None = None
    behind: tuple[int, int, int] | str | None = None
    ink: tuple[int, int, int] | str | None = None


@dataclass(frozen=True, slots=True)
class Compound:
    """What one element must be: `p.lead#top`. `joined` says how it hangs on the compound before it."""

    tag: str | None
    ids: tuple[str, ...]
    classes: tuple[str, ...]
    attributes: tuple[tuple[str, str, str], ...]
    pseudo: tuple[str, ...]
    joined: str

    @property
    def weight(self) -> tuple[int, int, int]:
        """Specificity: ids, classes and the like, tags."""
        return len(self.ids), len(self.classes) + len(self.attributes) + len(self.pseudo), 1 if self.tag else 0


@lru_cache(maxsize=4096)
def selector_of(text: str) -> tuple[Compound, ...] | None:
    """The compounds of a selector, or None for one that does not match a page at rest (`:hover`, `::before`)."""
    compounds: list[Compound] = []
    at, joined = (0, "") if len(text) <= 500 else (len(text), "")
    while at < len(text):
        parts: list[re.Match[str]] = []
        while simple := _SIMPLE.match(text, at):
            parts.append(simple)
            at = simple.end()
        if not parts or len(compounds) > 20:
            return None
        compounds.append(_compound(parts, joined))
        if at < len(text):
            link = _COMBINATOR.match(text, at)
            if not link:
                return None
            joined, at = link[1] or " ", link.end()
    return tuple(compounds) or None


def _compound(parts: list[re.Match[str]], joined: str) -> Compound:
    def all_of(group: str) -> tuple[str, ...]:
        return tuple(unescaped_css(part[group]) for part in parts if part[group])

    tags = all_of("tag")
    attributes = tuple(
        (
            part["attribute"].lower(),
            part["operator"] or "",
            unescaped_css(part["double"] or part["single"] or part["bare"] or ""),
        )
        for part in parts
        if part["attribute"]
    )
    return Compound(
        tags[0].lower() if tags else None, all_of("id"), all_of("class"), attributes, all_of("pseudo"), joined
    )


def is_meant(element: Element, wanted: Compound) -> bool:
    """Whether the element is one that the compound names."""
    if wanted.tag is not None and wanted.tag != element.tag:
        return False
    for name in wanted.classes:
        if name not in element.classes:
            return False
    for name in wanted.ids:
        if element.attributes.get("id") != name:
            return False
    if not wanted.attributes and not wanted.pseudo:
        return True
    return all(_has(element, *attribute) for attribute in wanted.attributes) and all(
        _pseudo(element, name) for name in wanted.pseudo
    )


def _has(element: Element, name: str, operator: str, value: str) -> bool:
    own = element.attributes.get(name)
    if own is None:
        return False
    match operator:
        case "":
            return True
        case "=":
            return own == value
        case "~=":
            return value in own.split()
        case "|=":
            return own == value or own.startswith(value + "-")
        case "^=":
            return bool(value) and own.startswith(value)
        case "$=":
            return bool(value) and own.endswith(value)
        case _:
            return bool(value) and value in own


def _pseudo(element: Element, name: str) -> bool:
    if name == "root":
        return element.tag == "html"
    if name == "first-child":
        return element.nth == 1
    kind, _, inside = name.partition("(")
    inside = inside.rstrip(")").strip()
    if kind == "nth-child":
        parity = {"odd": 1, "even": 0}.get(inside)
        return element.nth % 2 == parity if parity is not None else inside == str(element.nth)
    if kind not in ("not", "is", "where"):
        return False
    hit = any((s := selector_of(one.strip())) and len(s) == 1 and is_meant(element, s[0]) for one in inside.split(","))
    return hit != (kind == "not")


def unescaped_css(text: str) -> str:
    """CSS escapes resolved."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda m: chr(min(int(m[1], 16), 0x10FFFF)) if m[1] else m[2], text)
