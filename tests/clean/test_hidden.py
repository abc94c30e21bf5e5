"""Text that no reader sees never enters the text of a report, and is set aside with its reason; what is seen stays."""

from __future__ import annotations

import pytest

from onrecord.clean import Cleaner
from tests.clean.pages import HEADLINE, PARAGRAPHS, check_origins, page, raw

CLAIM = "The mayor confessed on Friday that she had sold the harbour to her brother for a single silver coin."

TECHNIQUES = {
    "hidden attribute": f"<p hidden>{CLAIM}</p>",
    "display none": f"<p style='display:none'>{CLAIM}</p>",
    "display none, escaped and important": f"<p style='d\\69splay: NONE !important; display:block'>{CLAIM}</p>",
    "visibility hidden": f"<p style='visibility:hidden'>{CLAIM}</p>",
    "class in a sheet": f"<style>.gone{{display:none}}</style><p class='gone'>{CLAIM}</p>",
    "id in a sheet after": f"<p id='q7'>{CLAIM}</p><style>article #q7{{visibility:hidden}}</style>",
    "sheet as data address": f"<link rel=stylesheet href='data:text/css,.zz%7Bdisplay:none%7D'><p class=zz>{CLAIM}</p>",
    "font size 0": f"<p style='font-size:0'>{CLAIM}</p>",
    "font size 0 by shorthand": f"<p style='font:0/0 serif'>{CLAIM}</p>",
    "white on white": f"<p style='color:#fff;background:#ffffff'>{CLAIM}</p>",
    "white on the page": f"<p><font color='white'>{CLAIM}</font></p>",
    "transparent": f"<p style='color:rgba(0,0,0,0)'>{CLAIM}</p>",
    "off screen": f"<p style='position:absolute;left:-9999px'>{CLAIM}</p>",
    "text indent": f"<p style='text-indent:-9999em'>{CLAIM}</p>",
    "moved away": f"<p style='transform:translateX(-4000px)'>{CLAIM}</p>",
    "opacity 0": f"<div style='opacity:0.0'><p>{CLAIM}</p></div>",
    "clipped": f"<p style='position:absolute;clip:rect(0,0,0,0)'>{CLAIM}</p>",
    "clip path": f"<p style='clip-path:inset(100%)'>{CLAIM}</p>",
    "no height": f"<div style='height:0;overflow:hidden'><p>{CLAIM}</p></div>",
    "scaled to nothing": f"<p style='transform:scale(0)'>{CLAIM}</p>",
    "template": f"<template><p>{CLAIM}</p></template>",
    "noscript": f"<noscript><p>{CLAIM}</p></noscript>",
    "closed details": f"<details><summary>More on this</summary><p>{CLAIM}</p></details>",
    "closed dialog": f"<dialog><p>{CLAIM}</p></dialog>",
    "image alt": f"<img src='a.png' alt='{CLAIM}'>",
    "comment": f"<!-- <p>{CLAIM}</p> -->",
    "script": f"<script>var text = '<p>{CLAIM}</p>';</script>",
    "script in script": f"<script><!-- <script></script> <p>{CLAIM}</p> --></script>",
    "title of a drawing": f"<svg><title>{CLAIM}</title><desc>{CLAIM}</desc></svg>",
    "iframe fallback": f"<iframe><p>{CLAIM}</p></iframe>",
    "formatting that lives on": f"<p><font style='display:none'>x</p><p>{CLAIM}</p></font>",
    "wrong end tag": f"<div hidden><p>x</span></b><p>{CLAIM}</p></div>",
    "nested rule": f"<style>article{{ & .deep{{display:none}} }}</style><p class='deep'>{CLAIM}</p>",
    "media that holds": f"<style>@media screen and (min-width:9px){{.m{{display:none}}}}</style><p class=m>{CLAIM}</p>",
    "metadata only": f'<script type="application/ld+json">{{"@type":"NewsArticle","articleBody":"{CLAIM}"}}</script>',
}


@pytest.mark.parametrize("name", TECHNIQUES)
def test_a_hidden_claim_never_enters_the_text_and_the_visible_text_stays(name: str, cleaner: Cleaner) -> None:
    source = page(between=TECHNIQUES[name])
    report = cleaner.clean(raw(source))
    assert "silver coin" not in report.text
    assert report.text == "\n\n".join((HEADLINE, *PARAGRAPHS)) or "More on this" in report.text
    check_origins(report, source.encode())


NOT_TEXT = ("image alt", "comment", "script", "script in script", "metadata only")


@pytest.mark.parametrize("name", sorted(set(TECHNIQUES) - set(NOT_TEXT)))
def test_hidden_text_is_set_aside_with_its_place(name: str, cleaner: Cleaner) -> None:
    source = page(between=TECHNIQUES[name])
    report = cleaner.clean(raw(source))
    at = source.encode().index(b"silver coin")
    places = [part for part in report.set_aside if part.reason.startswith("hidden: ")]
    assert any((p.raw_start or 0) <= at < (p.raw_end or 0) for p in places), report.set_aside


SHOWN = {
    "a later rule shows it": f"<style>.a{{display:none}} .a.b{{display:block}}</style><p class='a b'>{CLAIM}</p>",
    "visible inside hidden": f"<div style='visibility:hidden'><p style='visibility:visible'>{CLAIM}</p></div>",
    "only for print": f"<style>@media print{{.a{{display:none}}}}</style><p class='a'>{CLAIM}</p>",
    "only on hover": f"<style>.a:hover{{display:none}}</style><p class='a'>{CLAIM}</p>",
    "aria-hidden": f"<p aria-hidden='true'>{CLAIM}</p>",
    "open details": f"<details open><summary>More</summary><p>{CLAIM}</p></details>",
    "white on dark": f"<div style='background:#111'><p style='color:#fff'>{CLAIM}</p></div>",
    "a rule in a comment": f"<!-- <style>p{{display:none}}</style> --><p>{CLAIM}</p>",
    "another tag's rule": f"<style>section.a{{display:none}}</style><p class='a'>{CLAIM}</p>",
    "another parent's rule": f"<style>aside p.a{{display:none}}</style><p class='a'>{CLAIM}</p>",
    "size set again": f"<div style='font-size:0'><p style='font-size:16px'>{CLAIM}</p></div>",
    "after an unclosed hidden p": f"<p hidden>x<p>{CLAIM}</p>",
}


@pytest.mark.parametrize("name", SHOWN)
def test_what_a_reader_sees_stays(name: str, cleaner: Cleaner) -> None:
    assert CLAIM in cleaner.clean(raw(page(between=SHOWN[name]))).text
