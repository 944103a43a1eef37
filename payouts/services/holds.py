"""Payouts that a person holds back: all of a payee's, or one payment (P63, P64)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.models import Affiliate
from affiliates.queries import acts_for
from core import audit
from core.errors import DomainError
from core.nudge import nudge
from payouts.domain.currency import CURRENCY
from payouts.models import BatchStatus, Item, ItemStatus, PayoutHold
from payouts.queries.balances import balances
from payouts.services.blocks import RELEASED_ALONE_MINOR
from payouts.services.items import FourEyesRefused, locked_batch, required_reason

#: A payment can be held while it is in these: later it is on its way, or over.
HOLDABLE = (ItemStatus.QUEUED, ItemStatus.READY)


class HoldRefused(DomainError):
    """Payouts cannot be held, or released, like this."""

    code = "hold_refused"


@transaction.atomic
def hold_payee(
    *, affiliate_id: int, reason: str, until: datetime | None, actor_id: int, now: datetime
) -> PayoutHold:
    """Pay nothing to a payee until somebody releases it, or until a moment, if one is given.

    Once this returns nothing more is leaving: it waits for what just was. Safe to repeat: the hold
    that there is stays as it is.

    :raises ReasonMissing: without a reason.
    :raises HoldRefused: for a moment that is over, and by who acts for the payee.
    """
    return _hold(affiliate_id, None, reason, until, actor_id, now)


@transaction.atomic
def hold_item(
    *, item_id: int, reason: str, until: datetime | None, actor_id: int, now: datetime
) -> PayoutHold:
    """Let one payment of a submitted batch wait; the others leave. Safe to repeat.

    A file cannot wait: made meanwhile, it leaves the payment out, which is then due again and
    still held.

    :raises ReasonMissing: without a reason.
    :raises HoldRefused: for a moment that is over, by who acts for the payee, in a draft, and once
        the payment is on its way or over.
    """
    item = Item.objects.get(pk=item_id)
    _lock(item.affiliate_id)
    batch = locked_batch(item.batch_id)
    item.refresh_from_db()
    if batch.status == BatchStatus.DRAFT:
        raise HoldRefused(_("The batch is a draft: leave the payment out of it instead."))
    if item.status not in HOLDABLE:
        raise HoldRefused(_("This payment is on its way or over: it cannot be held any more."))
    return _hold(item.affiliate_id, item, reason, until, actor_id, now)


@transaction.atomic
def release(*, hold_id: int, reason: str, actor_id: int, now: datetime) -> PayoutHold:
    """Let what was held be paid again, for a reason. Safe to repeat.

    :raises ReasonMissing: without a reason.
    :raises HoldRefused: by who acts for the payee.
    :raises FourEyesRefused: by who held it, when more than EUR 500 waits (P64).
    """
    why = required_reason(reason)
    hold = PayoutHold.objects.select_for_update(of=("self",)).select_related("item").get(pk=hold_id)
    if hold.ended_at is not None:
        return hold
    _refuse_own(hold.affiliate_id, actor_id)
    if hold.began_by_id == actor_id and held_minor(hold) > RELEASED_ALONE_MINOR:
        raise FourEyesRefused(_("You held this: another person releases it."))
    hold.ended_at, hold.ended_by_id, hold.end_reason = now, actor_id, why
    hold.save(update_fields=["ended_at", "ended_by", "end_reason"])
    _record("payout_hold.released", hold, actor_id, why, now)
    nudge("payouts.tasks.run_stripe_batches")
    return hold


def held_minor(hold: PayoutHold) -> int:
    """Return what waits because of a hold, in minor units: the payment, or all that is due."""
    if hold.item is not None:
        return hold.item.amount_minor
    due = balances(hold.affiliate_id, CURRENCY)
    return due.payable.minor + due.reserved.minor


def _hold(
    affiliate_id: int,
    item: Item | None,
    reason: str,
    until: datetime | None,
    actor_id: int,
    now: datetime,
) -> PayoutHold:
    why = required_reason(reason)
    _refuse_own(affiliate_id, actor_id)
    if until is not None and until <= now:
        raise HoldRefused(_("Choose a later day, or none."))
    _lock(affiliate_id)
    live = PayoutHold.objects.filter(affiliate=affiliate_id, item=item, ended_at__isnull=True)
    standing = live.first()
    if standing is not None and (standing.until is None or standing.until > now):
        return standing
    if standing is not None:  # Its day has come: it ended by itself then.
        standing.ended_at = standing.until
        standing.save(update_fields=["ended_at"])
    hold = PayoutHold.objects.create(
        affiliate_id=affiliate_id,
        item=item,
        reason=why,
        began_at=now,
        began_by_id=actor_id,
        until=until,
    )
    _wait_for_what_is_leaving(affiliate_id)
    _record("payout_hold.begun", hold, actor_id, why, now)
    return hold


def _lock(affiliate_id: int) -> None:
    """One at a time for a payee, before any batch: the second finds what the first wrote."""
    Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)


def _wait_for_what_is_leaving(affiliate_id: int) -> None:
    """Lock the batches that may pay the payee: whoever is sending finishes, and then sees this."""
    waiting = Item.objects.filter(affiliate=affiliate_id, status__in=Item.LIVE)
    for batch_id in waiting.order_by("batch").values_list("batch", flat=True).distinct():
        locked_batch(batch_id)


def _refuse_own(affiliate_id: int, actor_id: int) -> None:
    if acts_for(actor_id, affiliate_id):
        raise HoldRefused(_("Somebody else must decide: this is about your own account."))


def _record(verb: str, hold: PayoutHold, actor_id: int, reason: str, now: datetime) -> None:
    audit.record(
        actor=actor_id,
        verb=verb,
        subject=hold.affiliate,
        at=now,
        reason=reason,
        data={
            "hold": hold.pk,
            "item": hold.item.reference if hold.item else "",
            "until": hold.until.isoformat() if hold.until else "",
        },
    )
