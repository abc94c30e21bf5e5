"""Whether a reader sees an element's text, from what the page itself says: tag, attributes, style sheets in the page.

Sheets that a page fetches are not read. Where the page leaves doubt, the text counts as hidden: it is set aside and can
be looked at, whereas a claim no reader saw must not enter the record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from onrecord.clean.selectors import Element
from onrecord.clean.style import Sheet

NEVER_SHOWN = {
    **dict.fromkeys(("title", "script", "style", "meta", "link", "base"), "document head"),
    **dict.fromkeys(("template", "datalist", "param", "rp", "area", "source", "track"), "never shown"),
    **dict.fromkeys(("noscript", "noembed", "noframes"), "only without scripts"),
    **dict.fromkeys(("svg", "annotation", "annotation-xml"), "inside a drawing"),
    **dict.fromkeys(("iframe", "object", "video", "audio", "canvas", "picture", "applet"), "fallback of an embedding"),
}
"""Elements whose text no reader sees, with the reason."""
_FAR = 900
"""Pixels beyond an edge from which something counts as moved off the screen."""
_SHADE = 24
"""Largest difference per colour channel at which text cannot be told from its background."""
_NUMBER = re.compile(r"(-?[0-9]{0,9}\.?[0-9]{0,9})(?:e(-?[0-9]{1,2}))?\s?(px|r?em|%|vw|vh|pt|ex|ch|cm|mm|in)?")
_HEX = re.compile(r"#([0-9a-f]{3,8})\b")
_RGB = re.compile(r"rgba?\(([0-9.%,\s/]{1,60})\)")
_ZERO_CLIP = re.compile(r"rect\(\s*([01])(?:px)?[,\s]+[01](?:px)?[,\s]+[01](?:px)?[,\s]+[01](?:px)?\s*\)")
_INSET = re.compile(r"inset\(\s*(?:5[0-9]|[6-9][0-9]|1[0-9]{2,3})%|circle\(\s*0|polygon\(\s*0(?:px|%)? 0(?:px|%)?\s*\)")
_MOVED = re.compile(
    r"translate(?:x|y|3d)?\(\s*(-[0-9.]+)(px|em|rem|%|vw|vh)?|translatey?\([^,)]{0,30},\s*(-[0-9.]+)(px|em|rem|vh)?"
)
_SHRUNK = re.compile(r"scale(?:x|y|3d)?\(\s*0{0,9}\.?0{0,9}\s{0,9}[,)]")
_NAMED = {"white": "fff", "black": "000", "red": "f00", "snow": "fffafa", "ivory": "fffff0", "ghostwhite": "f8f8ff"}
_NAMED |= {"floralwhite": "fffaf0", "whitesmoke": "f5f5f5", "gray": "808080", "silver": "c0c0c0", "azure": "f0ffff"}

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Sight:
    """How text in an element is seen. `gone` no descendant can undo; the other reasons are inherited and can be undone.

    `clear` says that the text is transparent, `faint` that it has the colour of what is behind it.
    """

    gone: str | None = None
    invisible: bool = False
    tiny: bool = False
    clear: bool = False
    faint: bool = False

    @property
    def hidden(self) -> str | None:
        """Why text directly in the element is not seen, or None."""
        if self.gone:
            return self.gone
        if self.invisible:
            return "visibility hidden"
        if self.tiny:
            return "font size 0"
        if self.clear:
            return "transparent text"
        return "colour of the background" if self.faint else None


SEEN = Sight()
_PLAIN_ATTRIBUTES = frozenset(("style", "hidden", "color", "bgcolor", "background", "popover"))
_PAINT_ATTRIBUTES = frozenset(("color", "bgcolor"))
_PAINT = frozenset(("color", "background", "background-color", "-webkit-text-fill-color"))
_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)


def sight(element: Element, sheet: Sheet, above: Sight) -> Sight:
    """How text in `element` is seen, given how its parent is seen."""
    if above.gone:
        return above
    attributes = element.attributes
    if element.tag in NEVER_SHOWN:
        return replace(above, gone=NEVER_SHOWN[element.tag])
    if element.tag == "details" and "open" not in attributes:
        return replace(above, gone="closed details")
    marked = bool(attributes) and not _PLAIN_ATTRIBUTES.isdisjoint(attributes)
    if above is SEEN and not marked and element.tag != "dialog" and not (sheet.rules and sheet.may_hide(element)):
        return above
    declared = sheet.declared(element)
    gone = _attribute_hides(element, declared) or _gone(declared)
    if gone:
        return replace(above, gone=gone)
    return _painted(element, sheet, _inherited(declared, above))


def _attribute_hides(element: Element, declared: dict[str, str]) -> str | None:
    shown = declared.get("display", "none") != "none"
    if "hidden" in element.attributes and not shown:
        return "hidden attribute"
    if "popover" in element.attributes and not shown:
        return "popover"
    if element.tag == "dialog" and "open" not in element.attributes and not shown:
        return "closed dialog"
    return None


def _gone(declared: dict[str, str]) -> str | None:
    """A reason that holds for the element and all in it."""
    get = declared.get
    if get("display") == "none":
        return "display none"
    if _zero(get("opacity")) or "opacity(0" in get("filter", "").replace("0%", "0)"):
        return "opacity 0"
    if get("content-visibility") == "hidden":
        return "content-visibility hidden"
    if _off_screen(declared):
        return "off screen"
    if _ZERO_CLIP.search(get("clip", "")) or _INSET.search(get("clip-path", "")):
        return "clipped"
    return "no room" if _no_room(declared) else None


def _off_screen(declared: dict[str, str]) -> bool:
    placed = declared.get("position") in ("absolute", "fixed", "relative", "sticky")
    far = ("text-indent", "margin-left", "margin-top")
    for name in (*far, "left", "top", "right", "bottom", "inset") if placed else far:
        if name in declared and _pixels(declared[name]) <= -_FAR:
            return True
    if placed and max(_pixels(declared.get("left", "")), _pixels(declared.get("top", ""))) >= 20 * _FAR:
        return True
    moved = _MOVED.search(declared.get("transform", "") or f"translate({declared.get('translate', '')}")
    if not moved:
        return False
    number, unit = (moved[1], moved[2]) if moved[1] else (moved[3], moved[4])
    return _pixels(number + (unit or "px")) <= (-100 * 6 if unit == "%" else -_FAR)


def _no_room(declared: dict[str, str]) -> bool:
    if _SHRUNK.search(declared.get("transform", "")) or _zero(declared.get("scale")):
        return True
    cut = {declared.get("overflow"), declared.get("overflow-x"), declared.get("overflow-y")} & {"hidden", "clip"}
    sizes = [declared[n] for n in ("width", "height", "max-width", "max-height") if n in declared]
    return bool(cut) and any(0 <= _pixels(size) <= 1 and size[:1].isdigit() for size in sizes)


def _inherited(declared: dict[str, str], above: Sight) -> Sight:
    """Reasons that a descendant can undo."""
    visibility = declared.get("visibility")
    invisible = above.invisible if visibility in (None, "inherit") else visibility in ("hidden", "collapse")
    tiny, size = above.tiny, declared.get("font-size") or _font_size(declared.get("font", ""))
    if size and size != "inherit" and not (tiny and size.endswith(("em", "%")) and not size.endswith("rem")):
        tiny = size[:1] in "0.1" and _pixels(size, relative=16) < 2
    return (
        above if (invisible, tiny) == (above.invisible, above.tiny) else replace(above, invisible=invisible, tiny=tiny)
    )


def _painted(element: Element, sheet: Sheet, above: Sight) -> Sight:
    """Colour of the text against what is behind it, where the element or one around it gives cause to look."""
    declared, given = sheet.declared(element), element.attributes
    cause = above.clear or above.faint or not _PAINT_ATTRIBUTES.isdisjoint(given) or not _PAINT.isdisjoint(declared)
    if not cause:
        return above
    ink, behind = _nearest(element, sheet, "ink"), _nearest(element, sheet, "behind")
    clear = ink == "clear"
    faint = not isinstance(ink, str) and not isinstance(behind, str) and _alike(ink, behind)
    return above if (clear, faint) == (above.clear, above.faint) else replace(above, clear=clear, faint=faint)


def _nearest(element: Element, sheet: Sheet, what: Literal["ink", "behind"]) -> Colour | str:
    """The colour of an element's text or behind it: its own or the nearest one's above, else black on white.

    Kept at every element passed on the way, so that a deep page costs no more than a flat one.
    """
    own = _own_ink if what == "ink" else _own_background
    found: Colour | str = _BLACK if what == "ink" else _WHITE
    passed: list[Element] = []
    here: Element | None = element
    while here is not None:
        passed.append(here)
        if known := getattr(here, what) or own(here, sheet):
            found = known
            break
        here = here.parent
    for one in passed:
        setattr(one, what, found)
    return found


def _own_ink(element: Element, sheet: Sheet) -> Colour | str | None:
    """Its colour, "clear", "unknown" for what we cannot read, None where it takes its parent's."""
    declared = sheet.declared(element)
    ink = declared.get("-webkit-text-fill-color") or declared.get("color") or element.attributes.get("color")
    if not ink or ink in ("inherit", "currentcolor", "unset"):
        return None
    return "clear" if ink == "transparent" or _transparent(ink) else _colour(ink) or "unknown"


def _own_background(element: Element, sheet: Sheet) -> Colour | str | None:
    """Its colour, "picture" for what cannot be compared, None where one looks through to its parent."""
    declared, given = sheet.declared(element), element.attributes
    names = (declared.get("background", ""), declared.get("background-color", ""), given.get("bgcolor", ""), "")
    behind = " ".join(names).lower()
    pictured = "url(" in behind or "gradient" in behind or declared.get("background-image", "none") != "none"
    if pictured or "background" in given:
        return "picture"
    if behind.isspace() or _transparent(behind):
        return None
    shade = _colour(behind)
    if shade is None and not any(word in behind for word in ("none", "transparent", "inherit", "initial", "unset")):
        return "picture"
    return shade


def _font_size(font: str) -> str | None:
    sizes = [part.partition("/")[0] for part in font.split() if part[:1].isdigit() and not part.isdigit()]
    return sizes[0] if sizes else ("0" if re.match(r"(?:.* )?0(?:/\S{1,9})? ", font[:80]) else None)


def _zero(value: str | None) -> bool:
    if not value or value[:1] not in "0.":
        return False
    match = re.fullmatch(r"([0-9.]{1,20})(%?)", value)
    if match is None:
        return False
    try:
        return float(match[1]) / (100 if match[2] else 1) < 0.05
    except ValueError:
        return False


def _pixels(value: str, relative: float = 16) -> float:
    """A length in pixels; percentages and viewport units as of a wide screen. 0 for what is no length."""
    match = _NUMBER.match(value.strip())
    try:
        number = float(match[1]) * 10.0 ** int(match[2] or 0) if match and match[1] else 0.0
    except ValueError:
        return 0.0
    unit = (match[3] if match else None) or "px"
    scale = {"em": relative, "rem": 16, "%": 12.8, "vw": 12.8, "vh": 8, "pt": 1.33, "cm": 38, "mm": 3.8, "in": 96}
    return number * scale.get(unit, 1.0)


def _colour(value: str) -> Colour | None:
    if match := _HEX.search(value):
        digits = match[1]
        if len(digits) in (3, 4):
            digits = "".join(2 * d for d in digits)
        return (int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)) if len(digits) in (6, 8) else None
    if match := _RGB.search(value):
        parts = re.split(r"[,\s/]+", match[1].strip())
        try:
            red, green, blue = (round(float(p.rstrip("%")) * (2.55 if "%" in p else 1)) for p in parts[:3])
        except ValueError:
            return None
        return red, green, blue
    word = next((w for w in value.split() if w in _NAMED), None)
    return _colour("#" + _NAMED[word]) if word else None


def _transparent(value: str) -> bool:
    if match := _RGB.search(value):
        parts = re.split(r"[,\s/]+", match[1].strip())
        return len(parts) == 4 and _zero(parts[3])
    digits = match[1] if (match := _HEX.search(value)) else ""
    return (len(digits) == 4 and digits[3] == "0") or (len(digits) == 8 and digits[6:] == "00")


def _alike(one: Colour, other: Colour) -> bool:
    return all(abs(a - b) <= _SHADE for a, b in zip(one, other, strict=True))
