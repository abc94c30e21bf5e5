"""Makes the tables of who is who from the data folder: `python scripts/make_tables.py SHARED`.

Reads `SHARED/data/actors.tar.xz` (openeventdata/petrarch2, MIT) and `SHARED/data/places.tar.xz` (mledoze/countries,
ODbL) and writes `countries.tsv`, `organizations.tsv` and `people.tsv` into `src/onrecord/tables`. The other tables
there are written by hand.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TABLES = Path(__file__).parent.parent / "src" / "onrecord" / "tables"
SCRIPTS = ("ara", "kor", "rus", "zho")
"""Languages in whose script a country's name is kept besides its own."""
OLD_CODES = {"ROM": "ROU", "TMP": "TLS", "ZAR": "COD", "NMR": "MNP", "KSV": "UNK", "SRB": "SRB", "GER": "DEU"}
TITLES = frozenset(
    """acting admiral advisor adviser ambassador ayatollah baron baroness bishop brigadier capt captain cardinal
    chairman chancellor chief col colonel commander congressman congresswoman crown dame deputy director doctor dr
    elect emir emperor envoy ex field first foreign former gen general gov governor grand head his her hon imam judge
    justice king lady lawmaker leader lieutenant lord lt maj major majesty marshal mayor minister mr mr. mrs mrs. ms
    mullah opposition premier president president-elect prime prince princess prof professor pm queen rep
    representative retired rev secretary secretary-general sen senator sheik sheikh shaikh sir speaker spokesman
    spokeswoman state sultan supreme the vice dr. gen. sen. rep. col. lt. maj. prof. gov. of defense defence interior
    finance us u.s. un united nations states""".split()  # noqa: SIM905
)
NOT_PEOPLE = re.compile(
    r"\b(?:administration|government|govt|regime|army|armed|forces?|military|ministry|party|council|parliament|police"
    r"|court|congress|senate|house|department|agency|office|cabinet|commission|committee|bank|brigades?|front|union"
    r"|association|movement|organi[sz]ation|group|guards?|assembly|embassy|company|corporation|front|league|tribe"
    r"|intelligence|security|authority|university|institute|navy|air|troops|officials?|state|republic|province)\b",
    re.IGNORECASE,
)
SMALL = frozenset("of the and for de du des la le el al bin ibn da do dos van von der den y e in to on by di".split())  # noqa: SIM905


@dataclass(slots=True)
class Group:
    """Names of one actor as the dictionaries list them, their codes, and the comment on the first line."""

    names: list[str]
    codes: list[str] = field(default_factory=list)
    comment: str = ""


def groups(text: str) -> Iterator[Group]:
    """A name, its variants after "+", and codes in brackets, on the same line or on lines of their own."""
    group: Group | None = None
    for line in text.splitlines():
        body, _, comment = line.partition("#")
        if not body.strip():
            continue
        codes = re.findall(r"\[([^\]]*)\]", body)
        name = re.sub(r"[\[\]].*", "", body).strip()
        if group and (name.startswith("+") or not name):
            group.names += [n for n in name.split("+") if n.strip()]
            group.codes += codes
            continue
        if group:
            yield group
        group = Group([name.lstrip("+")], codes, comment.strip())
    if group:
        yield group


def written(name: str) -> str:
    """ "VLADIMIR_PUTIN_" → "Vladimir Putin"; acronyms of up to five letters stay."""
    words = re.sub(r"\([^)]*\)", " ", name).replace("_", " ").replace("\ufffd", "").split()
    alone = len(words) == 1
    return " ".join(_cased(w, alone, i == 0) for i, w in enumerate(words)).strip(" ,.-\t")


def _cased(word: str, alone: bool, first: bool) -> str:
    if (alone and len(word) <= 5) or (re.fullmatch(r"[A-Z]{2,5}", word) and not re.search("[AEIOUY]", word)):
        return word
    if word.lower() in SMALL and not first:
        return word.lower()
    return re.sub(r"[^\W\d_]+(?:['’][^\W\d_](?!\w))?", lambda m: m[0].capitalize(), word.lower())


def person(name: str, adjectives: frozenset[str]) -> str:
    """Without titles and the states in front: "Russian President Vladimir V. Putin" → "Vladimir V. Putin"."""
    words = written(name).split()
    at = 0
    while at < len(words) and (words[at].lower() in TITLES or words[at].lower() in adjectives):
        at += 1
    return " ".join(words[at:])


def office(code: str) -> tuple[str, str] | None:
    """ "RUSGOV 991231-080507" → ("RUS", "GOV 1999-12-31/2008-05-07"). Only what has dates and is an office."""
    match = re.fullmatch(r"([A-Z]{3})([A-Z]*)\s*([<>]?)(\d{6}|\d{8})(?:-(\d{6}|\d{8}))?", code.strip())
    if match is None or match[2].startswith("ELI") or not match[2]:
        return None
    begin, end = _day(match[4]), _day(match[5]) if match[5] else ".."
    span = f"../{begin}" if match[3] == "<" else f"{begin}/{end}"
    return OLD_CODES.get(match[1], match[1]), f"{match[2]} {span}"


def _day(digits: str) -> str:
    if len(digits) == 6:
        digits = ("20" if digits[:2] < "30" else "19") + digits
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


def countries(rows: Iterable[dict[str, Any]]) -> Iterator[list[str]]:
    """Code, standard English name, other names, adjectives, capitals."""
    for row in rows:
        code, name = str(row["cca3"]), row["name"]
        native = [str(n[k]) for n in name["native"].values() for k in ("common", "official")]
        translated = row["translations"]
        others = [str(name["official"]), *native, *(str(translated[k]["common"]) for k in SCRIPTS if k in translated)]
        spelled = row["altSpellings"]
        others += [s for s in spelled if len(s) > 2]
        demonyms = row["demonyms"]
        english = demonyms.get("eng", {})
        adjectives = sorted({str(a) for a in english.values() if a})
        first = str(name["common"])
        capital = row.get("capital") or []
        independent = "1" if row["independent"] else "0"
        kept = [n for n in dict.fromkeys(others) if n != first]
        yield [code, independent, first, "|".join(kept), "|".join(adjectives), "|".join(map(str, capital))]


def actors(texts: dict[str, str], adjectives: frozenset[str]) -> tuple[list[list[str]], list[list[str]]]:
    """Rows of people (name, state, variants, offices) and of organisations (name, state, variants)."""
    people: dict[str, list[str]] = {}
    bodies: dict[str, list[str]] = {}
    for file, text in texts.items():
        for group in groups(text):
            codes = [c.split()[0] for c in group.codes if c.strip()]
            if not codes or not re.match("[A-Z]{3}", codes[0]):
                continue
            state = OLD_CODES.get(codes[0][:3], codes[0][:3])
            dated = [o for c in group.codes if (o := office(c))]
            if file == "Phoenix.Countries.actors.txt" and any(re.fullmatch("[A-Z]{3}", c) for c in codes):
                continue
            is_person = "countryinfo" in group.comment.lower() or any("ELI" in c for c in group.codes) or bool(dated)
            if is_person and not NOT_PEOPLE.search(written(group.names[0])):
                names = [n for n in dict.fromkeys(person(n, adjectives) for n in group.names) if n]
                names = [n for n in names if not NOT_PEOPLE.search(n)]
                if names and len(names[0].split()) > 1:
                    offices = "|".join(dict.fromkeys(o if s == state else f"{s}:{o}" for s, o in dated))
                    people.setdefault(names[0], [names[0], state, "|".join(names[1:]), offices])
            elif not is_person:
                names = [n for n in dict.fromkeys(map(written, group.names)) if len(n) > 1]
                if names:
                    bodies.setdefault(names[0], [names[0], state, "|".join(names[1:])])
    return sorted(people.values()), sorted(bodies.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    data: Path = parser.parse_args().shared / "data"
    with tarfile.open(data / "places.tar.xz") as places:
        member = places.extractfile("countries/countries.json")
        if member is None:
            raise SystemExit("places.tar.xz lacks countries/countries.json")
        states = list(countries(json.load(member)))
    adjectives = frozenset(w.lower() for s in states for w in s[4].split("|") if w)
    with tarfile.open(data / "actors.tar.xz") as tar:
        texts = {}
        for name in ("Countries", "International", "MilNonState"):
            member = tar.extractfile(f"dictionaries/Phoenix.{name}.actors.txt")
            if member is None:
                raise SystemExit(f"actors.tar.xz lacks {name}")
            texts[f"Phoenix.{name}.actors.txt"] = member.read().decode("utf8", "replace")
    people, bodies = actors(texts, adjectives)
    for table, head, rows in (
        ("countries", "code\tindependent\tname\tnames\tadjectives\tcapitals", states),
        ("people", "name\tstate\tvariants\toffices", people),
        ("organizations", "name\tstate\tvariants", bodies),
    ):
        body = "\n".join([head, *("\t".join(r) for r in rows)]) + "\n"
        (TABLES / f"{table}.tsv").write_text(body, encoding="utf8")
        sys.stdout.write(f"{table}.tsv: {len(rows)} rows, {len(body.encode()) // 1024} KiB\n")


if __name__ == "__main__":
    main()
