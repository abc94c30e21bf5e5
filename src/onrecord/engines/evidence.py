"""What a content is said to rest on, where set phrases tell: "citing …", "with reference to …", "based on …".

The type goes by the nouns of the phrase. The tables are for people to read and to mend.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from onrecord.model import Evidence, EvidenceType, Span

_OPENS = re.compile(
    r"\b(?:citing|cites|cited|with reference to|making reference to|with a reference to|referring to|referred to"
    r"|on the (?:basis|strength) of|based (?:up)?on|pointing to|pointed to|relying on|relied on|backed by|supported by"
    r"|as evidenced by|as shown (?:by|in)|quoting|on the evidence of|in light of|drawing on|as proof|as evidence)\b",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"[,;:.!?\n“”\"()—–]|\s(?:that|who|which|when|where|while|but|and then|as|said|says|told)\b", re.IGNORECASE
)
_TYPES: tuple[tuple[EvidenceType, str], ...] = (
    ("imagery", r"satellite|images?|imagery|photos?|photographs?|pictures?|radar|maps?"),
    ("recording", r"videos?|audio|tapes?|recordings?|footage|film|clips?|transcripts?|intercepts?|phone calls?"),
    ("eyewitness", r"(?:eye)?witness(?:es)?|bystanders?|survivors?|onlookers?"),
    ("unnamed_source", r"(?:unnamed|anonymous|unidentified) \w+|sources?|people (?:briefed|familiar|close)|insiders?"),
    (
        "data",
        r"data|surveys?|polls?|polling|statistics|figures|census|numbers|stud(?:y|ies)|analys[ei]s|research",
    ),
    (
        "document",
        r"documents?|reports?|filings?|e-?mails?|letters?|memos?|memorandum|records?|papers?|files?|dossier"
        r"|indictment|affidavit|lawsuit|court|contracts?|treaty|law|constitution|book|statement|cables?|logs?|audit",
    ),
    ("expert", r"experts?|scientists?|researchers?|analysts?|doctors?|economists?|professors?|specialists?"),
    ("official", r"officials?|police|authorities|government|ministry|department|intelligence|agency|agencies|army"),
    (
        "media_report",
        r"media|newspapers?|news|press|reporters?|broadcaster|television|magazine|websites?",
    ),
    ("physical", r"wreckage|debris|samples?|fingerprints?|DNA|remains|fragments?|shrapnel|bones?|soil|blood|weapons?"),
)
_TYPE = tuple((kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for kind, words in _TYPES)
_LONGEST = 120


def evidence_in(text: str, start: int, end: int) -> Iterator[Evidence]:
    """Such phrases in `text[start:end]`, the words that open them included, whose nouns name evidence."""
    for match in _OPENS.finditer(text, start, end):
        stop = _ENDS.search(text, match.end() + 1, min(end, match.end() + _LONGEST))
        close = stop.start() if stop else min(end, match.end() + _LONGEST)
        kind = type_of(text[match.end() : close])
        if kind and text[match.end() : close].strip():
            yield Evidence(Span(match.start(), close), kind)


def type_of(words: str) -> EvidenceType | None:
    """The type that the first noun known names."""
    found = [(m.start(), kind) for kind, pattern in _TYPE if (m := pattern.search(words))]
    return min(found)[1] if found else None
