"""Any permutation and repetition of later facts ends in the same sums (docs/rules/returns.md)."""

import random
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payouts.models import Adjustment, Commission
from payouts.services import accruals, checks, cost_corrections, returns
from shop.domain.canonical import (
    CanonicalCost,
    CanonicalLine,
    CanonicalOrder,
    CanonicalReturn,
    CanonicalReturnLine,
)
from shop.models import Order, OrderLine
from shop.services import cost_corrections as shop_costs
from shop.services import orders as shop_orders
from shop.services import returns as shop_returns
from tests.builders import (
    NOW,
    make_affiliate,
    make_credit,
    make_group,
    make_product,
    make_screening,
    make_shop,
)
from tests.undo import undone

DAY = timedelta(days=1)
_numbers = count(1)


@dataclass(frozen=True)
class World:
    """An order of three lines and shipping, credited on one basis."""

    commission: Commission
    order: Order


def a_world(basis, **terms):
    make_shop()
    terms = {"basis": basis, "rate_bps": 1_733, **terms}
    affiliate = make_affiliate(group=make_group(slug=f"group-{basis}", terms=terms))
    lines = (("1", 3, 30_001), ("2", 1, 7_777), ("3", 2, 5_555))
    order = said_order(lines, [make_product(sku=f"P{basis}{line}") for line, _q, _n in lines])
    shop_orders.record(shop_id=make_shop().pk, orders=[order], now=NOW)
    stored = Order.objects.get(external_id=order.external_id)
    credit = make_credit(affiliate, stored)
    make_screening(credit)
    accruals.accrue_pending(now=NOW)
    return World(Commission.objects.get(credit=credit), stored), order


def said_order(lines, products):
    goods = tuple(
        CanonicalLine(external_id=line, kind="product", sku=product.sku, title="Robe",
                      quantity=quantity, net_minor=net)
        for (line, quantity, net), product in zip(lines, products, strict=True)
    )  # fmt: skip
    shipping = CanonicalLine(external_id="S", kind="shipping", sku="", title="Livraison",
                             quantity=1, net_minor=490)  # fmt: skip
    return CanonicalOrder(external_id=f"W{next(_numbers)}", number="W", placed_at=NOW,
                          updated_at=NOW, currency="EUR", lines=(*goods, shipping))  # fmt: skip


def a_fact(kind, place, day, quantity, minor, order, cancels):
    """What the shop says: goods back, money back, a corrected cost, a delivery, a cancellation."""
    line = ("1", "2", "3")[place % 3]
    at = NOW + timedelta(hours=day)
    if kind == "cost":
        return CanonicalCost(external_id=f"C{place}", order_external_id=order.external_id,
                             corrected_at=at, unit_costs=((line, minor % 6_000),))  # fmt: skip
    if kind == "deliver":
        return replace(order, delivered_at=at, updated_at=at)
    if kind == "cancel":
        return replace(order, cancelled_at=at, updated_at=at) if cancels else order
    of_line = {"goods": line, "line": line, "order": ""}[kind]
    back_line = CanonicalReturnLine(
        external_id="1",
        line_external_id=of_line,
        sku="",
        quantity=quantity if kind == "goods" else 0,
        net_minor=minor,
    )
    return CanonicalReturn(external_id=f"{order.external_id}-{place}", returned_at=at,
                           order_external_id=order.external_id, reason="return",
                           lines=(back_line,))  # fmt: skip


def tell(world, facts, *, each_time):
    """Record the facts in this order; with ``each_time`` the books follow every one of them."""
    later, shop_id = NOW + 30 * DAY, world.order.shop_id
    for fact in facts:
        if isinstance(fact, CanonicalReturn):
            shop_returns.record(shop_id=shop_id, returns=[fact], now=later)
        elif isinstance(fact, CanonicalCost):
            shop_costs.record(shop_id=shop_id, costs=[fact], now=later)
        else:
            shop_orders.record(shop_id=shop_id, orders=[fact], now=later)
        if each_time:
            keep_books(later)
    keep_books(later)


def keep_books(now):
    returns.apply_pending(now=now)
    cost_corrections.apply_pending(now=now)


def sums(world):
    lines = OrderLine.objects.filter(order=world.order).order_by("pk")
    found = dict.fromkeys(lines.values_list("pk", flat=True), 0)
    for line in world.commission.lines.all():
        found[line.order_line_id] += line.amount_minor
    for change in Adjustment.objects.filter(commission=world.commission):
        found[change.order_line_id] += change.amount_minor
    return found


FACT = st.tuples(
    st.sampled_from(["goods", "goods", "line", "order", "cost", "deliver", "cancel"]),
    st.integers(0, 99),
    st.integers(0, 20),
    st.integers(1, 2),
    st.integers(1, 20_000),
)


@pytest.mark.django_db
@pytest.mark.parametrize("basis", ["reference", "actual"])
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    drawn=st.lists(FACT, min_size=1, max_size=7, unique_by=lambda one: one[1]),
    cancels=st.booleans(),
    seed=st.integers(0, 2**16),
)
def test_any_permutation_and_repetition_of_facts_ends_in_the_same_sums(basis, drawn, cancels, seed):
    chance = random.Random(seed)
    ends = []
    for shuffles in (False, True):
        with undone():
            world, order = a_world(basis)
            order = replace(order, external_id=world.order.external_id)
            facts = [a_fact(*one, order, cancels) for one in drawn]
            if shuffles:
                facts = facts + chance.sample(facts, k=chance.randint(0, len(facts)))
                chance.shuffle(facts)
            tell(world, facts, each_time=shuffles)
            found = list(sums(world).values())
            assert all(minor >= 0 for minor in found)
            assert [str(one) for one in checks.check()] == []
            ends.append(found)
    assert ends[0] == ends[1]
