"""Webhooks: what is new to a saved query, posted as JSON, signed, until it is taken or has been tried often enough.

Signed is the time of the try in seconds, a full stop, and the body, with HMAC-SHA256 under the query's secret.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version

import httpcore2
import httpx2

from onrecord import settings
from onrecord.errors import InputError, UsageError
from onrecord.read import ReadOptions
from onrecord.read.feeds import web_address
from onrecord.read.guard import GuardedBackend
from onrecord.read.web import tls
from onrecord.store import Delivery, Store
from onrecord.watching.decide import MOST_SENDS, next_send
from onrecord.watching.queries import as_sent, notice

_AT_ONCE = 50

Say = Callable[[str, str, str], None]
"""Told a kind of event, the address that it is of, and a sentence on it."""


def send_news(store: Store, options: ReadOptions, say: Say, *, fresh: bool) -> None:
    """See what is new to each saved query, where the record is `fresh`, and post it where there is a webhook; what
    failed is tried again later."""
    for query in store.queries.all() if fresh else ():
        notice(store, query)
        if query.webhook:
            store.queries.prepare(query.number, send=True)
    silent: set[tuple[str, bool]] = set()
    for delivery in store.queries.deliveries(datetime.now(UTC), limit=_AT_ONCE):
        if (delivery.webhook, delivery.allow_private) in silent:
            continue
        problem, tried = _post(store, delivery, options)
        if problem is None:
            store.queries.delivered(delivery.id, "delivered", tried=True)
            continue
        silent.add((delivery.webhook, delivery.allow_private))
        at = datetime.now(UTC)
        again = next_send(delivery.tries + 1, at) if tried else next_send(1, at)
        state = "failed" if again is None else "waiting"
        store.queries.delivered(delivery.id, state, problem=problem, due=again, tried=tried)  # type: ignore[arg-type]
        end = "" if again else f" It was tried {MOST_SENDS} times, and is not tried again."
        say("webhook.failed", f"webhook of “{delivery.query}”", f"{problem}{end}")


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What `X-OnRecord-Signature` holds."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def check_webhook(address: str) -> str:
    """The address, in full. Raises UsageError where it is none of http or https."""
    whole = web_address(address, "")
    if whole is None:
        raise UsageError("that is no address of http or https.", which=address, advice="Write https://HOST/PATH.")
    return whole


def _post(store: Store, delivery: Delivery, options: ReadOptions) -> tuple[str | None, bool]:
    """Why a delivery failed, None where it did not; and whether it was tried at all."""
    secret = os.environ.get(delivery.secret_env, "")
    if not secret:
        return f"the environment has no {delivery.secret_env}, so that it cannot be signed.", False
    told = {"delivery": delivery.id, "query": delivery.query, "made": delivery.made.isoformat()}
    body = json.dumps(told | {"claims": as_sent(store, delivery.claims)}, ensure_ascii=False).encode()
    timestamp = str(int(time.time()))
    headers = [
        ("User-Agent", f"onrecord/{version('onrecord')} (+{options.contact})"),
        ("Content-Type", "application/json"),
        ("X-OnRecord-Delivery", delivery.id),
        ("X-OnRecord-Timestamp", timestamp),
        ("X-OnRecord-Signature", signature(secret, timestamp, body)),
    ]
    try:
        status = _status(httpx2.URL(delivery.webhook), headers, body, private=delivery.allow_private)
    except InputError as error:
        return " ".join(part for part in (error.what, error.advice) if part), True
    except httpcore2.TimeoutException:
        return f"did not answer within {settings.seconds('fetch_seconds'):g} seconds.", True
    except (httpcore2.NetworkError, httpcore2.ProtocolError):
        return "cannot be connected to, or broke off.", True
    return (None if 200 <= status < 300 else f"answered {status}."), True


def _status(url: httpx2.URL, headers: list[tuple[str, str]], body: bytes, *, private: bool) -> int:
    """What the server answers; it is not followed anywhere else. Raises Refused, Unreadable and httpcore2's errors."""
    port = url.port or (443 if url.scheme == "https" else 80)
    backend = GuardedBackend(frozenset({f"{url.host.lower()}:{port}"}) if private else frozenset())
    backend.until = time.monotonic() + settings.seconds("fetch_seconds")
    target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    whole = [*headers, ("Content-Length", str(len(body)))]
    with (
        httpcore2.ConnectionPool(ssl_context=tls(), network_backend=backend) as pool,
        pool.stream("POST", target, headers=whole, content=body) as response,
    ):
        return int(response.status)
