"""How often a shop's deliveries were refused lately: counted by the hour, kept for a day.

Nothing of a refused delivery is stored, for anybody can send one. The counts live in the cache
and may be lost with it: they help to find a wrong secret, no more.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.core.cache import cache
from redis.exceptions import RedisError

#: Why deliveries are refused before they are kept: codes of ``connectors.generic``' refusals.
CODES = ("bad_signature", "bad_header")
HOURS = 24
_KEPT = timedelta(hours=HOURS + 1)
_HOUR_SECONDS = 3_600

log = logging.getLogger(__name__)


def note(shop_id: int, code: str, *, now: datetime) -> None:
    """Count one refusal. A cache that does not answer is logged and forgotten."""
    key = _key(shop_id, code, _hour(now))
    try:
        cache.add(key, 0, timeout=_KEPT.total_seconds())
        cache.incr(key)
    except (RedisError, ValueError) as error:  # Gone between the two calls: one is missing.
        log.warning("A refused delivery of shop %s was not counted: %s", shop_id, error)


def refused_since(shop_id: int, *, now: datetime) -> dict[str, int]:
    """Return how often deliveries were refused in the last 24 hours, by code; none without any."""
    last = _hour(now)
    keys = {
        _key(shop_id, code, hour): code for code in CODES for hour in range(last - HOURS, last + 1)
    }
    sums: dict[str, int] = {}
    try:
        found = cache.get_many(keys)
    except RedisError as error:
        log.warning("Refused deliveries of shop %s are not known: %s", shop_id, error)
        return {}
    for key, number in found.items():
        sums[keys[key]] = sums.get(keys[key], 0) + number
    return sums


def _hour(now: datetime) -> int:
    return int(now.timestamp()) // _HOUR_SECONDS


def _key(shop_id: int, code: str, hour: int) -> str:
    return f"refused-delivery:{shop_id}:{code}:{hour}"
