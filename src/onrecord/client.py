"""A record at another desk, asked over HTTP: the same questions as `onrecord.open(db)`, and the same answers.

    record = onrecord.connect("https://desk.example", token="onr_…")
    record.claims("containers", disputed=True)

What the JSON of a report does not tell, its `Result` does not know either: the places of its text in the raw page, the
run that read it, and more than four digits of its scores. `verify` is for the machine that the record lies on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from secrets import randbits
from types import TracebackType
from typing import Any, Literal, Self, TypeVar, Unpack
from urllib.parse import quote, urlsplit
from uuid import UUID

from onrecord import from_json as made
from onrecord.claims import Asked, Claim, Comparison, History, News, Step
from onrecord.errors import Denied, NotFound, OnRecordError, StoreError, Unreadable, UsageError
from onrecord.flat import Row
from onrecord.model import EntityKind
from onrecord.paging import cursor_at
from onrecord.results import Answers, Result, Version
from onrecord.store import (
    CopyGroup,
    FailureRow,
    Head,
    Hit,
    Identity,
    Judgement,
    Quoted,
    Reading,
    RoleRow,
    RunRow,
    Said,
    Source,
    Status,
    Withdrawal,
)
from onrecord.store.claim_rows import ClaimOrder, Stance
from onrecord.store.rows import Filters, Relation, Voice

T = TypeVar("T")
R = TypeVar("R", bound=Row)
TIMEOUT = 60.0
MOST_BYTES = 256 * 2**20
"""Of one answer."""
BY_CURSOR, BY_OFFSET, STANCES = 1000, 200, 100
"""Answers that the API gives at once: of lists by cursor, of lists by offset, of stances."""
_WHOLE = re.compile(r"\w+-sha256-[0-9a-f]{32}")
_LOCAL = ("localhost", "127.0.0.1", "::1")
_ERRORS: dict[str, type[OnRecordError]] = {
    "not-on-record": NotFound,
    "no-such-address": NotFound,
    "token": Denied,
    "not-allowed": Denied,
    "unreadable": Unreadable,
    "too-many": StoreError,
    "busy": StoreError,
    "mistake": StoreError,
}


class Unreached(StoreError):
    """The desk could not be reached, or was gone before it answered."""


def connect(url: str, token: str | None = None, *, timeout: float = TIMEOUT) -> RemoteRecord:
    """The record of the desk at an address, such as `http://127.0.0.1:8734`. `timeout`: seconds of silence.

    Asks nothing yet. Raises UsageError where the address is none, or would carry the token over the net in the clear.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not host:
        raise UsageError("that is no address of a desk.", which=url, advice="Such as http://127.0.0.1:8734.")
    if token and parts.scheme == "http" and host not in _LOCAL:
        raise UsageError("a token would go over the net in the clear.", which=url, advice="Take https://.")
    return RemoteRecord(url.rstrip("/"), token, timeout)


class RemoteRecord:
    """A record to ask over HTTP; the methods are those of `onrecord.Record`. Close it, or use it in a `with` block.

    Every method raises, besides what that of `Record` does: StoreError where the desk cannot be reached or used just
    now, Denied where the token is none or does not cover it.
    """

    def __init__(self, url: str, token: str | None, timeout: float) -> None:
        import httpx2

        headers = {"accept": "application/json", "user-agent": "onrecord"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        self._url = url
        self._http = httpx2.Client(base_url=f"{url}/api/v1/", headers=headers, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<record at {self._url}>"

    @property
    def location(self) -> str:
        """The address of the desk."""
        return self._url

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    # reports and attributions

    def report(self, report_id: str) -> Result:
        """See `Record.report`."""
        return made.result(self._get(f"reports/{_in_path(report_id)}"))

    def attribution(self, attribution_id: str) -> Said:
        """See `Record.attribution`."""
        return made.value(Said, self._get(f"attributions/{_in_path(attribution_id)}"))

    def readings(self, report_id: str) -> list[Reading]:
        """See `Record.readings`."""
        return [made.reading(each) for each in self._get(f"reports/{_in_path(report_id)}/readings")["items"]]

    def text(self, report_id: str) -> str:
        """See `Record.text`."""
        return self._bytes("GET", f"reports/{_in_path(report_id)}/text").decode()

    def raw(self, raw_sha256: str) -> bytes:
        """See `Record.raw`."""
        return self._bytes("GET", f"raw/{_in_path(raw_sha256)}")

    def reports(self, *, limit: int = 50, cursor: str | None = None) -> Answers[Head]:
        """See `Record.reports`."""
        return self._page("reports", Head, limit=limit, cursor=cursor)

    def search(self, words: str = "", **filters: Unpack[Filters]) -> Answers[Hit]:
        """See `Record.search`."""
        return self._page("search", Hit, words=words, **filters)

    def who(self, name: str, *, limit: int = 20, cursor: str | None = None) -> Answers[Said]:
        """See `Record.who`."""
        return self._page("attributions", Said, by=name, limit=limit, cursor=cursor)

    def copies(self, report_id: str) -> CopyGroup:
        """See `Record.copies`."""
        return made.copy_group(self._get(f"reports/{_in_path(report_id)}/copies"))

    def versions(self, report_id: str) -> list[Version]:
        """See `Record.versions`."""
        return made.versions(self._get(f"reports/{_in_path(report_id)}/versions")["items"], self.report)

    def copied(self, *, limit: int = 50, offset: int = 0) -> Answers[CopyGroup]:
        """See `Record.copied`."""
        return self._list("copied", made.copy_group, limit, offset)

    def extractions(self) -> Iterator[Result]:
        """See `Record.extractions`."""
        import httpx2

        try:
            with self._http.stream("GET", "export", params={"form": "jsonl"}) as response:
                if not response.is_success:
                    raise _error(response.status_code, response.read(), self._url)
                for line in response.iter_lines():
                    yield made.result(json.loads(line))
        except httpx2.RequestError as error:
            raise self._unreachable(error) from None

    def extract(self, text: str, **given: Any) -> Result:
        """Who says what in a text, by the desk's engine; nothing is recorded. See `onrecord.extract`."""
        return made.result(self._json("POST", "extract", json={"text": text, **given}))

    # claims

    def claim(self, attribution_id: str) -> Claim:
        """See `Record.claim`."""
        return self._claim(self._get(f"claims/{_in_path(attribution_id)}"))

    def claims(
        self,
        words: str = "",
        *,
        limit: int = 20,
        offset: int = 0,
        order: ClaimOrder = "largest",
        **asked: Unpack[Asked],
    ) -> Answers[Claim]:
        """See `Record.claims`."""
        return self._list("claims", self._claim, limit, offset, words=words, order=order, **asked)

    def history(self, name: str, about: str = "", *, limit: int = 1000) -> History:
        """See `Record.history`."""
        return made.history(self._get(f"entities/{_in_path(name)}/history", about=about, limit=limit))

    def compare(self, one: str, other: str, *, words: str = "", limit: int = 500) -> Comparison:
        """See `Record.compare`."""
        return made.comparison(self._get("compare", one=one, other=other, words=words, limit=limit, positions=True))

    def changed(self, since: str, *, words: str = "", limit: int = 50) -> list[News]:
        """See `Record.changed`."""
        return [made.news(each) for each in self._get("changes", since=since, words=words, limit=limit)["items"]]

    def stances(self, attributions: Sequence[str]) -> dict[str, tuple[str, Stance, int]]:
        """See `Record.stances`."""
        parts = (attributions[k : k + STANCES] for k in range(0, len(attributions), STANCES))
        found = (each for part in parts for each in self._get("stances", attribution=part)["items"])
        return {each["attribution"]: (each["claim"], each["stance"], each["attributions"]) for each in found}

    # who is quoted, and the record from afar

    def sources(self, words: str = "", *, limit: int = 50, offset: int = 0) -> Answers[Source]:
        """See `Record.sources`."""
        return self._list("sources", _of(Source), limit, offset, words=words)

    def entities(
        self, words: str = "", *, kind: EntityKind | None = None, voice: Voice | None = None, limit: int = 50,
        offset: int = 0,
    ) -> Answers[Identity]:  # fmt: skip
        """See `Record.entities`."""
        return self._list("entities", _of(Identity), limit, offset, words=words, kind=kind, voice=voice)

    def entity(self, name: str) -> Identity:
        """See `Record.entity`."""
        return made.value(Identity, self._get(f"entities/{_in_path(name)}"))

    def roles(self, entity: str, *, limit: int = 200) -> Answers[RoleRow]:
        """See `Record.roles`."""
        return self._all(f"entities/{_in_path(entity)}/roles", _of(RoleRow), limit=limit)

    def quoted(
        self, words: str = "", *, voice: Voice | None = None, publisher: str = "", since: str | None = None,
        until: str | None = None, limit: int = 100,
    ) -> Answers[Quoted]:  # fmt: skip
        """See `Record.quoted`."""
        asked = {"words": words, "voice": voice, "publisher": publisher, "since": since, "until": until, "limit": limit}
        return self._all("quoted", _of(Quoted), **asked)

    def publishers(self, *, limit: int = 200) -> list[tuple[str, int]]:
        """See `Record.publishers`."""
        return [(each["publisher"], each["reports"]) for each in self._get("publishers", limit=limit)["items"]]

    def status(self) -> Status:
        """See `Record.status`."""
        return made.value(Status, self._get("status"))

    def runs(self) -> Answers[RunRow]:
        """See `Record.runs`."""
        return self._all("runs", made.run_row)

    def failures(self, *, resolved: bool = False) -> list[FailureRow]:
        """See `Record.failures`."""
        return list(self._every("failures", _of(FailureRow), resolved=resolved))

    # a person's word

    def judgements(self, entity: str | None = None, *, withdrawn: bool = False) -> list[Judgement]:
        """See `Record.judgements`."""
        return list(self._every("judgements", made.judgement, entity=entity, withdrawn=withdrawn))

    def same(self, one: str, other: str, *, reason: str, by: str | None = None) -> str:
        """See `Record.same`. `by`: else the one whose token it is; only at the machine itself may it be another."""
        return self._judge("same", reason, by, a=one, b=other)

    def different(self, one: str, other: str, *, reason: str, by: str | None = None) -> str:
        """See `Record.different`, and `same` for `by`."""
        return self._judge("different", reason, by, a=one, b=other)

    def opposes(self, one: str, other: str, *, reason: str, by: str | None = None) -> str:
        """See `Record.opposes`, and `same` for `by`."""
        return self._judge("opposes", reason, by, a=one, b=other)

    def contradicts(self, one: str, other: str, *, reason: str, by: str | None = None) -> str:
        """See `Record.contradicts`, and `same` for `by`."""
        return self._judge("contradicts", reason, by, a=one, b=other)

    def rename(self, entity: str, name: str, *, reason: str, by: str | None = None) -> str:
        """See `Record.rename`, and `same` for `by`."""
        return self._judge("named", reason, by, of=entity, name=name)

    def speaker(self, attribution: str, entity: str, *, reason: str, by: str | None = None) -> str:
        """See `Record.speaker`, and `same` for `by`."""
        return self._judge("speaker", reason, by, attribution=self._whole(attribution), entity=entity)

    def stance(self, attribution: str, stance: Stance | Literal["none"], *, reason: str, by: str | None = None) -> str:
        """See `Record.stance`, and `same` for `by`."""
        return self._judge("stance", reason, by, attribution=self._whole(attribution), stance=stance)

    def undo(self, judgement: str, *, reason: str, by: str | None = None) -> str:
        """Take a judgement back, by its whole id. See `Record.undo`, and `same` for `by`."""
        return self._posted(f"judgements/{_in_path(judgement)}/undo", {"reason": reason, "by": by})

    def judged_by_people(self) -> tuple[list[Judgement], list[Withdrawal]]:
        """See `Record.judged_by_people`."""
        rows = [json.loads(line) for line in self._bytes("GET", "judgements/export").decode().split("\n") if line]
        judged = [made.judgement(row["judgement"]) for row in rows if "judgement" in row]
        return judged, [made.withdrawal(row["withdrawal"]) for row in rows if "withdrawal" in row]

    def take_in(self, judgements: Sequence[Judgement], withdrawals: Sequence[Withdrawal]) -> int:
        """See `Record.take_in`."""
        rows: list[dict[str, Any]] = [{"judgement": j.to_dict()} for j in judgements]
        rows += [
            {"withdrawal": {"judgement_id": w.judgement_id, "by": w.by, "at": w.at.isoformat(), "reason": w.reason}}
            for w in withdrawals
        ]
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        headers = {"content-type": "application/jsonl"}
        return int(self._json("POST", "judgements/import", content=lines.encode(), headers=headers)["new"])

    # over HTTP

    def _claim(self, told: made.Json) -> Claim:
        return made.claim(told, self.readings, self._trail)

    def _trail(self, claim_id: str) -> list[Step]:
        return [made.step(each) for each in self._get(f"claims/{claim_id}/trail")["items"]]

    def _whole(self, attribution: str) -> str:
        return attribution if _WHOLE.fullmatch(attribution) else self.attribution(attribution).id

    def _judge(self, relation: Relation, reason: str, by: str | None, **said: str) -> str:
        return self._posted("judgements", {"relation": relation, "reason": reason, "by": by, **said})

    def _posted(self, path: str, said: dict[str, Any]) -> str:
        """The id of what was judged; where the answer was lost, once more, by a key under which nothing is added."""
        body = {name: each for name, each in said.items() if each is not None}
        sent: dict[str, Any] = {"json": body, "headers": {"idempotency-key": new_key()}}
        try:
            return str(self._json("POST", path, **sent)["id"])
        except Unreached:
            return str(self._json("POST", path, **sent)["id"])

    def _page(self, path: str, of: type[R], *, cursor: str | None = None, **asked: Any) -> Answers[R]:
        told = self._get(path, cursor=cursor, **asked)
        return Answers(tuple(made.value(of, each) for each in told["items"]), told["cursor"])

    def _all(self, path: str, make: Callable[[made.Json], R], **asked: Any) -> Answers[R]:
        return Answers(tuple(map(make, self._get(path, **asked)["items"])))

    def _list(self, path: str, make: Callable[[made.Json], R], limit: int, offset: int, **asked: Any) -> Answers[R]:
        """`limit` answers after the first `offset`, page by page."""
        found: list[R] = []
        cursor = cursor_at(offset) if offset > 0 else None
        while True:
            told = self._get(path, limit=min(limit - len(found), BY_OFFSET), cursor=cursor, **asked)
            found += map(make, told["items"])
            cursor = told["cursor"]
            if cursor is None or len(found) >= limit:
                return Answers(tuple(found))

    def _every(self, path: str, make: Callable[[made.Json], T], **asked: Any) -> Iterator[T]:
        cursor: str | None = None
        while True:
            told = self._get(path, limit=BY_CURSOR, cursor=cursor, **asked)
            yield from map(make, told["items"])
            cursor = told["cursor"]
            if cursor is None:
                return

    def _get(self, path: str, **asked: Any) -> Any:
        given = {name: each for name, each in asked.items() if each not in (None, "")}
        return self._json("GET", path, params=given)

    def _json(self, method: str, path: str, **sent: Any) -> Any:
        try:
            return json.loads(self._bytes(method, path, **sent))
        except ValueError:
            raise StoreError("what it answers is no JSON.", which=self._url, advice="Is there a desk?") from None

    def _bytes(self, method: str, path: str, **sent: Any) -> bytes:
        """What the desk answers. Raises OnRecordError."""
        import httpx2

        try:
            with self._http.stream(method, path, **sent) as response:
                data = bytearray()
                for part in response.iter_bytes():
                    data += part
                    if len(data) > MOST_BYTES:
                        raise StoreError("it answers more than is taken at once.", which=self._url)
                if not response.is_success:
                    raise _error(response.status_code, bytes(data), self._url)
                return bytes(data)
        except httpx2.RequestError as error:
            raise self._unreachable(error) from None

    def _unreachable(self, error: Exception) -> StoreError:
        return Unreached(f"the desk cannot be reached ({error}).", which=self._url, advice="Does it run?")


def new_key() -> str:
    """A key for `Idempotency-Key`: a UUID of version 7, which has the moment in it (RFC 9562)."""
    now = int(datetime.now(UTC).timestamp() * 1000)
    return str(UUID(int=now << 80 | 0x7 << 76 | randbits(12) << 64 | 0b10 << 62 | randbits(62)))


def _of(kind: type[T]) -> Callable[[made.Json], T]:
    return lambda told: made.value(kind, told)


def _in_path(name: str) -> str:
    if not name.strip() or "/" in name:
        raise NotFound("there is no such id or name.", which=repr(name), advice="A name with a slash: take its id.")
    return quote(name, safe="")


def _error(status: int, data: bytes, url: str) -> OnRecordError:
    """The problem that the desk tells of, as the exception that the record would have raised."""
    try:
        told = json.loads(data)
        kind, detail = str(told["type"]).rpartition("#problem-")[2], str(told["detail"] or told["title"])
    except (ValueError, KeyError, TypeError):
        return StoreError(f"it answers {status}.", which=url, advice="Is there a desk, and is it of this version?")
    return _ERRORS.get(kind, UsageError)(detail)
