"""Parser processes that can be killed."""

from __future__ import annotations

from typing import Any

from onrecord.errors import Unparsable
from onrecord.model import RawReport


class Sandbox:
    """A pool of parser processes."""

    def __init__(self, workers: int) -> None:
        self._workers = workers

    def parse(self, raw: RawReport) -> dict[str, Any]:
        """The parts of a page."""
        raise Unparsable("Pages are not read yet.", which=raw.origin)

    def close(self) -> None:
        """End the processes."""
