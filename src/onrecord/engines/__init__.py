"""Interchangeable extractors. Each takes reports and proposes; none writes anywhere, none imports another."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onrecord.engines.llm import LlmEngine
    from onrecord.engines.tagger import TaggerEngine


@cache
def default_engine(*, broad: bool = False) -> TaggerEngine:
    """The shipped tagger, one per process; `broad`: acts and feelings without a statement are attributions too."""
    from onrecord.engines.tagger import TaggerEngine

    return TaggerEngine(broad=broad)


def llm_engine(url: str | None, model: str | None, *, budget: int | None, timeout: float, send: bool) -> LlmEngine:
    """An LLM at an address, which is sent texts only where `send`. Raises UsageError."""
    from onrecord.engines.llm import llm_engine_from_settings

    return llm_engine_from_settings(url, model, budget=budget, timeout=timeout, send=send)
