"""What is asked of clicks on two servers, each often enough for its percentiles.

``python -m benchmarks.month.questions``, inside the machine, prints it as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import cycle
from typing import Any
from uuid import UUID

import django

django.setup()  # Before anything that has models.

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from tracking.models import Click, JourneyEvent  # noqa: E402
from tracking.queries import clicks_of_visitors  # noqa: E402
from tracking.services import far_months, rollups  # noqa: E402

VISITORS, BATCH = 1_000, 500
LOOK_BACK = timedelta(days=30)
_SOME = "SELECT visitor FROM {} WHERE visitor IS NOT NULL LIMIT %s"


def ask() -> dict[str, Any]:
    """Return how many rows lie where, and how long questions about them take."""
    name = f"tracking_click_{timezone.now():%Y_%m}"
    found: dict[str, Any] = {}
    for place, part in (("second", name + far_months.FAR), ("first", name + far_months.NEAR)):
        some = _visitors(part)
        if some:
            found |= _timed(f"look-up of a visitor known to the {place} server", _look_up(some))
    batch = _visitors(name)[:BATCH]
    found |= _timed(f"{len(batch)} visitors at once", lambda: _clicks(batch), 20)
    today = timezone.localdate()
    found |= _timed("marks of a day, both servers", lambda: rollups.refresh_marks(today), 3)
    found |= _timed("counting all clicks", Click.objects.count, 3)
    found |= _timed("counting all steps of journeys", JourneyEvent.objects.count, 3)
    with connection.cursor() as cursor:
        for place, part in (("second", name + far_months.FAR), ("first", name + far_months.NEAR)):
            cursor.execute(f"SELECT count(*) FROM {part}")  # noqa: S608
            found[f"clicks on the {place} server"] = cursor.fetchone()[0]
    return found


def _visitors(table: str) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_SOME.format(table), [VISITORS])
        return [visitor for (visitor,) in cursor.fetchall()]


def _clicks(visitors: list[UUID]) -> object:
    now = timezone.now()
    return clicks_of_visitors(visitors, now - LOOK_BACK, now)


def _look_up(visitors: list[UUID]) -> Callable[[], object]:
    turn = cycle(visitors)
    return lambda: _clicks([next(turn)])


def _timed(name: str, question: Callable[[], object], times: int = VISITORS) -> dict[str, float]:
    question()
    took = []
    for _turn in range(times):
        began = time.perf_counter()
        question()
        took.append((time.perf_counter() - began) * 1_000)
    took.sort()
    return {
        f"{name}, p50 ms": round(took[len(took) // 2], 2),
        f"{name}, p99 ms": round(took[int(len(took) * 0.99)], 2),
    }


if __name__ == "__main__":
    assert settings.CLICKS_NODE_URL, "There is no second server."  # noqa: S101
    sys.stdout.write(json.dumps(ask()))
