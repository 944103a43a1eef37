from __future__ import annotations

import logging
from typing import Any

from celery import shared_task
from django.utils import timezone

from core.errors import DomainError
from core.nudge import nudge
from core.pulls import BATCH, LOOK_BACK, drain
from payouts.gateways.stripe import is_configured
from payouts.gateways.stripe_books import transfers_since
from payouts.services import (
    accruals,
    announcing,
    batch_mails,
    blocks,
    bonuses,
    campaign_fees,
    cases,
    checks,
    claim_deadlines,
    claim_decisions,
    claim_returns,
    commissions,
    contract_warnings,
    cost_corrections,
    costs,
    das2,
    deliveries,
    difference_stops,
    first_sales,
    invoice_deliveries,
    invoices,
    reconciliation,
    refunds,
    returns,
    shelf,
    simulation_runs,
    simulations,
    statements,
    stripe_events,
    stripe_runs,
    tiers,
)

log = logging.getLogger(__name__)


@shared_task
def accrue_pending(**_kwargs: Any) -> int:
    """Give screened credits their commission, then apply returns that came before it."""
    now = timezone.now()
    done = drain(lambda limit: accruals.accrue_pending(now=now, limit=limit, since=now - LOOK_BACK))
    return done + drain(lambda limit: returns.apply_pending(now=now, limit=limit))


@shared_task
def sweep_accruals(**_kwargs: Any) -> int:
    """Accrue whatever is still without a commission, however old it is."""
    now = timezone.now()
    return drain(lambda limit: accruals.accrue_pending(now=now, limit=limit))


@shared_task
def apply_returns(**_kwargs: Any) -> int:
    """Take back what came back; change what corrected costs change; note deliveries."""
    now = timezone.now()
    done = drain(lambda limit: returns.apply_pending(now=now, limit=limit))
    done += drain(lambda limit: claim_returns.apply_pending(now=now, limit=limit))
    done += drain(lambda limit: cost_corrections.apply_pending(now=now, limit=limit))
    return done + drain(lambda limit: deliveries.apply_pending(now=now, limit=limit))


@shared_task
def complete_costs(**_kwargs: Any) -> int:
    """Price what waited for a cost or a margin band, release what waited for a payment."""
    now = timezone.now()
    blocks.release_paid(now=now)
    done = drain(lambda limit: costs.complete_pending(now=now, limit=limit))
    return done + drain(lambda limit: refunds.settle_found(now=now, limit=limit))


@shared_task
def apply_decisions(**_kwargs: Any) -> int:
    """Act on the cases that people decided."""
    now = timezone.now()
    return drain(lambda limit: cases.apply_decisions(now=now, limit=limit))


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
def issue_invoices(**_kwargs: Any) -> int:
    """Write the self-billed invoices and credit notes that are missing and possible."""
    return invoices.issue_missing(now=timezone.now())


@shared_task
def deliver_invoices(**_kwargs: Any) -> int:
    """Hand invoices to the transport that is set up, again those that it did not take."""
    return invoice_deliveries.deliver_waiting(now=timezone.now())


@shared_task
def tell_of_batches(**_kwargs: Any) -> int:
    """Mail whoever may approve that batches wait for them, and once more after a day."""
    return batch_mails.tell(now=timezone.now())


@shared_task
def remind_of_declaration(**_kwargs: Any) -> int:
    """Tell finance by mail that last year's commissions are to be declared, once a year."""
    return das2.remind(now=timezone.now())


@shared_task
def run_stripe_batches(**_kwargs: Any) -> int:
    """Begin the Stripe batches whose day has come, and ask for a run of each under way.

    Batches that differences paused go on first, on whatever rail, once these are gone.
    """
    difference_stops.go_on_where_settled(now=timezone.now())
    for batch_id in stripe_runs.due(now=timezone.now()):
        try:
            stripe_runs.start(batch_id=batch_id, now=timezone.now())
        except DomainError as refusal:
            log.warning("Batch %s does not begin: %s", batch_id, refusal)
    waiting = stripe_runs.under_way()
    for batch_id in waiting:
        execute_stripe_batch.apply_async(kwargs={"batch_id": batch_id}, expires=60)
    return len(waiting)


@shared_task
def execute_stripe_batch(batch_id: int, **_kwargs: Any) -> None:
    """Send what waits in one batch. Delivered twice, or after a death, it pays nobody twice."""
    stripe_runs.settle_left_behind(batch_id=batch_id, clock=timezone.now)
    stripe_runs.run(batch_id=batch_id, clock=timezone.now)


@shared_task
def handle_stripe_events(**_kwargs: Any) -> int:
    """Read anew what Stripe's messages are about."""
    now = timezone.now()
    return drain(lambda limit: stripe_events.work_off(now=now, limit=limit))


@shared_task
def check_ledger_nightly(**_kwargs: Any) -> int:
    """Compare the ledger with commissions and payouts; log every difference as an error."""
    result = checks.run(now=timezone.now())
    for difference in result.differences:
        log.error("Ledger: %s", difference)
    return len(result.differences)


@shared_task(time_limit=30 * 60)
def reconcile_nightly(**_kwargs: Any) -> int:
    """Compare ledger, payouts, Stripe and bank; finance is told by mail of what is new."""
    books = transfers_since if is_configured() else None
    done = reconciliation.reconcile(stripe_books=books, now=timezone.now())
    return sum(done.compared["found"].values())


@shared_task(time_limit=45 * 60)
def run_simulations(**_kwargs: Any) -> bool:
    """Fail simulations whose worker died, run the one that waits longest, then ask for the next."""
    simulations.fail_silent(now=timezone.now())
    has_run = simulation_runs.run_next(clock=timezone.now)
    if has_run:
        nudge("payouts.tasks.run_simulations")
    return has_run


@shared_task
def note_achievements(**_kwargs: Any) -> int:
    """Tell of first sales, write the tiers that were reached, award the bonuses earned."""
    now = timezone.now()
    noted = first_sales.tell(now=now)
    noted += tiers.note_reached(now=now, since=now - LOOK_BACK)
    return noted + bonuses.award(now=now, since=now - LOOK_BACK)


@shared_task
def settle_claims(**_kwargs: Any) -> int:
    """Grant the claims whose amount a second person booked; open again those they declined."""
    now = timezone.now()
    return drain(lambda limit: claim_decisions.settle_pending(now=now, limit=limit))


@shared_task
def escalate_claims(**_kwargs: Any) -> int:
    """Tell managers which claims should have been answered by now."""
    return claim_deadlines.escalate(now=timezone.now())


@shared_task
def remind_of_claims(**_kwargs: Any) -> int:
    """Remind affiliates of questions about their claims whose last day is near."""
    return claim_deadlines.remind(now=timezone.now())


@shared_task
def warn_of_contracts(**_kwargs: Any) -> int:
    """Warn managers of influencers who soon cannot be paid without a signed contract."""
    return contract_warnings.warn(now=timezone.now())


@shared_task
def book_campaign_fees(**_kwargs: Any) -> int:
    """Propose the fees and bonuses of campaigns that are due; most are booked at once."""
    return campaign_fees.book_due(now=timezone.now(), limit=BATCH)


@shared_task
def tell_events(**_kwargs: Any) -> int:
    """Tell endpoints of sales, adjustments, payouts and batches."""
    now = timezone.now()
    return drain(lambda limit: announcing.tell_pending(now=now, limit=limit))


@shared_task
def refresh_shelf(**_kwargs: Any) -> int:
    """Make what affiliates find to promote anew, with what links to it brought."""
    return shelf.refresh(now=timezone.now())
