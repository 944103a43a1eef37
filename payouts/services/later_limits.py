"""What is earned after an order was accrued takes of the same caps and budgets, under lock."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Sum

from payouts.domain.commission import Earned
from payouts.domain.order_commission import ORDER_CAP, limit
from payouts.models import Commission
from payouts.pricing import Agreed
from payouts.services import meters


def within_limits(asked: Mapping[int, Mapping[int, Earned]]) -> dict[int, dict[int, Earned]]:
    """Return what caps and budgets leave of what commissions earn on top.

    ``asked``: by commission id and order line, before every cap. What commissions earned before
    has taken of the limits already. All are asked for at once, so that locks are taken in one
    order; the caller holds the commissions and is in a transaction. Rules C5, C9 to C11 and R9.
    """
    wanted = {pk: lines for pk, lines in asked.items() if lines}
    if not wanted:
        return {}
    rows = Commission.objects.filter(pk__in=wanted).select_related("credit__order", "terms")
    commissions = {one.pk: one for one in rows}
    added = meters.taken_later().filter(commission__in=wanted).values_list("commission")
    before = dict(added.annotate(total=Sum("took")).values_list("commission", "total"))
    requests = [_request(commissions[pk], lines, before.get(pk, 0)) for pk, lines in wanted.items()]
    left = meters.take(requests)
    return {
        pk: dict(zip(lines, found, strict=True))
        for (pk, lines), found in zip(wanted.items(), left, strict=True)
    }


def _request(
    commission: Commission, lines: Mapping[int, Earned], before_minor: int
) -> meters.Request:
    """Return what is asked of the month, once the order's cap is taken off."""
    rules = Agreed.of(commission.terms).rules_in(commission.currency)
    earned = list(lines.values())
    if rules.order_cap_minor is not None:
        earned = limit(
            earned,
            rules.order_cap_minor - commission.amount_minor - before_minor,
            reason=ORDER_CAP,
            currency=commission.currency,
            of_minor=rules.order_cap_minor,
        )
    return meters.Request(
        affiliate_id=commission.affiliate_id,
        placed_at=commission.credit.order.placed_at,
        currency=commission.currency,
        cap_minor=rules.month_cap_minor,
        earned=earned,
    )
