"""Web archives: the pages and texts among a WARC file's records."""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from onrecord import settings
from onrecord.errors import InputError, Refused, Unreadable
from onrecord.model import Failure, Form, Found, Given, RawReport
from onrecord.read.archive import WANTED, Gap, Record, records
from onrecord.read.http_payload import charset, dechunked, decoded, media_type, parse_response
from onrecord.read.kinds import form_of, warc_packing
from onrecord.read.options import ReadOptions
from onrecord.read.problems import failure

FORMS: dict[str, Form] = {"text/html": "html", "application/xhtml+xml": "html", "text/plain": "text"}
"""Media types that are read."""

_LOG = logging.getLogger(__name__)
_NO_PAGES = ("warcinfo", "request", "metadata", "revisit", "continuation")
_AGAIN = "Copy or download the archive again."
_DIGESTS = {"sha1", "sha256", "sha512", "md5"}

Item = RawReport | Failure


class _PassedOverError(Exception):
    """The record is in order but holds no report: a request, an image, a page that was not found."""


def read_warc(stream: BinaryIO, head: bytes, origin: str, options: ReadOptions) -> Iterator[Item]:
    """Reports among an archive's records; one Failure for each range of bytes, and each page, that cannot be read.

    Records that are no pages (requests, images, pages answered with an error …) are counted and logged, as the format
    has them by nature; they are a Failure only where there is nothing else.
    """
    passed: Counter[str] = Counter()
    any_item = False
    if stream.seekable():
        stream.seek(0)
    for record in records(stream, warc_packing(head, origin) or "none"):
        try:
            yield _gap(record, origin) if isinstance(record, Gap) else _report(record, origin, options)
            any_item = True
            if isinstance(record, Record) and record.fields.get("warc-truncated"):
                yield Failure(
                    _place(record, origin), "read", "was cut short when it was archived; it is read as it is."
                )
        except InputError as error:
            yield failure(_place(record, origin) if isinstance(record, Record) else origin, error)
            any_item = True
        except _PassedOverError as what:
            passed[str(what)] += 1
    told = ", ".join(f"{count} {what}" for what, count in passed.most_common(8))
    _LOG.info("%s: passed over %s", origin, told or "nothing")
    if not any_item:
        raise Unreadable(
            f"holds no page or text, only: {told or 'nothing'}.", advice="See whether it is the right archive."
        )


def _gap(gap: Gap, origin: str) -> Failure:
    reason = f"bytes {gap.start} to {gap.end} of the archive were skipped: {gap.reason}."
    return Failure(f"{origin}@{gap.start}", "read", reason, _AGAIN)


def _place(record: Record, origin: str) -> str:
    """`file@OFFSET`, and `+N` for a record that does not stand at the beginning of its compressed member."""
    inner = f"+{record.inner}" if record.inner and record.inner != record.offset else ""
    return f"{origin}@{record.offset}{inner}"


def _report(record: Record, origin: str, options: ReadOptions) -> RawReport:
    """The page a record holds. Raises _PassedOverError where none by nature, InputError where it cannot be read."""
    kind = record.fields.get("warc-type", "").lower()
    if not kind:
        raise Unreadable("is a record that does not say its type.", advice=_AGAIN)
    if kind in _NO_PAGES:
        raise _PassedOverError(f"{kind} records")
    if kind not in WANTED:
        raise Unreadable(f"is a record of a type that is not known: {kind[:40]!r}.", advice=_AGAIN)
    if "warc-segment-number" in record.fields:
        raise Unreadable("is split over several records, which are not joined.", advice="Join them with another tool.")
    if len(record.block) == record.length:
        # first of all: damage may have made a page look like something else
        _check_digest(record.fields.get("warc-block-digest", ""), record.block)
    stored = record.fields.get("content-type", "")
    if media_type(stored) == "application/http" or (kind == "response" and record.block.startswith(b"HTTP/")):
        content_type, data = _http(record)
    else:
        content_type, data = stored, record.block
        _check_type(content_type)
        _check_size(record)
        _check_digest(record.fields.get("warc-payload-digest", ""), data)
    form = _form(content_type, data, record)
    return RawReport(
        data=data,
        form=form if options.form == "auto" else options.form,
        origin=_place(record, origin),
        captured=_captured(record.fields.get("warc-date", "")),
        given=_given(record, content_type, options),
    )


def _http(record: Record) -> tuple[str, bytes]:
    """Content type and decoded body of a stored HTTP response."""
    response = parse_response(record.block)
    content_type = response.headers.get("content-type", "")
    if not 200 <= response.status < 300 or response.status == 206:
        raise _PassedOverError(f"pages with status {response.status}")
    _check_type(content_type)
    _check_size(record)
    body = response.body
    whole = dechunked(body) if "chunked" in response.headers.get("transfer-encoding", "").lower() else None
    body = body if whole is None else whole
    data = decoded(body, response.headers.get("content-encoding", ""), settings.whole("max_input_bytes"))
    _check_digest(record.fields.get("warc-payload-digest", ""), response.body, body, data)
    return content_type, data


def _form(content_type: str, data: bytes, record: Record) -> Form:
    if not data.strip():
        raise _PassedOverError("empty pages")
    if record.fields.get("warc-target-uri", "").strip("<>").endswith("/robots.txt"):
        raise _PassedOverError("robots.txt")
    seen = form_of(data)
    return FORMS.get(media_type(content_type), seen)


def _check_type(content_type: str) -> None:
    """Raises _PassedOverError for what is neither HTML nor text; what says nothing of its type is looked at later."""
    if content_type and media_type(content_type) not in FORMS:
        raise _PassedOverError(media_type(content_type))


def _check_size(record: Record) -> None:
    """Raises Refused for a block that was too large to be kept."""
    if len(record.block) < record.length:
        limit = settings.whole("max_input_bytes")
        raise Refused(f"is a page of {record.length:,} bytes.", advice=f"More than {limit:,} are not read.")


def _given(record: Record, content_type: str, options: ReadOptions) -> Given:
    url = record.fields.get("warc-target-uri", "").strip("<> ")
    encoding = charset(content_type)
    return Given(
        id=record.fields.get("warc-record-id"),
        url=Found(url, "warc:WARC-Target-URI") if url else None,
        published=Found(options.published, "user") if options.published else None,
        encoding=Found(encoding, "http:Content-Type") if encoding else None,
    )


def _captured(date: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(date)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _check_digest(digest: str, *candidates: bytes) -> None:
    """Raises Unreadable where no form of the content has the digest; digests that we cannot read say nothing."""
    algorithm, _, value = digest.partition(":")
    algorithm = algorithm.strip().lower().replace("-", "")
    if algorithm not in _DIGESTS:
        return
    sums = [hashlib.new(algorithm, data, usedforsecurity=False).digest() for data in candidates]
    expected = _digest_bytes(value.strip(), len(sums[0]))
    if expected is not None and expected not in sums:
        raise Unreadable(
            f"does not have the {algorithm} digest that the archive gives: altered, or made by a faulty tool.",
            advice=_AGAIN,
        )


def _digest_bytes(value: str, size: int) -> bytes | None:
    decoders = (bytes.fromhex, lambda text: base64.b32decode(text, casefold=True), base64.b64decode)
    for decode in decoders:
        try:
            if len(found := decode(value)) == size:
                return found
        except (ValueError, binascii.Error):
            continue
    return None
