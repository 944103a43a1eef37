"""Other people's servers, told of events: nothing of ours can be reached through them (HK13, HK14).

The address is resolved once, everything it resolves to must be allowed, and the connection goes to
the checked address. Redirects are not followed. An answer is cut at 256 kB, and the whole takes ten
seconds at most, however slowly the other side speaks.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from core.fetching import Fetcher, FetchRefused, is_public
from core.names import NotResolved

SECONDS = 10
MOST_BYTES = 256 * 1024
_KIND = "Apport-Webhooks/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. ``error`` is the code of why nothing did: see :class:`Hooks`."""

    status: int = 0
    body: bytes = b""
    error: str = ""
    duration_ms: int = 0


@dataclass(frozen=True, slots=True)
class Hooks:
    """Sends to endpoints. Tests say who may be reached, by ``fetcher``.

    Codes of errors: ``address`` (an address that we do not send to), ``name`` (the DNS knows no
    such host), ``connection`` (refused, broken off, no proper certificate), ``slow``.
    """

    fetcher: Fetcher = field(default_factory=Fetcher)
    is_http_allowed: bool = False  # To this machine alone.

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer:
        """Send one request and return what came back; nothing is raised for what strangers do."""
        begun = time.monotonic()
        found = self._send(method, url, headers, body)
        took = round((time.monotonic() - begun) * 1_000)
        return Answer(status=found.status, body=found.body, error=found.error, duration_ms=took)

    def _send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        try:
            parts, address = self.fetcher.address_of(url)
            self._check_scheme(parts, address)
        except FetchRefused:
            return Answer(error="address")
        except NotResolved:
            return Answer(error="name")
        seconds = self.fetcher.seconds
        connection = self._connection(parts, address)
        watch = _Watch(connection, seconds)
        path = parts.path or "/"
        target = f"{path}?{parts.query}" if parts.query else path
        try:
            with closing(connection), watch:
                connection.connect()
                if watch.has_rung:  # During the handshake there is nothing yet to hang up.
                    raise TimeoutError
                connection.timeout = seconds
                connection.request(
                    method, target, body=body if method == "POST" else None,
                    headers={
                        "Host": parts.netloc, "User-Agent": _KIND, "Accept": "*/*", **headers,
                    },
                    preload_content=False, decode_content=False,
                )  # fmt: skip
                return self._read(connection, watch)
        except TimeoutError:
            return Answer(error="slow")
        except (HTTPError, HTTPException, OSError, ValueError):
            return Answer(error="slow" if watch.has_rung else "connection")

    def _read(self, connection: HTTPConnection, watch: _Watch) -> Answer:
        answer = connection.getresponse()
        if watch.has_rung:  # What was cut off in its headers looks as if it had ended there.
            raise TimeoutError
        said = b""
        # The status is the answer. What comes after it is only shown, so it may break off.
        with suppress(HTTPError, HTTPException, OSError):
            for piece in answer.stream(16_384, decode_content=False):
                said += piece
                if len(said) > MOST_BYTES:
                    break
        return Answer(status=answer.status, body=said[:MOST_BYTES])

    def _check_scheme(self, parts: SplitResult, address: str) -> None:
        is_here = self.is_http_allowed and ip_address(address).is_loopback
        if parts.scheme != "https" and not is_here:
            raise FetchRefused("not https")

    def _connection(self, parts: SplitResult, address: str) -> HTTPConnection:
        """Return a connection that gives reaching the machine and the handshake half each."""
        seconds = self.fetcher.seconds / 2
        if parts.scheme == "http":
            return HTTPConnection(address, parts.port or 80, timeout=seconds)
        host: Any = parts.hostname
        return HTTPSConnection(
            address, parts.port or 443, timeout=seconds, server_hostname=host,
            assert_hostname=host, ca_certs=self.fetcher.authority, cert_reqs="CERT_REQUIRED",
        )  # fmt: skip


class _Watch:
    """Hangs up when the time is over: a timeout of the socket begins anew with each byte."""

    def __init__(self, connection: HTTPConnection, seconds: float) -> None:
        self.has_rung = False
        self._connection = connection
        self._timer = threading.Timer(seconds, self._ring)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()

    def _ring(self) -> None:
        self.has_rung = True
        plain = self._connection.sock
        if plain is not None:
            with suppress(OSError):
                plain.shutdown(socket.SHUT_RDWR)


def hooks() -> Hooks:
    """Return the sender of the settings: on the machine that runs everything, it reaches itself."""
    here = settings.ON_THIS_MACHINE
    fetcher = Fetcher(
        may_reach=_here_or_public if here else is_public,
        ports=None if here else frozenset(map(int, settings.WEBHOOK_PORTS)),
        seconds=SECONDS,
    )
    return Hooks(fetcher, is_http_allowed=here)


def is_address(url: str) -> bool:
    """Tell whether events may be sent to ``url``, as far as it says by itself: no name is asked."""
    sender = hooks()
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.username is not None or parts.password is not None or not url.isprintable():
        return False
    ports = sender.fetcher.ports
    if not host or " " in url or (ports is not None and (port or 443) not in ports):
        return False
    try:
        written = str(ip_address(host))
    except ValueError:
        is_here = host == "localhost"
        is_name = "." in host and not host.endswith((".localhost", ".local", ".internal"))
        may = (sender.is_http_allowed and is_here) or (is_name and not is_here)
        return may and (parts.scheme == "https" or (parts.scheme == "http" and is_here))
    is_loopback = ip_address(host).is_loopback
    is_scheme = parts.scheme == "https" or (parts.scheme == "http" and is_loopback)
    return is_scheme and sender.fetcher.may_reach(written)


def _here_or_public(address: str) -> bool:
    return ip_address(address).is_loopback or is_public(address)
