"""`onrecord extract`: who says what in some reports, recorded nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from onrecord.cli import talk
from onrecord.cli.options import (
    AsEngine,
    AsForm,
    AsFormat,
    AtMost,
    Exclude,
    Form,
    Include,
    Inside,
    LlmBudget,
    LlmModel,
    LlmTimeout,
    LlmUrl,
    Map,
    Paths,
    Published,
    Send,
    Verbatim,
    WhichEngine,
    engine_of,
    read_options,
)
from onrecord.cli.talk import Format

if TYPE_CHECKING:
    from onrecord.results import Result


def extract(
    paths: Paths,
    verbatim: Verbatim = False,
    published: Published = None,
    format_: AsFormat = None,
    columns: Map = None,
    form: AsForm = Form.auto,
    include: Include = None,
    exclude: Exclude = None,
    limit: AtMost = None,
    inside: Inside = None,
    engine: AsEngine = WhichEngine.tagger,
    llm_url: LlmUrl = None,
    llm_model: LlmModel = None,
    llm_budget: LlmBudget = None,
    llm_timeout: LlmTimeout = None,
    send: Send = False,
) -> None:
    """Print who says what in reports; record nothing.

    \b
    Examples:
      onrecord extract report.txt
      onrecord extract reports/ | jq .attributions
      curl -s https://example.org/a.html | onrecord extract -
    """
    from onrecord.api import extract_from
    from onrecord.model import Failure

    options = read_options(published, columns, form, include, exclude, limit, inside)
    failed = 0

    def results() -> Iterator[Result]:
        nonlocal failed
        for item in extract_from(*paths, options=options, verbatim=verbatim, engine=reader):
            if isinstance(item, Failure):
                from onrecord.terminal import failure_line

                failed += 1
                talk.complain(failure_line(item))
            else:
                yield item

    with engine_of(engine, llm_url, llm_model, llm_budget, llm_timeout, send) as reader:
        _print(results(), talk.chosen(format_))
    if failed:
        raise typer.Exit(talk.SOME_FAILED)


def _print(results: Iterator[Result], form: Format) -> None:
    if form is Format.table:
        from onrecord.terminal import report_view, rule

        styled = talk.styled()
        for number, result in enumerate(results):
            talk.show(*([rule()] if number else []), report_view(result, styled=styled))
    elif form is Format.csv:
        talk.put_csv(said for result in results for said in result.said())
    else:
        talk.put_json((result.to_dict() for result in results), form)
