"""Lists of feeds as OPML 2.0: in with nested outlines, and out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from onrecord.errors import Unreadable
from onrecord.read.feeds import plain_title, web_address
from onrecord.read.trees import Element, local, root_of

MOST_OUTLINES = 10_000
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed in a list: its address, its title, and the headings it stands under, outermost first."""

    url: str
    title: str | None = None
    under: tuple[str, ...] = ()


def read_opml(data: bytes) -> tuple[list[Outline], list[str]]:
    """The feeds of a list, each once, in order; and what was left out, in words. Raises Unreadable."""
    root, whole = root_of(data)
    if root is None or local(root) != "opml":
        raise Unreadable("is no OPML.", advice="Export the feeds from your reader as OPML, and give that file.")
    problems = [] if whole else ["it is broken or too long, and was read as far as it goes"]
    found: dict[str, Outline] = {}
    for body in root:
        if local(body) == "body":
            for outline, wrong in _outlines(body, ()):
                if wrong:
                    problems.append(wrong)
                elif outline and len(found) < MOST_OUTLINES:
                    found.setdefault(outline.url, outline)
    if not found and not problems:
        problems.append("names no feed")
    return list(found.values()), problems


def _outlines(parent: Element, under: tuple[str, ...]) -> Iterator[tuple[Outline | None, str | None]]:
    for element in parent:
        if local(element) != "outline":
            continue
        given = {str(name).lower(): str(value) for name, value in element.attrib.items()}
        title = plain_title(given.get("title")) or plain_title(given.get("text"))
        if "xmlurl" in given:
            address = web_address(given["xmlurl"], "")
            if address:
                yield Outline(address, title, under), None
            else:
                yield None, f"“{title or 'without a title'}” has an address that is not of http or https"
        if len(under) < _DEEPEST:
            yield from _outlines(element, (*under, title) if title and "xmlurl" not in given else under)
        elif len(element):
            yield None, f"outlines under “{title or 'no title'}” are nested too deep"


def write_opml(outlines: Iterable[Outline]) -> str:
    """A list as OPML 2.0, the headings as outlines that hold others."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Watched by OnRecord"
    headings: dict[tuple[str, ...], Element] = {(): etree.SubElement(root, "body")}
    for outline in outlines:
        for depth in range(1, len(outline.under) + 1):
            path = outline.under[:depth]
            if path not in headings:
                headings[path] = etree.SubElement(headings[path[:-1]], "outline", text=path[-1])
        title = outline.title or outline.url
        attributes = {"type": "rss", "text": title, "title": title, "xmlUrl": outline.url}
        etree.SubElement(headings[outline.under], "outline", attributes)
    printed = etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8")
    return bytes(printed).decode()
