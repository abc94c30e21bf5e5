"""What stands before every request: the headers of every answer, and what gets no further than the door."""

from __future__ import annotations

import http.client
import re
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from onrecord.answer import Record
from onrecord.web.guard import MOST_BODY, MOST_QUERY
from tests.web.served import Served, addresses, routes_of

POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
}
ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-robots-tag": "noindex, nofollow",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers by small name, body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")


def ask(desk: Served, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Answer:
    """One request as it stands, nothing added but a host and a length."""
    with closing(http.client.HTTPConnection(urlsplit(desk.at).netloc, timeout=20)) as line:
        line.putrequest(method, path, skip_host=bool(headers and "Host" in headers), skip_accept_encoding=True)
        for name, value in (headers or {}).items():
            line.putheader(name, value)
        if body and "Content-Length" not in (headers or {}) and "Transfer-Encoding" not in (headers or {}):
            line.putheader("Content-Length", str(len(body)))
        line.endheaders()
        if body:
            line.send(body)
        got = line.getresponse()
        return Answer(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read())


def raw(desk: Served, request: bytes) -> bytes:
    """Bytes there, bytes back."""
    host, port = urlsplit(desk.at).netloc.split(":")
    with socket.create_connection((host, int(port)), timeout=20) as line:
        line.sendall(request)
        line.settimeout(5)
        got = b""
        try:
            while part := line.recv(65536):
                got += part
        except TimeoutError:
            pass
        return got


def safe(answer: Answer) -> bool:
    """Whether it has every header that keeps a page in its place."""
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert re.fullmatch(r"'self' 'nonce-[\w-]{20,}'", policy["script-src"])
    assert {name: policy[name] for name in POLICY} == POLICY
    assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS
    assert "cache-control" in answer.headers or answer.status == 304
    assert "server" not in answer.headers
    return True


def everything(desk: Served, record: Record) -> Iterator[tuple[str, str, int, dict[str, str], bytes]]:
    """Method, path, status, headers, body of a request of each kind."""
    for paths in addresses(record).values():
        for path in paths:
            quoted = "".join(c if c.isascii() and c != '"' else f"%{b:02x}" for c in path for b in c.encode())
            yield "GET", quoted, 0, {}, b""
            yield "HEAD", quoted, 0, {}, b""
    report, said = record.reports()[0].id, record.search("gauge")[0].said
    assert said
    yield "GET", f"/reports/{report}/raw", 200, {}, b""
    yield "GET", f"/attributions/{said.id}", 302, {}, b""
    for path in ("/static/desk.css", "/static/desk.js", "/static/icon.svg"):
        yield "GET", path, 200, {}, b""
        yield "HEAD", path, 200, {}, b""
        yield "GET", path, 304, {"If-None-Match": ask(desk, "GET", path).headers["etag"]}, b""
    yield "GET", "/static/none.css", 404, {}, b""
    yield "GET", "/static/", 404, {}, b""
    yield "GET", "/nowhere", 404, {}, b""
    yield "GET", "/api/v1/nowhere", 404, {}, b""
    yield "GET", f"/claims/{'0' * 5000}", 404, {}, b""
    yield "DELETE", "/claims", 405, {}, b""
    yield "OPTIONS", "/", 405, {}, b""
    for method in ("TRACE", "PROPFIND", "BREW", "get"):
        yield method, "/", 405, {}, b""
    yield "GET", f"/search?q={'a' * MOST_QUERY}", 414, {}, b""
    yield "POST", "/csp-reports", 413, {"Content-Length": str(MOST_BODY + 1)}, b""
    yield "POST", "/csp-reports", 413, {"Content-Length": "9" * 15}, b""
    yield "POST", "/csp-reports", 415, {"Content-Encoding": "gzip"}, b"x"
    yield "GET", "/claims?page=x", 422, {}, b""
    yield "GET", "/claims?order=oldest", 422, {}, b""
    yield "GET", "/claims?since=yesterday", 400, {}, b""
    yield "GET", "/", 421, {"Host": "evil.example"}, b""
    yield "POST", "/csp-reports", 403, {"Origin": "https://evil.example"}, b"{}"
    yield "POST", "/csp-reports", 204, {}, b"{}"


def test_every_answer_has_every_header(desk: Served, record: Record) -> None:
    met = set()
    for method, path, status, headers, body in everything(desk, record):
        answer = ask(desk, method, path, headers, body)
        assert not status or answer.status == status, (method, path[:80], answer.status)
        assert safe(answer), (method, path[:80])
        assert method != "HEAD" or not answer.body
        met.add(answer.status)
    desk.desk.reports.clear()
    assert met >= {200, 204, 302, 304, 400, 403, 404, 405, 413, 414, 415, 421, 422}


def test_an_error_of_ours_is_told_in_a_sentence_and_gives_nothing_away(
    desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("secret /etc/place")

    monkeypatch.setattr("onrecord.web.routes.runs_page", fails)
    answer = ask(desk, "GET", "/runs")
    assert answer.status == 500
    assert safe(answer)
    assert "Something failed here" in answer.text
    assert "secret" not in answer.text


def test_a_nonce_serves_once(desk: Served) -> None:
    nonces = [re.findall(r"nonce-([\w-]+)", ask(desk, "GET", "/keys").headers["content-security-policy"]) for _ in "ab"]
    assert nonces[0] != nonces[1]


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "evil.example:{port}",
        "localhost.evil.example:{port}",
        "127.0.0.1@evil.example",
        "evil.example@127.0.0.1",
        "127.0.0.1, evil.example",
        "[::1",
        "",
        "127.1",
        "2130706433",
        "0.0.0.0:{port}",
        "a" * 5000,
        "127.0.0.1:{port}/../evil",
        "localhost\t.evil",
    ],
)
def test_under_another_name_the_desk_says_nothing(desk: Served, host: str) -> None:
    answer = ask(desk, "GET", "/claims", {"Host": host.format(port=urlsplit(desk.at).port)})
    assert answer.status in (400, 421)
    assert "wall" not in answer.text


def test_two_hosts_or_none_get_nothing(desk: Served) -> None:
    own = urlsplit(desk.at).netloc.encode()
    for head in (b"", b"Host: " + own + b"\r\nHost: evil.example\r\n", b"Host: evil.example\r\nHost: " + own + b"\r\n"):
        got = raw(desk, b"GET /claims HTTP/1.1\r\n" + head + b"Connection: close\r\n\r\n")
        assert got.split(b" ", 2)[1] in (b"400", b"421")
        assert b"wall" not in got


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/app.py",
        "/static/%2e%2e%2fapp.py",
        "/static/..\\app.py",
        "/static/..%5capp.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/....//....//etc/passwd",
        "/static/%252e%252e/app.py",
        "/static/desk.css/../../app.py",
        "/static/%00",
        "/static/desk.css%00.js",
        "/static/" + "a/" * 4000,
        "/static/%c0%ae%c0%ae/app.py",
        "/static/file:///etc/passwd",
    ],
)
def test_static_files_are_only_those(desk: Served, path: str) -> None:
    answer = ask(desk, "GET", path)
    assert answer.status in (400, 404)
    assert b"root:" not in answer.body
    assert "FastAPI" not in answer.text
    assert safe(answer)


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "//evil.example/%2f..",
        "/\\evil.example",
        "/%5cevil.example",
        "/attributions///evil.example",
        "/attributions/%2f%2fevil.example",
        "/attributions/https:%2f%2fevil.example",
        "/attributions/%0d%0aLocation:%20https:%2f%2fevil.example",
        "/claims/",
        "/reports/?next=//evil.example",
        "/?url=//evil.example",
        "/attributions/javascript:alert(1)",
    ],
)
def test_nothing_leads_off_the_desk(desk: Served, path: str) -> None:
    answer = ask(desk, "GET", path)
    assert "evil.example" not in answer.headers.get("location", "")
    assert answer.status in (200, 404)


BAD = [
    "%ff%fe",
    "%00",
    "a%00b",
    "%c3%28",
    "%ed%a0%80",
    "%f0%9f%98%80",
    "%e2%80%aetxt",
    "%0d%0aSet-Cookie:a=b",
    "%",
    "%zz",
    "+" * 900,
]
TAKES_WORDS = ("/search?q=", "/claims?q=", "/claims?denied_by=", "/claims?since=", "/sources?q=", "/sources?publisher=")
MORE_WORDS = ("/sources?until=", "/compare?other=b&one=", "/reports?cursor=", "/search?q=a&part=words&cursor=")


@pytest.mark.parametrize(
    "bad", [*BAD, "%22", "%27", "NEAR(", "a*%22", "(((((", "AND", "wall%20OR", "%7b%7b7*7%7d%7d", "-", "^a"]
)
def test_any_words_get_an_answer(desk: Served, record: Record, bad: str) -> None:
    claim, voice = addresses(record)["/claims/{claim_id}"][0], addresses(record)["/voices/{entity_id}"][0]
    for before in (*TAKES_WORDS, *MORE_WORDS, f"{claim}?as_of=", f"{voice}?topic="):
        answer = ask(desk, "GET", before + bad)
        assert answer.status in (200, 400, 404, 422), (before, answer.status)
        assert "Traceback" not in answer.text
        assert "set-cookie" not in answer.headers
    for place in ("/claims/", "/reports/", "/voices/", "/attributions/"):
        assert ask(desk, "GET", place + bad.replace("(", "%28")).status in (200, 400, 404)


def test_a_question_of_ten_thousand_words_gets_a_page_that_helps(desk: Served) -> None:
    some = ask(desk, "GET", "/search?q=" + "+".join(["wall"] * 2000))
    assert some.status == 200
    assert "Only the first 40 words were looked for; 1,960 more words left out" in some.text
    many = ask(desk, "GET", "/search?q=" + "+".join(f"words{k}" for k in range(10_000)), {"Accept": "text/html"})
    assert many.status == 414
    assert safe(many)
    assert "<h1>" in many.text
    assert "fewer words" in many.text.lower()
    claims = ask(desk, "GET", "/claims?q=" + "+".join(["wall"] * 2000))
    assert claims.status in (200, 400)


def test_a_body_without_end_is_not_read_to_its_end(desk: Served) -> None:
    own = urlsplit(desk.at).netloc.encode()
    head = (
        b"POST /csp-reports HTTP/1.1\r\nHost: " + own + b"\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    assert raw(desk, head + b"%x\r\n" % MOST_BODY + b"x" * MOST_BODY + b"\r\n1\r\nx\r\n").split(b" ", 2)[1] == b"413"


def test_every_unsafe_route_turns_strangers_away(desk: Served) -> None:
    """Whatever they send, and in whichever form; see the same from a second origin in a browser (`test_strangers`)."""
    unsafe = [(p, m) for p, ms in routes_of(desk.app.app.routes) for m in ms - {"GET", "HEAD", "OPTIONS"}]
    assert unsafe
    own = desk.at
    for path, method in unsafe:
        place = re.sub(r"\{[^}]*\}", "x", path)
        for headers in (
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": own.replace("http:", "https:") + "0"},
            {"Origin": own + ".evil.example"},
            {"Origin": "http://localhost:1"},
            {"Origin": "http://[::1"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": "cross-site", "Origin": own},
            {"Sec-Fetch-Site": "", "Cookie": "a=b"},
            {"Cookie": "session=1"},
        ):
            answer = ask(desk, method, place, {**headers, "Content-Type": "text/plain"}, b"{}")
            assert answer.status == 403, (method, path, headers)
    assert desk.desk.reports == []
