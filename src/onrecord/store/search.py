"""Search over the word indexes of SQLite. What people type never reaches the index as a query of its own: every word is
quoted, and whatever has no letter or digit is refused.

Filters are words of the index, too, so that an answer costs no more when it is narrow. Answers come newest recorded
first; ranking looks at the newest 600 (of texts 200) that fit, and then at the next, so that it costs the same in a
record of any size. Within such a window an answer ranks by how much of it are the words asked for.
"""
# ruff: noqa: S608 - the SQL is put together from names written here; what people type goes in as parameters

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, get_args

from sqlalchemy import Connection, func, select, text

from onrecord.errors import UsageError
from onrecord.model import Act, EvidenceType, Modality
from onrecord.store import schema as t
from onrecord.store.fold import fold, has_words
from onrecord.store.identities import cluster_of
from onrecord.store.meanings import word_of
from onrecord.store.packing import from_json
from onrecord.store.read import heads, saids, seqs_below
from onrecord.store.rows import Head, Hit, Mark, Page, Query, Said, Source, Voice

WINDOW = {"content": 600, "text": 200}
"""How many answers are ranked against each other."""

MOST = 1000
"""Largest `limit`."""

MOST_NAMED = 50
"""Entities of several names that a name is taken to mean, the most quoted first."""

_OPEN, _SHUT = "\ue000", "\ue001"
_BEFORE, _ROOM = 60, 240
_AVERAGE_WORDS = {"content": 20, "text": 600}
_WORD = re.compile(r'"([^"]*)"(\*?)|([^\s"]+)')
_CURSOR = re.compile(r"(\d{1,18})\.(\d{1,4})")


@dataclass(frozen=True, slots=True)
class _Index:
    """One of the two word indexes, and its columns that `words` are sought in; highlighting is of column `shown`."""

    name: str
    columns: str
    shown: int


_INDEX = {"content": _Index("said", "content", 0), "text": _Index("texts", "headline text", 1)}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where to go on: among rows below `below`, after the `skip` best of the window that begins there."""

    below: int | None
    skip: int

    def __str__(self) -> str:
        return f"{self.below}.{self.skip}"


def search(connection: Connection, query: Query) -> Page[Hit]:
    """Answers to a query. Raises UsageError."""
    _check(query)
    place = _place(query.cursor)
    match = _match(connection, query)
    if match is None:
        table = t.attributions if query.field == "content" else t.reports
        seqs = list(seqs_below(connection, table, place.below, query.limit + 1))
        return Page(tuple(_hits(connection, query.field, seqs[: query.limit], {})), _next(seqs, query.limit))
    if query.order == "newest":
        marked = _matching(connection, query.field, match, place.below, query.limit + 1)
        seqs = list(marked)
        return Page(tuple(_hits(connection, query.field, seqs[: query.limit], marked)), _next(seqs, query.limit))
    return _best(connection, query, match, place)


def _best(connection: Connection, query: Query, match: str, place: _Place) -> Page[Hit]:
    size, hits = WINDOW[query.field], list[Hit]()
    while True:
        marked = _matching(connection, query.field, match, place.below, size)
        seqs = list(marked)
        ranked = sorted(seqs, key=lambda seq: (-_weight(marked[seq], query.field), -seq))
        upto = place.skip + query.limit - len(hits)
        hits += _hits(connection, query.field, ranked[place.skip : upto], marked)
        if upto < len(seqs):
            return Page(tuple(hits), str(_Place(seqs[0] + 1, upto)))
        if len(seqs) < size:
            return Page(tuple(hits), None)
        place = _Place(seqs[-1], 0)
        if len(hits) == query.limit:
            return Page(tuple(hits), str(place))


def _next(seqs: list[int], limit: int) -> str | None:
    return str(_Place(seqs[limit - 1], 0)) if len(seqs) > limit else None


def _matching(connection: Connection, field: str, match: str, below: int | None, limit: int) -> dict[int, str]:
    """The newest rows that fit: `seq` → content or text with the words marked."""
    index = _INDEX[field]
    under = "" if below is None else "AND rowid < :below"
    sql = (
        f"SELECT rowid, highlight({index.name}, {index.shown}, :open, :shut) FROM {index.name} "
        f"WHERE {index.name} MATCH :match {under} ORDER BY rowid DESC LIMIT :limit"
    )
    values: dict[str, Any] = {"match": match, "open": _OPEN, "shut": _SHUT, "limit": limit}
    if below is not None:
        values["below"] = below
    return dict(connection.execute(text(sql), values).all())


def _weight(marked: str, field: str) -> float:
    found, words = marked.count(_OPEN), marked.count(" ") + 1
    return found / (found + 0.5 + words / _AVERAGE_WORDS[field])


def _hits(connection: Connection, field: str, seqs: list[int], marked: dict[int, str]) -> Iterator[Hit]:
    if field == "content":
        for said, seq in zip(saids(connection, seqs), seqs, strict=True):
            snippet, marks = _snippet(marked.get(seq) or " … ".join(quote.text for quote in said.content))
            yield Hit(said.report, said, snippet, marks)
        return
    found = heads(connection, seqs)
    r = t.reports.c
    unmarked = select(r.seq, func.substr(r.text, 1, _ROOM + 1)).where(r.seq.in_([s for s in seqs if s not in marked]))
    begins: dict[int, str] = dict(connection.execute(unmarked).all())
    for seq in seqs:
        snippet, marks = _snippet(marked[seq] if seq in marked else begins[seq])
        yield Hit(found[seq], None, snippet, marks)


def _snippet(marked: str) -> tuple[str, tuple[Mark, ...]]:
    """The part around the first mark, at most some 240 characters, `…` where it is cut; and its marks."""
    pieces = re.split(f"([{_OPEN}{_SHUT}])", marked)
    plain, marks, start = "", [], None
    for piece in pieces:
        if piece == _OPEN:
            start = len(plain)
        elif piece == _SHUT and start is not None:
            marks.append(Mark(start, len(plain)))
            start = None
        elif piece not in (_OPEN, _SHUT):
            plain += piece
    begin = _cut(plain, max(0, marks[0].start - _BEFORE)) if marks and marks[0].start > _BEFORE else 0
    end = _cut(plain, begin + _ROOM) if len(plain) > begin + _ROOM else len(plain)
    before, after = "…" if begin else "", "…" if end < len(plain) else ""
    shift = begin - len(before)
    kept = tuple(Mark(m.start - shift, m.end - shift) for m in marks if m.end <= end)
    return f"{before}{plain[begin:end]}{after}", kept


def _cut(plain: str, at: int) -> int:
    blank = plain.rfind(" ", max(0, at - 30), at)
    return blank + 1 if blank >= 0 else at if at > 30 else 0


def _match(connection: Connection, query: Query) -> str | None:
    """The index query that says what `query` says; None where it asks for everything."""
    parts = []
    if query.words.strip():
        parts.append(f"{{{_INDEX[query.field].columns}}} : ({_all_of(query.words, 'words')})")
    for column in ("source", "cue", "publisher"):
        if (asked := getattr(query, column)).strip():
            parts.append(f"{column} : ({_all_of(asked, column)})")
    if query.entity.strip():
        parts.append(f"who : ({_any_name(connection, query.entity, 'entity')})")
    if query.kind:
        parts.append(f'kind : "{query.kind}"')
    for field in ("act", "modality", "evidence", "voice"):
        if (value := getattr(query, field)) is not None:
            parts.append(f'means : "{word_of(field, value)}"')
    if query.distance:
        parts.append(f'means : "{word_of("distance", "yes")}"')
    if query.since or query.until:
        parts.append(f"day : ({' OR '.join(_days(connection, query))})")
    return " AND ".join(parts) or None


def _all_of(words: str, name: str) -> str:
    """Every word or quoted phrase, each quoted for the index. Raises UsageError where there is none to look for."""
    quoted = []
    for phrase, star, word in _WORD.findall(words.replace("\x00", " ").encode(errors="replace").decode()):
        begins = star or word.endswith("*")
        bare = (phrase or word).strip("*")
        if any(c.isalnum() for c in bare):
            quoted.append(f'"{bare}"' + (" *" if begins else ""))
    if not quoted:
        raise UsageError("there is no letter or digit to look for.", which=f"{name} {words!r}", advice="Give a word.")
    return " AND ".join(quoted)


def _any_name(connection: Connection, words: str, name: str) -> str:
    """Every word, or one of the names under which reports have those of whose names one has every word."""
    asked = _all_of(words, name)
    folded = fold(words).split()
    where = " AND ".join(f"folded LIKE :w{k}" for k in range(len(folded)))
    sql = f"""SELECT names FROM entity_counts WHERE {where} AND several
        ORDER BY attributions DESC LIMIT {MOST_NAMED}"""
    rows = connection.execute(text(sql), {f"w{k}": f"% {word} %" for k, word in enumerate(folded)})
    others = {fold(other).strip() for names in rows.scalars() for other, _ in from_json(names)}
    return " OR ".join([f"({asked})", *(f'"{other}"' for other in sorted(others) if other)])


def _days(connection: Connection, query: Query) -> Iterable[str]:
    """The days asked for, as the fewest years, months and days that make them up."""
    dated = "FROM reports WHERE published GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*'"
    bounds = connection.execute(text(f"SELECT (SELECT min(published) {dated}), (SELECT max(published) {dated})")).one()
    since = max(query.since or "", f"{(bounds[0] or '9999')[:4]}-01-01")
    until = min(query.until or "9999-12-31", f"{(bounds[1] or '0000')[:4]}-12-31")
    return list(_cover(since, until)) or ['"none"']


def _cover(since: str, until: str) -> Iterator[str]:
    day = since
    while day <= until:
        year, month = day[:4], day[:7]
        if day.endswith("-01-01") and f"{year}-12-31" <= until:
            yield f'"{year}"'
            day = f"{int(year) + 1:04}-01-01"
        elif day.endswith("-01") and f"{month}-31" <= until:
            yield f'"{month.replace("-", "")}"'
            day = f"{year}-{int(month[5:]) + 1:02}-01" if month[5:] != "12" else f"{int(year) + 1:04}-01-01"
        else:
            yield f'"{day.replace("-", "")}"'
            day = _after(day)


def _after(day: str) -> str:
    if day >= "9999-12-31":
        return "99999"
    return (date.fromisoformat(day) + timedelta(1)).isoformat()


def _check(query: Query) -> None:
    check_limit(query.limit)
    allowed = {
        "field": ("content", "text"),
        "kind": (None, "direct", "indirect", "mixed"),
        "order": ("best", "newest"),
        "act": (None, *get_args(Act)),
        "modality": (None, *get_args(Modality)),
        "evidence": (None, *get_args(EvidenceType)),
        "voice": (None, *get_args(Voice)),
    }
    for name, values in allowed.items():
        if getattr(query, name) not in values:
            one_of = ", ".join(str(v) for v in values if v)
            raise UsageError(f"{getattr(query, name)!r} is no {name}.", which=name, advice=f"Give one of: {one_of}.")
    of_said = ("source", "cue", "kind", "act", "modality", "evidence", "entity", "voice", "distance")
    if query.field == "text" and any(getattr(query, name) for name in of_said):
        raise UsageError(
            "texts are filtered by publisher and day only.",
            which="field",
            advice="Search contents to filter by source, cue, kind, act and the like.",
        )
    for name in ("since", "until"):
        if day := getattr(query, name):
            day_bound(name, day)


def day_bound(name: str, day: str) -> str:
    """The day itself. Raises UsageError where it is none."""
    if not _is_day(day):
        raise UsageError(f"{day!r} is no day.", which=name, advice="Give it as 2026-05-03.")
    return day


def _is_day(day: str) -> bool:
    try:
        return date.fromisoformat(day).isoformat() == day
    except ValueError:
        return False


def check_limit(limit: int) -> None:
    """Raises UsageError where a limit is out of bounds."""
    if not 1 <= limit <= MOST:
        raise UsageError(f"{limit} is out of bounds.", which="limit", advice=f"Give 1 … {MOST}.")


def _place(cursor: str | None) -> _Place:
    if cursor is None:
        return _Place(None, 0)
    if not (found := _CURSOR.fullmatch(cursor)):
        raise UsageError("this is no cursor.", which=repr(cursor), advice="Take the one of the page before.")
    return _Place(int(found[1]), int(found[2]))


def below(cursor: str | None) -> int | None:
    """The `seq` that a cursor goes on below. Raises UsageError."""
    return _place(cursor).below


def who(connection: Connection, name: str, limit: int, cursor: str | None) -> Page[Said]:
    """Attributions whose source, or whom it leads to, has every word of a name, newest recorded first; of an entity's
    id (`entity-…`), those of that one alone.

    Raises UsageError.
    """
    check_limit(limit)
    words, lowest = fold(name), below(cursor)
    if name.startswith("entity-"):
        said_by = _said_by(connection, name, lowest, limit + 1)
        return Page(tuple(saids(connection, said_by[:limit])), _next(said_by, limit))
    match = f"{{source who}} : ({_all_of(name, 'name')}) OR who : ({_any_name(connection, name, 'name')})"
    found: list[Said] = []
    seqs: list[int] = []
    while len(found) <= limit:
        batch = list(_matching(connection, "content", match, lowest, limit + 1))
        for seq, said in zip(batch, saids(connection, batch), strict=True):
            if _is_of(connection, said, words):
                found.append(said)
                seqs.append(seq)
        if len(batch) <= limit:
            break
        lowest = batch[-1]
    return Page(tuple(found[:limit]), _next(seqs, limit))


def _said_by(connection: Connection, entity: str, lowest: int | None, limit: int) -> list[int]:
    """The newest attributions of one who speaks over all reports, by id of any member."""
    cluster = cluster_of(connection, entity)
    under = "" if lowest is None else "AND attribution_seq < :below"
    sql = f"""SELECT attribution_seq FROM voices WHERE member IN
        (SELECT member FROM clusters WHERE cluster = :cluster UNION SELECT :cluster) {under}
        ORDER BY attribution_seq DESC LIMIT :limit"""
    values: dict[str, Any] = {"cluster": cluster, "limit": limit, **({} if lowest is None else {"below": lowest})}
    return list(connection.execute(text(sql), values).scalars())


def _is_of(connection: Connection, said: Said, words: str) -> bool:
    """Whether the source, whom it leads to, or another name of the same one has every word."""
    named = (said.source.text if said.source else None, said.source_name, said.entity_name)
    if any(has_words(fold(n), words) for n in named if n):
        return True
    if said.entity is None:
        return False
    asked = text("SELECT names FROM entity_counts WHERE entity = :e")
    names = connection.execute(asked, {"e": said.entity}).scalar()
    return any(has_words(fold(other), words) for other, _ in from_json(names)) if names else False


def sources(connection: Connection, words: str, limit: int, offset: int) -> list[Source]:
    """Sources as written, most attributions first; with words, those that contain every one."""
    check_limit(limit)
    asked = fold(words).split()
    where = " AND ".join(f"folded LIKE :w{k}" for k in range(len(asked))) or "TRUE"
    values: dict[str, Any] = {f"w{k}": f"% {word} %" for k, word in enumerate(asked)}
    sql = f"""SELECT source, sum(attributions) AS n, sum(reports), json_group_array(publisher), min(first), max(last)
        FROM source_counts WHERE {where} GROUP BY source ORDER BY n DESC, source LIMIT :limit OFFSET :offset"""
    rows = connection.execute(text(sql), values | {"limit": limit, "offset": max(0, offset)})
    return [Source(s, n, reports, _publishers(held), first, last) for s, n, reports, held, first, last in rows]


def _publishers(held: str) -> tuple[str, ...]:
    return tuple(sorted(name for name in from_json(held) if name))


def count_sources(connection: Connection) -> int:
    """How many different sources, as written."""
    counted: int = connection.execute(text("SELECT count(DISTINCT source) FROM source_counts")).scalar_one()
    return counted


def newest_reports(connection: Connection, limit: int, cursor: str | None) -> Page[Head]:
    """The reports, newest recorded first. Raises UsageError."""
    check_limit(limit)
    seqs = list(seqs_below(connection, t.reports, below(cursor), limit + 1))
    found = heads(connection, seqs)
    return Page(tuple(found[seq] for seq in seqs[:limit]), _next(seqs, limit))
