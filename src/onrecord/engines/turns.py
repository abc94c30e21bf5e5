"""Who speaks in interviews and transcripts, where no cue tells: "I" in an answer, "you" in a question.

Set forms only: a turn that begins with a name and a colon; and a report that says whom it interviewed, in which
paragraphs that end with a question mark are questions, and the others answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from onrecord.engines.decode import Ints
from onrecord.engines.mentions import NAME, SELF, YOU, Mentions
from onrecord.engines.words import Words

LEAST = 2
"""Questions, and answers with "I" in them, that an interview has."""
_INTERVIEWED = re.compile(
    r"\b(?:(?:interview(?:s|ed)?|q\s?&\s?a)(?:\s+with)?|(?:spoke|speaks|talked|talks|sat\s+down"
    r"|caught\s+up)\s+(?:with|to))\b",
    re.IGNORECASE,
)
_BY = re.compile(r"\s+by\b", re.IGNORECASE)
_FIRST = 2500
"""Characters in which a report says whom it interviewed."""
_NEAR = 250
"""Characters behind the verb in which the name stands."""
_STOP = re.compile(r"[.?!]\s+[A-Z]|\n\n")


def turns(text: str, words: Words, m: Mentions) -> Ints:
    """Of each mention (m) the mention whose bearer "I" or "you" is; -1: of no turn. `m` in order of the text."""
    out = np.full(len(m), -1, np.int32)
    spoken = np.flatnonzero((m.form == SELF) | (m.form == YOU))
    if not len(spoken):
        return out
    starts = words.starts[m.starts]
    paragraphs = [(match.start(), match.end()) for match in re.finditer(r"[^\n]+", text)]
    begins = [a for a, _ in paragraphs]
    of = (np.searchsorted(begins, starts, side="right") - 1).astype(np.int32)
    heads = _headed(text, words, m, begins, of)
    asks = {k for k, (a, b) in enumerate(paragraphs) if text[a:b].rstrip().endswith("?")}
    answers = {int(of[k]) for k in spoken if m.form[k] == SELF and int(of[k]) not in asks}
    whole = len(asks) >= LEAST and len(answers) >= LEAST
    guest = _interviewed(text, m, starts) if whole and not heads else -1
    for k in spoken.tolist():
        paragraph = int(of[k])
        if m.form[k] == SELF and paragraph in heads:
            out[k] = heads[paragraph]
        elif guest >= 0 and (m.form[k] == YOU) == (paragraph in asks):
            out[k] = guest
    return out


def _headed(text: str, words: Words, m: Mentions, begins: Sequence[int], of: Ints) -> dict[int, int]:
    """Paragraphs that begin with a person's name and a colon → that mention; only where several people speak so."""
    found = {}
    for k in np.flatnonzero((m.form == NAME) & (m.kind == 0)).tolist():
        end = int(words.ends[m.ends[k] - 1])
        if words.starts[m.starts[k]] == begins[int(of[k])] and text[end : end + 1] == ":":
            found[int(of[k])] = k
    return found if len(found) >= LEAST else {}


def _interviewed(text: str, m: Mentions, starts: Ints) -> int:
    """The person that the report says it interviewed, or else names in its headline, as a mention; -1: nobody."""
    people = np.flatnonzero((m.form == NAME) & (m.kind == 0) & (m.ends - m.starts > 1))
    for match in _INTERVIEWED.finditer(text, 0, _FIRST):
        if _BY.match(text, match.end()):
            before = people[(starts[people] < match.start()) & (starts[people] > match.start() - _NEAR)]
            if len(before):
                return int(before[0])
            continue
        stop = _STOP.search(text, match.end(), match.end() + _NEAR)
        end = stop.start() + 1 if stop else match.end() + _NEAR
        behind = people[(starts[people] >= match.end()) & (starts[people] < end)]
        if len(behind):
            return int(behind[0])
    headed = people[starts[people] < (text.find("\n") if "\n" in text else 0)]
    return int(headed[0]) if len(headed) else -1
