"""A server that listens for events: it answers, fails, hangs, drips, redirects or is gone."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


@dataclass(frozen=True, slots=True)
class Heard:
    """One request that arrived. Names of headers are in small letters."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class Listener:
    """Runs in a thread while the ``with`` lasts; ``address`` is where it listens.

    ``status`` and ``body`` are what it answers; ``location`` makes it redirect; ``silence`` is for
    how many seconds it says nothing; ``drip`` sends its header bytes so many seconds apart, for
    ever.
    """

    def __init__(self, *, status: int = 200, body: bytes = b"ok", location: str = "") -> None:
        self.status, self.body, self.location = status, body, location
        self.silence, self.drip = 0.0, 0.0
        self.heard: list[Heard] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                listener._hear(self)

            do_GET = do_POST

            def log_message(self, *_args: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _hear(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        headers = {name.lower(): text for name, text in request.headers.items()}
        self.heard.append(Heard(request.command, request.path, headers, body))
        time.sleep(self.silence)
        try:
            if self.drip:
                self._drip(request)
            request.send_response(self.status)
            if self.location:
                request.send_header("Location", self.location)
            request.send_header("Content-Length", str(len(self.body)))
            request.end_headers()
            request.wfile.write(self.body)
        except OSError:
            request.close_connection = True

    def _drip(self, request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            request.wfile.write(b"X: y\r\n")
            request.wfile.flush()
            time.sleep(self.drip)
