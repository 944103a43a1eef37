"""The keys that a shop of Saleor signs with, as it publishes them itself (rule SA2)."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

from django.core.cache import cache
from redis.exceptions import RedisError

from core.fetching import Fetcher
from shop.connectors.api import may_reach
from shop.connectors.privacy import goes_in_the_clear
from shop.connectors.saleor.signature import key_set

log = logging.getLogger(__name__)

PATH = "/.well-known/jwks.json"
#: Strangers send signatures that fit no key too: the shop is asked no more often for them.
PATIENCE = timedelta(minutes=5)
#: After so long keys are asked for anew: one that the shop took back signs nothing any more.
FRESH = timedelta(hours=6)
#: For so long the last answer stands in while the shop gives none.
KEPT = timedelta(days=7)
SECONDS = 5.0
MOST_BYTES = 65_536


def root(address: str) -> str:
    """Return the address of a shop, which may be entered with ``/graphql/`` at its end."""
    return address.rstrip("/").removesuffix("/graphql")


def published(address: str, fits: Callable[[str], bool]) -> str:
    """Return the key set (JWKS) that the shop at ``address`` publishes; empty: none is known.

    It is kept. The shop is asked when what is kept is old or does not pass ``fits``, and at most
    once in :data:`PATIENCE`. It may take some seconds: never inside a transaction.
    """
    key = _key(address)
    try:
        kept = str(cache.get(key) or "")
        is_fresh = cache.get(f"{key}:fresh") is not None
        if kept and is_fresh and fits(kept):
            return kept
        if not cache.add(f"{key}:asked", 1, PATIENCE.total_seconds()):
            return kept
        return renewed(address) or kept
    except RedisError as error:
        log.warning("A shop's keys are not known: %s", error)
        return ""


def renewed(address: str) -> str:
    """Ask the shop for its key set, keep it and return it; empty when it gives none.

    :raises RedisError: when it cannot be kept.
    """
    found = _fetched(address)
    if found:
        key = _key(address)
        cache.set(key, found, KEPT.total_seconds())
        cache.set(f"{key}:fresh", 1, FRESH.total_seconds())
    return found


def _fetched(address: str) -> str:
    if not address or goes_in_the_clear(address):
        return ""  # Who can read it on the way can write it too.
    fetcher = Fetcher(may_reach=may_reach, ports=None, most_bytes=MOST_BYTES, seconds=SECONDS)
    said = fetcher.fetch(root(address) + PATH, {"Accept": "application/json"}, follow=False)
    found = said.body.decode("utf-8", "replace")
    if said.error or said.status != HTTPStatus.OK or said.is_cut or not key_set(found):
        log.info("A shop gave no keys: %s", said.error or f"status {said.status}")
        return ""
    return found


def _key(address: str) -> str:
    return f"saleor-keys:{hashlib.sha256(root(address).encode()).hexdigest()}"
