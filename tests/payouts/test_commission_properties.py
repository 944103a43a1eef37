"""What must hold for any order, any discount, any terms, and returns in any order."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from affiliates.domain.rule_choice import LineFacts
from affiliates.domain.terms import Factor, Pays
from affiliates.domain.terms_document import read_rules, rules_json
from affiliates.models import Programme
from core.money import BPS, Money
from payouts.domain.commission import Band, Deal, Line, target_minor
from payouts.domain.order_commission import MONTH_CAP, earn_order, limit
from payouts.domain.tariffs import Tariff
from payouts.models import Adjustment, Commission, CommissionLine, Meter, Transfer
from payouts.services import accruals, checks, commissions, returns
from tests.builders import (
    NOW,
    make_affiliate,
    make_credit,
    make_group,
    make_order,
    make_product,
    make_return,
    make_screening,
)
from tests.undo import undone

CATEGORIES = ("dresses", "shoes", "gifts")
CAP = {"cap_minor": st.integers(1, 6_000)}
PAYMENTS = {
    Pays.MARGIN: st.fixed_dictionaries({"rate_bps": st.integers(1, BPS)}, optional=CAP),
    Pays.NET: st.fixed_dictionaries({"rate_bps": st.integers(1, BPS)}, optional=CAP),
    Pays.FLAT: st.fixed_dictionaries({"flat_minor": st.integers(1, 20_000)}),
    Pays.NOTHING: st.just({"reason": "Not this"}),
}


@st.composite
def documents(draw):
    """Return the JSON of the rules of terms."""
    rules = []
    for number in range(draw(st.integers(0, 4))):
        pays = draw(st.sampled_from(list(Pays)))
        when = {}
        if draw(st.booleans()):
            when["category"] = draw(
                st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=2, unique=True)
            )
        if draw(st.booleans()):
            when["discount_bps"] = {"at_least": draw(st.integers(0, 6_000))}
        rules.append(
            {"key": f"r{number}", "name": f"R{number}", "priority": number + 1,
             "pays": pays.value, "when": when, "is_scaled": draw(st.booleans()),
             **draw(PAYMENTS[pays])}
        )  # fmt: skip
    said = {"rules": rules, "is_base_scaled": draw(st.booleans())}
    for name in ("order_cap_minor", "month_cap_minor"):
        if draw(st.booleans()):
            said[name] = draw(st.integers(1, 8_000))
    said["factor"] = {"floor_bps": draw(st.integers(0, BPS)), "cap_bps": 2 * BPS}
    return said


@st.composite
def order_lines(draw):
    price = draw(st.integers(1, 20_000))
    lower = draw(st.sampled_from((0, 2_000, 3_500, 5_000, 6_500)))
    quantity = draw(st.integers(1, 4))
    return Line(
        kind=draw(st.sampled_from(("product", "product", "product", "gift_card"))),
        quantity=quantity,
        net_minor=draw(st.integers(0, price * quantity)),
        order_cost_minor=draw(st.integers(0, 500)),
        unit_cost_minor=draw(st.integers(0, price)),
        band=Band(
            lower_bps=lower,
            upper_bps=BPS,
            list_price_minor=price,
            reference_cost_minor=price * (BPS - lower) // BPS,
        ),
        facts=LineFacts(
            category=draw(st.sampled_from(CATEGORIES)), discount_bps=draw(st.integers(0, BPS))
        ),
    )


@st.composite
def deals(draw):
    return Deal(
        basis=draw(st.sampled_from(("reference", "actual"))),
        rate_bps=draw(st.integers(0, BPS)),
        share_bps=draw(st.integers(1, BPS)),
        terms_id=1,
        terms_version=1,
        rules=read_rules(draw(documents())),
        tier_bps=draw(st.none() | st.integers(0, BPS)),
        factor_bps=draw(st.none() | st.integers(0, 3 * BPS)),
    )


def without_caps(deal):
    """The same deal, whatever an order or a rule comes to."""
    rules = tuple(replace(rule, cap_minor=None) for rule in deal.rules.rules)
    return replace(deal, rules=replace(deal.rules, rules=rules, order_cap_minor=None))


ORDERS = st.lists(order_lines(), min_size=1, max_size=6)


@given(said=documents())
def test_a_document_reads_back_as_it_was_written(said):
    rules = read_rules(said)

    assert read_rules(rules_json(rules)) == rules


@given(lines=ORDERS, deal=deals())
def test_no_line_earns_below_zero_nor_more_than_its_share_of_its_margin(lines, deal):
    for one in earn_order(lines, deal, currency="EUR"):
        most = Money(one.margin_minor or 0, "EUR").times_bps(deal.share_bps).minor
        assert 0 <= one.amount_minor <= one.amount_minor + one.cut_minor <= most


@given(lines=ORDERS, deal=deals())
def test_a_line_of_margin_earns_its_rate_of_it_at_most(lines, deal):
    for one in earn_order(lines, deal, currency="EUR"):
        if one.pays == Pays.MARGIN:
            of_margin = Money(one.margin_minor, "EUR").share(one.rate * deal.share_bps, BPS * BPS)
            assert one.amount_minor <= of_margin.minor


@given(lines=ORDERS, deal=deals())
def test_no_rule_pays_more_than_its_cap_and_takes_no_more_off_than_it_must(lines, deal):
    free = replace(deal, rules=replace(deal.rules, order_cap_minor=None))
    before = earn_order(lines, without_caps(deal), currency="EUR")
    after = earn_order(lines, free, currency="EUR")
    caps = {rule.key: rule.cap_minor for rule in deal.rules.rules}

    for rule in {one.rule for one in after}:
        whole = sum(one.amount_minor for one in before if one.rule == rule)
        left = sum(one.amount_minor for one in after if one.rule == rule)
        cap = caps.get(rule)
        assert left == (whole if cap is None else min(whole, cap))


@given(lines=ORDERS, deal=deals())
def test_what_the_order_cap_takes_adds_up_and_no_more_than_the_cap_is_left(lines, deal):
    free = replace(deal, rules=replace(deal.rules, order_cap_minor=None))
    before = earn_order(lines, free, currency="EUR")
    after = earn_order(lines, deal, currency="EUR")
    cap = deal.rules.order_cap_minor

    assert [one.amount_minor + one.cut_minor for one in after] == [
        one.amount_minor + one.cut_minor for one in before
    ]
    total = sum(one.amount_minor for one in before)
    assert sum(one.amount_minor for one in after) == (total if cap is None else min(total, cap))


@given(lines=ORDERS, deal=deals())
def test_a_flat_amount_is_paid_once_per_order_at_most(lines, deal):
    earned = earn_order(lines, deal, currency="EUR")
    for rule in {one.rule for one in earned if one.pays == Pays.FLAT}:
        group = [one for one in earned if one.rule == rule]
        flat = Money(group[0].rate, "EUR").times_bps(deal.share_bps).minor
        parts = [step["minor"] for one in group for step in one.steps if step["step"] == "part"]
        assert sum(parts) == flat
        assert sum(one.amount_minor for one in group) <= flat


@given(lines=ORDERS, deal=deals())
def test_what_a_line_says_of_its_tariff_gives_the_same_amounts_again(lines, deal):
    """A late cost, a refund or a correction uses the frozen rule, what it pays on and its rate."""
    free = without_caps(deal)
    earned = earn_order(lines, free, currency="EUR")
    frozen = [
        replace(line, tariff=Tariff(rule=one.rule, pays=one.pays, rate=one.rate))
        for line, one in zip(lines, earned, strict=True)
    ]

    again = earn_order(frozen, replace(free, rate_bps=1, rules=read_rules({})), currency="EUR")

    assert [one.amount_minor for one in again] == [one.amount_minor for one in earned]


@given(lines=ORDERS, deal=deals(), limits=st.lists(st.integers(-50, 9_000), max_size=4))
def test_limits_one_after_the_other_leave_the_smallest(lines, deal, limits):
    earned = earn_order(lines, deal, currency="EUR")
    total = sum(one.amount_minor for one in earned)
    for most in limits:
        earned = limit(earned, most, reason=MONTH_CAP, currency="EUR")
        total = min(total, max(0, most))

    assert sum(one.amount_minor for one in earned) == total
    assert all(one.amount_minor >= 0 for one in earned)


@given(lines=ORDERS, deal=deals())
def test_units_that_come_back_one_by_one_leave_nothing(lines, deal):
    for line, one in zip(lines, earn_order(lines, deal, currency="EUR"), strict=True):
        posted = one.amount_minor
        for returned in range(1, line.quantity + 1):
            target = target_minor(
                one.amount_minor, quantity=line.quantity, returned=returned, currency="EUR"
            )
            assert 0 <= target <= posted
            posted = target
        assert posted == 0


@given(bps=st.integers(0, 4 * BPS), floor=st.integers(0, BPS), cap=st.integers(BPS, 3 * BPS))
def test_a_factor_stays_between_its_floor_and_its_cap(bps, floor, cap):
    assert floor <= Factor(floor_bps=floor, cap_bps=cap).clamp(bps) <= cap


@pytest.mark.slow
@pytest.mark.django_db
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    said=documents(),
    budget=st.none() | st.integers(1, 6_000),
    discounts=st.lists(st.integers(0, 9_000), min_size=1, max_size=5),
    data=st.data(),
)
def test_any_terms_accrue_return_and_replay_without_a_difference(said, budget, discounts, data):
    """Accrue, take everything back unit by unit in any order, replay it all: zero, and agreed."""
    with undone():
        programme = Programme.get()
        programme.month_budget_minor = budget
        programme.save()
        group = make_group(slug="any", terms={"rules": said})
        affiliate = make_affiliate(group=group)
        orders = [order_of(discount) for discount in discounts]
        for order in orders:
            make_screening(make_credit(affiliate, order))

        accruals.accrue_pending(now=NOW)

        earned = sum(Commission.objects.values_list("amount_minor", flat=True))
        limits = [one for one in (said.get("month_cap_minor"), budget) if one is not None]
        assert earned <= min(limits, default=earned)
        assert all(earned == meter.taken_minor for meter in Meter.objects.all())
        assert checks.check() == []
        approve_some(data)
        units = [line for order in orders for line in order.lines.all() for _ in range(2)]
        for line in data.draw(st.permutations(units)):
            make_return(line.order, quantities={line: 1})
            returns.apply_pending(now=NOW)
        assert left() == 0
        before = rows()
        accruals.accrue_pending(now=NOW)
        returns.apply_pending(now=NOW)
        assert rows() == before
        assert checks.check() == []


def order_of(discount_bps):
    lines = []
    for category in CATEGORIES[:2]:
        price = 20_000
        off = price * discount_bps // BPS
        lines.append(
            {
                "product": make_product(category=category),
                "quantity": 2,
                "net_minor": price - off,
                "discount_minor": off,
            }
        )
    return make_order(lines=lines)


def approve_some(data):
    """Some orders come back before their approval, others after."""
    if data.draw(st.booleans()):
        commissions.approve_due(now=NOW + timedelta(days=40), limit=2)


def left():
    changes = sum(
        Adjustment.objects.exclude(commission__status="reversed").values_list(
            "amount_minor", flat=True
        )
    )
    standing = Commission.objects.exclude(status="reversed")
    return sum(standing.values_list("amount_minor", flat=True)) + changes


def rows():
    return (
        Commission.objects.count(),
        CommissionLine.objects.count(),
        Adjustment.objects.count(),
        Transfer.objects.count(),
        sum(Meter.objects.values_list("taken_minor", flat=True)),
    )
