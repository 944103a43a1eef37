"""Refunds of Shopify: one return, whatever body tells it (SH3, SH4, SH6, SH9 to SH11, SH21)."""

from decimal import Decimal

import pytest

from shop.connectors.shopify import CONNECTOR
from shop.domain import remarks
from tests.shop.connectors.shopify.bodies import (
    CONTEXT,
    adjustment,
    bag,
    context,
    line,
    order,
    paid_back,
    refund,
    refunded,
    sent,
    shipping,
)
from tests.shop.connectors.shopify.test_orders import state


def alone(body, where=CONTEXT):
    """Return what ``refunds/create`` tells."""
    return CONNECTOR.facts("refunds/create", sent(body), where)


def inside(*bodies, where=CONTEXT, **more):
    """Return what the order tells of the same refunds."""
    return state(order(**{"refunds": list(bodies), **more}), where).returns


def given(returns):
    return [
        (one.external_id, one.reason, part.line_external_id, part.quantity, part.net_minor)
        for one in returns
        for part in one.lines
    ]


def test_a_refund_alone_and_inside_its_order_are_one_and_the_same():
    body = refund(refund_line_items=[refunded(71), refunded(72, 2)],
                  order_adjustments=[adjustment("5.00")], transactions=[paid_back("209.00")],
                  refund_shipping_lines=[shipping_back("5.00")])  # fmt: skip

    told = alone(body)
    assert told.returns == inside(body)
    assert told.wanted_orders == ()
    assert [one.content_hash() for one in told.returns] == [
        one.content_hash() for one in inside(body)
    ]


@pytest.mark.parametrize("options", [{}, {"prices_include_tax": "no"}, {"vat_bps": "550"}])
@pytest.mark.parametrize("taxes_included", [True, False])
def test_it_is_the_same_whatever_taxes_are_included_in(options, taxes_included):
    body = refund(refund_line_items=[refunded(71)])
    where = context(**options)

    assert alone(body, where).returns == inside(body, where=where, taxes_included=taxes_included)
    assert alone(body, where) == alone(body)


@pytest.mark.parametrize(
    "said",
    [
        {"subtotal": Decimal("195.66")},
        {"subtotal": "195.66"},
        {"subtotal": Decimal("0.01"), "subtotal_set": bag("195.66")},
        {"subtotal": None, "subtotal_set": bag("195.66", "180.00")},
    ],
    ids=["a number", "a text", "with its money", "with its money alone"],
)
def test_sh3_a_subtotal_is_a_number_or_a_text(said):
    (goods,) = alone(refund(refund_line_items=[refunded(71, **said)])).returns
    assert goods.lines[0].net_minor == 195_66


def test_sh4_quantities_count_and_a_cent_of_the_refund_changes_no_line():
    lines = [line(1, price="199.00", less=("3.33",), tax=()),
             line(2, price="199.00", less=("3.34",), tax=())]  # fmt: skip
    back = refund(refund_line_items=[refunded(1, subtotal=Decimal("195.66")),
                                     refunded(2, subtotal=Decimal("195.67"))])  # fmt: skip
    found = state(order(taxes_included=False, line_items=lines, refunds=[back]))

    assert [one.net_minor for one in found.order.lines[:2]] == [195_67, 195_66]
    assert given(found.returns) == [
        ("900", "return", "1", 1, 195_66), ("900", "return", "2", 1, 195_67)
    ]  # fmt: skip


@pytest.mark.parametrize("moved", ["10.00", "209.00", "399.29"])
def test_sh6_money_that_moved_is_not_what_came_back(moved):
    goods = [refunded(71)]
    back = refund(refund_line_items=goods, transactions=[paid_back(moved)])

    assert alone(back) == alone(refund(refund_line_items=goods))
    assert remarks.UNCLEAR_RETURN not in state(order(refunds=[back])).order.remarks


def test_sh6_money_without_a_word_what_for_takes_nothing_back_and_is_remarked():
    back = refund(transactions=[paid_back("10.00"), paid_back("9.00", status="failure"),
                                {**paid_back("8.00"), "kind": "sale"}])  # fmt: skip
    found = state(order(refunds=[back], financial_status="refunded"))

    assert found.returns == ()
    assert found.order.remarks == (remarks.UNCLEAR_RETURN,)
    assert alone(back).wanted_orders == ("5001",)
    assert alone(back).returns == ()


def test_sh6_up_to_the_shipping_it_is_shipping_and_no_remark():
    back = refund(transactions=[paid_back("6.00")])
    assert state(order(refunds=[back])).order.remarks == ()


def test_sh9_a_refund_may_be_younger_than_the_last_change_of_its_order():
    back = refund(created_at="2025-07-02T11:29:59-05:00", refund_line_items=[refunded()])
    found = state(order(created_at="2008-01-10T11:00:00-05:00", processed_at=None,
                        updated_at="2008-01-10T11:00:00-05:00", refunds=[back]))  # fmt: skip

    (goods,) = found.returns
    assert goods.returned_at > found.order.updated_at
    assert goods.returned_at.isoformat() == "2025-07-02T16:29:59+00:00"


def shipping_back(amount, line_id=81):
    return {"id": 555, "shipping_line": {"id": line_id}, "subtotal_amount_set": bag(amount)}


def test_sh10_shipping_given_back_takes_nothing_from_goods():
    before = refund(order_adjustments=[adjustment("-5.00", kind="shipping_refund")],
                    transactions=[paid_back("5.00")])  # fmt: skip
    since = refund(refund_shipping_lines=[shipping_back("5.00")],
                   transactions=[paid_back("5.00")])  # fmt: skip

    assert inside(before) == ()
    assert alone(before).ignored
    assert given(alone(since).returns) == [
        ("900:shipping", "return", "shipping-81", 0, 5_00)
    ]  # fmt: skip
    assert alone(since).returns == inside(since)
    for back in (before, since):
        assert state(order(refunds=[back])).order.remarks == ()
        assert alone(back).wanted_orders == ()


def test_sh10_a_shipping_line_of_nothing_is_nothing():
    assert alone(refund(refund_shipping_lines=[shipping_back("0.00")])).returns == ()


@pytest.mark.parametrize(
    ("restock", "subtotal", "counts"),
    [("no_restock", "0.00", False), ("no_restock", "0.01", True), ("return", "0.00", True),
     ("cancel", "0.00", True), ("legacy_restock", "0.00", True)],
)  # fmt: skip
def test_sh11_a_line_without_money_that_nobody_restocked_did_not_come_back(
    restock, subtotal, counts
):
    back = refund(
        refund_line_items=[refunded(71, restock_type=restock, subtotal=Decimal(subtotal))],
        transactions=[paid_back("41.94")],
    )
    found = state(order(line_items=[line(current_quantity=0)], refunds=[back]))

    assert bool(found.returns) is counts
    assert alone(back).returns == found.returns
    assert (remarks.UNCLEAR_RETURN in found.order.remarks) is not counts
    assert found.removed == {}, "what a refund names is never taken for an edit"
    assert alone(back).wanted_orders == (() if counts else ("5001",))


def test_sh11_a_gift_that_cost_nothing_needs_nobody_to_look():
    free = line(72, price="0.00", tax=())
    back = refund(refund_line_items=[refunded(72, restock_type="no_restock", subtotal=Decimal(0))])

    assert state(order(line_items=[line(), free], refunds=[back])).order.remarks == ()


def test_sh11_the_clear_lines_of_such_a_refund_count():
    back = refund(refund_line_items=[
        refunded(71), refunded(72, restock_type="no_restock", subtotal=Decimal("0.0")),
    ])  # fmt: skip
    found = inside(back, line_items=[line(), line(72)])

    assert given(found) == [("900", "return", "71", 1, 120_00)]
    assert alone(back).returns == found


@pytest.mark.parametrize(
    ("kinds", "reason"),
    [(("cancel",), "cancellation"), (("cancel", "return"), "return"), (("no_restock",), "return")],
)
def test_what_never_left_the_house_was_cancelled(kinds, reason):
    lines = [refunded(70 + number, restock_type=kind) for number, kind in enumerate(kinds)]
    assert {one.reason for one in alone(refund(refund_line_items=lines)).returns} == {reason}


@pytest.mark.parametrize(
    ("adjustments", "lines", "net"),
    [
        (["-12.00"], [line()], 10_00),
        (["-12.00"], [line(tax=("6.60",), price="126.60")], 11_37),  # 12.00 x 120.00 / 126.60
        (["-12.00"], [line(), line(73, price="500.00", tax=(), gift_card=True)], 10_00),
        (["-12.00"], [line(73, price="500.00", tax=(), gift_card=True)], 10_00),
        (["-20.00", "8.00"], [line()], 10_00),
    ],
)
def test_sh21_money_without_goods_is_taken_without_the_orders_own_vat(adjustments, lines, net):
    back = refund(order_adjustments=[adjustment(one) for one in adjustments],
                  transactions=[paid_back("12.00")])  # fmt: skip
    found = state(order(line_items=lines, refunds=[back]))

    assert given(found.returns) == [("900:money", "return", "", 0, net)]
    assert found.order.remarks == (remarks.AMOUNT_ONLY,)
    assert alone(back).returns == ()
    assert alone(back).wanted_orders == ("5001",)


def test_sh21_an_edit_does_not_tell_money_otherwise_that_was_given_before():
    back = refund(order_adjustments=[adjustment("-12.00")])
    added = line(1072, price="30.00", tax=("1.56",))

    assert inside(back, line_items=[line(), added]) == inside(back)
    assert inside(back, line_items=[added, line(current_quantity=0)]) == inside(back)


@pytest.mark.parametrize(
    "one",
    [
        adjustment("20.00"),
        adjustment("-20.00", reason="Pending refund discrepancy"),
        adjustment("-20.00", reason="full_return_balancing_adjustment"),
        adjustment("0.00"),
    ],
    ids=["less was paid than the goods", "still on its way", "balances returns", "nothing"],
)
def test_sh21_what_balances_the_books_gives_nothing_back(one):
    back = refund(refund_line_items=[refunded()], order_adjustments=[one])

    assert alone(back) == alone(refund(refund_line_items=[refunded()]))
    assert inside(back) == alone(back).returns
    assert state(order(refunds=[back])).order.remarks == ()


def test_goods_and_more_money_than_they_cost_are_told_apart():
    back = refund(refund_line_items=[refunded()], order_adjustments=[adjustment("-6.00")])

    assert given(inside(back, line_items=[line(quantity=2, tax=("40.00",))])) == [
        ("900", "return", "71", 1, 120_00), ("900:money", "return", "", 0, 5_00)
    ]  # fmt: skip
    assert alone(back).wanted_orders == ("5001",)


def test_a_refund_of_nothing_says_so():
    assert alone(refund()).ignored
    assert alone(refund(refund_line_items=[refunded(quantity=0)])).ignored
    assert inside(refund()) == ()


def test_ten_refunds_of_one_unit_are_ten_returns():
    backs = [refund(900 + number, refund_line_items=[refunded(71, subtotal=Decimal("12.00"))])
             for number in range(10)]  # fmt: skip
    found = state(order(line_items=[line(quantity=10, current_quantity=0, tax=("20.00",))],
                        shipping_lines=[shipping()], refunds=backs))  # fmt: skip

    assert sum(part.quantity for one in found.returns for part in one.lines) == 10
    assert found.removed == {}
    assert tuple(one for back in backs for one in alone(back).returns) == found.returns
