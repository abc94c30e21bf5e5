"""Entities that are states: their standard name, and the government that a seat stands for."""

from __future__ import annotations

from dataclasses import replace

from onrecord.model import Entity
from onrecord.resolve.tables import Names, State

GOVERNMENT = "Government of "


def standard(entity: Entity, speaks: bool) -> Entity:
    """The same entity: a country under its standard English name ("the U.K." → "United Kingdom"); a seat of government
    that speaks ("the Kremlin") as the government of its state."""
    if entity.kind not in ("country", "organization", "person", "place"):
        return entity
    state = Names.of_states().state_of(entity.name)
    if state is None:
        return entity
    if state.sense == "name" and entity.kind == "country":
        return replace(entity, name=state.name)
    if state.sense == "seat" and speaks:
        return replace(entity, name=GOVERNMENT + state.name, kind="organization", role=None, of=state.name)
    return entity


def speaking_for(name: str, names: Names) -> State | None:
    """The state that a name stands for where it speaks: "Russia", "Moscow", "Government of Russia"."""
    return names.state_of(name.removeprefix(GOVERNMENT))
