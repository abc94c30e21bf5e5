"""Single addresses of the web: asked for politely, within limits, and never inside the network."""

from __future__ import annotations

import http
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.metadata import version

import httpcore2
import httpx2
from protego import Protego

from onrecord import settings
from onrecord.errors import InputError, Refused, Unreadable
from onrecord.model import Failure, Found, Given, RawReport
from onrecord.read.guard import GuardedBackend
from onrecord.read.http_payload import charset, decoded, media_type
from onrecord.read.kinds import form_of
from onrecord.read.options import ReadOptions
from onrecord.read.problems import failure
from onrecord.read.warc import FORMS

MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_ROBOTS_BYTES = 512 * 1024
_ROBOTS_SECONDS = 3600.0
_PAUSE = 1.0
_LONGEST_PAUSE = 30.0
_LONGEST_REST = 86_400.0
"""Seconds that a site may ask to be left alone (`Retry-After`), at most."""
_STRUCK = 300.0
"""Seconds that a site is left alone after too many failures in a row."""
_LONGEST_NAME = 1024
"""Characters of an ETag or a date that are kept to ask with next time."""
_PERMANENT = (301, 308)
_PAGES = "text/html, text/plain;q=0.9"
_LISTS = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
_RAISE = "Raise ONRECORD_FETCH_BYTES (of feeds ONRECORD_FEED_BYTES) to read it."
_SAVE = "Open it in a browser, save the page, and give the file."


@dataclass(frozen=True, slots=True)
class Listed:
    """What is at the address of a feed or sitemap. `url` is where it was found in the end, `moved` where the site says
    that it has moved for good; `etag` and `modified` name this state of it; `unchanged`: it is as they were named, and
    there is no `body`."""

    url: str
    body: bytes
    moved: str | None = None
    etag: str | None = None
    modified: str | None = None
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a server answered. Header names are in small letters; the body is there with status 200 only, undecoded."""

    url: httpx2.URL
    status: int
    headers: Mapping[str, str]
    body: bytes
    moved: bool = False


@dataclass(frozen=True, slots=True)
class _Ask:
    """What is asked for: types, most bytes, names of the state that is had, whether any type will do."""

    accept: str
    limit: int
    any_type: bool = False
    headers: tuple[tuple[str, str], ...] = ()


class _Visit:
    """One address on its way: the connections to its servers, and the time it has."""

    def __init__(self, backend: GuardedBackend, pool: httpcore2.ConnectionPool) -> None:
        self.backend = backend
        self.pool = pool
        self.waited: set[str] = set()


class Web:
    """Fetches addresses, from several threads at once if need be, but from one site one at a time.

    Remembers each site's robots.txt for an hour, when it was last asked, and until when it wants to be left alone.
    """

    def __init__(self, options: ReadOptions, *, most_strikes: int | None = None) -> None:
        """`most_strikes`: after so many failures of a site in a row it is left alone for a while."""
        self._options = options
        self._most_strikes = most_strikes
        self._strikes: dict[str, int] = {}
        self._agent = f"onrecord/{version('onrecord')} (+{options.contact})"
        self._robots: dict[str, tuple[float, Protego]] = {}
        self._asked: dict[str, float] = {}
        self._resting: dict[str, float] = {}
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._making = threading.Lock()

    def fetch(self, address: str) -> RawReport | Failure:
        """The page at an address, or why there is none."""
        try:
            return self._report(self._visit(address, _Ask(_PAGES, settings.whole("fetch_bytes"))), address)
        except InputError as error:
            return failure(address, error)
        except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            return Failure(address, "read", *_said(error))

    def fetch_list(self, address: str, etag: str | None = None, modified: str | None = None) -> Listed | Failure:
        """The feed or sitemap at an address, if it is not as `etag` and `modified` name it; or why there is none."""
        names = (("If-None-Match", etag), ("If-Modified-Since", modified))
        asked = tuple((name, value) for name, value in names if value and _printable(value))
        limit = settings.whole("feed_bytes")
        try:
            answer = self._visit(address, _Ask(_LISTS, limit, any_type=True, headers=asked))
            body = decoded(answer.body, answer.headers.get("content-encoding", ""), limit)
        except InputError as error:
            return failure(address, error)
        except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            return Failure(address, "read", *_said(error))
        etag, modified = (answer.headers.get(name, "") for name in ("etag", "last-modified"))
        return Listed(
            str(answer.url),
            body,
            moved=str(answer.url) if answer.moved else None,
            etag=etag if _printable(etag) else None,
            modified=modified if _printable(modified) else None,
            unchanged=answer.status == http.HTTPStatus.NOT_MODIFIED,
        )

    def resting(self, address: str) -> float:
        """Seconds that the site of an address still wants to be left alone."""
        try:
            return max(0.0, self._resting.get(_site(_url(address)), 0.0) - time.monotonic())
        except InputError:
            return 0.0

    def _visit(self, address: str, ask: _Ask) -> _Answer:
        """What is at an address. Raises Refused, Unreadable and httpcore2's errors."""
        backend = GuardedBackend(self._options.inside)
        backend.until = time.monotonic() + settings.seconds("fetch_seconds")
        url = _url(address)
        try:
            # a pool of our own knows no proxies: the address that was checked is the one connected to
            with httpcore2.ConnectionPool(ssl_context=tls(), network_backend=backend) as pool:
                answer = self._page(_Visit(backend, pool), url, ask)
        except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError):
            self._strike(url)
            raise
        self._strikes.pop(_site(url), None)
        return answer

    def _strike(self, url: httpx2.URL) -> None:
        """Counts a failure of a site, which had nothing to do with what it was asked for."""
        site = _site(url)
        self._strikes[site] = self._strikes.get(site, 0) + 1
        if self._most_strikes is not None and self._strikes[site] >= self._most_strikes:
            self._strikes[site] = 0
            self._resting[site] = time.monotonic() + _STRUCK

    def _page(self, visit: _Visit, url: httpx2.URL, ask: _Ask) -> _Answer:
        """The page, over redirects. Raises Refused, Unreadable and httpcore2's errors."""
        hops: list[int] = []
        for _ in range(MOST_REDIRECTS + 1):
            self._leave_alone(url)
            if self._options.robots:
                self._ask_robots(visit, url)
            answer = self._get(visit, url, ask)
            unchanged = answer.status == http.HTTPStatus.NOT_MODIFIED and ask.headers
            if answer.status == http.HTTPStatus.OK or unchanged:
                return replace(answer, moved=bool(hops) and all(status in _PERMANENT for status in hops))
            target = _target(answer)
            if target is None:
                self._rest(answer)
                raise _no_page(answer)
            hops.append(answer.status)
            url = target
        raise Refused(f"redirects more than {MOST_REDIRECTS} times.", advice=_SAVE)

    def _leave_alone(self, url: httpx2.URL) -> None:
        """Raises Refused where the site asked to be left alone for a while."""
        left = self._resting.get(_site(url), 0.0) - time.monotonic()
        if left > 0:
            raise Refused(
                f"is at a site that is left alone for {left:,.0f} seconds more: it asked for that, or kept failing.",
                advice="Try it later.",
            )

    def _rest(self, answer: _Answer) -> None:
        """Remembers for how long a busy site wants to be left alone, and that a site failed."""
        if answer.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
            self._strike(answer.url)
        if answer.status in (http.HTTPStatus.TOO_MANY_REQUESTS, http.HTTPStatus.SERVICE_UNAVAILABLE):
            seconds = _seconds(answer.headers.get("retry-after", ""))
            if seconds > 0:
                self._resting[_site(answer.url)] = time.monotonic() + min(seconds, _LONGEST_REST)

    def _ask_robots(self, visit: _Visit, url: httpx2.URL) -> None:
        """Raises Refused where the site's robots.txt does not want the page fetched, or cannot be had."""
        site = _site(url)
        asked, robots = self._robots.get(site, (-_ROBOTS_SECONDS, None))
        if robots is None or time.monotonic() - asked > _ROBOTS_SECONDS:
            robots = Protego.parse(self._robots_text(visit, url.join("/robots.txt")))
            self._robots[site] = (time.monotonic(), robots)
        if not robots.can_fetch(str(url), "onrecord"):
            raise Refused("may not be fetched by programs, says the site's robots.txt.", advice=_SAVE)

    def _robots_text(self, visit: _Visit, url: httpx2.URL) -> str:
        ask = _Ask("text/plain, */*;q=0.1", _ROBOTS_BYTES, any_type=True)
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._get(visit, url, ask, page=False)
            if answer.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
                self._rest(answer)
                # RFC 9309: a site that cannot say what it allows allows nothing
                raise Refused(f"is at a site whose robots.txt answers {answer.status} now.", advice="Try it later.")
            target = _target(answer)
            if target is None:
                body = decoded(answer.body, answer.headers.get("content-encoding", ""), _ROBOTS_BYTES)
                return body.decode("utf-8", "replace")
            url = target
        return ""

    def _get(self, visit: _Visit, url: httpx2.URL, ask: _Ask, *, page: bool = True) -> _Answer:
        """One answer of a site, which is asked for one thing at a time; waiting for one's turn, and leaving it the time
        it asks for between two pages, is not the address's own time."""
        site = _site(url)
        with self._making:
            turn = self._turns[site]
        came = time.monotonic()
        if not turn.acquire(timeout=settings.seconds("fetch_seconds")):
            raise Refused("is at a site that others of its pages keep busy.", advice="Try it later.")
        try:
            if page and site not in visit.waited:  # a redirect within a site is no other page
                self._pause(url)
                visit.waited.add(site)
            visit.backend.until += time.monotonic() - came
            return self._answer(visit.pool, url, ask)
        finally:
            turn.release()

    def _pause(self, url: httpx2.URL) -> None:
        site = _site(url)
        if f"{url.host}:{_port(url)}" not in self._options.inside:
            asked = self._robots[site][1].crawl_delay("onrecord") if site in self._robots else None
            pause = min(max(asked or 0.0, _PAUSE), _LONGEST_PAUSE)
            wait = self._asked.get(site, -pause) + pause - time.monotonic()
            if wait > 0:
                time.sleep(wait)
        self._asked[site] = time.monotonic()

    def _answer(self, pool: httpcore2.ConnectionPool, url: httpx2.URL, ask: _Ask) -> _Answer:
        target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        headers = [("User-Agent", self._agent), ("Accept", ask.accept), ("Accept-Encoding", "gzip, deflate")]
        with pool.stream("GET", target, headers=[*headers, *ask.headers]) as response:
            names = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            body = b""
            if response.status == http.HTTPStatus.OK:
                if not ask.any_type:
                    _check_type(names.get("content-type", ""))
                body = _body(response, ask.limit)
            return _Answer(url, response.status, names, body)

    def _report(self, answer: _Answer, address: str) -> RawReport:
        content_type = answer.headers.get("content-type", "")
        limit = settings.whole("max_input_bytes")
        data = decoded(answer.body, answer.headers.get("content-encoding", ""), limit)
        seen = form_of(data)
        form = FORMS.get(media_type(content_type), seen) if self._options.form == "auto" else self._options.form
        encoding = charset(content_type)
        return RawReport(
            data=data,
            form=form,
            origin=address,
            captured=datetime.now(UTC),
            delivered_by=answer.url.host,
            given=Given(
                url=Found(str(answer.url), "address"),
                published=Found(self._options.published, "user") if self._options.published else None,
                encoding=Found(encoding, "http:Content-Type") if encoding else None,
            ),
        )


@cache
def tls() -> ssl.SSLContext:
    """Whose certificates are trusted; made once, for that takes its time."""
    return httpx2.create_ssl_context()


def _url(address: str) -> httpx2.URL:
    """An address taken apart. Raises Unreadable, Refused."""
    try:
        url = httpx2.URL(address).copy_with(fragment=None)
    except (httpx2.InvalidURL, ValueError):
        raise Unreadable("is no proper address.", advice="Check the spelling.") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise Refused("is (or leads to) an address that is not fetched.", advice="Only http and https are.")
    if url.userinfo:
        raise Refused("has a user name in it (or leads to one that has).", advice=_SAVE)
    return url


def _target(answer: _Answer) -> httpx2.URL | None:
    """Where an answer redirects to; None where it does not."""
    location = answer.headers.get("location")
    if answer.status not in _REDIRECTS or not location:
        return None
    try:
        return _url(str(answer.url.join(location)))
    except (httpx2.InvalidURL, ValueError):
        raise Unreadable("redirects to something that is no address.", advice=_SAVE) from None


def _no_page(answer: _Answer) -> Unreadable:
    phrase = {status.value: f" ({status.phrase})" for status in http.HTTPStatus}.get(answer.status, "")
    busy = answer.status in (429, 503)
    return Unreadable(
        f"answers {answer.status}{phrase}.", advice="Try it later." if busy else "Check the address in a browser."
    )


def _check_type(content_type: str) -> None:
    """Raises Unreadable for what is neither HTML nor text; what says nothing of its type is looked at later."""
    kind = media_type(content_type)
    if kind and kind not in FORMS:
        raise Unreadable(f"is {kind[:60]!r}, not a page or a text.", advice="Give the address of the article itself.")


def _body(response: httpcore2.Response, limit: int) -> bytes:
    body = bytearray()
    for data in response.iter_stream():
        body += data
        if len(body) > limit:
            raise Refused(f"is larger than {limit:,} bytes.", advice=_RAISE)
    return bytes(body)


def _seconds(given: str) -> float:
    """What a `Retry-After` header asks for, in seconds; 0 where it says nothing."""
    if given.strip().isdecimal():
        return float(given.strip()[:9])
    try:
        return (parsedate_to_datetime(given) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return 0.0


def _printable(name: str) -> bool:
    """Whether a server's name for a state may be sent back to it."""
    return 0 < len(name) <= _LONGEST_NAME and name.isascii() and name.isprintable()


def _site(url: httpx2.URL) -> str:
    return f"{url.scheme}://{url.host}:{_port(url)}"


def _port(url: httpx2.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def _said(error: Exception) -> tuple[str, str]:
    """What a failed connection is called, and what to do about it."""
    if isinstance(error, httpcore2.TimeoutException):
        seconds = settings.seconds("fetch_seconds")
        return f"did not answer within {seconds:g} seconds.", "Try it later, or raise ONRECORD_FETCH_SECONDS."
    if "CERTIFICATE" in str(error).upper():
        return "has a certificate that does not prove who it is.", "Check the address in a browser."
    if isinstance(error, httpcore2.ConnectError):
        return "cannot be connected to.", "Check the address, and whether you are online."
    return "broke off in the middle of its answer.", "Try it again."
