"""A record in which every text is a script payload, and a look at every page that shows one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from onrecord.answer import Record
from onrecord.identify import identify
from onrecord.linking import find_claims
from onrecord.marks import one_line
from onrecord.model import Run
from onrecord.reprints import find_copies
from onrecord.store import open_store
from tests.stand_in import WordComparer
from tests.web.made import Line, Made, fail, put
from tests.web.records import AGENCY
from tests.web.served import Watched

EACH = 12
"""Payloads that are contents of one report; the same stand in its other places."""


class Apart(WordComparer):
    """No two statements are of one claim."""

    def _relation(self, a: str, b: str) -> list[float]:
        return [0.99, 0.01, 0, 0, 0]


def hostile(path: Path, held: Sequence[str]) -> Record:
    """Every payload as a content, as a source, and by turns as everything else."""
    store = open_store(path)
    for k in range(0, len(held), EACH):
        put(store, _report(held, k))
    for k in range(0, min(len(held), 600), 3):
        fail(store, held[k], held[(k + 1) % len(held)], held[(k + 2) % len(held)])
    identify(store)
    find_copies(store)
    find_claims(store, Apart())
    record = Record(store)
    said = [each for head in record.reports(limit=3) for each in record.report(head.id).said()]
    for k, (a, b) in enumerate(zip(said[::2], said[1::2], strict=False)):
        ways = (record.same, record.opposes, record.contradicts)
        ways[k % 3](a.id, b.id, by=one_line(held[k % len(held)])[:60], reason=held[-k % len(held)])
        if a.entity and k % 4 == 0:
            record.rename(
                a.entity, held[3 * k % len(held)], by=held[k % len(held)][:60], reason=held[2 * k % len(held)]
            )
    return record


def _report(held: Sequence[str], k: int) -> Made:
    def at(n: int) -> str:
        return held[(k + n) % len(held)]

    lines = tuple(
        Line(at(n + 5), "said", at(n), role=at(n + 7), of=at(n + 9), on=at(n), name=at(n + 6))
        for n in range(min(EACH, len(held) - k))
    )
    number = k // EACH
    web = f"https://x.example/{number // 2}{at(3)}" if number % 2 else at(3)
    return Made(
        at(0),
        lines,
        at(1),
        at(2) if number % 5 == 4 else f"2031-{1 + number % 12:02}-01",
        web,
        (at(4),),
        (*(AGENCY if number < 2 else ()), f"Correction: An earlier version of this article said {at(5)}"),
        ((at(6), at(7)),),
        (at(8),),
        at(9) if number % 5 == 3 else "en",
        f"{at(10)}#{number}",
        Run(at(11), at(1), {at(2): at(3)}),
        at(4),
        at(5),
    )


def places(record: Record, held: Sequence[str], *, claims: int, asked: int) -> Iterator[str]:
    """Addresses of pages that show any of it: all reports, all lists, `claims` claims, and as many questions made of
    payloads as are `asked`."""
    yield from (
        "/",
        "/runs",
        "/sources",
        "/search?q=canary",
        "/search?q=canary&part=people",
        "/search?q=script&part=claims",
    )
    cursor: str | None = None
    while True:
        heads = record.reports(limit=50, cursor=cursor)
        yield f"/reports?cursor={quote(cursor)}" if cursor else "/reports"
        yield from (f"/reports/{head.id}" for head in heads)
        cursor = heads.cursor
        if cursor is None:
            break
    yield from ("/claims", "/claims?page=2", "/claims?order=newest")
    yield from (f"/claims/{claim.id}" for claim in record.claims(limit=claims))
    yield from (f"/voices/{who.id}" for who in record.entities(limit=claims // 2) if who.id)
    for k in range(asked):
        word = quote(held[k * len(held) // asked], safe="")
        forms = (
            "/search?q={0}",
            "/claims?q={0}&denied_by={0}",
            "/sources?q={0}&publisher={0}",
            "/compare?one={0}&other={0}&q={0}",
        )
        yield (*forms, "/claims/{0}", "/claims?order={0}", "/search?q=x&part={0}", "/{0}", "/claims?since={0}")[
            k % 9
        ].format(word)


@dataclass(slots=True)
class Looked:
    """What came of it: pages, scripts that ran, elements that should not be there, payloads that were read as text."""

    pages: int = 0
    injected: list[str] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    worked_out: list[str] = field(default_factory=list)


def look(page: Watched, paths: Iterator[str], held: Sequence[str]) -> Looked:
    """Go to each address and look at what is there."""
    found, waiting = Looked(), {each: _plain(one_line(each)) for each in held}
    for path in paths:
        page.open(path)
        found.pages += 1
        found.injected += [f"{path[:90]}: {x}" for x in page.page.evaluate("looks.injected()")]
        text = _plain(page.page.evaluate("() => document.body.textContent"))
        if "50337" in text:
            found.worked_out.append(path)
        read = [each for each, shown in waiting.items() if shown in text]
        found.read.update(read)
        for each in read:
            del waiting[each]
    return found


STANDS_IN = ("<p>", '<input value="', "<input value='", "<textarea>", "<title>", "<!-- ")
"""What a payload of the control stands in."""


def _plain(text: str) -> str:
    return "".join(text.split())


def unescaped(page: Watched, held: Sequence[str], before: str = "<p>") -> set[int]:
    """Which payloads run after `before` where nothing escapes them and no policy stands: the control of the rig."""
    ran = page.fired_in = set()
    for start in range(0, len(held), 40):
        part = {str(start + k): before + each for k, each in enumerate(held[start : start + 40])}
        page.page.goto("about:blank")
        page.page.evaluate(
            """async (part) => { for (const [name, srcdoc] of Object.entries(part)) {
              document.body.append(Object.assign(document.createElement("iframe"), { name, srcdoc })); }
              await new Promise((done) => setTimeout(done, 700)); }""",
            part,
        )
    return {int(name) for name in ran if name.isdigit()}
