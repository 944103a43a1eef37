"""Small made-up bodies in the shape of WooCommerce's REST API, version 3."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

from shop.connectors.contract import Context
from shop.connectors.woocommerce import CONNECTOR

CONTEXT = Context(shop_code="maison", currency="EUR", timezone=ZoneInfo("Europe/Paris"))


def sent(found):
    return json.dumps(found).encode()


def item(line_id=11, **changes):
    """Two coats at 100.00, 10 % off by a code, VAT 20 %."""
    return {
        "id": line_id,
        "name": "Coat &ndash; <b>Blue</b>",
        "product_id": 90,
        "variation_id": 91,
        "quantity": 2,
        "tax_class": "",
        "subtotal": "200.00",
        "subtotal_tax": "40.00",
        "total": "180.00",
        "total_tax": "36.00",
        "taxes": [{"id": 1, "total": "36", "subtotal": "40"}],
        "meta_data": [],
        "sku": "COAT-BLUE",
        "price": 90,
        **changes,
    }


def scarf(**changes):
    return item(
        **{"line_id": 12, "name": "Scarf", "product_id": 95, "variation_id": 0, "quantity": 1,
           "subtotal": "40.00", "total": "40.00", "total_tax": "8.00", "sku": "SCARF", **changes}
    )  # fmt: skip


def shipping(**changes):
    return {"id": 13, "method_title": "Colissimo", "method_id": "flat_rate", "total": "5.00",
            "total_tax": "1.00", "meta_data": [], **changes}  # fmt: skip


def address(**changes):
    return {"first_name": "Claire", "last_name": "Dubois", "company": "",
            "address_1": "3 rue Basse", "address_2": "", "city": "Nantes", "state": "",
            "postcode": "44000", "country": "FR",
            **changes}  # fmt: skip


def order(**changes):
    """Coats, a scarf and shipping: 225.00 without VAT, 270.00 with it."""
    return {
        "id": 500,
        "parent_id": 0,
        "number": "W-500",
        "created_via": "checkout",
        "status": "processing",
        "currency": "EUR",
        "date_created": "2026-03-02T11:00:00",
        "date_created_gmt": "2026-03-02T10:00:00",
        "date_modified": "2026-03-02T11:05:00",
        "date_modified_gmt": "2026-03-02T10:05:00",
        "discount_total": "20.00",
        "shipping_total": "5.00",
        "total": "270.00",
        "total_tax": "45.00",
        "prices_include_tax": True,
        "customer_id": 7,
        "customer_ip_address": "203.0.113.9",
        "customer_user_agent": "Mozilla/5.0",
        "customer_note": "Ring twice at Dubois",
        "billing": address(email="Claire@Example.org", phone="06 12 34 56 78"),
        "shipping": address(),
        "payment_method": "card",
        "date_paid": "2026-03-02T11:05:00",
        "date_paid_gmt": "2026-03-02T10:05:00",
        "meta_data": [],
        "line_items": [item(), scarf()],
        "tax_lines": [],
        "shipping_lines": [shipping()],
        "fee_lines": [],
        "coupon_lines": [],
        "refunds": [],
        **changes,
    }


def refund(refund_id=700, amount="0.00", **changes):
    return {"id": refund_id, "date_created": "2026-03-20T10:00:00",
            "date_created_gmt": "2026-03-20T09:00:00", "amount": amount, "reason": "",
            "meta_data": [], "line_items": [], **changes}  # fmt: skip


def refunded(of, total, total_tax, **changes):
    return {
        "id": int(of) + 1_000,
        "quantity": 0,
        "total": total,
        "total_tax": total_tax,
        "meta_data": [{"id": 1, "key": "_refunded_item_id", "value": str(of)}],
        **changes,
    }


def product(product_id=90, **changes):
    return {
        "id": product_id,
        "name": "Scarf",
        "type": "simple",
        "status": "publish",
        "sku": "SCARF",
        "permalink": "https://maison.example/scarf/",
        "date_modified_gmt": "2026-03-01T08:00:00",
        "price": "48.00",
        "regular_price": "60.00",
        "sale_price": "48.00",
        "tax_status": "taxable",
        "tax_class": "",
        "manage_stock": True,
        "stock_quantity": 7,
        "stock_status": "instock",
        "categories": [{"id": 1, "name": "Accessories"}, {"id": 2, "name": "Winter &amp; snow"}],
        "brands": [{"id": 3, "name": "Maison"}],
        "images": [{"id": 4, "src": "https://maison.example/scarf.jpg"}],
        "attributes": [],
        "variations": [],
        "meta_data": [],
        **changes,
    }


def variation(variation_id=91, **changes):
    return {
        "id": variation_id,
        "sku": "COAT-BLUE",
        "status": "publish",
        "permalink": "https://maison.example/coat/?color=blue",
        "date_modified_gmt": "2026-03-01T09:00:00",
        "price": "120.00",
        "tax_status": "taxable",
        "tax_class": "",
        "manage_stock": False,
        "stock_quantity": None,
        "stock_status": "instock",
        "image": {"id": 5, "src": "https://maison.example/coat-blue.jpg"},
        "attributes": [
            {"id": 1, "name": "Couleur", "slug": "pa_couleur", "option": "Bleu"},
            {"id": 2, "name": "Taille", "slug": "pa_taille", "option": "M"},
        ],
        "meta_data": [],
        **changes,
    }


def cogs(own, whole, **changes):
    return {
        "cost_of_goods_sold": {
            "values": [{"defined_value": own, "effective_value": whole}],
            "total_value": whole,
            **changes,
        }
    }


def webhook(found, topic="order.updated", context=CONTEXT):
    return CONNECTOR.facts(topic, sent(found), context)


def polled(found, *refunds, context=CONTEXT):
    """The only order state of a record of the poller."""
    listed = [{"id": one["id"], "reason": "", "total": f"-{one['amount']}"} for one in refunds]
    body = sent({"order": {**found, "refunds": listed}, "refunds": list(refunds)})
    (state,) = CONNECTOR.facts("poll.order", body, context).orders
    return state


def catalogue(found, *variations, taxes=None, context=CONTEXT):
    """The products of a record of the poller."""
    told = taxes or {"are_included": True, "rates": {"standard": "20.0000"}}
    body = sent({"product": found, "variations": list(variations), "taxes": told})
    return CONNECTOR.facts("poll.product", body, context).products
