"""What left for payees in a calendar year, as the law on influencers counts it (CT2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from django.db.models import F, Sum

from payouts.domain.months import year_start
from payouts.models import Item, ItemReturn, ItemStatus

CURRENCY = "EUR"
#: What left, and what nobody can call back any more.
COUNTED = (*Item.LEFT, ItemStatus.SENDING, ItemStatus.UNKNOWN)


def paid_in_year(
    affiliate_ids: Collection[int], year: int, *, besides: Collection[int] = ()
) -> dict[int, int]:
    """Return what was paid to each in ``year``, less what came back in it (CT2).

    Units: minor units of EUR, excluding VAT. Years are those of Paris, a payout's is that of its
    day of execution. ``besides``: payouts that do not count. Two queries.
    """
    paid = Item.objects.filter(
        affiliate__in=affiliate_ids,
        status__in=COUNTED,
        currency=CURRENCY,
        batch__execution_date__year=year,
    ).exclude(pk__in=besides)
    back = ItemReturn.objects.filter(
        item__affiliate__in=affiliate_ids,
        currency=CURRENCY,
        at__gte=year_start(year),
        at__lt=year_start(year + 1),
    )
    net = Sum(F("amount_minor") - F("vat_minor"))
    totals: Counter[int] = Counter()
    for affiliate_id, minor in paid.order_by().values_list("affiliate").annotate(total=net):
        totals[affiliate_id] += minor
    returned = back.order_by().values_list("item__affiliate").annotate(total=net)
    for affiliate_id, minor in returned:
        totals[affiliate_id] -= minor
    return dict(totals)
