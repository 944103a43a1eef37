"""What a line leaves, and in which band a product is published (docs/rules/margin.md)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.domain.margin import (
    BandEdges,
    NoBands,
    actual_margin_minor,
    band_for,
    order_cost,
    reference_cost_minor,
    reference_margin_minor,
    share_order_cost,
)

EDGES = (0, 2_000, 3_500, 5_000, 6_500, 10_000)
BANDS = tuple(BandEdges(*pair) for pair in zip(EDGES, EDGES[1:], strict=False))


@pytest.mark.parametrize(
    ("rule", "net", "cost", "quantity", "share", "margin"),
    [
        ("M1", 10_000, 4_000, 1, 0, 6_000),
        ("M1", 10_000, 4_000, 2, 350, 1_650),
        ("M1", 7_000, 4_000, 2, 350, -1_350),
        ("M1", 0, 0, 5, 0, 0),
    ],
)
def test_the_actual_margin(rule, net, cost, quantity, share, margin):
    assert margin == actual_margin_minor(
        net, unit_cost_minor=cost, quantity=quantity, order_cost_minor=share
    )


@pytest.mark.parametrize(
    ("rule", "net", "fixed", "bps", "cost"),
    [
        ("M2", 10_000, 450, 0, 450),
        ("M2", 10_000, 450, 145, 595),
        ("M2", 9_999, 0, 150, 150),  # 149.985 rounds away from zero.
        ("M2", 0, 450, 145, 450),
        ("M2", -500, 450, 145, 450),
    ],
)
def test_the_cost_of_an_order(rule, net, fixed, bps, cost):
    assert order_cost(net, fixed_minor=fixed, bps=bps, currency="EUR") == cost


@pytest.mark.parametrize(
    ("rule", "cost", "nets", "shares"),
    [
        ("M3", 100, [1, 1, 1], [34, 33, 33]),
        ("M3", 595, [7_492, 4_983], [357, 238]),
        ("M3", 595, [7_492, 0, 4_983], [357, 0, 238]),
        ("M3", 450, [0, 0], [450, 0]),
        ("M3", 450, [-300, 100], [0, 450]),
        ("M3", 0, [5, 5], [0, 0]),
    ],
)
def test_lines_share_the_cost_of_their_order(rule, cost, nets, shares):
    assert share_order_cost(cost, nets) == shares


@given(
    cost=st.integers(0, 10**9),
    nets=st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=300),
)
def test_sharing_loses_nothing_and_charges_nobody_twice(cost, nets):
    shares = share_order_cost(cost, nets)

    assert sum(shares) == cost
    assert all(share >= 0 for share in shares)


@pytest.mark.parametrize(
    ("rule", "price", "cost", "lower"),
    [
        ("M4", 10_000, 4_000, 5_000),
        ("M4", 10_000, 8_001, 0),
        ("M4", 10_000, 8_000, 2_000),  # An edge belongs to the band above it.
        ("M4", 10_000, 6_500, 3_500),
        ("M4", 10_000, 0, 6_500),
        ("M4", 10_000, 12_000, 0),  # Sold at a loss: the lowest band.
        ("M4", 0, 0, 0),
        ("M4", 3, 2, 2_000),  # 33.33 %: nothing is rounded.
    ],
)
def test_the_band_of_a_product(rule, price, cost, lower):
    assert band_for(price, cost, BANDS).lower_bps == lower


def test_without_bands_nothing_is_put_in_one():
    with pytest.raises(NoBands):
        band_for(100, 50, ())


@pytest.mark.parametrize(
    ("rule", "price", "lower", "cost"),
    [("M5", 10_000, 5_000, 5_000), ("M5", 9_999, 3_500, 6_499), ("M5", 9_999, 0, 9_999)],
)
def test_the_reference_cost(rule, price, lower, cost):
    assert reference_cost_minor(price, lower) == cost


@given(price=st.integers(1, 10**7), cost=st.integers(0, 10**7), discount=st.integers(0, 10_000))
def test_the_reference_margin_tells_the_band_and_nothing_more(price, cost, discount):
    """M6: two costs of one band give the same margin at every price, so it cannot tell them apart.

    It is never negative, and never above the real margin of a band's dearest goods.
    """
    band = band_for(price, cost, BANDS)
    net = price * (10_000 - discount) // 10_000
    reference = reference_cost_minor(price, band.lower_bps)

    margin = reference_margin_minor(
        net, reference_cost_minor=reference, quantity=1, order_cost_minor=0
    )

    assert margin == max(0, net - reference) >= 0
    if cost <= price:
        real = actual_margin_minor(net, unit_cost_minor=cost, quantity=1, order_cost_minor=0)
        assert margin <= max(0, real) + 1  # One for the rounding of the reference cost.
