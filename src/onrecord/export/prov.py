"""The trail of claims as W3C PROV-O (JSON-LD): from raw bytes over texts, runs and judgements to each claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from onrecord.claims import Claim, Step
from onrecord.export.lines import filled, graph, urn
from onrecord.model import Run
from onrecord.store.rows import Judgement, Reading

CONTEXT = {
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "label": "rdfs:label",
    "value": "prov:value",
    "wasDerivedFrom": {"@id": "prov:wasDerivedFrom", "@type": "@id"},
    "wasGeneratedBy": {"@id": "prov:wasGeneratedBy", "@type": "@id"},
    "wasAssociatedWith": {"@id": "prov:wasAssociatedWith", "@type": "@id"},
    "used": {"@id": "prov:used", "@type": "@id"},
    "endedAtTime": {"@id": "prov:endedAtTime", "@type": "xsd:dateTime"},
    "alternateOf": {"@id": "prov:alternateOf", "@type": "@id"},
}


def trails(claims: Iterable[Claim], runs: Iterable[Run]) -> Iterator[str]:
    """One graph; a row that several claims share comes again with the same words."""
    return graph(CONTEXT, _nodes(claims, {run.id: run for run in runs}))


def _nodes(claims: Iterable[Claim], runs: dict[str, Run]) -> Iterator[dict[str, Any]]:
    for run in runs.values():
        yield {"@id": urn(run.id), "@type": "prov:SoftwareAgent", "label": f"{run.engine} {run.version}"}
    for claim in claims:
        trail = claim.trail()
        judgements = {j.id: j for step in trail for j in step.judgements}
        yield {
            "@id": urn(f"claim:{claim.id}"),
            "@type": "prov:Entity",
            "label": claim.wording,
            "wasDerivedFrom": [urn(step.position.said.id) for step in trail],
            "wasGeneratedBy": [urn(name) for name in judgements],
        }
        for j in judgements.values():
            yield from _judged(j)
        for step in trail:
            yield from _step(step)


def _judged(j: Judgement) -> Iterator[dict[str, Any]]:
    by = urn(j.by) if j.by_kind == "engine" else urn(f"person:{quote(j.by, safe='')}")
    yield filled(
        {
            "@id": urn(j.id),
            "@type": "prov:Activity",
            "label": f"{j.relation}: {j.reason}" if j.reason else j.relation,
            "used": [urn(row) for row in (j.a, j.b) if row.startswith("attribution-")],
            "wasAssociatedWith": by,
            "endedAtTime": j.at.isoformat(),
        }
    )
    if j.by_kind == "person":
        yield {"@id": by, "@type": "prov:Person", "label": j.by}


def _step(step: Step) -> Iterator[dict[str, Any]]:
    said = step.position.said
    yield {
        "@id": urn(said.id),
        "@type": "prov:Entity",
        "label": step.position.stance,
        "value": " … ".join(c.text for c in said.content),
        "wasDerivedFrom": urn(said.report.id),
    }
    yield filled(
        {
            "@id": urn(said.report.id),
            "@type": "prov:Entity",
            "label": said.report.headline,
            "alternateOf": said.report.url,
            "wasDerivedFrom": [urn(f"raw-sha256-{r.raw_sha256}") for r in step.readings],
        }
    )
    yield from map(_raw, step.readings)


def _raw(reading: Reading) -> dict[str, Any]:
    return {
        "@id": urn(f"raw-sha256-{reading.raw_sha256}"),
        "@type": "prov:Entity",
        "label": reading.origin,
    }
