"""Keeps a record up to date from feeds, sitemaps and folders, and tells what is new to saved queries."""

from __future__ import annotations

from onrecord.read.opml import Outline, read_opml, write_opml
from onrecord.watching.adding import Added, add, outlines
from onrecord.watching.hooks import check_webhook, signature
from onrecord.watching.queries import atom, digest, news, notice
from onrecord.watching.run import Counts, Watcher

__all__ = [
    "Added",
    "Counts",
    "Outline",
    "Watcher",
    "add",
    "atom",
    "check_webhook",
    "digest",
    "news",
    "notice",
    "outlines",
    "read_opml",
    "signature",
    "write_opml",
]
