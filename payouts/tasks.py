from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.utils import timezone

from payouts.services import accruals, cases, checks, commissions, costs, returns

log = logging.getLogger(__name__)

#: The tick looks back this far; anything older was handled, or waits for a person.
LOOK_BACK = timedelta(days=7)


@shared_task
def accrue_pending(**_kwargs: Any) -> int:
    """Give screened credits their commission."""
    now = timezone.now()
    return accruals.accrue_pending(now=now, since=now - LOOK_BACK)


@shared_task
def apply_returns(**_kwargs: Any) -> int:
    """Take back what came back, add what was found, and act on decided cases."""
    now = timezone.now()
    return (
        returns.apply_pending(now=now)
        + costs.complete_pending(now=now)
        + cases.apply_decisions(now=now)
    )


@shared_task
def approve_due(**_kwargs: Any) -> int:
    """Approve commissions whose hold is over."""
    return commissions.approve_due(now=timezone.now())


@shared_task
def check_ledger_nightly(**_kwargs: Any) -> int:
    """Compare the ledger with commissions and payouts; log every difference as an error."""
    differences = checks.check()
    for difference in differences:
        log.error("Ledger: %s", difference)
    return len(differences)
