"""Corrected costs, and what they take of caps and budgets (docs/rules/returns.md, R8 and R9)."""

from datetime import timedelta
from itertools import count

import pytest

from affiliates.models import Programme
from payouts.explanation import all_sentences
from payouts.models import Adjustment, Meter
from payouts.services import cost_corrections, costs, refunds, returns
from shop.domain.canonical import CanonicalCost
from shop.services import cost_corrections as shop_costs
from tests.builders import NOW, make_affiliate, make_group, make_product, make_return
from tests.payouts.stories import accrued, assert_balances
from tests.payouts.test_refunds import of, refund

DAY = timedelta(days=1)
_numbers = count(1)


def correct(order, line, minor, *, day=1, external_id=""):
    said = CanonicalCost(
        external_id=external_id or f"cost-{next(_numbers)}",
        order_external_id=order.external_id,
        corrected_at=NOW + day * DAY,
        unit_costs=((line.external_id, minor),),
    )
    later = NOW + 30 * DAY
    return shop_costs.record(shop_id=order.shop_id, costs=[said], now=later)


def on_actual_margin(**terms):
    return make_affiliate(group=make_group(slug="actual", terms={"basis": "actual", **terms}))


@pytest.mark.django_db
def test_a_corrected_cost_changes_the_actual_basis_by_the_difference_and_once():
    affiliate = on_actual_margin()
    commission = accrued(affiliate, lines=[{"quantity": 2}])  # 20 % of 2 x 60.00.
    line = of(commission).lines.get()

    correct(of(commission), line, 4_500)
    assert cost_corrections.apply_pending(now=NOW) == 1
    assert cost_corrections.apply_pending(now=NOW) == 0

    change = Adjustment.objects.get()
    assert (change.amount_minor, change.reason) == (-200, "cost_corrected")
    assert_balances(affiliate.pk, pending=2_200)
    line.refresh_from_db()
    assert line.unit_cost_minor == 4_000  # What was frozen stays.


@pytest.mark.django_db
def test_a_corrected_cost_changes_nothing_on_the_reference_basis():
    commission = accrued()

    correct(of(commission), of(commission).lines.get(), 9_000)

    assert cost_corrections.apply_pending(now=NOW) == 0
    assert_balances(commission.affiliate_id, pending=1_000)


CAPPED_RULE = {"key": "all", "name": "All", "priority": 1, "pays": "margin", "rate_bps": 2_000,
               "cap_minor": 1_300}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("rules", [{"order_cap_minor": 1_300}, {"rules": [CAPPED_RULE]}])
def test_a_lower_cost_takes_what_the_cap_of_the_order_or_of_its_rule_leaves(rules):
    free, capped = (
        on_actual_margin(),
        make_affiliate(group=make_group(slug="capped", terms={"basis": "actual", "rules": rules})),
    )
    for affiliate in (free, capped):
        commission = accrued(affiliate)
        correct(of(commission), of(commission).lines.get(), 3_000)

    cost_corrections.apply_pending(now=NOW)

    assert_balances(free.pk, pending=1_400)
    assert_balances(capped.pk, pending=1_300)


def limited(*, month_cap=None, budget=None):
    Programme.get()
    Programme.objects.update(month_budget_minor=budget)
    rules = {} if month_cap is None else {"month_cap_minor": month_cap}
    return on_actual_margin(rules=rules)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("limits", "reason"), [({"month_cap": 2_500}, "month_cap"), ({"budget": 2_500}, "budget")]
)
def test_a_lower_cost_takes_of_the_month_and_says_what_was_cut(limits, reason):
    affiliate = limited(**limits)
    first, second = accrued(affiliate), accrued(affiliate)  # 12.00 each, 1.00 is left.

    for commission in (first, second):
        correct(of(commission), of(commission).lines.get(), 3_000)
        assert cost_corrections.apply_pending(now=NOW) == 1
        assert cost_corrections.apply_pending(now=NOW) == 0

    raised, not_raised = Adjustment.objects.order_by("pk")
    assert (raised.amount_minor, raised.taken_minor) == (100, 100)
    assert (not_raised.amount_minor, not_raised.taken_minor) == (0, 0)
    assert [step for step in raised.steps if step["step"] in ("rise", "cut", "amount")] == [
        {"step": "rise", "minor": 200, "to": 1_400, "of": 1_200},
        {"step": "cut", "reason": reason, "minor": 100, "limit": 2_500},
        {"step": "amount", "minor": 100},
    ]
    assert set(Meter.objects.values_list("taken_minor", flat=True)) == {2_500}
    assert_balances(affiliate.pk, pending=2_500)
    assert all_sentences(raised.steps, "EUR")


@pytest.mark.django_db
def test_a_cost_that_rises_again_keeps_what_was_taken_for_the_next_time():
    affiliate = limited(budget=1_300)
    commission = accrued(affiliate)
    line = of(commission).lines.get()

    earned = []
    for day, cost in enumerate((3_000, 5_000, 3_500, 2_000), start=1):
        correct(of(commission), line, cost, day=day)
        cost_corrections.apply_pending(now=NOW)
        earned.append(1_200 + sum(Adjustment.objects.values_list("amount_minor", flat=True)))

    assert earned == [1_300, 1_000, 1_300, 1_300]
    assert Meter.objects.get(affiliate=None).taken_minor == 1_300
    assert_balances(affiliate.pk, pending=1_300)


@pytest.mark.django_db
def test_a_meter_that_begins_later_counts_what_corrections_took():
    affiliate = on_actual_margin()
    commission = accrued(affiliate)
    correct(of(commission), of(commission).lines.get(), 3_000)
    cost_corrections.apply_pending(now=NOW)
    Programme.get()
    Programme.objects.update(month_budget_minor=2_000)

    second = accrued(affiliate)

    assert second.amount_minor == 600
    assert Meter.objects.get(affiliate=None).taken_minor == 2_000
    assert_balances(affiliate.pk, pending=2_000)


@pytest.mark.django_db
def test_a_correction_of_what_came_back_takes_nothing():
    affiliate = limited(budget=5_000)
    commission = accrued(affiliate)
    line = of(commission).lines.get()
    make_return(of(commission))
    returns.apply_pending(now=NOW)

    correct(of(commission), line, 3_000)
    assert cost_corrections.apply_pending(now=NOW) == 1

    assert Meter.objects.get(affiliate=None).taken_minor == 1_200
    assert_balances(affiliate.pk)


@pytest.mark.django_db
def test_the_latest_correction_by_the_shops_date_counts():
    affiliate = on_actual_margin()
    commission = accrued(affiliate)
    line = of(commission).lines.get()

    correct(of(commission), line, 5_000, day=3)
    cost_corrections.apply_pending(now=NOW)
    correct(of(commission), line, 9_000, day=2)
    cost_corrections.apply_pending(now=NOW)

    assert_balances(affiliate.pk, pending=1_000)


@pytest.mark.django_db
def test_a_correction_is_recorded_once_and_never_changed():
    commission = accrued(on_actual_margin())
    line = of(commission).lines.get()

    assert correct(of(commission), line, 5_000, external_id="C").created == 1
    assert correct(of(commission), line, 5_000, external_id="C").unchanged == 1
    assert "better figure" in correct(of(commission), line, 5_001, external_id="C").conflicts["C"]
    unknown = CanonicalCost(external_id="D", order_external_id="?", corrected_at=NOW,
                            unit_costs=(("1", 1),))  # fmt: skip
    report = shop_costs.record(shop_id=of(commission).shop_id, costs=[unknown], now=NOW)
    assert "send the order first" in report.conflicts["D"]


@pytest.mark.django_db
def test_a_cost_found_after_a_refund_is_worth_what_is_left():
    affiliate = on_actual_margin()
    commission = accrued(affiliate, lines=[{"product": make_product(cost_minor=None)}])
    refund(of(commission), 2_000)
    returns.apply_pending(now=NOW)

    correct(of(commission), of(commission).lines.get(), 4_000)
    cost_corrections.apply_pending(now=NOW)
    costs.complete_pending(now=NOW)
    assert refunds.settle_found(now=NOW) == 1
    assert refunds.settle_found(now=NOW) == 0

    # 20 % of 80.00 - 40.00.
    assert_balances(affiliate.pk, pending=800)
