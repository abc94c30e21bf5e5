"""How rows become answers: reports, attributions, readings, failures, counts. Queries only, in portable SQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, func, select, text

from onrecord.errors import NotFound, StoreError, TakenDown
from onrecord.model import Attribution, Extraction, Meaning, RawReport, Report, Run, Span, address
from onrecord.store import reviews
from onrecord.store import schema as t
from onrecord.store.corrected import corrected
from onrecord.store.identities import UNKNOWN
from onrecord.store.meanings import entities, meaning_of, meanings
from onrecord.store.observed import report_of, set_aside_parts
from onrecord.store.packing import from_json, given_of, moment, unpack_bytes
from onrecord.store.rows import FailureRow, Head, Judgement, Quote, Reading, Said
from onrecord.voices import chains, inside

_DIGITS = frozenset("0123456789abcdef")
CANDIDATES = 5
"""How many ids a NotFound names where a prefix fits several."""
_FRONTS = ("https://", "http://", "https://www.", "http://www.")
NEAR = 200
"""Addresses that begin with a report's own, among which its versions are looked for."""
_LAST = "\U0010ffff"


def full_id(connection: Connection, table: Table, kind: str, prefix: str) -> str:
    """The one id that is, or begins with, the prefix (with or without `KIND-sha256-`). Raises NotFound."""
    stem = f"{kind}-sha256-"
    digits = prefix.removeprefix(stem).lower()
    column = table.c.id
    found: list[str] = []
    if digits and set(digits) <= _DIGITS:
        low, high = stem + digits, stem + digits + "g"
        query = select(column).where(column >= low, column < high).order_by(column).limit(CANDIDATES + 1)
        found = list(connection.execute(query).scalars())
    if not found and kind == "report":
        _tell_takedown(connection, stem + digits)
    if not found:
        raise NotFound(f"there is no such {kind} in the record.", which=prefix or "(empty)", advice=_HELP[kind])
    if len(found) > 1 and found[0] != stem + digits:
        more = " …" if len(found) > CANDIDATES else ""
        raise NotFound(
            f"this fits several {kind}s: {', '.join(found[:CANDIDATES])}{more}.",
            which=prefix,
            advice="Give more digits.",
        )
    return found[0]


def _tell_takedown(connection: Connection, stem: str) -> None:
    """Raises TakenDown where one report whose id begins so was taken down."""
    d = t.takedowns.c
    query = select(t.takedowns).where(d.report_id >= stem, d.report_id < stem + "g").order_by(d.seq.desc())
    rows = connection.execute(query).all()
    if len({row.report_id for row in rows}) == 1:
        on = datetime.fromisoformat(rows[0].at)
        raise TakenDown(
            f"this report was taken down on {on:%Y-%m-%d} by {rows[0].by}: {rows[0].reason}.", which=rows[0].report_id
        )


_HELP = {
    "report": "`onrecord search` finds reports.",
    "attribution": "`onrecord search` finds attributions.",
    "judgement": "`onrecord entity log` lists judgements.",
    "reply": "`onrecord replies` lists replies.",
}


def heads(connection: Connection, report_seqs: Iterable[int]) -> dict[int, Head]:
    """The reports in one line each, by `seq`."""
    r = t.reports.c
    first = (
        select(t.readings.c.origin)
        .where(t.readings.c.report_seq == r.seq)
        .order_by(t.readings.c.seq)
        .limit(1)
        .scalar_subquery()
    )
    query = select(r.seq, r.id, r.headline, r.publisher, r.published, r.url, first.label("origin"))
    rows = connection.execute(query.where(r.seq.in_(set(report_seqs))))
    return {x.seq: Head(x.id, x.headline, x.publisher, x.published, x.url, x.origin) for x in rows}


def versions(connection: Connection, report_id: str) -> list[Head]:
    """Reports at the address of this one, itself among them, by publication, then by recording."""
    r = t.reports.c
    row = connection.execute(select(r.seq, r.url).where(r.id == report_id)).one()
    seqs = {row.seq}
    if row.url:
        found = addresses_of(connection, row.url)
        query = select(r.seq).where(r.url.in_(bindparam("urls", expanding=True)))
        seqs |= set(connection.execute(query, {"urls": sorted(found)}).scalars())
    every = heads(connection, seqs)
    return [every[seq] for seq in sorted(every, key=lambda seq: (every[seq].published or "", seq))]


def addresses_of(connection: Connection, url: str) -> set[str]:
    """The addresses of reports that mean the same as this one."""
    column = t.reports.c.url
    same = address(url)
    stem, found = same.partition("?")[0], set[str]()
    for front in _FRONTS:
        low = front + stem
        near = select(column).where(column >= low, column < low + _LAST).distinct().order_by(column).limit(NEAR)
        found |= {each for each in connection.execute(near).scalars() if address(each) == same}
    return found


def saids(connection: Connection, seqs: Sequence[int]) -> list[Said]:
    """The attributions with these `seq`s, in that order."""
    rows = {row.seq: row for row in connection.execute(select(t.attributions).where(t.attributions.c.seq.in_(seqs)))}
    spans: dict[int, list[Row[Any]]] = {}
    in_order = select(t.contents).where(t.contents.c.attribution_seq.in_(seqs)).order_by(*t.contents.primary_key)
    for span in connection.execute(in_order):
        spans.setdefault(span.attribution_seq, []).append(span)
    s = t.sightings
    newest = select(s).where(s.c.attribution_seq.in_(seqs)).order_by(s.c.run_seq)
    seen = {row.attribution_seq: row for row in connection.execute(newest)}
    reports = heads(connection, {row.report_seq for row in rows.values()})
    held = connection.execute(select(t.meanings).where(t.meanings.c.attribution_seq.in_(seqs)))
    meant = {(row.run_seq, row.attribution_seq): (row, meaning_of(row.data)) for row in held}
    quoting = {k for (_, k), (_, m) in meant.items() if m.evidence or m.distance}
    decided = reviews.decisions(connection, seqs)
    quoting |= set(decided)
    texts = _texts(connection, [seq for seq in spans if len(spans[seq]) > 1 or seq in quoting])
    around = _chains(connection, {(row.report_seq, seen[k].run_seq) for k, row in rows.items()})
    speaking = speaking_in(connection, seqs)
    return [
        _meant(
            _said(
                rows[k],
                spans[k],
                seen[k],
                reports[rows[k].report_seq],
                texts.get(k),
                around.get((seen[k].run_seq, k), ()),
            ),
            meant.get((seen[k].run_seq, k)),
            texts.get(k, ""),
            speaking.get(k),
            decided.get(k, ()),
        )
        for k in seqs
        if k in rows
    ]


def _chains(connection: Connection, asked: set[tuple[int, int]]) -> dict[tuple[int, int], tuple[Row[Any], ...]]:
    """By run and attribution, those in whose content it stands, innermost first; of reports as runs saw them."""
    reports = sorted({report for report, _ in asked})
    seen: dict[tuple[int, int], tuple[dict[int, tuple[int, int, int]], list[tuple[int, int, int]]]] = {}
    rows: dict[int, Row[Any]] = {}
    for row in connection.execute(_IN_REPORTS, {"reports": reports}):
        seq, report, run_seq, source, source_end, cue, cue_end, start, end = row[:9]
        if (report, run_seq) not in asked:
            continue
        wholes, contents = seen.setdefault((report, run_seq), ({}, []))
        rows[seq] = row
        contents.append((start, end, seq))
        first, last, _ = wholes.get(seq, (start, end, seq))
        starts = [at for at in (first, start, source, cue) if at is not None]
        ends = [at for at in (last, end, source_end, cue_end) if at is not None]
        wholes[seq] = (min(starts), max(ends), seq)
    on_word: dict[int, dict[int, str]] = {}
    for row in connection.execute(_ON_WORD, {"reports": reports}):
        on_word.setdefault(row.run_seq, {})[row.attribution_seq] = row.within
    found = {}
    for (_, run_seq), (wholes, contents) in seen.items():
        outer_of = inside(list(wholes.values()), contents)
        by_id = {rows[k].id: k for k in wholes}
        outer_of |= {k: by_id[name] for k, name in on_word.get(run_seq, {}).items() if k in wholes and name in by_id}
        for seq, chain in chains(outer_of).items():
            found[run_seq, seq] = tuple(rows[outer] for outer in chain)
    return found


_IN_REPORTS = text(
    """SELECT a.seq, a.report_seq, s.run_seq, a.source_start, a.source_end, a.cue_start, a.cue_end, c.start, c.end,
        a.id, a.source FROM attributions a JOIN sightings s ON s.attribution_seq = a.seq
    JOIN contents c ON c.attribution_seq = a.seq WHERE a.report_seq IN :reports"""
).bindparams(bindparam("reports", expanding=True))
_ON_WORD = text(
    """SELECT m.run_seq, m.attribution_seq, m.within FROM meanings m JOIN attributions a ON a.seq = m.attribution_seq
    WHERE a.report_seq IN :reports AND m.within IS NOT NULL"""
).bindparams(bindparam("reports", expanding=True))
_SPEAKING = text(
    """SELECT v.attribution_seq, k.entity, k.name AS known_as, v.name, v.kind FROM voices v
    LEFT JOIN clusters c ON c.member = v.member JOIN entity_counts k ON k.entity = coalesce(c.cluster, v.member)
    WHERE v.attribution_seq IN :seqs AND v.kind <> :unknown"""
).bindparams(bindparam("seqs", expanding=True))


def speaking_in(connection: Connection, seqs: Iterable[int]) -> dict[int, tuple[str | None, str, str, str]]:
    """Of attributions by `seq` who speaks: over all reports (None: nobody by name), as that one is called there, as in
    this report, and the kind."""
    found = {}
    for row in connection.execute(_SPEAKING, {"seqs": list(seqs), "unknown": UNKNOWN}):
        entity = row.entity if row.entity.startswith("entity-") else None
        found[row.attribution_seq] = (entity, row.known_as, row.name, row.kind)
    return found


def _span(row: Row[Any], name: str) -> Span | None:
    start = getattr(row, f"{name}_start")
    return Span(start, getattr(row, f"{name}_end")) if start is not None else None


def _texts(connection: Connection, seqs: Sequence[int]) -> dict[int, str]:
    query = select(t.attributions.c.seq, t.reports.c.text).join(
        t.reports, t.reports.c.seq == t.attributions.c.report_seq
    )
    return {row.seq: row.text for row in connection.execute(query.where(t.attributions.c.seq.in_(seqs)))}


def _said(
    row: Row[Any], spans: list[Row[Any]], seen: Row[Any], head: Head, text: str | None, chain: Sequence[Row[Any]]
) -> Said:
    def quote(name: str) -> Quote | None:
        start = getattr(row, f"{name}_start")
        return Quote(start, getattr(row, f"{name}_end"), getattr(row, name)) if start is not None else None

    content = tuple(Quote(s.start, s.end, text[s.start : s.end] if text is not None else row.content) for s in spans)
    within, voices = chain[0].id if chain else None, tuple(outer.source for outer in chain)
    return Said(row.id, head, quote("source"), quote("cue"), content, seen.kind, seen.score, within, voices)


def _meant(
    said: Said,
    meant: tuple[Row[Any], Meaning] | None,
    report: str,
    speaking: tuple[str | None, str, str, str] | None,
    decided: Sequence[Judgement],
) -> Said:
    """With what the newest run worked out of it, who speaks, and what people decided of it."""
    more: dict[str, Any] = {}
    if speaking:
        entity, known_as, name, kind = speaking
        more = {
            "entity": entity,
            "entity_name": known_as if entity else None,
            "source_name": name,
            "source_kind": kind,
        }
    if meant is not None:
        m = meant[1]

        def quote(span: Span) -> Quote:
            return Quote(span.start, span.end, span.of(report))

        more |= {
            "act": m.act,
            "modality": m.modality,
            "distance": tuple(map(quote, m.distance)),
            "evidence": tuple(quote(e.span) for e in m.evidence),
            "evidence_types": tuple(e.type for e in m.evidence),
            "about": m.about,
            "said_on": m.said_on,
        }
    return corrected(replace(said, **more), report, reviews.review_of(decided) if decided else None)


def attributions(connection: Connection, report_id: str) -> list[Said]:
    """All attributions of a report, in the order of its text."""
    query = (
        select(t.attributions.c.seq)
        .join(t.reports, t.reports.c.seq == t.attributions.c.report_seq)
        .where(t.reports.c.id == report_id)
    )
    found = saids(connection, list(connection.execute(query).scalars()))
    return sorted(found, key=lambda said: (said.content[0].start, said.content[0].end, said.id))


def extraction(connection: Connection, report_seq: int) -> Extraction:
    """A report as first read, with what the newest of its runs found and set aside."""
    e, r = t.examinations.c, t.readings.c
    query = select(e.run_seq, e.reading_seq).join(t.readings, r.seq == e.reading_seq).where(r.report_seq == report_seq)
    newest = connection.execute(query.order_by(e.run_seq.desc(), e.seq)).first()
    if newest is None:
        raise StoreError("no run has read this report.", which=f"report {report_seq}", advice="Run `onrecord verify`.")
    report = first_report(connection, report_seq)
    meant = meanings(connection, report_seq, newest.run_seq)
    found = run_attributions(connection, report_seq, newest.run_seq, report.id)
    found = [replace(a, meaning=meant[a.id]) if a.id in meant else a for a in found]
    parts = set_aside_parts(connection, newest.reading_seq, newest.run_seq)
    named = entities(connection, report_seq, newest.run_seq, report.id)
    return Extraction(report, tuple(found), run(connection, newest.run_seq), parts, named)


def first_report(connection: Connection, report_seq: int) -> Report:
    """A report as it was first read."""
    row = connection.execute(select(t.reports).filter_by(seq=report_seq)).one()
    first = select(t.readings).filter_by(report_seq=report_seq).order_by(t.readings.c.seq).limit(1)
    reading = connection.execute(first).one()
    raw_sha256 = connection.execute(select(t.raws.c.sha256).filter_by(seq=reading.raw_seq)).scalar_one()
    return report_of(row, reading, raw_sha256, set_aside_parts(connection, reading.seq, None))


def run(connection: Connection, run_seq: int) -> Run:
    """An engine at work."""
    row = connection.execute(select(t.runs).filter_by(seq=run_seq)).one()
    return Run(row.engine, row.version, from_json(row.settings))


def run_attributions(connection: Connection, report_seq: int, run_seq: int, report_id: str) -> list[Attribution]:
    """What one run saw in a report, in the order of its text."""
    a, s, c = t.attributions.c, t.sightings.c, t.contents.c
    query = (
        select(t.attributions, s.kind, s.score, c.start, c.end)
        .join(t.sightings, s.attribution_seq == a.seq)
        .join(t.contents, c.attribution_seq == a.seq)
        .where(a.report_seq == report_seq, s.run_seq == run_seq)
        .order_by(a.seq, c.n)
    )
    rows: dict[int, tuple[Row[Any], list[Span]]] = {}
    for row in connection.execute(query):
        rows.setdefault(row.seq, (row, []))[1].append(Span(row.start, row.end))
    found = [
        Attribution(
            report_id,
            _span(row, "source"),
            _span(row, "cue"),
            tuple(spans),
            row.kind,
            row.score,
        )
        for row, spans in rows.values()
    ]
    return sorted(found, key=lambda x: (x.content, x.source or Span(0, 1), x.cue or Span(0, 1)))


def readings(connection: Connection, report_id: str) -> list[Reading]:
    """From where and when a report was read."""
    r = t.readings.c
    query = (
        select(r.id, t.raws.c.sha256, r.origin, r.captured, r.delivered_by, r.read_at)
        .join(t.reports, t.reports.c.seq == r.report_seq)
        .join(t.raws, t.raws.c.seq == r.raw_seq)
        .where(t.reports.c.id == report_id)
        .order_by(r.seq)
    )
    return [
        Reading(x.id, report_id, x.sha256, x.origin, moment(x.captured), x.delivered_by, _when(x.read_at))
        for x in connection.execute(query)
    ]


def raw_reports(connection: Connection, report_id: str) -> list[RawReport]:
    """What a report was read from: the bytes, and what came with them."""
    r, w = t.readings.c, t.raws.c
    query = (
        select(w.codec, w.data, w.bytes, r.form, r.origin, r.captured, r.delivered_by, r.given)
        .join(t.reports, t.reports.c.seq == r.report_seq)
        .join(t.raws, w.seq == r.raw_seq)
        .where(t.reports.c.id == report_id)
        .order_by(r.seq)
    )
    return [
        RawReport(
            unpack_bytes(x.codec, x.data, x.bytes),
            x.form,
            x.origin,
            moment(x.captured),
            x.delivered_by,
            given_of(from_json(x.given)),
        )
        for x in connection.execute(query)
    ]


def raw(connection: Connection, raw_sha256: str) -> bytes:
    """The bytes as they were read. Raises NotFound; ValueError where they are damaged."""
    row = connection.execute(select(t.raws).filter_by(sha256=raw_sha256)).first()
    if row is None:
        raise NotFound("no such bytes are in the record.", which=raw_sha256, advice="`onrecord show` names a report's.")
    return unpack_bytes(row.codec, row.data, row.bytes)


def failures(connection: Connection, *, resolved: bool) -> list[FailureRow]:
    """Failures, oldest first; the resolved ones only if asked for."""
    f, done = t.failures.c, t.resolutions.c
    query = (
        select(t.failures, done.at.label("done")).outerjoin(t.resolutions, done.failure_seq == f.seq).order_by(f.seq)
    )
    if not resolved:
        query = query.where(done.seq.is_(None))
    return [
        FailureRow(x.origin, x.stage, x.reason, x.advice, _when(x.at), moment(x.done))
        for x in connection.execute(query.order_by(f.seq))
    ]


def counts(connection: Connection) -> dict[str, int]:
    """How many of each the record holds."""
    tables = {"reports": t.reports, "readings": t.readings, "attributions": t.attributions, "runs": t.runs}
    tables["judgements"] = t.judgements
    held = {
        name: connection.execute(select(func.count()).select_from(table)).scalar_one() for name, table in tables.items()
    }
    p, r = t.set_aside.c, t.readings.c
    whole = select(func.count(r.report_seq.distinct())).join(t.set_aside, p.reading_seq == r.seq)
    whole = whole.where(p.run_seq.is_not(None), p.start.is_(None), p.raw_start.is_(None))
    held["set_aside"] = connection.execute(whole).scalar_one()
    done = t.resolutions.c.failure_seq
    unresolved = select(func.count()).select_from(t.failures).where(t.failures.c.seq.not_in(select(done)))
    held["failures"] = connection.execute(unresolved).scalar_one()
    return held


def report_seqs(connection: Connection, after: int, limit: int) -> list[int]:
    """The next reports in the order of recording."""
    seq = t.reports.c.seq
    return list(connection.execute(select(seq).where(seq > after).order_by(seq).limit(limit)).scalars())


def seqs_below(connection: Connection, table: Table, below: int | None, limit: int) -> Iterator[int]:
    """The newest rows of a table, newest first, below a `seq`."""
    query = select(table.c.seq).order_by(table.c.seq.desc()).limit(limit)
    if below is not None:
        query = query.where(table.c.seq < below)
    yield from connection.execute(query).scalars()


def _when(text: str) -> datetime:
    return datetime.fromisoformat(text)
