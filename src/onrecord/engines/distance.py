"""Words by which the reporter keeps away from a content: "allegedly", "claimed", "so-called".

Which word counts where goes by the annotated reports to learn from: a word stays where most of its places are marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

Pair = tuple[int, int]

_ADVERBS = r"allegedly|reportedly|purportedly|supposedly|ostensibly"
_CUE = re.compile(
    rf"\b(?:{_ADVERBS}|apparently|falsely|incorrectly|alleg(?:e|es|ed|ing)|purport(?:s|ed|ing)?|supposed(?! to)"
    r"|claim(?:s|ed|ing)?(?! (?:full |sole )?(?:responsibility|credit))|rumou?red|so[- ]called|unsubstantiated"
    r"|unverified"
    r"|unconfirmed|baseless(?:ly)?)\b",
    re.IGNORECASE,
)
_SOURCE = re.compile(
    r"\b(?:alleged|so[- ]called|self-styled|unverified|unconfirmed|unsubstantiated|discredited|bogus|phon(?:e)?y)\b",
    re.IGNORECASE,
)
_CONTENT = re.compile(rf"\b(?:{_ADVERBS}|alleged|so[- ]called|self-styled|supposed(?! to))\b", re.IGNORECASE)
_BETWEEN = re.compile(rf"\b(?:{_ADVERBS}|apparently)\b", re.IGNORECASE)


def distant(
    text: str, cue: Pair | None, source: Pair | None, contents: Sequence[Pair], quotations: Sequence[Pair]
) -> Iterator[Pair]:
    """Where such words stand in an attribution, in characters: in its cue, source and contents, and between them.

    Inside `quotations` they are not the reporter's. A noun in a content ("denied the claims") keeps nobody away.
    """
    spans = sorted([*contents, *(s for s in (cue, source) if s)])
    found = [match.span() for match in _CUE.finditer(text, *cue)] if cue else []
    found += [match.span() for match in _SOURCE.finditer(text, *source)] if source else []
    found += [match.span() for span in contents for match in _CONTENT.finditer(text, *span)]
    at = spans[0][1] if spans else 0
    for start, end in spans[1:]:
        found += [match.span() for match in _BETWEEN.finditer(text, at, max(at, start))]
        at = max(at, end)
    for start, end in sorted(set(found)):
        if not any(a < start and end < b for a, b in quotations):
            yield start, end
