"""The style sheets that stand in a page itself, as far as they can hide text: rules, selectors, the cascade.

Read for a wide screen, at rest: rules for print, narrow screens and states such as `:hover` are left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from onrecord.clean.markup import named
from onrecord.clean.selectors import Compound, Element, is_meant, selector_of, unescaped_css

SCREEN_WIDTH = 1280
"""Pixels; media queries are answered for a window this wide."""
MAX_STEPS = 3_000_000
"""Compounds compared in one page, after which its remaining rules are left unread and the page is flagged."""

RELEVANT = named("""
    display visibility opacity font-size font color background background-color background-image position left top
    right bottom text-indent clip clip-path width height max-width max-height overflow overflow-x overflow-y transform
    margin-left margin-top filter content-visibility -webkit-text-fill-color scale translate inset""")
_RELEVANT_NAME = re.compile(
    r"display|visib|opacity|font|color|background|position|indent|clip|overflow|transform|height|width|filter|\\|scale"
    r"|left|top|right|translate|inset"
)
_HIDES = re.compile(
    r"display\s*+:\s*+none|visibility\s*+:\s*+(?:hid|coll)|opacity\s*+:\s*+0*+\.?0|opacity\(\s*+0|content-visibility"
    r"|font(?:-size)?\s*+:[^;]{0,60}?(?<![\d.])(?:[01](?![\d.])|0?\.\d)"
    r"|:\s*+-\d|\(-\d|\(-?[\d.]{1,9}[a-z%]{0,4},\s*+-\d|\s-\d{3}|clip|:\s*+\d{5}|:\s*+\d{4,9}em|scale"
    r"|(?:width|height)\s*+:\s*+[01](?![\d.])|transparent"
    r"|(?<![-\w])color\s*+:\s*+(?:#[e-f]|white|rgba?\(\s*+2[2-5]|rgba\(|hsl|snow|ivory|azure|\w++white)"
    r"|(?<![-\w])color\s*+:(?=[\s\S]*?background)|background(?=[\s\S]*?(?<![-\w])color\s*+:)|\\\\",
    re.IGNORECASE,
)
"""What in a rule may hide; generous, because the cascade decides. Only elements that it meets are looked at closely."""
_COMMENT = re.compile(r"/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)")
_STRING = r"\"(?:[^\"\\\n]++|\\.)*+\"|'(?:[^'\\\n]++|\\.)*+'"
_RULE = re.compile(rf"([^{{}}]*+)(?:\{{((?:[^{{}}\"']++|{_STRING})*+)(?:\}}|\Z)|([{{}}])|\Z)", re.DOTALL)
_WIDTH = re.compile(r"\((min|max)-width\s{0,5}:\s{0,5}([0-9.]{1,10})(px|em|rem)\)")
_NAME = re.compile(r"([.#])([\w-]++)(?![^\[\]]*+\])")


class Declaration(NamedTuple):
    """One property as set by one rule or `style` attribute; `value` in lower case."""

    value: str
    important: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One selector with the body it sets; `order` is its place in the page, `needs` what an ancestor must be named."""

    selector: tuple[Compound, ...]
    body: str
    order: int
    weight: tuple[int, int, int]
    needs: str | None


@dataclass(slots=True)
class _Index:
    """Rules by what their last compound names, so that few are tried on each element."""

    by_id: dict[str, list[Rule]] = field(default_factory=dict)
    by_class: dict[str, list[Rule]] = field(default_factory=dict)
    by_tag: dict[str, list[Rule]] = field(default_factory=dict)

    def add(self, rule: Rule) -> None:
        last = rule.selector[-1]
        if last.ids:
            self.by_id.setdefault(last.ids[0], []).append(rule)
        elif last.classes:
            self.by_class.setdefault(last.classes[0], []).append(rule)
        else:
            self.by_tag.setdefault(last.tag or "*", []).append(rule)

    def candidates(self, element: Element) -> list[Rule]:
        found: list[Rule] = []
        if self.by_id and (name := element.attributes.get("id")):
            found += self.by_id.get(name, ())
        if self.by_class:
            for name in element.classes:
                found += self.by_class.get(name, ())
        found += self.by_tag.get(element.tag, ())
        found += self.by_tag.get("*", ())
        return found


@dataclass(slots=True)
class Sheet:
    """The rules of a page: all that matter, and among them those that may hide.

    `used` are the classes and ids (`#id`) that occur in the page; rules for others are not even parsed.
    """

    used: frozenset[str]

    every: _Index = field(default_factory=_Index)
    hiding: _Index = field(default_factory=_Index)
    steps: int = 0
    rules: int = 0
    names: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    tried: dict[tuple[str, str | None, str | None], list[Rule]] = field(default_factory=dict)

    @property
    def exhausted(self) -> bool:
        """Whether the page asked for more comparing than it gets."""
        return self.steps > MAX_STEPS

    def add(self, css: str, media: str = "") -> None:
        """Read one style sheet."""
        if media and not _for_screen(media.lower()):
            return
        for prelude, body in _rules(_COMMENT.sub(" ", css) if "/*" in css else css):
            if _RELEVANT_NAME.search(body):
                for selector in _split(prelude):
                    self._index(selector.strip(), body)

    def _index(self, text: str, body: str) -> None:
        if "\\" not in text and "(" not in text:
            for mark, name in _NAME.findall(text):
                if (name if mark == "." else "#" + name) not in self.used:
                    return
        selector = selector_of(text)
        if not selector:
            return
        self.rules += 1
        ids, classes, tags = (sum(part) for part in zip(*(c.weight for c in selector), strict=True))
        rule = Rule(selector, body, self.rules, (ids, classes, tags), _needs(selector))
        self.every.add(rule)
        if _HIDES.search(body):
            self.hiding.add(rule)

    def opened(self, element: Element) -> None:
        """The element is now an ancestor of what follows."""
        if self.rules and element.attributes:
            for name in _names(element):
                self.names[name] += 1

    def closed(self, element: Element) -> None:
        """The element has ended."""
        if self.rules and element.attributes:
            for name in _names(element):
                self.names[name] -= 1

    def may_hide(self, element: Element) -> bool:
        """Whether a rule that may hide meets the element."""
        given = element.attributes
        key = (element.tag, given.get("class"), given.get("id"))
        rules = self.tried.get(key)
        if rules is None:
            rules = self.tried[key] = self.hiding.candidates(element)
        return bool(rules) and any(self._matches(rule, element) for rule in rules)

    def declared(self, element: Element) -> dict[str, str]:
        """The relevant properties of an element after the cascade, its own `style` included."""
        if element.cascade is None:
            element.cascade = self._cascade(element)
        return element.cascade

    def _cascade(self, element: Element) -> dict[str, str]:
        rules = [rule for rule in self.every.candidates(element) if self._matches(rule, element)]
        style = element.attributes.get("style")
        if not rules and not style:
            return {}
        won: dict[str, tuple[tuple[bool, bool, tuple[int, int, int], int], str]] = {}
        for rule in rules:
            _contest(won, declarations(rule.body), inline=False, weight=rule.weight, order=rule.order)
        if style:
            _contest(won, declarations(style), inline=True, weight=(0, 0, 0), order=0)
        return {name: value for name, (_, value) in won.items()}

    def _matches(self, rule: Rule, element: Element) -> bool:
        """Right to left, each ancestor tried once per compound."""
        self.steps += 1
        if rule.needs is not None and not self.names[rule.needs]:
            return False
        selector = rule.selector
        at = len(selector) - 1
        if self.exhausted or not is_meant(element, selector[at]):
            return False
        here: Element = element
        while at > 0:
            joined = selector[at].joined
            at -= 1
            step: Element | None = here.previous if joined in "+~" else here.parent
            while step is not None and not is_meant(step, selector[at]):
                self.steps += 1
                step = None if joined in ">+" else (step.previous if joined == "~" else step.parent)
            if step is None:
                return False
            here = step
        return True


@lru_cache(maxsize=4096)
def declarations(body: str) -> tuple[tuple[str, Declaration], ...]:
    """The relevant declarations of a rule's body or a `style` attribute."""
    found = []
    for part in _COMMENT.sub(" ", body).split(";"):
        name, colon, value = part.partition(":")
        name = unescaped_css(name).strip().lower()
        if colon and name in RELEVANT:
            value = unescaped_css(value).strip().lower()
            important = value.endswith("important") and "!" in value
            found.append((name, Declaration(value.rpartition("!")[0].strip() if important else value, important)))
    return tuple(found)


def _contest(
    won: dict[str, tuple[tuple[bool, bool, tuple[int, int, int], int], str]],
    declared: Iterable[tuple[str, Declaration]],
    *,
    inline: bool,
    weight: tuple[int, int, int],
    order: int,
) -> None:
    for name, declaration in declared:
        rank = (declaration.important, inline, weight, order)
        if name not in won or won[name][0] <= rank:
            won[name] = (rank, declaration.value)


def _rules(css: str) -> Iterable[tuple[str, str]]:
    """(selectors, body) of every rule in force; nested rules are written out."""
    around: list[tuple[str | None, list[str]]] = []
    for match in _RULE.finditer(css):
        lead, body, brace = match.groups()
        above, _, own = lead.rpartition(";")
        if above and around:
            around[-1][1].append(above)
        if body is not None:
            prelude = _prelude(around[-1][0] if around else "", own.strip())
            if prelude:
                yield prelude, body
        elif brace == "{":
            around.append((_prelude(around[-1][0] if around else "", own.strip()), []))
        elif around:
            prelude, parts = around.pop()
            if prelude:
                yield prelude, ";".join([*parts, own])
    for prelude, parts in around:
        if prelude and parts:
            yield prelude, ";".join(parts)


def _prelude(parent: str | None, own: str) -> str | None:
    """What a block applies to: selectors, "" at the top or under a condition that holds, None where it does not."""
    if parent is None or len(own) > 20_000 or (parent and len(parent) + len(own) * (1 + own.count("&")) > 2_000):
        return None
    if not own.startswith("@"):
        return own if not parent else (own.replace("&", parent) if "&" in own else f"{parent} {own}")
    at = own[1:].partition(" ")[0].partition("(")[0].lower()
    if at == "media":
        return parent if _for_screen(own[6:].lower()) else None
    return parent if at in ("supports", "layer", "container", "scope", "starting-style") else None


def _for_screen(query: str) -> bool:
    return any(_query_holds(part.strip()) for part in query.split(","))


def _query_holds(query: str) -> bool:
    if "print" in query or "speech" in query or query.startswith("not ") or "hover: none" in query:
        return False
    for bound, number, unit in _WIDTH.findall(query):
        try:
            pixels = float(number) * (1 if unit == "px" else 16)
        except ValueError:
            return False
        if (pixels > SCREEN_WIDTH) if bound == "min" else (pixels < SCREEN_WIDTH):
            return False
    return not any(word in query for word in ("prefers-", "orientation: portrait", "max-device-width", "-ms-", "aural"))


def _split(selectors: str) -> list[str]:
    if "(" not in selectors:
        return selectors.split(",")
    return re.split(r",(?![^()]*\))", selectors) if len(selectors) < 2_000 else []


def _needs(selector: tuple[Compound, ...]) -> str | None:
    for at in range(len(selector) - 2, -1, -1):
        if selector[at + 1].joined in " >":
            if selector[at].ids:
                return "#" + selector[at].ids[0]
            if selector[at].classes:
                return selector[at].classes[0]
    return None


def _names(element: Element) -> tuple[str, ...]:
    name = element.attributes.get("id")
    return (*element.classes, "#" + name) if name else element.classes
