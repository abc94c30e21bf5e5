"""Which blocks of a page are the article's body.

trafilatura chooses, on a reduced page without hidden text; what it gives back is only matched with our own blocks, so
that its rewriting (repeats dropped, characters dropped) never reaches the record. Where it cannot be used, a rule does.
"""

from __future__ import annotations

import logging
import re
from bisect import bisect_left
from collections import defaultdict
from typing import Any

from onrecord.clean.markup import named
from onrecord.clean.page import Block, Page
from onrecord.clean.prescan import MAX_DEPTH, beyond_parser

_WORD = re.compile(r"\w+")
_FURNITURE = named("nav header footer aside form figcaption button select textarea option")
_CONTROLS = frozenset(("button", "select", "textarea", "option"))
_PROSE = frozenset(("p", "li", "blockquote", "dd", "pre", "h2", "h3", "h4"))
_RUN = 3
"""Words that must follow one another in both texts to count as the same place."""
_SHARE = 0.5
"""Share of a block's words that must have been chosen for the block to be kept."""
_THIN = 0.2
"""Share of the page's prose below which a choice is made again with all of trafilatura's means."""
_MIN_WORDS = 10
"""Words of running text below which a block that is no paragraph is not taken for prose."""


def choose(page: Page) -> tuple[set[int], list[str]]:
    """Numbers of the blocks that are body, and flags. Raises MemoryError where the parser's limit is reached."""
    if not page.blocks:
        return set(), []
    reduced = page.reduced()
    reason = beyond_parser(len(reduced), len(page.blocks))
    if reason:
        return by_rule(page.blocks), [f"body: chosen without the parser ({reason})"]
    words = [words_of(block.text) for block in page.blocks]
    prose = by_rule(page.blocks)
    expected = _THIN * _length(page.blocks, prose)
    kept: set[int] = set()
    flags: list[str] = []
    for fast in (True, False):
        chosen, flags = _by_trafilatura(reduced, fast=fast)
        kept = {k for k in _matched(words, chosen) if page.blocks[k].zone not in _CONTROLS}
        if kept and _length(page.blocks, kept) >= expected:
            break
    if not kept:
        kept = prose
        return kept, [*flags, "body: chosen without the parser (it found none)"] if kept else flags
    kept |= _repeats(page.blocks, words, kept)
    return kept | _siblings(page.blocks, kept), flags


def _length(blocks: list[Block], which: set[int]) -> int:
    return sum(len(blocks[k].text) for k in which)


def words_of(text: str) -> tuple[str, ...]:
    """Words as compared: what trafilatura drops (format characters and the like) is dropped first."""
    if not text.isascii() and not text.isprintable():
        text = "".join(c for c in text if c.isprintable() or c.isspace())
    return tuple(_WORD.findall(text))


def by_rule(blocks: list[Block]) -> set[int]:
    """Prose outside the page's furniture, inside `article` or `main` where there is prose in one."""
    prose = {k for k, block in enumerate(blocks) if block.zone not in _FURNITURE and _is_prose(block)}
    inner = {k for k in prose if blocks[k].zone in ("article", "main")}
    return inner or prose


def _is_prose(block: Block) -> bool:
    length = len(block.text)
    if block.tag == "h1" or 2 * block.linked > length:
        return False
    return block.tag in _PROSE or len(block.text[:2_000].split()) >= _MIN_WORDS


def _by_trafilatura(reduced: str, *, fast: bool) -> tuple[list[tuple[str, ...]], list[str]]:
    """What trafilatura takes for the body, as words per element, and flags on what its parser lost."""
    from lxml import html
    from trafilatura import bare_extraction

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=True)
    tree = html.document_fromstring(reduced.encode("utf-8", "replace"), parser=parser, ensure_head_body=True)
    lost = any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)
    flags = [f"parser: nesting beyond {MAX_DEPTH} flattened"] if lost else []
    document: Any = bare_extraction(tree, include_comments=False, fast=fast)
    if document is None or document.body is None:
        return [], flags
    return _elements(document.body), flags


def _elements(body: Any) -> list[tuple[str, ...]]:
    """Words of each paragraph, heading, item, cell and quotation."""
    found: list[list[str]] = [[]]
    breaking = frozenset(("p", "head", "item", "cell", "quote", "list", "table", "row", "lb", "div", "code", "graphic"))
    stack: list[tuple[Any, bool]] = [(body, False)]
    while stack:
        element, leaving = stack.pop()
        if element.tag in breaking:
            found.append([])
        if leaving:
            found[-1].append(element.tail or "")
            continue
        found[-1].append(element.text or "")
        stack.append((element, True))
        stack.extend((child, False) for child in reversed(element))
    return [words for parts in found if (words := words_of("".join(parts)))]


def _matched(words: list[tuple[str, ...]], chosen: list[tuple[str, ...]]) -> set[int]:
    """The blocks whose words were chosen, found in document order: whole elements first, then runs of words."""
    kept: set[int] = set()
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for k, own in enumerate(words):
        places[own].append(k)
    left: list[tuple[int, tuple[str, ...]]] = []
    at = 0
    for element in chosen:
        where = places.get(element)
        if not where:
            left.append((at, element))
            continue
        after = bisect_left(where, at)
        block = where[after] if after < len(where) else where[0]
        kept.add(block)
        at = block + 1
    return kept | _matched_by_runs(words, left) if left else kept


def _matched_by_runs(words: list[tuple[str, ...]], left: list[tuple[int, tuple[str, ...]]]) -> set[int]:
    """For elements that join, cut or rewrite our blocks: mark their words in ours, keep blocks mostly marked."""
    flat: list[str] = []
    begins: list[int] = []
    for own in words:
        begins.append(len(flat))
        flat.extend(own)
    runs: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for k in range(len(flat) - _RUN + 1):
        runs[tuple(flat[k : k + _RUN])].append(k)
    marked = bytearray(len(flat))
    for block, element in left:
        _mark(element, runs, begins[block] if block < len(begins) else 0, marked)
    return {
        k
        for k, own in enumerate(words)
        if own and sum(marked[begins[k] : begins[k] + len(own)]) >= max(_SHARE * len(own), min(len(own), _RUN))
    }


def _mark(element: tuple[str, ...], runs: dict[tuple[str, ...], list[int]], near: int, marked: bytearray) -> None:
    """Each run of the element is put at the next place after the one before it, or at the first where there is none."""
    at = near
    for k in range(len(element) - _RUN + 1):
        where = runs.get(element[k : k + _RUN])
        if not where:
            continue
        after = bisect_left(where, at)
        place = where[after] if after < len(where) else where[0]
        marked[place : place + _RUN] = b"\x01" * _RUN
        at = place + 1


def _repeats(blocks: list[Block], words: list[tuple[str, ...]], kept: set[int]) -> set[int]:
    """Paragraphs that say the same as a kept one beside them: the chooser drops repeats, the record does not."""
    known = {(words[k], blocks[k].within) for k in kept if len(words[k]) >= _RUN}
    return {k for k, block in enumerate(blocks) if k not in kept and (words[k], block.within) in known}


def _siblings(blocks: list[Block], kept: set[int]) -> set[int]:
    """Prose among the kept paragraphs of one parent, or just before the first: the chooser drops some for no reason."""
    parents: dict[tuple[int, str], list[int]] = defaultdict(list)
    for k in sorted(kept):
        parents[blocks[k].within, blocks[k].tag].append(k)
    found: set[int] = set()
    for (within, tag), own in parents.items():
        if len(own) < 2:
            continue
        for k in range(max(0, own[0] - 2), own[-1]):
            block = blocks[k]
            if k not in kept and (block.within, block.tag) == (within, tag) and 2 * block.linked < len(block.text):
                found.update((k,) if len(block.text.split()) >= _MIN_WORDS else ())
    return found
