"""What pricing gathers of catalogue, order and credit, and that many cost no more queries."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from affiliates.domain.rule_choice import choose
from affiliates.domain.terms import Customer
from affiliates.domain.terms_document import read_rules
from affiliates.models import IncrementalityFactor
from payouts.line_facts import customers_of, discount_bps, line_facts
from payouts.models import Commission, TierReached
from payouts.pricing import credit_facts, of_credit, price_credits
from tests.builders import (
    NOW,
    make_affiliate,
    make_credit,
    make_group,
    make_order,
    make_product,
    make_user,
)
from tracking.models import Credit

pytestmark = pytest.mark.django_db


def terms_with(**rules):
    return make_affiliate(
        group=make_group(slug="ruled", terms={"rules": rules}), is_contracted=True
    )


def a_rule(**overrides):
    return {
        "key": "one",
        "name": "One",
        "priority": 1,
        "pays": "net",
        "rate_bps": 1_000,
        **overrides,
    }


def draft(*credits):
    rows = Credit.objects.filter(pk__in=[one.pk for one in credits]).select_related(
        "order__shop", "affiliate", "terms"
    )
    return price_credits(credit_facts(list(rows.order_by("pk"))))


def test_the_facts_of_a_line_are_those_of_catalogue_order_and_credit():
    product = make_product(brand="Aube", collections=["spring"])
    order = make_order(
        lines=[
            {"product": product, "net_minor": 8_000, "discount_minor": 2_000},
            {"kind": "shipping"},
        ],
        codes=["ADA10"],
        is_new_customer=True,
        placed_at=datetime(2026, 6, 30, 22, 30, tzinfo=UTC),
    )
    credit = make_credit(terms_with(), order, role="introducer", surface="look:12:pdp")
    [one] = credit_facts([credit])
    lines = list(order.lines.order_by("pk"))

    facts = of_credit(line_facts({order.pk: lines}, [order])[lines[0].pk], one)

    assert (facts.category, facts.brand, facts.collections) == ("dresses", "Aube", {"spring"})
    assert (facts.sku, facts.customer, facts.codes) == (product.sku, Customer.NEW, {"ADA10"})
    assert (facts.discount_bps, facts.order_minor) == (2_000, 8_000)
    assert facts.placed_on.isoformat() == "2026-07-01"  # In Paris it was the next day already.
    assert (facts.classes, facts.role, facts.surface) == (
        {"content", "contracted"},
        "introducer",
        "look:12:pdp",
    )


@pytest.mark.parametrize(
    ("net", "discount", "bps"),
    [(8_000, 2_000, 2_000), (0, 500, 10_000), (500, 0, 0), (0, 0, None), (2, 1, 3_333)],
)
def test_discount_depth(net, discount, bps):
    assert discount_bps(net, discount) == bps


def test_a_customer_is_new_by_the_shops_word_else_by_its_history():
    first = make_order(customer_ref="ref-1", placed_at=NOW - timedelta(days=9))
    second = make_order(customer_ref="ref-1", placed_at=NOW - timedelta(days=8))
    told = make_order(customer_ref="ref-1", placed_at=NOW, is_new_customer=True)
    nobody = make_order(customer_ref="")
    exchange = make_order(customer_ref="ref-2", placed_at=NOW)
    exchange.follows = make_order(customer_ref="ref-2", placed_at=NOW - timedelta(days=1))
    exchange.save()
    make_order(customer_ref="ref-3", placed_at=NOW - timedelta(days=2), cancelled_at=NOW)
    make_order(customer_ref="ref-3", placed_at=NOW - timedelta(days=2), is_test=True)
    after_nothing = make_order(customer_ref="ref-3", placed_at=NOW)

    found = customers_of([first, second, told, nobody, exchange, after_nothing])

    assert [found[one.pk] for one in (first, second, told, nobody, exchange, after_nothing)] == [
        "new",
        "returning",
        "new",
        "unknown",
        "new",
        "new",
    ]


def test_terms_may_be_those_of_a_draft_and_nothing_is_written():
    credit = make_credit()
    [facts] = credit_facts([credit])
    rules = read_rules({"rules": [a_rule(when={"category": ["dresses"]})]})
    other = replace(facts, agreed=replace(facts.agreed, rules=rules))

    before, after = price_credits([facts, other])

    assert (before.amount_minor, after.amount_minor) == (1_000, 1_000)
    assert (before.lines[0].earned.rule, after.lines[0].earned.rule) == ("", "one")
    assert choose(rules, after.lines[0].line.facts).key == "one"
    assert not Commission.objects.exists()


def test_the_tier_reached_before_the_order_pays_and_only_within_its_period():
    affiliate = terms_with(
        tiers={"metric": "orders", "every": "month", "steps": [{"at": 1, "rate_bps": 3_000}]}
    )
    orders = [
        make_order(placed_at=datetime(2026, 6, day, 12, tzinfo=UTC)) for day in (9, 10, 30)
    ] + [make_order(placed_at=datetime(2026, 6, 30, 22, 30, tzinfo=UTC))]
    credits = [make_credit(affiliate, order) for order in orders]
    TierReached.objects.create(
        affiliate=affiliate,
        terms=credits[0].terms,
        period_from="2026-06-01",
        period_to="2026-07-01",
        at=1,
        value=1,
        rate_bps=3_000,
        reached_at=datetime(2026, 6, 10, tzinfo=UTC),
    )

    assert [one.amount_minor for one in draft(*credits)] == [1_000, 1_500, 1_500, 1_000]


def test_a_factor_in_force_scales_what_is_marked():
    affiliate = terms_with(is_base_scaled=True, factor={"floor_bps": 2_000, "cap_bps": 10_000})
    credits = [make_credit(affiliate, make_order(placed_at=NOW - timedelta(days=2))),
               make_credit(affiliate, make_order(placed_at=NOW))]  # fmt: skip
    IncrementalityFactor.objects.create(
        affiliate=affiliate,
        factor_bps=6_000,
        low_bps=4_000,
        high_bps=8_000,
        orders=900,
        source="Hold-out of May",
        told_at=NOW - timedelta(days=20),
        valid_from=NOW - timedelta(days=1),
        author=make_user(),
    )

    assert [one.amount_minor for one in draft(*credits)] == [1_000, 600]


@pytest.mark.parametrize(
    ("rules", "facts", "days"),
    [
        ({}, {}, 30),
        ({"holds": [{"category": ["dresses"], "days": 45}]}, {}, 45),
        ({"holds": [{"category": ["dresses"], "days": 14}]}, {}, 14),
        ({"hold_from": "delivery"}, {}, 90),
        ({"hold_from": "delivery"}, {"delivered_at": NOW + timedelta(days=4)}, 34),
        ({"hold_from": "delivery"}, {"delivered_at": NOW + timedelta(days=80)}, 90),
    ],
)
def test_holds(rules, facts, days):
    order = make_order(placed_at=NOW, **facts)

    [found] = draft(make_credit(terms_with(**rules), order))

    assert found.hold_until == NOW + timedelta(days=days)


def test_a_trusted_affiliate_waits_less():
    affiliate = terms_with(trusted_days=5, holds=[{"category": ["dresses"], "days": 45}])
    affiliate.is_trusted = True
    affiliate.save()

    [found] = draft(make_credit(affiliate, make_order(placed_at=NOW)))

    assert found.hold_until == NOW + timedelta(days=5)


def test_many_credits_cost_no_more_queries_than_one(django_assert_num_queries):
    affiliate = terms_with(rules=[a_rule(when={"customer": ["new"]})])
    few, many = [make_credit(affiliate)], [make_credit(affiliate) for _ in range(9)]
    rows = Credit.objects.select_related("order__shop", "affiliate", "terms")

    for credits in (few, many):
        found = list(rows.filter(pk__in=[one.pk for one in credits]))
        price_credits(credit_facts(found))
        with django_assert_num_queries(5):
            price_credits(credit_facts(found))
