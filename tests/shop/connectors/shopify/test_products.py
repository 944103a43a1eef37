"""Products, costs, topics without facts, and customers' wishes (SH26 to SH29)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shop.connectors.contract import UnreadableBody
from shop.connectors.people import customer_ref
from shop.connectors.shopify import CONNECTOR
from shop.domain.states import Facts, UnitCost
from tests.shop.connectors.shopify.bodies import CONTEXT, context, sent

STOREFRONT = "https://www.example.com/"


def told(topic, body, where=CONTEXT):
    return CONNECTOR.facts(topic, sent(body), where)


def size(number, **more):
    return {"id": 9000 + number, "sku": f"ROBE-{number}", "price": "120.00",
            "compare_at_price": None, "taxable": True, "option1": str(number), "option2": "Sauge",
            "inventory_management": "shopify", "inventory_quantity": 4, **more}  # fmt: skip


def product(**more):
    return {
        "id": 4401,
        "title": "Robe Alba",
        "handle": "robe-alba",
        "vendor": "Maison Aurore",
        "product_type": "Robes",
        "status": "active",
        "options": [{"name": "Taille", "position": 1}, {"name": "Couleur", "position": 2}],
        "image": {"src": "https://cdn.example.com/alba.jpg"},
        "images": [{"src": "https://cdn.example.com/alba-40.jpg", "variant_ids": [9040]}],
        "variants": [size(38), size(40)],
        **more,
    }


def node(**more):
    """The same dress in 38, as the API gives it."""
    return {
        "legacyResourceId": "9038",
        "sku": "ROBE-38",
        "price": "120.00",
        "compareAtPrice": None,
        "taxable": True,
        "inventoryQuantity": 4,
        "updatedAt": "2026-11-02T09:00:00Z",
        "selectedOptions": [{"name": "Taille", "value": "38"}, {"name": "Couleur",
                                                               "value": "Sauge"}],
        "image": None,
        "inventoryItem": {"tracked": True, "unitCost": {"amount": "41.5", "currencyCode": "EUR"}},
        "product": {
            "legacyResourceId": "4401", "title": "Robe Alba", "handle": "robe-alba",
            "vendor": "Maison Aurore", "productType": "Robes", "status": "ACTIVE",
            "featuredMedia": {"preview": {"image": {"url": "https://cdn.example.com/alba.jpg"}}},
        },
        **more,
    }  # fmt: skip


@pytest.mark.parametrize("topic", ["products/create", "products/update"])
def test_each_variant_is_a_product_of_one_model(topic):
    small, large = told(topic, product(), context(storefront=STOREFRONT)).products

    assert (small.sku, large.sku) == ("ROBE-38", "ROBE-40")
    assert (small.model, large.model) == ("4401", "4401")
    assert (small.size, small.color, small.stock) == ("38", "Sauge", 4)
    assert (small.name, small.category, small.brand) == ("Robe Alba", "Robes", "Maison Aurore")
    assert (small.list_price_minor, small.vat_bps, small.currency) == (120_00, 2_000, "EUR")
    assert small.url == "https://www.example.com/products/robe-alba"
    assert small.image_url.endswith("alba.jpg")
    assert large.image_url.endswith("alba-40.jpg")
    assert small.unit_cost_minor is None


def test_the_api_tells_the_same_product_and_its_cost():
    where = context(storefront=STOREFRONT)
    (polled,) = told("poll.product", node(), where).products
    sent_one = told("products/update", product(), where).products[0]

    assert polled == replace(
        sent_one, unit_cost_minor=41_50, changed_at=datetime(2026, 11, 2, 9, tzinfo=UTC)
    )


@pytest.mark.parametrize("newest", ["product", "variant", "item"])
def test_a_product_is_as_new_as_the_newest_of_its_parts(newest):
    new, old = "2026-11-02T18:00:00-05:00", "2026-11-02T22:59:00Z"
    at = {"product": old, "variant": old, "item": old, newest: new}
    found = node(updatedAt=at["variant"])
    found["product"]["updatedAt"], found["inventoryItem"]["updatedAt"] = at["product"], at["item"]
    (polled,) = told("poll.product", found).products
    assert polled.changed_at == datetime(2026, 11, 2, 23, tzinfo=UTC)
    if newest == "item":
        return
    sent_one = product(updated_at=at["product"], variants=[size(38, updated_at=at["variant"])])
    (hooked,) = told("products/update", sent_one).products
    assert hooked.changed_at == datetime(2026, 11, 2, 23, tzinfo=UTC)


def test_a_cost_says_since_when_and_without_a_time_it_says_none():
    item = {"id": 1, "sku": "ROBE-38", "cost": "7.00"}
    (cost,) = told(
        "inventory_items/update", {**item, "updated_at": "2026-11-02T10:00:00+01:00"}
    ).unit_costs
    assert cost.changed_at == datetime(2026, 11, 2, 9, tzinfo=UTC)
    (cost,) = told("inventory_items/update", item).unit_costs
    assert cost.changed_at is None
    assert told("products/update", product()).products[0].changed_at is None


def test_a_time_without_an_offset_is_refused():
    with pytest.raises(UnreadableBody, match="updated_at"):
        told("products/update", product(updated_at="2026-11-02T10:00:00"))


@pytest.mark.parametrize(
    ("options", "variant", "price", "vat"),
    [
        ({}, {}, 120_00, 2_000),
        ({"prices_include_tax": "yes"}, {}, 120_00, 2_000),
        ({"prices_include_tax": "no"}, {}, 144_00, 2_000),
        ({"prices_include_tax": "No", "vat_bps": "550"}, {}, 126_60, 550),
        ({"prices_include_tax": "no", "vat_bps": "0"}, {}, 120_00, 0),
        ({"prices_include_tax": "no"}, {"taxable": False}, 120_00, 0),
        ({"vat_bps": "much"}, {}, 120_00, 2_000),
        ({"vat_bps": "99999999999"}, {}, 120_00, 2_000),
        ({"vat_bps": "10001"}, {}, 120_00, 2_000),
        ({}, {"compare_at_price": "150.00"}, 150_00, 2_000),
        ({}, {"compare_at_price": "90.00"}, 120_00, 2_000),
    ],
)
def test_the_list_price_has_vat_in_it_and_is_the_one_before_a_sale(options, variant, price, vat):
    (found,) = told(
        "products/update", product(variants=[size(38, **variant)]), context(**options)
    ).products
    assert (found.list_price_minor, found.vat_bps) == (price, vat)


@pytest.mark.parametrize(
    ("variant", "stock"),
    [
        ({}, 4),
        ({"inventory_quantity": -3}, 0),
        ({"inventory_management": None}, None),
        ({"inventory_quantity": None}, None),
    ],
)
def test_stock_is_told_where_it_is_counted(variant, stock):
    (found,) = told("products/update", product(variants=[size(38, **variant)])).products
    assert found.stock == stock


@pytest.mark.parametrize(
    ("item", "cost", "stock"),
    [
        ({"tracked": True, "unitCost": None}, None, 4),
        ({"tracked": False, "unitCost": {"amount": "7", "currencyCode": "EUR"}}, 7_00, None),
        ({"tracked": True, "unitCost": {"amount": "7", "currencyCode": "USD"}}, None, 4),
        (None, None, None),
    ],
    ids=["not shown", "not counted", "another currency", "nothing"],
)
def test_a_cost_that_is_not_ours_is_no_cost(item, cost, stock):
    (found,) = told("poll.product", node(inventoryItem=item)).products
    assert (found.unit_cost_minor, found.stock) == (cost, stock)


@pytest.mark.parametrize(
    ("status", "sold"), [("active", True), ("draft", False), ("archived", False)]
)
def test_only_an_active_product_is_sold(status, sold):
    (found, _other) = told("products/update", product(status=status)).products
    assert found.is_active is sold


def test_without_a_sku_there_is_nothing_to_name_it_by():
    nameless = [size(38, sku=None), size(40, sku="")]

    assert told("products/update", product(variants=nameless)).ignored
    assert told("poll.product", node(sku=None)).ignored
    assert len(told("products/update", product(variants=[*nameless, size(42)])).products) == 1


def test_a_deleted_product_is_gone_with_all_its_variants():
    assert told("products/delete", {"id": 4401}) == Facts(gone_models=("4401",))


@pytest.mark.parametrize(
    ("item", "cost"),
    [
        ({"sku": "ROBE-38", "cost": "25.00"}, UnitCost(sku="ROBE-38", unit_cost_minor=25_00)),
        ({"sku": "ROBE-38", "cost": "0.00"}, UnitCost(sku="ROBE-38", unit_cost_minor=0)),
        ({"sku": "ROBE-38", "cost": None}, None),
        ({"sku": None, "cost": "25.00"}, None),
        ({}, None),
    ],
)
def test_an_inventory_item_tells_a_cost_and_null_is_none(item, cost):
    found = told("inventory_items/update", {"id": 1, **item})
    assert found.unit_costs == ((cost,) if cost else ())
    assert bool(found.ignored) is (cost is None)


def test_an_edit_asks_for_its_order():
    body = {"order_edit": {"id": 12, "order_id": 5001, "line_items": {"additions": []}}}
    assert told("orders/edited", body) == Facts(wanted_orders=("5001",))
    with pytest.raises(UnreadableBody, match=r"order_edit\.order_id"):
        told("orders/edited", {"order_edit": {}})


@pytest.mark.parametrize("topic", ["inventory_levels/update", "app/uninstalled", "unreadable", ""])
def test_an_unknown_topic_is_ignored_with_a_sentence(topic):
    assert CONNECTOR.facts(topic, b"<html>", CONTEXT).ignored


def test_customers_may_ask_to_be_erased_and_told():
    who = {"id": 640001, "email": "claire@example.com", "phone": "+33612345678"}
    wish = {"shop_id": 1, "customer": who, "orders_to_redact": [5001, 5002]}
    question = {"customer": who, "orders_requested": [5001], "data_request": {"id": 9999}}
    (erased,) = told("customers/redact", wish).erasures
    (asked,) = told("customers/data_request", question).disclosures

    ref = customer_ref("maison", "640001")
    assert (erased.customer_ref, erased.order_external_ids) == (ref, ("5001", "5002"))
    assert (asked.customer_ref, asked.external_id, asked.asked_at) == (ref, "9999", None)
    assert "claire" not in repr((erased, asked))


def test_a_guest_is_erased_by_the_orders_alone():
    (erased,) = told("customers/redact", {"customer": {"email": "a@example.com"},
                                          "orders_to_redact": [1]}).erasures  # fmt: skip
    assert (erased.customer_ref, erased.order_external_ids) == ("", ("1",))


def test_a_shop_that_removes_the_app_keeps_its_programme():
    assert told("shop/redact", {"shop_id": 1}).erasures == ()
    assert told("shop/redact", {"shop_id": 1}).ignored


def test_a_list_of_inventory_items_is_read_item_by_item():
    listed = {"inventory_items": [{"id": 1, "sku": "A", "cost": "25.00"}, {"id": 2, "sku": ""},
                                  {"id": 3, "sku": "B", "cost": "9.99"}]}  # fmt: skip
    told = CONNECTOR.facts("inventory_items/update", sent(listed), CONTEXT)

    assert [(one.sku, one.unit_cost_minor) for one in told.unit_costs] == [("A", 2500), ("B", 999)]
    assert not told.ignored
