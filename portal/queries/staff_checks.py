"""The result of the last check of the ledger, kept for the pages of finance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache

from payouts.services.checks import Difference, as_rows, check

_KEY = "staff:ledger-check"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """When the ledger was checked here, by whom, and where it disagreed."""

    at: datetime
    by: str
    differences: list[Difference]

    @property
    def agrees(self) -> bool:
        return not self.differences


def run_check(*, by: str, now: datetime) -> CheckResult:
    """Check the ledger and keep the result until the next check."""
    result = CheckResult(now, by, check())
    kept = {"at": now.isoformat(), "by": by, "differences": as_rows(result.differences)}
    cache.set(_KEY, kept, timeout=None)
    return result


def last_check() -> CheckResult | None:
    """Return the last result; None when nobody has checked yet."""
    kept = cache.get(_KEY)
    if kept is None:
        return None
    differences = [Difference(**row) for row in kept["differences"]]
    return CheckResult(datetime.fromisoformat(kept["at"]), kept["by"], differences)
