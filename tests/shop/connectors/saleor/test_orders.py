"""What an order of Saleor says: SA5 to SA11."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shop.connectors.contract import UnreadableBody
from shop.connectors.people import person
from shop.connectors.saleor import CONNECTOR
from shop.domain import remarks
from tests.shop.connectors.saleor.bodies import (
    COATS,
    CONTEXT,
    ORDER_ID,
    SCARF,
    amount,
    line,
    money,
    old_line,
    old_order,
    order,
    paid_by,
    scarf,
    sent,
    taxed,
    told,
)


def said(**changes):
    return told(order(**changes)).order


def test_lines_are_net_of_discount_and_tax_and_totals_agree():
    found = said()
    coats, scarves, parcel = found.lines

    assert (coats.external_id, coats.kind, coats.sku, coats.quantity, coats.title) == (
        COATS, "product", "COAT-BLUE-M", 2, "Coat Blue / M")  # fmt: skip
    assert (coats.net_minor, coats.discount_minor, coats.tax_minor) == (18_000, 2_000, 3_600)
    assert (scarves.external_id, scarves.net_minor, scarves.tax_minor) == (SCARF, 4_000, 800)
    assert (parcel.kind, parcel.net_minor, parcel.tax_minor) == ("shipping", 500, 100)
    assert {one.unit_cost_minor for one in found.lines} == {None}
    assert (found.external_id, found.number, found.currency) == (ORDER_ID, "1001", "EUR")
    assert (found.remarks, found.awaits_payment, found.cancelled_at) == ((), False, None)
    assert found.updated_at == datetime(2026, 3, 2, 10, 5, tzinfo=UTC)


def test_lines_that_do_not_add_up_are_remarked():
    assert said(lines=[scarf()]).remarks == (remarks.TOTALS_DIFFER,)


def test_amounts_are_quantised_texts_of_their_currency():
    context = replace(CONTEXT, currency="JPY")
    yen = order(lines=[line(totalPrice=taxed("180.0", "216.0", "JPY"))],
                shippingPrice=taxed("5", "6", "JPY"),
                total=taxed("185.000", "222.0", "JPY"))  # fmt: skip

    found = told(yen, context=context).order

    assert [one.net_minor for one in found.lines] == [180, 5]
    assert (found.currency, found.remarks) == ("JPY", ())


@pytest.mark.parametrize(
    ("changes", "awaits"),
    [({}, False), ({"chargeStatus": "OVERCHARGED"}, False),
     ({"chargeStatus": "NONE", "totalCharged": amount(0)}, True),
     ({"chargeStatus": "PARTIAL", "totalCharged": amount(100)}, True),
     ({"chargeStatus": "PARTIAL", "totalCharged": amount(222), **paid_by(money(48))}, False),
     ({"status": "UNCONFIRMED"}, True), ({"chargeStatus": None, "totalCharged": None}, False),
     ({"chargeStatus": None, "totalCharged": None, "isPaid": False}, True),
     ({"status": "CANCELED", "chargeStatus": "NONE", "totalCharged": amount(0)}, False)],
)  # fmt: skip
def test_what_is_not_paid_waits_and_what_was_given_back_was_paid(changes, awaits):
    assert said(**changes).awaits_payment is awaits


@pytest.mark.parametrize("status", ["CANCELED", "EXPIRED"])
def test_canceled_and_expired_are_cancelled(status):
    assert said(status=status).cancelled_at == datetime(2026, 3, 2, 10, 5, tzinfo=UTC)


def test_drafts_other_channels_and_orders_of_nothing_are_ignored():
    others = [order(status="DRAFT"), order(channel={"slug": "uk"}),
              order(lines=[], shippingPrice=taxed(0, 0))]  # fmt: skip

    for other in others:
        facts = CONNECTOR.facts("order_updated", sent({"order": other}), CONTEXT)
        assert facts.ignored
        assert facts.orders == ()
    everywhere = replace(CONTEXT, options={})
    assert told(order(channel={"slug": "uk"}), context=everywhere).order.external_id == ORDER_ID


def test_codes_are_vouchers_alone():
    assert said(lines=[line(voucherCode="LEA"), scarf()]).codes == ("SPRING10", "LEA")
    by_hand = {"type": "MANUAL", "name": None, "reason": "SUMMER20"}
    found = said(voucherCode=None, discounts=[by_hand])
    assert (found.codes, found.remarks) == ((), (remarks.MANUAL_CODE,))
    assert said(discounts=[{**by_hand, "reason": "SPRING10"}]).remarks == ()
    assert said(discounts=[{**by_hand, "reason": "a scratch"}]).remarks == ()


def test_gift_cards_are_known_by_their_type_or_by_their_sku():
    card = line(variant={"product": {"productType": {"kind": "GIFT_CARD"}}})

    assert said(lines=[card, scarf()]).lines[0].kind == "gift_card"
    context = replace(CONTEXT, options={"gift_cards": "SCARF"})
    assert told(order(), context=context).order.lines[1].kind == "gift_card"


def test_a_deleted_variant_leaves_its_line_and_a_missing_sku_stays_empty():
    found = said(lines=[line(variant=None), scarf(productSku=None)])

    assert [one.sku for one in found.lines] == ["COAT-BLUE-M", "", ""]


def test_an_order_that_replaces_goods_follows_the_one_they_came_from():
    assert said(origin="REISSUE", original="T3JkZXI6MA==").follows_external_id == "T3JkZXI6MA=="
    assert said(origin="CHECKOUT", original="T3JkZXI6MA==").follows_external_id == ""


def test_people_leave_as_keyed_hashes_and_of_metadata_only_our_own_is_read():
    found = said()
    expected = person(shop_code="maison", customer_id="VXNlcjo3", email="claire@example.org",
                      phone="+33612345678", street="3 rue Basse", postcode="44000",
                      country="FR")  # fmt: skip

    assert (found.customer_ref, found.email_key, found.phone_key, found.address_key) == (
        expected["customer_ref"], expected["email_key"], expected["phone_key"],
        expected["address_key"])  # fmt: skip
    assert (found.click_tokens, found.country) == (("tok_1",), "FR")
    for secret in ("Claire", "rue Basse", "secret", "612345678"):
        assert secret not in repr(found)


@pytest.mark.parametrize(
    "changes", [{"collectionPointName": "Nantes"}, {"shippingMethodName": "Point relais"}]
)
def test_a_pick_up_point_has_no_street(changes):
    assert said(**changes).address_key == ""


def old(body, topic="order_created"):
    return CONNECTOR.facts(topic, sent(body), CONTEXT)


@pytest.mark.parametrize(
    ("topic", "body"),
    [("order_created", [old_order()]), ("order_created", old_order()),
     ("notify_user", {"notify_event": "order_confirmation", "payload": {"order": old_order()}})],
)  # fmt: skip
def test_the_older_shapes_tell_lines_and_ask_the_api_for_the_rest(topic, body):
    facts = old(body, topic)
    (state,) = facts.orders
    coats, parcel = state.order.lines

    assert facts.wanted_orders == (ORDER_ID,)
    assert (coats.net_minor, coats.discount_minor, coats.tax_minor) == (18_000, 2_000, 3_600)
    assert parcel.net_minor == 500
    assert (state.order.remarks, state.order.awaits_payment) == ((), True)
    assert (state.knows_all_returns, state.returns) == (False, ())
    assert (state.order.click_tokens, state.order.country) == (("tok_1",), "FR")


def test_older_bodies_whose_lines_do_not_add_up_are_remarked():
    (state,) = old([old_order(total_net_amount="325.00")]).orders

    assert state.order.remarks == (remarks.TOTALS_DIFFER,)


def test_the_webhooks_own_names_of_older_amounts_are_read_too():
    line_of_webhook = old_line(
        total_price_net_amount="180.00", total_price_gross_amount="216.00",
        undiscounted_total_price_net_amount="210.00",
        undiscounted_total_price_gross_amount="252.00", total_net_amount=None,
    )  # fmt: skip

    (state,) = old([old_order(lines=[line_of_webhook])]).orders

    assert (state.order.lines[0].net_minor, state.order.lines[0].discount_minor) == (18_000, 3_000)


def test_a_notification_of_something_else_is_ignored():
    body = {"notify_event": "account_confirmation", "payload": {"user": {"email": "a@b.example"}}}

    assert old(body, "notify_user").ignored


@pytest.mark.parametrize(
    ("changes", "place"),
    [({"id": None}, "order.id"), ({"created": None}, "order.created"),
     ({"total": None}, "order.total.gross.currency"),
     ({"lines": [line(totalPrice=None)]}, "order.lines.0.totalPrice.net.amount"),
     ({"lines": [line(quantity=1.5)]}, "order.lines.0.quantity"), ({"lines": {}}, "order.lines")],
)  # fmt: skip
def test_a_fault_names_its_place(changes, place):
    with pytest.raises(UnreadableBody, match=place):
        said(**changes)
