"""A claim from first report to standing: the product's description, on the shipped engine, end to end.

A commissioner says that slurry reached a river. One paper has it, another reprints it; the mine denies it in a press
release that three papers quote; a minister, spelled in two ways, declines to comment; another number comes up; and the
first paper corrects itself.
"""

from __future__ import annotations

import json

import pytest

import onrecord
from onrecord.answer import Record

SAID = """About 40,000 cubic metres of slurry drained into the river Oru, Water Commissioner Dara Quill said on Monday.

Quill cited drone pictures. She showed them to reporters at the commission's office in Lys, where the curtains had been
drawn and a kettle stood on the sill, and she took questions for almost an hour in two languages.

The river rises in the hills of the north and crosses the border at Tamm, below a bridge that was built for ore lorries
before the war and is closed on Sundays. About 300,000 people drink from it, and fishermen of the lower villages have
complained of grey nets since the snow melted on the passes.
"""
TITLE = "40,000 cubic metres of slurry drained into the Oru, commissioner says"
RELEASE = "“No slurry drained into the river Oru,” Kallas Minerals said in a statement."
REPORTS = [
    (
        "The Morning",
        "2031-05-12",
        "https://morning.example/slurry",
        TITLE,
        SAID,
    ),
    ("Harbour News", "2031-05-13", "https://harbour.example/oru", "The grey river", f"LYS (BNA) - {SAID}"),
    (
        "Valley Courier",
        "2031-05-13",
        "https://courier.example/mine",
        "Mine: nothing drained",
        f"{RELEASE}\n\nThe gate of the mine stayed shut all day, and a dog barked at whoever came near it.\n",
    ),
    (
        "Lys Today",
        "2031-05-13",
        "https://lys.example/kallas",
        "Kallas answers",
        f"Shares of the mine's owner fell in the morning and rose again by noon.\n\n{RELEASE}\n",
    ),
    (
        "Border Echo",
        "2031-05-14",
        "https://echo.example/denial",
        "Mine rejects charge",
        f"Fishermen met in Tamm to talk about their nets.\n\n{RELEASE}\n\nThe meeting broke up at ten.\n",
    ),
    (
        "Gazette",
        "2031-05-15",
        "https://gazette.example/reyk",
        "Minister silent",
        "Water Commissioner Dara Quill said that about 40,000 cubic metres of slurry drained into the river Oru.\n\n"
        "Resources Minister Tomás Reyk declined to comment on her statement.\n",
    ),
    (
        "Institute Notes",
        "2031-05-17",
        "https://institute.example/oru",
        "A smaller figure",
        "About 14,000 cubic metres of slurry drained into the river Oru, hydrologist Mira Hol said.\n",
    ),
    (
        "The Morning",
        "2031-05-19",
        "https://morning.example/slurry",
        TITLE,
        f"{SAID}\nCorrection: An earlier version of this article gave the wrong day for the press conference.\n",
    ),
    (
        "Evening Star",
        "2031-05-20",
        "https://star.example/reyk",
        "Reyk on the river",
        "“There was no slurry in the river Oru,” Resources Minister Tomas Reyk said on Tuesday.\n",
    ),
]


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """The record of them, read in two goes: what comes late changes what stands."""
    folder = tmp_path_factory.mktemp("story")
    for name, some in (("first", REPORTS[:4]), ("second", REPORTS[4:])):
        names = ("publisher", "published", "url", "title", "text")
        rows = [json.dumps(dict(zip(names, row, strict=True))) for row in some]
        (folder / f"{name}.jsonl").write_text("\n".join(rows), encoding="utf-8")
        onrecord.record(folder / f"{name}.jsonl", folder / "r.db")
    return onrecord.open(folder / "r.db")


def the_claim(record: Record) -> onrecord.Claim:
    """That of the forty thousand cubic metres."""
    said = next(hit.said for hit in record.search("40,000 slurry", source="Quill") if hit.said)
    return record.claim(said.id)


def test_one_sees_who_says_so_and_who_denies_it(record: Record) -> None:
    now = the_claim(record).standing()
    affirms, denies = now.side("affirms"), now.side("denies")
    assert affirms
    assert denies
    assert [v.name for v in affirms.voices] == ["Dara Quill"]
    assert "Kallas Minerals" in {v.name for v in denies.voices}
    assert now.disputed
    assert not now.confirmed
    assert "Dara Quill" in now.needed


def test_a_reprint_is_no_second_text_and_a_press_release_no_second_voice(record: Record) -> None:
    now = the_claim(record).standing()
    (quill,) = now.side("affirms").voices  # type: ignore[union-attr]
    assert quill.reports > quill.texts
    mine = next(v for v in now.side("denies").voices if v.name == "Kallas Minerals")  # type: ignore[union-attr]
    assert mine.reports == 3


def test_another_number_is_another_claim_that_cannot_hold_with_it(record: Record) -> None:
    claim = the_claim(record)
    (smaller,) = (c for c in record.claims("14,000 slurry"))
    assert smaller.id != claim.id
    assert smaller.id in {name for name, _ in claim.contradicts}


def test_a_minister_in_two_spellings_is_one_voice_with_a_history(record: Record) -> None:
    past = record.history("Tomas Reyk", "slurry")
    assert [line.position.stance for line in past.lines] == ["declines", "denies"]
    assert [(c.before, c.stance) for c in past.shifts] == [("declines", "denies")]


def test_the_papers_own_correction_is_shown(record: Record) -> None:
    assert {n.kind for n in the_claim(record).noticed} == {"correction"}


def test_as_it_stood_before_the_denial(record: Record) -> None:
    then = the_claim(record).standing("2031-05-12")
    assert [side.stance for side in then.sides] == ["affirms"]


def test_every_line_leads_back_to_the_bytes(record: Record) -> None:
    for step in the_claim(record).trail():
        said = step.position.said
        text = record.report(said.report.id).report.text
        for quote in said.content:
            assert text[quote.start : quote.end] == quote.text
        assert all(record.raw(reading.raw_sha256) for reading in step.readings)


def test_a_person_outranks_the_engine_and_can_take_it_back(record: Record) -> None:
    claim = the_claim(record)
    star = next(p.said for p in claim.positions if p.said.report.publisher == "Evening Star")
    made = record.stance(star.id, "none", by="editor", reason="another river")
    assert star.id not in {p.said.id for p in the_claim(record).positions}
    record.undo(made, by="editor", reason="the same after all")
    assert star.id in {p.said.id for p in the_claim(record).positions}
    assert list(record.verify()) == []
