"""An LLM at any OpenAI-compatible address as an engine. Optional; sends nothing unless it was told to.

It asks window by window, and what it is answered can only point at the report's own words (`llm_reply`). A report that
could not be read in full is a failure with its reason, and the others go on; reading again asks for it again.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from onrecord.engines.llm_http import Endpoint, NoAnswer, ask, endpoint
from onrecord.engines.llm_prompt import HELLO, PROMPT_SHA256, PROMPT_VERSION, SCHEMA, WINDOW, messages, windows
from onrecord.engines.llm_reply import Grounded, entries, ground
from onrecord.errors import EngineError, UsageError
from onrecord.model import Failure, Proposed, Report, Run

KEY_VARIABLE = "ONRECORD_LLM_KEY"
REPLY_TOKENS = 4_096
"""Most that one reply may take."""
OUTAGES = 3
"""Calls in a row that may go unanswered before no more are made."""
_PAUSE = 1.0
_HELLO_TOKENS = 64
_LONGEST_NAME = 200
_REFUSING = (401, 402, 403, 404)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_AGAIN = "Read it again later: what is done is not asked for again."


@dataclass(slots=True)
class _Spent:
    """What the calls have cost so far."""

    tokens: int = 0
    calls: int = 0
    unanswered: int = 0


class _Left(EngineError):
    """A report, or the rest of it, was not asked about."""


class LlmEngine:
    """Proposes what a model at `base_url` (`https://HOST/v1`) points at.

    `budget_tokens` and `max_calls` hold for all that one engine asks, `timeout_s` for one call, `report_timeout_s`
    (four times that, where not given) for one report; each in full, however slowly an answer drips. The first use asks
    for an empty reply, without a word of any report, to learn which model answers. Raises UsageError where sending was
    not allowed or a setting makes no sense; EngineError where the first question gets no answer.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        api_key: str | None = None,
        *,
        budget_tokens: int,
        timeout_s: float = 60.0,
        report_timeout_s: float | None = None,
        max_calls: int = 10_000,
        allow_sending: bool = False,
    ) -> None:
        self._where = endpoint(base_url)
        if not allow_sending:
            raise UsageError(
                f"would send the text of reports to {self._where.shown}.",
                which="--engine llm",
                advice="Say --send if that is wanted.",
            )
        if budget_tokens < 1 or max_calls < 1 or not 0 < timeout_s < 3_600 or not model.strip():
            raise UsageError(
                "has a budget, a time or a model name that makes no sense.",
                which="--engine llm",
                advice="Give a model name, a budget above 0, and a time above 0 and under 3600 seconds.",
            )
        self._key = _checked(api_key, self._where)
        self._model = model
        self._budget, self._most_calls = budget_tokens, max_calls
        self._seconds, self._report_seconds = timeout_s, report_timeout_s or 4 * timeout_s
        self._spent = _Spent()
        self._with_schema = True
        self._run: Run | None = None
        self._answered = ""

    def __repr__(self) -> str:
        return f"LlmEngine({self._where.shown!r}, {self._model!r})"

    @property
    def address(self) -> str:
        """Where texts are sent, to be shown before any is."""
        return self._where.shown

    @property
    def tokens_spent(self) -> int:
        """Tokens so far, as the server counts them, or else estimated."""
        return self._spent.tokens

    @property
    def run(self) -> Run:
        """Address, the model asked for and the one that answers, version and digest of the prompt. Asks once."""
        if self._run is None:
            try:
                self._call([{"role": "user", "content": HELLO}], _HELLO_TOKENS, self._seconds)
            except NoAnswer as error:
                raise EngineError(
                    f"{error.what}.", which=self.address, advice=f"Check --llm-url, --llm-model and {KEY_VARIABLE}."
                ) from None
            settings = {
                "address": self.address,
                "model": self._model,
                "answered": self._answered,
                "prompt": PROMPT_VERSION,
                "prompt_sha256": PROMPT_SHA256,
                "window": WINDOW,
            }
            self._run = Run("llm", "1", settings)
        return self._run

    def propose(self, reports: Sequence[Report]) -> list[Proposed | Failure]:
        """For each report what is proposed of it, or why it could not be read in full."""
        run = self.run
        return [self._read(report, run) for report in reports]

    def _read(self, report: Report, run: Run) -> Proposed | Failure:
        until = time.monotonic() + self._report_seconds
        gathered = Grounded(report.id, report.text)
        for window in windows(report):
            try:
                listed = self._ask_twice(window.of(report.text), until, str(run.settings["answered"]))
            except _Left as left:
                part = "" if window.start == 0 else f" (from character {window.start})"
                return Failure(report.origin, "extract", f"not read{part}: {left.what}", left.advice)
            ground(listed, window, gathered)
        return gathered.proposed()

    def _ask_twice(self, part: str, until: float, model: str) -> list[Any]:
        """A window's attributions. Raises _Left."""
        reason = ""
        for attempt in range(2):
            asked = messages(part, secrets.token_hex(16))
            self._afford(asked)
            left = until - time.monotonic()
            if left <= 0:
                raise _Left(f"it took more than {self._report_seconds:g} seconds.", advice="Raise --llm-timeout.")
            try:
                reply = self._call(asked, REPLY_TOKENS, min(self._seconds, left))
            except NoAnswer as error:
                reason = f"{self.address} {error.what}."
                if error.status in _REFUSING:
                    self._spent.unanswered = OUTAGES
                if attempt == 0 and self._spent.unanswered < OUTAGES:
                    time.sleep(min(_PAUSE, max(0.0, until - time.monotonic())))
                continue
            if self._answered != model:
                raise _Left("another model answered than before.", advice="Read it again.")
            listed = entries(reply)
            if listed is not None:
                return listed
            reason = f"{self.address} did not reply in the form that was asked for."
        raise _Left(reason, advice=_AGAIN)

    def _afford(self, asked: list[dict[str, str]]) -> None:
        """Raises _Left where another call would go over what was allowed, or nobody answers any more."""
        if self._spent.unanswered >= OUTAGES:
            raise _Left(f"{self.address} does not answer any more.", advice=_AGAIN)
        if self._spent.calls >= self._most_calls:
            raise _Left(f"the {self._most_calls} calls allowed are used up.", advice=_AGAIN)
        if self._spent.tokens + _estimated(asked) + REPLY_TOKENS > self._budget:
            raise _Left(
                f"the budget of {self._budget} tokens is used up ({self._spent.tokens} spent).",
                advice="Raise --llm-budget and read it again: what is done is not asked for again.",
            )

    def _call(self, asked: list[dict[str, str]], most: int, seconds: float) -> str:
        """What the model wrote. Raises NoAnswer."""
        self._spent.calls += 1
        # counted at once: a call that breaks off may have cost something
        self._spent.tokens += (estimate := _estimated(asked))
        until = time.monotonic() + seconds
        with self._counted():
            try:
                answer = ask(self._where, self._body(asked, most), self._key, seconds)
            except NoAnswer as error:
                if error.status not in (400, 422) or not self._with_schema:
                    raise
                # some servers know no schemas; the reply is checked either way
                self._with_schema = False
                answer = ask(self._where, self._body(asked, most), self._key, max(until - time.monotonic(), 0.001))
        reply, model = _written(answer)
        if self._key and self._key in model:
            raise NoAnswer("answered with the key in the name of the model")
        self._answered = model
        written = len(reply.encode("utf-8", "replace")) // 3
        self._spent.tokens += _used(answer) - estimate if _used(answer) else written
        return reply

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """Counts the calls in a row that get no answer."""
        self._spent.unanswered += 1
        yield
        self._spent.unanswered = 0

    def _body(self, asked: list[dict[str, str]], most: int) -> dict[str, Any]:
        body: dict[str, Any] = {"model": self._model, "messages": asked, "temperature": 0, "max_tokens": most}
        if self._with_schema:
            shape = {"name": "attributions", "strict": True, "schema": SCHEMA}
            body["response_format"] = {"type": "json_schema", "json_schema": shape}
        return body


def llm_engine_from_settings(
    url: str | None,
    model: str | None,
    *,
    budget: int | None = None,
    timeout: float = 60.0,
    send: bool = False,
) -> LlmEngine:
    """The engine that the options `--llm-url … --send` describe; the key is the environment's. Raises UsageError."""
    for name, given in (("--llm-url", url), ("--llm-model", model), ("--llm-budget", budget)):
        if not given:
            raise UsageError("is needed with --engine llm.", which=name, advice="See docs/engines.md.")
    return LlmEngine(
        url or "",
        model or "",
        os.environ.get(KEY_VARIABLE) or None,
        budget_tokens=budget or 0,
        timeout_s=timeout,
        allow_sending=send,
    )


def _checked(key: str | None, where: Endpoint) -> str | None:
    """The key. Raises UsageError, without it, where it cannot or must not be sent."""
    if key is None:
        return None
    if not (key.isascii() and key.isprintable() and key.strip() == key and key):
        raise UsageError("holds characters that no key has.", which=KEY_VARIABLE, advice="Set it again.")
    if where.scheme == "http" and where.host not in _LOOPBACK:
        raise UsageError(
            f"would be sent unencrypted to {where.shown}.", which=KEY_VARIABLE, advice="Use https, or unset it."
        )
    return key


def _written(answer: dict[str, Any]) -> tuple[str, str]:
    """What the model wrote, and its name as the server gives it. Raises NoAnswer."""
    choices = answer.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, dict) else None
    content = message.get("content") if isinstance(message, dict) else None
    if not isinstance(content, str):
        raise NoAnswer("answered without a reply of a model")
    named = answer.get("model")
    name = named if isinstance(named, str) else ""
    return content, "".join(c for c in name if c.isprintable())[:_LONGEST_NAME]


def _used(answer: dict[str, Any]) -> int:
    """Tokens as the server counts them; 0 where it does not say."""
    usage = answer.get("usage")
    total = usage.get("total_tokens") if isinstance(usage, dict) else None
    return total if isinstance(total, int) and not isinstance(total, bool) and 0 < total < 10**9 else 0


def _estimated(asked: list[dict[str, str]]) -> int:
    """Tokens that messages may take: on the high side."""
    return sum(len(m["content"].encode("utf-8", "replace")) for m in asked) // 3
