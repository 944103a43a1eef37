"""What we say we paid beside what the double of Stripe says it was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Sum

from payouts.models import Item, Transfer
from payouts.proof.double import Double


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """By payout, in minor units: ``ours`` of those that we call paid, ``theirs`` of all.

    ``duplicates``: what the double was asked for more than once, by payout.
    """

    ours: dict[str, int]
    theirs: dict[str, int]
    duplicates: dict[str, Any]
    stripe_net_minor: int
    ledger_minor: int


def sums_of(double: Double, items: QuerySet[Item]) -> Sums:
    """Return what ``items``, the double and the ledger say."""
    said = double.ctl("stats")
    paid = items.filter(status__in=Item.PAID).values_list("pk", "amount_minor")
    posted = Transfer.objects.filter(kind="sent", credit__code="clearing:stripe")
    return Sums(
        ours={str(pk): minor for pk, minor in paid},
        theirs={item: one["net"] for item, one in said["per_key"].items()},
        duplicates=said["duplicates"],
        stripe_net_minor=said["net"],
        ledger_minor=posted.aggregate(total=Sum("amount_minor"))["total"] or 0,
    )
