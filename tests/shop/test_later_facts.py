"""What a shop says after the order: refunds of money, deliveries, exchanges, corrected costs."""

import json
from dataclasses import replace

import pytest

from core.errors import DomainError
from shop.connectors import generic
from shop.domain.canonical import CanonicalReturnLine
from shop.models import CostSource, OrderLine, ReturnLine
from shop.queries import corrected_costs, stored_sums
from shop.services import cost_corrections, orders, returns
from tests.builders import NOW, make_shop
from tests.shop.test_orders import PLACED, a_return, an_order

pytestmark = pytest.mark.django_db

AT = "2026-06-05T12:00:00+02:00"


def return_body(**line):
    return {
        "schema": "apport.return.v1",
        "id": "R",
        "order_id": "A",
        "returned_at": AT,
        "lines": [{"id": "1", **line}],
    }


def read(body):
    return generic.read(json.dumps(body).encode())


@pytest.mark.parametrize(
    ("line", "quantity", "line_id"),
    [
        ({"amount_only": True, "net_minor": 500}, 0, ""),
        ({"amount_only": True, "net_minor": 500, "line_id": "1"}, 0, "1"),
        ({"amount_only": True, "net_minor": 500, "quantity": 0, "sku": "S1"}, 0, ""),
        ({"quantity": 1, "net_minor": 500, "line_id": "1"}, 1, "1"),
        ({"quantity": 1, "net_minor": 0, "sku": "S1", "amount_only": False}, 1, ""),
    ],
)
def test_a_return_is_of_goods_or_of_money(line, quantity, line_id):
    [found] = generic.shop_return(read(return_body(**line))).lines

    assert (found.quantity, found.line_external_id) == (quantity, line_id)


@pytest.mark.parametrize(
    "line",
    [
        {"amount_only": True, "net_minor": 0},
        {"amount_only": True, "net_minor": 500, "quantity": 1},
        {"quantity": 0, "net_minor": 500, "line_id": "1"},
        {"net_minor": 500, "line_id": "1"},
        {"quantity": 1, "net_minor": 500},
    ],
)
def test_what_is_neither_is_refused(line):
    with pytest.raises(generic.UnreadableBody):
        read(return_body(**line))


def test_an_order_follows_one_other_and_says_when_it_was_delivered():
    body = {
        "schema": "apport.order.v1",
        "id": "B",
        "placed_at": AT,
        "updated_at": AT,
        "currency": "EUR",
        "delivered_at": AT,
        "lines": [{"id": "1", "quantity": 1, "net_minor": 1}],
    }
    for name in ("exchange_of", "adds_to"):
        order = generic.order(read({**body, name: "A"}), shop_code="atelier")
        assert (order.follows_external_id, order.delivered_at) == ("A", order.placed_at)
    with pytest.raises(DomainError, match="not both"):
        generic.order(read({**body, "exchange_of": "A", "adds_to": "A"}), shop_code="atelier")


def test_money_for_an_order_has_its_place_and_takes_no_goods():
    shop = make_shop()
    orders.record(shop_id=shop.pk, orders=[an_order()], now=NOW)
    lines = tuple(
        CanonicalReturnLine(external_id=str(number), line_external_id=line, sku="", quantity=0,
                            net_minor=700)
        for number, line in enumerate(("", "2", "unknown"))
    )  # fmt: skip
    said = replace(a_return(), lines=lines)

    for _ in range(2):
        report = returns.record(shop_id=shop.pk, returns=[said], now=NOW)
        assert not report.conflicts
    assert report.unchanged == 1

    found = dict(ReturnLine.objects.values_list("external_id", "line__external_id"))
    assert found == {"0": None, "1": "2", "2": None}
    stored = stored_sums(shop.pk, order_ids=[], return_ids=["R"])
    assert stored.sums == {"returns_matched": -2_100}
    cancelled = replace(an_order(), cancelled_at=PLACED, updated_at=PLACED)
    orders.record(shop_id=shop.pk, orders=[cancelled], now=NOW)
    back = ReturnLine.objects.filter(shop_return__reason="cancellation")
    assert sorted(back.values_list("quantity", flat=True)) == [2, 5]


def test_money_that_comes_before_its_order_is_adopted():
    shop = make_shop()
    line = CanonicalReturnLine(external_id="1", line_external_id="2", sku="", quantity=0,
                               net_minor=700)  # fmt: skip
    returns.record(shop_id=shop.pk, returns=[replace(a_return(), lines=(line,))], now=NOW)

    orders.record(shop_id=shop.pk, orders=[an_order()], now=NOW)

    assert ReturnLine.objects.get().line.external_id == "2"


def cost_body(**fields):
    return {
        "schema": "apport.cost.v1",
        "id": "C1",
        "order_id": "A",
        "corrected_at": AT,
        "lines": [{"line_id": "1", "unit_cost_minor": 900}],
        **fields,
    }


def correct(shop, **fields):
    said = generic.cost(read(cost_body(**fields)))
    return cost_corrections.record(shop_id=shop.pk, costs=[said], now=NOW)


def test_a_correction_stands_beside_the_frozen_cost_and_fills_a_missing_one():
    shop = make_shop()
    order = an_order()
    known = replace(order.lines[0], unit_cost_minor=800)
    orders.record(shop_id=shop.pk, orders=[replace(order, lines=(known, order.lines[1]))], now=NOW)
    both = [{"line_id": "1", "unit_cost_minor": 900}, {"line_id": "2", "unit_cost_minor": 70}]

    assert correct(shop, lines=both).created == 1
    later = correct(shop, id="C0", corrected_at="2026-06-04T12:00:00+02:00")
    assert later.created == 1

    frozen, filled = OrderLine.objects.order_by("external_id")
    assert (frozen.unit_cost_minor, frozen.cost_source) == (800, CostSource.PAYLOAD)
    assert (filled.unit_cost_minor, filled.cost_source) == (70, CostSource.PAYLOAD)
    assert corrected_costs([frozen.pk, filled.pk]) == {frozen.pk: 900, filled.pk: 70}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"order_id": "unknown"}, "send the order first"),
        ({"lines": [{"line_id": "9", "unit_cost_minor": 1}]}, "has no line 9"),
        ({"corrected_at": "2027-06-05T12:00:00+02:00"}, "more than a day ahead"),
        (
            {"lines": [{"line_id": "1", "unit_cost_minor": 1},
                       {"line_id": "1", "unit_cost_minor": 2}]},
            "is there twice",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_corrected_is_refused_with_a_sentence(fields, why):
    shop = make_shop()
    orders.record(shop_id=shop.pk, orders=[an_order()], now=NOW)

    assert why in correct(shop, **fields).conflicts["C1"]
    assert not corrected_costs(OrderLine.objects.values_list("pk", flat=True))
