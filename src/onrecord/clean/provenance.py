"""What we know of a report's source ourselves, and what the page says of itself, kept apart."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from onrecord.errors import Unparsable
from onrecord.model import Found, Origin, RawReport, Report, SetAside, Span


def prefer(given: Found | None, found: Found | None) -> Found | None:
    """What came with the bytes, before what stands in them."""
    return given or found


def page_report(raw: RawReport, page: dict[str, Any]) -> Report:
    """The report of a page. What the parser process answers is checked like any other input; raises Unparsable."""
    try:
        return _report(raw, page)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise Unparsable("The parser process gave no report.", which=raw.origin, advice="Try again.") from error


def _report(raw: RawReport, page: dict[str, Any]) -> Report:
    text, end = str(page["text"]), int(page["headline_end"])
    if not 0 <= end <= len(text):
        raise ValueError(end)
    said = _found(page["url"])
    return Report(
        text=text,
        raw_sha256=raw.sha256,
        origin=raw.origin,
        url=prefer(raw.given.url, said),
        publisher=prefer(raw.given.publisher, _found(page["publisher"])),
        headline=_found(page["headline"]) or raw.given.title,
        headline_span=Span(0, end) if end else None,
        byline=raw.given.byline or tuple(name for one in page["byline"] if (name := _found(one))),
        published=prefer(raw.given.published, _found(page["published"])),
        captured=raw.captured,
        delivered_by=raw.delivered_by,
        encoding=str(page["encoding"]),
        origins=tuple(_origin(one, len(text), len(raw.data)) for one in page["origins"]),
        set_aside=tuple(_aside(one, len(raw.data)) for one in page["set_aside"]),
        flags=(*map(str, page["flags"]), *_contradictions(raw, said)),
    )


def _contradictions(raw: RawReport, said: Found | None) -> tuple[str, ...]:
    """A page may name any address as its own; only the one it was delivered from is its source."""
    known = raw.delivered_by or (_host(raw.given.url.value) if raw.given.url else None)
    named = _host(said.value) if said else None
    if not known or not named or named == _bare(known):
        return ()
    return (f"provenance: page names {named}, delivered by {known}",)


def _host(url: str) -> str | None:
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return _bare(host) if host else None


def _bare(host: str) -> str:
    return host.lower().removeprefix("www.").removeprefix("m.").removeprefix("amp.")


def _found(value: list[Any] | None) -> Found | None:
    return Found(str(value[0]), str(value[1]), bool(value[2])) if value else None


def _origin(one: list[int], characters: int, size: int) -> Origin:
    start, end, raw_start, raw_end, exact = map(int, one)
    if not (0 <= start < end <= characters and 0 <= raw_start < raw_end <= size):
        raise ValueError(one)
    return Origin(start, end, raw_start, raw_end, bool(exact))


def _aside(one: list[Any], size: int) -> SetAside:
    reason, raw_start, raw_end = str(one[0]), int(one[1]), int(one[2])
    if not 0 <= raw_start <= raw_end <= size:
        raise ValueError(one)
    return SetAside("clean", reason, raw_start=raw_start, raw_end=raw_end)
