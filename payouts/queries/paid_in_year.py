"""What was paid to payees in a calendar year: the one way in which it is counted (P57).

The law on influencers (CT2), the yearly declaration (IV18) and the threshold of the exemption
from VAT all ask here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import IntegerField, Q, QuerySet, Sum, Value

from core.money import Money
from payouts.domain.currency import CURRENCY
from payouts.domain.months import year_start
from payouts.models import Item, ItemReturn, ItemStatus, Rail

#: What nobody can call back any more, although it is not known yet that it left.
LEAVING = (ItemStatus.SENDING, ItemStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Paid:
    """What was paid to one payee in a year, less what came back in it: VAT apart."""

    net: Money
    vat: Money

    @property
    def gross(self) -> Money:
        return self.net + self.vat


NOTHING = Paid(Money(0, CURRENCY), Money(0, CURRENCY))


def paid_in_year(
    year: int,
    affiliate_ids: Collection[int] | None = None,
    *,
    besides: Collection[int] = (),
    with_leaving: bool = False,
) -> dict[int, Paid]:
    """Return what was paid in ``year`` to each payee, or to each of some, by id (P57).

    It is what left by its day of payment, less what came back by the day on which it did, both in
    Paris; in euros. The day of payment is the one a person gave with the proof, and otherwise the
    batch's. Wages are not in it. ``besides``: payouts that do not count. ``with_leaving``: those
    that are on their way count as well. Who was paid nothing is left out. One query.
    """
    counted = (*Item.LEFT, *LEAVING) if with_leaving else Item.LEFT
    paid = _payouts(year, counted).exclude(pk__in=besides)
    back = (
        ItemReturn.objects.standing()
        .filter(at__gte=year_start(year), at__lt=year_start(year + 1), currency=CURRENCY)
        .exclude(item__batch__rail=Rail.PAYROLL)
    )
    if affiliate_ids is not None:
        paid = paid.filter(affiliate__in=affiliate_ids)
        back = back.filter(item__affiliate__in=affiliate_ids)
    totals: dict[int, Paid] = {}
    sums = _sums(paid, "affiliate", 1).union(_sums(back, "item__affiliate", -1), all=True)
    for affiliate_id, sign, amount, taxes in sums:
        known = totals.get(affiliate_id, NOTHING)
        totals[affiliate_id] = Paid(
            known.net + Money(sign * (amount - taxes), CURRENCY),
            known.vat + Money(sign * taxes, CURRENCY),
        )
    return totals


def last_paid_to(year: int, affiliate_ids: Collection[int]) -> dict[int, Item]:
    """Return the newest payout of ``year`` to each of some payees, by their id.

    It says to whom it was paid, whatever was erased since. One query.
    """
    rows = _payouts(year, Item.LEFT).filter(affiliate__in=affiliate_ids)
    rows = rows.order_by("affiliate_id", "-pk").distinct("affiliate_id")
    return {item.affiliate_id: item for item in rows}


def _payouts(year: int, statuses: Collection[str]) -> QuerySet[Item]:
    rows = Item.objects.filter(_on(year), status__in=statuses, currency=CURRENCY)
    return rows.exclude(batch__rail=Rail.PAYROLL)


def _on(year: int) -> Q:
    """The day of payment: that of the proof, where a payout was made by hand, or the batch's."""
    by_hand = Q(proof__paid_on__year=year)
    return by_hand | Q(proof__isnull=True, batch__execution_date__year=year)


def _sums(rows: QuerySet[Any], payee: str, sign: int) -> QuerySet[Any]:
    sums: QuerySet[Any] = (
        rows.order_by()
        .values_list(payee, Value(sign, IntegerField()))
        .annotate(total=Sum("amount_minor"), taxes=Sum("vat_minor"))
    )
    return sums
