"""Asking Shopify: pages, limits, faults, and the same order whoever tells it (SH30 to SH33)."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shop.connectors.api import ShopHasNot, ShopRefused, ShopUnreachable
from shop.connectors.contract import Subscription
from shop.connectors.shopify import CONNECTOR
from shop.connectors.shopify.poller import TOPICS
from tests.doubles.shops.shopify import CLIENT, FakeShopify
from tests.shop.connectors.shopify.bodies import (
    CONTEXT,
    adjustment,
    bag,
    context,
    example,
    line,
    order,
    paid_back,
    refund,
    refunded,
    shipping,
)
from tests.shop.connectors.shopify.test_orders import state
from tests.shop.connectors.shopify.test_products import node as variant

SINCE, UNTIL = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 10, tzinfo=UTC)
HOOK = "https://apport.example.com/webhooks/maison/"


@pytest.fixture
def shop(settings):
    settings.SHOP_API_NETWORKS = ["127.0.0.0/8"]
    with FakeShopify() as running:
        yield running


@pytest.fixture
def waits():
    return []


def poller_of(shop, waits=None, where=CONTEXT, **credentials):
    found = CONNECTOR.poller(shop.address, credentials or {"access_token": shop.token}, where)
    found.admin.api.sleep = (waits if waits is not None else []).append
    return found


@pytest.fixture
def poller(shop, waits):
    return poller_of(shop, waits)


def every(poller, since=SINCE, until=UNTIL):
    """Return all pages of orders."""
    pages, cursor = [], ""
    while True:
        page = poller.orders(since=since, until=until, cursor=cursor)
        pages.append(page)
        cursor = page.cursor
        if not cursor:
            return pages


def many(count, **more):
    return [
        order(6000 + number, updated_at=f"2026-11-02T10:{number:02}:00+01:00", **more)
        for number in range(count)
    ]


def polled(record, where=CONTEXT):
    (found,) = CONNECTOR.facts(record.topic, record.body, where).orders
    return found


STATES = {
    "the example": example(),
    "without taxes": order(taxes_included=False, shipping_address=None, customer=None),
    "cancelled": order(cancelled_at="2026-11-03T08:00:00-08:00", financial_status="refunded",
                       cancel_reason="customer", phone="+33612345678"),
    "pending test": order(test=True, financial_status="pending", total_outstanding="126.00"),
    "store": order(source_name="pos", shipping_lines=[]),
    "edited": order(line_items=[line(quantity=3, current_quantity=1), line(72, tax=("9.99",))],
                    shipping_lines=[shipping(is_removed=True), shipping(line_id=82)]),
    "typed by hand": order(
        line_items=[line(sku=None, variant_id=None),
                    line(74, price="4.00", tax=(), sku=None, variant_id=None)],
        total_tip_received="4.00", total_outstanding="3.00"),
    "codes": order(discount_codes=[{"code": "ANNA10"}, {"code": "FAKE30"}],
                   discount_applications=[{"type": "discount_code", "code": "ANNA10"},
                                          {"type": "manual", "title": "FAKE30"},
                                          {"type": "automatic", "title": "Soldes"}],
                   note_attributes=[{"name": "ap_ref", "value": "k3y"},
                                    {"name": "_ga", "value": "GA1"}]),
    "refunds": order(line_items=[line(quantity=3, current_quantity=0, tax=("60.00",))], refunds=[
        refund(refund_line_items=[refunded(restock_type="cancel", subtotal=Decimal("119.99"))]),
        refund(901, refund_line_items=[refunded(restock_type="no_restock", subtotal=Decimal(0))],
               transactions=[paid_back("41.94")]),
        refund(902, order_adjustments=[adjustment("-12.00")],
               refund_shipping_lines=[{"id": 5, "shipping_line": {"id": 81},
                                       "subtotal_amount_set": bag("5.00")}])]),
    "delivered": order(fulfillment_status="fulfilled", fulfillments=[
        {"status": "success", "shipment_status": "delivered",
         "updated_at": "2026-11-05T12:00:00+01:00"}]),
}  # fmt: skip


@pytest.mark.parametrize("body", STATES.values(), ids=STATES.keys())
def test_sh30_the_api_and_the_webhook_tell_the_same_state(shop, poller, body):
    shop.put(body)

    (page,) = every(poller)
    (record,) = page.records
    assert polled(record) == state(body)
    assert polled(poller.order("5001")) == state(body)
    assert (record.subject, record.version) == ("5001", "2026-11-02T09:15:07Z")


def test_sh30_in_another_currency_too(shop, poller):
    where = context("USD")
    seen = line(price_set=bag("120.00", "110.00", "USD"), tax_lines=[
        {"price": "20.00", "price_set": bag("20.00", "18.33", "USD")}])  # fmt: skip
    body = order(currency="USD", presentment_currency="EUR", line_items=[seen])
    shop.put(body)

    assert polled(poller.order("5001"), where) == state(body, where)


def test_orders_come_page_by_page_the_oldest_change_first_and_none_is_missed(shop, poller):
    shop.put(*reversed(many(12)))

    pages = every(poller)
    assert [len(page.records) for page in pages] == [5, 5, 2]
    subjects = [record.subject for page in pages for record in page.records]
    assert subjects == [str(6000 + number) for number in range(12)]


def test_only_changes_of_the_half_open_period_come(shop, poller):
    times = ["2026-10-31T23:59:59+00:00", "2026-11-01T01:00:00+01:00", "2026-11-09T23:59:59+00:00",
             "2026-11-10T00:00:00+00:00"]  # fmt: skip
    shop.put(*(order(7000 + number, updated_at=at) for number, at in enumerate(times)))

    (page,) = every(poller)
    assert [record.subject for record in page.records] == ["7001", "7002"]


def test_an_order_that_changes_while_pages_are_read_is_read_as_it_is_then(shop, poller):
    shop.put(*many(7))
    first = poller.orders(since=SINCE, until=UNTIL)
    shop.put(order(6001, updated_at="2026-11-02T11:00:00+01:00", refunds=[refund()]))

    second = poller.orders(since=SINCE, until=UNTIL, cursor=first.cursor)
    assert [record.subject for record in second.records] == ["6005", "6006", "6001"]


def test_a_page_that_dies_in_the_middle_is_asked_for_again_and_is_the_same(shop, poller):
    shop.put(*many(7))
    first = poller.orders(since=SINCE, until=UNTIL)
    shop.break_off("/admin/api", times=2)

    again = poller.orders(since=SINCE, until=UNTIL, cursor=first.cursor)
    assert again == poller.orders(since=SINCE, until=UNTIL, cursor=first.cursor)
    assert [record.subject for record in again.records] == ["6005", "6006"]


def test_what_fits_in_no_page_of_an_order_is_asked_for_until_it_is_whole(shop, poller):
    lines = [line(1000 + number, price="10.00", tax=("1.67",)) for number in range(130)]
    backs = [refund(900 + number, refund_line_items=[refunded(1000 + number)])
             for number in range(7)]  # fmt: skip
    backs[6]["refund_line_items"] = [refunded(1010 + number) for number in range(115)]
    body = order(line_items=lines, refunds=backs)
    shop.put(body)

    (page,) = every(poller)
    assert polled(page.records[0]) == state(body)
    assert len(state(body).order.lines) == 131
    assert shop.operations() == ["orders", "order", "orderLines", "orderLines", "orderLines",
                                 "orderRefunds", "refund", "refund", "refundLines",
                                 "refundLines"]  # fmt: skip


@pytest.mark.parametrize(
    "more",
    [
        {"line_items": [line(100 + number) for number in range(6)]},
        {"shipping_lines": [shipping(line_id=81 + number) for number in range(3)]},
        {"refunds": [refund(900), refund(901, refund_line_items=[refunded()])]},
        {"refunds": [refund(refund_line_items=[refunded(71 + number) for number in range(4)])]},
        {"refunds": [refund(order_adjustments=[adjustment("-1.00")] * 3)]},
        {"fulfillment_status": "fulfilled", "fulfillments": [
            {"status": "success", "shipment_status": step, "updated_at": "2026-11-05T12:00:00Z"}
            for step in ("delivered", "delivered", "delivered", "in_transit")]},
        {"discount_codes": [{"code": "FAKE30"}], "discount_applications": [
            *[{"type": "automatic", "title": "Soldes"}] * 5,
            {"type": "manual", "title": "FAKE30"}]},
    ],
    ids=["lines", "shipping", "refunds", "goods", "adjustments", "parcels", "discounts"],
)  # fmt: skip
def test_an_order_too_big_for_a_page_is_asked_for_alone(shop, poller, more):
    body = order(**more)
    shop.put(body)

    (page,) = every(poller)
    assert polled(page.records[0]) == state(body)
    assert shop.operations() == ["orders", "order"]
    assert page.records[0] == poller.order("5001")


def test_small_orders_cost_one_question_a_page(shop, poller):
    shop.put(*many(5))
    every(poller)
    assert shop.operations() == ["orders"]


def test_a_record_has_nobody_elses_attributes_and_is_the_same_each_time(shop, poller):
    shop.put(STATES["codes"])

    record = poller.order("5001")
    assert b"GA1" not in record.body
    assert b"ap_ref" in record.body
    assert b"pageInfo" not in record.body
    assert poller.order("5001") == record


def test_an_unknown_order_is_told_as_unknown(poller):
    with pytest.raises(ShopHasNot):
        poller.order("1")


def test_variants_come_with_costs_page_by_page(shop, poller):
    shop.variants = [
        variant(legacyResourceId=str(9000 + number), sku=f"S-{number}") for number in range(53)
    ]
    shop.variants[50]["updatedAt"] = "2026-11-05T00:00:00Z"

    first = poller.products()
    rest = poller.products(cursor=first.cursor)
    assert (len(first.records), len(rest.records), rest.cursor) == (50, 3, "")
    (found,) = CONNECTOR.facts("poll.product", first.records[0].body, CONTEXT).products
    assert (found.sku, found.unit_cost_minor) == ("S-0", 41_50)
    (changed,) = poller.products(since=datetime(2026, 11, 3, tzinfo=UTC)).records
    assert changed.subject == "9050"


def test_sh31_too_dear_a_question_is_asked_again_when_it_can_be_paid(shop, poller, waits):
    shop.throttle(2, available=100)
    shop.throttle(1, available=690)

    assert poller.greet() == "Maison Aurore"
    assert waits == [6.0, 6.0, 1.0]


def test_sh31_patience_has_an_end(shop, poller, waits):
    shop.throttle(9, available=-999_999)

    with pytest.raises(ShopUnreachable, match="patience"):
        poller.greet()
    assert waits == [60.0] * 5


def test_sh31_a_limit_without_figures_is_waited_for_too(shop, poller, waits):
    shop.throttle(1)
    del shop._throttled[0]["extensions"]

    assert poller.greet() == "Maison Aurore"
    assert waits == [2.0]


def test_a_limit_of_requests_and_a_fault_are_waited_for(shop, poller, waits):
    shop.fail("/admin/api", 429, retry_after="3")
    shop.fail("/admin/api", 502)

    assert poller.greet() == "Maison Aurore"
    assert waits == [3.0, 2.0]


def test_sh32_a_wrong_token_is_refused_at_once(shop):
    with pytest.raises(ShopRefused, match="credentials"):
        poller_of(shop, access_token="shpat_wrong").greet()
    assert len(shop.asked) == 1


def test_sh32_a_client_gets_a_token_once_and_asks_with_it(shop):
    poller = poller_of(shop, **CLIENT)
    poller.greet()
    poller.greet()

    assert [one.path for one in shop.asked].count("/admin/oauth/access_token") == 1
    assert "secret-of-the-app" not in str([one.headers for one in shop.asked])


def test_sh32_a_wrong_client_is_told_what_to_check(shop):
    with pytest.raises(ShopUnreachable, match="client ID"):
        poller_of(shop, client_id="client-of-the-app", client_secret="wrong").greet()


@pytest.mark.parametrize(
    ("code", "refusal"), [("ACCESS_DENIED", ShopRefused), ("undefinedField", ShopUnreachable)]
)
def test_what_the_app_may_not_ask_is_not_asked_again(shop, poller, code, refusal):
    shop.errors = [{"message": "Access denied for unitCost", "extensions": {"code": code}}]

    with pytest.raises(refusal, match="unitCost"):
        poller.products()
    assert len(shop.asked) == 1


@pytest.mark.parametrize("said", [b"[]", b'{"data": null}', b'{"data": {"orders": []}}', b"{}"])
def test_an_answer_of_an_unknown_form_is_no_empty_page(shop, poller, said):
    shop.answer = lambda _asked: type("R", (), {
        "status": 200, "headers": {}, "bytes": lambda _self: said})()  # fmt: skip

    with pytest.raises(ShopUnreachable):
        poller.orders(since=SINCE, until=UNTIL)


def test_another_version_of_the_api_is_a_choice(shop):
    shop.version = "2027-01"

    with pytest.raises(ShopHasNot):
        poller_of(shop).greet()
    assert poller_of(shop, where=context(api_version="2027-01")).greet() == "Maison Aurore"


@pytest.mark.parametrize(
    ("address", "credentials"),
    [("https://a.myshopify.com", {}), ("", {"access_token": "x"}),
     ("https://a.myshopify.com", {"client_id": "only"}),
     ("https://a.myshopify.com", {"access_token": "  "})],
)  # fmt: skip
def test_without_credentials_nobody_is_asked(address, credentials):
    assert CONNECTOR.poller(address, credentials, CONTEXT) is None


def test_sh33_what_is_not_sent_yet_is_subscribed_to_and_only_once(shop, poller):
    shop.webhooks = [{"topic": "ORDERS_CREATE", "uri": HOOK},
                     {"topic": "ORDERS_PAID", "uri": "https://elsewhere.example.com/"},
                     {"topic": "CARTS_UPDATE", "uri": HOOK}]  # fmt: skip

    poller.subscribe(HOOK, "unused")
    poller.subscribe(HOOK, "unused")

    ours = [one for one in poller.subscriptions() if one.address == HOOK]
    assert {one.topic for one in ours} == {*TOPICS.values(), "carts_update"}
    assert len(ours) == len(TOPICS) + 1
    assert Subscription(topic="orders/create", address=HOOK) in ours


def test_sh33_a_lost_subscription_is_made_again(shop, poller):
    poller.subscribe(HOOK, "")
    shop.webhooks = [one for one in shop.webhooks if one["topic"] != "REFUNDS_CREATE"]

    poller.subscribe(HOOK, "")
    assert "refunds/create" in {one.topic for one in poller.subscriptions()}


def test_sh33_one_that_is_there_although_it_was_not_listed_is_no_fault(shop, poller):
    shop.webhooks = [{"topic": "ORDERS_PAID", "uri": HOOK}]
    listed = shop._webhookSubscriptions
    shop._webhookSubscriptions = lambda _query, _said: {"webhookSubscriptions": {"nodes": []}}
    poller.subscribe(HOOK, "")
    shop._webhookSubscriptions = listed

    assert [one.topic for one in poller.subscriptions()].count("orders/paid") == 1
    assert len(shop.webhooks) == len(TOPICS)


def test_sh33_a_refused_subscription_says_which_and_why(shop, poller):
    shop.user_errors = [{"field": ["topic"], "message": "You cannot subscribe to this topic"}]

    with pytest.raises(ShopRefused, match="orders/create: You cannot"):
        poller.subscribe(HOOK, "")
    assert shop.webhooks == []


def test_many_webhooks_are_listed_to_the_last(shop, poller):
    shop.webhooks = [{"topic": "CARTS_UPDATE", "uri": f"{HOOK}{number}"} for number in range(230)]
    assert len(poller.subscriptions()) == 230
