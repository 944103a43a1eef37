"""Money of a payout that came back: a reversal at Stripe, or a return by the payee's bank."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError, IdempotencyConflict
from core.money import Money
from payouts.domain.invoice import returned_net
from payouts.models import (
    Adjustment,
    AdjustmentReason,
    BatchStatus,
    EntryKind,
    EntryState,
    Invoice,
    Item,
    ItemLine,
    ItemReturn,
    ItemStatus,
    Rail,
)
from payouts.services.ledger import BANK, CLEARING, Leg, account_of, contrary, post, post_all


class ReturnRefused(DomainError):
    """What is said to have come back cannot have."""

    code = "return_refused"


@transaction.atomic
def record_return(
    *, item_id: int, reference: str, amount: Money, reason: str, at: datetime, now: datetime
) -> ItemReturn:
    """Write that ``amount`` of a payout came back; it is due again, and no cent more.

    VAT in it is not due: it comes on top anew when the rest is paid (IV26).

    ``reference`` is what the rail calls this one return: the same one again changes nothing. The
    payout becomes *returned* once all of it came back. Its commissions stay paid: what is due
    again is an adjustment, which the next batch takes (rules ST20 to ST23).

    :raises ReturnRefused: if the payout never left, or less of it is still out.
    :raises IdempotencyConflict: if the reference was used for another payout or amount.
    """
    item = Item.objects.select_for_update(of=("self",)).select_related("batch").get(pk=item_id)
    known = ItemReturn.objects.filter(reference=reference).first()
    if known is not None:
        if (known.item_id, known.amount_minor, known.currency) != (
            item.pk,
            amount.minor,
            amount.currency,
        ):
            raise IdempotencyConflict(f"{reference} already came back with other content.")
        return known
    back = item.returns.standing().aggregate(total=Sum("amount_minor"))["total"] or 0
    _refuse_impossible(item, amount, back)
    net = returned_net(amount, Money(back, item.currency), net=item.net, gross=item.amount)
    returned = ItemReturn.objects.create(
        item=item,
        reference=reference,
        amount_minor=amount.minor,
        vat_minor=(amount - net).minor,
        currency=amount.currency,
        reason=reason[:140],
        at=at,
        recorded_at=now,
    )
    _make_due(item, returned, now)
    if back + amount.minor == item.amount_minor:
        item.move_to(ItemStatus.RETURNED, at=now)
        item.reason = reason
        item.save(update_fields=["status", "status_changed_at", "reason"])
    audit.record(
        actor=None,
        verb="item.came_back",
        subject=item.batch,
        at=now,
        reason=reason,
        data={
            "affiliate_id": item.affiliate_id,
            "payout": item.reference,
            "amount_minor": amount.minor,
            "reference": reference,
        },
    )
    return returned


def _refuse_impossible(item: Item, amount: Money, back: int) -> None:
    if item.status not in Item.PAID:
        raise ReturnRefused(
            _("Payout %(reference)s is not out: nothing of it can come back.")
            % {"reference": item.reference}
        )
    if amount.currency != item.currency or not 0 < amount.minor <= item.amount_minor - back:
        raise ReturnRefused(
            _("%(amount)s cannot come back of payout %(reference)s: less of it is out.")
            % {"amount": str(amount), "reference": item.reference}
        )


def _make_due(item: Item, returned: ItemReturn, now: datetime) -> None:
    """Money back to payable, as an adjustment under a key of its own; VAT to the invoice."""
    net = returned.amount_minor - returned.vat_minor
    adjustment = _adjust(item, returned.source_key, net, at=returned.at, now=now)
    parts = (
        (f"adjustment:{adjustment.pk}", "payable", adjustment.amount_minor),
        (f"return:{returned.pk}:vat", "invoiced", returned.vat_minor),
    )
    for source_key, column, minor in parts:
        leg = Leg(
            debit=house_account(item),
            credit=account_of(item.affiliate_id, column),
            amount=Money(minor, returned.currency),
        )
        post(
            source_key=source_key,
            kind="came_back",
            legs=[leg],
            effective_at=returned.at,
            now=now,
        )


def _adjust(item: Item, source_key: str, minor: int, *, at: datetime, now: datetime) -> Adjustment:
    return Adjustment.objects.create(
        affiliate_id=item.affiliate_id,
        amount_minor=minor,
        currency=item.currency,
        reason=AdjustmentReason.PAYMENT_BACK,
        text=item.reference,
        is_payable=True,
        source_key=source_key,
        effective_at=at,
        created_at=now,
    )


def why_not_undo(returned: ItemReturn) -> str:
    """Return why it cannot be said that money did not come back; empty when it can (BK23)."""
    if returned.item.returns.standing().filter(pk__gt=returned.pk).exists():
        return _("More of this payout came back later: take that line off first.")
    if Invoice.objects.filter(item_return=returned).exists():
        return _("A credit note was written for it: take the amount back by an adjustment.")
    line = (
        ItemLine.objects.filter(
            adjustment__source_key=returned.source_key, released_at__isnull=True
        )
        .select_related("item__batch")
        .first()
    )
    return _taken_already(line.item) if line is not None else ""


def _taken_already(item: Item) -> str:
    if item.batch.status == BatchStatus.DRAFT:
        said = _(
            "What came back is in payout %(payout)s of the draft %(batch)s: leave it out there"
            " first."
        )
    else:
        said = _(
            "What came back is in payout %(payout)s of %(batch)s already, or was paid by it: take"
            " the amount back by an adjustment."
        )
    return said % {"payout": item.reference, "batch": item.batch.reference}


def undo_return(returned: ItemReturn, *, now: datetime) -> None:
    """Say the contrary of a return that was another payout's: it is due no more (BK22, BK23).

    A payout that was *returned* is again what it was: *settled* if the bank booked it, otherwise
    *sent*. The caller holds the row of the payout, keeps batches still, and asked
    :func:`why_not_undo`. Nothing is changed or taken out: every transfer gets one that undoes it.
    """
    item = returned.item
    if item.status == ItemStatus.RETURNED:
        booked = item.bank_entries.filter(kind=EntryKind.BOOKED, state=EntryState.MATCHED).exists()
        item.move_to(ItemStatus.SETTLED if booked else ItemStatus.SENT, at=now)
        item.reason = ""
        item.save(update_fields=["status", "status_changed_at", "reason"])
    before = Adjustment.objects.get(source_key=returned.source_key)
    off = _adjust(item, returned.contrary_key, -before.amount_minor, at=now, now=now)
    vat = f"return:{returned.pk}:vat"
    keys = ((f"adjustment:{before.pk}", f"adjustment:{off.pk}"), (vat, f"{vat}:off"))
    post_all(
        [
            contrary(posted, under=under, kind="return_undone", effective_at=now)
            for posted, under in keys
        ],
        now=now,
    )


def house_account(item: Item) -> str:
    """Return where the money of a returned payout is again.

    At the bank if its statement had booked it, otherwise in the clearing account of its rail.
    """
    if item.batch.rail in (Rail.SEPA, Rail.MANUAL) and item.status == ItemStatus.SETTLED:
        return BANK
    return CLEARING[Rail(item.batch.rail)]
