"""Which addresses may be fetched from: only those of the public internet, whatever form they are written in.

Decided on the address that a connection is really made to, after the name was looked up, so that no spelling of a host
(decimal, octal, a name that changes between two look-ups) can lead inside the network. The tables are ours and not
`ipaddress.is_global`, which older patch levels of Python get wrong for IPv4 addresses wrapped in IPv6.
"""

from __future__ import annotations

import queue
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpcore2

from onrecord.errors import Refused, Unreadable

PORTS = (80, 443)
_FIRST_TRY = 3.0
"""Seconds for an address of a host that has others."""
_SAVE = "Save the page, and give the file."
_NOT_PUBLIC_4 = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "168.63.129.16/32",  # a cloud's own services answer here
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
        ),
    )
)
_PUBLIC_6 = ip_network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    map(ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3ffe::/16", "3fff::/20"))
)
_LAST_32_BITS_4 = tuple(map(ip_network, ("::ffff:0:0/96", "64:ff9b::/96")))
_ISATAP = (0x00005EFE, 0x02005EFE)


def is_public(address: str) -> bool:
    """Whether an IP address is a global unicast one. IPv4 in IPv6 (mapped, NAT64) counts as the IPv4 address in it."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return _public_4(found)
    return found.scope_id is None and _public_6(found)


def _public_4(address: IPv4Address) -> bool:
    return not any(address in network for network in _NOT_PUBLIC_4)


def _public_6(address: IPv6Address) -> bool:
    last = IPv4Address(int(address) & 0xFFFFFFFF)
    if any(address in network for network in _LAST_32_BITS_4):
        return _public_4(last)
    # 6to4 and Teredo lie in networks that are not public here, whatever they carry
    if address not in _PUBLIC_6 or any(address in network for network in _NOT_PUBLIC_6):
        return False
    return (int(address) >> 32) & 0xFFFFFFFF not in _ISATAP or _public_4(last)


class GuardedBackend(httpcore2.NetworkBackend):
    """Makes connections to public addresses only, on ports 80 and 443, and until a moment in time only.

    `inside`: servers, as `host:port`, that are connected to all the same. `until`: on the monotonic clock, in seconds.
    """

    def __init__(self, inside: frozenset[str]) -> None:
        self._inside = inside
        self._sockets = httpcore2.SyncBackend()
        self.until = 0.0

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - `until` stands for it
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """A connection to an address that was checked. Raises Refused, Unreadable (no such host), httpcore2's own."""
        allowed = f"{host.lower()}:{port}" in self._inside
        if not allowed and port not in PORTS:
            raise Refused(f"asks for port {port}; only 80 and 443 are fetched from.", advice=_SAVE)
        addresses = _look_up(host, port, self.seconds_left())
        if not allowed and not all(is_public(address) for address in addresses):
            raise Refused("points inside the network, where nothing is fetched from.", advice=_SAVE)
        for address in addresses[:-1]:
            seconds = min(self.seconds_left(), _FIRST_TRY)
            try:
                return _TimedStream(self._sockets.connect_tcp(address, port, seconds, None, socket_options), self)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        stream = self._sockets.connect_tcp(addresses[-1], port, self.seconds_left(), None, socket_options)
        return _TimedStream(stream, self)

    def seconds_left(self) -> float:
        """Seconds until the time is up. Raises httpcore2.ReadTimeout where it is."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("no time left")
        return left


class _TimedStream(httpcore2.NetworkStream):
    """A connection that no drip of single bytes keeps open longer than the backend allows."""

    def __init__(self, stream: httpcore2.NetworkStream, backend: GuardedBackend) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._least(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._least(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._least(timeout))
        return _TimedStream(secured, self._backend)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)

    def _least(self, timeout: float | None) -> float:
        left = self._backend.seconds_left()
        return left if timeout is None else min(timeout, left)


def _look_up(host: str, port: int, seconds: float) -> list[str]:
    """Addresses of a host, in the system's order. In a thread, for a look-up itself knows no time limit."""
    answers: queue.Queue[list[str] | OSError | UnicodeError] = queue.Queue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise httpcore2.ConnectTimeout("look-up took too long") from None
    if isinstance(answer, Exception) or not answer:
        raise Unreadable("is at a host that does not exist, or cannot be looked up now.", advice="Check the spelling.")
    return answer
