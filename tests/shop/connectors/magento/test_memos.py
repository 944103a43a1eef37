"""What credit memos say: MG14 to MG17."""

from __future__ import annotations

from datetime import UTC, datetime

from shop.domain import remarks
from tests.shop.connectors.magento.bodies import both, item, memo, nothing, order, polled, scarf


def returned(*memos, **changes):
    return polled(order(**changes), *memos).returns


def shape(one):
    return [(line.line_external_id, line.quantity, line.net_minor) for line in one.lines]


def test_goods_come_back_by_quantity_at_what_they_were_sold_for():
    state = polled(order(), memo(70, (21, 1)), memo(71, (21, 1), (22, 1)))

    assert [one.external_id for one in state.returns] == ["70", "71"]
    assert [shape(one) for one in state.returns] == [
        [("21", 1, 9_000)], [("21", 1, 9_000), ("22", 1, 4_000)]]  # fmt: skip
    assert state.returns[0].returned_at == datetime(2026, 3, 20, 9, tzinfo=UTC)
    assert state.order.updated_at == datetime(2026, 3, 20, 9, tzinfo=UTC)
    assert state.knows_all_returns


def test_items_that_did_not_come_back_are_left_out():
    assert shape(returned(memo(70, (21, 1), (22, 0)))[0]) == [("21", 1, 9_000)]
    assert returned(memo(70, (21, 0))) == ()


def test_a_child_comes_back_with_its_parent_once():
    parent = item(31, product_type="configurable", base_cost=None)
    child = item(32, parent_item_id=31, **nothing())

    (one,) = returned(memo(70, (31, 1), (32, 1)), items=[parent, child])

    assert shape(one) == [("31", 1, 9_000)]


def test_parts_of_a_bundle_with_prices_come_back_themselves():
    bundle = item(41, product_type="bundle")
    parts = [item(42, parent_item_id=41), scarf(43, parent_item_id=41)]

    (one,) = returned(memo(70, (41, 1), (43, 1)), items=[bundle, *parts])

    assert shape(one) == [("43", 1, 4_000)]


def test_shipping_given_back_is_money_of_the_shipping_line():
    (one,) = returned(memo(70, (22, 1), **both(shipping_amount=5)))

    assert shape(one) == [("22", 1, 4_000), ("shipping", 0, 500)]


def test_an_adjustment_is_money_without_goods_less_its_tax():
    state = polled(order(), memo(70, **both(adjustment_positive=6)))

    assert [shape(one) for one in state.returns] == [[("", 0, 500)]]
    assert state.order.remarks == (remarks.AMOUNT_ONLY,)
    more = polled(order(), memo(70, **both(adjustment_positive=12)))
    assert more.order.remarks == (remarks.UNCLEAR_RETURN,)


def test_a_fee_that_is_kept_takes_nothing_off_the_goods_that_came_back():
    fee = both(adjustment_positive=0, adjustment_negative=5)

    assert shape(returned(memo(70, (22, 1), **fee))[0]) == [("22", 1, 4_000)]
    assert returned(memo(70, **both(adjustment_positive=5, adjustment_negative=5))) == ()


def test_a_memo_counts_once_it_is_refunded():
    assert returned(memo(70, (21, 1), state=1)) == ()
    assert returned(memo(70, (21, 1), state=3)) == ()


def test_what_is_closed_by_memos_is_told_by_them():
    state = polled(order(state="closed"), memo(70, (21, 2), (22, 1)))

    assert state.order.cancelled_at is None
    assert shape(state.returns[0]) == [("21", 2, 18_000), ("22", 1, 4_000)]


def test_more_than_was_sold_is_worth_what_was_sold():
    assert shape(returned(memo(70, (22, 3)))[0]) == [("22", 3, 4_000)]


def test_an_unknown_item_is_told_with_its_own_id():
    assert shape(returned(memo(70, (99, 1)))[0]) == [("99", 1, 0)]


def test_goods_that_are_weighed_come_back_whole_or_not_at_all():
    weighed = item(qty_ordered=1.5)

    assert returned(memo(70, (21, 0.5)), items=[weighed]) == ()
    assert shape(returned(memo(70, (21, 1.5)), items=[weighed])[0]) == [("21", 1, 18_000)]
