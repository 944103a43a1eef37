"""Bodies as Shopify's webhooks send them, made up: a French shop whose prices include 20 % VAT."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from shop.connectors.contract import Context

#: The id of the sample that ``shopify app webhook trigger`` sends is above 2**53.
SAMPLE_ID = 820982911946154508
CONTEXT = Context(shop_code="maison", currency="EUR", timezone=ZoneInfo("Europe/Paris"))

Body = dict[str, Any]


def context(currency: str = "EUR", **options: str) -> Context:
    return Context(shop_code="maison", currency=currency, options=options)


def sent(body: Body) -> bytes:
    """Return the bytes of a body; decimals become JSON numbers, as in refunds."""
    return json.dumps(body, default=float).encode()


def bag(amount: str, shown: str = "", currency: str = "EUR", other: str = "EUR") -> Body:
    return {
        "shop_money": {"amount": amount, "currency_code": currency},
        "presentment_money": {"amount": shown or amount, "currency_code": other},
    }


def line(
    line_id: int = 71,
    *,
    price: str = "120.00",
    quantity: int = 1,
    less: tuple[str, ...] = (),
    tax: tuple[str, ...] = ("20.00",),
    **more: Any,
) -> Body:
    return {
        "id": line_id,
        "variant_id": 9000 + line_id,
        "sku": f"SKU-{line_id}",
        "title": "Robe Alba",
        "name": "Robe Alba - 38",
        "quantity": quantity,
        "current_quantity": quantity,
        "gift_card": False,
        "price": price,
        "price_set": bag(price),
        "total_discount": "0.00",
        "discount_allocations": [{"amount": one, "amount_set": bag(one)} for one in less],
        "tax_lines": [{"price": one, "rate": 0.2, "price_set": bag(one)} for one in tax],
        **more,
    }


def shipping(price: str = "6.00", tax: str = "1.00", line_id: int = 81, **more: Any) -> Body:
    return {
        "id": line_id,
        "title": "Colissimo",
        "price": price,
        "price_set": bag(price),
        "discount_allocations": [],
        "tax_lines": [{"price": tax, "price_set": bag(tax)}],
        "is_removed": False,
        **more,
    }


def order(order_id: int = 5001, **more: Any) -> Body:
    return {
        "id": order_id,
        "name": "#1042",
        "created_at": "2026-11-02T10:15:00+01:00",
        "processed_at": "2026-11-02T10:14:59+01:00",
        "updated_at": "2026-11-02T10:15:07+01:00",
        "cancelled_at": None,
        "test": False,
        "currency": "EUR",
        "presentment_currency": "EUR",
        "taxes_included": True,
        "financial_status": "paid",
        "fulfillment_status": None,
        "source_name": "web",
        "email": "claire@example.com",
        "phone": None,
        "customer": {"id": 640001, "email": "claire@example.com"},
        "shipping_address": {
            "first_name": "Claire", "address1": "4 rue des Lilas", "zip": "69003",
            "phone": "06 12 34 56 78", "country_code": "FR",
        },
        "billing_address": {"address1": "9 quai Perrache", "zip": "69002", "country_code": "FR"},
        "total_outstanding": "0.00",
        "total_tip_received": "0.00",
        "subtotal_price": "120.00",
        "note_attributes": [],
        "landing_site": "/collections/robes?utm_source=x",
        "discount_codes": [],
        "discount_applications": [],
        "line_items": [line()],
        "shipping_lines": [shipping()],
        "fulfillments": [],
        "refunds": [],
        **more,
    }  # fmt: skip


def refunded(line_id: int = 71, quantity: int = 1, **more: Any) -> Body:
    return {
        "id": 300 + line_id,
        "line_item_id": line_id,
        "quantity": quantity,
        "restock_type": "return",
        "subtotal": Decimal("120.00"),
        "total_tax": Decimal("20.00"),
        **more,
    }


def refund(refund_id: int = 900, order_id: int = 5001, **more: Any) -> Body:
    return {
        "id": refund_id,
        "order_id": order_id,
        "created_at": "2026-11-09T09:00:00+01:00",
        "processed_at": "2026-11-09T09:00:00+01:00",
        "note": "trop grand",
        "refund_line_items": [],
        "order_adjustments": [],
        "transactions": [],
        **more,
    }


def adjustment(amount: str, **more: Any) -> Body:
    return {"kind": "refund_discrepancy", "reason": "Refund discrepancy", "amount": amount,
            "tax_amount": "0.00", **more}  # fmt: skip


def paid_back(amount: str, **more: Any) -> Body:
    return {"kind": "refund", "status": "success", "amount": amount, "test": False, **more}


def example() -> Body:
    """The order of the table in docs/rules/connectors/shopify.md."""
    return order(
        discount_codes=[{"code": "ANNA10", "amount": "30.00", "type": "percentage"}],
        discount_applications=[{"type": "discount_code", "code": "ANNA10"}],
        line_items=[
            line(71, price="120.00", quantity=2, less=("24.00",), tax=("36.00",)),
            line(72, price="60.00", less=("6.00",), tax=("9.00",), name="Foulard"),
            line(73, price="50.00", tax=(), gift_card=True, name="Carte cadeau"),
        ],
        refunds=[
            refund(refund_line_items=[refunded(71, subtotal=Decimal("108.00"))]),
            refund(901, order_adjustments=[adjustment("-12.00")],
                   transactions=[paid_back("12.00")]),
        ],
    )  # fmt: skip
