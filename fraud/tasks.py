from __future__ import annotations

import time
from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from core.nudge import nudge
from core.pulls import LOOK_BACK, drain
from fraud.services import (
    announcing,
    backtest,
    case_work,
    counting,
    observing,
    probing,
    proofs,
    redirectors,
    screening,
    vetting,
    watch,
)

#: Look-alike domains a run; each may take a minute when its machine dawdles.
DOMAINS_A_RUN = 40
#: Declared sites a run, and proofs and redirectors a night.
SITES_A_RUN = 20
PROOFS_A_NIGHT = 200
ASKED_A_RUN = 20


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


@shared_task
def count_facts(**_kwargs: Any) -> int:
    """Count the visits and sales that are complete, for the signals to read."""
    now = timezone.now()
    return counting.count_visits(now=now) + counting.count_sales(now=now)


@shared_task
def observe_affiliates(**_kwargs: Any) -> int:
    """Look at every affiliate as a whole, once what is complete is counted."""
    now = timezone.now()
    counting.count_visits(now=now)
    counting.count_sales(now=now)
    return observing.observe(now=now)


@shared_task
def settle_counts(**_kwargs: Any) -> None:
    """Count the last days anew: what came late, came back or went to somebody else."""
    counting.settle(now=timezone.now())


@shared_task
def gather_lookalikes(**_kwargs: Any) -> int:
    """Keep the domains that could be taken for the shop, and those that visitors came from."""
    now = timezone.now()
    watch.take_over_shops(now=now)
    return watch.gather(now=now)


@shared_task
def watch_domains(**_kwargs: Any) -> int:
    """Look at the look-alike domains that are due, for a few minutes."""
    return probing.look_due(now=timezone.now(), most=DOMAINS_A_RUN, clock=time.monotonic)


@shared_task
def vet_sites(**_kwargs: Any) -> int:
    """Read the declared sites that are due, for a few minutes."""
    if not settings.DOMAIN_WATCH:
        return 0
    return vetting.assess_due(now=timezone.now(), most=SITES_A_RUN, clock=time.monotonic)


@shared_task
def check_asked(**_kwargs: Any) -> int:
    """Look at the proofs and redirectors for which somebody waits, whether or not we watch."""
    now = timezone.now()
    done = proofs.check_asked(now=now, most=ASKED_A_RUN)
    return done + redirectors.check_asked(now=now, most=ASKED_A_RUN)


@shared_task
def check_proofs(**_kwargs: Any) -> int:
    """Look again at proofs and redirectors of a month ago."""
    if not settings.DOMAIN_WATCH:
        return 0
    now = timezone.now()
    done = proofs.check_due(now=now, most=PROOFS_A_NIGHT)
    return done + redirectors.check_due(now=now, most=PROOFS_A_NIGHT)


@shared_task
def tell_events(**_kwargs: Any) -> int:
    """Tell endpoints of cases."""
    now = timezone.now()
    return drain(lambda limit: announcing.tell_pending(now=now, limit=limit))
