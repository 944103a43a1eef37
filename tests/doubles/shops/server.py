"""A shop's API on loopback: answers real HTTP, and goes wrong when it is told to.

A platform's double subclasses :class:`FakeShop` and answers in :meth:`FakeShop.answer`. Faults are
queued per path prefix and used up one by one: ``shop.fail("/orders", 429, retry_after="0")``,
``shop.break_off("/orders")`` (sends half of the body, then hangs up).
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]  # Names in small letters.
    body: bytes

    def json(self) -> Any:
        """Return the JSON that was sent."""
        return json.loads(self.body, parse_float=Decimal)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the shop answers: anything that is JSON, or bytes as they are."""

    said: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def bytes(self) -> bytes:
        """Return the body."""
        if isinstance(self.said, bytes):
            return self.said
        return json.dumps(self.said, default=str).encode()


@dataclass(frozen=True, slots=True)
class _Fault:
    status: int = 0  # 0: break off in the middle of the body.
    headers: dict[str, str] = field(default_factory=dict)


class FakeShop:
    """Runs in a thread while the ``with`` lasts; ``address`` is where it listens."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._faults: dict[str, deque[_Fault]] = defaultdict(deque)
        shop = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                shop._serve(self)

            do_POST = do_PUT = do_DELETE = do_GET

            def log_message(self, *_args: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, asked: Asked) -> Reply:
        """Return what the platform would say. Subclasses know."""
        raise NotImplementedError

    def fail(self, prefix: str, status: int, *, times: int = 1, retry_after: str = "") -> None:
        """Answer the next ``times`` questions whose path begins with ``prefix`` with ``status``."""
        headers = {"Retry-After": retry_after} if retry_after else {}
        self._faults[prefix].extend([_Fault(status, headers)] * times)

    def break_off(self, prefix: str, *, times: int = 1) -> None:
        """Hang up in the middle of the next ``times`` answers under ``prefix``."""
        self._faults[prefix].extend([_Fault()] * times)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        length = int(handler.headers.get("content-length") or 0)
        asked = Asked(
            handler.command, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): text for name, text in handler.headers.items()},
            handler.rfile.read(length),
        )  # fmt: skip
        self.asked.append(asked)
        fault = self._fault(parts.path)
        if fault is not None and fault.status:
            self._send(handler, Reply({"errors": "as told"}, fault.status, fault.headers))
        else:
            self._send(handler, self.answer(asked), breaks=fault is not None)

    def _fault(self, path: str) -> _Fault | None:
        for prefix, faults in self._faults.items():
            if path.startswith(prefix) and faults:
                return faults.popleft()
        return None

    def _send(self, handler: BaseHTTPRequestHandler, reply: Reply, *, breaks: bool = False) -> None:
        body = reply.bytes()
        handler.send_response(reply.status)
        headers = {"Content-Type": "application/json", **reply.headers}
        for name, text in headers.items():
            handler.send_header(name, text)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if breaks:
            handler.wfile.write(body[: len(body) // 2])
            handler.wfile.flush()
            handler.close_connection = True
        else:
            handler.wfile.write(body)
