"""What a page may ask of us: limits checked in linear time before any parser sees it."""

from __future__ import annotations

from onrecord.errors import Unparsable

MAX_CHARACTERS = 16 * 2**20
"""Longest page, in code points. News pages are below 2 M."""
MAX_TAGS = 400_000
"""Most `<` in a page."""
MAX_ATTRIBUTES = 1_000
"""Most attributes on a tag that the parser is shown; libxml2 takes quadratic time over them."""
MAX_DEPTH = 200
"""Deepest nesting that the parser is shown; libxml2 drops what lies below 256."""
MAX_PARSER_CHARACTERS = 4 * 2**20
"""Longest reduced page that the parser is shown; beyond it our own choice of blocks is used."""
MAX_PARSER_BLOCKS = 10_000
"""Most blocks in a page that the parser is shown; its own choosing takes quadratic time over them."""


def refuse(page: str, which: str) -> None:
    """Raises Unparsable for a page that is too large to read at all."""
    if len(page) > MAX_CHARACTERS:
        raise Unparsable(
            f"The page has {len(page):,} characters; at most {MAX_CHARACTERS:,} are read.",
            which=which,
            advice="Give its text instead.",
        )
    if (tags := page.count("<")) > MAX_TAGS:
        raise Unparsable(
            f"The page has {tags:,} tags; at most {MAX_TAGS:,} are read.", which=which, advice="Give its text instead."
        )


def too_many_attributes(page: str, start: int, end: int) -> bool:
    """Whether the attributes `start … end` of one tag are more than the parser is shown; never counts too few."""
    if end - start <= 2 * MAX_ATTRIBUTES:
        return False
    return len(page[start:end].split()) + page.count("=", start, end) > MAX_ATTRIBUTES


def beyond_parser(characters: int, blocks: int) -> str | None:
    """Why the reduced page is not shown to the parser, or None where it is."""
    if characters > MAX_PARSER_CHARACTERS:
        return f"{characters:,} characters"
    return f"{blocks:,} blocks" if blocks > MAX_PARSER_BLOCKS else None
