"""Entities that are states: their standard name, and the government that a seat stands for."""

from __future__ import annotations

import re
from dataclasses import replace

from onrecord.model import Entity
from onrecord.resolve.tables import Names, State

GOVERNMENT = "Government of "
_SEAT = re.compile(rf"\({GOVERNMENT}(.+)\)$")


def standard(entity: Entity, speaks: bool) -> Entity:
    """The same entity: a country under its standard English name ("the U.K." → "United Kingdom"); a seat of government
    that speaks with the government that it stands for ("the Kremlin" → "Kremlin (Government of Russia)")."""
    if entity.kind not in ("country", "organization", "person", "place"):
        return entity
    state = Names.of_states().state_of(entity.name)
    if state is None:
        return entity
    if state.sense == "name" and entity.kind == "country":
        return replace(entity, name=state.name)
    if state.sense == "seat" and speaks:
        name = f"{entity.name} ({GOVERNMENT}{state.name})"
        return replace(entity, name=name, kind="organization", role=None, of=state.name)
    return entity


def speaking_for(name: str, names: Names) -> State | None:
    """The state that a name stands for where it speaks: "Russia", "Moscow", "Kremlin (Government of Russia)"."""
    seat = _SEAT.search(name)
    return names.state_of(seat.group(1) if seat else name.removeprefix(GOVERNMENT))
