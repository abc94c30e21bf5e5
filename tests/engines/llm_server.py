"""A server of the tests' own that answers chat completions on 127.0.0.1, and misbehaves as told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def completion(content: Any, model: str = "tests-1", **more: Any) -> bytes:
    """A chat completion with that content."""
    return json.dumps({"model": model, "choices": [{"message": {"content": content}}], **more}).encode()


def attributions(*rows: dict[str, Any]) -> bytes:
    """A chat completion with these rows."""
    return completion(json.dumps({"attributions": rows}))


class Answer:
    """What to send: status, headers, body; `drip` seconds between the body's bytes, `slow` between the headers'."""

    def __init__(
        self,
        body: bytes,
        status: int = 200,
        kind: str = "application/json",
        drip: float = 0,
        slow: float = 0,
        **headers: str,
    ) -> None:
        self.body, self.status, self.kind, self.headers = body, status, kind, headers
        self.drip, self.slow = drip, slow


class Server(ThreadingHTTPServer):
    """Answers by `script`, which gets the number of the question (the first is the hello) and the question."""

    daemon_threads = True

    def __init__(self, script: Callable[[int, dict[str, Any]], Answer]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are what is tested."""


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(question)
        self.server.keys.append(self.headers.get("Authorization"))
        answer = self.server.script(len(self.server.asked) - 1, question)
        for k in range(1000) if answer.slow else ():
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX: " if k == 0 else b"x")
            time.sleep(answer.slow)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        for k in range(len(answer.body)) if answer.drip else ():
            self.wfile.write(answer.body[k : k + 1])
            self.wfile.flush()
            time.sleep(answer.drip)
        if not answer.drip:
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Says nothing."""


@contextmanager
def serving(script: Callable[[int, dict[str, Any]], Answer]) -> Iterator[Server]:
    """The server, for as long as the block lasts."""
    server = Server(script)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def after_hello(*answers: Answer) -> Callable[[int, dict[str, Any]], Answer]:
    """A script: an empty reply to the hello, then these, the last one again and again."""
    return lambda k, _: Answer(attributions()) if k == 0 else answers[min(k, len(answers)) - 1]
