"""WooCommerce: what it sends, what its bodies say, and how it is connected."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.wording import Said
from shop.connectors.contract import (
    UNREADABLE,
    Arrival,
    BadHeader,
    Connector,
    Context,
    Delivery,
    Field,
    UnreadableBody,
    parsed,
)
from shop.connectors.woocommerce import orders, products, signature
from shop.connectors.woocommerce.body import Part, whole_body
from shop.connectors.woocommerce.poller import POLL_ORDER, POLL_PRODUCT, WooCommercePoller
from shop.domain.states import Facts, together

_TOPIC, _DELIVERY = "x-wc-webhook-topic", "x-wc-webhook-delivery-id"
_STATES = frozenset({"created", "updated", "restored"})


class WooCommerce(Connector):
    """A shop on WordPress with WooCommerce, through its webhooks and its REST API, version 3."""

    name = "woocommerce"
    title = "WooCommerce"
    trial = (
        _("In WordPress: WooCommerce > Settings > Payments: switch on the test mode of your payment"
          " method, or cash on delivery."),
        _("Place an order for any product. Some payment plugins mark it as a test; without that"
          " mark it is an order like any other: cancel it afterwards, and it earns nothing."),
    )  # fmt: skip
    subscribes = True
    fields = (
        Field(
            name="consumer_key",
            label=_("Consumer key"),
            help=_("Begins with ck_. It needs read and write access: it sets up the webhooks."),
            is_secret=True,
        ),
        Field(
            name="consumer_secret",
            label=_("Consumer secret"),
            help=_("Begins with cs_. WooCommerce shows it once."),
            is_secret=True,
        ),
        Field(
            name="gift_cards",
            label=_("SKUs of gift cards"),
            help=_(
                "With commas in between. Selling them earns nothing; known plugins need no entry."
            ),
            is_required=False,
        ),
    )
    steps = (
        _("Sign in to WordPress as an administrator. Settings > Permalinks must not be Plain."),
        _("Open WooCommerce > Settings > Advanced > REST API and choose Add key."),
        _("Choose an administrator as user and Read/Write as permissions, then Generate API key."),
        _("Enter the consumer key and the consumer secret here. Then the webhooks are set up for"
          " you."),
        _("By hand instead: WooCommerce > Settings > Advanced > Webhooks > Add webhook, once for"
          " each topic: Order created, Order updated, Order deleted, Order restored, Product"
          " created, Product updated, Product deleted, Product restored."),
        _("By hand: Status Active, Delivery URL %(webhook)s, Secret %(secret)s, API version WP REST"
          " API Integration v3."),
        _("For costs: WooCommerce > Settings > Advanced > Features > Cost of Goods Sold, then enter"
          " a cost with each product."),
    )  # fmt: skip

    def check(self, delivery: Delivery, *, secrets: Sequence[str], now: datetime) -> None:  # noqa: ARG002
        """Accept what one of ``secrets`` signed, and the ping: nothing else comes unsigned.

        :raises BadHeader: when there is no signature.
        :raises BadSignature: when no secret fits. WooCommerce signs no time.
        """
        signature.check(delivery, secrets)

    def arrival(self, delivery: Delivery) -> Arrival:
        """Say what a delivery is.

        WooCommerce makes its delivery ids of the webhook and the second: two orders that change in
        one second come under one id. The body tells them apart.

        :raises BadHeader: when it names no topic or delivery.
        """
        if signature.is_ping(delivery.body):
            return Arrival(event_id="ping", topic="ping", is_ping=True)
        topic = delivery.headers.get(_TOPIC, "").strip()[:60]
        delivery_id = delivery.headers.get(_DELIVERY, "").strip()[:64]
        if not topic:
            raise BadHeader("X-WC-Webhook-Topic is missing.")
        if not delivery_id:
            raise BadHeader("X-WC-Webhook-Delivery-ID is missing.")
        digest = hashlib.sha256(delivery.body).hexdigest()[:24]
        try:
            found: Any = parsed(delivery.body)
        except UnreadableBody:
            found, topic = None, UNREADABLE
        return Arrival(
            event_id=f"{delivery_id}:{digest}",
            topic=topic,
            subject=Part(found).optional_id("id") if _has_plain_id(found) else "",
            delivery_id=delivery_id,
        )

    def facts(self, topic: str, body: bytes, context: Context) -> Facts:
        """Translate a body of a webhook, or a record of the poller.

        :raises UnreadableBody: when it is not as documented.
        """
        found = parsed(body)
        if isinstance(found, list) and found:
            return together(_listed(whole_body(one), context) for one in found)
        resource, _dot, event = topic.partition(".")
        if topic == POLL_ORDER:
            told = whole_body(found)
            return _order(told.part("order"), told.parts("refunds"), context)
        if topic == POLL_PRODUCT:
            return _products(whole_body(found), context)
        if resource == "order" and event in _STATES:
            return _order(whole_body(found), None, context)
        if topic == "order.deleted":
            return Facts(gone_orders=(whole_body(found).id("id"),))
        if resource == "product" and event in _STATES:
            return products.single_facts(whole_body(found), context.currency)
        if topic == "product.deleted":
            return Facts(gone_models=(whole_body(found).id("id"),))
        if topic == UNREADABLE:
            raise UnreadableBody(Said("The delivery's topic is not known."))
        return Facts(ignored=Said("Nothing of this topic is needed."))

    def poller(
        self,
        address: str,
        credentials: Mapping[str, str],
        context: Context,  # noqa: ARG002
    ) -> WooCommercePoller | None:
        """Return the way to the REST API; none where no key was entered."""
        key = credentials.get("consumer_key", "").strip()
        secret = credentials.get("consumer_secret", "").strip()
        return WooCommercePoller.of(address, key, secret) if key and secret else None


def _has_plain_id(found: object) -> bool:
    return isinstance(found, dict) and isinstance(found.get("id"), str | int)


def _order(order: Part, refunds: Sequence[Part] | None, context: Context) -> Facts:
    """``refunds`` None: the body lists at most their sums, and the API tells the rest."""
    if orders.status(order) in orders.DRAFTS:
        return Facts(ignored=Said("A draft: nobody ordered yet."))
    if refunds is None and not order.parts("refunds"):
        refunds = ()
    gift_cards = context.options.get("gift_cards", "").split(",")
    state = orders.state(order, refunds, context, (sku.strip() for sku in gift_cards))
    if not state.order.lines:
        return Facts(ignored=Said("An order without lines."))
    return Facts(
        orders=(state,),
        wanted_orders=(state.order.external_id,) if refunds is None else (),
    )


def _listed(one: Part, context: Context) -> Facts:
    """An entry of a list of the API: an order, or a refund, which names its order by a link."""
    if "line_items" in one.found and "status" in one.found:
        return _order(one, None, context)
    for up in one.part("_links").parts("up"):
        order_id = up.text("href").rstrip("/").rpartition("/")[2]
        if order_id.isdecimal():
            return Facts(wanted_orders=(order_id,))
    raise UnreadableBody(Said("At %(place)s: neither an order nor a refund.", place="the list"))


def _products(told: Part, context: Context) -> Facts:
    taxes = products.Taxes.of(told.part("taxes"))
    product = told.part("product")
    found = products.products(product, told.parts("variations"), taxes, context.currency)
    return Facts(products=found, ignored="" if found else Said("Nothing in it has a SKU."))
