"""Sitemaps, with what news sitemaps say of an article, and indexes of them. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from onrecord.read.feeds import Feed, FeedItem, collected, day_of, item, plain_title, web_address
from onrecord.read.trees import Element, local, text_of

MOST_CHILDREN = 20
"""Sitemaps of an index that are read, the newest ones."""


def sitemap(root: Element, url: str, problems: tuple[str, ...] = ()) -> Feed:
    """What a sitemap, or an index of them, lists; the newest first."""
    if local(root) == "sitemapindex":
        return _index(root, url, problems)
    entries = [_fields(entry) for entry in root if local(entry) == "url"]
    entries.sort(key=lambda fields: day_of(_date(fields)) or "", reverse=True)
    name = next((fields["name"] for fields in entries if fields.get("name")), None)
    return collected(plain_title(name), _items(entries, url), problems)


def _items(entries: list[dict[str, str]], url: str) -> Iterator[FeedItem | None]:
    for fields in entries:
        yield item(None, fields.get("loc"), fields.get("title"), day_of(_date(fields)), url)


def _date(fields: dict[str, str]) -> str | None:
    return fields.get("publication_date") or fields.get("lastmod")


def _fields(entry: Element) -> dict[str, str]:
    """What an entry says by name, `news:…` and its publication's among it; of a name that comes twice the first."""
    found: dict[str, str] = {}
    for child in entry.iter():
        # an image or video within an entry has a title and an address of its own
        if child is not entry and len(child) == 0 and "/sitemap-image/" not in child.tag and "-video/" not in child.tag:
            found.setdefault(local(child), text_of(child))
    return found


def _index(root: Element, url: str, problems: tuple[str, ...]) -> Feed:
    entries = [_fields(entry) for entry in root if local(entry) == "sitemap"]
    entries.sort(key=lambda fields: day_of(fields.get("lastmod")) or "", reverse=True)
    addresses = (web_address(fields.get("loc"), url) for fields in entries)
    children = list(dict.fromkeys(address for address in addresses if address))
    if len(children) > MOST_CHILDREN:
        problems += (f"names {len(children):,} sitemaps: the {MOST_CHILDREN} newest are read",)
    return Feed(None, (), problems, tuple(children[:MOST_CHILDREN]))
