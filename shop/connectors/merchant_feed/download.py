"""A feed fetched from its address into a file: as large as it may be, memory stays flat."""

from __future__ import annotations

import base64
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import IO
from urllib.parse import urlsplit

from urllib3.exceptions import HTTPError

from core.fetching import Fetcher, FetchRefused
from core.names import NotResolved
from core.wording import Said
from shop.connectors.api import ShopRefused, ShopUnreachable, may_reach
from shop.connectors.packed import copy
from shop.connectors.privacy import IN_THE_CLEAR, goes_in_the_clear

log = logging.getLogger(__name__)

ATTEMPTS = 4
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_LONGEST_WAIT = 60.0
_PIECE = 1 << 18


def basic(user: str, password: str) -> Mapping[str, str]:
    """Return the header of a name and a password; nothing without a name."""
    if not user:
        return {}
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@dataclass(slots=True, kw_only=True)
class Download:
    """One address. The host is resolved once and checked; redirects are refused, as by ShopApi."""

    address: str
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 120.0
    sleep: Callable[[float], None] = time.sleep
    fetcher: Fetcher = field(default_factory=lambda: Fetcher(may_reach=may_reach, ports=None))

    def into(self, file: IO[bytes]) -> None:
        """Write what is at the address to ``file``, from its beginning. A break begins anew.

        :raises ShopRefused: when we may not ask, or are not let in.
        :raises ShopUnreachable: when it did not come whole, however often asked.
        """
        if self.headers and goes_in_the_clear(self.address):
            raise ShopRefused(IN_THE_CLEAR)
        why = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                log.info("A feed is asked for again: %s", why)
                self.sleep(min(2.0**attempt, _LONGEST_WAIT))
            file.seek(0)
            file.truncate()
            try:
                status = self._once(file)
            except (HTTPError, OSError) as error:
                why = type(error).__name__
                continue
            if status == HTTPStatus.OK:
                file.seek(0)
                return
            if status not in _AGAIN:
                raise ShopRefused(
                    Said("The feed's address answered with status %(status)s: check it, and its"
                         " user and password.", status=status)
                )  # fmt: skip
            why = f"status {status}"
        raise ShopUnreachable(
            Said("The feed did not come in %(count)s attempts (%(why)s).",
                 count=ATTEMPTS, why=why)
        )  # fmt: skip

    def _once(self, file: IO[bytes]) -> int:
        try:
            parts, machine = self.fetcher.address_of(self.address)
        except FetchRefused as error:
            raise ShopRefused(
                Said("The feed's address may not be asked: %(why)s.", why=str(error))
            ) from error
        except NotResolved as error:
            raise ShopUnreachable(
                Said("The feed's address is not known: %(why)s", why=str(error))
            ) from error
        path = urlsplit(self.address).path or "/"
        target = f"{path}?{parts.query}" if parts.query else path
        pool = self.fetcher.pool(parts, machine, self.seconds)
        try:
            said = pool.urlopen(
                "GET", target, redirect=False, retries=False, assert_same_host=False,
                preload_content=False, enforce_content_length=True,
                headers={"Host": parts.netloc, "User-Agent": "Apport", "Accept": "*/*",
                         "Accept-Encoding": "gzip", **self.headers},
            )  # fmt: skip
            if said.status == HTTPStatus.OK:
                copy(said.stream(_PIECE, decode_content=True), file)
            return int(said.status)
        finally:
            pool.close()
