"""Plain text copied off a page: which lines are headline, byline and date, and which are the page's furniture.

The text is cut into blocks: lines, or paragraphs where the lines are wrapped. Every block is judged by what it says
(furniture.txt, bylines), then by where it stands: the head ends where the first prose begins, the tail begins where the
last prose ends. Prose is only ever set aside by a pattern that names it as furniture, as a box about an author at the
end, or between two marks of a comment section. A caption that reports what somebody says stays.

Where a dateline credits an agency ("ORU (Reuters) — …"), the agency goes to the byline: it wrote the text. A publisher
is taken from a masthead above the headline, a title line "Headline | Paper" or a copyright line at the end only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from onrecord.clean import bylines, furniture
from onrecord.model import Found, SetAside, Span

_LINE = re.compile(r"[^\r\n\x0b\x0c\x85\u2028\u2029]+")
_SENTENCE_END = re.compile(r"[.!?…。！？؟۔।][\"'”’»)\]\s]*$")
_WORD = re.compile(r"\w+")
_CJK = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af]")
_PROSE_WORDS = 9
_PROSE_LENGTH = 180
_HEADLINE_LENGTH = 200
_HEADLINE_WORDS = 32
_EDGE_BLOCKS = 40
_WRAPPED_SHARE = 0.4
_BIO_BLOCKS = 2
_MIDWAY_TITLES = 6
_MENU_LINES = 6
_MENU_WORDS = 3
_TITLE_WORDS = 16
_COMMENT_HEAD = 4
_MASTHEAD = re.compile(
    r"(?:The )?(?:[A-Z][\w'&.-]* ){0,4}(?:Gazette|Times|Post|Herald|News|Journal|Tribune|Chronicle|Courier|Observer"
    r"|Mail|Guardian|Telegraph|Star|Daily|Press|Record|Mirror|Examiner|Standard|Echo|Argus|Sentinel|Dispatch|Globe|Bulletin)"
)
_PAPER = re.compile(
    r"(?:©|\(c\)|copyright)[\s©(c)]*(?:\d{4}(?: ?[–-] ?\d{2,4})?)?[ ,]*(?P<paper>[^.|,;]{3,60})", re.IGNORECASE
)
_PAPER_AFTER_TITLE = re.compile(r"(?: [|–—-] [^|]{2,40})*? (?:[|–—-]|::) (?P<paper>[^|–—]{3,60})")
_READER = re.compile(r".{2,60} says:|reply|reply to .{2,60}|.{0,40}\bat \d{1,2}:\d\d ?[ap]m.{0,10}", re.IGNORECASE)
_DOES = re.compile(r",? (?:is|was|covers|writes|reports|joined|has (?:covered|written|reported|been))\b", re.IGNORECASE)
_LISTS = (furniture.RELATED, furniture.REFERENCES)


@dataclass(frozen=True, slots=True)
class PlainParts:
    """What the lines of one text are. The text itself stays whole: every offset points into it, in code points."""

    headline_span: Span | None = None
    byline: tuple[Found, ...] = ()
    published: Found | None = None
    publisher: Found | None = None
    set_aside: tuple[SetAside, ...] = ()


@dataclass(slots=True)
class _Block:
    """A line or paragraph. `line` is its `plain` spelling, empty where it is too long to be anything but prose."""

    span: Span
    line: str
    prose: bool
    reason: str | None = None


@dataclass(slots=True)
class _Page:
    """The blocks of one text, and what has been found in them so far."""

    text: str
    blocks: list[_Block]
    headline: int | None = None
    byline: list[Found] = field(default_factory=list)
    published: Found | None = None
    publisher: Found | None = None

    @property
    def body(self) -> int:
        """The first block that is prose and no furniture; the number of blocks where there is none."""
        return next((k for k in range(len(self.blocks)) if self._is_body(k)), len(self.blocks))

    @property
    def end(self) -> int:
        """The block after the last that is prose and no furniture."""
        return next((k for k in range(len(self.blocks), 0, -1) if self._is_body(k - 1)), 0)

    def _is_body(self, k: int) -> bool:
        return self.blocks[k].prose and self.blocks[k].reason is None


def parts(text: str) -> PlainParts:
    """The parts of `text`; `set_aside` is sorted, disjoint and clear of the headline. Linear; raises nothing."""
    page = _Page(text, _blocks(text))
    for block in page.blocks:
        block.reason = furniture.reason(block.line)
    _read_head(page)
    _set_aside_neighbours(page)
    _set_aside_menus(page)
    _find_headline(page)
    _set_aside_lists(page)
    _set_aside_readers(page)
    _set_aside_titles(page)
    _set_aside_author(page)
    _find_publisher(page)
    headline = None if page.headline is None else page.blocks[page.headline].span
    return PlainParts(headline, tuple(page.byline), page.published, page.publisher, _merged(page.blocks))


def _blocks(text: str) -> list[_Block]:
    lines = [span for span in map(_trimmed, _LINE.finditer(text)) if span]
    if _is_wrapped(text, lines):
        lines = _unwrapped(text, lines)
    blocks = [_block(text, span) for span in lines]
    if blocks and _is_question(blocks[0].line):
        blocks[0].prose = False
    return blocks


def _trimmed(found: re.Match[str]) -> Span | None:
    line = found[0]
    end = found.start() + len(line.rstrip("\ufeff\u200b \t\xa0"))
    start = found.end() - len(line.lstrip("\ufeff\u200b \t\xa0"))
    return Span(start, end) if start < end and not line.isspace() else None


def _block(text: str, span: Span) -> _Block:
    length = span.end - span.start
    if length > furniture.LONGEST:
        return _Block(span, "", prose=True)
    line = furniture.plain(span.of(text))
    words = len(_WORD.findall(line)) + len(_CJK.findall(line)) // 2
    return _Block(span, line, prose=length >= _PROSE_LENGTH or (words >= _PROSE_WORDS and _ends_sentence(line)))


def _ends_sentence(line: str) -> bool:
    return _SENTENCE_END.search(line[-12:]) is not None


def _is_question(line: str) -> bool:
    """One question or exclamation and nothing else: at the top of a text it is a headline."""
    return line.endswith(("?", "!", "؟")) and len(line) <= _HEADLINE_LENGTH and not re.search(r"[.!?…] ", line)


def _adjacent(text: str, above: Span, below: Span) -> bool:
    between = text[above.end : below.start]
    return max(between.count("\n"), between.count("\r")) == 1


def _is_wrapped(text: str, lines: list[Span]) -> bool:
    """Whether paragraphs are broken into lines: many lines go on in lower case under a long one."""
    pairs = [(a, b) for a, b in pairwise(lines) if a.end - a.start >= 30 and _adjacent(text, a, b)]
    going_on = sum(text[below.start].islower() for _, below in pairs)
    return going_on >= 2 and going_on >= _WRAPPED_SHARE * len(pairs)


def _unwrapped(text: str, lines: list[Span]) -> list[Span]:
    paragraphs: list[Span] = []
    width = max(span.end - span.start for span in lines)
    last, last_is_furniture = lines[0], False
    for line in lines:
        is_furniture = furniture.reason(furniture.plain(line.of(text))) is not None
        filled = last.end - last.start >= width / 2 or text[line.start].islower()
        if paragraphs and filled and not is_furniture and not last_is_furniture and _adjacent(text, last, line):
            paragraphs[-1] = Span(paragraphs[-1].start, line.end)
        else:
            paragraphs.append(line)
        last, last_is_furniture = line, is_furniture
    return paragraphs


def _read_head(page: _Page) -> None:
    """Date lines and bylines above the body, and date lines at the foot; the agency of the dateline."""
    body, end = page.body, page.end
    for k, block in enumerate(page.blocks[: min(body, _EDGE_BLOCKS)]):
        under_byline = k > 0 and page.blocks[k - 1].reason == furniture.BYLINE
        if block.reason is None and under_byline and bylines.is_role(block.line):
            block.reason = furniture.BYLINE
        else:
            _read_credits(page, block)
    for block in page.blocks[max(end, body, len(page.blocks) - _EDGE_BLOCKS) :]:
        _read_credits(page, block, below="ublish" not in block.line)
    if body < len(page.blocks):
        agency = bylines.agency(page.blocks[body].span.of(page.text))
        if agency and all(agency != found.value for found in page.byline):
            page.byline.append(Found(agency, "text:dateline"))


def _read_credits(page: _Page, block: _Block, *, below: bool = False) -> None:
    said = bylines.of_line(block.line) if block.reason is None else None
    if said is None or (below and not said.has_date):
        return
    block.reason = furniture.DATE if said.has_date else furniture.BYLINE
    if below:
        return
    if said.published and page.published is None:
        page.published = Found(said.published, "text:date line")
    page.byline += [Found(name, "text:byline") for name in said.names]


def _set_aside_neighbours(page: _Page) -> None:
    """Lines that could be a subheading are furniture next to furniture, three in a row, or at the top of the text."""
    blocks, body = page.blocks, page.body
    weak = [furniture.weak_reason(b.line) if b.reason is None else None for b in blocks]
    for k in range(1, len(blocks) - 1):
        if weak[k - 1] and weak[k] and weak[k + 1]:
            blocks[k].reason = weak[k]
    for block in blocks[: max(0, body - 1)]:
        if block.reason is None and not furniture.is_section(block.line):
            break
        block.reason = block.reason or furniture.MENU
    spreading = {furniture.DATE, furniture.BYLINE, furniture.CAPTION, None}
    for order in (range(1, len(blocks)), range(len(blocks) - 2, -1, -1)):
        for k in order:
            neighbour = blocks[k - order.step].reason
            if blocks[k].reason is None and weak[k] and neighbour not in spreading:
                blocks[k].reason = weak[k]


def _set_aside_menus(page: _Page) -> None:
    """Many very short lines in a row above the body."""
    body = page.body
    run: list[_Block] = []
    for block in page.blocks[: body if body < len(page.blocks) else 0]:
        if block.reason == furniture.MENU or (block.reason is None and _is_label(block, _MENU_WORDS)):
            run.append(block)
        else:
            run = []
        if len(run) >= _MENU_LINES:
            for label in run[-_MENU_LINES:]:
                label.reason = furniture.MENU


def _set_aside_titles(page: _Page) -> None:
    """Titles and names below the body that follow other furniture."""
    below = False
    for block in page.blocks[max(page.end, 1) :]:
        if below and block.reason is None and _is_label(block, _TITLE_WORDS):
            block.reason = furniture.MENU
        below = below or block.reason not in (None, furniture.DATE, furniture.BYLINE, furniture.CAPTION)


def _is_label(block: _Block, most_words: int) -> bool:
    return not block.prose and not _ends_sentence(block.line) and len(block.line.split()) <= most_words


def _find_headline(page: _Page) -> None:
    """The first line above the body that looks like a headline, after the paper's name, the page's title, a kicker."""
    body = page.body
    if body == len(page.blocks):
        return
    candidates = [k for k in range(body) if page.blocks[k].reason is None and _is_headline(page.blocks[k].line)]
    names = [k for k in range(body) if page.blocks[k].reason is None and _MASTHEAD.fullmatch(page.blocks[k].line)]
    longer = [k for k in candidates if len(page.blocks[k].line.split()) >= 5]
    if names and longer and names[0] < longer[0]:
        _set_masthead(page, names[0], page.blocks[names[0]].line, furniture.MASTHEAD)
        candidates = [k for k in candidates if k > names[0]]
    for k, following in pairwise(candidates):
        line, title = page.blocks[k].line, page.blocks[following].line
        after = _PAPER_AFTER_TITLE.fullmatch(line, len(title)) if line.casefold().startswith(title.casefold()) else None
        if after:
            _set_masthead(page, k, after["paper"], furniture.REPEATED)
    candidates = [k for k in candidates if page.blocks[k].reason is None]
    if len(candidates) > 1 and len(page.blocks[candidates[0]].line.split()) <= 3 and candidates[1] in longer:
        del candidates[0]
    if candidates:
        page.headline = candidates[0]
        _set_aside_repeated(page, candidates)


def _set_masthead(page: _Page, k: int, paper: str, reason: str) -> None:
    page.blocks[k].reason = reason
    page.publisher = Found(paper.strip(), "text:masthead" if reason == furniture.MASTHEAD else "text:title line")


def _set_aside_repeated(page: _Page, candidates: list[int]) -> None:
    headline = page.blocks[candidates[0]].line.casefold()
    for k in candidates[1:]:
        if page.blocks[k].line.casefold() == headline:
            page.blocks[k].reason = furniture.REPEATED


def _is_headline(line: str) -> bool:
    words = len(_WORD.findall(line)) + len(_CJK.findall(line)) // 2
    if not (3 <= words <= _HEADLINE_WORDS and len(line) <= _HEADLINE_LENGTH):
        return False
    return _is_question(line) or not (_ends_sentence(line) or line.endswith((":", ",", ";")))


def _set_aside_lists(page: _Page) -> None:
    """The titles under "Related stories" or "Sources": short lines that do not end as sentences do."""
    end = page.end
    for k, block in enumerate(page.blocks):
        if block.reason not in _LISTS or not furniture.opens_list(block.line):
            continue
        last = k + 1
        while last < len(page.blocks) and (last > end or last - k <= _MIDWAY_TITLES) and _is_title(page, last):
            page.blocks[last].reason = block.reason
            last += 1
        if block.reason == furniture.REFERENCES and last == k + 1 and last < len(page.blocks):
            block.reason = page.blocks[last].reason and block.reason


def _is_title(page: _Page, k: int) -> bool:
    block = page.blocks[k]
    return block.reason is None and k != page.headline and not block.prose and not _ends_sentence(block.line)


def _set_aside_readers(page: _Page) -> None:
    """What readers wrote, in the second half: from "3 comments" to what follows the last "Ada says:" or "Reply"."""
    body = page.body
    first = next((k for k, b in enumerate(page.blocks) if k > body and b.reason == furniture.COMMENTS), None)
    if first is None:
        return
    marks = [k for k in range(first + 1, len(page.blocks)) if _READER.fullmatch(page.blocks[k].line)]
    if not marks or marks[0] > first + _COMMENT_HEAD or 2 * page.blocks[first].span.start < len(page.text):
        return
    last = marks[-1]
    while last + 1 < len(page.blocks) and page.blocks[last + 1].reason is None:
        last += 1
    for block in page.blocks[first : last + 1]:
        block.reason = block.reason or furniture.READERS


def _set_aside_author(page: _Page) -> None:
    """Who wrote it, at the end: under "About the author", or starting with the name in the byline."""
    kept = [k for k, b in enumerate(page.blocks) if b.reason is None and k != page.headline]
    boxes = [k for k, b in enumerate(page.blocks) if b.reason == furniture.AUTHOR and furniture.opens_list(b.line)]
    for k in kept[-_BIO_BLOCKS:]:
        if boxes and boxes[0] < k and boxes[0] > page.body:
            page.blocks[k].reason = furniture.AUTHOR
    for k in kept[-2:]:
        line = page.blocks[k].line
        if any(_is_bio(line, found.value) for found in page.byline):
            page.blocks[k].reason = furniture.AUTHOR


def _is_bio(line: str, name: str) -> bool:
    if not line.casefold().startswith(name.casefold()):
        return False
    return _DOES.match(line, len(name)) is not None and not any(mark in line for mark in '“”"«»')


def _find_publisher(page: _Page) -> None:
    """The paper of a copyright line below the body, unless an agency claims the text there."""
    for block in page.blocks[page.end :]:
        found = _PAPER.match(block.line) if page.publisher is None else None
        paper = found["paper"].strip() if found else ""
        paper = re.sub(r"\s*all rights reserved.*", "", paper, flags=re.IGNORECASE)
        if paper and paper[0].isupper() and not bylines.is_agency(paper):
            page.publisher = Found(paper, "text:copyright line", inferred=True)


def _merged(blocks: list[_Block]) -> tuple[SetAside, ...]:
    """One part for neighbours of one kind."""
    merged: list[SetAside] = []
    above: str | None = None
    for block in blocks:
        if block.reason is not None:
            start = block.span.start
            if block.reason == above:
                start = merged.pop().start or 0
            merged.append(SetAside("clean", block.reason, start, block.span.end))
        above = block.reason
    return tuple(merged)
