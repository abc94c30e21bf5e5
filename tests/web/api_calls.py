"""Calls made from the schema of the API by schemathesis, some that fit it and some that do not, with real ids among
them; and what must hold of every answer."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import FailureGroup

from onrecord.answer import Record
from onrecord.web import Desk, create_app

load_all_checks()
ODD = ('"', "*", 'a"b', "a*b", "NEAR(a b)", "a OR b", "col:umn", "^x", "-x", "(", "\x00a", "é", "a AND", "''", "𝒳", "+")
"""Words that an index of words would take for its own language, were they to reach it."""
CHECKED = CHECKS.get_by_names([
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection", "unsupported_method", "missing_required_header",
])  # fmt: skip
REFUSALS = ["400", "404", "405", "413", "414", "415", "422"]


@schemathesis.serializer("application/jsonl")
def _lines(context: schemathesis.SerializationContext, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


MAY_CHANGE = {"same", "different", "opposes", "contradicts", "stance", "named", "speaker"}


@dataclass
class Counts:
    """How many calls there were, by status, by operation; and what did not hold."""

    statuses: Counter[int] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def calls(self) -> int:
        """All of them."""
        return sum(self.statuses.values())


def strict(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema, under which an answer must not have a field more than it tells."""
    made = deepcopy(schema)
    for shape in made["components"]["schemas"].values():
        if "properties" in shape:
            shape.setdefault("additionalProperties", False)
    return made


def ids_of(record: Record) -> dict[str, list[str]]:
    """Ids of the record, by the words that schema and addresses have for them."""
    reports = [head.id for head in record.reports(limit=5)]
    said = [hit.said.id for hit in record.search(limit=5) if hit.said]
    who = [each.id for each in record.entities(voice="named", limit=5) if each.id]
    judged = [j.id for j in record.judgements(withdrawn=True)][:5]
    return {
        "reports": reports,
        "attributions": said,
        "claims": said,
        "entities": [*who, "Mayor Lee"],
        "judgements": judged,
    }


def call_all(record: Record, schema: dict[str, Any], examples: int, random: int) -> Counts:
    """`examples` calls that fit the schema, and as many that do not, of each operation."""
    app = create_app(Desk(record, "Ada"))
    loaded = schemathesis.openapi.from_dict(strict(schema))
    loaded.app = app
    loaded.config.checks.negative_data_rejection.expected_statuses = REFUSALS
    ids, counts = ids_of(record), Counts()
    for result in loaded.get_all_operations():
        operation = result.ok()  # type: ignore[union-attr]
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            with suppress(Unsatisfiable):  # nothing that it takes can be wrong
                _call(operation, mode, ids, counts, examples, random)
    return counts


def _call(
    operation: Any, mode: GenerationMode, ids: dict[str, list[str]], counts: Counts, examples: int, random: int
) -> None:
    @seed(random)
    @settings(
        max_examples=examples, database=None, deadline=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
    def call(case: Case[Any], data: st.DataObject) -> None:
        if mode is GenerationMode.POSITIVE:
            _made_real(case, ids, data)
        response = case.call()
        counts.statuses[response.status_code] += 1
        counts.operations[operation.label] += 1
        try:
            case.validate_response(response, checks=CHECKED)  # type: ignore[arg-type]
        except FailureGroup as failures:
            counts.wrong += [f"{operation.label} {mode.value}: {each}"[:1500] for each in failures.exceptions]

    call()


def _made_real(case: Case[Any], ids: dict[str, list[str]], data: st.DataObject) -> None:
    """Most calls on real rows; odd words in some."""
    matter = str(case.path).split("/")[3]
    if case.path_parameters and "id" in case.path_parameters and matter in ids and data.draw(st.integers(0, 4)):
        case.path_parameters["id"] = data.draw(st.sampled_from(ids[matter]))
    if case.query:
        for name in sorted({"words", "about", "publisher", "source", "cue", "entity", "denied_by"} & set(case.query)):
            if data.draw(st.booleans()):
                case.query[name] = data.draw(st.sampled_from((*ODD, "bridge", "Lee", "The Morning")))
        for name in sorted({"one", "other"} & set(case.query)):
            case.query[name] = data.draw(st.sampled_from(("The Morning", "Valley Courier", "2031-05-02", *ODD)))
    if isinstance(case.body, dict) and case.body.get("relation") in MAY_CHANGE and data.draw(st.integers(0, 4)):
        sort = data.draw(st.sampled_from(("attributions", "attributions", "reports")))
        rows = {"a": sort, "b": sort, "attribution": "attributions", "of": "attributions", "entity": "entities"}
        for name in sorted(set(rows) & set(case.body)):
            case.body[name] = data.draw(st.sampled_from([row for row in ids[rows[name]] if "sha256" in row]))
