"""Which elements are open, following browsers in what decides visibility: implied ends, wrong ends, and formatting
elements (`b`, `font` …) that live on after the block around them has ended. A flat stack, bounded look-back, no tree.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from onrecord.clean.markup import named
from onrecord.clean.selectors import Element
from onrecord.clean.visible import SEEN, Sight

VOID = named("area base br col embed hr img input link meta param source track wbr basefont bgsound frame keygen")
BLOCK = named("""
    address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer
    form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup option p pre search section select
    summary table tbody td tfoot th thead tr ul caption button""")
"""Elements that begin and end a paragraph of ours."""
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_FORMATTING = named("a b big code em font i nobr s small strike strong tt u")
_SPECIAL = BLOCK | frozenset(("template", "object", "iframe", "marquee"))
_ENDS_P = BLOCK - named("html body td th tr tbody thead tfoot caption option optgroup button select legend")
_SCOPE = named("html table td th caption object template marquee applet")
_CELLS = frozenset(("td", "th", "caption", "object", "template", "marquee", "button"))
_IMPLIED = {
    "li": (("li",), _SPECIAL - {"address", "div", "p"}),
    "dd": (("dd", "dt"), _SPECIAL - {"address", "div", "p"}),
    "dt": (("dd", "dt"), _SPECIAL - {"address", "div", "p"}),
    "option": (("option",), _SPECIAL),
    "optgroup": (("optgroup", "option"), _SPECIAL),
    "td": (("td", "th"), frozenset(("table", "tr", "template"))),
    "th": (("td", "th"), frozenset(("table", "tr", "template"))),
    "tr": (("tr",), frozenset(("table", "template"))),
    "tbody": (("tbody", "thead", "tfoot"), frozenset(("table", "template"))),
    "thead": (("tbody", "thead", "tfoot"), frozenset(("table", "template"))),
    "tfoot": (("tbody", "thead", "tfoot"), frozenset(("table", "template"))),
    "a": (("a",), _CELLS),
    "button": (("button",), _SCOPE),
}
"""What a start tag ends before it begins, and where the search for that stops."""
_MAX_REVIVED = 12
_LOOK_BACK = 400
"""Open elements that a tag looks through; deeper ones it leaves open."""


@dataclass(slots=True)
class Open(Element):
    """An open element. `number` counts the elements of the page, `start` is where its tag begins in the source."""

    sight: Sight = SEEN
    number: int = 0
    start: int = 0
    inside: int = 0
    within: int = 0
    zone: str = ""
    summarised: bool = False
    noted: int = -1


class Nesting:
    """The open elements; `top` is the innermost, `open` counts them by name. Methods return what ended."""

    def __init__(self) -> None:
        self.stack: list[Open] = [Open("", {})]
        self.revivable: list[Open] = []
        self.open: defaultdict[str, int] = defaultdict(int)

    @property
    def top(self) -> Open:
        """The innermost open element; the page itself where none is."""
        return self.stack[-1]

    def push(self, element: Open) -> None:
        """Open an element."""
        self.stack.append(element)
        self.open[element.tag] += 1

    def before(self, name: str) -> list[Open]:
        """End what the start tag `name` ends by coming."""
        ended: list[Open] = []
        if name in _ENDS_P and self.open["p"]:
            ended += self._end(("p",), _SCOPE | {"button"})
        if name in _IMPLIED:
            names, stops = _IMPLIED[name]
            if any(self.open[one] for one in names):
                ended += self._end(names, stops)
            if name == "a":
                self.revivable = [element for element in self.revivable if element.tag != "a"]
        elif name in HEADINGS and self.top.tag in HEADINGS:
            ended.append(self._pop())
        return ended

    def close(self, name: str) -> list[Open]:
        """End what the end tag `name` ends; nothing where browsers ignore it."""
        if name in HEADINGS:
            return self._end(tuple(HEADINGS), _SCOPE)
        if name in _FORMATTING:
            before = len(self.revivable)
            self.revivable = _without_last(self.revivable, name)
            if not self.open[name] or len(self.revivable) < before:
                return []
            return self._end_formatting(name)
        if not self.open[name] or name in ("html", "body"):
            return []
        stops = _SCOPE - {name} if name in _SPECIAL else _SPECIAL
        if name in ("table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption"):
            stops = frozenset(("table", "template", "html")) - {name}
        return self._end((name,), stops)

    def close_all(self) -> list[Open]:
        """End everything."""
        return [self._pop() for _ in range(len(self.stack) - 1)]

    def _end(self, names: tuple[str, ...], stops: frozenset[str]) -> list[Open]:
        if self.stack[-1].tag in names and self.stack[-1].tag not in _CELLS:
            return [self._pop()]
        for back in range(1, min(len(self.stack), _LOOK_BACK)):
            tag = self.stack[-back].tag
            if tag in names:
                ended = [self._pop() for _ in range(back)]
                if back > 1 or self.revivable:
                    self._keep_formatting(ended)
                return ended
            if tag in stops:
                return []
        return []

    def _end_formatting(self, name: str) -> list[Open]:
        """With a block between, only the formatting element itself ends and the block stays open."""
        blocked = False
        for back in range(1, min(len(self.stack), _LOOK_BACK)):
            element = self.stack[-back]
            if element.tag == name:
                if not blocked:
                    return self._end((name,), frozenset())
                del self.stack[-back]
                self.open[name] -= 1
                return [element]
            if element.tag in _CELLS:
                return []
            blocked = blocked or element.tag in _SPECIAL
        return []

    def _keep_formatting(self, ended: list[Open]) -> None:
        """All but the element whose end was meant live on; those inside a cell end with it."""
        aim = ended[-1]
        if aim.tag in _CELLS:
            self.revivable = [element for element in self.revivable if element.number < aim.number]
            return
        kept = [element for element in reversed(ended[:-1]) if element.tag in _FORMATTING]
        self.revivable = (self.revivable + kept)[-_MAX_REVIVED:]

    def _pop(self) -> Open:
        element = self.stack.pop()
        self.open[element.tag] -= 1
        element.last = None
        return element


def _without_last(elements: list[Open], name: str) -> list[Open]:
    for at in range(len(elements) - 1, -1, -1):
        if elements[at].tag == name:
            return elements[:at] + elements[at + 1 :]
    return elements
