"""The keys of the address hashes: one a UTC day, random, gone after 48 hours."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from django.db.models import QuerySet

from tracking.models import Salt

SALT_BYTES = 16
#: Counted from the beginning of the salt's day.
LIFE = timedelta(hours=48)


def rotate(now: datetime) -> int:
    """Make the salts of today and tomorrow where they are missing; return how many were."""
    today = now.astimezone(UTC).date()
    made = 0
    for day in (today, today + timedelta(days=1)):
        _salt, created = Salt.objects.get_or_create(
            day=day, defaults={"value": secrets.token_bytes(SALT_BYTES), "created_at": now}
        )
        made += created
    return made


def expired(now: datetime) -> QuerySet[Salt]:
    """Return the salts whose day began 48 hours ago or earlier."""
    return Salt.objects.filter(day__lte=(now - LIFE).astimezone(UTC).date())


def purge(now: datetime) -> int:
    """Delete the salts whose day began 48 hours ago or earlier; return how many."""
    gone, _per_model = expired(now).delete()
    return gone
