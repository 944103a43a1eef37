"""What an order of WooCommerce says: WC5 to WC11, WC17 to WC19."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shop.connectors.contract import Context, UnreadableBody
from shop.connectors.people import person
from shop.connectors.woocommerce import CONNECTOR
from shop.domain import remarks
from tests.shop.connectors.woocommerce.bodies import (
    CONTEXT,
    address,
    item,
    order,
    polled,
    scarf,
    sent,
    shipping,
    webhook,
)


def told(**changes):
    (state,) = webhook(order(**changes)).orders
    return state.order


def first_line(**changes):
    return told(line_items=[item(**changes)]).lines[0]


def test_lines_are_net_of_discount_and_tax_whatever_the_prices_include():
    said = told()
    coats, scarves, parcel = said.lines

    assert (coats.external_id, coats.kind, coats.sku, coats.quantity) == (
        "11", "product", "COAT-BLUE", 2)  # fmt: skip
    assert (coats.net_minor, coats.discount_minor, coats.tax_minor) == (18_000, 2_000, 3_600)
    assert coats.title == "Coat – Blue"
    assert (scarves.net_minor, scarves.discount_minor, scarves.tax_minor) == (4_000, 0, 800)
    assert (parcel.external_id, parcel.kind, parcel.net_minor, parcel.tax_minor) == (
        "13", "shipping", 500, 100)  # fmt: skip
    assert told(prices_include_tax=False) == said
    assert said.remarks == ()


def test_the_price_of_a_line_and_the_sums_of_the_order_do_not_count():
    assert first_line(price=99999).net_minor == 18_000
    assert told(discount_total="999.00").lines == told().lines


def test_a_currency_without_cents_is_read_as_such():
    coats = item(total="1800", subtotal="2000", total_tax="360")
    line = told(currency="JPY", total="270", total_tax="45", line_items=[coats]).lines[0]

    assert (line.net_minor, line.discount_minor) == (1_800, 200)


@pytest.mark.parametrize("quantity", [0, "0"])
def test_a_line_of_nothing_is_left_out(quantity):
    said = told(line_items=[item(quantity=quantity), scarf()])

    assert [line.external_id for line in said.lines] == ["12", "13"]


def test_goods_that_are_weighed_are_one_piece_with_the_whole_amount():
    line = first_line(quantity=1.5, cost_of_goods_sold={"value": 60})

    assert (line.quantity, line.net_minor, line.unit_cost_minor) == (1, 18_000, 6_000)


@pytest.mark.parametrize(
    ("key", "kind"),
    [("wc_gc_giftcard_amount", "gift_card"), ("_ywgc_amount", "gift_card"),
     ("pw_gift_card_number", "gift_card"), ("gift_message", "product")],
)  # fmt: skip
def test_what_gift_card_plugins_sell_is_a_gift_card(key, kind):
    assert first_line(meta_data=[{"id": 1, "key": key, "value": "50"}]).kind == kind


def test_a_manager_may_name_the_skus_of_gift_cards():
    context = Context(shop_code="maison", currency="EUR", options={"gift_cards": "GIFT, SCARF"})
    (state,) = webhook(order(), context=context).orders

    assert [line.kind for line in state.order.lines] == ["product", "gift_card", "shipping"]


def test_fees_are_fees_and_below_zero_adjustments():
    fees = [{"id": 21, "name": "Wrapping", "total": "3.00", "total_tax": "0.60"},
            {"id": 22, "name": "Goodwill", "total": "-10.00", "total_tax": "-2.00"}]  # fmt: skip
    lines = told(fee_lines=fees, total="261.60", total_tax="43.60").lines[-2:]

    assert [(line.kind, line.net_minor) for line in lines] == [("fee", 300), ("adjustment", -1_000)]


def test_a_discount_by_hand_that_looks_like_a_code_is_no_code_and_is_remarked():
    fee = {"id": 22, "name": "SUMMER10", "total": "-10.00", "total_tax": "-2.00"}
    said = told(fee_lines=[fee], total="258.00", total_tax="43.00")

    assert (said.codes, said.remarks) == ((), (remarks.MANUAL_CODE,))


def test_codes_are_the_coupons_even_if_their_amount_is_nought():
    coupons = [{"id": 1, "code": "anna10", "discount": "0", "discount_tax": "0"},
               {"id": 2, "code": "anna10", "discount": "1"}, {"id": 3, "code": "m&amp;m"},
               {"id": 4, "code": ""}, {"id": 5, "code": "x" * 65}]  # fmt: skip

    assert told(coupon_lines=coupons).codes == ("anna10", "m&m")


def test_of_all_that_plugins_write_only_our_own_reference_is_taken():
    said = told(meta_data=[
        {"id": 1, "key": "_wc_order_attribution_utm_source", "value": "google"},
        {"id": 2, "key": "_fbp", "value": "fb.1.1.2"},
        {"id": 3, "key": "ap_ref", "value": "1f0c-a, 2f0c-b"},
        {"id": 4, "key": "_ap_ref", "value": ["2f0c-b", 7, {"x": 1}, "y" * 65]},
    ])  # fmt: skip

    assert said.click_tokens == ("1f0c-a", "2f0c-b")


def test_times_are_those_in_utc_not_those_of_the_site():
    said = told()

    assert said.placed_at == datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    assert said.updated_at == datetime(2026, 3, 2, 10, 5, tzinfo=UTC)


def test_an_order_that_was_never_changed_changed_when_it_was_placed():
    said = told(date_modified_gmt=None)

    assert said.updated_at == said.placed_at


MODIFIED = datetime(2026, 3, 2, 10, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "paid", "awaits", "cancelled"),
    [
        ("pending", None, True, None),
        ("on-hold", None, True, None),
        ("processing", None, False, None),  # Cash on delivery is paid later.
        ("completed", None, False, None),
        ("wc-completed", None, False, None),
        ("cancelled", None, False, MODIFIED),
        ("failed", None, True, None),
        ("trash", None, False, MODIFIED),
        ("refunded", None, False, MODIFIED),
        ("shipped", None, True, None),  # A plugin's own: the date of payment tells.
        ("shipped", "2026-03-02T10:05:00", False, None),
    ],
)
def test_what_a_status_means(status, paid, awaits, cancelled):
    said = told(status=status, date_paid_gmt=paid)

    assert (said.awaits_payment, said.cancelled_at) == (awaits, cancelled)


@pytest.mark.parametrize("status", ["checkout-draft", "auto-draft", "draft", "new"])
def test_drafts_are_ignored(status):
    facts = webhook(order(status=status, line_items=[], date_created_gmt=None), "order.created")

    assert not facts.orders
    assert "draft" in facts.ignored


def test_an_order_of_nothing_is_ignored():
    facts = webhook(order(line_items=[], shipping_lines=[], total="0.00", total_tax="0.00"))

    assert not facts.orders
    assert facts.ignored


@pytest.mark.parametrize("topic", ["order.created", "order.updated", "order.restored"])
def test_every_topic_tells_the_order_as_it_is_now(topic):
    assert webhook(order(status="completed"), topic) == webhook(order(status="completed"))


def test_a_payment_that_is_tried_again_pays_the_same_order():
    failed, paid = told(status="failed"), told(status="processing")

    assert (failed.awaits_payment, failed.cancelled_at) == (True, None)
    assert (paid.awaits_payment, paid.external_id) == (False, failed.external_id)


def test_a_deleted_order_is_gone_and_a_restored_one_is_told_whole():
    gone = webhook({"id": 500}, "order.deleted")

    assert (gone.gone_orders, gone.orders) == (("500",), ())
    assert told(status="processing").cancelled_at is None


@pytest.mark.parametrize(
    "topic", ["coupon.updated", "customer.created", "order.exploded", "action.woocommerce_x", ""]
)
def test_other_topics_are_ignored_whatever_they_say(topic):
    assert CONNECTOR.facts(topic, b'{"id":1}', CONTEXT).ignored


def test_the_cost_of_a_line_is_of_all_its_units():
    line = first_line(cost_of_goods_sold={"value": 81.01})

    assert line.unit_cost_minor == 4_051


@pytest.mark.parametrize(
    ("changes", "cost"),
    [
        ({}, None),
        ({"cost_of_goods_sold": {"value": 0}}, None),
        ({"cost_of_goods_sold": []}, None),
        ({"meta_data": [{"key": "_wc_cog_item_cost", "value": "30.5"}]}, 3_050),
        ({"meta_data": [{"key": "_alg_wc_cog_item_cost", "value": 30}]}, 3_000),
        ({"meta_data": [{"key": "_wc_cog_item_cost", "value": ""}]}, None),
        ({"cost_of_goods_sold": {"value": 0},
          "meta_data": [{"key": "_wc_cog_item_cost", "value": "30"}]}, 3_000),
    ],
)  # fmt: skip
def test_nought_is_no_cost_and_plugins_count_where_the_feature_says_nothing(changes, cost):
    assert first_line(**changes).unit_cost_minor == cost


def test_a_line_typed_in_by_hand_is_remarked_and_one_without_sku_is_not():
    typed = told(line_items=[item(product_id=0, variation_id=0, sku="")])
    plain = told(line_items=[item(sku=None)])

    assert remarks.CUSTOM_LINE in typed.remarks
    assert remarks.CUSTOM_LINE not in plain.remarks
    assert plain.lines[0].sku == ""


def test_lines_that_do_not_add_up_are_remarked():
    assert told(total="200.00").remarks == (remarks.TOTALS_DIFFER,)


def test_an_order_of_the_till_is_remarked_and_a_test_payment_is_a_test():
    assert told(created_via="pos-rest-api").remarks == (remarks.STORE,)
    assert told(meta_data=[{"key": "_wcpay_mode", "value": "test"}]).is_test
    assert not told(meta_data=[{"key": "_wcpay_mode", "value": "prod"}]).is_test


def test_people_are_keyed_hashes_and_nothing_else_of_them_is_left():
    said = told()
    expected = person(
        shop_code="maison", customer_id="7", email="claire@example.org", phone="+33612345678",
        street="3 rue Basse", postcode="44000", country="FR",
    )  # fmt: skip

    assert {name: getattr(said, name) for name in expected} == expected
    assert all(expected.values())
    plain = repr(said)
    for word in ("Claire", "Dubois", "rue Basse", "612345678", "203.0.113.9", "Mozilla"):
        assert word not in plain


def test_a_guest_has_no_customer_number():
    assert told(customer_id=0).customer_ref == ""


@pytest.mark.parametrize(
    "lines",
    [
        [shipping(method_id="local_pickup")],
        [shipping(method_id="pickup_location")],
        [shipping(method_id="x", method_title="Point relais")],
        [],
    ],
)
def test_a_pick_up_point_gives_no_street(lines):
    said = told(shipping_lines=lines)

    assert said.address_key == ""
    assert said.email_key


def test_without_a_delivery_address_the_billing_address_is_it():
    assert told(shipping={}).address_key == told().address_key
    assert told(shipping=address(address_1="9 rue Haute")).address_key != told().address_key
    assert told(shipping=[], billing=[]).country == ""


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"id": None}, "id"),
        ({"date_created_gmt": None}, "date_created_gmt"),
        ({"date_modified_gmt": "yesterday at Dubois"}, "date_modified_gmt"),
        ({"currency": "euro"}, "currency"),
        ({"line_items": {"0": 1}}, "line_items"),
        ({"line_items": [item(total="a lot")]}, "line_items.0.total"),
        ({"line_items": [item(quantity="Dubois")]}, "line_items.0.quantity"),
        ({"line_items": [item(quantity=10**10)]}, "line_items.0.quantity"),
        ({"billing": "Claire Dubois"}, "billing"),
        ({"number": ["Dubois"]}, "number"),
        ({"total": None}, "total"),
    ],
)
def test_what_cannot_be_read_is_named_and_not_quoted(changes, place):
    with pytest.raises(UnreadableBody, match=f"^At {place}: ") as refusal:
        webhook(order(**changes))
    assert "Dubois" not in str(refusal.value)


def test_an_error_of_wordpress_in_place_of_an_order_says_so():
    error = {"code": "woocommerce_rest_cannot_view", "message": "Sorry", "data": {"status": 401}}

    with pytest.raises(UnreadableBody, match="owns the webhook"):
        webhook(error)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"null", b'{"id":"\\u0000"}'])
def test_a_body_that_is_no_object_is_refused(body):
    with pytest.raises(UnreadableBody):
        CONNECTOR.facts("order.updated", body, CONTEXT)


def test_a_body_under_an_unreadable_topic_says_what_is_wrong():
    with pytest.raises(UnreadableBody, match="not JSON"):
        CONNECTOR.facts("unreadable", b"<html>", CONTEXT)
    with pytest.raises(UnreadableBody, match="topic"):
        CONNECTOR.facts("unreadable", sent(order()), CONTEXT)


def test_the_poller_and_a_webhook_tell_the_same_order():
    assert polled(order()) == webhook(order()).orders[0]


def test_lists_of_the_api_are_read_entry_by_entry():
    told = CONNECTOR.facts("order.updated", sent([order(id=5), order(id=6)]), CONTEXT)
    assert [state.order.external_id for state in told.orders] == ["5", "6"]

    up = {"_links": {"up": [{"href": "https://shop.example/wp-json/wc/v3/orders/723"}]}}
    refunds = CONNECTOR.facts("order.updated", sent([{"id": 726, "amount": "1.00", **up}]), CONTEXT)
    assert refunds.wanted_orders == ("723",)

    for nothing in ([], [{}], [{"_links": {"up": [{"href": "https://shop.example/x"}]}}], [1]):
        with pytest.raises(UnreadableBody):
            CONNECTOR.facts("order.updated", sent(nothing), CONTEXT)
