"""What refunds of WooCommerce take back: WC12 to WC16."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shop.connectors.contract import UnreadableBody
from shop.domain import remarks
from tests.shop.connectors.woocommerce.bodies import (
    item,
    order,
    polled,
    refund,
    refunded,
    scarf,
    webhook,
)


def lines(one):
    return [(line.line_external_id, line.quantity, line.net_minor) for line in one.lines]


def taken_back(*refunds, **changes):
    return [(one.external_id, lines(one)) for one in polled(order(**changes), *refunds).returns]


def test_a_webhook_lists_only_sums_so_the_order_is_asked_for():
    facts = webhook(order(refunds=[{"id": 700, "reason": "", "total": "-48.00"}]))
    (state,) = facts.orders

    assert facts.wanted_orders == ("500",)
    assert (state.returns, state.knows_all_returns) == ((), False)


@pytest.mark.parametrize("status", ["refunded", "cancelled", "trash"])
def test_a_cancellation_waits_for_the_refunds_that_it_comes_after(status):
    one = refund(amount="48.00", line_items=[refunded(12, "-40.00", "-8.00", quantity=-1)])
    listed = order(status=status, refunds=[{"id": 700, "reason": "", "total": "-48.00"}])
    (state,) = webhook(listed).orders

    assert state.order.cancelled_at is None
    assert polled(order(status=status), one).order.cancelled_at is not None


def test_a_webhook_without_refunds_tells_that_there_are_none():
    facts = webhook(order())
    (state,) = facts.orders

    assert facts.wanted_orders == ()
    assert state.knows_all_returns


def test_goods_come_back_by_quantity_and_are_worth_what_the_line_was():
    one = refund(amount="107.99", line_items=[refunded(11, "-89.99", "-18.00", quantity=-1)])
    state = polled(order(), one)
    (came_back,) = state.returns

    assert (came_back.external_id, came_back.order_external_id) == ("700", "500")
    assert (came_back.reason, lines(came_back)) == ("return", [("11", 1, 9_000)])
    assert came_back.returned_at == datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
    assert came_back.lines[0].sku == "COAT-BLUE"
    assert state.knows_all_returns
    assert state.order.remarks == ()
    assert state.order.cancelled_at is None


def test_an_order_changed_when_its_youngest_refund_was_made():
    state = polled(order(), refund(amount="48.00", line_items=[refunded(12, "-40.00", "-8.00")]))

    assert state.order.updated_at == datetime(2026, 3, 20, 9, 0, tzinfo=UTC)


def test_goods_that_came_back_without_money_came_back():
    assert taken_back(refund(line_items=[refunded(12, "0.00", "0.00", quantity=-1)])) == [
        ("700", [("12", 1, 4_000)])]  # fmt: skip


def test_more_than_was_ordered_is_worth_no_more_than_the_line():
    one = refund(amount="216.00", line_items=[refunded(11, "-180.00", "-36.00", quantity=-5)])

    assert taken_back(one) == [("700", [("11", 5, 18_000)])]


def test_money_for_a_line_takes_no_goods():
    one = refund(amount="12.00", line_items=[refunded(12, "-10.00", "-2.00")])
    state = polled(order(), one)

    assert lines(state.returns[0]) == [("12", 0, 1_000)]
    assert state.order.remarks == (remarks.AMOUNT_ONLY,)


def test_refunded_shipping_and_fees_take_no_goods():
    fee = {"id": 21, "name": "Wrapping", "total": "3.00", "total_tax": "0.60"}
    one = refund(amount="9.60", shipping_lines=[refunded(13, "-5.00", "-1.00")],
                 fee_lines=[refunded(21, "-3.00", "-0.60")])  # fmt: skip
    state = polled(order(fee_lines=[fee], total="273.60", total_tax="45.60"), one)

    assert lines(state.returns[0]) == [("13", 0, 500), ("21", 0, 300)]
    assert state.order.remarks == (remarks.AMOUNT_ONLY,)


def test_an_amount_alone_is_money_for_the_order_without_tax():
    state = polled(order(), refund(amount="6.00"))

    assert lines(state.returns[0]) == [("", 0, 500)]
    assert state.order.remarks == (remarks.AMOUNT_ONLY,)


def test_an_amount_beyond_the_shipping_is_for_a_person_to_look_at():
    state = polled(order(), refund(amount="60.00"))

    assert lines(state.returns[0]) == [("", 0, 5_000)]
    assert state.order.remarks == (remarks.UNCLEAR_RETURN,)


def test_what_a_refund_gives_beyond_its_lines_is_money_for_the_order():
    one = refund(amount="60.00", line_items=[refunded(12, "-40.00", "-8.00", quantity=-1)])

    assert taken_back(one) == [("700", [("12", 1, 4_000), ("", 0, 1_000)])]


@pytest.mark.parametrize("amount", ["48.01", "47.99", "0.00"])
def test_a_rounded_cent_and_money_kept_back_are_nothing_of_their_own(amount):
    one = refund(amount=amount, line_items=[refunded(12, "-40.00", "-8.00", quantity=-1)])

    assert taken_back(one) == [("700", [("12", 1, 4_000)])]


@pytest.mark.parametrize(
    ("metas", "line"), [([], ""), ([{"key": "_refunded_item_id", "value": "99"}], "99")]
)
def test_goods_of_a_line_that_is_not_there_keep_their_sku(metas, line):
    gone = refunded(11, "-40.00", "-8.00", quantity=-1, meta_data=metas, sku="SCARF")
    (came_back,) = polled(order(), refund(amount="48.00", line_items=[gone])).returns
    (said,) = came_back.lines

    assert (said.line_external_id, said.sku) == (line, "SCARF")
    assert (said.quantity, said.net_minor) == (1, 4_000)


def test_a_refund_of_nothing_is_left_out():
    assert taken_back(refund(), refund(701, line_items=[refunded(12, "0", "0")])) == []


@pytest.mark.parametrize(("count", "expected"), [(-1.5, (1, 18_000)), (-0.5, (0, 6_000))])
def test_of_goods_that_are_weighed_the_piece_comes_back_or_money(count, expected):
    one = refund(amount="72.00", line_items=[refunded(11, "-60.00", "-12.00", quantity=count)])
    ((_id, ((_line, *found),)),) = taken_back(one, line_items=[item(quantity=1.5), scarf()])

    assert tuple(found) == expected


def test_a_free_order_gives_back_what_it_gives_back():
    assert taken_back(refund(amount="6.00"), total="0.00", total_tax="0.00") == [
        ("700", [("", 0, 600)])]  # fmt: skip


def test_a_partial_refund_leaves_the_status_and_cancels_nothing():
    one = refund(amount="48.00", line_items=[refunded(12, "-40.00", "-8.00", quantity=-1)])

    assert polled(order(status="completed"), one).order.cancelled_at is None


def test_a_refunded_order_is_cancelled_and_its_closing_refund_is_no_second_return():
    one = refund(amount="48.00", line_items=[refunded(12, "-40.00", "-8.00", quantity=-1)])
    rest = refund(701, "222.00", date_created_gmt="2026-04-01T08:00:00")
    state = polled(order(status="refunded"), rest, one)

    assert state.order.cancelled_at == datetime(2026, 4, 1, 8, 0, tzinfo=UTC)
    assert [(one.external_id, lines(one)) for one in state.returns] == [("700", [("12", 1, 4_000)])]
    assert state.order.remarks == ()


def test_a_refunded_order_whose_goods_all_came_back_keeps_its_returns():
    one = refund(amount="270.00", line_items=[refunded(11, "-180.00", "-36.00", quantity=-2),
                                              refunded(12, "-40.00", "-8.00", quantity=-1)],
                 shipping_lines=[refunded(13, "-5.00", "-1.00")])  # fmt: skip
    state = polled(order(status="refunded"), one)

    assert state.order.cancelled_at == datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
    assert lines(state.returns[0]) == [("11", 2, 18_000), ("12", 1, 4_000), ("13", 0, 500)]


def test_a_deleted_refund_is_missing_from_a_list_that_is_complete():
    first = refund(amount="48.00", line_items=[refunded(12, "-40.00", "-8.00", quantity=-1)])
    before, after = polled(order(), first, refund(701, "6.00")), polled(order(), first)

    assert [one.external_id for one in before.returns] == ["700", "701"]
    assert [one.external_id for one in after.returns] == ["700"]
    assert after.knows_all_returns


@pytest.mark.parametrize("changes", [{"id": 0}, {"date_created_gmt": None}, {"amount": "x"}])
def test_a_refund_that_cannot_be_read_is_refused(changes):
    with pytest.raises(UnreadableBody, match=r"refunds\.0\."):
        polled(order(), {**refund(amount="6.00"), **changes})
