"""Who "I" and "you" are in interviews and transcripts."""

from __future__ import annotations

import onrecord

INTERVIEW = """Dara Quill on the river: an interview

The Valley Courier interviewed water commissioner Dara Quill on Monday. She said that the gate had been closed.

When did you first hear of the spill?

I heard of it on Friday night. I was at home and went to the river at once.

What will you do now?

I will publish every sample. My office has nothing to hide."""

TRANSCRIPT = """The hearing

DARA QUILL: I opened the gate myself.

TOMAS REYK: I never asked for that.

DARA QUILL: I have your letter, Minister."""


def leads(text: str, word: str) -> set[str]:
    """Names of the entities that a word, as it stands, leads to."""
    result = onrecord.extract(text, verbatim=True)
    return {e.name for e in result.entities if any(m.of(text) == word for m in e.mentions)}


def test_i_in_answers_and_you_in_questions_are_the_one_interviewed() -> None:
    assert leads(INTERVIEW, "I") == {"Dara Quill"}
    assert leads(INTERVIEW, "you") == {"Dara Quill"}


def test_i_is_whoever_has_the_turn() -> None:
    result = onrecord.extract(TRANSCRIPT, verbatim=True)
    of = {m.start: e.name.title() for e in result.entities for m in e.mentions if m.of(TRANSCRIPT) == "I"}
    assert [of[at] for at in sorted(of)] == ["Dara Quill", "Tomas Reyk", "Dara Quill"]


def test_without_questions_nobody_was_interviewed() -> None:
    text = "I remember\n\nI met Dara Quill in May.\n\nI liked her.\n\nI still do."
    assert "Dara Quill" not in leads(text, "I")
