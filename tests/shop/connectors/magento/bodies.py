"""Small made-up bodies in the shape of Magento's REST API."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

from shop.connectors.contract import Context
from shop.connectors.magento import CONNECTOR

CONTEXT = Context(shop_code="maison", currency="EUR", timezone=ZoneInfo("Europe/Paris"))


def sent(found):
    return json.dumps(found).encode()


def both(**amounts):
    """Every amount twice: in the shop's currency, and in the customer's."""
    return {**amounts, **{f"base_{name}": value for name, value in amounts.items()}}


def item(item_id=21, **changes):
    """Two coats at 120.00 with VAT 20 %, 10 % off the price with VAT: 180.00 without VAT."""
    return {
        "item_id": item_id,
        "order_id": 9,
        "product_id": 90,
        "product_type": "simple",
        "sku": "COAT",
        "name": "Coat",
        "qty_ordered": 2,
        "qty_canceled": 0,
        "qty_refunded": 0,
        "base_cost": 41.5,
        **both(row_total=200, row_total_incl_tax=240, discount_amount=24, tax_amount=36,
               discount_tax_compensation_amount=4),
        **changes,
    }  # fmt: skip


def scarf(item_id=22, **changes):
    """One scarf at 40.00 without VAT, no discount."""
    return item(item_id, **{
        "sku": "SCARF", "name": "Scarf", "qty_ordered": 1, "base_cost": None,
        **both(row_total=40, row_total_incl_tax=48, discount_amount=0, tax_amount=8,
               discount_tax_compensation_amount=0),
        **changes,
    })  # fmt: skip


def nothing(**changes):
    """What a child says of money, where its parent has it."""
    return {**both(row_total=0, row_total_incl_tax=0, discount_amount=0, tax_amount=0,
                   discount_tax_compensation_amount=0), **changes}  # fmt: skip


def address(**changes):
    return {"firstname": "Claire", "lastname": "Dubois", "street": ["3 rue Basse", "Bât. B"],
            "city": "Nantes", "postcode": "44000", "country_id": "FR",
            "telephone": "06 12 34 56 78", **changes}  # fmt: skip


def order(**changes):
    """Coats, a scarf and shipping of 5.00: 225.00 without VAT, 270.00 with it."""
    beside = {"shipping_assignments": [
        {"shipping": {"address": address(), "method": "flatrate_flatrate"}, "items": []}
    ], **changes.pop("beside", {})}  # fmt: skip
    return {
        "entity_id": 9,
        "increment_id": "000000009",
        "state": "processing",
        "status": "processing",
        "created_at": "2026-03-02 10:00:00",
        "updated_at": "2026-03-02 10:05:00",
        "base_currency_code": "EUR",
        "order_currency_code": "EUR",
        "customer_id": 7,
        "customer_email": "Claire@Example.org",
        "customer_firstname": "Claire",
        "remote_ip": "203.0.113.9",
        "coupon_code": "SPRING10",
        "discount_description": "SPRING10",
        "shipping_description": "Flat Rate - Fixed",
        **both(grand_total=270, tax_amount=45, discount_amount=-24, subtotal=240, total_paid=270,
               shipping_amount=5, shipping_tax_amount=1, shipping_discount_amount=0),
        "billing_address": address(email="claire@example.org"),
        "items": [item(), scarf()],
        "extension_attributes": beside,
        **changes,
    }  # fmt: skip


def memo(memo_id=70, *items, **changes):
    return {
        "entity_id": memo_id, "order_id": 9, "state": 2, "created_at": "2026-03-20 09:00:00",
        "updated_at": "2026-03-20 09:00:00",
        **both(adjustment_positive=0, adjustment_negative=0, shipping_amount=0, grand_total=0),
        "items": [{"order_item_id": of, "qty": qty, **both(row_total=1, discount_amount=0)}
                  for of, qty in items],
        **changes,
    }  # fmt: skip


def polled(found, *memos, context=CONTEXT):
    """The only order state of a record of the poller."""
    body = sent({"order": found, "memos": list(memos)})
    (state,) = CONNECTOR.facts("poll.order", body, context).orders
    return state


def product(product_id=90, sku="SCARF", type_id="simple", **changes):
    custom = {"cost": "12.500000", "url_key": "scarf", "image": "/s/c/scarf.jpg", "color": "49",
              "manufacturer": "8", "category_ids": ["3", "5"],
              **changes.pop("custom", {})}  # fmt: skip
    return {
        "id": product_id, "sku": sku, "name": "Scarf", "price": 48, "status": 1, "visibility": 4,
        "type_id": type_id, "created_at": "2026-01-01 08:00:00",
        "updated_at": "2026-03-01 08:00:00",
        "extension_attributes": {},
        "custom_attributes": [{"attribute_code": code, "value": value}
                              for code, value in custom.items() if value is not None],
        **changes,
    }  # fmt: skip


def record(found, *children, stock=None):
    return {
        "product": found, "children": list(children), "stock": stock or {},
        "addresses": {"shop": "https://maison.example/", "media": "https://maison.example/media/",
                      "suffix": ".html"},
        "categories": {"3": "Women", "5": "Scarves"},
        "labels": {"color": {"49": "Blue"}, "size": {"170": "M"}, "manufacturer": {"8": "Maison"}},
    }  # fmt: skip


def catalogue(found, *children, stock=None, context=CONTEXT):
    return CONNECTOR.facts("poll.product", sent(record(found, *children, stock=stock)), context)
