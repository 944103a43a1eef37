"""What of looks is kept ready for pages, and how it is thrown away (docs/rules/looks.md, LK40).

Every shop has a version. What is kept ready is kept under it, so that another version forgets
all of it at once. Whoever changes what the public sees of a look calls :func:`purge`.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Collection
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from redis.exceptions import RedisError

from influencers.models import Look, LookImage
from shop.models import Shop

log = logging.getLogger(__name__)
#: Prices and stock are as old as this at most; a change of a look is seen at once.
FRESH_SECONDS = 60
_VERSION_SECONDS = 7 * 86_400


def purge(shop_ids: Collection[int]) -> None:
    """Forget what is kept ready for these shops, once the current transaction has committed."""
    wanted = set(shop_ids)
    if wanted:
        transaction.on_commit(lambda: _turn(wanted))


def purge_looks(look_ids: Collection[int]) -> None:
    """Forget what is kept ready for the shops of these looks, once this has committed."""
    purge(set(Look.objects.filter(pk__in=look_ids).values_list("shop_id", flat=True)))


def purge_pictures(picture_ids: Collection[int]) -> None:
    """Forget what is kept ready for the shops where these pictures are seen, after the commit."""
    shown = LookImage.objects.filter(picture__in=picture_ids, version__look__live=F("version"))
    purge(set(shown.values_list("version__look__shop_id", flat=True)))


def version(shop_code: str) -> str:
    """Return the version of a shop that is known here, by its code.

    Empty for no shop of ours, and while the cache does not answer: then nothing is kept ready.
    """
    key = _version_key(shop_code)
    try:
        found = cache.get(key)
        if found is None and Shop.objects.filter(code=shop_code).exists():
            cache.add(key, secrets.token_hex(8), _VERSION_SECONDS)
            found = cache.get(key)
    except RedisError as error:
        log.warning("No cache for looks: %s", error)
        return ""
    return str(found or "")


def get(version: str, name: str) -> Any:
    """Return what is kept under ``name`` for a version, or None."""
    if not version:
        return None
    try:
        return cache.get(_key(version, name))
    except RedisError:
        return None


def put(version: str, name: str, value: Any) -> None:
    """Keep ``value`` ready for :data:`FRESH_SECONDS`."""
    if not version:
        return
    try:
        cache.set(_key(version, name), value, FRESH_SECONDS)
    except RedisError:
        log.info("The cache took nothing of looks.")


def _turn(shop_ids: Collection[int]) -> None:
    codes = Shop.objects.filter(pk__in=shop_ids).values_list("code", flat=True)
    try:
        cache.set_many(
            {_version_key(code): secrets.token_hex(8) for code in codes}, _VERSION_SECONDS
        )
    except RedisError as error:
        log.warning("Looks stay ready for %s s more: %s", FRESH_SECONDS, error)


def _version_key(shop_code: str) -> str:
    return f"looks:{_digest(shop_code)}"


def _key(version: str, name: str) -> str:
    return f"looks:{version}:{_digest(name)}"


def _digest(text: str) -> str:
    """Return a name that every cache takes, whatever strangers asked for."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]
