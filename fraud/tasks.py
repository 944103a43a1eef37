from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from core.nudge import nudge
from core.pulls import LOOK_BACK, drain
from fraud.services import backtest, case_work, screening


@shared_task
def screen_pending(**_kwargs: Any) -> int:
    """Screen the credits that wait."""
    now = timezone.now()
    done = drain(
        lambda limit: screening.screen_pending(now=now, limit=limit, since=now - LOOK_BACK)
    )
    if done:
        nudge("payouts.tasks.accrue_pending")
    return done


@shared_task
def sweep_credits(**_kwargs: Any) -> int:
    """Screen whatever is still unscreened, however old it is."""
    now = timezone.now()
    return drain(lambda limit: screening.screen_pending(now=now, limit=limit))


@shared_task
def escalate_cases(**_kwargs: Any) -> int:
    """Tell the managers, once, of cases that hold sales for too long."""
    return case_work.escalate(now=timezone.now())


@shared_task
def run_backtests(**_kwargs: Any) -> int:
    """Run the back-tests that wait, ten at most."""
    for done in range(10):
        if not backtest.run_next(clock=timezone.now):
            return done
    return 10
