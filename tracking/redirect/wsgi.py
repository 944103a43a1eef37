"""Landings and journeys ahead of Django, in the same process: everything at one address."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from tracking.domain.journey import LARGEST_BODY
from tracking.redirect.core import FOLLOW, Core, Header, headers_of
from tracking.redirect.telling import tell
from tracking.snapshot import snapshot
from tracking.spool import spool

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
_STATUS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
_EMPTY = ("content-length", "0")


class Ahead:
    """Answers /c/<code> and /j itself, and leaves the rest to ``django``."""

    def __init__(self, django: Application, core: Core | None = None) -> None:
        self.django = django
        self._core = core
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith(FOLLOW):
            return self._follow(environ, start_response)
        if path == "/j" and environ["REQUEST_METHOD"] == "POST":
            return self._tell(environ, start_response)
        return self.django(environ, start_response)

    @property
    def core(self) -> Core:
        """What all requests share; the first one waits for the links."""
        if self._core is None:
            with self._lock:
                self._core = self._core or Core(snapshot(), spool())
        return self._core

    def _follow(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        began = time.perf_counter_ns()
        core = self.core
        code = environ["PATH_INFO"][len(FOLLOW) :]
        link = core.snapshot.links.get(code)
        if link is None and core.snapshot.may_look_up(code, time.monotonic()):
            link = core.snapshot.look_up(code)
        said = core.answer(
            link,
            environ["REQUEST_METHOD"],
            environ.get("QUERY_STRING", ""),
            _header_of(environ),
            environ.get("REMOTE_ADDR", ""),
        )
        answer = core.recorded(said)
        start_response(_STATUS[answer.status], [*headers_of(answer), _EMPTY])
        core.counting.landed(answer.status, time.perf_counter_ns() - began)
        return ()

    def _tell(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        core = self.core
        body = environ["wsgi.input"].read(LARGEST_BODY + 1)
        peer = environ.get("REMOTE_ADDR", "")
        said = tell(core, body, _header_of(environ), peer, time.time_ns() // 1000)
        reply = core.recorded(said)
        core.counting.told(reply.status)
        length = ("content-length", str(len(reply.body)))
        start_response(_STATUS[reply.status], [*reply.headers, length])
        return (reply.body,)


def _header_of(environ: Environ) -> Header:
    get = environ.get

    def header(name: str, default: str) -> str:
        return str(get(_NAMES.get(name) or _name(name), default))

    return header


def _name(name: str) -> str:
    _NAMES[name] = f"HTTP_{name.upper().replace('-', '_')}"
    return _NAMES[name]


#: Names of headers are ours: there are as many as we ask for.
_NAMES: dict[str, str] = {}
