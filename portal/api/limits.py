"""How often a key may call: a budget for each minute, counted in Redis, told in every answer.

The headers are those of draft-ietf-httpapi-ratelimit-headers-10: ``RateLimit-Policy`` says the
budget and its window, ``RateLimit`` what is left and for how many seconds.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from core.api import Refusal

WINDOW = 60
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left of a key's calls in this minute. ``reset``: seconds until the next one."""

    name: str
    most: int
    left: int
    reset: int

    @property
    def headers(self) -> dict[str, str]:
        """The headers of every answer."""
        return {
            "RateLimit-Policy": f'"{self.name}";q={self.most};w={WINDOW}',
            "RateLimit": f'"{self.name}";r={max(self.left, 0)};t={self.reset}',
        }


def spend(key_id: int, now: datetime, *, changes: bool) -> Budget:
    """Take one call from a key's budget of this minute; calls that change something have theirs.

    While Redis does not answer nobody is kept out: a limit is a courtesy, the work is not.

    :raises Refusal: 429 when nothing is left.
    """
    name = "write" if changes else "read"
    most = settings.API_WRITES_PER_MINUTE if changes else settings.API_READS_PER_MINUTE
    budget = take(name, key_id, most, now)
    if budget.left < 0:
        raise Refusal(
            429,
            "too_many_requests",
            _("This key has made its %(most)s calls of this minute. Go on in %(seconds)s s.")
            % {"most": most, "seconds": budget.reset},
            headers={**budget.headers, "Retry-After": str(budget.reset)},
        )
    return budget


def take(name: str, of: int, most: int, now: datetime) -> Budget:
    """Take one of the ``most`` calls that ``of`` has in this minute; below zero: there was none."""
    minute, second = divmod(int(now.timestamp()), WINDOW)
    return Budget(name, most, most - _count(f"api:{name}:{of}:{minute}"), WINDOW - second)


def _count(counter: str) -> int:
    try:
        cache.add(counter, 0, timeout=2 * WINDOW)
        return cache.incr(counter)
    except ValueError:  # It ended between the two.
        return 1
    except (RedisError, OSError) as error:
        _log.warning("Calls of the API are not counted: %s", type(error).__name__)
        return 0
