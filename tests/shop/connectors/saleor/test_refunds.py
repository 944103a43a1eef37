"""What came back of an order of Saleor: SA12 to SA15."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shop.connectors.saleor import refunds
from shop.domain import remarks
from tests.shop.connectors.saleor.bodies import (
    COATS,
    SCARF,
    amount,
    came_back,
    granted,
    line,
    money,
    order,
    paid_by,
    taxed,
    told,
)


def state(**changes):
    return told(order(**changes))


def shape(found):
    return {
        one.external_id: [
            (part.line_external_id, part.quantity, part.net_minor) for part in one.lines
        ]
        for one in found.returns
    }


@pytest.mark.parametrize("status", ["RETURNED", "REFUNDED", "REFUNDED_AND_RETURNED", "REPLACED"])
def test_each_unit_that_came_back_is_a_return_of_its_own(status):
    found = state(fulfillments=[came_back((COATS, 2), (SCARF, 1), status=status)])

    assert shape(found) == {
        f"{COATS}:1": [(COATS, 1, 9_000)], f"{COATS}:2": [(COATS, 1, 9_000)],
        f"{SCARF}:1": [(SCARF, 1, 4_000)],
    }  # fmt: skip
    assert found.returns[0].returned_at == datetime(2026, 3, 20, 9, tzinfo=UTC)
    assert found.order.updated_at == datetime(2026, 3, 20, 9, tzinfo=UTC)
    assert found.knows_all_returns


@pytest.mark.parametrize("status", ["FULFILLED", "CANCELED", "WAITING_FOR_APPROVAL"])
def test_goods_that_were_sent_did_not_come_back(status):
    assert shape(state(fulfillments=[came_back((COATS, 2), status=status)])) == {}


def test_a_fulfilment_that_grows_adds_units_and_keeps_those_told():
    one = shape(state(fulfillments=[came_back((COATS, 1))]))
    two = shape(state(fulfillments=[came_back((COATS, 2))]))

    assert one.items() <= two.items()
    assert len(two) == 2


def test_goods_that_move_from_one_fulfilment_to_another_are_the_same_units():
    refunded = state(fulfillments=[came_back((COATS, 1), status="REFUNDED")])
    returned = state(fulfillments=[came_back((COATS, 1), status="REFUNDED_AND_RETURNED")])

    assert shape(refunded) == shape(returned)


def test_units_of_a_line_sum_to_its_cents():
    lines = [line(quantity=3, totalPrice=taxed(100, 120))]

    found = shape(state(lines=lines, fulfillments=[came_back((COATS, 3))]))

    assert [parts[0][2] for parts in found.values()] == [3_333, 3_334, 3_333]


def test_goods_told_as_fulfilment_and_as_granted_refund_count_once():
    found = state(fulfillments=[came_back((COATS, 1))], grantedRefunds=[granted((COATS, 2))])

    assert list(shape(found)) == [f"{COATS}:1", f"{COATS}:2"]
    assert shape(state(grantedRefunds=[granted((COATS, 2), status="NONE")])) == {}


def test_more_than_was_ordered_never_comes_back():
    assert len(shape(state(fulfillments=[came_back((COATS, 9)), came_back((COATS, 1))]))) == 2


def test_of_very_many_units_the_rest_is_removed_and_none_is_lost(monkeypatch):
    monkeypatch.setattr(refunds, "MOST_UNITS", 2)
    lines = [line(quantity=5, totalPrice=taxed(100, 120))]

    found = state(lines=lines, fulfillments=[came_back((COATS, 2)), came_back((COATS, 2))])

    assert (len(found.returns), found.removed) == (2, {COATS: 2})


def test_money_that_goods_explain_is_told_by_them_alone():
    found = state(fulfillments=[came_back((SCARF, 1))], **paid_by(money(48)))

    assert list(shape(found)) == [f"{SCARF}:1"]


def test_money_without_goods_is_less_its_tax_under_its_own_id():
    found = state(**paid_by(money(6)))

    assert list(shape(found).values()) == [[("", 0, 500)]]
    assert found.returns[0].external_id == "VHJhbnNhY3Rpb25FdmVudDo1:600"
    assert found.order.remarks == (remarks.AMOUNT_ONLY,)
    assert state(**paid_by(money(60))).order.remarks == (remarks.UNCLEAR_RETURN,)


def test_money_beyond_goods_and_a_second_refund_are_each_their_own():
    found = state(fulfillments=[came_back((SCARF, 1))],
                  **paid_by(money(12, "B", day=22), money(54, "A", day=21)))  # fmt: skip

    loose = {key: parts for key, parts in shape(found).items() if ":" in key and parts[0][1] == 0}
    assert loose == {"A:600": [("", 0, 500)], "B:1200": [("", 0, 1_000)]}


def test_a_refund_that_failed_and_a_charge_give_nothing_back():
    reversed_one = state(**paid_by(money(48), money(48, "B", "REFUND_REVERSE", day=22)))

    assert shape(reversed_one) == {}
    assert shape(state(**paid_by(money(48, kind="CHARGE_SUCCESS")))) == {}


def test_older_payments_tell_their_refunds_too():
    event = {"id": "UGF5bWVudDo5", "kind": "REFUND", "isSuccess": True,
             "created": "2026-03-21T09:00:00+00:00", "amount": amount("6.000")}  # fmt: skip

    assert list(shape(state(payments=[{"transactions": [event]}]))) == ["UGF5bWVudDo5:600"]
    event["isSuccess"] = False
    assert shape(state(payments=[{"transactions": [event]}])) == {}


def test_the_money_of_a_cancelled_order_is_told_by_its_cancellation():
    found = state(status="CANCELED", **paid_by(money(270)))

    assert (shape(found), found.order.cancelled_at is not None) == ({}, True)
