"""Bytes to text: `RawReport` → `Report`. The text is our own and immutable; each character leads back to the raw bytes.

Pages are parsed in killable child processes (`sandbox`); plain text never starts one.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from types import TracebackType
from typing import Self

from onrecord.clean import plain
from onrecord.clean.compose import Copied, copied, titled
from onrecord.clean.decode import decode, refuse_binary
from onrecord.clean.language import identify
from onrecord.clean.provenance import page_report, prefer
from onrecord.clean.sandbox import Sandbox
from onrecord.errors import InputError, Unreadable
from onrecord.model import Failure, Found, RawReport, Report, SetAside, Span
from onrecord.settings import whole

__all__ = ["Cleaner", "clean"]

_LOOK_AHEAD = 4
"""Reports under way per worker in `clean_all`: enough to keep the workers busy, few enough to stay small in memory."""


def clean(raw: RawReport, *, verbatim: bool = False, cleaner: Cleaner | None = None) -> Report:
    """One report. For many pages pass a `Cleaner`, or each page pays for the start of its own child process.

    `verbatim` takes the text exactly as decoded (only NUL and lone surrogates go): no headline, nothing set aside.
    Raises Unreadable (empty, binary) and Unparsable (a page beyond the limits of time, memory or size).
    """
    if cleaner is not None:
        return cleaner.clean(raw, verbatim=verbatim)
    with Cleaner(workers=1) as own:
        return own.clean(raw, verbatim=verbatim)


class Cleaner:
    """A pool of parser processes, started when the first page comes and ended with the `with` block.

    Safe to use from several threads. `workers` defaults to the setting `parse_workers`.
    """

    def __init__(self, workers: int | None = None) -> None:
        wanted = workers or whole("parse_workers") or min(4, os.cpu_count() or 1)
        self._workers = wanted
        self._sandbox = Sandbox(wanted)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the parser processes. Closing twice does nothing."""
        self._sandbox.close()

    def clean(self, raw: RawReport, *, verbatim: bool = False) -> Report:
        """One report; raises as `onrecord.clean.clean` does."""
        if not raw.data:
            raise Unreadable("The input is empty.", which=raw.origin, advice="Nothing was read; leave it out.")
        refuse_binary(raw)
        if verbatim:
            return _verbatim(raw)
        if raw.form == "text":
            return _plain(raw)
        return _with_language(page_report(raw, self._sandbox.parse(raw)))

    def clean_all(self, items: Iterable[RawReport | Failure], *, verbatim: bool = False) -> Iterator[Report | Failure]:
        """Many reports, in parallel, in input order, a few ahead of the consumer. Failures pass through in place."""
        with ThreadPoolExecutor(self._workers, thread_name_prefix="clean") as threads:
            under_way: deque[Future[Report | Failure] | Failure] = deque()
            try:
                for item in items:
                    under_way.append(item if isinstance(item, Failure) else threads.submit(self._try, item, verbatim))
                    if len(under_way) >= _LOOK_AHEAD * self._workers:
                        yield _done(under_way.popleft())
                while under_way:
                    yield _done(under_way.popleft())
            finally:
                for left in under_way:
                    if isinstance(left, Future):
                        left.cancel()

    def _try(self, raw: RawReport, verbatim: bool) -> Report | Failure:
        try:
            return self.clean(raw, verbatim=verbatim)
        except InputError as error:
            return Failure(raw.origin, "clean", error.what, error.advice)


def _done(item: Future[Report | Failure] | Failure) -> Report | Failure:
    return item if isinstance(item, Failure) else item.result()


def _verbatim(raw: RawReport) -> Report:
    decoded = decode(raw.data, raw.given.encoding)
    text = copied(decoded)
    return _with_language(_base(raw, text, decoded.encoding, decoded.flags))


def _plain(raw: RawReport) -> Report:
    """The text stays whole: furniture is marked, not cut. A row's title that does not open it is set before it."""
    decoded = decode(raw.data, raw.given.encoding)
    own = copied(decoded)
    title = raw.given.title.value.strip() if raw.given.title else ""
    whole_text = titled(own, title) if title and not own.text.lstrip().startswith(title) else own
    found = plain.parts(whole_text.text)
    headline_span = _title_span(whole_text.text, title) or found.headline_span
    headline = None
    if headline_span:
        where = raw.given.title.where if title and raw.given.title else "text:headline"
        headline = Found(headline_span.of(whole_text.text), where)
    report = _base(raw, whole_text, decoded.encoding, decoded.flags)
    return _with_language(
        replace(
            report,
            headline=headline,
            headline_span=headline_span,
            byline=raw.given.byline or found.byline,
            published=prefer(raw.given.published, found.published),
            publisher=prefer(raw.given.publisher, found.publisher),
            set_aside=tuple(part for part in found.set_aside if not _touches(part, headline_span)),
        )
    )


def _title_span(text: str, title: str) -> Span | None:
    if not title:
        return None
    start = len(text) - len(text.lstrip())
    return Span(start, start + len(title)) if text.startswith(title, start) else None


def _touches(part: SetAside, headline: Span | None) -> bool:
    """Whether a part that the plain-text rules set aside lies on the headline that was given."""
    if headline is None or part.start is None or part.end is None:
        return False
    return part.start < headline.end and headline.start < part.end


def _base(raw: RawReport, text: Copied, encoding: str, flags: tuple[str, ...]) -> Report:
    if not text.text.strip():
        raise Unreadable("The input holds no text.", which=raw.origin, advice="Nothing was read; leave it out.")
    return Report(
        text=text.text,
        raw_sha256=raw.sha256,
        origin=raw.origin,
        url=raw.given.url,
        publisher=raw.given.publisher,
        byline=raw.given.byline,
        published=raw.given.published,
        captured=raw.captured,
        delivered_by=raw.delivered_by,
        encoding=encoding,
        origins=text.origins,
        flags=flags,
    )


def _with_language(report: Report) -> Report:
    """Adds the language; a report not in English keeps its text and says why nothing will be extracted from it."""
    language = identify(report.text)
    if language.value in ("en", "und"):
        return replace(report, language=language)
    aside = SetAside("clean", f"language: {language.value}", detail="only English is extracted from")
    return replace(report, language=language, set_aside=(*report.set_aside, aside))
