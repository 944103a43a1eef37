"""What an order of PrestaShop means: rules PS2 to PS12 of docs/rules/connectors/prestashop.md."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.connectors.contract import UnreadableBody
from shop.connectors.people import person
from shop.connectors.prestashop import CONNECTOR
from shop.connectors.prestashop.amounts import Priced, Reduction, Scale, net_of
from shop.connectors.prestashop.part import MILLION
from shop.domain.remarks import AMOUNT_ONLY, CUSTOM_LINE, MANUAL_CODE, TOTALS_DIFFER
from tests.shop.connectors.prestashop.bodies import (
    ORDER,
    STATES,
    context,
    in_state,
    line,
    order,
    rule,
    slip,
    told,
)


def nets(state):
    return {one.external_id: one.net_minor for one in state.order.lines}


def test_the_example_of_the_rules():
    state = told(ORDER)

    assert [
        (one.external_id, one.kind, one.sku, one.quantity, one.net_minor, one.discount_minor,
         one.tax_minor, one.unit_cost_minor)
        for one in state.order.lines
    ] == [
        ("501", "product", "DRESS-M", 3, 10_800, 1_200, 2_160, 1_550),
        ("502", "product", "BELT", 1, 2_819, 313, 564, None),
        ("shipping", "shipping", "", 1, 500, 0, 100, None),
    ]  # fmt: skip
    assert (state.order.external_id, state.order.number) == ("70", "QWERTYUIO")
    assert state.order.codes == ("ANNA10",)
    assert state.order.click_tokens == ("abcdefghijklmnopqrstuv",)
    assert state.order.is_new_customer is True
    assert state.order.remarks == ()
    assert (state.returns, state.knows_all_returns) == ((), True)


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2026-06-15 14:30:05", "2026-06-15T12:30:05"),
        ("2026-01-15 14:30:05", "2026-01-15T13:30:05"),
        ("2026-03-29 01:59:59", "2026-03-29T00:59:59"),  # The last second of winter,
        ("2026-03-29 02:30:00", "2026-03-29T01:30:00"),  # an hour that does not exist,
        ("2026-03-29 03:00:00", "2026-03-29T01:00:00"),  # the first of summer.
        ("2026-10-25 02:30:00", "2026-10-25T00:30:00"),  # Comes twice: the first is taken.
        ("2026-10-25 03:00:00", "2026-10-25T02:00:00"),
    ],
)
def test_ps2_times_are_the_shops_own(local, utc):
    state = told(order(order={"date_add": local}))

    assert state.order.placed_at == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_ps3_a_credit_slip_or_a_status_makes_an_order_newer_than_its_own_time_says():
    assert told(ORDER).order.updated_at == datetime(2026, 6, 15, 12, 31, tzinfo=UTC)
    later = told(order(slips=[slip(4, (502, 1, "31.32"))]))
    assert later.order.updated_at == datetime(2026, 6, 20, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([], (12_000, 3_132, 500)),
        ([rule(1, "0.01", "0.01")], (11_999, 3_132, 500)),
        # Two rules, each by itself: 5.00 is 3.97 and 1.03, twice.
        ([rule(1, "5", "6"), rule(2, "5", "6")], (11_206, 2_926, 500)),
        # Free shipping is taken off shipping first, the rest off the goods.
        ([rule(1, "5", "6", free=True)], (12_000, 3_132, 0)),
        ([rule(1, "20.13", "24.16", free=True)], (10_800, 2_819, 0)),
        # More than the goods cost: shipping too, and never below zero.
        ([rule(1, "153.32", "184")], (0, 0, 300)),
        ([rule(1, "900", "1080")], (0, 0, 0)),
        ([rule(1, "151.32", "181.59"), rule(2, "3", "3.6")], (0, 0, 200)),
        ([rule(1, "15.13", "18.16", deleted=True)], (12_000, 3_132, 500)),
    ],
)
def test_ps4_each_cart_rule_is_spread_over_the_goods(rules, expected):
    assert tuple(nets(told(order(cart_rules=rules))).values()) == expected


@given(
    lines=st.lists(st.integers(0, 10**9), min_size=1, max_size=6),
    rules=st.lists(st.tuples(st.integers(0, 2 * 10**9), st.booleans()), max_size=4),
    shipping=st.integers(0, 10**7),
)
def test_ps4_nothing_is_lost_or_made_up(lines, rules, shipping):
    rows = [*(Priced(True, one, one) for one in lines), Priced(False, shipping, shipping)]
    scale = Scale("EUR", MILLION)

    found = net_of(rows, [Reduction(n, n, free) for n, free in rules], scale, len(lines))

    before, off = sum(scale.minor(one.net) for one in rows), sum(scale.minor(n) for n, _f in rules)
    assert all(one.net >= 0 for one in found)
    assert sum(one.net for one in found) == max(before - off, 0)
    assert [one.net + one.discount for one in found] == [scale.minor(one.net) for one in rows]


def test_ps5_a_cost_of_zero_is_no_cost_and_the_supplier_price_stands_in():
    without = line(501, "DRESS-M", 1, "10", "12")
    assert told(order(lines=[without])).order.lines[0].unit_cost_minor is None
    supplied = {**without, "purchase_supplier_price": "4.005"}
    assert told(order(lines=[supplied])).order.lines[0].unit_cost_minor == 401


def test_ps6_a_status_is_read_by_its_flags_and_its_mail():
    assert told(in_state("2")).order.awaits_payment is False
    assert told(in_state("1")).order.awaits_payment is True
    refused = told(in_state("8")).order
    assert (refused.awaits_payment, refused.cancelled_at) == (True, None)  # It may be paid yet.
    cancelled = told(in_state("6", ("2", "2026-06-15 14:31:00"))).order
    assert cancelled.cancelled_at == datetime(2026, 6, 18, 8, tzinfo=UTC)
    assert cancelled.awaits_payment is False
    assert told(order(states=[], history=[])).order.awaits_payment is True


def test_ps6_an_own_status_can_mean_cancelled_or_delivered():
    assert told(in_state("11"), cancelled_states="11, 12").order.cancelled_at is not None
    told_twice = in_state("5", ("5", "2026-06-17 08:00:00"))
    assert told(told_twice).order.delivered_at == datetime(2026, 6, 17, 6, tzinfo=UTC)
    assert told(told_twice, delivered_states="4").order.delivered_at is None
    renumbered = order(
        states=[STATES["2"] | {"id": "5"}],
        history=[{"id_order_state": "5", "date_add": "2026-06-17"}],
    )  # fmt: skip
    assert told(renumbered).order.delivered_at is None  # Id 5 that is not shipped is another.


def test_ps6_refunded_without_a_credit_slip_is_everything_and_with_one_what_it_says():
    assert told(in_state("7")).order.cancelled_at is not None
    with_slip = told(in_state("7", slips=[slip(4, (502, 1, "31.32"))])).order
    assert (with_slip.cancelled_at, with_slip.awaits_payment) == (None, False)


def test_ps7_another_currency_is_converted_at_the_orders_own_rate():
    state = told(order(currency="USD", order={"conversion_rate": "1.250000"}))

    assert state.order.currency == "EUR"
    assert state.order.presentment_currency == "USD"
    assert [(one.net_minor, one.presentment_net_minor) for one in state.order.lines] == [
        (8_640, 10_800), (2_256, 2_819), (400, 500)]  # fmt: skip
    assert state.order.lines[0].unit_cost_minor == 1_550  # Costs are in the shop's currency.
    assert state.order.remarks == ()
    with pytest.raises(UnreadableBody, match=r"order\.conversion_rate"):
        told(order(currency="USD", order={"conversion_rate": "0.000000"}))


def test_ps8_a_rule_without_a_code_that_is_named_like_one_credits_nobody():
    state = told(order(cart_rules=[rule(1, "15.13", "18.16", name="ANNA10")]))

    assert state.order.codes == ()
    assert state.order.remarks == (MANUAL_CODE,)
    assert told(order(cart_rules=[rule(1, "15.13", "18.16")])).order.remarks == ()


def test_ps9_returns_follow_quantities_whatever_was_paid_back():
    state = told(order(slips=[
        slip(5, (501, 2, "60.00"), shipping="5.000000"),
        slip(4, (501, 1, "36.00"), (502, 1, "31.32")),
    ]))  # fmt: skip

    assert [(one.external_id, one.order_external_id) for one in state.returns] == [
        ("4", "70"), ("5", "70")]  # fmt: skip
    assert [
        (one.external_id, one.line_external_id, one.quantity, one.net_minor)
        for back in state.returns for one in back.lines
    ] == [
        ("501", "501", 1, 3_600), ("502", "502", 1, 2_819),
        ("501", "501", 2, 7_200), ("shipping", "shipping", 0, 500),
    ]  # fmt: skip
    assert state.order.remarks == ()
    assert nets(state)["501"] == 10_800  # The order itself stays as it was.


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        # PrestaShop refunds no money on a line without a quantity: less than half is money.
        ([(501, 1, "10.000000")], [("501", 0, 1_000)]),
        ([(501, 1, "17.990000")], [("501", 0, 1_799)]),
        ([(501, 1, "18.000000")], [("501", 1, 3_600)]),
        ([(501, 1, "0.000000")], [("501", 1, 3_600)]),
        ([(501, 0, "10.000000")], [("501", 0, 1_000)]),
        ([(501, 2, "80"), (501, 1, "40")], [("501", 3, 10_800)]),
        ([(501, 9, "360")], [("501", 3, 10_800)]),  # No more than was there.
        ([(999, 1, "12.000000")], [("999", 1, 1_200)]),  # An edit took the line away since.
    ],
)
def test_ps9_what_one_credit_slip_says(details, expected):
    state = told(order(slips=[slip(4, *details)]))

    assert [
        (one.line_external_id, one.quantity, one.net_minor) for one in state.returns[0].lines
    ] == expected
    is_money = any(not quantity for _line, quantity, _net in expected)
    assert state.order.remarks == ((AMOUNT_ONLY,) if is_money else ())


def test_ps9_a_slip_without_lines_is_money_for_the_whole_order_and_an_empty_one_nothing():
    state = told(order(slips=[slip(4, products="12.500000"), slip(5)]))

    (back,) = state.returns
    assert [(one.external_id, one.line_external_id, one.quantity, one.net_minor)
            for one in back.lines] == [("amount", "", 0, 1_250)]  # fmt: skip


def test_ps10_an_edit_leaves_only_what_is_there_now():
    state = told(order(lines=[line(501, "DRESS-M", 1, "40", "48"), line(502, "BELT", 0, "0", "0")]))

    assert [(one.external_id, one.quantity) for one in state.order.lines] == [
        ("501", 1), ("shipping", 1)]  # fmt: skip
    assert state.order.remarks == (TOTALS_DIFFER,)
    nothing = order(lines=[], order={"total_shipping_tax_excl": "0"})
    facts = CONNECTOR.facts("poll.order", json.dumps(nothing).encode(), context())
    assert (facts.orders, facts.ignored) == ((), "The order has no lines.")


def test_ps11_people_are_keys_and_pickup_points_have_no_address():
    found = told(ORDER).order
    expected = person(
        shop_code="maison", customer_id="33", email="anna.bauer@example.org", phone="+33612345678",
        street="12 bis rue de l'ete", postcode="75002", country="FR",
    )  # fmt: skip
    assert {name: getattr(found, name) for name in expected} == expected
    assert all(expected.values())
    at_a_point = told(order(carrier="Mondial Relay - Point Relais")).order
    assert (at_a_point.address_key, at_a_point.country) == ("", "FR")


def test_ps11_a_guest_is_neither_new_nor_known():
    guest = {"email": "a@example.org", "is_guest": "1", "first_order": "70"}
    assert told(order(customer=guest)).order.is_new_customer is None
    assert told(order(customer={})).order.is_new_customer is None
    assert told(order(customer={"first_order": "9"})).order.is_new_customer is False


def test_ps12_a_line_without_a_reference_waits_for_a_person():
    state = told(order(lines=[line(501, "", 3, "120", "144"), line(502, "BELT", 1, "31.32", "38")]))

    assert state.order.lines[0].sku == ""
    assert state.order.remarks == (CUSTOM_LINE,)
