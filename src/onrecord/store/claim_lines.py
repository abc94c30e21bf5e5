"""Claims in a list: who stands where is counted from a few columns, without making every attribution on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, text

from onrecord.store import read
from onrecord.store.claim_rows import NOBODY, Bearer, ClaimLine, day_of, voice_of

_PART = 500
_SIZES = text("SELECT claim, wording_seq, named FROM claim_sizes WHERE claim IN :claims").bindparams(
    bindparam("claims", expanding=True)
)
_BEARING = text(
    """SELECT p.claim, p.stance, p.attribution_seq AS seq, a.source, r.id AS report, r.published,
        coalesce(c.cluster, r.id) AS text, EXISTS (SELECT 1 FROM reviewed d WHERE d.attribution_seq = a.seq) AS reviewed
    FROM positions p JOIN attributions a ON a.seq = p.attribution_seq JOIN reports r ON r.seq = a.report_seq
        LEFT JOIN clusters c ON c.member = r.id WHERE p.claim IN :claims"""
).bindparams(bindparam("claims", expanding=True))


def lines(connection: Connection, names: Sequence[str]) -> list[ClaimLine]:
    """Claims by their own ids, in that order: the same as `ClaimRow.line` of each."""
    found: dict[str, ClaimLine] = {}
    for k in range(0, len(names), _PART):
        part = list(names[k : k + _PART])
        sizes = {row.claim: row for row in connection.execute(_SIZES, {"claims": part})}
        words = _wordings(connection, sorted(row.wording_seq for row in sizes.values() if not row.named))
        bearing: dict[str, list[Bearer]] = {}
        rows = connection.execute(_BEARING, {"claims": part}).all()
        sources = {row.seq: row.source for row in rows}
        reviewed = sorted(row.seq for row in rows if row.reviewed)
        for seq, said in zip(reviewed, read.saids(connection, reviewed) if reviewed else (), strict=True):
            sources[seq] = said.source.text if said.source else None
        speaking = read.speaking_in(connection, sources)
        for row in rows:
            entity, known_as, name, kind = speaking.get(row.seq, (None, "", "", None))
            called = (known_as if entity else "") or name or sources[row.seq] or NOBODY
            voice = voice_of(entity, called, kind, row.report)
            bearing.setdefault(row.claim, []).append(Bearer(row.stance, voice, row.text, day_of(row.published)))
        for claim, size in sizes.items():
            found[claim] = ClaimLine.of(claim, size.named or words[size.wording_seq], bearing[claim])
    return [found[name] for name in names]


def _wordings(connection: Connection, seqs: Sequence[int]) -> dict[int, Any]:
    """Contents, as people corrected them."""
    if not seqs:
        return {}
    return {
        seq: " ".join(c.text for c in said.content)
        for seq, said in zip(seqs, read.saids(connection, seqs), strict=True)
    }
