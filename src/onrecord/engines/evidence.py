"""What a content is said to rest on, where set phrases tell: "citing …", "with reference to …", "based on …".

The type goes by the nouns of the phrase. The tables are for people to read and to mend.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from onrecord.model import Evidence, EvidenceType, Span

Pair = tuple[int, int]

_OPENS = re.compile(
    r"\b(?:citing|cites|cited|with reference to|making reference to|with a reference to|referring to|refers to"
    r"|on the (?:basis|strength|evidence|word) of|based (?:up)?on|bas(?:es|ed|ing) (?:\w+ ){1,3}on|pointing to"
    r"|points to"
    r"|pointed to|rel(?:ying|ies|ied) (?:up)?on|rest(?:s|ed|ing)? (?:in part |partly )?on|draw(?:s|n|ing) (?:up)?on"
    r"|backed by|as evidenced by|as shown (?:by|in)|quoting|as (?:proof|evidence)|going by|judging (?:by|from)"
    r"|attribut(?:es|ed|ing) (?:(?:it|this|the \w+) )?to|on information from|working from|thanks to"
    r"|in (?=a (?:survey|poll)\b)"
    r"|(?:after|upon) (?:viewing|reviewing|watching|hearing|studying|examining|analy[sz]ing|listening to|seeing"
    r"|inspecting))\b",
    re.IGNORECASE,
)
_NOT = re.compile(r"(?:\bnot|n['’]t|\bno|\bnever|\bwithout|\bnor)\s+(?:\w+\s+)?$", re.IGNORECASE)
_ENDS = re.compile(
    r"[,;:.!?\n“”\"()—–]|\s(?:that|which|when|where|while|but|and then|as|said|says|told|reported|reports)\b",
    re.IGNORECASE,
)
_UNNAMED = re.compile(
    r"\b(?:unnamed|anonymous|unidentified|undisclosed|unspecified|unofficial|sources?|insiders?|informants?)\b"
    r"|\b(?:officials?|people|persons?|men|women|diplomats?|executives?|employees?|lawyers?|aides?|friends"
    r"|members|workers)"
    r"\s(?:\w+\s){0,3}?(?:briefed|familiar|close to|with (?:direct )?knowledge|who (?:asked|spoke|declined"
    r"|would not|have seen|had seen"
    r"|attended|requested))|\b(?:it|he|she|they) did(?: not|n['’]t) (?:name|identify)\b",
    re.IGNORECASE,
)
_TYPES: tuple[tuple[EvidenceType, str], ...] = (
    ("imagery", r"satellite|images?|imagery|photos?|photographs?|pictures?|screenshots?|radar|maps?"),
    (
        "recording",
        r"videos?|audio|tapes?|recordings?|footage|films?|clips?|transcripts?|intercept(?:s|ed \w+)?|phone calls?",
    ),
    (
        "eyewitness",
        r"(?:eye)?witness(?:es)?|bystanders?|survivors?|onlookers?|neighbou?rs?|residents?|villagers?|testimon(?:y|ies)"
        r"|accounts?(?= of| and| by| from)|saw|seen|heard",
    ),
    (
        "data",
        r"data|surveys?|polls?|polling|statistics|figures|census|numbers|counts?|stud(?:y|ies)|analys[ei]s|research"
        r"|estimates?|projections?|tests? (?:on|of|by)",
    ),
    (
        "document",
        r"documents?|reports?|filings?|e-?mails?|letters?|memos?|memorandum|notes?|minutes|records?|papers?"
        r"|files?|dossier"
        r"|indictment|affidavit|lawsuit|court|contracts?|treaty|law|constitution|book|statements?|cables?|logs?|audit"
        r"|lists?|registers?|patents?|posts?|studies",
    ),
    (
        "media_report",
        r"(?:state |local |jihadist |\w+ )?(?:media|newspapers?|news|press|reporters?|broadcasters?|television"
        r"|TV|magazine"
        r"|websites?|radio|channel|daily|weekly|news agency|wire|outlets?|tabloid|blogs?|network)",
    ),
    (
        "expert",
        r"experts?|scientists?|researchers?|analysts?|doctors?|economists?|professors?|specialists?|scholars?"
        r"|\w+ologists?",
    ),
    (
        "official",
        r"officials?|police|authorities|government|ministry|minister|department|intelligence|agency|agencies"
        r"|army|military"
        r"|spokes\w+|mayors?|prosecutors?|headquarters|(?:fire|secret) service|border patrol|council|officers?|FBI|CIA",
    ),
    (
        "physical",
        r"wreckage|debris|samples?|fingerprints?|DNA|autopsy|remains|fragments?|shrapnel|bones?|soil|blood|weapons?"
        r"|cartridges?|casings?|isotopes|crater|seismic",
    ),
)
_TYPE = tuple((kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for kind, words in _TYPES)
_LONGEST = 120


def evidence_in(text: str, start: int, end: int) -> Iterator[Evidence]:
    """Such phrases in `text[start:end]`, the words that open them included, whose nouns name evidence."""
    for match in _OPENS.finditer(text, start, end):
        stop = _ENDS.search(text, match.end() + 1, min(end, match.end() + _LONGEST))
        close = stop.start() if stop else min(end, match.end() + _LONGEST)
        words = text[match.end() : close]
        if not words.strip() or _NOT.search(text, max(start, match.start() - 20), match.start()):
            continue
        kind = type_of(words)
        if kind:
            yield Evidence(Span(match.start(), close), kind)


def type_of(words: str) -> EvidenceType | None:
    """That of somebody left unnamed, or the type that the first noun known names."""
    if _UNNAMED.search(words):
        return "unnamed_source"
    found = [(m.start(), k, kind) for k, (kind, pattern) in enumerate(_TYPE) if (m := pattern.search(words))]
    return min(found)[2] if found else None


def owner_of(span: Span, sentences: Sequence[Pair], places: Sequence[Sequence[Pair]]) -> int | None:
    """Which attribution a phrase belongs to: the nearest one in whose sentence it stands.

    In characters: of each attribution its sentence, and where its source and cue are.
    """
    found = [
        (min(max(a - span.end, span.start - b, 0) for a, b in spans), min(b - a for a, b in spans), k)
        for k, ((low, high), spans) in enumerate(zip(sentences, places, strict=True))
        if low <= span.start and span.end <= high
    ]
    return min(found)[2] if found else None
