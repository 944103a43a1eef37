"""The last closed month, against what the ledger says of its end today."""

from __future__ import annotations

from collections.abc import Iterator

from payouts.domain.months import month_end
from payouts.models import ClosedMonth
from payouts.queries.as_of import balances_as_of
from payouts.services.checks.difference import Difference


def differences() -> Iterator[Difference]:
    """Yield every balance that the last closed month did not end with.

    Every earlier month is part of it: nothing can change there and leave this end as it was.
    """
    closed = ClosedMonth.objects.defer("report").order_by("month").last()
    if closed is None:
        return
    kept = {(code, currency): minor for code, currency, minor in closed.balances}
    now = balances_as_of(before=month_end(closed.month))
    for key in sorted(kept.keys() | now.keys()):
        if kept.get(key, 0) != now.get(key, 0):
            yield Difference(
                check="closed month",
                subject=f"{closed} {' '.join(key)}",
                expected=str(kept.get(key, 0)),
                found=str(now.get(key, 0)),
            )
