"""What a page says of itself: headline, byline, publisher, date, address; each with the place where it says so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from onrecord.clean.body import words_of
from onrecord.clean.markup import unescaped
from onrecord.clean.page import Block, Page
from onrecord.model import Found

_MAX_JSON = 2_000_000
"""Characters of one JSON-LD script that are read."""
_MAX_DATED = 100_000
"""Characters of a page in which htmldate looks for a date."""
_MAX_NODES = 5_000
_MAX_NAMES = 10
_ARTICLE = re.compile(r"(?:Article|BlogPosting|Report|Review)\Z")
_DATE_METAS = (
    *("article:published_time", "og:article:published_time", "datepublished", "og:published_time", "parsely-pub-date"),
    *("sailthru.date", "pubdate", "publishdate", "publish-date", "publication_date", "dc.date.issued", "dc.date"),
    *(
        "dcterms.created",
        "article.published",
        "published-date",
        "displaydate",
        "ptime",
        "date",
        "cxenseparse:recs:publishtime",
    ),
)
_AUTHOR_METAS = (
    "author",
    "article:author",
    "byl",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
)
_TITLE_METAS = ("og:title", "twitter:title", "sailthru.title", "parsely-title", "dc.title")
_SITE_METAS = ("og:site_name", "application-name", "dc.publisher")
_BY = re.compile(r"^\s*(?:(?:written|story|posted|reported|words)\s{1,3})?by:?\s+", re.IGNORECASE)
_TAGS = re.compile(r"<[^>]*+(?:>|\Z)")
_NAME_BREAK = re.compile(r"\s*(?:,|;|\||·|•|\n| and | & | with )\s*", re.IGNORECASE)
_NO_NAME = re.compile(
    r"[@\d:/]|https?|\b(?:staff|editor|reporter|correspondent|follow|share|published|updated|min read)\b", re.I
)
_TITLE_TAIL = re.compile(r"\s+[|\-–—·:»«]+\s+")
_DAY = re.compile(r"(?<!\d)(?:19|20)\d\d-[01]\d-[0-3]\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Headline:
    """Where the headline stands: in block number `block`, or at `start … end` of the source (the page's `title`)."""

    where: str
    block: int | None = None
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Stated:
    """What the page states. `titles` are its own words for the headline, surest first."""

    titles: tuple[Found, ...]
    byline: tuple[Found, ...]
    publisher: Found | None
    published: Found | None
    url: Found | None


def stated(page: Page) -> Stated:
    """What JSON-LD, then meta tags, then the markup state."""
    articles, by_id = _articles(page.linked_data)
    metas = _metas(page)
    return Stated(
        titles=tuple(_titles(articles, metas)),
        byline=_byline(page, articles, by_id, metas),
        publisher=next(_publishers(articles, by_id, metas), None),
        published=next(_dates(page, articles, metas), None),
        url=next(_urls(page, metas), None),
    )


def guessed_date(reduced: str) -> Found | None:
    """A date worked out from the page's markup and text by htmldate, where the page states none."""
    from htmldate import find_date

    try:
        found = find_date(reduced[:_MAX_DATED], original_date=True, extensive_search=False)
    except (ValueError, TypeError, AttributeError, OverflowError):
        return None
    return Found(found, "htmldate", inferred=True) if found else None


def headline(page: Page, titles: tuple[Found, ...]) -> Headline | None:
    """The visible block that is the headline, else the page's title."""
    title = _clean(page.source[slice(*page.title)]) if page.title else ""
    wanted = [words for value in (*(t.value for t in titles), title) if (words := _key(value))]
    if (block := _headline_block(page.blocks, wanted)) is not None:
        return Headline(f"html:{page.blocks[block].tag}", block)
    return _from_title(page, [t.value for t in titles])


def _headline_block(blocks: list[Block], wanted: list[tuple[str, ...]]) -> int | None:
    firsts = [k for k, block in enumerate(blocks) if block.tag == "h1" and block.zone not in ("nav", "footer", "aside")]
    keys = {k: _key(blocks[k].text) for k in firsts}
    for words in wanted:
        for k in firsts:
            if keys[k] == words:
                return k
    for words in wanted:
        for k in firsts:
            if len(keys[k]) >= 3 and _shared(keys[k], words) >= 0.6:
                return k
    for words in wanted:
        for k, block in enumerate(blocks):
            if (
                len(words) >= 3
                and len(block.text) < 600
                and _key(block.text) == words
                and block.tag in ("h2", "h3", "div")
            ):
                return k
    return firsts[0] if firsts and (len(firsts) == 1 or not wanted) else None


def _shared(own: tuple[str, ...], words: tuple[str, ...]) -> float:
    return len(set(own) & set(words)) / len(set(own))


def _from_title(page: Page, titles: list[str]) -> Headline | None:
    """The part of the page's title that is the headline: what it states elsewhere, or what stands before the site."""
    if page.title is None:
        return None
    start, end = page.title
    raw = page.source[start:end]
    own = next((t for t in titles if t and t in raw), None)
    if own:
        start += raw.index(own)
        end = start + len(own)
    elif tail := list(_TITLE_TAIL.finditer(raw[:1_000])):
        end = start + tail[-1].start()
    return Headline("html:title", None, start, end) if _clean(page.source[start:end]) else None


def _titles(articles: list[dict[str, Any]], metas: dict[str, str]) -> Iterator[Found]:
    for node in articles:
        if isinstance(value := node.get("headline") or node.get("name"), str) and _clean(value):
            yield Found(_clean(value), "jsonld:headline")
    for name in _TITLE_METAS:
        if _clean(metas.get(name, "")):
            yield Found(_clean(metas[name]), name)


def _byline(
    page: Page, articles: list[dict[str, Any]], by_id: dict[str, dict[str, Any]], metas: dict[str, str]
) -> tuple[Found, ...]:
    for node in articles:
        names = [name for text in _names(node.get("author"), by_id) for name in _people(text)]
        if names:
            return tuple(Found(name, "jsonld:author") for name in names[:_MAX_NAMES])
    for key in _AUTHOR_METAS:
        if names := _people(metas.get(key, "")):
            return tuple(Found(name, f"meta:{key}") for name in names[:_MAX_NAMES])
    for start, end in page.bylines:
        if names := _people(_TAGS.sub(" ", page.source[start:end])):
            return tuple(Found(name, "html:byline") for name in names[:_MAX_NAMES])
    return ()


def _people(text: str) -> list[str]:
    """Names in a byline; nothing where it holds an address, a date or a rank instead."""
    text = _BY.sub("", _clean(text))
    if not text or len(text) > 200:
        return []
    names = [_BY.sub("", name).strip() for name in _NAME_BREAK.split(text)]
    return list(dict.fromkeys(name for name in names if 2 < len(name) <= 60 and not _NO_NAME.search(name)))


def _publishers(
    articles: list[dict[str, Any]], by_id: dict[str, dict[str, Any]], metas: dict[str, str]
) -> Iterator[Found]:
    for node in articles:
        for name in _names(node.get("publisher"), by_id):
            yield Found(name, "page says: jsonld:publisher")
    for key in _SITE_METAS:
        if value := _clean(metas.get(key, ""))[:200]:
            yield Found(value, f"page says: {key}")


def _dates(page: Page, articles: list[dict[str, Any]], metas: dict[str, str]) -> Iterator[Found]:
    for node in articles:
        if date := _date(node.get("datePublished")):
            yield Found(date, "jsonld:datePublished")
    for key in _DATE_METAS:
        if date := _date(metas.get(key)):
            yield Found(date, f"meta:{key}")
    for given in page.times:
        if ("pubdate" in given or given.get("itemprop") == "datePublished") and (date := _date(given["datetime"])):
            yield Found(date, "html:time")


def _urls(page: Page, metas: dict[str, str]) -> Iterator[Found]:
    candidates = [("canonical", link.get("href", "")) for link in page.links] + [("og:url", metas.get("og:url", ""))]
    for where, value in candidates:
        value = value.strip()
        if re.match(r"https?://[^\s/]{1,255}", value) and len(value) < 2_000 and not re.search(r"[\s<>\"]", value):
            yield Found(value, f"page says: {where}")


def _date(value: object) -> str | None:
    """ISO 8601, as exact as stated; None for what is no date."""
    if not isinstance(value, str) or not 8 <= len(value := value.strip()) <= 64:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return datetime.fromisoformat(value).date().isoformat()
        return datetime.fromisoformat(value).isoformat()
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(value).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        day = _DAY.search(value)
        return day[0] if day else None


def _metas(page: Page) -> dict[str, str]:
    """Content by name, property or itemprop in lower case; of one given twice the first counts."""
    found: dict[str, str] = {}
    for given in page.metas:
        name = (given.get("property") or given.get("name") or given.get("itemprop") or "").strip().lower()
        if name and given.get("content"):
            found.setdefault(name, given["content"])
    return found


def _articles(scripts: list[str]) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """The nodes of JSON-LD that are articles, and all nodes by their id."""
    articles: list[dict[str, Any]] = []
    by_id: dict[str, dict[str, Any]] = {}
    seen = 0
    for script in scripts[:50]:
        stack = [_json(script)]
        while stack and seen < _MAX_NODES:
            node = stack.pop(0)
            seen += 1
            if isinstance(node, list):
                stack.extend(node[:500])
            elif isinstance(node, dict):
                if isinstance(node.get("@id"), str) and len(node) > 1:
                    by_id.setdefault(node["@id"], node)
                kinds = node.get("@type")
                if any(
                    isinstance(kind, str) and _ARTICLE.search(kind)
                    for kind in (kinds if isinstance(kinds, list) else [kinds])
                ):
                    articles.append(node)
                stack.extend(value for value in node.values() if isinstance(value, dict | list))
    return articles, by_id


def _json(script: str) -> Any:
    text = script.strip().removeprefix("<!--").removeprefix("//<![CDATA[").removesuffix("-->").removesuffix("//]]>")
    if len(text) > _MAX_JSON:
        return None
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _names(value: Any, by_id: dict[str, dict[str, Any]]) -> list[str]:
    found: list[str] = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            if "name" not in one and isinstance(one.get("@id"), str):
                one = by_id.get(one["@id"], one)
            one = one.get("name")
        if isinstance(one, str) and _clean(one):
            found.append(_clean(one)[:200])
    return found[:_MAX_NAMES]


def _clean(text: str) -> str:
    """References decoded, blanks single, what cannot be stored dropped."""
    return " ".join(re.sub("[\x00-\x08\x0b-\x1f\ud800-\udfff]", " ", unescaped(text[:5_000])).split())


def _key(text: str) -> tuple[str, ...]:
    return words_of(text.lower())
