"""Scores that mean something: of what is called 0.8 sure, four in five are right, as far as held-out articles tell."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

from onrecord.engines.decode import Floats

Field = Literal["attribution", "act", "modality", "entity"]
_EDGE = 1e-3


class Sureness:
    """Platt scaling (Platt 1999) of each field's score, fitted by `training/calibrate.py`; none fitted: as it is."""

    def __init__(self, tables: Mapping[str, Floats]) -> None:
        held = {k.removeprefix("calibration."): v for k, v in tables.items() if k.startswith("calibration.")}
        self._lines = {name: (float(line[0]), float(line[1])) for name, line in held.items()}

    def of(self, field: Field, score: float) -> float:
        """How likely right, 0 … 1, what the engine gives this score."""
        if field not in self._lines:
            return score
        slope, offset = self._lines[field]
        bounded = min(max(score, _EDGE), 1 - _EDGE)
        return 1 / (1 + math.exp(-(slope * math.log(bounded / (1 - bounded)) + offset)))
