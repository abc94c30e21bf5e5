"""Saved queries: what is new to them, as Atom, as a digest, and to a webhook, signed, until it is taken."""

from __future__ import annotations

import hashlib
import hmac
import http.server
import json
import threading

import feedparser
import pytest

from tests.desk import Desk, article, feed


def _denied(desk: Desk) -> None:
    """Somebody now says the opposite of what /a holds."""
    desk.site.pages["/c"] = article("Councillor Diallo", "the bridge opens not in May")
    desk.site.pages["/rss"] = feed(("3", "/c"))


def _watching_the_bridge(desk: Desk) -> None:
    desk.site.pages["/rss"] = feed(("1", "/a"), ("2", "/b"))
    desk.watch("add", desk.site.url("/rss"))
    desk.run()


def test_a_query_as_atom_has_one_lasting_entry_a_claim(desk: Desk) -> None:
    _watching_the_bridge(desk)
    added = desk.watch("query", "add", "bridge", "bridge")
    assert added.code == 0
    assert "1 claim answers it now" in added.err
    first = feedparser.parse(desk.watch("query", "feed", "bridge").out)
    assert not first.bozo
    assert first.feed.id.startswith("urn:onrecord:query:")
    assert first.feed.updated_parsed
    assert first.feed.author == "OnRecord"
    (entry,) = first.entries
    assert entry.id.startswith("urn:onrecord:claim:attribution-sha256-")
    assert entry.title.startswith("New: “")
    assert entry.updated_parsed
    assert "Lee" in entry.content[0].value
    assert feedparser.parse(desk.watch("query", "feed", "bridge", "--new").out).entries == []
    _denied(desk)
    desk.run()
    changed = feedparser.parse(desk.watch("query", "feed", "bridge", "--new").out)
    assert not changed.bozo
    assert changed.entries
    every = feedparser.parse(desk.watch("query", "feed", "bridge").out)
    assert {e.id for e in changed.entries} <= {e.id for e in every.entries}
    assert any("Diallo" in e.content[0].value for e in every.entries)


def test_a_digest_tells_what_is_new_since_the_last(desk: Desk) -> None:
    _watching_the_bridge(desk)
    desk.watch("query", "add", "all")
    first = desk.watch("query", "digest", "all").out
    assert "2 claims new or changed since the last digest" in first
    assert "New: “" in first
    assert "no claims new" in desk.watch("query", "digest", "all").out
    assert (
        "2 claims new or changed since 2000-01-01" in desk.watch("query", "digest", "all", "--since", "2000-01-01").out
    )
    assert desk.watch("query", "digest", "all", "--since", "soon").code == 2


@pytest.mark.parametrize(
    ("call", "code", "said"),
    [
        (("feed", "none"), 1, "no query of that name"),
        (("add", " "), 2, "a name has"),
        (("add", "x", "word " * 10_000), 2, "more than 50 words"),
        (("add", "x", "--evidence", "rumour"), 2, "Take one of"),
        (("add", "x", "--webhook", "https://a.example/"), 2, "go together"),
        (("add", "x", "--webhook", "file:///x", "--secret-env", "A"), 2, "no address"),
        (("add", "x", "--webhook", "https://a.example/", "--secret-env", "my secret!"), 2, "no name of a variable"),
    ],
)
def test_queries_that_cannot_be_meant(desk: Desk, call: tuple[str, ...], code: int, said: str) -> None:
    desk.watch("query", "add", "old")
    ran = desk.watch("query", *call)
    assert (ran.code, said in ran.err) == (code, True), ran.err
    assert desk.watch("query", "add", "old").code == 2
    assert desk.watch("query", "remove", "old").code == 0
    assert desk.watch("query", "list", "--format", "jsonl").out == ""


class Hook:
    """A server that takes what is posted to it, after so many refusals."""

    def __init__(self, refusals: list[int]) -> None:
        self.posted: list[tuple[dict[str, str], bytes]] = []
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.posted.append((dict(self.headers), body))
                code = refusals.pop(0) if refusals else 204
                if code == 0:
                    return  # hangs up
                self.send_response(code)
                self.send_header("Location", "http://169.254.169.254/")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Not on the terminal of the tests."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/news"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def test_a_webhook_is_signed_and_tried_until_it_is_taken(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    hook = Hook([500, 0, 302])
    _watching_the_bridge(desk)
    to = ("--webhook", hook.url, "--secret-env", "HOOK_SECRET")
    assert desk.watch("query", "add", "bridge", "bridge", *to, "--allow-private").code == 0
    desk.run()
    assert hook.posted == [], "what was known when it was saved is no news"
    _denied(desk)
    assert "the environment has no HOOK_SECRET" in desk.run().err
    monkeypatch.setenv("HOOK_SECRET", "s3cret")
    said = [desk.run().err for _ in range(4)]
    assert "answered 500." in said[0]
    assert "broke off" in said[1]
    assert "answered 302." in said[2]
    assert "webhook" not in said[3]
    desk.run()
    assert len(hook.posted) == 4
    assert len({headers["X-OnRecord-Delivery"] for headers, _ in hook.posted}) == 1
    for headers, body in hook.posted:
        stamp = headers["X-OnRecord-Timestamp"]
        wanted = hmac.new(b"s3cret", f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        assert headers["X-OnRecord-Signature"] == f"sha256={wanted}"
    told = json.loads(hook.posted[-1][1])
    assert told["query"] == "bridge"
    assert any("Councillor Diallo" in json.dumps(claim) for claim in told["claims"])
    (saved,) = [json.loads(line) for line in desk.watch("query", "list", "--format", "jsonl").out.splitlines()]
    assert (saved["delivered"], saved["waiting"], saved["failed"]) == (1, 0, 0)
    hook.close()


def test_a_webhook_that_never_takes_it_is_given_up_and_none_inside_is_asked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = Hook([500] * 99)
    monkeypatch.setenv("HOOK_SECRET", "s3cret")
    _watching_the_bridge(desk)
    to = ("--webhook", hook.url, "--secret-env", "HOOK_SECRET")
    desk.watch("query", "add", "inside", "bridge", *to)
    desk.watch("query", "add", "allowed", "bridge", *to, "--allow-private")
    _denied(desk)
    said = [desk.run().err for _ in range(9)]
    assert "webhook of “inside”: asks for port" in said[0]
    assert "tried 8 times, and is not tried again" in said[7]
    assert "webhook" not in said[8]
    assert len(hook.posted) == 8
    hook.close()
