"""What the engines that compare ask of a record in one SQLite file, and record in it; see `protocol.Store`."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from onrecord.model import Run
from onrecord.store import claims, copies, speakers, write
from onrecord.store.claim_rows import Stated, Unlinked
from onrecord.store.database import Database
from onrecord.store.rows import Judgement, Sketched, Speakers, Unsketched


class Comparing:
    """Who is who, copies and claims: what is to be compared, with what, and what came of it."""

    _database: Database

    def speakers(self, by: str, *, compared: bool, after: int = -1, limit: int = 100) -> tuple[list[Speakers], int]:
        """Who speaks in the next reports that the comparing run has, or has not, compared; and where to go on."""
        with self._database.read() as connection:
            return speakers.speakers(connection, by, compared=compared, after=after, limit=limit)

    def compare(self, run: Run, batch: Sequence[tuple[str, Sequence[Judgement]]]) -> None:
        """Record what a run judged of the speakers of these reports, and that it compared them."""
        with self._database.write() as connection:
            speakers.compare(connection, batch, write.ensure_run(connection, run))

    def unsketched(self, by: str, *, after: int = -1, limit: int = 100) -> list[Unsketched]:
        """The next reports whose text the run has not compared for copies."""
        with self._database.read() as connection:
            return copies.unsketched(connection, by, after, limit)

    def holding(self, by: str, shingles: Collection[int]) -> dict[int, list[int]]:
        """Of each shingle the reports that a run looks up by it."""
        with self._database.read() as connection:
            return copies.holding(connection, by, shingles)

    def sketches(self, by: str, reports: Collection[int]) -> dict[int, Sketched]:
        """What the run that compares for copies made of these reports."""
        with self._database.read() as connection:
            return copies.sketches(connection, by, reports)

    def add_copies(self, run: Run, batch: Sequence[tuple[int, int, Collection[int], Sequence[Judgement]]]) -> None:
        """Record what reports are looked up by, and which they were judged to be copies of."""
        with self._database.write() as connection:
            copies.add(connection, batch, write.ensure_run(connection, run))

    def unlinked(self, by: str, *, after: int = -1, limit: int = 100) -> list[Unlinked]:
        """The next reports whose attributions the run has not compared."""
        with self._database.read() as connection:
            return claims.unlinked(connection, by, after, limit)

    def near(self, by: str, cells: Collection[int]) -> dict[int, tuple[list[int], bytes]]:
        """The attributions whose statements lie in these cells, with their vectors."""
        with self._database.read() as connection:
            return {cell: claims.near(connection, by, cell) for cell in sorted(cells)}

    def stated(self, by: str, numbers: Collection[int]) -> dict[int, Stated]:
        """What these attributions state."""
        with self._database.read() as connection:
            return claims.stated(connection, by, numbers)

    def add_links(self, run: Run, batch: Sequence[tuple[int, Sequence[Stated], Sequence[Judgement]]]) -> None:
        """Record what attributions state, and how they were judged to stand to others."""
        with self._database.write() as connection:
            claims.add(connection, batch, write.ensure_run(connection, run))
