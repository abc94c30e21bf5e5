"""How many requests one may make: a bucket of tokens for each, which fills up again at a steady rate."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from time import monotonic

KEPT = 10_000
"""Buckets that are kept, those used last: a flood from many addresses must not fill the memory."""


class Buckets:
    """Buckets of `per_minute` tokens, one for each name that asks. Safe to use from several threads."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = monotonic) -> None:
        self._most = float(per_minute)
        self._clock = clock
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, who: str) -> int:
        """Take one token: 0, or the seconds to wait where there is none."""
        with self._lock:
            now = self._clock()
            left, then = self._held.pop(who, (self._most, now))
            left = min(self._most, left + (now - then) * self._most / 60)
            wait = 0 if left >= 1 else max(1, math.ceil((1 - left) * 60 / self._most))
            self._held[who] = (left if wait else left - 1, now)
            if len(self._held) > KEPT:
                self._held.popitem(last=False)
            return wait
