"""Pages of strangers, fetched so that nothing of ours can be reached through their addresses.

A host is resolved once, every address that it has must be public, and the connection goes to the
checked one: a name that changes its mind in between (DNS rebinding) changes nothing. The same
holds for every redirect. Nothing is sent but what the caller says: no cookie, no Referer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import SplitResult, urljoin, urlsplit

import urllib3
from django.conf import settings
from urllib3.exceptions import HTTPError

from core.errors import DomainError
from core.names import Names, NotResolved

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PORTS = frozenset({80, 443})
LONGEST_URL = 2_000
#: IPv6 that carries an IPv4 address inside: what is inside decides.
_NAT64 = ip_network("64:ff9b::/96")
_KEPT_HEADERS = ("content-type", "location", "refresh", "server", "set-cookie")


class FetchRefused(DomainError):
    """An address that we do not ask: another scheme, another port, or nobody's public machine."""

    code = "fetch_refused"


class Hop(NamedTuple):
    """One question and its answer on the way to a page."""

    url: str
    address: str = ""  # The machine that answered.
    status: int = 0  # 0: it did not answer.
    location: str = ""  # Where it sent us, made whole.
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A page, with every hop before it. ``error`` says why there is none."""

    hops: tuple[Hop, ...]
    body: bytes = b""
    is_cut: bool = False  # The page went on beyond ``most_bytes``.
    headers: Mapping[str, str] = field(default_factory=dict)  # Of the last answer; few of them.
    error: str = ""

    @property
    def status(self) -> int:
        """The status of the last answer; 0 without one."""
        return self.hops[-1].status if self.hops else 0

    @property
    def url(self) -> str:
        """The last address that was asked."""
        return self.hops[-1].url if self.hops else ""


def is_public(address: str) -> bool:
    """Tell whether an address belongs to the public internet, whatever it carries inside."""
    ip = ip_address(address)
    inside: IPv4Address | IPv6Address | None = None
    if isinstance(ip, IPv6Address):
        inside = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inside = IPv4Address(int(ip) & 0xFFFFFFFF)
    if inside is not None:
        return _is_global(inside)
    return _is_global(ip)


def _is_global(ip: IPv4Address | IPv6Address) -> bool:
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """How strangers' pages are fetched. Tests say who may be reached, and at which ports."""

    names: Names = field(default_factory=Names)
    may_reach: Callable[[str], bool] = is_public
    ports: Collection[int] | None = PORTS  # None: every port.
    authority: str | None = None  # A file of certificates to trust; None: the system's.
    most_hops: int = 10
    most_bytes: int = 1_000_000
    seconds: float = 15.0  # For all hops together.

    def fetch(
        self, url: str, headers: Mapping[str, str] | None = None, *, follow: bool = True
    ) -> Fetched:
        """Return what ``url`` leads to: every hop, and the page at the end.

        What does not answer, is refused or goes round in circles ends in ``error``; nothing is
        raised, because a stranger decides what comes back.
        """
        hops: list[Hop] = []
        until = time.monotonic() + self.seconds
        while True:
            answer, body, is_cut, kept = self._hop(url, dict(headers or {}), until)
            hops.append(answer)
            if answer.error or not (follow and answer.location):
                return Fetched(
                    hops=tuple(hops), body=body, is_cut=is_cut, headers=kept, error=answer.error
                )
            if len(hops) >= self.most_hops:
                return Fetched(hops=tuple(hops), headers=kept, error="too many redirects")
            url = answer.location

    def address_of(self, url: str) -> tuple[SplitResult, str]:
        """Return an address that may be asked, cut into its parts, and whom to ask.

        :raises FetchRefused: for what we do not ask; the message says why.
        :raises NotResolved: when its host has no address.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError as error:
            raise FetchRefused("not an address") from error
        if parts.scheme not in {"http", "https"} or not host or len(url) > LONGEST_URL:
            raise FetchRefused("not a web address")
        if parts.username is not None or parts.password is not None:
            raise FetchRefused("an address with a name and password in it")
        if self.ports is not None and port is not None and port not in self.ports:
            raise FetchRefused(f"port {port}")
        addresses = self.names.addresses(host)
        closed = [one for one in addresses if not self.may_reach(one)]
        if closed:  # One public address beside a private one is how rebinding begins.
            raise FetchRefused("an address that is not public")
        return parts, addresses[0]

    def _hop(
        self, url: str, headers: dict[str, str], until: float
    ) -> tuple[Hop, bytes, bool, dict[str, str]]:
        left = until - time.monotonic()
        if left <= 0:
            return Hop(url, error="no time left"), b"", False, {}
        try:
            parts, address = self.address_of(url)
        except (FetchRefused, NotResolved) as refusal:
            return Hop(url, error=str(refusal)), b"", False, {}
        try:
            return self._ask(url, parts, address, headers, until)
        except (HTTPError, OSError, ValueError) as error:
            return Hop(url, address, error=_reason(error)), b"", False, {}

    def _ask(
        self,
        url: str,
        parts: SplitResult,
        address: str,
        headers: dict[str, str],
        until: float,
    ) -> tuple[Hop, bytes, bool, dict[str, str]]:
        pool = self.pool(parts, address, max(until - time.monotonic(), 0.1))
        path = parts.path or "/"
        target = f"{path}?{parts.query}" if parts.query else path
        try:
            answer = pool.urlopen(
                "GET", target, headers={"Host": parts.netloc, "Accept": "*/*", **headers},
                redirect=False, retries=False, preload_content=False, assert_same_host=False,
                decode_content=True,
            )  # fmt: skip
            kept = {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
            location = answer.headers.get("location", "")
            whole = urljoin(url, location) if answer.status in REDIRECTS and location else ""
            body, is_cut = (b"", False) if whole else self._read(answer, until)
        finally:
            pool.close()
        return Hop(url, address, answer.status, whole), body, is_cut, kept

    def pool(self, parts: SplitResult, address: str, seconds: float) -> urllib3.HTTPConnectionPool:
        """Return connections to the checked address of a host, each answer within ``seconds``."""
        timeout = urllib3.Timeout(total=seconds)
        if parts.scheme == "http":
            return urllib3.HTTPConnectionPool(address, parts.port or 80, timeout=timeout)
        host = parts.hostname
        return urllib3.HTTPSConnectionPool(
            address, parts.port or 443, timeout=timeout, server_hostname=host,
            assert_hostname=host, ca_certs=self.authority, cert_reqs="CERT_REQUIRED",
        )  # fmt: skip

    def _read(self, answer: urllib3.BaseHTTPResponse, until: float) -> tuple[bytes, bool]:
        body = b""
        for piece in answer.stream(16_384, decode_content=True):
            body += piece
            if len(body) > self.most_bytes:
                return body[: self.most_bytes], True
            if time.monotonic() > until:
                raise TimeoutError("no time left")
        return body, False


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]


def fetcher() -> Fetcher:
    """Return the fetcher of the settings."""
    return Fetcher(seconds=settings.FETCH_SECONDS)
