"""Asking the webservice: pages that hold, faults, and what is asked for."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shop.connectors.api import ShopHasNot, ShopRefused
from shop.connectors.prestashop import CONNECTOR, poller
from shop.domain.states import together
from tests.doubles.shops.prestashop import KEY, FakePrestaShop
from tests.shop.connectors.prestashop.bodies import ORDER, context

JUNE = datetime(2026, 6, 1, tzinfo=UTC)
JULY = datetime(2026, 7, 1, tzinfo=UTC)


def order_row(number, changed="2026-06-15 14:31:00", **fields):
    return {**ORDER["order"], "id": number, "date_upd": changed, "id_address_delivery": "8",
           "id_carrier": "3", "id_currency": "1", **fields}  # fmt: skip


def slip_row(number, order, at="2026-06-20 09:00:00", quantity="1"):
    return {
        "id": number, "id_order": str(order), "id_customer": "33", "date_add": at, "date_upd": at,
        "total_products_tax_excl": "31.322314", "total_shipping_tax_excl": "0.000000",
        "associations": {"order_slip_details": [
            {"id": "1", "id_order_detail": str(order * 10), "product_quantity": quantity,
             "amount_tax_excl": "31.322314", "amount_tax_incl": "37.590000"}]},
    }  # fmt: skip


def tables(orders, slips=()):
    line = {**ORDER["lines"][1], "product_quantity": "1"}
    return {
        "orders": orders,
        "order_details": [
            {**line, "id": int(row["id"]) * 10, "id_order": str(row["id"])} for row in orders],
        "order_cart_rules": [
            {"id": 1, "id_order": "1", "id_cart_rule": "77", "name": "Ten off", "value": "1.200000",
             "value_tax_excl": "1.000000", "free_shipping": "0", "deleted": "0"}],
        "order_slip": list(slips),
        "order_histories": [
            {"id": 1, "id_order": "1", "id_order_state": "2", "date_add": "2026-06-15 14:31:00"}],
        "order_states": [{"id": 2, "paid": "1", "shipped": "0", "logable": "1", "invoice": "1",
                          "template": [{"id": "1", "value": "payment"}], "name": "Paid"}],
        "cart_rules": [{"id": 77, "code": "ANNA10"}],
        "customers": [{"id": 33, "email": "anna@example.org", "is_guest": "0",
                       "lastname": "Bauer"}],
        "addresses": [{"id": 8, "address1": "2 rue Neuve", "postcode": "75002", "phone": "",
                       "phone_mobile": "0612345678", "id_country": "8", "lastname": "Bauer"}],
        "carriers": [{"id": 3, "name": "Colis domicile"}],
        "countries": [{"id": 8, "iso_code": "FR"}, {"id": 1, "iso_code": "DE"}],
        "currencies": [{"id": 1, "iso_code": "EUR", "conversion_rate": "1.000000"}],
        "shops": [{"id": 1, "name": "Maison"}],
        "apport_references": [{"id": 1, "id_order": "1", "ap_ref": "abcdefghijklmnopqrstuv"}],
    }  # fmt: skip


@pytest.fixture
def shop(settings):
    settings.SHOP_API_NETWORKS = ["127.0.0.0/8"]
    with FakePrestaShop(tables([order_row(1)])) as running:
        yield running


def ask(shop, key=KEY, **options):
    found = CONNECTOR.poller(shop.address, {"key": key}, context(**options))
    found.resources.api.sleep = lambda _seconds: None
    return found


def everything(asking, since=JUNE, until=JULY):
    records, cursor = [], ""
    for _page in range(100):
        page = asking.orders(since=since, until=until, cursor=cursor)
        records += page.records
        cursor = page.cursor
        if not cursor:
            return records
    raise AssertionError("The walk does not end.")


def ids(records):
    return [int(one.subject) for one in records]


def test_without_a_key_there_is_nothing_to_ask():
    assert CONNECTOR.poller("https://shop.example", {}, context()) is None


def test_ps1_the_key_never_stands_in_an_address(shop):
    assert ask(shop).greet() == "Maison"
    assert all(KEY not in one.path + str(one.query) for one in shop.asked)


def test_ps1_a_wrong_key_and_a_key_that_may_not_are_told_apart(shop):
    with pytest.raises(ShopRefused, match="credentials"):
        ask(shop, key="wrong").greet()
    shop.hidden.add("order_details")
    with pytest.raises(ShopRefused, match="may not view order_details"):
        ask(shop).order("1")


def test_ps7_a_shop_of_another_currency_is_refused(shop):
    with pytest.raises(ShopRefused, match="not USD"):
        ask(shop, currency="USD").greet()


def test_an_order_is_read_whole_and_says_no_more_than_needed(shop):
    shop.tables["order_slip"] = [slip_row(4, 1)]
    record = ask(shop).order("1")

    (state,) = CONNECTOR.facts(record.topic, record.body, context()).orders
    assert (record.topic, record.subject, record.version) == (
        "poll.order", "1", "2026-06-20 09:00:00")  # fmt: skip
    assert state.order.codes == ("ANNA10",)
    assert state.order.click_tokens == ("abcdefghijklmnopqrstuv",)
    assert state.order.is_new_customer is True
    assert state.order.country == "FR"
    assert state.order.awaits_payment is False
    assert [one.external_id for one in state.returns] == ["4"]
    assert b"Bauer" not in record.body


@pytest.mark.parametrize("external_id", ["2", "x", "", "²"])
def test_an_order_that_is_not_there(shop, external_id):
    with pytest.raises(ShopHasNot):
        ask(shop).order(external_id)


def test_pages_go_by_the_time_of_change_and_every_order_comes_once(shop):
    times = [f"2026-06-10 10:00:{number % 7:02}" for number in range(130)]
    shop.tables |= tables([order_row(n + 1, time) for n, time in enumerate(times)])

    found = everything(ask(shop))

    assert sorted(ids(found)) == list(range(1, 131))
    changes = [one.version for one in found if one.subject != "1"]  # It has a later status.
    assert changes == sorted(changes)


def test_many_orders_of_one_second_are_all_read(shop):
    shop.tables |= tables([order_row(number) for number in range(1, 140)])
    assert ids(everything(ask(shop))) == list(range(1, 140))


def test_an_order_that_changes_during_the_walk_hides_no_other(shop):
    rows = [order_row(n, f"2026-06-10 10:{n // 60:02}:{n % 60:02}") for n in range(1, 121)]
    shop.tables |= tables(rows)
    shop.changes.append(lambda: rows[3].update(date_upd="2026-06-28 10:00:00"))

    found = ids(everything(ask(shop)))

    assert set(found) == set(range(1, 121))
    assert found.count(4) == 2  # As it was, and as it is now.


def test_ps3_an_order_whose_only_news_is_a_credit_slip_is_found(shop):
    shop.tables |= tables([order_row(1, "2026-01-05 10:00:00")], [slip_row(4, 1)])

    (record,) = everything(ask(shop))

    (state,) = CONNECTOR.facts(record.topic, record.body, context()).orders
    assert state.returns[0].lines[0].quantity == 1


def test_limits_and_answers_that_break_off_are_waited_for(shop):
    shop.fail("/api/orders", 429, retry_after="0")
    shop.break_off("/api/order_details", times=2)
    assert ids(everything(ask(shop))) == [1]


def test_only_what_changed_in_the_period_is_asked_for(shop):
    shop.tables |= tables([
        order_row(1, "2026-06-10 11:59:59"), order_row(2, "2026-06-10 12:00:00"),
        order_row(3, "2026-06-10 13:59:59"), order_row(4, "2026-06-10 14:00:00"),
    ])  # fmt: skip
    noon = datetime(2026, 6, 10, 12, tzinfo=ZoneInfo("Europe/Paris"))
    assert ids(everything(ask(shop), noon, noon + timedelta(hours=2))) == [2, 3]


@pytest.mark.parametrize(
    ("since", "changed"),
    [
        ("2026-10-25T00:50", "2026-10-25 02:55:00"),  # Twice two o'clock: the first,
        ("2026-10-25T00:50", "2026-10-25 02:10:00"),  # the second,
        ("2026-10-25T01:10", "2026-10-25 02:20:00"),  # the second again,
        ("2026-03-29T00:45", "2026-03-29 03:05:00"),  # No two o'clock at all.
        ("2026-03-29T00:45", "2026-03-29 01:50:00"),
    ],
)
def test_ps2_nothing_is_missed_when_clocks_change(shop, since, changed):
    shop.tables |= tables([order_row(1, changed)])
    begin = datetime.fromisoformat(since).replace(tzinfo=UTC)
    assert ids(everything(ask(shop), begin, begin + timedelta(minutes=40))) == [1]


@pytest.mark.parametrize("missing", ["unknown", "hidden"])
def test_a_shop_without_the_module_is_read_without_references(shop, missing):
    if missing == "unknown":
        del shop.tables["apport_references"]
    else:
        shop.hidden.add("apport_references")
    asking = ask(shop)
    record = asking.order("1")
    asking.order("1")

    assert json.loads(record.body)["references"] == []
    assert [one.path for one in shop.asked].count("/api/apport_references") == 1


def product_tables(count):
    option = {"id": 5, "id_attribute_group": "1", "name": "M"}
    return {
        "products": [
            {"id": n, "reference": f"P{n}", "name": [{"id": "1", "value": f"Dress {n}"}],
             "price": "40.000000", "wholesale_price": "15.000000", "active": "1",
             "date_upd": "2026-06-10 10:00:00", "id_default_image": "12", "manufacturer_name": "X",
             "id_category_default": "4", "id_tax_rules_group": "1",
             "associations": {"categories": [{"id": "2"}, {"id": "4"}, {"id": "5"}]}}
            for n in range(1, count + 1)],
        "combinations": [
            {"id": 31, "id_product": "1", "reference": "P1-M", "price": "0.000000",
             "wholesale_price": "0.000000",
             "associations": {"product_option_values": [{"id": "5"}], "images": [{"id": "77"}]}}],
        "stock_availables": [
            {"id": 1, "id_product": "1", "id_product_attribute": "31", "quantity": "3",
             "out_of_stock": "2"},
            {"id": 2, "id_product": "2", "id_product_attribute": "0", "quantity": "0",
             "out_of_stock": "1"}],
        "categories": [{"id": 2, "name": "Home", "level_depth": "1"},
                       {"id": 4, "name": "Dresses", "level_depth": "2"},
                       {"id": 5, "name": "Summer", "level_depth": "2"}],
        "tax_rules": [
            {"id": 1, "id_tax_rules_group": "1", "id_country": "1", "id_tax": "2"},
            {"id": 2, "id_tax_rules_group": "1", "id_country": "8", "id_tax": "1"}],
        "taxes": [{"id": 1, "rate": "20.000"}, {"id": 2, "rate": "19.000"}],
        "product_option_values": [option],
        "product_options": [{"id": 1, "is_color_group": "0"}],
    }  # fmt: skip


def all_facts(asking, since=None):
    found, cursor = [], ""
    while True:
        page = asking.products(since=since, cursor=cursor)
        found += [CONNECTOR.facts(one.topic, one.body, context()) for one in page.records]
        cursor = page.cursor
        if not cursor:
            return together(found)


def all_products(asking, since=None):
    return list(all_facts(asking, since).products)


def test_the_catalogue_is_read_page_by_page_with_costs_stock_and_the_vat_of_the_country(shop):
    shop.tables |= product_tables(2 * poller.PAGE)

    facts = all_facts(ask(shop))
    found = {one.sku: one for one in facts.products}
    stocks = {one.sku: one.pieces for one in facts.stocks}
    costs = {one.sku: one.unit_cost_minor for one in facts.unit_costs}

    assert len(found) == 2 * poller.PAGE
    first = found["P1-M"]
    assert (first.size, stocks["P1-M"], costs["P1-M"]) == ("M", 3, 1_500)
    assert (first.category, first.collections) == ("Dresses", ("Summer",))
    assert (first.list_price_minor, first.vat_bps) == (4_800, 2_000)
    assert (stocks.get("P2"), found["P2"].name) == (None, "Dress 2")
    german = all_products(ask(shop, country="DE"))
    assert german[0].vat_bps == 1_900


def test_only_products_that_changed_are_asked_for(shop):
    shop.tables |= product_tables(2)
    assert all_products(ask(shop), since=JULY) == []
    assert len(all_products(ask(shop), since=JUNE)) == 2


def test_prestashop_sends_nothing_by_itself(shop):
    asking = ask(shop)
    assert asking.subscriptions() == ()
    asking.subscribe("https://apport.example/webhooks/maison/", "secret")
    assert shop.asked == []
