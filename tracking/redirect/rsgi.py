"""``granian --interface rsgi tracking.redirect.rsgi:app``: landings and journeys, nothing else.

For processes of their own beside Django, behind the shop's proxy (docs/operations.md).
"""

from __future__ import annotations

import asyncio
import gc
import os
import time
from functools import lru_cache
from typing import Any

import django
from granian.rsgi import HTTPProtocol, Scope  # type: ignore[attr-defined]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()  # Before anything that has models.

from tracking.domain.journey import LARGEST_BODY  # noqa: E402
from tracking.redirect.core import (  # noqa: E402
    FOLLOW,
    FORWARDED,
    Core,
    Header,
    Said,
    code_of,
    headers_of,
)
from tracking.redirect.telling import Reply, ap_js, tell  # noqa: E402
from tracking.snapshot import snapshot  # noqa: E402
from tracking.spool import spool  # noqa: E402


class Redirect:
    """The application. One event loop per process."""

    core: Core
    group: Group

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Load the links before the first request is taken."""
        self.core = Core(snapshot(), spool())
        self.group = Group(loop, self.core)
        gc.freeze()  # The links stay: no collection has to walk over them.

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        path = scope.path
        if not path.startswith(FOLLOW):
            await self._answer_other(path, scope, protocol)
            return
        began = time.perf_counter_ns()
        core = self.core
        code = code_of(path)
        link = core.snapshot.links.get(code)
        if link is None and core.snapshot.may_look_up(code, time.monotonic()):
            loop = asyncio.get_running_loop()
            link = await loop.run_in_executor(None, core.snapshot.look_up, code)
        answer = core.answer(
            link, scope.method, scope.query_string, header_of(scope), peer_of(scope.client)
        )
        line = answer.line
        if line:  # As _recorded does, but without a coroutine more: almost everybody comes here.
            is_kept = await self.group.keep(line) if core.is_durable else core.keep(line)
            answer = answer if is_kept else answer.unrecorded()
        protocol.response_empty(answer.status, headers_of(answer))
        core.counting.landed(answer.status, time.perf_counter_ns() - began)

    async def _answer_other(self, path: str, scope: Scope, protocol: HTTPProtocol) -> None:
        if path == "/j":
            await self._tell(scope, protocol)
        elif path == "/ap.js" and scope.method in {"GET", "HEAD"}:
            _send(protocol, ap_js(self.core, header_of(scope)))
        elif path == "/healthz":
            is_well = self.core.snapshot.is_loaded.is_set()
            protocol.response_str(200 if is_well else 503, [], "ok\n" if is_well else "no links\n")
        else:
            protocol.response_empty(404, [])

    async def _tell(self, scope: Scope, protocol: HTTPProtocol) -> None:
        if scope.method != "POST":
            protocol.response_empty(405, [("allow", "POST")])
            return
        body = b""
        async for piece in protocol:
            body += piece
            if len(body) > LARGEST_BODY:
                break
        core, header = self.core, header_of(scope)
        reply = tell(core, body, header, peer_of(scope.client), time.time_ns() // 1000)
        said = await self._recorded(reply)
        core.counting.told(said.status)
        _send(protocol, said)

    async def _recorded(self, said: Said) -> Said:
        if not said.lines or not self.core.is_durable:
            return self.core.recorded(said)
        return said if await self.group.keep(*said.lines) else said.unrecorded()


class Group:
    """One write and one fdatasync for all who come in two turns of the loop.

    It blocks the loop on purpose: whoever comes meanwhile would have to wait for the disk anyway,
    and joins the next group. Handing it to a thread costs more than it saves. The second turn
    takes along those whom the server hands over while the first one's are being judged: groups
    are larger, and nobody waits longer, because fewer of them wait for the disk in vain.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, core: Core) -> None:
        self._loop = loop
        self._core = core
        self._lines: list[bytes] = []
        self._waiting: asyncio.Future[bool] | None = None

    def keep(self, *lines: bytes) -> asyncio.Future[bool]:
        """Return what is done once ``lines`` are on the disk; False: they are lost."""
        self._lines += lines
        if self._waiting is None:
            self._waiting = self._loop.create_future()
            self._loop.call_soon(self._loop.call_soon, self._write)
        return self._waiting

    def _write(self) -> None:
        lines, self._lines = self._lines, []
        done, self._waiting = self._waiting, None
        is_kept = self._core.keep(*lines)
        if done is not None:
            done.set_result(is_kept)


def header_of(scope: Scope) -> Header:
    """Return how ``scope`` says a header: a proxy may add its line below that of a visitor."""
    headers = scope.headers  # Once: the server makes a copy of them for whoever asks.
    get = headers.get
    forwarded = headers.get_all(FORWARDED)  # type: ignore[attr-defined]  # Since 2.4.
    if len(forwarded) < 2:
        return get  # Everything but this one header is asked for as it is: that is fastest.

    def header(name: str, default: str) -> str:
        return ",".join(forwarded) if name == FORWARDED else get(name, default)

    return header


@lru_cache(maxsize=4096)
def peer_of(client: str) -> str:
    """Return the address in ``address:port``."""
    return client.rpartition(":")[0].strip("[]")


def _send(protocol: HTTPProtocol, reply: Reply) -> None:
    protocol.response_bytes(reply.status, reply.headers, reply.body)


app: Any = Redirect()
