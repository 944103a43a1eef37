"""What came and went without a spool file, counted so that ``fsck_clicks`` can prove the rest."""

from __future__ import annotations

from django.db.models import F

from tracking.models import SpoolTally

DIRECT, FOLDED, REMOVED = "direct", "folded", "removed"


def recorded(*, clicks: int, counts: int, events: int, lost: int = 0) -> None:
    """Count what was recorded without a file. In the caller's transaction."""
    _grow(DIRECT, clicks=clicks, counts=counts, events=events, lost=lost)


def fold(*, clicks: int, counts: int, events: int, rejects: int, lost: int) -> None:
    """Count what spool files brought whose own rows go away now. In the caller's transaction."""
    _grow(FOLDED, clicks=clicks, counts=counts, events=events, rejects=rejects, lost=lost)


def remove(*, clicks: int = 0, counts: int = 0, events: int = 0, rejects: int = 0) -> None:
    """Count what erasure or retention took away. In the caller's transaction."""
    _grow(REMOVED, clicks=clicks, counts=counts, events=events, rejects=rejects)


def _grow(name: str, **numbers: int) -> None:
    growing = {field: F(field) + number for field, number in numbers.items() if number}
    if growing and not SpoolTally.objects.filter(name=name).update(**growing):
        _row, created = SpoolTally.objects.get_or_create(name=name, defaults=numbers)
        if not created:
            SpoolTally.objects.filter(name=name).update(**growing)
