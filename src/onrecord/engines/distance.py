"""Words by which the reporter keeps away from a content: "allegedly", "claimed", "so-called"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_DISTANT = re.compile(
    r"\b(?:allegedly|alleged|alleges?|alleging|reportedly|purported(?:ly)?|purports?|purporting|supposed(?:ly)?"
    r"|ostensibly|claim(?:s|ed|ing)?|so[- ]called|self-styled|unsubstantiated|unverified|unconfirmed"
    r"|baseless(?:ly)?|falsely|rumou?red|(?:is|are|was|were) (?:said|reported|rumou?red) to"
    r"|(?:could|can) not be (?:independently )?(?:verified|confirmed|substantiated)"
    r"|without (?:offering|providing|giving|citing) (?:any )?(?:evidence|proof))\b",
    re.IGNORECASE,
)


def distant(text: str, cue: tuple[int, int] | None, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Where such words stand in the cue, and in those parts of an attribution that are the reporter's own words.

    All in characters. A noun in a content ("denied the claims") keeps nobody away from it.
    """
    for at, (start, end) in enumerate(([cue] if cue else []) + list(spans)):
        in_cue = cue is not None and at == 0
        for match in _DISTANT.finditer(text, start, end):
            if in_cue or not match.group().lower().startswith(("claim", "alleges", "alleging", "purports")):
                yield match.span()
