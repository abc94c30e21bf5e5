"""Addresses: fetched politely, within limits, and never inside the network."""

from __future__ import annotations

import gzip
import http.server
import ipaddress
import itertools
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from onrecord.model import Failure, RawReport
from onrecord.read import ReadOptions, read
from onrecord.read.web import Listed, Web
from tests.site import PAGE, Answer, Site, page, status


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


def fetch(site: Site, path: str, **options: Any) -> RawReport | Failure:
    (item,) = read([site.url(path)], ReadOptions(inside=frozenset({site.host}), **options))
    return item


def the_reason(item: RawReport | Failure) -> str:
    assert isinstance(item, Failure)
    assert item.stage == "read"
    assert item.advice
    assert "\n" not in item.reason
    return item.reason


def test_a_page_comes_with_where_it_is_from(site: Site) -> None:
    site.pages["/a?b=c"] = page()
    before = time.time()
    report = fetch(site, "/a?b=c#frag", published="2024-05-01")
    assert isinstance(report, RawReport)
    assert (report.data, report.form, report.origin) == (PAGE, "html", site.url("/a?b=c#frag"))
    assert report.delivered_by == "127.0.0.1"
    assert report.captured is not None
    assert before - 1 < report.captured.timestamp() < time.time() + 1
    given = report.given
    assert given.url is not None
    assert (given.url.value, given.url.where) == (site.url("/a?b=c"), "address")
    assert given.encoding is not None
    assert (given.encoding.value, given.encoding.where) == ("utf-8", "http:Content-Type")
    assert given.published is not None
    assert given.published.where == "user"


def test_we_say_who_we_are_and_ask_robots_first(site: Site) -> None:
    site.pages["/a"] = page()
    assert isinstance(fetch(site, "/a", contact="https://example.org/who"), RawReport)
    assert [path for path, _ in site.asked] == ["/robots.txt", "/a"]
    for _, headers in site.asked:
        assert headers["User-Agent"].startswith("onrecord/")
        assert headers["User-Agent"].endswith("(+https://example.org/who)")
        assert headers["Host"] == site.host


def test_robots_are_obeyed_and_asked_once(site: Site) -> None:
    site.pages["/robots.txt"] = page(b"User-agent: *\nDisallow: /private\n", "text/plain")
    site.pages["/a"] = site.pages["/private/b"] = page()
    paths = [site.url("/a"), site.url("/private/b"), site.url("/a")]
    first, second, third = read(paths, ReadOptions(inside=frozenset({site.host})))
    assert isinstance(first, RawReport)
    assert "robots.txt" in the_reason(second)
    assert isinstance(third, RawReport)
    assert [path for path, _ in site.asked] == ["/robots.txt", "/a", "/a"]
    assert isinstance(fetch(site, "/private/b", robots=False), RawReport)


def test_robots_that_cannot_be_had(site: Site) -> None:
    site.pages["/a"] = page()
    site.pages["/robots.txt"] = status(503)
    assert "robots.txt" in the_reason(fetch(site, "/a"))
    site.pages["/robots.txt"] = status(403)
    assert isinstance(fetch(site, "/a"), RawReport)
    site.pages["/robots.txt"] = status(301, Location="/elsewhere.txt")
    site.pages["/elsewhere.txt"] = page(b"User-agent: onrecord\nDisallow: /\n", "text/plain")
    assert "robots.txt" in the_reason(fetch(site, "/a"))


def test_redirects_are_followed_five_times_and_no_more(site: Site) -> None:
    for number in range(8):
        site.pages[f"/{number}"] = status(302, Location=f"/{number + 1}")
    site.pages["/5"] = page()
    report = fetch(site, "/0")
    assert isinstance(report, RawReport)
    assert report.given.url is not None
    assert report.given.url.value == site.url("/5")
    assert report.origin == site.url("/0")
    site.pages["/5"] = status(302, Location="/6")
    site.pages["/6"] = page()
    assert "redirects more than 5" in the_reason(fetch(site, "/0"))
    site.pages["/loop"] = status(301, Location="/loop")
    assert "redirects more than 5" in the_reason(fetch(site, "/loop"))


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("http://10.0.0.1/", "inside the network"),
        ("http://169.254.169.254/latest/meta-data", "inside the network"),
        ("http://localhost/", "inside the network"),
        ("http://127.0.0.1:1/", "port 1"),
        ("//[::1]/", "inside the network"),
        ("file:///etc/passwd", "not fetched"),
        ("gopher://127.0.0.1/", "not fetched"),
        ("http://user:word@127.0.0.1/", "user name"),
        ("http://[broken", ""),
    ],
)
def test_every_redirect_is_checked_again(site: Site, location: str, said: str) -> None:
    site.pages["/a"] = status(302, Location=location)
    assert said in the_reason(fetch(site, "/a"))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (status(404), "404 (Not Found)"),
        (status(410), "410"),
        (status(500), "500"),
        (status(429, Retry_After="9"), "429"),
        (status(204), "204"),
        (status(304), "304"),
        (status(302), "302"),
        (status(999), "999"),
        (page(b"%PDF-1.7", "application/pdf"), "application/pdf"),
        (page(b"{}", "application/json"), "application/json"),
        (page(b"%PDF-1.7", "text/html"), "PDF"),
        (page(b"\x89PNG\r\n\x1a\n" + bytes(99), None), "binary"),
        (page(b"", "text/html"), "empty"),
        (page(PAGE, Content_Length="900"), "broke off"),
        (page(PAGE, Content_Encoding="gzip, gzip, gzip, gzip"), "encoded 4 times"),
        (page(PAGE, Content_Encoding="rot13"), "rot13"),
        (page(gzip.compress(PAGE)[:-9], Content_Encoding="gzip"), "cut off"),
        (page(gzip.compress(PAGE + b" " * 2**24), Content_Encoding="gzip"), "bomb"),
        (page(zlib.compress(PAGE + b" " * 2**24), Content_Encoding="deflate"), "bomb"),
        (page(gzip.compress(gzip.compress(b" " * 2**28)), Content_Encoding="gzip, gzip"), "bomb"),
        (lambda handler: handler.wfile.write(b"220 this is no HTTP\r\n"), "broke off"),
        (lambda handler: None, "broke off"),
        (page(PAGE, X="y" * 200_000), "broke off"),
    ],
)
def test_what_is_no_page_is_one_line(site: Site, answer: Answer, said: str) -> None:
    site.pages["/a"] = answer
    assert said in the_reason(fetch(site, "/a"))


@pytest.mark.parametrize(
    ("answer", "form"),
    [
        (page(gzip.compress(PAGE), Content_Encoding="gzip"), "html"),
        (page(zlib.compress(PAGE), Content_Encoding="deflate"), "html"),
        (page(PAGE, None), "html"),
        (page(PAGE, "application/xhtml+xml"), "html"),
        (page(b"He said so.", "text/plain"), "text"),
        (page(b"He said so.", "text/html"), "html"),
        (page(b"He said so.", None), "text"),
    ],
)
def test_pages_of_every_dress(site: Site, answer: Answer, form: str) -> None:
    site.pages["/a"] = answer
    report = fetch(site, "/a")
    assert isinstance(report, RawReport)
    assert (report.data, report.form) in ((PAGE, form), (b"He said so.", form))


def test_a_response_over_the_limit_is_not_read_to_its_end(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_FETCH_BYTES", "100000")
    sent = []

    def endless(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.end_headers()
        for _ in range(10_000):
            sent.append(handler.wfile.write(b"<p>" + b"x" * 9997))

    site.pages["/a"] = endless
    assert "larger than 100,000" in the_reason(fetch(site, "/a"))
    assert sum(sent) < 50_000_000


@pytest.mark.parametrize("where", ["before", "header", "body"])
def test_a_slow_server_has_so_much_time_and_no_more(site: Site, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    monkeypatch.setenv("ONRECORD_FETCH_SECONDS", "0.6")
    ended = threading.Event()

    def drip(handler: http.server.BaseHTTPRequestHandler) -> None:
        parts = {"before": [b""], "header": [b"HTTP/1.1 200 OK\r\nX: "], "body": [b"HTTP/1.1 200 OK\r\n\r\n"]}[where]
        for part in itertools.chain(parts, itertools.repeat(b"" if where == "before" else b"x", 40)):
            handler.wfile.write(part)
            if ended.wait(0.1):
                return

    site.pages["/a"] = drip
    started = time.monotonic()
    assert "within 0.6 seconds" in the_reason(fetch(site, "/a"))
    assert time.monotonic() - started < 2.5
    ended.set()


def test_a_server_is_left_in_peace_between_two_pages(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    name_only(monkeypatch, {"news.example": ["93.184.215.14"]}, site)
    site.pages["/robots.txt"] = page(b"User-agent: *\nCrawl-delay: 7\n", "text/plain")
    site.pages["/a"] = page()
    items = list(read(["http://news.example/a"] * 3))
    assert [type(item) for item in items] == [RawReport] * 3
    assert len(waited) == 2
    assert all(5 < seconds <= 7 for seconds in waited)


def test_a_site_that_says_how_long_to_wait_is_left_alone(site: Site) -> None:
    site.pages["/a"] = status(429, Retry_After="600")
    site.pages["/b"] = page()
    first, second = read([site.url("/a"), site.url("/b")], ReadOptions(inside=frozenset({site.host})))
    assert "429" in the_reason(first)
    assert "left alone for 6" in the_reason(second)
    assert [path for path, _ in site.asked] == ["/robots.txt", "/a"]


@pytest.mark.parametrize("said", ["", "soon", "-5", "Mon, 02 Mar 2020 10:00:00 GMT"])
def test_a_time_to_wait_that_is_none_is_no_matter(site: Site, said: str) -> None:
    site.pages["/a"] = status(503, Retry_After=said)
    site.pages["/b"] = page()
    _, second = read([site.url("/a"), site.url("/b")], ReadOptions(inside=frozenset({site.host})))
    assert isinstance(second, RawReport)


def test_many_threads_ask_one_site_one_at_a_time(site: Site) -> None:
    now: list[int] = []
    most: list[int] = []

    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        now.append(1)
        most.append(len(now))
        time.sleep(0.02)
        now.pop()
        page()(handler)

    for n in range(12):
        site.pages[f"/{n}"] = answer
    web = Web(ReadOptions(inside=frozenset({site.host})))
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda n: web.fetch(site.url(f"/{n}")), range(12)))
    assert [type(item) for item in found] == [RawReport] * 12
    assert max(most) == 1


@pytest.mark.parametrize("name", ["", "x" * 5000, 'W/"é"', "a\tb"])
def test_names_of_a_state_that_could_do_harm_are_not_sent_back(site: Site, name: str) -> None:
    site.pages["/a"] = page()
    web = Web(ReadOptions(inside=frozenset({site.host})))
    found = web.fetch_list(site.url("/a"), name, name)
    assert isinstance(found, Listed)
    assert not {"If-None-Match", "If-Modified-Since"} & set(site.asked[-1][1])


class Canary:
    """Records to which addresses a connection was tried; lets none through, or all to one site."""

    def __init__(self, site: Site | None = None) -> None:
        self.tried: list[tuple[str, int]] = []
        self._site = site
        self._connect = socket.create_connection

    def __call__(self, address: tuple[str, int], *args: Any, **named: Any) -> socket.socket:
        self.tried.append(address)
        if self._site is None:
            raise ConnectionRefusedError
        host, port = self._site.host.split(":")
        return self._connect((host, int(port)), *args, **named)


def name_only(monkeypatch: pytest.MonkeyPatch, names: dict[str, list[str]], site: Site | None = None) -> Canary:
    """Names of the test instead of the world's; numbers are understood as the system does."""
    whole = socket.getaddrinfo

    def look_up(host: str, port: int, *args: Any, **named: Any) -> Any:
        if host in names:
            found = names[host]
            chosen = [found.pop(0)] if len(found) > 1 and host.startswith("flip") else found
            return [(socket.AF_INET6 if ":" in a else socket.AF_INET, 1, 6, "", (a, port)) for a in chosen]
        return whole(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)

    canary = Canary(site)
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", canary)
    return canary


INSIDE_4 = """
    0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.1.2.3
    127.255.255.254 169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1
    192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1
    239.255.255.255 240.0.0.1 255.255.255.255 168.63.129.16
"""
INSIDE_6 = """
    :: ::1 ::2 fe80::1 fe80::1%lo febf::1 fec0::1 fc00::1 fd00:ec2::254 fdff::1 ff02::1 ff0e::1 100::1
    2001:db8::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:10::1 2001:20::1 2002:7f00:1:: 2002:808:808::
    3fff::1 5f00::1 64:ff9b:1::808:808 4000::1 ::ffff:0:127.0.0.1 ::808:808
"""
OUTSIDE = """
    1.1.1.1 8.8.8.8 93.184.215.14 172.15.0.1 172.32.0.1 192.167.1.1 100.63.1.1 100.128.0.1 223.255.255.1
    2606:4700::1111 2a00:1450::1 ::ffff:8.8.8.8 64:ff9b::808:808 2001:4860:4860::8888
"""


def spellings(address: str) -> list[str]:
    """Hosts by which a URL may mean an IPv4 address."""
    a, b, c, d = (int(part) for part in address.split("."))
    number = a << 24 | b << 16 | c << 8 | d
    return [
        address,
        str(number),
        hex(number),
        oct(number).replace("o", ""),
        f"{a}.{number & 0xFFFFFF}",
        f"{a}.{b}.{number & 0xFFFF}",
        f"{a:#x}.{b:#x}.{c:#x}.{d:#x}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"[::ffff:{address}]",
        f"[::ffff:{a:02x}{b:02x}:{c:02x}{d:02x}]",
        f"[0:0:0:0:0:ffff:{address}]",
        f"[::{address}]",
        f"[64:ff9b::{address}]",
        f"[64:ff9b:1::{address}]",
        f"[2002:{a:02x}{b:02x}:{c:02x}{d:02x}::]",
        f"[2001:0:{a:02x}{b:02x}:{c:02x}{d:02x}::1]",
        f"[2001:0:1:2:3:4:{a ^ 255:02x}{b ^ 255:02x}:{c ^ 255:02x}{d ^ 255:02x}]",
        f"[::ffff:0:{address}]",
        f"[2a00:1::5efe:{address}]",
        f"[2a00:1::200:5efe:{address}]",
        f"{address}.",
        "".join(chr(ord(sign) + 0xFEE0) for sign in address),
        "".join(f"%{ord(sign):02x}" for sign in address),
    ]


def hostile() -> list[str]:
    hosts = [spelling for address in INSIDE_4.split() for spelling in spellings(address)]
    hosts += [f"[{address}]" for address in INSIDE_6.split()]
    hosts += ["localhost", "LOCALHOST", "localhost.", "internal.example", "mixed.example", "six.example"]
    return [form.format(host) for host, form in zip(hosts, itertools.cycle(["http://{}/", "https://{}:80/x"]))]


NAMES = {
    "localhost": ["127.0.0.1", "::1"],
    "localhost.": ["127.0.0.1"],
    "internal.example": ["10.1.2.3"],
    "mixed.example": ["93.184.215.14", "10.1.2.3"],
    "six.example": ["fd00::1"],
}


def test_no_spelling_of_an_inner_address_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    urls = hostile()
    assert len(urls) > 650
    canary = name_only(monkeypatch, NAMES)
    items = list(read(urls, ReadOptions(robots=False)))
    assert canary.tried == []
    assert len(items) == len(urls)
    assert all(the_reason(item) for item in items)


def test_the_same_addresses_are_connected_to_without_the_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the table above does reach inner addresses where nothing guards them."""
    canary = name_only(monkeypatch, NAMES)
    monkeypatch.setattr("onrecord.read.guard.is_public", lambda address: True)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    list(read(hostile(), ReadOptions(robots=False)))
    assert len(canary.tried) > 300
    assert {address for address, _ in canary.tried} >= {"127.0.0.1", "169.254.169.254", "::1", "64:ff9b::7f00:1"}


@pytest.mark.parametrize("address", OUTSIDE.split())
def test_outer_addresses_are_connected_to(site: Site, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    canary = name_only(monkeypatch, {}, site)
    site.pages["/a"] = page()
    host = f"[{address}]" if ":" in address else address
    (item,) = read([f"http://{host}/a"])
    assert isinstance(item, RawReport)
    assert {ipaddress.ip_address(found) for found, _ in canary.tried} == {ipaddress.ip_address(address)}


def test_the_address_checked_is_the_one_connected_to(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that changes between two look-ups gains nothing: each connection is to the address that was checked."""
    flipping = ["93.184.215.14", "127.0.0.1"] * 20
    canary = name_only(monkeypatch, {"flip.example": flipping}, site)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    site.pages["/a"] = page()
    items = list(read(["http://flip.example/a"] * 10, ReadOptions(robots=False)))
    assert {address for address, _ in canary.tried} == {"93.184.215.14"}
    assert {type(item) for item in items} == {RawReport, Failure}


def test_only_the_ports_of_the_web(monkeypatch: pytest.MonkeyPatch) -> None:
    canary = name_only(monkeypatch, {})
    for port in (21, 22, 25, 6379, 8080, 65535):
        (item,) = read([f"http://93.184.215.14:{port}/"], ReadOptions(robots=False))
        assert f"port {port}" in the_reason(item)
    assert canary.tried == []


def test_a_proxy_in_the_environment_is_not_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    canary = name_only(monkeypatch, {"news.example": ["93.184.215.14"]}, site)
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://10.9.9.9:3128")
    site.pages["/a"] = page()
    (item,) = read(["http://news.example/a"])
    assert isinstance(item, RawReport)
    assert {address for address, _ in canary.tried} == {"93.184.215.14"}


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://", "not fetched"),
        ("http:///path", "not fetched"),
        ("http://exa mple.org:x/", "proper address"),
        ("http://[::1", "proper address"),
        ("https://a@example.org/", "user name"),
        ("http://nowhere.invalid/", "does not exist"),
        ("http://" + "a" * 70 + ".example/", ""),
        ("http://example.org:99999/", ""),
        ("http://\u2028/", ""),
    ],
)
def test_an_address_that_is_none_is_one_line(monkeypatch: pytest.MonkeyPatch, address: str, said: str) -> None:
    name_only(monkeypatch, {})
    (item,) = read([address], ReadOptions(robots=False))
    assert said in the_reason(item)


def test_nobody_there_is_one_line_and_the_rest_goes_on(site: Site) -> None:
    closed = socket.create_server(("127.0.0.1", 0))
    gone = f"127.0.0.1:{closed.getsockname()[1]}"
    closed.close()
    site.pages["/a"] = page()
    first, second = read([f"http://{gone}/", site.url("/a")], ReadOptions(inside=frozenset({gone, site.host})))
    assert "connected" in the_reason(first)
    assert isinstance(second, RawReport)


def test_a_name_server_that_does_not_answer_costs_the_time_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **named: ended.wait(5) and [])
    monkeypatch.setenv("ONRECORD_FETCH_SECONDS", "0.3")
    started = time.monotonic()
    (item,) = read(["http://slow.example/"])
    assert "within 0.3 seconds" in the_reason(item)
    assert time.monotonic() - started < 2
    ended.set()
