"""A season's commissions on four paths: the partner's pages, finance, the ledger, a simulation."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Q, Sum

from payouts.domain.simulation import read_summary
from payouts.models import Transfer
from payouts.services import bonuses, checks, commissions, returns
from payouts.services.ledger import EXPENSE
from portal.queries import adjustments, sales
from portal.queries.sales import SaleFilters
from portal.queries.staff_finance import liability
from tests.builders import NOW, make_return, make_user
from tests.payouts.simulated_world import END, FIRST, RULES, ask, make_season, run
from tests.payouts.test_refunds import refund

pytestmark = pytest.mark.django_db
CAPPED = {**RULES, "month_cap_minor": 12_000, "order_cap_minor": 1_500}
FIRST_SALE = {"key": "first", "name": "Welcome", "kind": "first_sale", "minor": 1_500}
SEASON = SaleFilters(
    since=datetime(FIRST.year, FIRST.month, 1, tzinfo=UTC),
    until=datetime(END.year, END.month, 2, tzinfo=UTC),
)


def portal_minor(affiliates):
    totals = [one for affiliate in affiliates for one in sales.state_totals(affiliate.pk, SEASON)]
    return sum(total.amount.minor for total in totals)


def finance_minor():
    owed = liability("EUR")
    return (owed.total + owed.debts).minor


def ledger_minor():
    of_expense = Transfer.objects.filter(Q(debit__code=EXPENSE) | Q(credit__code=EXPENSE))
    sums = {
        side: of_expense.filter(**{f"{side}__code": EXPENSE}).aggregate(n=Sum("amount_minor"))["n"]
        for side in ("debit", "credit")
    }
    return (sums["debit"] or 0) - (sums["credit"] or 0)


def simulated_minor():
    (totals,) = read_summary(run(ask(make_user())).summary)
    return totals.after_minor


def added_minor(affiliates):
    """What the partner's pages say was added for reasons of its own: here bonuses."""
    return sum(
        one.amount.minor
        for affiliate in affiliates
        for one in adjustments.shown(adjustments.of_affiliate(affiliate.pk))
    )


def four_paths(affiliates):
    """The month on each path; bonuses are paid besides, so that a simulation leaves them out."""
    bonuses_minor = added_minor(affiliates)
    return [
        portal_minor(affiliates) + bonuses_minor,
        finance_minor(),
        ledger_minor(),
        simulated_minor() + bonuses_minor,
    ]


@pytest.mark.parametrize("rules", [{}, RULES, CAPPED], ids=["base", "rules", "caps"])
@pytest.mark.parametrize("seed", [4, 5])
def test_a_month_is_the_same_on_four_paths(seed, rules):
    affiliates = make_season(seed=seed, rules={**rules, "bonuses": [FIRST_SALE]})

    while_pending = four_paths(affiliates)
    while commissions.approve_due(now=NOW):
        pass
    assert bonuses.award(now=NOW, since=NOW - timedelta(days=1)) == 3
    approved = [
        sale
        for affiliate in affiliates
        for sale in sales.sales(affiliate.pk, SaleFilters(state="approved"))
    ]
    sale, other = sorted(approved, key=lambda one: -one.earned_minor)[:2]
    with_bonuses = four_paths(affiliates)
    make_return(sale.order, external_id="late")
    refund(other.order, 3_000)
    while returns.apply_pending(now=NOW):
        pass
    in_the_end = four_paths(affiliates)

    assert len(set(while_pending)) == 1, while_pending
    assert len(set(with_bonuses)) == 1, with_bonuses
    assert with_bonuses[0] == while_pending[0] + 3 * 1_500
    assert len(set(in_the_end)) == 1, in_the_end
    assert 0 < in_the_end[0] < with_bonuses[0] - sale.earned_minor
    assert checks.check() == []
