"""What a feed lists: RSS and Atom by feedparser, JSON Feed, sitemaps. Pure: bytes in, frozen values out.

Bytes of strangers: XML is mended and pruned (`trees`) before feedparser sees it, so that no document takes it long.
"""

from __future__ import annotations

import calendar
import html
import json
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree

from onrecord.errors import InputError, Unreadable
from onrecord.read.kinds import form_of
from onrecord.read.trees import Element, local, root_of, text_of

MOST_ITEMS = 1_000
"""Items of one feed that are taken, the first ones."""
_LONGEST_URL, _LONGEST_TITLE, _LONGEST_ID = 4096, 300, 2048
_KEPT = frozenset(
    ("title", "link", "id", "guid", "pubdate", "published", "updated", "date", "issued", "modified", "created")
)
"""What is read of an item: never its text, for the article itself is read."""
_FEEDS = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/json")
_HEAD = 512 * 1024
_MOST_OFFERS = 5
_MOST_CHILDREN = 30
_TAG = re.compile(r"<[^<>]{0,2000}>")
_CHECK = "Check in a browser what is there."


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One article that a feed names. `id` is the feed's own for it; `published` is ISO 8601 as the feed says."""

    id: str | None
    url: str
    title: str | None = None
    published: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed or sitemap lists. `children`: sitemaps that an index names, newest first. `problems`: what was left
    out, in words."""

    title: str | None
    items: tuple[FeedItem, ...]
    problems: tuple[str, ...] = ()
    children: tuple[str, ...] = ()


def parse(data: bytes, url: str) -> Feed:
    """What is listed at `url`. Raises Unreadable, with what to do, where it is no feed."""
    if not data.strip():
        raise Unreadable("is empty.", advice=_CHECK)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return _json_feed(data, url)
    root, whole = root_of(data)
    kind = local(root) if root is not None else ""
    cut = () if whole else ("it is broken or too long, and was read as far as it goes",)
    if kind in ("rss", "feed", "rdf"):
        return _xml_feed(root, url, cut)
    if kind in ("urlset", "sitemapindex"):
        from onrecord.read.sitemaps import sitemap

        return sitemap(root, url, cut)
    if kind == "opml":
        raise Unreadable("is a list of feeds, not a feed.", advice="Save it, and run: onrecord watch import FILE")
    raise _no_feed(data, url)


def collected(
    title: str | None, found: Iterator[FeedItem | None], problems: tuple[str, ...], most: int = MOST_ITEMS
) -> Feed:
    """The items with an address that can be fetched, each once; what is left out is said."""
    items: dict[str, FeedItem] = {}
    without = more = 0
    for item in found:
        if item is None:
            without += 1
        elif len(items) >= most and item.url not in items:
            more += 1
        else:
            items.setdefault(item.url, item)
    said = list(problems)
    if without:
        said.append(f"{_items(without)} without an address of http or https")
    if more:
        said.append(f"more than {most:,} items: {more:,} were left out")
    return Feed(title, tuple(items.values()), tuple(said))


def item(id_: Any, link: Any, title: Any, published: str | None, base: str) -> FeedItem | None:
    """An item as we keep it; None where it has no address that can be fetched."""
    address = web_address(link, base)
    if address is None:
        return None
    own = id_.strip()[:_LONGEST_ID] if isinstance(id_, str) else ""
    return FeedItem(own or None, address, plain_title(title), published)


def web_address(link: Any, base: str) -> str | None:
    """An address in full; None for one that is not of http or https, or holds a user's name."""
    if not isinstance(link, str) or not link.strip():
        return None
    try:
        address = urljoin(base, "".join(link.split()))
        parts = urlsplit(address)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return None
    return address if fits and len(address) <= _LONGEST_URL and address.isprintable() else None


def plain_title(title: Any) -> str | None:
    """A title without mark-up, on one line."""
    if not isinstance(title, str):
        return None
    words = html.unescape(_TAG.sub(" ", title[: 10 * _LONGEST_TITLE])).split()
    return "".join(sign for sign in " ".join(words) if sign.isprintable())[:_LONGEST_TITLE] or None


def day_of(text: Any) -> str | None:
    """A date of ISO 8601, as JSON Feed and sitemaps have them, in UTC; None where it is none."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text.strip()[:40])
        if len(text.strip()) <= len("2026-05-03"):
            return moment.date().isoformat()
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return None


def _xml_feed(root: Element, url: str, problems: tuple[str, ...]) -> Feed:
    import feedparser

    try:
        # names that libxml2 let pass are refused when written again, and feedparser raises now and then
        small, more = _pruned(root)
        read = feedparser.parse(etree.tostring(small), sanitize_html=False, resolve_relative_uris=False)
        title = plain_title(read.feed.get("title"))
    except Exception as error:
        raise Unreadable(f"is a feed that cannot be read ({type(error).__name__}).", advice=_CHECK) from None
    if more:
        problems += (f"more than {MOST_ITEMS:,} items: {more:,} were left out",)
    return collected(title, (_entry(each, url) for each in read.entries), problems)


def _entry(entry: Any, base: str) -> FeedItem | None:
    with suppress(Exception):  # as above
        published = _moment(entry.get("published_parsed") or entry.get("updated_parsed"))
        return item(entry.get("id"), entry.get("link") or entry.get("id"), entry.get("title"), published, base)
    return None


def _moment(parsed: Any) -> str | None:
    if not isinstance(parsed, time.struct_time):
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def _pruned(root: Element) -> tuple[Element, int]:
    """A feed with nothing in it but what is read; how many items were too many."""
    small = etree.Element(root.tag, {"version": root.get("version") or "2.0"})
    channel = etree.SubElement(small, "channel") if local(root) == "rss" else small
    tops = [child for child in root if local(child) == "channel"] or [root]
    channel.extend([_small(child) for child in tops[0] if local(child) == "title"][:1])
    count = 0
    for element in root.iter():
        if local(element) not in ("item", "entry"):
            continue
        count += 1
        if count <= MOST_ITEMS:
            children = islice((child for child in element if local(child) in _KEPT), _MOST_CHILDREN)
            etree.SubElement(channel, element.tag).extend([_small(child) for child in children])
    return small, max(0, count - MOST_ITEMS)


def _small(element: Element) -> Element:
    """A copy with its attributes and its text, without elements in it."""
    attributes = {name: value[:_LONGEST_URL] for name, value in element.attrib.items() if value != "xhtml"}
    copy = etree.Element(element.tag, attributes)
    copy.text = text_of(element)[:_LONGEST_URL]
    return copy


def _json_feed(data: bytes, url: str) -> Feed:
    try:
        read = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Unreadable("is JSON that is broken off or no JSON.", advice=_CHECK) from None
    entries = read.get("items")
    if not isinstance(entries, list) or "jsonfeed.org" not in str(read.get("version", "")):
        raise Unreadable("is JSON, but no JSON Feed.", advice=_CHECK)
    return collected(plain_title(read.get("title")), (_json_item(each, url) for each in entries), ())


def _json_item(entry: Any, base: str) -> FeedItem | None:
    if not isinstance(entry, dict):
        return None
    own = entry.get("id")
    link = entry.get("url") or entry.get("external_url") or own
    published = day_of(entry.get("date_published")) or day_of(entry.get("date_modified"))
    return item(str(own) if own is not None else None, link, entry.get("title"), published, base)


def _no_feed(data: bytes, url: str) -> InputError:
    try:
        page = form_of(data) == "html"
    except InputError as error:
        return Unreadable(error.what.replace("report", "feed"), advice=_CHECK)
    if not page:
        return Unreadable("is no feed: neither RSS, Atom, JSON Feed nor a sitemap.", advice=_CHECK)
    offered = list(_offers(data, url))
    if offered:
        return Unreadable(f"is a web page, not a feed. It names: {', '.join(offered)}.", advice="Watch one of those.")
    advice = "Look on the page for “RSS”, or for a sitemap in the site's robots.txt. One article: onrecord read URL"
    return Unreadable("is a web page, not a feed, and names none.", advice=advice)


def _offers(data: bytes, url: str) -> Iterator[str]:
    """Addresses of the feeds that a page names, the first few."""
    try:
        page = etree.fromstring(data[:_HEAD], etree.HTMLParser(recover=True, no_network=True, huge_tree=False))
    except (etree.XMLSyntaxError, ValueError):
        return
    found: dict[str, None] = {}
    for link in page.iter("link") if page is not None else ():
        named = "alternate" in str(link.get("rel", "")).lower().split()
        if named and str(link.get("type", "")).split(";")[0].strip().lower() in _FEEDS:
            address = web_address(link.get("href"), url)
            if address:
                found.setdefault(address)
    yield from list(found)[:_MOST_OFFERS]


def _items(count: int) -> str:
    return f"{count:,} item{'' if count == 1 else 's'}"
