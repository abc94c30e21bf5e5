"""Who is who across reports: `python bench/names.py SHARED [--dev] [--json FILE] [--errors]`.

SHARED holds `data/places.tar.xz` (CountryInfo). People and organisations are those of the shipped tables
(openeventdata/petrarch2): half of them, by a hash of their name, were learned from and tuned on (`--dev`), the other
half is measured on, and left out of the tables that are loaded here. Positives: two names that the dictionaries list
of one actor, where they are spellings of one name (`spelled`: by the letters alone, with the standard library's
matcher, not ours); what is another name altogether, which no rule can know without a table, is counted apart.
Negatives: two people with a family name in common, with a given name in common, whose names look most alike;
organisations with words in common; any two. The dictionaries list many people twice under two headings: so two people
of one state are a negative only where they held different offices on one day, and what is doubled nevertheless stands
in `names_doubled.tsv`. What an actor is of is told on both sides of half of the pairs, on one side of a quarter, on
neither of a quarter, by hash. Of states the names, adjectives and capitals of CountryInfo are looked up in the
shipped table, made from another list. `variants.tsv`: spellings that news reports use of people of our time, also in
other scripts; `same_named.tsv`: two people of one name each. Both were written for OnRecord.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import itertools
import json
import re
import sys
import tarfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from onrecord.model import Entity, EntityKind, Span
from onrecord.resolve import Actor, Index, Names, bodies, judge_all
from onrecord.resolve.people import keys, parts
from onrecord.resolve.spelling import fold, tokens
from onrecord.resolve.tables import rows_of, shipped_actors

HERE = Path(__file__).parent
MOST_PAIRS = 6
"""Pairs of one actor."""
SPELLED = 0.75
"""Share of letters in common from which two names are spellings of one."""
LAST = "2011-02-28"
"""Day until which the dictionaries list who is in office."""
NEGATIVE = {
    "family name shared, one country": 900,
    "family name shared": 600,
    "given name shared": 300,
    "person, most alike": 900,
    "any two people": 200,
    "organization, words shared": 500,
    "any two organizations": 200,
}
MANY = {name: 4 * most for name, most in NEGATIVE.items()}
"""To learn from."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entities, of which class of pairs, and whether they are one."""

    sort: str
    a: Entity
    b: Entity
    same: bool


def hashed(*words: str) -> int:
    """A number by which pairs and halves are chosen; the same on every machine."""
    return int.from_bytes(hashlib.sha256("\t".join(words).encode()).digest()[:6])


def entity(name: str, kind: EntityKind, side: str, of: str | None = None, role: str | None = None) -> Entity:
    """An entity of a report of its own."""
    return Entity(f"report-{side}-{hashed(name, side, of or '', role or '')}", name, kind, (Span(0, 1),), role, of)


@cache
def states() -> Mapping[str, str]:
    """Code → name."""
    return {code: name for code, _, name, *_ in rows_of("countries")}


def pair(sort: str, same: bool, a: tuple[str, Actor], b: tuple[str, Actor]) -> Pair:
    """A pair of two actors' names; what they are of is told by hash."""
    how = hashed(a[0], b[0]) % 4
    ofs = [states().get(actor.state) for _, actor in (a, b)]
    shown = (ofs[0] if how != 3 else None, ofs[1] if how in (0, 1) else None)
    return Pair(sort, entity(a[0], a[1].kind, "a", shown[0]), entity(b[0], b[1].kind, "b", shown[1]), same)


def alike(a: str, b: str) -> float:
    """Share of letters that two names have in common, in either order of their words."""
    one, two = tokens(a), tokens(b)
    ways = (("".join(one), "".join(two)), ("".join(sorted(one)), "".join(sorted(two))))
    return max(difflib.SequenceMatcher(None, *way, autojunk=False).ratio() for way in ways)


def spelled(one: Pair) -> bool:
    """Whether both are spellings of one name, by the letters alone: of organisations, word for word."""
    if one.a.kind == "person":
        return alike(one.a.name, one.b.name) >= SPELLED
    words, others = ([w for w in tokens(e.name) if w not in bodies.SMALL] for e in (one.a, one.b))
    if len(words) != len(others):
        return alike(one.a.name, one.b.name) >= 0.95
    return all(max(alike(w, other) for other in others) >= SPELLED for w in words)


def positives(actors: list[Actor]) -> Iterator[Pair]:
    """Two different names of one actor."""
    whole = Names.shipped()
    for actor in actors:
        if actor.kind == "organization" and any(whole.state_of(n) for n in actor.names):
            continue
        names = {fold(n): n for n in actor.names}
        pairs = sorted(itertools.combinations(names.values(), 2), key=lambda p: hashed(*p))
        for one, two in pairs[:MOST_PAIRS]:
            made = pair(actor.kind, True, (one, actor), (two, actor))
            if actor.kind == "person" and min(len(parts(one)), len(parts(two))) < 2:
                sort = "family name alone"
            else:
                sort = f"{actor.kind}, spelling" if spelled(made) else f"{actor.kind}, another name"
            yield Pair(sort, made.a, made.b, True)


def negatives(actors: list[Actor], most: Mapping[str, int]) -> Iterator[Pair]:
    """Pairs of two actors, at most so many of a class."""
    people = [a for a in actors if a.kind == "person" and len(parts(a.name)) > 1]
    groups = [a for a in actors if a.kind == "organization" and len(tokens(a.name)) > 1]
    blocks: dict[str, dict[str, list[Actor]]] = {s: defaultdict(list) for s in most}
    for a in people:
        blocks["family name shared, one country"][f"{parts(a.name)[-1]} {a.state}"].append(a)
        blocks["family name shared"][parts(a.name)[-1]].append(a)
        blocks["given name shared"][f"{parts(a.name)[0]} {a.state}"].append(a)
        for key in keys(a.name):
            if " " in key or key[0] == "=":
                blocks["person, most alike"][f"{key} {a.state}"].append(a)
        blocks["any two people"][str(hashed(a.name) % 3000)].append(a)
    for a in groups:
        words = [w for w in tokens(a.name) if len(w) > 3]
        for one, two in itertools.combinations(words[:6], 2):
            blocks["organization, words shared"][f"{one} {two}"].append(a)
        blocks["any two organizations"][str(hashed(a.name) % 1200)].append(a)
    seen: set[frozenset[str]] = set()
    for sort, by_key in blocks.items():
        made: dict[frozenset[str], Pair] = {}
        for key in sorted(by_key, key=hashed):
            for one, two in itertools.islice(itertools.combinations(by_key[key], 2), 40):
                names = frozenset((one.name, two.name))
                if len(names) == 2 and names not in doubled() | seen and _two(one, two):
                    made[names] = pair(sort, False, (one.name, one), (two.name, two))
        chosen = dict(itertools.islice(made.items(), most[sort]))
        seen |= set(chosen)
        yield from chosen.values()


@cache
def doubled() -> frozenset[frozenset[str]]:
    """Pairs that the dictionaries list as two and that are one."""
    return frozenset(frozenset(row[:2]) for row in _table("names_doubled"))


def _table(name: str) -> list[list[str]]:
    lines = (HERE / f"{name}.tsv").read_text(encoding="utf8").splitlines()[2:]
    return [line.split("\t") for line in lines]


def _two(one: Actor, two: Actor) -> bool:
    """Whether the dictionaries tell that they are two: of two states, or in different offices on one day."""
    if set(map(fold, one.names)) & set(map(fold, two.names)):
        return False
    if one.kind == "organization":
        return bodies.body(one.name, lambda _: None).core != bodies.body(two.name, lambda _: None).core
    if one.state != two.state:
        return True
    held = [
        [(o.split(" ", 1)[0], *o.split(" ", 1)[1].split("/")) for o in actor.offices if " " in o]
        for actor in (one, two)
    ]
    return any(
        x[0] != y[0] and max(x[1], y[1]) <= min(x[2].replace("..", LAST), y[2].replace("..", LAST))
        for x in held[0]
        for y in held[1]
    )


def countries(shared: Path) -> Iterator[Pair]:
    """Adjectives, names and capitals of CountryInfo against names of the shipped table, right and wrong."""
    with tarfile.open(shared / "data" / "places.tar.xz") as tar:
        file = tar.extractfile("countryinfo/CountryInfo.120116.txt")
        assert file
        text = file.read().decode("latin1")
    names = {code: name for code, independent, name, *_ in rows_of("countries") if independent == "1"}
    after = dict(zip(sorted(names), [*sorted(names)[1:], sorted(names)[0]], strict=True))
    for block in text.split("<CountryCode>")[1:]:
        code = block.split("<")[0]
        if code not in names:
            continue
        for tag in ("CountryName", "Nationality", "Capital"):
            found = re.search(rf"<{tag}>(.*?)</{tag}>", block, re.DOTALL)
            listed = [w.split("#")[0].strip() for w in found[1].splitlines()] if found else []
            for written in [w for w in listed if w][:1]:
                words = " ".join(w if len(w) < 4 else w.capitalize() for w in written.replace("_", " ").split())
                sort = "capital" if tag == "Capital" else "state"
                yield Pair(sort, entity(words, "country", "a"), entity(names[code], "country", "b"), True)
                other = entity(names[after[code]], "country", "b")
                yield Pair(f"another {sort}", entity(words, "country", "a"), other, False)


def variants() -> Iterator[Pair]:
    """Spellings that reports use of one person, of people of our time."""
    for names in _table("variants"):
        for one, two in itertools.combinations(names, 2):
            yield Pair("variants in reports", entity(one, "person", "a"), entity(two, "person", "b"), True)


def same_named() -> list[Pair]:
    """Two people of one name each, as reports write of them."""
    return [
        Pair("same-named", entity(name, "person", "a", of, role), entity(other, "person", "b", its, does), False)
        for name, role, of, other, does, its in _table("same_named")
    ]


def found_same(one: Pair, names: Names) -> str | None:
    """Why the two are judged the same; None where they are not."""
    both = judge_all((one.a, one.b), Index(names), {one.a.id, one.b.id})
    return next((v.reason for v in both if v.relation == "same"), None)


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--dev", action="store_true", help="the half that was learned from and tuned on")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    parser.add_argument("--errors", action="store_true", help="print the pairs that came out wrong")
    options = parser.parse_args()
    half = 0 if options.dev else 1
    held = [a for a in shipped_actors() if hashed(a.name) % 2 == half]
    names = Names.load(without=lambda name: hashed(name) % 2 == half)
    pairs = [*positives(held), *negatives(held, NEGATIVE), *countries(options.shared), *variants()]
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    wrong = 0
    for one in pairs:
        why = found_same(one, names)
        total[one.sort] += 1
        right[one.sort] += (why is not None) == one.same
        wrong += why is not None and not one.same
        if options.errors and (why is not None) != one.same:
            sys.stdout.write(f"{one.sort}\t{one.a.name}\t{one.b.name}\t{one.a.of}\t{one.b.of}\t{why or ''}\n")
    positive = {p.sort for p in pairs if p.same}
    for sort in total:
        what = "found" if sort in positive else "kept apart"
        sys.stdout.write(f"{sort:34} {right[sort]:5} of {total[sort]:5} {what} ({right[sort] / total[sort]:.3f})\n")
    knowable = positive - set(BEYOND)
    hits = sum(right[s] for s in knowable)
    merged = [p for p in same_named() if found_same(p, names) or found_same(p, Names.shipped())]
    figures = {
        "pairs": sum(n for s, n in total.items() if s not in BEYOND),
        "precision": round(hits / (hits + wrong), 4),
        "recall": round(hits / sum(total[s] for s in knowable), 4),
        "recall, other names too": round(sum(right[s] for s in positive) / sum(total[s] for s in positive), 4),
        "same-named pairs": len(same_named()),
        "same-named pairs merged": len(merged),
        **({} if options.errors else {"entities a second": round(_speed())}),
    }
    for key, figure in figures.items():
        sys.stdout.write(f"{key}: {figure}\n")
    for one in merged:
        sys.stdout.write(f"merged: {one.a.name}\n")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf8")


BEYOND = ("family name alone", "person, another name", "organization, another name")
"""Sorts that no rule may or can join without a table."""


def _speed() -> float:
    """Entities a second, every fifth name of the people's table against one index with full tables."""
    people = [a for a in shipped_actors() if a.kind == "person"]
    entities = [entity(n, "person", str(i)) for i, a in enumerate(people) for n in a.names][::5]
    began = time.perf_counter()
    for _ in judge_all(entities, Index(Names.shipped())):
        pass
    return len(entities) / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
