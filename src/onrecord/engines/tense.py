"""Whether a time lies ahead or behind, by the verb next to it in its own clause."""

from __future__ import annotations

import re

_AHEAD = re.compile(
    r"\b(?:will|shall|wo(?=n['’]t)|would|might|may|could(?! not|n['’]t)|can|going to|plan(?:s|ned|ning)?|scheduled"
    r"|expect(?:s|ed)?|proposed|supposed|slated|set (?:to|for)|due|upcoming|next|ahead|begins|starts|opens|ends"
    r"|closes|meets|votes|returns|arrives|leaves|hopes?|wants?|aims?|intends?|should|must|(?:is|are|was|were) to)\b"
    r"|['’](?:ll|d)\b|\b(?:am|is|are) (?:\w+ly )?\w{2,15}ing\b",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"\b(?:was|were|had|has|have|did|last|(?!need|feed|speed|indeed|hundred|bleed|exceed|proceed|succeed|plan|schedul"
    r"|expect|propos|suppos|slat)[a-z]{2,15}ed|went|took|came|told|met|saw|gave|got|left|held|found|made|began"
    r"|broke|fell"
    r"|won|lost|sent|wrote|spoke|ran|rose|grew|knew|became|kept|led|paid|sold|stood|brought|bought|built|caught"
    r"|drew|drove"
    r"|felt|flew|heard|hid|shot|struck|stole|taken|given|gone|seen|done|known|shown|written|spoken|broken)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[,;:.!?\n“”\"()—–]|\s-\s|\b(?:and|but|that|which|who|because|after|when|where|while|saying|said|says)\b"
)
_IF = re.compile(r"\b(?:if|unless)\b", re.IGNORECASE)
_TO_BE = re.compile(r"\s(?:not\s|also\s|then\s)?(?:be|get)\s")
"""Behind "will" or "would": the participle that follows tells of what lies ahead too."""
_BEFORE, _AFTER = 90, 40
"""Characters before and after a time in which its verb may stand."""


def lies_ahead(text: str, bounds: tuple[int, int], time: tuple[int, int], *, default: bool) -> bool:
    """Whether the time at `time` lies ahead: by the nearest verb before it in its clause, or else after it.

    `bounds`: what is looked at, in characters; `default`: what holds where no verb tells.
    """
    low = max(bounds[0], time[0] - _BEFORE)
    low = max((m.end() for m in _CLAUSE.finditer(text, low, time[0])), default=low)
    if _IF.search(text, low, time[0]):  # "if it lasted into May"
        return True
    ahead = max((m.end() for m in _AHEAD.finditer(text, low, time[0])), default=-1)
    behind = max((m.end() for m in _BEHIND.finditer(text, low, time[0])), default=-1)
    if ahead != behind:
        return ahead > behind or (ahead >= 0 and bool(_TO_BE.match(text, ahead)))
    high = min(bounds[1], time[1] + _AFTER)
    stop = _CLAUSE.search(text, time[1], high)
    high = stop.start() if stop else high
    first = [(m.start(), led) for led, p in ((True, _AHEAD), (False, _BEHIND)) if (m := p.search(text, time[1], high))]
    return min(first)[1] if first else default
