"""How often one network may have something kept by /j: a flood fills no disk and no table."""

from __future__ import annotations

import logging
import os
import threading
from functools import cache
from ipaddress import IPv6Address, ip_address

from django.conf import settings

from tracking.domain.ip_hash import ip_hash

MINUTE_US = 60_000_000
#: Networks counted in one minute; who comes after them is not held up.
MOST_NETWORKS = 50_000
_log = logging.getLogger(__name__)


class Throttle:
    """Counts calls of this process per network (IPv4 /24, IPv6 /48) and minute, in memory only.

    Networks are told apart by a hash under a key that ends with the process. Addresses that are
    nobody's on the Internet are never held up: with them a proxy hides all visitors behind one.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.refused = 0
        self._key = os.urandom(32)
        self._minute = 0
        self._calls: dict[tuple[int, bool], int] = {}
        self._lock = threading.Lock()

    def allows(self, address: str, at_us: int, *, forgets: bool = False) -> bool:
        """Count a call from ``address``; tell whether its network may still have it kept.

        ``at_us`` in microseconds since 1970. Withdrawals (``forgets``) are counted by themselves:
        no flood of a neighbour keeps anybody from one. ``refused`` counts what this minute refused.
        """
        network = self._network(address)
        if not self.most or network is None:
            return True
        with self._lock:
            if self._minute != at_us // MINUTE_US:
                self._turn(at_us // MINUTE_US)
            calls = self._calls.get((network, forgets), 0) + 1
            if calls > self.most:
                self._refuse()
                return False
            if calls > 1 or len(self._calls) < MOST_NETWORKS:
                self._calls[network, forgets] = calls
            return True

    def _network(self, address: str) -> int | None:
        try:
            ip = ip_address(address)
        except ValueError:
            return None
        if isinstance(ip, IPv6Address):
            ip = ip.ipv4_mapped or ip
        return ip_hash(address, self._key) if ip.is_global else None

    def _turn(self, minute: int) -> None:
        if self.refused:
            _log.warning("%d calls of /j were refused in a minute.", self.refused)
        self._minute, self.refused = minute, 0
        self._calls.clear()

    def _refuse(self) -> None:
        if not self.refused:
            _log.warning("Calls of /j are refused: a network made more than %d.", self.most)
        self.refused += 1


def throttle() -> Throttle:
    """Return this process's own throttle."""
    return _own_throttle(settings.JOURNEY_CALLS_PER_MINUTE)


@cache
def _own_throttle(most: int) -> Throttle:
    return Throttle(most)


def _after_fork() -> None:
    _own_throttle.cache_clear()


os.register_at_fork(after_in_child=_after_fork)
