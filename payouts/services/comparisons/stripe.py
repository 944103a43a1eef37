"""Payouts against the transfers that Stripe has made (rule CL12)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import Sum

from payouts.domain.rail_books import Made
from payouts.models import Batch, Item, ItemReturn, Rail
from payouts.services.differences import Found

KINDS = (
    "stripe_missing", "stripe_amount", "stripe_twice", "stripe_not_sent", "stripe_by_hand",
    "stripe_returned",
)  # fmt: skip
#: Transfers that are older were compared while they were younger.
HORIZON = timedelta(days=90)
_MARGIN = timedelta(days=1)


#: Every transfer made since a moment, whoever made it.
Books = Callable[[datetime], Iterable[Made]]


def differences(made: Iterable[Made], now: datetime) -> Iterator[Found]:
    """Yield where the transfers of Stripe since the horizon are not the payouts that were sent."""
    transfers = {one.reference: one for one in made}
    told = Counter(one.item_id for one in transfers.values() if one.item_id)
    items = {
        item.pk: item
        for item in Item.objects.filter(batch__rail=Rail.STRIPE, pk__in=told).order_by("pk")
    }
    by_reference = {
        item.rail_reference: item
        for item in Item.objects.filter(rail_reference__in=transfers).order_by("pk")
    }
    groups = set(
        Batch.objects.filter(reference__in={one.group for one in transfers.values()}).values_list(
            "reference", flat=True
        )
    )
    returned = _returned(by_reference.values())
    for one in sorted(transfers.values(), key=lambda one: one.reference):
        item = by_reference.get(one.reference)
        if item is not None:
            yield from _of_item(one, item, returned.get(item.pk, 0))
        elif one.item_id in items and items[one.item_id].status in Item.LIVE:
            continue  # On its way: the worker has yet to write it down.
        elif one.item_id in items:
            is_second = told[one.item_id] > 1 or items[one.item_id].rail_reference
            yield _unknown(one, "stripe_twice" if is_second else "stripe_not_sent")
        else:
            kind = "stripe_not_sent" if one.group in groups else "stripe_by_hand"
            yield _unknown(one, kind)
    yield from _missing(transfers.keys(), now)


def _returned(items: Iterable[Item]) -> dict[int, int]:
    rows = ItemReturn.objects.filter(item__in=[item.pk for item in items])
    return dict(rows.values_list("item").annotate(Sum("amount_minor")).order_by())


def _of_item(one: Made, item: Item, returned: int) -> Iterator[Found]:
    if one.amount != item.amount:
        yield Found(
            key=f"stripe:{one.reference}:amount",
            kind="stripe_amount",
            amount_minor=one.amount.minor - item.amount_minor,
            currency=item.currency,
            item_id=item.pk,
            data=_said(one),
        )
    if one.reversed_minor != returned:
        yield Found(
            key=f"stripe:{one.reference}:returned",
            kind="stripe_returned",
            amount_minor=one.reversed_minor - returned,
            currency=item.currency,
            item_id=item.pk,
            data={**_said(one), "reversed": one.reversed_minor, "returned": returned},
        )


def _unknown(one: Made, kind: str) -> Found:
    return Found(
        key=f"stripe:{one.reference}",
        kind=kind,
        amount_minor=one.amount.minor - one.reversed_minor,
        currency=one.amount.currency,
        data=_said(one),
    )


def _said(one: Made) -> dict[str, str | int]:
    return {
        "transfer": one.reference,
        "group": one.group,
        "item": one.item_id,
        "at": one.at.isoformat(),
    }


def _missing(references: Iterable[str], now: datetime) -> Iterator[Found]:
    """Yield payouts that count as sent although Stripe has no transfer of theirs.

    What was written down since ``now``, while Stripe was being read, is not on its list yet.
    """
    sent = Item.objects.filter(
        batch__rail=Rail.STRIPE,
        status__in=Item.LEFT,
        status_changed_at__lt=now,
        first_sent_at__gte=now - HORIZON + _MARGIN,
    ).exclude(rail_reference__in=list(references))
    for item in sent.order_by("pk"):
        yield Found(
            key=f"stripe-missing:{item.pk}",
            kind="stripe_missing",
            amount_minor=-item.amount_minor,
            currency=item.currency,
            item_id=item.pk,
            data={"transfer": item.rail_reference},
        )
