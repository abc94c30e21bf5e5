"""Single addresses of the web: asked for politely, within limits, and never inside the network."""

from __future__ import annotations

import http
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
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
_PAUSE = 1.0
_LONGEST_PAUSE = 30.0
_SAVE = "Open it in a browser, save the page, and give the file."


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a server answered. Header names are in small letters; the body is there with status 200 only, undecoded."""

    url: httpx2.URL
    status: int
    headers: Mapping[str, str]
    body: bytes


class Web:
    """Fetches addresses one after another; remembers each server's robots.txt and when it was last asked for a page."""

    def __init__(self, options: ReadOptions) -> None:
        self._options = options
        self._agent = f"onrecord/{version('onrecord')} (+{options.contact})"
        self._backend = GuardedBackend(options.inside)
        self._ssl = httpx2.create_ssl_context()
        self._robots: dict[str, Protego] = {}
        self._asked: dict[str, float] = {}

    def fetch(self, address: str) -> RawReport | Failure:
        """The page at an address, or why there is none."""
        self._backend.until = time.monotonic() + settings.seconds("fetch_seconds")
        try:
            # a pool of our own knows no proxies: the address that was checked is the one connected to
            with httpcore2.ConnectionPool(ssl_context=self._ssl, network_backend=self._backend) as pool:
                answer = self._page(pool, _url(address))
            return self._report(answer, address)
        except InputError as error:
            return failure(address, error)
        except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            return Failure(address, "read", *_said(error))

    def _page(self, pool: httpcore2.ConnectionPool, url: httpx2.URL) -> _Answer:
        """The page, over redirects. Raises Refused, Unreadable and httpcore2's errors."""
        limit = settings.whole("fetch_bytes")
        waited: set[str] = set()
        for _ in range(MOST_REDIRECTS + 1):
            if self._options.robots:
                self._ask_robots(pool, url)
            if _site(url) not in waited:  # a redirect within a site is no other page
                self._wait(url)
                waited.add(_site(url))
            answer = self._get(pool, url, limit)
            if answer.status == http.HTTPStatus.OK:
                return answer
            target = _target(answer)
            if target is None:
                raise _no_page(answer)
            url = target
        raise Refused(f"redirects more than {MOST_REDIRECTS} times.", advice=_SAVE)

    def _ask_robots(self, pool: httpcore2.ConnectionPool, url: httpx2.URL) -> None:
        """Raises Refused where the site's robots.txt does not want the page fetched, or cannot be had."""
        site = _site(url)
        if site not in self._robots:
            self._robots[site] = Protego.parse(self._robots_text(pool, url.join("/robots.txt")))
        if not self._robots[site].can_fetch(str(url), "onrecord"):
            raise Refused("may not be fetched by programs, says the site's robots.txt.", advice=_SAVE)

    def _robots_text(self, pool: httpcore2.ConnectionPool, url: httpx2.URL) -> str:
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._get(pool, url, _ROBOTS_BYTES, any_type=True)
            if answer.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
                # RFC 9309: a site that cannot say what it allows allows nothing
                raise Refused(f"is at a site whose robots.txt answers {answer.status} now.", advice="Try it later.")
            target = _target(answer)
            if target is None:
                body = decoded(answer.body, answer.headers.get("content-encoding", ""), _ROBOTS_BYTES)
                return body.decode("utf-8", "replace")
            url = target
        return ""

    def _wait(self, url: httpx2.URL) -> None:
        """Leaves the server the time it asks for between two pages; that time is not the address's own."""
        site = _site(url)
        if f"{url.host}:{_port(url)}" not in self._options.inside:
            asked = self._robots[site].crawl_delay("onrecord") if site in self._robots else None
            pause = min(max(asked or 0.0, _PAUSE), _LONGEST_PAUSE)
            wait = self._asked.get(site, -pause) + pause - time.monotonic()
            if wait > 0:
                time.sleep(wait)
                self._backend.until += wait
        self._asked[site] = time.monotonic()

    def _get(self, pool: httpcore2.ConnectionPool, url: httpx2.URL, limit: int, *, any_type: bool = False) -> _Answer:
        target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        headers = [
            ("User-Agent", self._agent),
            ("Accept", "text/html, text/plain;q=0.9"),
            ("Accept-Encoding", "gzip, deflate"),
        ]
        with pool.stream("GET", target, headers=headers) as response:
            names = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            body = b""
            if response.status == http.HTTPStatus.OK:
                if not any_type:
                    _check_type(names.get("content-type", ""))
                body = _body(response, limit)
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
            raise Refused(f"is larger than {limit:,} bytes.", advice="Raise ONRECORD_FETCH_BYTES to read it.")
    return bytes(body)


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
