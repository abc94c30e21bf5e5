"""Review over HTTP: every action, undo, two people on one row, forms without a script, what becomes of decisions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import given
from hypothesis import strategies as st

from onrecord.agreement import agreements, kappa
from onrecord.answer import Record
from onrecord.cli import main
from onrecord.errors import Conflict, NotFound, UsageError
from onrecord.linking import find_claims
from onrecord.model import Proposed, Report, Run, Span
from onrecord.store import Judgement, Store
from onrecord.store.review_rows import Spans, checked
from onrecord.web.marking import Row, rows_of, spans_of
from tests.stand_in import WordComparer
from tests.tiny import TinyEngine
from tests.web.desk import REPORTS, client, filled, put, said
from training.reviewed import reviewed


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with filled(tmp_path / "r.db") as store:
        yield store


@pytest.fixture
def ada(store: Store) -> TestClient:
    return client(store)


def form_of(page: Response, do: str) -> tuple[str, dict[str, list[str]]]:
    """The form of a page that has a button of this value: where it goes, and all that it sends."""
    for form in re.findall(r"<form[^>]*>.*?</form>", page.text, re.S):
        if f'value="{do}"' in form:
            action = re.search(r'action="([^"]*)"', form)
            assert action
            sent: dict[str, list[str]] = {"do": [do]}
            for field in re.findall(r"<input[^>]*>", form):
                name, value = (re.search(rf'{a}="([^"]*)"', field) for a in ("name", "value"))
                if name:
                    sent.setdefault(name[1], []).append(value[1] if value else "")
            for name_, options in re.findall(r'<select name="(\w+)">(.*?)</select>', form, re.S):
                every = list(re.finditer(r"<option(?: value=\"([^\"]*)\")?( selected)?>([^<]*)", options))
                chosen = next((o for o in every if o[2]), every[0])
                sent.setdefault(name_, []).append(chosen[3] if chosen[1] is None else chosen[1])
            return action[1], sent
    raise AssertionError(f"no form does {do}")


def press(desk: TestClient, at: str, do: str, **more: str) -> Response:
    """What happens when somebody presses this button, without any script."""
    action, sent = form_of(desk.get(at), do)
    return desk.post(action, data={**sent, **more}, follow_redirects=True)


def test_what_is_least_sure_and_bears_on_most_comes_first_and_says_why(store: Store, ada: TestClient) -> None:
    record = Record(store)
    waiting = record.waiting("Ada")
    assert [w.need for w in waiting] == sorted((w.need for w in waiting), reverse=True)
    assert waiting[0].why == "90 % sure; on a disputed claim that 3 attributions bear on"
    assert {w.kind for w in waiting} == {"attribution", "link"}
    page = ada.get("/review")
    assert waiting[0].why in page.text
    assert waiting[0].item in page.text
    assert {w.kind for w, _ in record.to_review(20, "link", by="Ada")} == {"link"}
    assert "Do these two speak of one claim?" in ada.get("/review?kind=link").text
    assert ada.get("/review?kind=nonsense").status_code == 400


def test_accept_reject_skip_and_undo(store: Store, ada: TestClient) -> None:
    record, maki = Record(store), said(store, "not closed")
    page = press(ada, f"/review/{maki}", "accept", reason="read it")
    assert "Accepted." in page.text
    assert "1 decided today" in page.text
    assert record.attribution(maki).review.reason == "read it"  # type: ignore[union-attr]
    page = press(ada, f"/review/{maki}", "reject")
    assert record.attribution(maki).review.verdict == "wrong"  # type: ignore[union-attr]
    with pytest.raises(NotFound):
        record.claim(maki)
    report = ada.get(f"/reports/{record.attribution(maki).report.id}").text
    assert 'class="rejected"' in report
    assert re.search("rejected</strong> by <bdi>Ada", report)
    assert maki not in {w.item for w in record.waiting("Ada")}
    assert maki in {w.item for w in record.waiting("Bo")}
    page = ada.post("/review/undo", follow_redirects=True)
    assert page.url.path == f"/review/{maki}"
    assert record.attribution(maki).review.verdict == "right"  # type: ignore[union-attr]
    assert record.claim(maki).positions
    ada.post("/review/undo")
    assert record.attribution(maki).review is None
    assert ada.post("/review/undo").status_code == 404
    press(ada, f"/review/{maki}", "skip")
    assert maki not in {w.item for w in record.waiting("Ada")}
    assert record.attribution(maki).review is None
    assert maki in {w.item for w in record.waiting("Bo")}
    assert list(store.verify()) == []


def test_links_and_people_are_decided(store: Store, ada: TestClient) -> None:
    record = Record(store)
    link = next(w for w in record.waiting("Ada", "link"))
    before = record.claim(link.a).id
    for relation in ("opposes", "contradicts", "different", "same"):
        press(ada, f"/review/{link.item}", relation)
        assert record.item(link.item).decisions[-1].relation == relation
    assert record.claim(link.a).id == before
    press(ada, f"/review/{link.item}", "reject")
    assert record.claim(link.a).id != record.claim(str(link.b)).id
    one, other = (record.attribution(said(store, w)).entity for w in ("closed for long", "not closed"))
    now = datetime.now(UTC)
    made = store.judge(Judgement(str(one), str(other), "same", "engine", "run-x", now, 0.6, "their names sound alike"))
    page = ada.get("/review?kind=entity")
    assert "60 % sure; 2 attributions of theirs" in page.text
    press(ada, f"/review/{made}", "named", name="The Traders")
    assert record.entity(str(one)).name == "The Traders"
    press(ada, f"/review/{made}", "different")
    assert record.entity(str(one)).id != record.entity(str(other)).id
    assert not record.waiting("Ada", "entity")
    assert list(store.verify()) == []


def test_spans_and_act_are_changed_without_a_script(store: Store, ada: TestClient) -> None:
    record, harbour = Record(store), said(store, "harbour")
    action, sent = form_of(ada.get(f"/review/{harbour}?change=true"), "change")
    assert sent["role"][:3] == ["source", "cue", "content"]
    sent |= {"start": ["", "", "", "", "", ""], "end": [""] * 6, "act": ["warn"]}
    sent["words"] = ["Lee", "said", "the harbour 🚢", "12 boats", "", ""]
    page = ada.post(action, data=sent, follow_redirects=True)
    assert "Changed." in page.text
    now = record.attribution(harbour)
    assert (now.source.text, [c.text for c in now.content], now.act) == ("Lee", ["the harbour 🚢", "12 boats"], "warn")  # type: ignore[union-attr]
    assert dict(now.review.was)["source"] == "Mayor Lee"  # type: ignore[union-attr]
    assert "that the harbour" in ada.get(f"/review/{harbour}").text
    ada.post("/review/undo")
    assert record.attribution(harbour).review is None
    assert list(store.verify()) == []


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (Row("content", "5", "3"), "the end comes after the start"),
        (Row("content", "0", "99999"), "characters only"),
        (Row("content", "0", "x"), "that is no place in the text"),
        (Row("content", "0", "5", "Quay"), "there stands “Storm”, not “Quay”"),
        (Row("content", "", "", "never said"), "these words are not in the text"),
        (Row("source", "0", "30"), "a source stands in one line or paragraph"),
        (Row("cue", "17", "19"), "there are no words there"),
        (Row("speaker", "0", "5"), "that is no role"),
    ],
)
def test_bad_spans_are_refused_with_a_sentence_and_kept_to_be_put_right(
    store: Store, ada: TestClient, row: Row, told: str
) -> None:
    harbour = said(store, "harbour")
    sent = {"do": "change", "role": ["content", row.role], "start": ["", row.start], "end": ["", row.end]}
    page = ada.post(f"/review/{harbour}", data={**sent, "words": ["will close", row.words], "seen": ""})
    assert page.status_code == 400
    assert told in page.text
    assert 'value="will close"' in page.text
    assert Record(store).attribution(harbour).review is None


def test_a_content_over_two_paragraphs_and_a_table_is_exactly_their_words(store: Store, ada: TestClient) -> None:
    record, harbour = Record(store), said(store, "harbour")
    text = record.text(record.attribution(harbour).report.id)
    start, end = text.index("will close"), text.index("3 boats") + len("3 boats")
    sent = {
        "do": "change",
        "role": "content",
        "start": str(start),
        "end": str(end),
        "words": text[start:end],
        "seen": "",
    }
    ada.post(f"/review/{harbour}", data=sent)
    assert [c.text for c in record.attribution(harbour).content] == ["will close.", "Pier\t12 boats", "Quay\t3 boats"]


def test_two_people_on_one_row_see_both_versions(store: Store, ada: TestClient) -> None:
    record, bo, harbour = Record(store), client(store, "Bo"), said(store, "harbour")
    action, sent = form_of(ada.get(f"/review/{harbour}?change=true"), "change")
    press(bo, f"/review/{harbour}", "reject", reason="not a statement")
    sent["words"][2], sent["start"][2], sent["end"][2] = "the harbour", "", ""
    page = ada.post(action, data=sent)
    assert page.status_code == 409
    assert record.attribution(harbour).review.by == "Bo"  # type: ignore[union-attr]
    for words in ("Bo</bdi> has decided this since", "rejected", "not a statement", ">the harbour<"):
        assert words in page.text
    (form,) = re.findall(r"<form[^>]*>(?:(?!</form>).)*Keep mine.*?</form>", page.text, re.S)
    again: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="([^"]*)" value="([^"]*)"', form):
        again.setdefault(name, []).append(value)
    assert ada.post(action, data=again, follow_redirects=True).status_code == 200
    assert record.attribution(harbour).review.by == "Ada"  # type: ignore[union-attr]
    stale = record.item(harbour).last
    bo.post(action, data={"do": "accept", "seen": stale})
    page = ada.post(action, data={"do": "reject", "seen": stale})
    assert page.status_code == 409
    assert "Skipped" not in ada.post(action, data={"do": "keep"}, follow_redirects=True).text
    assert record.attribution(harbour).review.by == "Bo"  # type: ignore[union-attr]
    with pytest.raises(Conflict):
        record.right(harbour, by="Ada", seen="")
    assert list(store.verify()) == []


def test_of_two_who_decide_at_one_moment_one_is_told(store: Store) -> None:
    record, harbour = Record(store), said(store, "harbour")

    def decide(by: str) -> bool:
        try:
            record.right(harbour, by=by, seen="")
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(decide, ["Ada", "Bo", "Cy", "Di"])) == 1
    assert len(record.item(harbour).decisions) == 1


def test_agreement_is_shown_with_figures(store: Store, ada: TestClient) -> None:
    bo, ids = client(store, "Bo"), [said(store, w) for w in ("not closed", "closed for long", "before the storm")]
    assert "No row was decided by two people" in ada.get("/review/agreement").text
    for k, id_ in enumerate(ids):
        press(ada, f"/review/{id_}", "accept")
        press(bo, f"/review/{id_}", "accept" if k else "reject")
    page = ada.get("/review/agreement")
    assert "67 %" in page.text
    assert page.text.count("they differ") == 1
    assert page.text.index("was not closed") < page.text.index("for long")


def test_kappa_is_cohens() -> None:
    table = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert kappa(table) == pytest.approx(0.4)
    assert kappa([("y", "y")] * 3) is None
    (one,) = agreements({("k", "r"): {"A": "y", "B": "n"}, ("k", "s"): {"A": "y"}})
    assert (one.rows, one.agreed, one.kappa) == (1, 0, 0.0)


def test_a_claim_is_renamed_split_merged_and_given_stances(store: Store, ada: TestClient) -> None:
    record = Record(store)
    maki, lee, roe = (said(store, w) for w in ("not closed", "closed for long", "before the storm"))
    at = f"/review/claims/{lee}"
    press(ada, at, "named", name="The bridge")
    assert record.claim(lee).wording == "The bridge"
    ada.post(at, data={"do": "stance", "attribution": maki, "stance": "doubts"})
    assert {p.stance for p in record.claim(lee).positions if p.said.id == maki} == {"doubts"}
    ada.post(at, data={"do": "split", "attribution": maki})
    assert record.claim(maki).id != record.claim(lee).id
    assert len(record.claim(maki).positions) == 1
    ada.post("/review/undo")
    assert record.claim(maki).id == record.claim(lee).id
    ada.post(at, data={"do": "merged", "other": f"http://testserver/claims/{roe}"})
    assert record.claim(roe).id == record.claim(lee).id
    assert ada.post(at, data={"do": "merged", "other": roe}).status_code == 400
    assert ada.post(at, data={"do": "merged", "other": "nonsense"}).status_code == 404
    assert ada.post(at, data={"do": "drop"}).status_code == 400
    assert list(store.verify()) == []


def test_bad_forms_and_addresses_are_told_apart(store: Store, ada: TestClient) -> None:
    harbour = said(store, "harbour")
    assert ada.get("/review/attribution-sha256-00").status_code == 404
    assert ada.get("/review/nothing").status_code == 404
    assert ada.get("/review/judgement-sha256-00").status_code == 404
    assert ada.post(f"/review/{harbour}", data={"do": "bless"}).status_code == 400
    assert (
        ada.post(f"/review/{harbour}", data={"do": "change", "role": ["content"] * 9, "start": "1"}).status_code == 400
    )
    assert ada.post(f"/review/{harbour}", data={"do": ["accept"] * 900}).status_code == 400
    other = {"origin": "http://elsewhere.example"}
    assert ada.post(f"/review/{harbour}", data={"do": "accept"}, headers=other).status_code == 403
    assert Record(store).attribution(harbour).review is None


class Unsure(TinyEngine):
    """Leaves open who speaks, with everybody it met as a candidate."""

    run = Run("tiny", "unsure")

    def propose(self, reports: Sequence[Report]) -> list[Proposed]:
        """The same, without who says it."""
        return [
            replace(
                p,
                attributions=tuple(
                    replace(a, entity=None, candidates=tuple((k, 0.4 / (k + 1)) for k in range(len(p.entities))))
                    for a in p.attributions
                ),
            )
            for p in super().propose(reports)
        ]


def test_who_speaks_is_decided_where_the_engine_left_it_open(store: Store, ada: TestClient) -> None:
    record = Record(store)
    put(store, "e", *REPORTS["e"], engine=Unsure())
    (first, second) = record.waiting("Ada", "source")
    assert first.why == "40 % sure"
    page = ada.get("/review?kind=source")
    assert "Mayor Lee (40 %)" in page.text
    press(ada, f"/review/{first.item}", "speaker")
    assert record.attribution(first.a).source_name == "Mayor Lee"
    press(ada, f"/review/{second.item}", "skip")
    assert not record.waiting("Ada", "source")
    assert [w.item for w in record.waiting("Bo", "source")] == [second.item]
    page = ada.post("/review/undo", follow_redirects=True)
    assert page.url.path == f"/review/{second.item}"
    ada.post("/review/undo")
    assert len(record.waiting("Ada", "source")) == 2
    assert list(store.verify()) == []


class Shorter(TinyEngine):
    """A newer engine that leaves "that" out of contents."""

    run = Run("tiny", "2")

    def propose(self, reports: Sequence[Report]) -> list[Proposed]:
        """The same, five characters further on."""
        return [
            replace(
                p,
                attributions=tuple(
                    replace(a, content=(Span(a.content[0].start + 5, a.content[0].end),)) for a in p.attributions
                ),
            )
            for p in super().propose(reports)
        ]


def test_decisions_hold_when_a_newer_engine_reads_other_spans(store: Store) -> None:
    record = Record(store)
    maki, lee = said(store, "not closed"), said(store, "closed for long")
    text = record.text(record.attribution(lee).report.id)
    bridge = text.index("the bridge")
    record.wrong(maki, by="Ada", reason="no")
    record.correct(lee, source=None, cue=None, content=[Span(bridge, bridge + 10)], act="deny", by="Bo")
    for name in ("b", "c"):
        put(store, name, *REPORTS[name], engine=Shorter())
    find_claims(store, WordComparer())
    newer = {
        old: next(s.id for s in store.attributions(record.attribution(old).report.id) if s.id != old)
        for old in (maki, lee)
    }
    assert record.attribution(newer[maki]).review.by == "Ada"  # type: ignore[union-attr]
    with pytest.raises(NotFound):
        record.claim(newer[maki])
    now = record.attribution(newer[lee])
    assert ([c.text for c in now.content], now.act, now.source) == (["the bridge"], "deny", None)
    assert newer[maki] not in {w.item for w in record.waiting("Ada")}
    assert list(store.verify()) == []
    store.rebuild()
    assert record.attribution(newer[lee]).act == "deny"
    record.undo_last(by="Ada")
    assert record.claim(newer[maki]).positions
    assert list(store.verify()) == []


def test_decisions_go_out_as_gold_brat_and_annotations(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = Record(store)
    harbour, asked, maki = said(store, "harbour"), said(store, "nobody asked"), said(store, "not closed")
    text = record.text(record.attribution(harbour).report.id)
    at = text.index("the harbour")
    lee = Span(text.index("Lee"), text.index("Lee") + 3)
    record.correct(harbour, source=lee, cue=None, content=[Span(at, at + 13)], act="warn", by="Ada")
    out = tmp_path / "out"

    def export(*options: str) -> int:
        return main(["--db", str(tmp_path / "r.db"), "judge", "export", *options])

    assert export("--as", "gold", "--out", str(out)) == 0
    assert not list(out.glob("*.json"))
    record.wrong(asked, by="Ada", reason="no")
    assert export("--as", "gold", "--out", str(out)) == 0
    (path,) = out.glob("*.json")
    gold = json.loads(path.read_text(encoding="utf-8"))
    assert path.with_suffix(".txt").read_bytes().decode() == text
    (only,) = gold["attributions"]
    assert (only["id"], only["act"], only["by"], only["content"][0]["text"]) == ("S1", "warn", "Ada", "the harbour 🚢")
    (row,) = reviewed(out)
    assert row["attributions"][0]["content"] == [[at, at + 13]]
    assert row["guide"]["labels"][0]["act"] == "warn"
    assert export("--as", "brat", "--out", str(out)) == 0
    (ann,) = out.glob("*.ann")
    for line in ann.read_text(encoding="utf-8").splitlines():
        name, what, *words = line.split("\t")
        if name.startswith("T"):
            _, start, end = what.split(" ")
            assert text[int(start) : int(end)] == words[0]
    capsys.readouterr()
    record.right(maki, by="Ada")
    assert export("--as", "w3c", "--partly") == 0
    found = json.loads(capsys.readouterr().out)["first"]["items"]
    exact = {a["target"]["selector"][0]["exact"] for a in found if a["motivation"] == "tagging"}
    assert {"the harbour 🚢", "Trader Maki"} <= exact
    assert "Nobody asked us" not in str(exact)
    assert export("--as", "brat") == 2
    assert export("--as", "gold") == 0
    (tmp_path / "gold.jsonl").write_text(capsys.readouterr().out, encoding="utf-8")


def test_one_attribution_is_judged_on_the_command_line(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record, harbour = Record(store), said(store, "harbour")

    def judge(*options: str) -> int:
        return main(["--db", str(tmp_path / "r.db"), "judge", *options, "--by", "Ada", "--reason", "r"])

    assert judge("wrong", harbour) == 0
    capsys.readouterr()
    assert main(["--db", str(tmp_path / "r.db"), "search", "harbour", "--format", "table"]) == 0
    assert "[rejected by Ada: r]" in " ".join(capsys.readouterr().out.split())
    assert record.attribution(harbour).review.verdict == "wrong"  # type: ignore[union-attr]
    assert judge("spans", harbour, "--content", "20-29") == 0
    assert judge("act", harbour, "deny") == 0
    assert judge("right", harbour) == 0
    now = record.attribution(harbour)
    assert (now.act, now.content[0].start, now.source, now.review.verdict) == ("deny", 20, None, "right")  # type: ignore[union-attr]
    assert judge("act", harbour, "bless") == 2
    assert judge("spans", harbour, "--content", "9-2") == 2
    assert judge("spans", harbour, "--content", "0-99999") == 2
    made, gone = record.judged_by_people()
    with filled(tmp_path / "other.db") as other:
        assert Record(other).take_in(made, gone) == 4
        assert Record(other).attribution(harbour).act == "deny"
        assert list(other.verify()) == []
        beyond = replace(made[1], b=f"spans:{Spans(None, None, (Span(0, 99999),))}")
        with pytest.raises(UsageError):
            other.judge(beyond)


words = st.text(alphabet=st.sampled_from("ab é\u0301🚢🏳️‍🌈שלום\u202e\t\n.“”"), min_size=1, max_size=60)


@given(
    words, st.lists(st.tuples(st.sampled_from(["source", "cue", "content"]), st.integers(0, 70), st.integers(0, 70)))
)
def test_what_a_form_gives_is_exactly_its_characters_or_a_sentence(text: str, rows: list[tuple[str, int, int]]) -> None:
    given_ = [Row(role, str(a), str(b)) for role, a, b in rows]
    try:
        spans = spans_of(text, given_)
    except UsageError:
        return
    assert Spans.read(str(spans)) == spans == checked(text, spans)
    assert spans_of(text, rows_of(spans, text)) == spans
    asked = {k for role, a, b in rows if role == "content" for k in range(a, b) if not text[k].isspace()}
    held = {k for span in spans.content for k in range(span.start, span.end) if not text[k].isspace()}
    assert held == asked
    assert not any("\n" in span.of(text) or not span.of(text).strip() for span in spans.content)


@given(st.text(max_size=40))
def test_only_what_was_written_is_read_as_spans(text: str) -> None:
    try:
        spans = Spans.read(text)
    except ValueError:
        return
    assert str(spans) == text
