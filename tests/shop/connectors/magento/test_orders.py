"""What an order of Magento says: MG5 to MG13."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shop.connectors.body import Part
from shop.connectors.contract import Context, UnreadableBody
from shop.connectors.magento import CONNECTOR
from shop.connectors.magento.amounts import disagree, of_item, of_shipping
from shop.connectors.people import person
from shop.domain import remarks
from tests.shop.connectors.magento.bodies import (
    CONTEXT,
    address,
    both,
    item,
    nothing,
    order,
    polled,
    scarf,
    sent,
)


def told(**changes):
    return polled(order(**changes)).order


def lines_of(*items, **changes):
    return told(items=list(items), **changes).lines


def test_lines_are_net_of_discount_and_tax_and_totals_agree():
    said = told()
    coats, scarves, parcel = said.lines

    assert (coats.external_id, coats.kind, coats.sku, coats.quantity) == (
        "21",
        "product",
        "COAT",
        2,
    )
    assert (coats.net_minor, coats.discount_minor, coats.tax_minor) == (18_000, 2_000, 3_600)
    assert (coats.unit_cost_minor, scarves.unit_cost_minor) == (4_150, None)
    assert (scarves.net_minor, scarves.discount_minor, scarves.tax_minor) == (4_000, 0, 800)
    assert (parcel.external_id, parcel.kind, parcel.net_minor, parcel.tax_minor) == (
        "shipping", "shipping", 500, 100)  # fmt: skip
    assert said.remarks == ()
    assert (said.number, said.currency, said.presentment_currency) == ("000000009", "EUR", "")


def test_times_without_an_offset_are_utc():
    said = told()

    assert said.placed_at == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert said.updated_at == datetime(2026, 3, 2, 10, 5, tzinfo=UTC)


def test_the_shops_currency_counts_and_the_customers_is_kept_beside_it():
    line = item(row_total=220, discount_amount="26.4", discount_tax_compensation_amount=4.4)
    said = told(items=[line, scarf()], order_currency_code="USD")

    assert (said.currency, said.presentment_currency) == ("EUR", "USD")
    assert (said.lines[0].net_minor, said.lines[0].presentment_net_minor) == (18_000, 19_800)
    assert told().lines[0].presentment_net_minor is None


def variant(**changes):
    """A configurable coat: the parent has the money, the child the cost."""
    parent = item(31, product_type="configurable", sku="COAT-BLUE-M", base_cost=None)
    child = item(32, parent_item_id=31, sku="COAT-BLUE-M", base_cost=39, **nothing(**changes))
    return parent, child


def test_a_configurable_is_its_parents_money_with_its_childs_sku_and_cost():
    (line, parcel) = lines_of(*variant())

    assert (line.external_id, line.sku, line.quantity) == ("31", "COAT-BLUE-M", 2)
    assert (line.net_minor, line.unit_cost_minor) == (18_000, 3_900)
    assert parcel.kind == "shipping"
    assert lines_of(*variant(row_total=200, base_row_total=200))[0].net_minor == 18_000
    assert len(lines_of(*reversed(variant()))) == 2


def test_a_child_whose_parent_is_not_in_the_body_is_a_line():
    assert lines_of(variant()[1])[0].external_id == "32"


def test_a_bundle_of_one_price_is_the_parent_with_the_costs_of_all_its_parts():
    parts = [item(42, parent_item_id=41, base_cost=10, qty_ordered=2, **nothing()),
             item(43, parent_item_id=41, base_cost=3, qty_ordered=4, **nothing())]  # fmt: skip
    bundle = item(41, product_type="bundle", sku="SET", base_cost=None)
    (line, _parcel) = lines_of(bundle, *parts)

    assert (line.sku, line.net_minor, line.unit_cost_minor) == ("SET", 18_000, 1_600)
    parts[0]["base_cost"] = None
    assert lines_of(bundle, *parts)[0].unit_cost_minor is None


def test_a_bundle_whose_parts_have_prices_is_its_parts():
    bundle = item(41, product_type="bundle", **both(row_total=240, discount_amount=0))
    (coats, scarves, _parcel) = lines_of(
        bundle, item(42, parent_item_id=41), scarf(43, parent_item_id=41)
    )

    assert [coats.external_id, scarves.external_id] == ["42", "43"]
    assert coats.net_minor + scarves.net_minor == 22_000


def test_shipping_has_its_own_discount_and_compensation():
    changes = both(shipping_amount=10, shipping_discount_amount=6,
                   shipping_discount_tax_compensation_amnt=1)  # fmt: skip

    parcel = told(**changes).lines[-1]

    assert (parcel.net_minor, parcel.discount_minor) == (500, 500)
    assert len(told(**both(shipping_amount=0)).lines) == 2


def test_a_document_whose_discount_is_below_zero_agrees_with_items_above_it():
    """An invoice's 60.50 of discount is 12.00 + 48.00 + 0.50."""
    items = [both(row_total=60, discount_amount=12), both(row_total=240, discount_amount=48),
             both(row_total=10, discount_amount="0.5")]  # fmt: skip
    invoice = Part({**both(grand_total="279.5", discount_amount="-60.5", shipping_amount=30),
                    "items": items})  # fmt: skip
    counted = [of_item(Part(one)) for one in items]

    assert sum(one.discount for one in counted) == Decimal("60.5")
    assert [one.net for one in counted] == [48, 192, Decimal("9.5")]
    assert not disagree(invoice, [*counted, of_shipping(invoice)])
    assert disagree(invoice, counted)


@pytest.mark.parametrize("beside", [True, False])
def test_gift_cards_and_credit_that_pay_are_money_not_a_discount(beside):
    paid = {"base_gift_cards_amount": 50, "base_customer_balance_amount": 20}
    changes = {"beside": paid} if beside else paid

    said = told(base_grand_total=200, base_total_paid=200, **changes)

    assert said.remarks == ()
    assert said.lines == told().lines


def test_totals_that_differ_are_remarked():
    assert told(base_grand_total=269).remarks == (remarks.TOTALS_DIFFER,)


def test_gift_wrapping_is_a_fee():
    said = told(beside={"gw_base_price": "4.00", "gw_price": 4, "gw_base_tax_amount": 0.8},
                base_grand_total="274.80", base_tax_amount="45.80")  # fmt: skip

    assert [(line.external_id, line.kind, line.net_minor) for line in said.lines[3:]] == [
        ("gift_wrapping", "fee", 400)
    ]
    assert said.remarks == ()


def test_gift_cards_are_known_by_their_type_or_by_their_sku():
    assert lines_of(item(product_type="giftcard"))[0].kind == "gift_card"
    context = replace(CONTEXT, options={"gift_cards": "CARD, SCARF"})
    assert [line.kind for line in polled(order(), context=context).order.lines] == [
        "product", "gift_card", "shipping"]  # fmt: skip


def test_goods_that_are_weighed_are_one_piece_and_lines_of_nothing_are_left_out():
    (weighed, _parcel) = lines_of(item(qty_ordered=1.5, base_cost=10), scarf(qty_ordered=0))

    assert (weighed.quantity, weighed.net_minor, weighed.unit_cost_minor) == (1, 18_000, 1_500)


@pytest.mark.parametrize(
    ("state", "changes", "awaits"),
    [("new", {"base_total_paid": None}, True), ("pending_payment", {}, True),
     ("payment_review", {}, True), ("holded", {}, True), ("processing", {}, False),
     ("processing", {"base_total_paid": 0}, True), ("processing", {"base_total_paid": 100}, True),
     ("new", {"base_grand_total": 0, "base_total_paid": None}, False),
     ("processing", {"base_total_paid": 222, "base_total_canceled": 48}, False),
     ("complete", {"base_total_paid": 0}, False)],
)  # fmt: skip
def test_what_is_not_paid_waits(state, changes, awaits):
    assert told(state=state, **changes).awaits_payment is awaits


def test_complete_with_something_due_is_remarked():
    assert told(state="complete", base_total_paid=100).remarks == (remarks.OUTSTANDING,)


def test_canceled_is_cancelled_when_it_changed_last():
    said = told(state="canceled", updated_at="2026-03-05 08:00:00")

    assert said.cancelled_at == datetime(2026, 3, 5, 8, tzinfo=UTC)
    assert told(state="closed").cancelled_at is not None
    assert told(state="holded").cancelled_at is None


def test_canceled_units_are_removed_and_the_line_keeps_its_quantity():
    state = polled(order(items=[item(qty_canceled=1), scarf()]))

    assert state.removed == {"21": 1}
    assert (state.order.lines[0].quantity, state.order.lines[0].net_minor) == (2, 18_000)
    assert polled(order(items=[item(qty_canceled=5)])).removed == {"21": 2}


def test_codes_are_coupons_alone():
    assert told().codes == ("SPRING10",)
    assert told(coupon_code="SPRING10, LEA, ,LEA").codes == ("SPRING10", "LEA")
    named = told(coupon_code=None, discount_description="SUMMER20")
    assert (named.codes, named.remarks) == ((), (remarks.MANUAL_CODE,))
    assert told(coupon_code=None, discount_description="Buy two, get one").remarks == ()


@pytest.mark.parametrize(
    "changes",
    [{"ap_ref": "tok_1"}, {"beside": {"ap_ref": "tok_1"}},
     {"beside": {"custom_attributes": [{"attribute_code": "ap_ref", "value": "tok_1"},
                                       {"attribute_code": "gift_note", "value": "secret"}]}}],
)  # fmt: skip
def test_of_attributes_only_our_own_is_read(changes):
    assert told(**changes).click_tokens == ("tok_1",)


def test_people_leave_as_keyed_hashes_alone():
    said = told()
    expected = person(shop_code="maison", customer_id="7", email="claire@example.org",
                      phone="+33612345678", street="3 rue Basse", postcode="44000",
                      country="FR")  # fmt: skip

    assert (said.customer_ref, said.email_key, said.phone_key, said.address_key, said.country) == (
        expected["customer_ref"], expected["email_key"], expected["phone_key"],
        expected["address_key"], "FR")  # fmt: skip
    for secret in ("Claire", "Dubois", "rue Basse", "Nantes", "203.0.113.9", "612345678"):
        assert secret not in repr(said)


def test_a_pick_up_point_has_no_street():
    shipping = {"shipping": {"address": address(), "method": "instore_pickup"}}

    said = told(beside={"shipping_assignments": [shipping]})

    assert (said.address_key, said.country) == ("", "FR")
    assert told(beside={"shipping_assignments": []}).address_key == ""


@pytest.mark.parametrize(
    ("changes", "place"),
    [({"base_currency_code": None}, "base_currency_code"), ({"created_at": "soon"}, "created_at"),
     ({"items": [item(base_row_total="a lot")]}, "items.0.base_row_total"),
     ({"items": [{"sku": "X"}]}, "items.0.item_id"), ({"entity_id": None}, "entity_id"),
     ({"items": "many"}, "items"), ({"items": [item(qty_ordered=-1)]}, "items.0.qty_ordered")],
)  # fmt: skip
def test_a_fault_names_its_place_and_quotes_nothing(changes, place):
    with pytest.raises(UnreadableBody, match=place) as error:
        told(**changes)
    assert "a lot" not in str(error.value)


def test_an_order_without_lines_is_ignored():
    body = sent({"order": order(items=[], **both(shipping_amount=0)), "memos": []})

    assert CONNECTOR.facts("poll.order", body, CONTEXT).ignored
    assert not CONNECTOR.facts("poll.order", body, Context(shop_code="x", currency="EUR")).orders
