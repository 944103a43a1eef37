"""The keys of the address hashes: one a UTC day, random, gone after 48 hours."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

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


def purge(now: datetime) -> int:
    """Delete the salts whose day began 48 hours ago or earlier; return how many."""
    oldest = (now - LIFE).astimezone(UTC)
    gone, _per_model = Salt.objects.filter(day__lte=oldest.date()).delete()
    return gone
