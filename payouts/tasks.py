from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.utils import timezone

from core.pulls import drain
from payouts.services import accruals, cases, checks, commissions, costs, returns, statements

log = logging.getLogger(__name__)

#: The tick looks back this far; anything older was handled, or waits for a person.
LOOK_BACK = timedelta(days=7)


@shared_task
def accrue_pending(**_kwargs: Any) -> int:
    """Give screened credits their commission, then apply returns that came before it."""
    now = timezone.now()
    done = drain(lambda limit: accruals.accrue_pending(now=now, limit=limit, since=now - LOOK_BACK))
    return done + drain(lambda limit: returns.apply_pending(now=now, limit=limit))


@shared_task
def apply_returns(**_kwargs: Any) -> int:
    """Take back what came back, add what was found, and act on decided cases."""
    now = timezone.now()
    return sum(
        drain(lambda limit, pull=pull: pull(now=now, limit=limit))  # type: ignore[misc]
        for pull in (returns.apply_pending, costs.complete_pending, cases.apply_decisions)
    )


@shared_task
def approve_due(**_kwargs: Any) -> int:
    """Approve commissions whose hold is over."""
    now = timezone.now()
    return drain(lambda limit: commissions.approve_due(now=now, limit=limit))


@shared_task
def issue_statements(**_kwargs: Any) -> int:
    """Write the statements of payouts that left."""
    return statements.issue_missing(now=timezone.now())


@shared_task
def check_ledger_nightly(**_kwargs: Any) -> int:
    """Compare the ledger with commissions and payouts; log every difference as an error."""
    result = checks.run(now=timezone.now())
    for difference in result.differences:
        log.error("Ledger: %s", difference)
    return len(result.differences)
