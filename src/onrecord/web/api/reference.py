"""The reference page of the API: one frozen value, made from the schema alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from onrecord.web.problems import EVERY, Kind

_REF = "#/components/schemas/"
_WORDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "boolean", "null": "null"}

Type = tuple[tuple[str, str | None], ...]
"""A type in words, in pieces: each with the name of the shape that it leads to, where it leads to one."""


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of an operation, or a field of a shape; `where`: path, query or header."""

    name: str
    type: Type
    required: bool
    about: str
    where: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """What an operation answers with a status."""

    status: str
    about: str
    forms: tuple[tuple[str, Type], ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address, and the verb that it needs."""

    name: str
    method: str
    path: str
    about: str
    needs: str
    fields: tuple[Field, ...]
    body: tuple[tuple[str, Type], ...]
    answers: tuple[Answered, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Operations on one matter."""

    name: str
    about: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """What is inside of an answer or a body."""

    name: str
    about: str
    fields: tuple[Field, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class ReferencePage:
    """All operations by matter, all shapes by name, and the kinds of problems."""

    about: str
    version: str
    groups: tuple[Group, ...]
    shapes: tuple[Shape, ...]
    problems: tuple[Kind, ...]


def reference_page(schema: Mapping[str, Any]) -> ReferencePage:
    """From the schema."""
    every = [
        _operation(method, path, told)
        for path, operations in schema["paths"].items()
        for method, told in operations.items()
    ]
    tags = [told["tags"][0] for operations in schema["paths"].values() for told in operations.values()]
    groups = (
        Group(tag["name"], tag["description"], tuple(o for o, of in zip(every, tags, strict=True) if of == tag["name"]))
        for tag in schema["tags"]
    )
    shapes = (_shape(name, told) for name, told in sorted(schema["components"]["schemas"].items()))
    info = schema["info"]
    return ReferencePage(info["description"], info["version"], tuple(groups), tuple(shapes), EVERY)


def _operation(method: str, path: str, told: Mapping[str, Any]) -> Operation:
    answers, problems = [], []
    for status, answer in told["responses"].items():
        forms = tuple((kind, type_of(form.get("schema", {}))) for kind, form in answer.get("content", {}).items())
        if int(status) < 400:
            answers.append(Answered(status, answer["description"], forms))
        else:
            problems.append(status)
    body = told.get("requestBody", {}).get("content", {})
    return Operation(
        told["operationId"],
        method.upper(),
        path,
        told.get("description", ""),
        told.get("x-needs", ""),
        tuple(map(_parameter, told.get("parameters", ()))),
        tuple((kind, type_of(form["schema"])) for kind, form in body.items()),
        tuple(answers),
        tuple(sorted(problems)),
    )


def _parameter(told: Mapping[str, Any]) -> Field:
    schema = told["schema"]
    default = schema.get("default")
    shown = "" if default in (None, "", False) else str(default)
    return Field(
        told["name"], type_of(schema), told.get("required", False), told.get("description", ""), told["in"], shown
    )


def _shape(name: str, told: Mapping[str, Any]) -> Shape:
    required = told.get("required", ())
    fields = (
        Field(field, type_of(of), field in required, of.get("description", ""))
        for field, of in told.get("properties", {}).items()
    )
    return Shape(name, told.get("description", ""), tuple(fields), () if "properties" in told else type_of(told))


def type_of(schema: Mapping[str, Any]) -> Type:
    """A type in words."""
    return tuple(_pieces(schema))


def _pieces(schema: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    several = schema.get("anyOf") or schema.get("oneOf")
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_REF)
        yield name, name
    elif several:
        for k, each in enumerate(several):
            if k:
                yield " or ", None
            yield from _pieces(each)
    elif "enum" in schema or "const" in schema:
        yield ", ".join(map(str, schema.get("enum", [schema.get("const")]))), None
    elif schema.get("type") == "array":
        yield "list of ", None
        if "items" in schema:
            yield from _pieces(schema["items"])
        for k, each in enumerate(schema.get("prefixItems", ())):
            if k:
                yield ", ", None
            yield from _pieces(each)
    elif "additionalProperties" in schema:
        yield "names to ", None
        inner = schema["additionalProperties"]
        yield from _pieces(inner if isinstance(inner, dict) else {})
    else:
        yield _WORDS.get(schema.get("type", ""), "anything"), None
