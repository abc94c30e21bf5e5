"""Who is who across reports: `python bench/names.py SHARED [--dev] [--json FILE] [--errors]`.

SHARED holds `data/actors.tar.xz` (openeventdata/petrarch2) and `data/places.tar.xz`. Half of the people and organisations
of the shipped tables, by a hash of their name, are left out of the tables that are loaded here, and it is their pairs of
variants that must be found again; the rules were tuned with `--dev`, which holds out the other half. Positives: two
names of one actor. Negatives: two people with a family name in common, with a given name in common, with names that
look most alike, organisations with words in common, and any two. The dictionaries list many people twice, under two
headings: so two people of one state are a negative only where they held different offices on one day. Of states the names, adjectives and capitals of
CountryInfo are looked up in the shipped table, which was made from another list. What an actor is of is told on both
sides of half of the pairs, on one side of a quarter, on neither of a quarter, by hash.

What is listed twice nevertheless, judged by hand, stands in `bench/names_doubled.tsv` and is not counted as a negative. All pairs of `bench/same_named.tsv` are two people of one name.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import re
import sys
import tarfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from onrecord.model import Entity, EntityKind, Span
from onrecord.resolve import bodies
from onrecord.resolve import Actor, Index, Names, judge_all
from onrecord.resolve.people import keys, parts
from onrecord.resolve.spelling import fold, tokens
from onrecord.resolve.tables import shipped_actors

HERE = Path(__file__).parent
MOST_PAIRS = 6
"""Pairs of one actor."""


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


def pair(sort: str, same: bool, a: tuple[str, Actor], b: tuple[str, Actor], states: dict[str, str]) -> Pair:
    """A pair of two actors' names; what they are of is told by hash."""
    how = hashed(a[0], b[0]) % 4
    ofs = [states.get(actor.state) for _, actor in (a, b)]
    shown = (ofs[0] if how != 3 else None, ofs[1] if how in (0, 1) else None)
    return Pair(sort, entity(a[0], a[1].kind, "a", shown[0]), entity(b[0], b[1].kind, "b", shown[1]), same)


def positives(actors: list[Actor], states: dict[str, str]) -> Iterator[Pair]:
    """Two different names of one actor."""
    whole = Names.shipped()
    for actor in actors:
        if actor.kind == "organization" and any(whole.state_of(n) for n in actor.names):
            continue
        names = {fold(n): n for n in actor.names}
        pairs = sorted(itertools.combinations(names.values(), 2), key=lambda p: hashed(*p))
        for one, two in pairs[:MOST_PAIRS]:
            short = actor.kind == "person" and min(len(parts(one)), len(parts(two))) < 2
            sort = "family name alone" if short else "person" if actor.kind == "person" else _body_sort(one, two)
            yield pair(sort, True, (one, actor), (two, actor), states)


def _body_sort(one: str, two: str) -> str:
    """An acronym, the same words spelled otherwise, or another name altogether, which no rule can know."""
    if any(" " not in n and n.upper() == n for n in (one, two)):
        return "acronym"
    x, y = set(tokens(one)), set(tokens(two))
    return "organization" if len(x & y) * 2 > min(len(x), len(y)) else "organization, another name"


def negatives(actors: list[Actor], states: dict[str, str], doubled: set[frozenset[str]]) -> Iterator[Pair]:
    """Pairs of two actors."""
    people = [a for a in actors if a.kind == "person" and len(parts(a.name)) > 1]
    groups = [a for a in actors if a.kind == "organization" and len(tokens(a.name)) > 1]
    blocks: dict[str, dict[str, list[Actor]]] = {s: defaultdict(list) for s in NEGATIVE}
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
    for sort, by_key in blocks.items():
        made: dict[frozenset[str], Pair] = {}
        for key in sorted(by_key, key=hashed):
            for one, two in itertools.islice(itertools.combinations(by_key[key], 2), 40):
                names = frozenset((one.name, two.name))
                if len(names) == 2 and names not in doubled and _two(one, two):
                    made[names] = pair(sort, False, (one.name, one), (two.name, two), states)
        yield from itertools.islice(made.values(), NEGATIVE[sort])


def _two(one: Actor, two: Actor) -> bool:
    """Whether the dictionaries tell that they are two: of two states, or in different offices on one day."""
    if set(map(fold, one.names)) & set(map(fold, two.names)):
        return False
    if one.kind == "organization":
        return bodies.body(one.name, lambda _: None).core != bodies.body(two.name, lambda _: None).core
    if one.state != two.state:
        return True
    held = [[(*o.split(" ", 1)[0:1], *o.split(" ", 1)[1].split("/")) for o in a.offices if " " in o] for a in (one, two)]
    return any(
        x[0] != y[0] and max(x[1], y[1]) <= min(x[2].replace("..", LAST), y[2].replace("..", LAST))
        for x in held[0]
        for y in held[1]
    )


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


def countries(shared: Path) -> Iterator[Pair]:
    """Adjectives, names and capitals of CountryInfo against names of the shipped table, right ones and the next ones."""
    with tarfile.open(shared / "data" / "places.tar.xz") as tar:
        file = tar.extractfile("countryinfo/CountryInfo.120116.txt")
        assert file
        text = file.read().decode("latin1")
    names = {}
    for line in (HERE.parent / "src/onrecord/tables/countries.tsv").read_text(encoding="utf8").splitlines()[1:]:
        code, independent, name = line.split("\t")[:3]
        if independent == "1":
            names[code] = name
    after = dict(zip(sorted(names), [*sorted(names)[1:], sorted(names)[0]], strict=True))
    for block in text.split("<CountryCode>")[1:]:
        code = block.split("<")[0]
        if code not in names:
            continue
        for tag, most in (("CountryName", 1), ("Nationality", 1), ("Capital", 1)):
            found = re.search(rf"<{tag}>(.*?)</{tag}>", block, re.DOTALL)
            listed = [w.split("#")[0].strip() for w in found[1].splitlines()] if found else []
            for written in [w for w in listed if w][:most]:
                words = " ".join(w if len(w) < 4 else w.capitalize() for w in written.replace("_", " ").split())
                sort = "capital" if tag == "Capital" else "state"
                yield Pair(sort, entity(words, "country", "a"), entity(names[code], "country", "b"), True)
                yield Pair(f"another {sort}", entity(words, "country", "a"), entity(names[after[code]], "country", "b"), False)


def same_named() -> list[Pair]:
    """Two people of one name each, as reports write of them."""
    rows = (HERE / "same_named.tsv").read_text(encoding="utf8").splitlines()[2:]
    made = []
    for row in rows:
        name_a, role_a, of_a, _, name_b, role_b, of_b, _ = row.split("\t")
        made.append(Pair("same-named", entity(name_a, "person", "a", of_a, role_a), entity(name_b, "person", "b", of_b, role_b), False))
    return made


def found_same(one: Pair, names: Names) -> str | None:
    """Why the two are judged the same; None where they are not."""
    both = judge_all((one.a, one.b), Index(names), {one.a.id, one.b.id})
    return next((v.reason for v in both if v.relation == "same"), None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--dev", action="store_true", help="the half that the rules were tuned on")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--errors", action="store_true", help="print the pairs that came out wrong")
    options = parser.parse_args()
    half = 0 if options.dev else 1
    held = [a for a in shipped_actors() if hashed(a.name) % 2 == half]
    names = Names.load(without=lambda name: hashed(name) % 2 == half)
    table = (HERE.parent / "src/onrecord/tables/countries.tsv").read_text(encoding="utf8")
    states = {r.split("\t")[0]: r.split("\t")[2] for r in table.splitlines()[1:]}
    doubled = {frozenset(r.split("\t")[:2]) for r in (HERE / "names_doubled.tsv").read_text(encoding="utf8").splitlines()[2:]}
    pairs = [*positives(held, states), *negatives(held, states, doubled), *countries(options.shared)]
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    wrong, hits = 0, 0
    for one in pairs:
        why = found_same(one, names)
        total[one.sort] += 1
        right[one.sort] += (why is not None) == one.same
        hits += why is not None and one.same
        wrong += why is not None and not one.same
        if options.errors and (why is not None) != one.same:
            sys.stdout.write(f"{one.sort}\t{one.a.name}\t{one.b.name}\t{one.a.of}\t{one.b.of}\t{why or ''}\n")
    for sort in total:
        one_of = next(p.same for p in pairs if p.sort == sort)
        what = "found" if one_of else "kept apart"
        sys.stdout.write(f"{sort:34} {right[sort]:5} of {total[sort]:5} {what} ({right[sort] / total[sort]:.3f})\n")
    knowable = [p for p in pairs if p.same and p.sort not in BEYOND]
    found = sum(right[s] for s in {p.sort for p in knowable})
    every = sum(p.same for p in pairs)
    merged = [p for p in same_named() if found_same(p, names) or found_same(p, Names.shipped())]
    figures = {
        "pairs": len(pairs),
        "positive": every,
        "precision": round(hits / (hits + wrong), 4),
        "recall": round(found / len(knowable), 4),
        "recall, all": round(hits / every, 4),
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


BEYOND = ("family name alone", "organization, another name")
"""Sorts that no rule may or can join without a table; `recall, all` has them in."""


def _speed() -> float:
    """Entities a second, all names of the people's table against one index with full tables."""
    people = [a for a in shipped_actors() if a.kind == "person"]
    entities = [entity(n, "person", str(i)) for i, a in enumerate(people) for n in a.names]
    began = time.perf_counter()
    for _ in judge_all(entities, Index(Names.shipped())):
        pass
    return len(entities) / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
