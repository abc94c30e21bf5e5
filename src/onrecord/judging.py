"""A person's word on a record: what belongs together, who speaks, who stands where, what somebody concerned replies;
each signed, dated, with a reason, and taken back by a later row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from onrecord.errors import NotFound, UsageError
from onrecord.marks import one_line
from onrecord.store import Judgement, Store, Withdrawal
from onrecord.store.claim_rows import Stance
from onrecord.store.redress_rows import Reply, Takedown
from onrecord.store.rows import Relation

REPLY_NAME, REPLY_TEXT = 200, 20_000
"""Characters of a reply, at most."""


class Judging:
    """What `answer.Record` takes from people. Everything stands above what engines say, now and later."""

    _store: Store

    def same(self, one: str, other: str, *, by: str, reason: str) -> str:
        """A person's word that two entities, by id of any of their members, are one, or that two reports reprint one
        text; the judgement's id.

        It stands above what any engine says, now and later, and is taken back by `undo`. Raises NotFound.
        """
        return self._judge(one, other, "same", by, reason)

    def different(self, one: str, other: str, *, by: str, reason: str) -> str:
        """A person's word that two entities are two; see `same`."""
        return self._judge(one, other, "different", by, reason)

    def rename(self, entity: str, name: str, *, by: str, reason: str) -> str:
        """A person's name for an entity; reports stay as they are written. The judgement's id. Raises NotFound."""
        return self._judge(entity, f"name:{name.strip()}", "named", by, reason)

    def speaker(self, attribution: str, entity: str, *, by: str, reason: str) -> str:
        """A person's word on whose words these are; the judgement's id. Raises NotFound."""
        return self._judge(self._store.attribution(attribution).id, entity, "speaker", by, reason)

    def opposes(self, one: str, other: str, *, by: str, reason: str) -> str:
        """A person's word that two attributions are of one claim, on two sides of it; see `same`."""
        return self._judge(one, other, "opposes", by, reason)

    def contradicts(self, one: str, other: str, *, by: str, reason: str) -> str:
        """A person's word that the claims of two attributions cannot both hold, and are two; see `same`."""
        return self._judge(one, other, "contradicts", by, reason)

    def stance(self, attribution: str, stance: Stance | Literal["none"], *, by: str, reason: str) -> str:
        """A person's word on how an attribution stands to its claim; `none`: it bears on no claim."""
        return self._judge(self._store.attribution(attribution).id, f"stance:{stance}", "stance", by, reason)

    def judged_by_people(self) -> tuple[list[Judgement], list[Withdrawal]]:
        """Everything that people judged and took back, oldest first: to be taken into another record."""
        made = [j for j in self._store.judgements(withdrawn=True) if j.by_kind == "person"]
        return made, [w for w in self._store.withdrawals() if w.by_kind == "person"]

    def take_in(self, judgements: Sequence[Judgement], withdrawals: Sequence[Withdrawal]) -> int:
        """Take in what people judged in another record of the same reports; how much was new. Raises NotFound where a
        judged row is not in this one; then nothing is taken in."""
        return self._store.judge_many(judgements, withdrawals)

    def undo(self, judgement: str, *, by: str, reason: str) -> str:
        """Take a judgement back, by id or unique beginning; all is as if it had never been made. Raises NotFound."""
        target = self._store.judgement_id(judgement)
        return self._store.withdraw(Withdrawal(target, "person", by, datetime.now(UTC), reason))

    def judgements(self, entity: str | None = None, *, withdrawn: bool = False) -> list[Judgement]:
        """Who judged what, oldest first, of an entity (an id) or of all; with `withdrawn`, also what was taken back."""
        if entity is None:
            return self._store.judgements(withdrawn=withdrawn)
        of_it = [self._store.judgements(member, withdrawn=withdrawn) for member in self._store.entity(entity).members]
        return sorted({j.id: j for each in of_it for j in each}.values(), key=lambda j: j.at)

    def reply(self, to: str, *, name: str, text: str, by: str) -> str:
        """Keep what somebody concerned, `name`, says to a report, or to the claim of an attribution (by id or unique
        beginning); the reply's id. It is shown wherever these are, and judges nothing. Raises NotFound, UsageError."""
        name, text = (said.replace("\0", "\ufffd").encode(errors="replace").decode() for said in (name, text))
        name, text = " ".join(name.split()), text.strip()
        if not (0 < len(name) <= REPLY_NAME and 0 < len(text) <= REPLY_TEXT):
            raise UsageError(
                f"a reply has a name of at most {REPLY_NAME} characters, and at most {REPLY_TEXT:,} of text.",
                which=one_line(name)[:REPLY_NAME] or "reply",
            )
        return self._store.reply(Reply(self._concerned(to), name, text, by, datetime.now(UTC)))

    def replies(self, to: str | None = None, *, withdrawn: bool = False) -> list[Reply]:
        """Replies to a report and to all that is attributed in it, or to one attribution, or all; oldest first.

        Raises NotFound.
        """
        if to is None:
            return self._store.replies(withdrawn=withdrawn)
        target = self._concerned(to)
        targets = {target}
        if target.startswith("report-"):
            targets |= {said.id for said in self._store.attributions(target)}
        return self._store.replies(targets, withdrawn=withdrawn)

    def withdraw_reply(self, reply: str, *, by: str, reason: str) -> str:
        """Take a reply back, by id or unique beginning: it is shown no longer. Raises NotFound."""
        target = self._store.reply_id(reply)
        return self._store.withdraw(Withdrawal(target, "person", by, datetime.now(UTC), reason))

    def takedowns(self) -> list[Takedown]:
        """What is left of reports that were taken down: their ids, by whom, why, when; oldest first."""
        return self._store.takedowns()

    def _concerned(self, given: str) -> str:
        """The attribution or the report of that id, or beginning of one."""
        if not given.startswith("report-"):
            try:
                return self._store.attribution(given).id
            except NotFound:
                if given.startswith("attribution-"):
                    raise
        return self._store.report_id(given)

    def _judge(self, a: str, b: str, relation: Relation, by: str, reason: str) -> str:
        judgement = Judgement(a, b, relation, "person", by, datetime.now(UTC), None, reason)
        return self._store.judge(judgement)
