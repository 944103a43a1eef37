"""A rule never pays more than its cap over the lines that it takes, whatever comes later (C8)."""

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payouts.models import Adjustment
from payouts.services import accruals, checks, cost_corrections, costs, refunds, returns
from shop.models import OrderLine
from tests.builders import NOW, make_affiliate, make_group, make_product
from tests.payouts.stories import accrued, assert_balances
from tests.payouts.test_cost_corrections import correct
from tests.payouts.test_facts_in_any_order import FACT, a_fact, a_world, tell
from tests.payouts.test_meters import find
from tests.payouts.test_refunds import of
from tests.undo import undone

ALL = {"key": "all", "name": "All", "priority": 9, "pays": "margin", "rate_bps": 2_000}
pytestmark = pytest.mark.django_db


def paid_by_rule(commission):
    """What each rule has paid, as the lines and the changes of lines say."""
    rule_of, found = {}, Counter()
    for line in commission.lines.all():
        rule_of[line.order_line_id] = line.rule
        found[line.rule] += line.amount_minor
    for change in Adjustment.objects.filter(commission=commission):
        found[rule_of[change.order_line_id]] += change.amount_minor
    return found


@pytest.mark.parametrize("basis", ["reference", "actual"])
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    drawn=st.lists(FACT, min_size=1, max_size=7, unique_by=lambda one: one[1]),
    cap=st.integers(1, 9_000),
    order_cap=st.none() | st.integers(1, 9_000),
    cancels=st.booleans(),
    seed=st.integers(0, 2**16),
)
def test_whatever_comes_later_in_any_order_a_rule_pays_no_more_than_its_cap(
    basis, drawn, cap, order_cap, cancels, seed
):
    chance = random.Random(seed)
    capped = {**ALL, "cap_minor": cap, "when": {"sku": [f"P{basis}1", f"P{basis}3"]}}
    with undone():
        rules = {"rules": [capped], "order_cap_minor": order_cap}
        world, order = a_world(basis, rules={name: one for name, one in rules.items() if one})
        order = replace(order, external_id=world.order.external_id)
        facts = [a_fact(*one, order, cancels) for one in drawn]
        facts += chance.sample(facts, k=chance.randint(0, len(facts)))
        chance.shuffle(facts)
        for fact in facts:
            tell(world, [fact], each_time=True)
            paid = paid_by_rule(world.commission)
            assert 0 <= paid["all"] <= cap
            assert all(minor >= 0 for minor in paid.values())
        assert [str(one) for one in checks.check()] == []


def test_costs_that_are_found_and_corrected_pass_no_cap_of_their_rule_together():
    product = make_product(cost_minor=None, category="shoes")
    rules = [
        {**ALL, "key": "shoes", "priority": 1, "when": {"category": ["shoes"]}, "cap_minor": 1_500},
        {**ALL, "cap_minor": 1_300},
    ]
    affiliate = make_affiliate(
        group=make_group(slug="two", terms={"basis": "actual", "rules": {"rules": rules}})
    )
    commission = accrued(affiliate, lines=[{}, {"product": product}, {"product": product}])
    dress, *shoes = OrderLine.objects.filter(order=of(commission)).order_by("pk")
    assert paid_by_rule(commission) == {"all": 1_200, "shoes": 0}

    find(product)  # 12.00 for each pair, of which the cap leaves 15.00 in all.
    costs.complete_pending(now=NOW)
    assert paid_by_rule(commission) == {"all": 1_200, "shoes": 1_500}
    for line in (dress, *shoes):
        correct(of(commission), line, 2_000)  # 16.00 each.
    keep_books()
    assert paid_by_rule(commission) == {"all": 1_300, "shoes": 1_500}

    for line in (dress, *shoes):
        correct(of(commission), line, 9_000, day=2)  # 2.00 each; of the shoes the part left.
    keep_books()
    for line in (dress, *shoes):
        correct(of(commission), line, 1_000, day=3)
    keep_books()
    keep_books()

    assert paid_by_rule(commission) == {"all": 1_300, "shoes": 1_500}
    assert_balances(affiliate.pk, pending=2_800)
    assert checks.check() == []


def keep_books():
    returns.apply_pending(now=NOW)
    refunds.settle_found(now=NOW)
    cost_corrections.apply_pending(now=NOW)


def test_of_one_order_two_people_each_have_the_cap_of_their_own_credit():
    group = make_group(slug="pairs", terms={"rules": {"rules": [{**ALL, "cap_minor": 700}]}})
    first, second = (accrued(make_affiliate(group=group)) for _ in range(2))
    accruals.accrue_pending(now=NOW)

    assert (first.amount_minor, second.amount_minor) == (700, 700)
