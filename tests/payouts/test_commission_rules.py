"""Rules C1 to C7 of docs/rules/commission.md, row by row, and what must hold for any order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payouts.domain.commission import Band, Deal, Line, RateOutOfRange, earn, target_minor

BAND = Band(lower_bps=5_000, upper_bps=6_500, list_price_minor=10_000, reference_cost_minor=5_000)


def line(**overrides):
    facts = {
        "kind": "product",
        "quantity": 1,
        "net_minor": 10_000,
        "order_cost_minor": 0,
        "unit_cost_minor": 4_000,
        "band": BAND,
    }
    return Line(**{**facts, **overrides})


def deal(**overrides):
    facts = {
        "basis": "reference",
        "rate_bps": 2_000,
        "share_bps": 10_000,
        "terms_id": 1,
        "terms_version": 3,
    }
    return Deal(**{**facts, **overrides})


@pytest.mark.parametrize(
    ("rule", "line_facts", "deal_facts", "amount", "margin"),
    [
        ("C1 reference margin at list price", {}, {}, 1_000, 5_000),
        ("C1 a discount lowers it", {"net_minor": 8_000}, {}, 600, 3_000),
        ("C1 it reaches zero where the band says", {"net_minor": 5_000}, {}, 0, 0),
        ("C1 and never goes below", {"net_minor": 3_000}, {}, 0, 0),
        ("C1 quantity counts", {"net_minor": 20_000, "quantity": 2}, {}, 2_000, 10_000),
        ("C2 actual margin", {}, {"basis": "actual"}, 1_200, 6_000),
        ("C2 below zero earns zero", {"net_minor": 3_000}, {"basis": "actual"}, 0, 0),
        ("C3 order costs come off", {"order_cost_minor": 700}, {}, 860, 4_300),
        ("C4 gift cards earn nothing", {"kind": "gift_card"}, {}, 0, None),
        ("C4 shipping earns nothing", {"kind": "shipping"}, {}, 0, None),
        ("C4 test orders earn nothing", {}, {"is_test": True}, 0, None),
        ("C6 half of the credit, half of the amount", {}, {"share_bps": 5_000}, 500, 5_000),
        ("C6 rounded once, half away from zero", {"net_minor": 5_003}, {"rate_bps": 5_000}, 2, 3),
    ],
)
def test_worked_examples(rule, line_facts, deal_facts, amount, margin):
    earned = earn(line(**line_facts), deal(**deal_facts), currency="EUR")

    assert (earned.amount_minor, earned.margin_minor) == (amount, margin), rule
    assert earned.missing == ()


@pytest.mark.parametrize(
    ("line_facts", "deal_facts", "missing", "amount"),
    [
        ({"unit_cost_minor": None}, {"basis": "actual"}, ("cost",), 0),
        ({"band": None}, {}, ("band",), 0),
        ({"band": None, "unit_cost_minor": None}, {}, ("cost", "band"), 0),
        # The band says the amount, but a line without a cost waits all the same (C5).
        ({"unit_cost_minor": None}, {}, ("cost",), 1_000),
    ],
)
def test_a_missing_fact_waits_and_is_never_a_whole_margin(line_facts, deal_facts, missing, amount):
    earned = earn(line(**line_facts), deal(**deal_facts), currency="EUR")

    assert (earned.missing, earned.amount_minor) == (missing, amount)


@pytest.mark.parametrize("rate_bps", [-1, 10_001])
def test_a_rate_outside_0_to_100_percent_is_refused(rate_bps):
    with pytest.raises(RateOutOfRange):
        earn(line(), deal(rate_bps=rate_bps), currency="EUR")


def test_the_steps_of_the_reference_basis_hold_no_real_cost():
    earned = earn(line(unit_cost_minor=4_321), deal(), currency="EUR")

    assert "4321" not in str(earned.steps)


@given(
    cost=st.integers(0, 20_000),
    net=st.integers(0, 20_000),
    quantity=st.integers(1, 9),
    rate_bps=st.integers(0, 10_000),
)
def test_on_the_reference_basis_the_real_cost_changes_nothing(cost, net, quantity, rate_bps):
    """Whatever order an affiliate has placed, the amount is a function of public facts."""
    facts = {"net_minor": net, "quantity": quantity}

    one = earn(line(**facts, unit_cost_minor=cost), deal(rate_bps=rate_bps), currency="EUR")
    other = earn(line(**facts, unit_cost_minor=0), deal(rate_bps=rate_bps), currency="EUR")

    assert (one.amount_minor, one.margin_minor, one.steps) == (
        other.amount_minor,
        other.margin_minor,
        other.steps,
    )


@given(
    net=st.integers(0, 10**7),
    cost=st.integers(0, 10**6),
    quantity=st.integers(1, 20),
    rate_bps=st.integers(0, 10_000),
    basis=st.sampled_from(["reference", "actual"]),
)
def test_a_commission_is_never_below_zero_nor_above_the_margin(
    net, cost, quantity, rate_bps, basis
):
    facts = line(net_minor=net, unit_cost_minor=cost, quantity=quantity)

    earned = earn(facts, deal(rate_bps=rate_bps, basis=basis), currency="EUR")

    assert 0 <= earned.amount_minor <= (earned.margin_minor or 0)


@given(
    amount=st.integers(0, 10**8),
    parts=st.lists(st.integers(1, 10), min_size=1, max_size=12),
    data=st.data(),
)
def test_partial_returns_in_any_order_end_at_exactly_zero(amount, parts, data):
    """C7: what is posted is always target less what was posted before."""
    quantity, posted, returned = sum(parts), amount, 0
    for part in data.draw(st.permutations(parts)):
        returned += part
        target = target_minor(amount, quantity=quantity, returned=returned, currency="EUR")
        assert 0 <= target <= posted
        posted = target

    assert posted == 0
