"""A platform's API over HTTP: patient with limits and faults, and never led elsewhere."""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import ip_address, ip_network
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import urllib3
from django.conf import settings
from urllib3.exceptions import HTTPError

from core.errors import DomainError
from core.fetching import Fetcher, FetchRefused, is_public
from core.names import NotResolved
from core.wording import Said
from shop.connectors.contract import UnreadableBody, parsed
from shop.connectors.privacy import IN_THE_CLEAR, goes_in_the_clear

log = logging.getLogger(__name__)

ATTEMPTS = 6
LONGEST_WAIT = 60.0
MOST_BYTES = 50_000_000
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


class ShopUnreachable(DomainError):
    """The shop's API did not answer, or not in a way that can be used, however often asked."""

    code = "shop_unreachable"


class ShopRefused(DomainError):
    """The shop's API does not let us in, or not do this."""

    code = "shop_refused"


class ShopHasNot(DomainError):
    """The shop's API does not know what was asked for."""

    code = "shop_has_not"


def may_reach(address: str) -> bool:
    """Tell whether a shop may be at ``address``: public, or in a network of the settings."""
    networks = (ip_network(one) for one in settings.SHOP_API_NETWORKS)
    return is_public(address) or any(ip_address(address) in one for one in networks)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an API said, read to its end. Names of ``headers`` are in small letters."""

    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the JSON of the body, decimals exact.

        :raises ShopUnreachable: when it is none.
        """
        try:
            return parsed(self.body)
        except UnreadableBody as error:
            raise ShopUnreachable(Said("The shop's API answered, but not with JSON.")) from error


class _Said(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True, kw_only=True)
class ShopApi:
    """One shop's API at ``address`` (with the path before every call, without a slash at the end).

    The host is resolved once and every question goes to the checked machine. An answer that asks
    for patience (429, 5xx, a broken connection) is waited for, as long as ``Retry-After`` says or
    twice as long each time; redirects are refused. Credentials go into ``headers``, never into the
    address: addresses end in logs; and never over http, but to this machine.
    """

    address: str
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 30.0
    sleep: Callable[[float], None] = time.sleep
    fetcher: Fetcher = field(default_factory=lambda: Fetcher(may_reach=may_reach, ports=None))
    _pool: urllib3.HTTPConnectionPool | None = None

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Answer:
        """Ask for ``path`` (begins with a slash).

        :raises ShopRefused, ShopHasNot, ShopUnreachable: when there is no answer to use.
        """
        target = f"{path}?{urlencode(query)}" if query else path
        return self._ask("GET", target, None)

    def post(self, path: str, sent: object) -> Answer:
        """Send JSON to ``path``. It may arrive twice: use it for questions, or what may repeat.

        :raises ShopRefused, ShopHasNot, ShopUnreachable: when there is no answer to use.
        """
        return self._ask("POST", path, json.dumps(sent).encode())

    def _ask(self, method: str, target: str, body: bytes | None) -> Answer:
        if goes_in_the_clear(self.address):
            raise ShopRefused(IN_THE_CLEAR)
        why = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                log.info("A shop's API is asked again: %s", why)
            try:
                said = self._once(method, target, body)
            except (HTTPError, OSError) as error:
                why, wait = type(error).__name__, 0.0
            except ValueError as error:  # What was entered cannot stand in a header.
                raise ShopRefused(
                    Said("What was entered for the shop's API has signs that cannot be sent.")
                ) from error
            else:
                if said.status not in _AGAIN:
                    return _usable(said)
                why = f"status {said.status}"
                wait = _asked_wait(said.headers.get("retry-after", ""))
            if attempt + 1 < ATTEMPTS:
                self.sleep(min(wait or 2.0**attempt, LONGEST_WAIT))
        raise ShopUnreachable(
            Said("The shop's API did not answer in %(count)s attempts (%(why)s).",
                 count=ATTEMPTS, why=why)
        )  # fmt: skip

    def _once(self, method: str, target: str, body: bytes | None) -> _Said:
        parts = urlsplit(self.address)
        headers = {"Host": parts.netloc, "Accept": "application/json",
                   "User-Agent": "Apport", **self.headers}  # fmt: skip
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        said = self._connections().urlopen(
            method, parts.path.rstrip("/") + target, body=body, headers=headers, redirect=False,
            retries=False, assert_same_host=False, preload_content=False,
        )  # fmt: skip
        try:
            read = said.read(MOST_BYTES + 1, decode_content=True)
        finally:
            said.release_conn()
        return _Said(said.status, {name.lower(): text for name, text in said.headers.items()}, read)

    def _connections(self) -> urllib3.HTTPConnectionPool:
        if self._pool is None:
            try:
                parts, machine = self.fetcher.address_of(self.address)
            except FetchRefused as error:
                raise ShopRefused(
                    Said("The shop's address may not be asked: %(why)s.", why=str(error))
                ) from error
            except NotResolved as error:
                raise ShopUnreachable(
                    Said("The shop's address is not known: %(why)s", why=str(error))
                ) from error
            self._pool = self.fetcher.pool(parts, machine, self.seconds)
        return self._pool


def _usable(said: _Said) -> Answer:
    if said.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        raise ShopRefused(
            Said("The shop's API refused the credentials (status %(status)s): check them and"
                 " their permissions.", status=said.status)
        )  # fmt: skip
    if said.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        raise ShopHasNot(
            Said("The shop's API does not know it (status %(status)s).", status=said.status)
        )
    if not HTTPStatus.OK <= said.status < HTTPStatus.MULTIPLE_CHOICES:
        raise ShopUnreachable(
            Said("The shop's API answered with status %(status)s.", status=said.status)
        )
    if len(said.body) > MOST_BYTES:
        raise ShopUnreachable(Said("The shop's API sent more than can be read at once."))
    return Answer(said.headers, said.body)


def _asked_wait(said: str) -> float:
    """Return the seconds of a ``Retry-After``; 0 without one, or with a date in it."""
    try:
        wait = float(said)
        return wait if math.isfinite(wait) and wait > 0 else 0.0
    except ValueError:
        return 0.0
