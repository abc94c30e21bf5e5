"""schema.org and PROV-O: terms that rdflib's vocabularies have, no rating, the whole trail; and FollowTheMoney."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import rdflib
from pyld import jsonld
from rdflib.namespace import PROV, RDF, SDO

from onrecord.answer import Record
from onrecord.claims import Claim
from onrecord.export import ftm, prov, schemaorg
from onrecord.export.chosen import Chosen
from onrecord.standing import day
from onrecord.store import Judgement
from tests.export.examples import HOSTILE, walk

VERDICTS = ("true", "false", "fake", "lie")


@pytest.fixture
def disputed(asked: Record) -> Claim:
    return asked.claims(disputed=True)[0]


def graph_of(document: dict[str, Any]) -> rdflib.Graph:
    """The triples as pyld makes them, read by rdflib; no context is fetched."""
    if document["@context"] == "https://schema.org":
        document = document | {"@context": {"@vocab": "https://schema.org/"}}
    quads = jsonld.to_rdf(document, {"format": "application/n-quads"})
    graph = rdflib.Graph()
    graph.parse(data=str(quads), format="nt")
    return graph


def terms_are_of(graph: rdflib.Graph, namespace: Any) -> None:
    used = {p for _, p, _ in graph} | {kind for _, _, kind in graph.triples((None, RDF.type, None))}
    ours = {term for term in used if str(term).startswith(str(namespace))}
    assert ours
    assert [term for term in ours if term not in namespace] == []


def test_claims_are_schema_org(chosen: Chosen, disputed: Claim) -> None:
    document = json.loads("\n".join(schemaorg.claims_jsonld(chosen.claims())))
    graph = graph_of(document)
    terms_are_of(graph, SDO)
    assert len(list(graph.subjects(RDF.type, SDO.Claim))) == len(list(chosen.claims()))
    told = next(item for item in document["@graph"] if item["@id"] == f"urn:onrecord:{disputed.id}")
    assert told["text"] == disputed.wording
    assert [a["name"] for a in told["author"]] == ["Mayor Lee", "Engineer Wu"]
    assert (
        told["datePublished"]
        == told["firstAppearance"]["datePublished"]
        == min(filter(None, map(day, disputed.positions)))
    )
    assert len(told["appearance"]) == 3
    assert not any(each == "" or each is None for each in walk(document))


def test_a_draft_of_a_review_has_no_rating_and_no_verdict(chosen: Chosen) -> None:
    text = "\n".join(schemaorg.drafts_jsonld(chosen.claims()))
    document = json.loads(text)
    terms_are_of(graph_of(document), SDO)
    assert "ating" not in text
    for draft in document["@graph"]:
        assert draft["creativeWorkStatus"] == "Draft"
        assert set(draft) == {"@type", "@id", "creativeWorkStatus", "claimReviewed", "itemReviewed"}
        assert not any(word in json.dumps(draft).lower().split() for word in VERDICTS)


def test_the_trail_leads_from_each_claim_to_raw_bytes_and_runs(asked: Record, chosen: Chosen, disputed: Claim) -> None:
    graph = graph_of(json.loads("\n".join(prov.trails(chosen.claims(), [each.run for each in asked.runs()]))))
    terms_are_of(graph, PROV)
    start = rdflib.URIRef(f"urn:onrecord:claim:{disputed.id}")
    reached = set(graph.transitive_objects(start, PROV.wasDerivedFrom))
    raws = {f"urn:onrecord:raw-sha256-{r.raw_sha256}" for step in disputed.trail() for r in step.readings}
    assert raws <= set(map(str, reached))
    judgements = set(graph.objects(start, PROV.wasGeneratedBy))
    assert judgements
    for judgement in judgements:
        (agent,) = graph.objects(judgement, PROV.wasAssociatedWith)
        assert (agent, RDF.type, PROV.SoftwareAgent) in graph


def test_a_person_who_judged_is_in_the_trail_by_name(asked: Record, disputed: Claim) -> None:
    lines = "".join(prov.trails([disputed], [each.run for each in asked.runs()]))
    assert "prov:Person" not in lines
    one, other = (p.said.id for p in disputed.positions[:2])
    by_hand = Judgement(one, other, "same", "person", HOSTILE, datetime(2031, 6, 1, tzinfo=UTC), None, "seen")
    judged = replace(disputed, row=replace(disputed.row, judgements=(*disputed.row.judgements, by_hand)))
    graph = graph_of(json.loads("".join(prov.trails([judged], [each.run for each in asked.runs()]))))
    (person,) = graph.subjects(RDF.type, PROV.Person)
    assert str(next(graph.objects(person, rdflib.RDFS.label))) == HOSTILE


def test_money_is_followed_by_its_own_rules(asked: Record, chosen: Chosen) -> None:
    """What its schema says, as far as we use it; `test_followthemoney_takes_it` asks the library where it is there."""
    required = {
        "Article": "fileName",
        "Person": "name",
        "Organization": "name",
        "Mention": "document",
        "Note": "entity",
    }
    found = list(ftm.entities(chosen.reported(), asked.entity))
    known = {each["id"]: each["schema"] for each in found}
    for each in found:
        assert set(each) == {"id", "schema", "properties"}
        assert each["properties"][required[each["schema"]]]
        for values in each["properties"].values():
            assert values
            assert all(isinstance(value, str) and value.strip() for value in values)
        if each["schema"] == "Mention":
            assert known[each["properties"]["document"][0]] == "Article"
            assert known[each["properties"]["resolved"][0]] in ("Person", "Organization", "LegalEntity")
    assert set(known.values()) == set(required)


def test_followthemoney_takes_it(asked: Record, chosen: Chosen) -> None:
    model = pytest.importorskip("followthemoney").model
    for each in ftm.entities(chosen.reported(), asked.entity):
        model.get(each["schema"]).validate(each)
        proxy = model.get_proxy(each, cleaned=False)
        for name, values in each["properties"].items():
            assert sorted(proxy.get(name)) == sorted(set(values))


def test_who_is_not_named_is_nobody_there(asked: Record, chosen: Chosen) -> None:
    told = [said for each in chosen.reported() for said in each.said]
    nobody = {said.id for said in told if said.entity is None}
    assert nobody
    found = {each["id"] for each in ftm.entities(chosen.reported(), asked.entity)}
    assert {said.id for said in told} - found == nobody
