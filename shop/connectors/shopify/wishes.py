"""What customers wish about their data, as Shopify passes it on."""

from __future__ import annotations

from shop.connectors.contract import Context
from shop.connectors.people import customer_ref
from shop.connectors.shopify.body import Part
from shop.domain.states import Disclosure, Erasure


def erasure(body: Part, context: Context) -> Erasure:
    """Translate ``customers/redact``.

    :raises UnreadableBody: when it is not as Shopify documents it.
    """
    return Erasure(
        customer_ref=_customer(body, context), order_external_ids=body.ids("orders_to_redact")
    )


def disclosure(body: Part, context: Context) -> Disclosure:
    """Translate ``customers/data_request``; it does not say when it was made.

    :raises UnreadableBody: when it is not as Shopify documents it.
    """
    return Disclosure(
        external_id=body.part("data_request").id(),
        customer_ref=_customer(body, context),
        order_external_ids=body.ids("orders_requested"),
    )


def _customer(body: Part, context: Context) -> str:
    return customer_ref(context.shop_code, body.part("customer").optional_id("id"))
