"""Orders of Shopify: each trap of its bodies has a rule in docs/rules/connectors/shopify.md."""

from datetime import UTC, datetime

import pytest

from core.hashing import address_digest, address_key, email_digest, email_key
from shop.connectors.contract import UnreadableBody
from shop.connectors.people import customer_ref
from shop.connectors.shopify import CONNECTOR
from shop.domain import remarks
from shop.domain.order_rules import order_refusal, return_refusal
from tests.shop.connectors.shopify.bodies import (
    CONTEXT,
    SAMPLE_ID,
    bag,
    context,
    example,
    line,
    order,
    refund,
    refunded,
    sent,
    shipping,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def state(body, where=CONTEXT, topic="orders/updated"):
    (found,) = CONNECTOR.facts(topic, sent(body), where).orders
    return found


def lines(body, where=CONTEXT):
    return {one.external_id: one for one in state(body, where).order.lines}


def test_the_order_of_the_rules_document():
    found = state(example())

    told = {
        one.external_id: (one.kind, one.quantity, one.net_minor, one.discount_minor, one.tax_minor)
        for one in found.order.lines
    }
    assert told == {
        "71": ("product", 2, 180_00, 24_00, 36_00),
        "72": ("product", 1, 45_00, 6_00, 9_00),
        "73": ("gift_card", 1, 50_00, 0, 0),
        "shipping-81": ("shipping", 1, 5_00, 0, 1_00),
    }
    goods, money = found.returns
    assert [(one.line_external_id, one.quantity, one.net_minor) for one in goods.lines] == [
        ("71", 1, 108_00)
    ]
    assert [(one.line_external_id, one.quantity, one.net_minor) for one in money.lines] == [
        ("", 0, 10_00)
    ]
    assert (goods.external_id, money.external_id) == ("900", "901:money")
    assert found.order.codes == ("ANNA10",)
    assert not found.knows_all_returns
    assert order_refusal(found.order, currency="EUR", now=NOW) == ""
    assert [return_refusal(one, now=NOW) for one in found.returns] == ["", ""]


@pytest.mark.parametrize(
    "topic",
    ["orders/create", "orders/paid", "orders/updated", "orders/cancelled", "orders/fulfilled",
     "orders/partially_fulfilled"],
)  # fmt: skip
def test_every_topic_of_orders_tells_the_same_state(topic):
    assert state(example(), topic=topic) == state(example())


def test_sh1_the_discount_is_in_the_allocations_and_total_discount_says_zero():
    found = lines(order(
        taxes_included=False,
        line_items=[
            line(1, price="199.00", less=("3.34",), tax=("3.98",)),
            line(2, price="199.00", less=("3.33",), tax=("3.98",)),
            line(3, price="199.00", less=("2.00", "1.33"), tax=("3.98",)),
        ],
    ))  # fmt: skip

    assert [found[one].net_minor for one in "123"] == [195_66, 195_67, 195_67]
    assert [found[one].discount_minor for one in "123"] == [3_34, 3_33, 3_33]


@pytest.mark.parametrize("subtotal", ["0.00", "120.00", "597.00", "99999.99"])
def test_sh2_totals_of_the_header_change_nothing(subtotal):
    assert state(order(subtotal_price=subtotal, total_price=subtotal)) == state(order())


def test_sh5_taxes_are_amounts_and_never_computed_from_rates():
    taxed = line(price="199.00", tax=("7.81", "3.26"))
    taxed["tax_lines"][0]["rate"] = 0.06
    untaxed = line(72, price="10.00", tax=())

    excluded = lines(order(taxes_included=False, line_items=[taxed, untaxed]))
    included = lines(order(taxes_included=True, line_items=[taxed, untaxed]))

    assert (excluded["71"].net_minor, excluded["71"].tax_minor) == (199_00, 11_07)
    assert (included["71"].net_minor, included["71"].tax_minor) == (187_93, 11_07)
    assert excluded["72"].net_minor == included["72"].net_minor == 10_00


@pytest.mark.parametrize(
    ("body", "cancelled_at"),
    [
        (order(), None),
        (order(cancelled_at="2026-11-03T08:00:00+01:00"), datetime(2026, 11, 3, 7, tzinfo=UTC)),
        (
            order(
                cancelled_at="2026-11-03T08:00:00-08:00",
                financial_status="partially_refunded",
                current_total_price="598.94",
                line_items=[line(current_quantity=1)],
            ),
            datetime(2026, 11, 3, 16, tzinfo=UTC),
        ),
        (order(financial_status="voided"), datetime(2026, 11, 2, 9, 15, 7, tzinfo=UTC)),
        (order(financial_status="refunded"), None),
    ],
    ids=["not", "plain", "with goods and money left in it", "voided", "refunded"],
)
def test_sh7_a_cancelled_order_is_cancelled_whatever_its_totals_and_quantities_say(
    body, cancelled_at
):
    assert state(body).order.cancelled_at == cancelled_at


@pytest.mark.parametrize(
    ("applications", "codes", "remarked"),
    [
        ([{"type": "manual", "title": "FAKE30"}], (), True),
        ([{"type": "manual", "title": "Geste", "description": "fake30"}], (), True),
        ([{"type": "discount_code", "code": "FAKE30"}], ("FAKE30",), False),
        ([{"type": "discount_code", "code": "fake30"}, {"type": "manual", "title": "FAKE30"}],
         ("FAKE30",), False),
        ([{"type": "automatic", "title": "FAKE30"}], ("FAKE30",), False),
        ([], ("FAKE30",), False),
    ],
)  # fmt: skip
def test_sh8_a_discount_given_by_hand_is_no_code_even_if_it_is_named_like_one(
    applications, codes, remarked
):
    found = state(order(discount_codes=[{"code": "FAKE30"}], discount_applications=applications))

    assert found.order.codes == codes
    assert (remarks.MANUAL_CODE in found.order.remarks) is remarked


def test_sh8_a_code_is_told_once():
    twice = [{"code": "ANNA10"}, {"code": "ANNA10"}, {"code": ""}, {"code": None}]
    assert state(order(discount_codes=twice)).order.codes == ("ANNA10",)


def test_sh12_a_line_typed_by_hand_waits_for_its_cost_and_a_debt_is_remarked():
    typed = line(price="74.99", quantity=3, tax=(), sku=None, variant_id=None, product_id=None)
    found = state(order(line_items=[typed], total_outstanding="131.09"))

    (goods,) = [one for one in found.order.lines if one.kind == "product"]
    assert (goods.sku, goods.net_minor, goods.unit_cost_minor) == ("", 224_97, None)
    assert found.order.remarks == tuple(sorted((remarks.CUSTOM_LINE, remarks.OUTSTANDING)))


@pytest.mark.parametrize("status", ["pending", "partially_paid"])
def test_sh12_what_is_not_said_to_be_paid_has_no_debt_to_remark(status):
    found = state(order(financial_status=status, total_outstanding="131.09"))
    assert remarks.OUTSTANDING not in found.order.remarks


@pytest.mark.parametrize(
    ("status", "waits"),
    [
        ("pending", True), ("authorized", True), ("partially_paid", True), ("expired", True),
        ("paid", False), ("partially_refunded", False), ("refunded", False), ("voided", False),
    ],
)  # fmt: skip
def test_sh25_what_is_not_paid_waits(status, waits):
    assert state(order(financial_status=status)).order.awaits_payment is waits


def test_sh13_a_test_order_is_kept_as_one_and_its_id_passes_through_no_float():
    found = state(order(SAMPLE_ID, test=True, financial_status="paid")).order

    assert found.is_test
    assert found.external_id == "820982911946154508"


def test_sh13_money_tried_out_on_a_real_order_makes_it_no_test():
    paid = {"kind": "refund", "status": "success", "amount": "1.00", "test": True}
    assert not state(order(refunds=[refund(transactions=[paid])])).order.is_test


@pytest.mark.parametrize(
    ("attributes", "tokens"),
    [
        ([], ()),
        ([{"name": "ap_ref", "value": "k3yOfTheVisitor"}], ("k3yOfTheVisitor",)),
        ([{"name": "_ga", "value": "GA1.1.1"}, {"name": "_fbp", "value": "fb.1.9"}], ()),
        ([{"name": "AP_REF", "value": "x"}, {"name": "ap_ref", "value": None}], ()),
    ],
)
def test_sh14_sh15_only_our_own_key_is_read_and_no_address_of_a_page(attributes, tokens):
    found = state(order(
        note_attributes=attributes, landing_site="/?ap_ref=from-the-page",
        referring_site="https://example.com/?ap_ref=from-elsewhere",
    ))  # fmt: skip

    assert found.order.click_tokens == tokens
    assert "GA1" not in repr(found)


def test_sh16_gift_cards_tips_and_wrapping_are_no_merchandise():
    tip = line(74, price="4.00", tax=(), sku=None, variant_id=None, name="Tip")
    wrapping = line(75, price="3.00", tax=("0.50",), sku="WRAP")
    found = state(
        order(
            line_items=[line(), line(73, tax=(), gift_card=True), tip, wrapping],
            total_tip_received="4.00",
        ),
        context(fee_skus="DONATION, WRAP"),
    )

    kinds = {one.external_id: one.kind for one in found.order.lines}
    assert kinds == {"71": "product", "73": "gift_card", "74": "fee", "75": "fee",
                     "shipping-81": "shipping"}  # fmt: skip
    assert remarks.CUSTOM_LINE not in found.order.remarks


def test_sh16_a_line_by_hand_that_is_not_the_tip_stays_merchandise():
    typed = line(74, price="5.00", tax=(), sku=None, variant_id=None)
    assert lines(order(line_items=[typed], total_tip_received="4.00"))["74"].kind == "product"


def test_sh17_money_is_the_shops_and_what_the_customer_saw_stands_beside_it():
    seen = line(
        price_set=bag("120.00", "110.00"),
        tax_lines=[{"price": "20.00", "price_set": bag("20.00", "18.33")}],
        discount_allocations=[{"amount": "12.00", "amount_set": bag("12.00", "11.00")}],
    )
    found = state(order(
        currency="USD", presentment_currency="EUR", line_items=[seen], shipping_lines=[]
    ), context("USD"))  # fmt: skip

    assert (found.order.currency, found.order.presentment_currency) == ("USD", "EUR")
    (goods,) = found.order.lines
    assert (goods.net_minor, goods.presentment_net_minor) == (88_00, 80_67)
    assert state(order()).order.presentment_currency == ""
    assert lines(order())["71"].presentment_net_minor is None


def test_sh18_every_time_is_in_utc_whatever_offset_its_field_has():
    found = state(order(
        created_at="2026-10-25T02:30:00-05:00", processed_at="2026-10-25T02:30:00+01:00",
        updated_at="2026-10-25T02:30:00-08:00",
    )).order  # fmt: skip

    assert found.placed_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert found.updated_at == datetime(2026, 10, 25, 10, 30, tzinfo=UTC)


def test_sh19_what_was_sold_in_a_store_is_credited_by_codes_only():
    token = [{"name": "ap_ref", "value": "k3y"}]
    found = state(order(source_name="pos", note_attributes=token,
                        discount_codes=[{"code": "ANNA10"}])).order  # fmt: skip

    assert (found.store, found.click_tokens, found.codes) == ("pos", (), ("ANNA10",))
    assert found.remarks == (remarks.STORE,)
    assert found.address_key == ""


@pytest.mark.parametrize(
    ("current", "units", "removed"),
    [(3, 0, {}), (2, 0, {"71": 1}), (2, 1, {}), (0, 1, {"71": 2}), (0, 3, {}), (None, 1, {})],
)
def test_sh22_units_that_are_gone_without_a_refund_were_taken_out(current, units, removed):
    refunds = [refund(refund_line_items=[refunded(quantity=units)])] if units else []
    body = order(line_items=[line(quantity=3, current_quantity=current)], refunds=refunds)

    assert state(body).removed == removed


def test_sh22_a_line_that_came_later_and_shipping_that_went_are_both_told():
    found = state(order(
        line_items=[line(), line(79, price="30.00", tax=("5.00",))],
        shipping_lines=[shipping(is_removed=True), shipping("9.00", "1.50", 82)],
    ))  # fmt: skip

    assert [one.external_id for one in found.order.lines] == ["71", "79", "shipping-81",
                                                              "shipping-82"]  # fmt: skip
    assert found.removed == {"shipping-81": 1}


def test_a_line_of_nothing_is_left_out():
    assert list(lines(order(line_items=[line(), line(72, quantity=0)]))) == ["71", "shipping-81"]


@pytest.mark.parametrize(
    ("status", "parcels", "arrived"),
    [
        ("fulfilled", [("success", "delivered", 5)], 5),
        ("fulfilled", [("success", "delivered", 5), ("success", "delivered", 7)], 7),
        ("fulfilled", [("success", "delivered", 5), ("success", "in_transit", 7)], None),
        ("fulfilled", [("cancelled", "", 4), ("success", "delivered", 5)], 5),
        ("partial", [("success", "delivered", 5)], None),
        ("fulfilled", [], None),
        (None, [("failure", "delivered", 5)], None),
    ],
)
def test_sh23_delivered_is_when_the_last_parcel_of_a_whole_order_arrived(status, parcels, arrived):
    told = [
        {"status": one, "shipment_status": step, "updated_at": f"2026-11-0{day}T12:00:00+01:00"}
        for one, step, day in parcels
    ]
    found = state(order(fulfillment_status=status, fulfillments=told)).order.delivered_at
    assert found == (arrived and datetime(2026, 11, arrived, 11, tzinfo=UTC))


def test_people_leave_as_keyed_hashes_only():
    found = state(order()).order

    assert found.customer_ref == customer_ref("maison", "640001")
    assert found.email_key == email_key(email_digest("claire@example.com"))
    assert found.address_key == address_key(address_digest("4 rue des Lilas", "69003", "FR"))
    assert found.phone_key
    assert found.country == "FR"
    for readable in ("claire", "Lilas", "69003", "640001", "12 34 56"):
        assert readable not in repr(state(order()))


@pytest.mark.parametrize(
    "body",
    [
        order(shipping_lines=[shipping(delivery_category="pickup-point")]),
        order(shipping_address=None),
        order(shipping_address={"zip": "69003", "country_code": "FR"}),
    ],
    ids=["pick-up point", "none", "without a street"],
)
def test_a_place_that_many_share_is_nobodys_address(body):
    found = state(body).order
    assert (found.address_key, found.country) == ("", "FR")


def test_half_a_sign_is_no_fault_of_ours():
    found = state(order(name="#\ud800", email="\ud800@example.com",
                        line_items=[line(sku="A\udfff", name="\ud800")])).order  # fmt: skip

    assert (found.number, found.lines[0].sku, found.lines[0].title) == ("#?", "A?", "?")
    assert found.email_key


def test_somebody_unknown_has_no_keys():
    found = state(order(customer=None, email="", phone="", shipping_address=None,
                        billing_address=None)).order  # fmt: skip
    assert (found.customer_ref, found.email_key, found.phone_key, found.country) == ("",) * 4


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"id": None}, "id"),
        ({"currency": None}, "currency"),
        ({"updated_at": "2026-11-02T10:15:07"}, "updated_at"),
        ({"processed_at": None, "created_at": None}, "created_at"),
        ({"line_items": {}}, "line_items"),
        ({"line_items": [7]}, "line_items"),
        ({"line_items": [line(price=None)]}, "line_items.0.price"),
        ({"line_items": [line(), line(quantity=True)]}, "line_items.1.quantity"),
        ({"line_items": [line(price="9999999999", quantity=2**31 - 1)]}, "line_items.0"),
        ({"customer": [1]}, "customer"),
        ({"discount_codes": [{"code": []}]}, "discount_codes.0.code"),
        ({"refunds": [{"id": 1}]}, "refunds.0"),
    ],
)
def test_a_fault_names_its_place_and_quotes_nothing(change, place):
    body = order(note="Confidential-41", **change)
    if place == "refunds.0":
        body["refunds"][0]["refund_line_items"] = [refunded()]
    with pytest.raises(UnreadableBody) as refusal:
        CONNECTOR.facts("orders/create", sent(body), CONTEXT)

    assert place in str(refusal.value)
    assert "Confidential" not in str(refusal.value)


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"null", b"{", b'{"id": "\\u0000"}', b"\xff"])
def test_what_is_no_object_is_refused(body):
    with pytest.raises(UnreadableBody):
        CONNECTOR.facts("orders/create", body, CONTEXT)
