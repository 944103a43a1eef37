"""Differences that end by being matched: a bank line or a transfer of Stripe, with its payout.

Rules CL22 to CL24 in ``docs/rules/closing.md``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from core.nudge import nudge
from payouts.gateways import stripe as gateway
from payouts.gateways.rail import Found
from payouts.gateways.stripe import StripeRail
from payouts.models import Difference, DifferenceState, Item, ItemStatus, Rail
from payouts.services import bank_files, executing, stripe_events
from payouts.services.differences import AlreadyClosed
from payouts.services.items import required_reason
from payouts.services.stripe_accounts import told_when_silent

#: A line of the bank that wants a payout; a payout that wants a line of the bank.
LINES, PAYOUTS = ("booked_unknown",), ("not_booked",)
#: A transfer that wants a payout; one that only has to be read anew.
TRANSFERS, READINGS = ("stripe_not_sent", "stripe_by_hand"), ("stripe_returned",)
#: What may have been paid by a transfer that nobody wrote down.
_MAY_BE_PAID = (ItemStatus.SENDING, ItemStatus.UNKNOWN)


class NotMatched(DomainError):
    """The two halves are not of one payment, or matching is not what ends the difference."""

    code = "not_matched"


@transaction.atomic
def match_line(
    *,
    difference_id: int,
    actor_id: int,
    reason: str,
    now: datetime,
    item_id: int | None = None,
    entry_id: int | None = None,
) -> Difference:
    """Take a line of the bank for a payout, and end the difference that was about either.

    The difference knows one of the two; the other is given. What the line says is done.

    :raises ReasonMissing: without a reason.
    :raises AlreadyClosed: when the difference is settled already.
    :raises EntryRefused: when the line cannot be about this payout, or is dealt with.
    :raises NotMatched: for another kind of difference.
    """
    row = _open(difference_id, (*LINES, *PAYOUTS))
    entry = row.data.get("entry") if row.kind in LINES else entry_id
    item = item_id if row.kind in LINES else row.item_id
    if entry is None:
        raise NotMatched(_("Say which line of the bank belongs to this payout."))
    payout = _payout(item)
    bank_files.match(entry_id=entry, item_id=payout.pk, actor_id=actor_id, reason=reason, now=now)
    return _end(row, payout, actor_id, reason, now)


def match_transfer(
    *,
    difference_id: int,
    item_id: int | None,
    actor_id: int,
    reason: str,
    now: datetime,
    rail: StripeRail | None = None,
) -> Difference:
    """Take a transfer of Stripe for a payout of which nobody knows whether it left.

    The transfer is read anew first. It must be of the payout's account and amount.

    :raises ReasonMissing: without a reason.
    :raises AlreadyClosed: when the difference is settled already.
    :raises NotMatched: when it is not of this payout, or what became of that is known.
    :raises StripeSilent: when Stripe gives no answer, or is not set up; nothing changes.
    """
    why = required_reason(reason)
    reference = _transfer_of(difference_id, TRANSFERS)
    made = _read(reference, rail)
    with transaction.atomic():
        row = _open(difference_id, TRANSFERS)
        item = _payout(item_id)
        _refuse_other(made, item)
        found = replace(made, item_id=item.pk)
        if not executing.adopt(found=found, batch_id=item.batch_id, now=now):
            raise NotMatched(_("What became of this payout is known by now."))
        _end(row, item, actor_id, why, now)
    executing.finish(batch_id=item.batch_id, now=now)
    return row


def read_transfer(
    *, difference_id: int, actor_id: int, now: datetime, rail: StripeRail | None = None
) -> Difference:
    """Write down what came back of a transfer at Stripe, and end the difference about it.

    :raises AlreadyClosed: when the difference is settled already.
    :raises NotMatched: for another kind of difference.
    :raises StripeSilent: when Stripe gives no answer, or is not set up; nothing changes.
    """
    reference = _transfer_of(difference_id, READINGS)
    with told_when_silent():
        stripe_events.read_transfer(reference, rail=rail or gateway.connect(), now=now)
    with transaction.atomic():
        row = _open(difference_id, READINGS)
        return _end(row, row.item, actor_id, _("Read anew at Stripe."), now)


def may_be_paid_by(difference: Difference) -> list[Item]:
    """Return the payouts on Stripe that a transfer nobody wrote down may have paid, by amount."""
    rows = Item.objects.filter(
        batch__rail=Rail.STRIPE,
        status__in=_MAY_BE_PAID,
        amount_minor=difference.amount_minor,
        currency=difference.currency,
    )
    return list(rows.select_related("batch", "affiliate").order_by("pk")[:10])


def _payout(item_id: int | None) -> Item:
    found = Item.objects.filter(pk=item_id).first() if item_id else None
    if found is None:
        raise NotMatched(_("There is no payout of this reference."))
    return found


def _transfer_of(difference_id: int, kinds: tuple[str, ...]) -> str:
    row = Difference.objects.get(pk=difference_id)
    if row.kind not in kinds:
        raise NotMatched(_("Matching does not end this difference."))
    return str(row.data.get("transfer", ""))


def _read(reference: str, rail: StripeRail | None) -> Found:
    with told_when_silent():
        made, back = (rail or gateway.connect()).transfer(reference)
    if back:
        raise NotMatched(_("Some of this transfer was taken back at Stripe: it paid nobody."))
    return made


def _refuse_other(made: Found, item: Item) -> None:
    if (made.destination, made.amount) != (item.stripe_account, item.amount):
        raise NotMatched(_("The transfer is not of this payout's account and amount."))
    if item.status not in _MAY_BE_PAID:
        raise NotMatched(
            _("It is known what became of this payout. Reverse the transfer at Stripe, or take"
              " the amount back by an adjustment.")
        )  # fmt: skip


def _open(difference_id: int, kinds: tuple[str, ...]) -> Difference:
    row = Difference.objects.select_for_update(of=("self",)).select_related("item").get(
        pk=difference_id
    )  # fmt: skip
    if row.kind not in kinds:
        raise NotMatched(_("Matching does not end this difference."))
    if row.state != DifferenceState.OPEN:
        raise AlreadyClosed(_("It is settled already."))
    return row


def _end(
    row: Difference, item: Item | None, actor_id: int, reason: str, now: datetime
) -> Difference:
    """Close a difference as gone: found again, it opens again (rule CL16)."""
    row.state, row.closed_at, row.closed_by_id = DifferenceState.GONE, now, actor_id
    row.save(update_fields=["state", "closed_at", "closed_by"])
    nudge("payouts.tasks.run_stripe_batches")  # What it paused goes on (rule CL26).
    audit.record(
        actor=actor_id,
        verb="difference.matched",
        subject=row,
        at=now,
        reason=reason,
        data={"key": row.key, "payout": item.reference if item else ""},
    )
    return row
