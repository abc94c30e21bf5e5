"""Where words stand, however they are written: in texts by whole words, in files by bytes. For erasing them."""

from __future__ import annotations

import mmap
import re
import unicodedata
from collections.abc import Iterable
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from onrecord.errors import UsageError
from onrecord.store.fold import fold

_SPACED = ("LATIN", "GREEK", "CYRILLIC", "DIGIT")
"""Scripts that keep words apart by blanks, and do not write others onto them."""
_TAG = re.compile(r"<[^<>]{0,2000}>")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_BETWEEN = rb"(?:[\s_+.,'-]|\xc2\xa0|%20|\xe2\x80\x99)+"
ENOUGH = 100
"""Places that are told of one file."""
SHORTEST = 2
"""Letters that words to be erased have at least, all together."""


class Words:
    """Names, or spellings of one, that are to be found wherever they stand. Raises UsageError for one of no letters."""

    def __init__(self, names: Iterable[str]) -> None:
        names = list(names)
        if not names:
            raise UsageError("no name is given to look for.", which="--name")
        self._needles: list[str] = []
        variants: set[str] = set()
        for name in names:
            folded = fold(name)
            if len(folded.replace(" ", "")) < SHORTEST:
                raise UsageError("that is no name to look for.", which=name or "(empty)", advice="Give all of it.")
            spaced = all(unicodedata.name(c, "").startswith(_SPACED) for c in folded if c != " ")
            self._needles.append(folded if spaced else folded.strip())
            clean = " ".join(name.split())
            variants |= {unicodedata.normalize(form, clean) for form in ("NFC", "NFD")} | {folded.strip(), clean}
        self._bytes = re.compile(b"|".join(map(_pattern, sorted(variants, key=len, reverse=True))))

    def stand_in(self, text: str | None) -> bool:
        """Whether they stand in a text as words of their own, whatever case, accents and marks between them."""
        folded = fold(text) if text else ""
        return any(needle in folded for needle in self._needles)

    def are_part_of(self, text: str | None) -> bool:
        """Whether their letters stand in a text at all, be it inside longer words."""
        return bool(text) and bool(self._bytes.search(str(text).encode(errors="replace")))

    def stand_in_source(self, source: str) -> bool:
        """The same as `stand_in` of a page's source, where tags, entities and escapes may come between letters."""
        if self.stand_in(source) or self.stand_in(unescape(_TAG.sub("", source))):
            return True
        escaped = _ESCAPE.sub(lambda m: chr(int(m[1], 16)), source) if "\\u" in source else source
        return (escaped != source and self.stand_in(escaped)) or ("%" in source and self.stand_in(unquote(source)))

    def places(self, path: Path) -> list[int]:
        """At which bytes of a file they stand, in any case, with or without accents."""
        if not path.is_file() or not path.stat().st_size:
            return []
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return [found.start() for found in self._bytes.finditer(data)]


def bytes_left(record: Path, words: Words) -> list[tuple[str, int]]:
    """In which of a database's files, at which bytes, they stand; the first ones of each."""
    return [(file.name, at) for file in files_of(record) for at in words.places(file)[:ENOUGH]]


def files_of(record: Path) -> list[Path]:
    """The files that there are of a SQLite database: itself, its logs, what it shares."""
    named = (record.with_name(record.name + end) for end in ("", "-wal", "-shm", "-journal"))
    return [path for path in named if path.is_file()]


def _pattern(words: str) -> bytes:
    return _BETWEEN.join(b"".join(map(_letter, word)) for word in words.split())


def _letter(letter: str) -> bytes:
    cases = {letter, letter.lower(), letter.upper(), letter.title(), letter.casefold()}
    return (
        b"(?:" + b"|".join(re.escape(c.encode(errors="replace")) for c in sorted(cases, key=len, reverse=True)) + b")"
    )
