"""The record that the pages are tested on: a dispute with all that can be in one, in several scripts and languages."""

from __future__ import annotations

from pathlib import Path

from onrecord.answer import Record
from onrecord.identify import identify
from onrecord.linking import find_claims
from onrecord.reprints import find_copies
from onrecord.store import Store, open_store
from tests.stand_in import WordComparer
from tests.web.made import Line, Made, fail, put

HELD = "that the slurry wall at Essmark had cracked before the flood"
DENIED = "that the slurry wall at Essmark had not cracked before the flood"
AGENCY = (
    "Rain fell over the whole valley for three days and the river rose above every mark since records began there.",
    "Crews carried sand to the lower streets until midnight while the school gymnasium took in forty families.",
    "The railway between the two towns stayed closed and buses went the long way around over the northern pass.",
)
COPIED = Made(
    "River rises in the valley",
    (Line("Warden Ola Brandt", "warned", "that the lower streets would flood again within days"),),
    "Valley Courier",
    "2031-05-02",
    plain=AGENCY,
)
REPORTS = (
    Made(
        "Wall had cracks, engineer says",
        (
            Line("Engineer Wu Lan", "said", f"{HELD}, citing a survey", role="engineer", of="Essmark", on="a survey"),
            Line("Mine spokesman Carl Maki", "denied", HELD, act="deny", about=0),
            Line("an official who asked not to be named", "said", HELD, "unnamed"),
            Line("Critics", "said", f"{HELD} and that nobody listened", "collective"),
        ),
        url="https://morning.example/wall",
        byline=("Ada Roe",),
        aside=(("hidden: display none", "subscribe now"), ("furniture: navigation", "")),
        flags=("encoding: guessed windows-1252",),
    ),
    Made(
        "Wall had cracks, engineer and mayor say",
        (
            Line("Engineer Wu Lan", "said", f"{HELD} came", role="engineer", of="Essmark"),
            Line("Mayor Ines Lee", "said", HELD, role="mayor", of="Orm"),
        ),
        day="2031-05-03",
        url="https://morning.example/wall",
        plain=("Correction: An earlier version of this article misspelled the name of the engineer.",),
    ),
    Made("Der Damm hielt", (), "Flusszeitung", "2031-05-05", aside=(("language: de", ""),), language="de"),
    COPIED,
    Made("Valley waters rise", COPIED.lines, "Border Echo", "2031-05-03", plain=AGENCY),
    Made(
        "وزير المياه ينفي: لم يتشقق الجدار",
        (
            Line("وزير المياه سامي الخطيب", "said", DENIED, role="minister", of="Orm"),
            Line("דובר העירייה יוסי כהן (v2.1)", "said", "that 3 of 12 pumps at the port ran on Monday"),
            Line("Pump keeper Nadia Ali", "declined", "to speak of the pumps at the port", act="decline"),
        ),
        "صحيفة الوادي",
        "2031-05-04",
        url="https://wadi.example/جدار?x=1&y=2",
    ),
    Made(
        "A headline that goes on " + "and on about the water of the upper and the lower valley " * 6,
        tuple(
            Line(f"Witness {name} Oberländer-Vasquez", "told reporters", f"that gauge {k} of {name} stood open")
            for k, name in enumerate(("Ann", "Bo", "Cy", "Di", "Ed", "Flo", "Gus", "Hal", "Ida", "Jo", "Kim", "Lu"), 1)
        ),
        "Donaudampfschifffahrtsgesellschaftskapitänszeitung",
        "2031-06-01",
        origin="crawls/" + "x" * 180 + ".warc.gz@123456789",
    ),
    Made("Mayor changes her mind", (Line("Mayor Ines Lee", "said", DENIED, role="mayor", of="Orm"),), day="2031-06-09"),
)


def full(path: Path) -> Record:
    """A record with all of that, and people's judgements on some."""
    store = open_store(path)
    for made in REPORTS:
        put(store, made)
    fail(store, "reports/noise.bin", "it is not text.", "Give a page, a text, or an archive.")
    record = settled(store)
    said = {each.said.source_name: each.said for each in record.search("gauge", limit=20) if each.said}
    witnesses = sorted(said.values(), key=lambda each: each.id)
    record.contradicts(witnesses[0].id, witnesses[1].id, by="Ada", reason="one gauge cannot do both")
    record.stance(witnesses[2].id, "doubts", by="Ada", reason="she was not sure")
    record.rename(str(witnesses[3].entity), "Witness D.", by="Ada", reason="asked for it")
    return record


def settled(store: Store) -> Record:
    """What the end of a reading does, with a judge of claims that knows nothing but words; and a person's word."""
    identify(store)
    find_copies(store)
    find_claims(store, WordComparer())
    return Record(store)


def disputed(record: Record) -> str:
    """The id of the claim in dispute."""
    return record.claims(disputed=True)[0].id
