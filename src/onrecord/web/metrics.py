"""Figures for a monitoring system, in the text format of Prometheus: requests, the record, what is watched.

Only where `ONRECORD_METRICS` says who may read them, and read off the record at most every quarter of a minute.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from fastapi import Request

from onrecord import settings
from onrecord.answer import Record
from onrecord.errors import EngineError, OnRecordError, UsageError
from onrecord.store import Place, Status
from onrecord.web.seen import Seen
from onrecord.weights import versions

if TYPE_CHECKING:
    from prometheus_client.core import Metric

    _Figures = Callable[[str, str, Mapping[str, float], str], Metric]

LOOPBACK = "loopback"
SHORTEST = 16
"""Characters of a token that lets somebody in."""
FRESH = 15.0
"""Seconds for which figures of the record are told again without a look at it."""
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Bounds of the counts by duration."""
_NEAR = frozenset(("127.0.0.1", "::1", "::ffff:127.0.0.1"))
_PASSED_ON = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")


@dataclass(frozen=True, slots=True)
class Readers:
    """Who may read the figures: nobody; programs on this machine, not through a proxy; whoever sends a token."""

    near: bool = False
    token: str = ""

    def let_in(self, request: Request) -> bool:
        """Whether this one may."""
        if self.token:
            kind, _, sent = request.headers.get("authorization", "").partition(" ")
            return kind.lower() == "bearer" and hmac.compare_digest(sent.strip().encode(), self.token.encode())
        client = request.client.host if request.client else ""
        return self.near and client in _NEAR and not any(name in request.headers for name in _PASSED_ON)

    def __bool__(self) -> bool:
        return self.near or bool(self.token)


def readers() -> Readers:
    """As `ONRECORD_METRICS` has it. Raises UsageError where it names a file without a good token."""
    given = str(settings.value("metrics"))
    if given in ("", LOOPBACK):
        return Readers(near=given == LOOPBACK)
    try:
        token = Path(given).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError, ValueError):
        token = ""
    if len(token) < SHORTEST or not token.isprintable():
        raise UsageError(
            f"this is neither `{LOOPBACK}` nor a file with a token of {SHORTEST} characters or more.",
            which="ONRECORD_METRICS",
            advice="Write one: openssl rand -hex 32 > FILE; or leave it unset.",
        )
    return Readers(token=token)


class Metrics:
    """The figures of one desk. Raises UsageError where the library that writes them down is not installed."""

    def __init__(self, record: Record) -> None:
        try:
            import prometheus_client as prometheus
        except ImportError:
            raise UsageError(
                "the library for metrics is not installed.",
                which="ONRECORD_METRICS",
                advice="pip install 'onrecord[metrics]', or leave it unset.",
            ) from None
        self._registry = prometheus.CollectorRegistry()
        self._write = prometheus.generate_latest
        self.content_type = prometheus.CONTENT_TYPE_LATEST
        labels = ("method", "route")
        self._requests = prometheus.Counter(
            "onrecord_requests", "Requests answered.", (*labels, "status"), registry=self._registry
        )
        self._seconds = prometheus.Histogram(
            "onrecord_request_seconds", "How long answers took.", labels, registry=self._registry, buckets=SECONDS
        )
        prometheus.ProcessCollector(registry=self._registry)
        self._registry.register(OfRecord(record))

    def note(self, one: Seen) -> None:
        """Count a request."""
        self._requests.labels(one.method, one.route, str(one.status)).inc()
        self._seconds.labels(one.method, one.route).observe(one.seconds)

    def text(self) -> bytes:
        """All figures."""
        return self._write(self._registry)


@dataclass(frozen=True, slots=True)
class _Look:
    at: float
    status: Status | None
    places: tuple[Place, ...] = ()


class OfRecord:
    """Figures read off the record when they are asked for."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._lock = Lock()
        self._last = _Look(-FRESH, None)

    def describe(self) -> list[Metric]:
        """Nothing: what there is to tell is not read before somebody asks."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Each figure; where the record cannot be read, that alone."""
        from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily

        def figures(name: str, told: str, values: Mapping[str, float], label: str) -> Metric:
            family = GaugeMetricFamily(f"onrecord_{name}", told, labels=[label])
            for which, value in values.items():
                family.add_metric([which], value)
            return family

        look = self._looked()
        built = {"version": version("onrecord"), **_weights()}
        yield InfoMetricFamily("onrecord_build", "Versions: OnRecord, its weights.", value=built)
        up = look.status is not None
        yield GaugeMetricFamily("onrecord_record_up", "1 where the record can be read.", value=int(up))
        if look.status is None:
            return
        told = look.status.to_dict()
        names = ("reports", "readings", "attributions", "sources", "judgements", "runs", "set_aside", "failures")
        yield figures("rows", "What the record holds; failures: not resolved.", {n: told[n] for n in names}, "kind")
        yield GaugeMetricFamily("onrecord_record_bytes", "Size of the record.", value=look.status.bytes)
        yield InfoMetricFamily("onrecord_record", "The record's schema.", value={"schema": look.status.schema})
        yield from self._watched(look.places, figures)

    def _watched(self, places: tuple[Place, ...], figures: _Figures) -> Iterator[Metric]:
        from prometheus_client.core import GaugeMetricFamily

        items = {name: sum(getattr(p, name) for p in places) for name in ("waiting", "read", "failed")}
        yield figures("watch_items", "Items of watched places, by what became of them.", items, "state")
        failing = sum(p.failures > 0 for p in places)
        held = {"watched": len(places), "failing": failing}
        yield figures("watch_places", "Watched places; failing: at the last try.", held, "state")
        late = max(((datetime.now(UTC) - p.due).total_seconds() for p in places), default=0.0)
        told = "For how long the place that is due longest has not been asked: whether a watcher is at work."
        yield GaugeMetricFamily("onrecord_watch_overdue_seconds", told, value=max(0.0, late))

    def _looked(self) -> _Look:
        with self._lock:
            if monotonic() - self._last.at >= FRESH:
                try:
                    self._last = _Look(monotonic(), self._record.status(), tuple(self._record.watched()))
                except OnRecordError:
                    self._last = _Look(monotonic(), None)
            return self._last


def _weights() -> dict[str, str]:
    try:
        return versions()
    except EngineError:  # which /readyz tells
        return {}
