"""Bodies of a small invented shop, of the shape that PrestaShop's webservice gives."""

from __future__ import annotations

import copy
import json
from zoneinfo import ZoneInfo

from shop.connectors.contract import Context
from shop.connectors.prestashop import CONNECTOR

PARIS = "Europe/Paris"

STATES = {
    "1": {"id": "1", "template": "cheque", "paid": "0", "shipped": "0"},
    "2": {"id": "2", "template": "payment", "paid": "1", "shipped": "0"},
    "5": {"id": "5", "template": "", "paid": "1", "shipped": "1"},
    "6": {"id": "6", "template": "order_canceled", "paid": "0", "shipped": "0"},
    "7": {"id": "7", "template": "refund", "paid": "0", "shipped": "0"},
    "8": {"id": "8", "template": "payment_error", "paid": "0", "shipped": "0"},
    "11": {"id": "11", "template": "", "paid": "0", "shipped": "0"},
}


def line(line_id, sku, quantity, net, gross, cost="0.000000", name="Invented"):
    return {"id": str(line_id), "product_id": "9", "product_reference": sku, "product_name": name,
            "product_quantity": str(quantity), "total_price_tax_excl": net,
            "total_price_tax_incl": gross, "original_wholesale_price": cost,
            "purchase_supplier_price": "0.000000"}  # fmt: skip


def rule(rule_id, value, gross, *, code="", name="Summer days", free=False, deleted=False):
    return {"id": str(rule_id), "name": name, "value": gross, "value_tax_excl": value, "code": code,
            "free_shipping": "1" if free else "0",
            "deleted": "1" if deleted else "0"}  # fmt: skip


def slip(slip_id, *details, shipping="0.000000", products="0.000000", at="2026-06-20 09:00:00"):
    return {
        "id": str(slip_id), "date_add": at, "date_upd": at, "total_products_tax_excl": products,
        "total_shipping_tax_excl": shipping,
        "details": [
            {"id_order_detail": str(line_id), "product_quantity": str(quantity),
             "amount_tax_excl": amount}
            for line_id, quantity, amount in details
        ],
    }  # fmt: skip


#: Goods of 120.00 and 31.32 without tax, shipping 5.00; the code took 15.13.
ORDER = {
    "order": {"id": "70", "reference": "QWERTYUIO", "id_customer": "33", "current_state": "2",
              "conversion_rate": "1.000000", "total_shipping_tax_excl": "5.000000",
              "total_shipping_tax_incl": "6.000000", "total_wrapping_tax_excl": "0.000000",
              "total_wrapping_tax_incl": "0.000000", "total_paid_tax_excl": "141.190000",
              "date_add": "2026-06-15 14:30:05", "date_upd": "2026-06-15 14:31:00"},
    "currency": "EUR",
    "states": [STATES["2"]],
    "history": [{"id_order_state": "2", "date_add": "2026-06-15 14:31:00"}],
    "lines": [
        line(501, "DRESS-M", 3, "120.000000", "144.000000", "15.500000", "A dress : Size M"),
        line(502, "BELT", 1, "31.322314", "37.590000"),
    ],
    "cart_rules": [rule(21, "15.130000", "18.160000", code="ANNA10", name="Ten off")],
    "slips": [],
    "customer": {"email": " Anna.Bauer@Example.org", "is_guest": "0", "first_order": "70"},
    "address": {"address1": "12 bis, rue de l'Été", "postcode": "75002", "phone": "",
                "phone_mobile": "06 12 34 56 78", "country": "FR"},
    "carrier": "Colis domicile",
    "references": ["abcdefghijklmnopqrstuv"],
}  # fmt: skip


def order(**changes):
    """Return the order with some parts of it replaced; ``order={...}`` is merged."""
    found = copy.deepcopy(ORDER)
    found["order"].update(changes.pop("order", {}))
    found.update(copy.deepcopy(changes))
    return found


def in_state(state, *before, at="2026-06-18 10:00:00", **changes):
    """Return the order in a status, with the statuses before it (pairs of id and time)."""
    history = [*before, (state, at)]
    changes.setdefault("order", {}).update(current_state=state, date_upd=at)
    return order(
        states=[STATES[one] for one in dict(history)],
        history=[{"id_order_state": one, "date_add": time} for one, time in history],
        **changes,
    )


def context(currency="EUR", **options):
    return Context(shop_code="maison", currency=currency, timezone=ZoneInfo(PARIS), options=options)


def told(body, **options):
    """Return the state that a body of an order says."""
    (state,) = CONNECTOR.facts("poll.order", json.dumps(body).encode(), context(**options)).orders
    return state
