"""Watching: every item once, whatever feeds do; failures in words; nothing lost when stopped; news to who asked."""

from __future__ import annotations

import gzip
import http.server
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from onrecord.store import open_store
from tests.desk import Desk, feed
from tests.site import Answer, page, status

BENCH = Path(__file__).parents[1] / "bench" / "watching.py"


def test_a_feed_is_read_once_and_asked_for_what_is_new_only(desk: Desk) -> None:
    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        if handler.headers["If-None-Match"] == '"one"' and handler.headers["If-Modified-Since"] == "Mon, 1":
            status(304)(handler)
        else:
            feed(("1", "/a"), ("2", "/b"), ETag='"one"', Last_Modified="Mon, 1")(handler)

    desk.site.pages["/rss"] = answer
    added = desk.watch("add", desk.site.url("/rss"))
    assert added.code == 0
    assert "2 items to read" in added.err
    assert desk.watch("run", "--once").code == 0
    assert desk.reports() == [desk.site.url("/a"), desk.site.url("/b")]
    assert [json.loads(line)["said"]["source"]["text"] for line in desk.command("search", "bridge").out.splitlines()]
    (place,) = desk.places()
    assert (place["title"], place["read"], place["waiting"], place["problem"]) == ("The Morning", 2, 0, None)
    before = desk.asked("/rss")
    assert desk.watch("run", "--once").code == 0
    assert desk.asked("/rss") == before, "it was not due"
    assert desk.run().code == 0
    assert desk.asked("/rss") == before + 1
    assert (desk.asked("/a"), desk.asked("/b")) == (1, 1)
    assert desk.places()[0]["read"] == 2


def test_other_ids_and_what_follows_readers_make_no_doubles(desk: Desk) -> None:
    desk.site.pages["/rss"] = feed(("1", "/a"), ("2", "/b?x=1"))
    desk.site.pages["/b?x=1"] = desk.site.pages["/b"]
    desk.watch("add", desk.site.url("/rss"))
    desk.run()
    desk.site.pages["/rss"] = feed(("7", "/a?utm_source=rss"), ("8", "/b?x=1#top"), ("9", "/a/"))
    assert "0 new items" in desk.run().err
    desk.site.pages["/rss"] = feed(("1", "/moved"), ("2", "/b?x=1"))
    assert "0 new items" in desk.run().err
    assert desk.places()[0]["notes"] == ["1 met before under another address: not read again"]
    assert len(desk.reports()) == 2


def test_one_id_for_all_tells_nothing_apart(desk: Desk) -> None:
    desk.site.pages["/rss"] = feed(("same", "/a"), ("same", "/b"))
    desk.watch("add", desk.site.url("/rss"))
    desk.run()
    assert len(desk.reports()) == 2


def test_what_is_on_record_or_in_another_feed_is_not_fetched_again(desk: Desk) -> None:
    desk.command("read", desk.site.url("/a"), "--inside", desk.site.host)
    desk.site.pages["/rss"] = feed(("1", "/a"), ("2", "/b"))
    desk.site.pages["/other"] = feed(("x", "/b"))
    desk.watch("add", desk.site.url("/rss"))
    desk.watch("add", desk.site.url("/other"))
    assert desk.run().code == 0
    assert (desk.asked("/a"), desk.asked("/b")) == (1, 1)


def test_a_feed_that_moved_is_asked_where_it_is_now(desk: Desk) -> None:
    desk.site.pages["/old"] = status(301, Location="/hop")
    desk.site.pages["/hop"] = status(308, Location="/rss")
    desk.site.pages["/rss"] = feed(("1", "/a"))
    desk.watch("import", str(_opml(desk, "/old")))
    ran = desk.run()
    assert f"{desk.site.url('/old')}: has moved for good, and is asked at {desk.site.url('/rss')}" in ran.err
    desk.run()
    assert desk.asked("/old") == 1
    assert "it has moved" in desk.watch("list", "--format", "table").out
    assert desk.watch("remove", desk.site.url("/old")).code == 0
    desk.site.pages["/now"] = status(302, Location="/rss")
    desk.watch("add", desk.site.url("/now"))
    desk.run()
    assert desk.asked("/now") == 2, "what is elsewhere for now only has not moved"


def _opml(desk: Desk, *paths: str) -> Path:
    file = desk.db.with_name("feeds.opml")
    feeds = "".join(f'<outline text="{path}" xmlUrl="{desk.site.url(path)}"/>' for path in paths)
    file.write_text(f"<opml version='2.0'><body><outline text='News'>{feeds}</outline></body></opml>")
    return file


def test_a_web_page_is_refused_with_the_feeds_it_names(desk: Desk) -> None:
    desk.site.pages["/"] = page(b'<html><link rel=alternate type="application/rss+xml" href="/rss"><p>Hello')
    added = desk.watch("add", desk.site.url("/"))
    assert added.code == 2
    assert f"is a web page, not a feed. It names: {desk.site.url('/rss')}. Watch one of those." in added.err
    assert desk.places() == []
    desk.watch("import", str(_opml(desk, "/")))
    assert desk.run().code == 3
    assert "is a web page" in str(desk.places()[0]["problem"])


def _hang(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    time.sleep(1.5)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (status(500), "500"),
        (status(404), "404"),
        (page(b"x" * 200_000, "application/rss+xml"), "larger than 100,000 bytes"),
        (page(gzip.compress(b" " * 500_000), "application/gzip"), "unpacks to more"),
        (_hang, "within 0.5 seconds"),
        (status(301, Location="http://10.0.0.1/rss"), "inside the network"),
        (status(302, Location="/rss"), "redirects more than"),
    ],
)
def test_a_place_that_fails_says_why_and_is_asked_less_often(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, answer: Answer, said: str
) -> None:
    monkeypatch.setenv("ONRECORD_FEED_BYTES", "100000")
    monkeypatch.setenv("ONRECORD_FETCH_SECONDS", "0.5")
    desk.site.pages["/rss"] = answer
    desk.site.pages["/good"] = feed(("1", "/a"))
    desk.watch("import", str(_opml(desk, "/rss", "/good")))
    waits = []
    for _ in range(2):
        ran = desk.run()
        assert ran.code == 3
        assert said in ran.err
        place = desk.places()[0]
        waits.append(_seconds_to(str(place["due"])))
    assert said in str(place["problem"])
    assert place["failures"] == 2
    assert waits[1] > 1.5 * waits[0] > 900
    assert desk.reports() == [desk.site.url("/a")]
    desk.site.pages["/rss"] = feed(("1", "/b"))
    assert desk.run().code == 0
    assert desk.places()[0]["failures"] == 0


def _seconds_to(moment: str) -> float:
    from datetime import UTC, datetime

    return (datetime.fromisoformat(moment) - datetime.now(UTC)).total_seconds()


def test_a_site_that_asks_to_be_left_alone_is(desk: Desk) -> None:
    desk.site.pages["/rss"] = feed(*((str(n), f"/busy/{n}") for n in range(6)))
    for n in range(6):
        desk.site.pages[f"/busy/{n}"] = status(429, Retry_After="7200")
    desk.watch("import", str(_opml(desk, "/rss")))
    desk.run()
    assert sum(path.startswith("/busy") for path, _ in desk.site.asked) == 1
    assert desk.places()[0]["waiting"] == 6
    with closing(sqlite3.connect(desk.db)) as connection:
        rows = connection.execute("SELECT tries, due FROM place_items ORDER BY tries").fetchall()
    assert [tries for tries, _ in rows] == [0, 0, 0, 0, 0, 1], "those not asked for were not tried"
    assert all(7000 < _seconds_to(due) < 7300 for _, due in rows)


def test_a_site_that_keeps_failing_is_left_alone_and_its_items_are_not_used_up(desk: Desk) -> None:
    desk.site.pages["/rss"] = feed(*((str(n), f"/dead/{n}") for n in range(9)))
    for n in range(9):
        desk.site.pages[f"/dead/{n}"] = status(500)
    desk.watch("import", str(_opml(desk, "/rss")))
    desk.run()
    assert sum(path.startswith("/dead") for path, _ in desk.site.asked) == 3
    place = desk.places()[0]
    assert (place["waiting"], place["failed"]) == (9, 0)


def test_an_item_that_cannot_be_read_is_tried_thrice_then_stands_as_failed(desk: Desk) -> None:
    desk.site.pages["/rss"] = feed(("1", "/a"), ("2", "/gone"), ("3", "http://169.254.169.254/x"))
    desk.watch("add", desk.site.url("/rss"))
    codes = [desk.run().code for _ in range(4)]
    assert codes == [3, 3, 3, 0]
    assert desk.asked("/gone") == 3
    place = desk.places()[0]
    assert (place["read"], place["waiting"], place["failed"]) == (1, 0, 2)
    failed = [json.loads(line) for line in desk.watch("list", "--failed", "--format", "jsonl").out.splitlines()]
    assert [(f["url"], f["tries"]) for f in failed] == [(desk.site.url("/gone"), 3), ("http://169.254.169.254/x", 3)]
    assert "404" in failed[0]["problem"]
    assert "inside the network" in failed[1]["problem"]
    assert "/gone" in desk.command("status", "--failed").out


def test_places_inside_the_network_are_not_asked_unless_named(desk: Desk) -> None:
    desk.site.pages["/rss"] = feed(("1", "/a"))
    added = desk.command("watch", "add", desk.site.url("/rss"))
    assert added.code == 3
    assert "only 80 and 443" in added.err
    assert desk.site.asked == []


def test_sitemaps_of_an_index_packed_or_not(desk: Desk) -> None:
    loc = desk.site.url
    news = f"<urlset><url><loc>{loc('/a')}</loc></url></urlset>".encode()
    desk.site.pages["/sitemap.xml"] = page(
        f"<sitemapindex><sitemap><loc>{loc('/1.xml.gz')}</loc></sitemap><sitemap><loc>{loc('/2.xml')}</loc></sitemap>"
        f"<sitemap><loc>{loc('/3.xml')}</loc></sitemap></sitemapindex>".encode(),
        "application/xml",
    )
    desk.site.pages["/1.xml.gz"] = page(gzip.compress(news), "application/x-gzip")
    desk.site.pages["/2.xml"] = page(news.replace(b"/a<", b"/b<"), "text/xml", Content_Encoding="identity")
    added = desk.watch("add", loc("/sitemap.xml"))
    assert "2 items to read" in added.err
    assert desk.run().code == 0
    assert desk.reports() == [loc("/a"), loc("/b")]
    assert "/3.xml answers 404" in str(desk.places()[0]["notes"])


def test_a_folder_gives_new_and_changed_files_once_they_are_whole(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "clippings"
    folder.mkdir()
    assert desk.watch("add", str(folder)).code == 0
    file = folder / "one.txt"
    file.write_text("Mayor Lee said that the bridge opens.\n")
    assert "0 new items" in desk.run().err, "it may still be being written"
    os.utime(file, (time.time() - 60, time.time() - 60))
    (folder / "noise.bin").write_bytes(bytes(range(256)) * 8)
    os.utime(folder / "noise.bin", (1e9, 1e9))
    ran = desk.run()
    assert ran.code == 3
    assert "2 new items; 1 read, 1 failed" in ran.err
    assert "1 read" not in desk.run().err
    file.write_text("Mayor Lee said that the bridge will never open.\n")
    os.utime(file, (time.time() - 30, time.time() - 30))
    assert "1 new item; 1 read" in desk.run().err
    assert desk.command("status", "--format", "json").out.count('"reports": 2')
    (folder / "one.txt").unlink()
    (folder / "noise.bin").unlink()
    folder.rmdir()
    desk.run()
    assert "is no folder" in str(desk.places()[0]["problem"])


def test_a_place_removed_says_what_was_left_and_can_come_back(desk: Desk) -> None:
    desk.site.pages["/rss"] = feed(("1", "/a"), ("2", "/b"))
    desk.watch("add", desk.site.url("/rss"), "--title", "Mine", "--every", "90")
    (place,) = desk.places()
    assert (place["title"], place["every"]) == ("Mine", 90)
    assert "2 of its items were not read yet" in desk.watch("remove", desk.site.url("/rss")).err
    assert desk.places() == []
    assert "0 read" in desk.run().err
    assert desk.watch("remove", desk.site.url("/rss")).code == 1
    desk.watch("add", desk.site.url("/rss"))
    desk.run()
    assert len(desk.reports()) == 2


def test_opml_in_and_out(desk: Desk) -> None:
    desk.site.pages["/rss"] = desk.site.pages["/b.rss"] = feed()
    ran = desk.watch("import", str(_opml(desk, "/rss", "/b.rss")))
    assert "2 feeds: 2 new" in ran.err
    assert "2 feeds: 0 new, 2 watched already" in desk.watch("import", str(_opml(desk, "/rss", "/b.rss"))).err
    out = desk.watch("export").out
    assert out.count("xmlUrl=") == 2
    assert '<outline text="News">' in out
    bad = desk.db.with_name("bad.opml")
    bad.write_text("<html>")
    assert "is no OPML" in desk.watch("import", str(bad)).err
    assert "cannot be read" in desk.watch("import", "missing.opml").err


@pytest.mark.parametrize("where", ["ftp://a.example/rss", "http://", "no-such-folder", "https://u:p@a.example/"])
def test_what_cannot_be_watched_gets_a_sentence(desk: Desk, where: str) -> None:
    added = desk.watch("add", where)
    assert added.code == 2
    assert added.err.count("\n") == 1


def test_what_was_taken_down_is_forgotten_and_not_read_again(desk: Desk) -> None:
    desk.site.pages["/rss"] = feed(("1", "/a"))
    desk.watch("add", desk.site.url("/rss"))
    desk.run()
    with open_store(desk.db) as store:
        (head,) = store.heads()
        store.take_down(head.id, by="ann", reason="asked")
    desk.run()
    assert desk.reports() == []
    assert desk.asked("/a") == 1
    assert desk.site.url("/a").encode() not in desk.db.read_bytes()
    with closing(sqlite3.connect(desk.db)) as connection:
        assert connection.execute("SELECT state, url, title FROM place_items").fetchall() == [
            ("taken down", None, None)
        ]


def test_two_do_not_run_at_once_and_ctrl_c_ends_clean(desk: Desk) -> None:
    desk.site.pages["/rss"] = feed(("1", "/a"))
    desk.watch("import", str(_opml(desk, "/rss")))
    call = [sys.executable, str(BENCH), "child", "--db", str(desk.db), "watch", "run", "--inside", desk.site.host]
    child = subprocess.Popen(call, stderr=subprocess.PIPE, text=True)
    try:
        until = time.monotonic() + 60
        while not desk.asked("/a") and time.monotonic() < until:
            time.sleep(0.05)
        second = desk.watch("run", "--once")
        assert second.code == 0
        assert "Another `onrecord watch run` is at work" in second.err
    finally:
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=60)
    assert child.returncode == 130, said
    assert "Stopped. 1 asked" in said
    assert "Traceback" not in said
    assert desk.run().code == 0
    assert desk.reports() == [desk.site.url("/a")]


def test_killed_at_random_moments_every_item_is_read_once() -> None:
    ran = subprocess.run(
        [sys.executable, BENCH, "kills", "--feeds", "8", "--kills", "3"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"\b3 kills\b.*\b0 lost, 0 doubled, 0 problems", ran.stdout), ran.stdout
