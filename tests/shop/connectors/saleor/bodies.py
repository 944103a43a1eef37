"""Small made-up bodies in the shape of our query to Saleor, and of its older webhooks."""

from __future__ import annotations

import json

from shop.connectors.contract import Context
from shop.connectors.saleor import CONNECTOR

CONTEXT = Context(shop_code="maison", currency="EUR", options={"channel": "fr"})
ORDER_ID, COATS, SCARF = "T3JkZXI6MQ==", "T3JkZXJMaW5lOjE=", "T3JkZXJMaW5lOjI="


def sent(found):
    return json.dumps(found).encode()


def amount(value, currency="EUR"):
    return {"amount": value, "currency": currency}


def taxed(net, gross, currency="EUR"):
    return {"net": amount(net, currency), "gross": amount(gross, currency)}


def line(line_id=COATS, **changes):
    """Two coats at 100.00, 10 % off by a voucher, VAT 20 %."""
    return {
        "id": line_id, "productName": "Coat", "variantName": "Blue / M",
        "productSku": "COAT-BLUE-M", "quantity": 2, "voucherCode": None,
        "totalPrice": taxed("180.000", "216.000"),
        "undiscountedTotalPrice": taxed("200.000", "240.000"),
        "variant": {"product": {"productType": {"kind": "NORMAL"}}},
        **changes,
    }  # fmt: skip


def scarf(**changes):
    return line(**{"line_id": SCARF, "productName": "Scarf", "variantName": "",
                   "productSku": "SCARF", "quantity": 1, "totalPrice": taxed(40, 48),
                   "undiscountedTotalPrice": taxed(40, 48), **changes})  # fmt: skip


def address(**changes):
    return {"streetAddress1": "3 rue Basse", "postalCode": "44000", "country": {"code": "FR"},
            "phone": "+33612345678", "firstName": "Claire", **changes}  # fmt: skip


def order(**changes):
    """Coats, a scarf and shipping: 225.00 without VAT, 270.00 with it."""
    return {
        "id": ORDER_ID, "number": "1001", "created": "2026-03-02T10:00:00.121991+00:00",
        "updatedAt": "2026-03-02T11:05:00+01:00", "status": "UNFULFILLED", "origin": "CHECKOUT",
        "original": None, "chargeStatus": "FULL", "isPaid": True, "voucherCode": "SPRING10",
        "userEmail": "Claire@Example.org", "user": {"id": "VXNlcjo3"},
        "collectionPointName": None, "channel": {"slug": "fr"},
        "metadata": [{"key": "ap_ref", "value": "tok_1"}, {"key": "note", "value": "secret"}],
        "shippingAddress": address(), "billingAddress": address(),
        "shippingMethodName": "Colissimo", "shippingPrice": taxed(5, 6),
        "total": taxed(225, 270), "totalCharged": amount(270), "discounts": [],
        "lines": [line(), scarf()], "fulfillments": [], "grantedRefunds": [],
        "transactions": [], "payments": [],
        **changes,
    }  # fmt: skip


def came_back(*lines, status="RETURNED", at="2026-03-20T09:00:00+00:00", moment="created"):
    return {"id": "RnVsZmlsbG1lbnQ6MQ==",
            "status": status,
            moment: at,
            "lines": [{"quantity": count, "orderLine": {"id": of}}
                      for of, count in lines]}  # fmt: skip


def granted(*lines, status="SUCCESS"):
    return came_back(*lines, status=status, moment="createdAt")


def money(value, event_id="VHJhbnNhY3Rpb25FdmVudDo1", kind="REFUND_SUCCESS", day=21):
    at = f"2026-03-{day}T09:00:00+00:00"
    return {"id": event_id, "type": kind, "createdAt": at, "amount": amount(value)}


def paid_by(*events):
    return {"transactions": [{"events": list(events)}]}


def old_line(**changes):
    return {"id": COATS, "product_name": "Coat", "variant_name": "Blue", "product_sku": "COAT",
            "quantity": 2, "currency": "EUR", "unit_price_net_amount": "90.00",
            "total_net_amount": "180.00", "total_gross_amount": "216.00",
            "unit_discount_amount": "10.00", **changes}  # fmt: skip


def old_order(**changes):
    """The same shape as webhooks without a query have it."""
    return {
        "id": ORDER_ID, "number": "1001", "status": "unfulfilled", "currency": "EUR",
        "created": "2026-03-02 10:00:00.121991+00:00", "channel_slug": "fr",
        "metadata": {"ap_ref": "tok_1", "note": "secret"}, "email": "claire@example.org",
        "total_net_amount": "185.00", "total_gross_amount": "222.00",
        "shipping_price_net_amount": "5.00", "shipping_price_gross_amount": "6.00",
        "shipping_method_name": "Colissimo", "lines": [old_line()], "discounts": [],
        "shipping_address": {"street_address_1": "3 rue Basse", "postal_code": "44000",
                             "country": "FR", "phone": ""},
        **changes,
    }  # fmt: skip


def told(found, topic="order_updated", context=CONTEXT):
    """The only order state of a body of our query."""
    (state,) = CONNECTOR.facts(topic, sent({"order": found}), context).orders
    return state


def product(**changes):
    return {
        "id": "UHJvZHVjdDo3Mg==", "name": "Coat", "slug": "coat",
        "updatedAt": "2026-03-01T08:00:00+00:00", "productType": {"kind": "NORMAL"},
        "category": {"name": "Coats"}, "collections": [{"name": "Winter"}],
        "thumbnail": {"url": "https://media.maison.example/coat.jpg"},
        "attributes": [{"attribute": {"slug": "brand"}, "values": [{"name": "Maison"}]}],
        "channelListings": [{"isPublished": True, "channel": {"slug": "fr"}}],
        "variants": [variant()],
        **changes,
    }  # fmt: skip


def listing(slug="fr", price=120, cost="41.5", currency="EUR"):
    return {"channel": {"slug": slug}, "price": amount(price, currency),
            "costPrice": None if cost is None else amount(cost, currency)}  # fmt: skip


def variant(**changes):
    return {
        "id": "UHJvZHVjdFZhcmlhbnQ6MQ==", "sku": "COAT-BLUE-M", "name": "Blue / M",
        "attributes": [{"attribute": {"slug": "color"}, "values": [{"name": "Blue"}]},
                       {"attribute": {"slug": "size"}, "values": [{"name": "M"}]}],
        "stocks": [{"quantity": 5, "quantityAllocated": 2},
                   {"quantity": 1, "quantityAllocated": 3}],
        "channelListings": [listing("uk", 100, "30", "GBP"), listing()],
        **changes,
    }  # fmt: skip


def catalogue(found, context=CONTEXT):
    return CONNECTOR.facts("poll.product", sent({"product": found}), context)
