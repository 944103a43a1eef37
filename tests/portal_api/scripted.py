"""An API on loopback that answers what a test tells it to, call by call."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from portal.api.docs import document

KEY = "ap_live_0f3a9c41b27e_very-secret"


def example(schema):
    """What the schema shows of an answer."""
    for methods in document()["paths"].values():
        for operation in methods.values():
            for answer in operation["responses"].values():
                for content in answer.get("content", {}).values():
                    if content["schema"].get("$ref", "").endswith(f"/{schema}"):
                        return next(iter(content["examples"].values()))["value"]
    raise LookupError(schema)


LINK = example("Link")


@dataclass(frozen=True, slots=True)
class Says:
    """One answer. ``status`` 0 breaks the connection; ``after``: seconds of silence before."""

    body: object = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    after: float = 0

    @property
    def as_bytes(self):
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


def refusal(status, code="refused", **headers):
    """A problem of the API."""
    said = {"code": code, "detail": f"It is {code}.", "status": status, "type": "", "title": ""}
    return Says(said, status, {"X-Request-ID": "b0a7"} | headers)


@dataclass(frozen=True, slots=True)
class Heard:
    """One call that arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


class ScriptedApi:
    """Answers call after call what stands in ``script``; the last of it for ever."""

    def __init__(self):
        self.script, self.heard = [], []
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                api._answer(self)

            do_POST = do_PATCH = do_GET

            def log_message(self, *_args):
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_error):
        self.server.shutdown()
        self.server.server_close()

    def _answer(self, request):
        parts = urlsplit(request.path)
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        headers = {name.lower(): text for name, text in request.headers.items()}
        self.heard.append(
            Heard(request.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
        )
        says = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        time.sleep(says.after)
        if not says.status:
            request.close_connection = True
            return
        try:
            request.send_response(says.status)
            for name, text in says.headers.items():
                request.send_header(name, text)
            request.send_header("Content-Length", str(len(says.as_bytes)))
            request.end_headers()
            request.wfile.write(says.as_bytes)
        except OSError:  # It was not waited for.
            request.close_connection = True
