"""What is earned after an order was accrued takes of the same caps and budgets, under lock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from django.db.models import Sum

from payouts.domain.commission import Earned
from payouts.domain.order_commission import ORDER_CAP, limit, limit_rules
from payouts.models import Commission, CommissionLine
from payouts.pricing import Agreed
from payouts.services import meters


def within_limits(asked: Mapping[int, Mapping[int, Earned]]) -> dict[int, dict[int, Earned]]:
    """Return what caps and budgets leave of what commissions earn on top.

    ``asked``: by commission id and order line, before every cap. What commissions earned before
    has taken of the limits already. All are asked for at once, so that locks are taken in one
    order; the caller holds the commissions and is in a transaction. Rules C5, C8 to C11 and R9.
    """
    wanted = {pk: lines for pk, lines in asked.items() if lines}
    if not wanted:
        return {}
    rows = Commission.objects.filter(pk__in=wanted).select_related("credit__order", "terms")
    commissions = {one.pk: one for one in rows}
    before = _taken(commissions.values())
    requests = [_request(commissions[pk], lines, before[pk]) for pk, lines in wanted.items()]
    left = meters.take(requests)
    return {
        pk: dict(zip(lines, found, strict=True))
        for (pk, lines), found in zip(wanted.items(), left, strict=True)
    }


def _taken(commissions: Collection[Commission]) -> dict[int, Counter[str]]:
    """Return what lines took of the order's cap until now, by commission and rule, in two queries.

    What they earned at first, and what was added to them later. Minor units.
    """
    found: dict[int, Counter[str]] = {one.pk: Counter() for one in commissions}
    rule_of: dict[tuple[int | None, int | None], str] = {}
    for row in CommissionLine.objects.filter(commission__in=commissions).defer("steps"):
        rule_of[row.commission_id, row.order_line_id] = row.rule
        found[row.commission_id][row.rule] += row.amount_minor
    later = meters.taken_later().filter(commission__in=commissions)
    sums = later.values_list("commission", "order_line").annotate(total=Sum("took"))
    for pk, line, minor in sums.values_list("commission", "order_line", "total"):
        found[pk or 0][rule_of.get((pk, line), "")] += minor
    return found


def _request(
    commission: Commission, lines: Mapping[int, Earned], taken: Counter[str]
) -> meters.Request:
    """Return what is asked of the month, once the caps of rules and of the order are taken off."""
    currency = commission.currency
    rules = Agreed.of(commission.terms).rules_in(currency)
    earned = limit_rules(list(lines.values()), rules, currency=currency, taken=taken)
    if rules.order_cap_minor is not None:
        earned = limit(
            earned,
            rules.order_cap_minor - taken.total(),
            reason=ORDER_CAP,
            currency=currency,
            of_minor=rules.order_cap_minor,
        )
    return meters.Request(
        affiliate_id=commission.affiliate_id,
        placed_at=commission.credit.order.placed_at,
        currency=commission.currency,
        cap_minor=rules.month_cap_minor,
        earned=earned,
    )
