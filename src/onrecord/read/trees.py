"""XML of strangers as a tree: mended where broken, no entity of its own, nothing fetched, so much and no more."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from lxml import etree

Element = Any

MOST_ELEMENTS = 200_000
"""Elements that are built, at most; what comes after them is left out."""
_PIECE = 64 * 1024
_OPENING = re.compile(rb"<|&(?!lt;|gt;|amp;|quot;|apos;|#)")


def root_of(data: bytes) -> tuple[Element | None, bool]:
    """The outermost element, None where there is none; and whether the document was read to its end."""
    parser = etree.XMLPullParser(
        events=("start",),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    root: Element | None = None
    count = 0
    # broken mark-up becomes elements only at its end, all at once
    beyond = next(islice(_OPENING.finditer(data), 2 * MOST_ELEMENTS, None), None)
    data = data[: beyond.start()] if beyond else data
    try:
        for start in range(0, len(data), _PIECE):
            parser.feed(data[start : start + _PIECE])
            for _, element in parser.read_events():
                root = element if root is None else root
                count += 1
            if count > MOST_ELEMENTS:
                return root, False
        parser.close()
    except etree.XMLSyntaxError:
        return root, False
    return root, beyond is None


def local(element: Element) -> str:
    """An element's name without its namespace, in small letters."""
    return element.tag.rsplit("}", 1)[-1].lower() if isinstance(element.tag, str) else ""


def text_of(element: Element) -> str:
    """All the text in it."""
    return "".join(element.itertext()).strip()
