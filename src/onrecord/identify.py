"""Who is who across reports: compares those who speak in new reports with all others, and records the judgements.

Nothing is merged here: who is one with whom follows from the judgements on record, a person's above every engine's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from onrecord.model import Run
from onrecord.resolve import VERSION, Aliases, Index, Names, judge_all
from onrecord.store import Judgement, Store

BATCH = 200
"""Reports compared in one transaction."""

RUN = Run("names", VERSION, {})
"""The engine at work: rules, trees and tables of `resolve` of that version."""


def identify(store: Store, progress: Callable[[int], None] | None = None, aliases: Aliases | None = None) -> int:
    """Compare the speakers of all reports that were not compared yet; how many reports that were.

    Each batch is one durable transaction: stopped, it goes on from there. `progress` is told how many are done. With
    `aliases`, a user's own table of names, another engine is at work, by which all reports are compared once.
    Raises StoreError.
    """
    run = Run("names", VERSION, {"aliases": aliases.digest}) if aliases else RUN
    waiting, after = store.speakers(run.id, compared=False, limit=BATCH)
    if not waiting:
        return 0
    index = _met(store, run, Names.load(aliases=aliases.actors) if aliases else Names.shipped())
    done = 0
    while waiting:
        batch = []
        for report in waiting:
            everyone = {entity.id for entity in report.entities}
            verdicts = [
                Judgement(v.a, v.b, v.relation, "engine", run.id, datetime.now(UTC), v.score, v.reason)
                for v in judge_all(report.entities, index, everyone)
            ]
            batch.append((report.report_id, verdicts))
        store.compare(run, batch)
        done += len(batch)
        if progress:
            progress(done)
        waiting, after = store.speakers(run.id, compared=False, after=after, limit=BATCH)
    return done


def _met(store: Store, run: Run, names: Names) -> Index:
    """Those who speak in reports that this engine compared before."""
    index = Index(names)
    reports, after = store.speakers(run.id, compared=True, limit=BATCH)
    while reports:
        for report in reports:
            for entity in report.entities:
                index.meet(entity, stands_for_state=True)
        reports, after = store.speakers(run.id, compared=True, after=after, limit=BATCH)
    return index
