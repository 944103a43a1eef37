"""Shopify: what its webhooks and its Admin API say, in our words (docs/rules/connectors)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from core.wording import Said
from shop.connectors.api import ShopApi
from shop.connectors.contract import (
    Arrival,
    BadHeader,
    Connector,
    Context,
    Delivery,
    Field,
    Poller,
    UnreadableBody,
)
from shop.connectors.shopify import nodes, orders, products, signature, wishes
from shop.connectors.shopify.body import Part, read
from shop.connectors.shopify.choices import FIELDS, Choices
from shop.connectors.shopify.graphql import Admin
from shop.connectors.shopify.poller import ORDER, PRODUCT, AdminPoller
from shop.connectors.shopify.refunds import Refund
from shop.domain.states import Facts, together

#: What a column for ids of events and for topics holds.
_LONGEST_ID, _LONGEST_TOPIC = 100, 60


class Shopify(Connector):
    """A shop of Shopify."""

    name = "shopify"
    title = "Shopify"
    trial = (
        _("In Shopify: Settings > Payments: switch on the test mode of Shopify Payments, or choose"
          " the (for testing) Bogus Gateway."),
        _("Place an order with the number of a test card. It is marked as a test: visible here, and"
          " it never earns."),
    )  # fmt: skip
    subscribes = True
    has_own_secret = True
    fields = (
        Field(
            name="client_id",
            label=_("Client ID"),
            help=_("Of the app in the Dev Dashboard, under Settings."),
            is_required=False,
            is_secret=True,
        ),
        Field(
            name="client_secret",
            label=_("Client secret"),
            help=_("Beside the client ID. It is also the secret that signs the webhooks."),
            is_required=False,
            is_secret=True,
        ),
        Field(
            name="access_token",
            label=_("Admin API access token"),
            help=_("Only for an app that was made in the shop's own admin before 2026."),
            is_required=False,
            is_secret=True,
        ),
        *FIELDS,
    )
    steps = (
        _("Address: the shop's permanent one, such as https://your-shop.myshopify.com."),
        _(
            "In the Shopify Dev Dashboard choose Apps, Create app. In a version of it choose the"
            " Admin API scopes read_orders, read_all_orders, read_products and read_inventory, and"
            " the webhooks API version 2026-10. Release the version."
        ),
        _(
            "Under API access requests ask for Protected customer data: e-mail, phone and address."
            " We keep keyed hashes of them alone, to tell orders of one person from those of"
            " others."
        ),
        _("Install the app in your shop. Copy the client ID and the client secret from Settings."),
        _("Enter both here, and the client secret again as the secret that signs the webhooks."),
        _("Let us subscribe to the webhooks: they are sent to %(webhook)s."),
        _(
            "Give the same address to the app as the address for customers/data_request,"
            " customers/redact and shop/redact: those cannot be subscribed to from here."
        ),
        _("The user who installed the app needs the permission View product costs, for margins."),
    )

    def check(self, delivery: Delivery, *, secrets: Sequence[str], now: datetime) -> None:  # noqa: ARG002
        """Accept a delivery that one of ``secrets`` signed. Shopify signs no time: SH20."""
        signature.check(delivery, secrets)

    def arrival(self, delivery: Delivery) -> Arrival:
        """Say what a delivery is: two subscriptions send one event twice under one id."""
        webhook = signature.header(delivery.headers, "webhook-id")
        event = signature.header(delivery.headers, "event-id") or webhook
        topic = signature.needed(delivery.headers, "topic").lower()
        if not event:
            raise BadHeader("X-Shopify-Event-Id and X-Shopify-Webhook-Id are both missing.")
        if max(len(event), len(webhook)) > _LONGEST_ID or len(topic) > _LONGEST_TOPIC:
            raise BadHeader("X-Shopify-Topic, -Event-Id or -Webhook-Id is too long.")
        return Arrival(
            event_id=event,
            topic=topic,
            subject=_subject(topic, delivery.body),
            delivery_id=webhook,
            triggered_at=_triggered(signature.header(delivery.headers, "triggered-at")),
        )

    def is_of(self, delivery: Delivery, address: str) -> bool:
        """Compare the shop's domain of the headers with the connection's."""
        said = delivery.headers.get("x-shopify-shop-domain") or delivery.headers.get(
            "shopify-shop-domain", ""
        )
        ours = urlsplit(address).hostname or ""
        return not said or not ours.endswith(".myshopify.com") or said.lower() == ours

    def facts(self, topic: str, body: bytes, context: Context) -> Facts:
        """Translate a body of a webhook or of the API."""
        reader = _READERS.get(topic)
        if reader is None:
            return Facts(ignored=Said("Nothing is made of the topic %(topic)s.", topic=topic))
        return reader(read(body), context)

    def poller(
        self, address: str, credentials: Mapping[str, str], context: Context
    ) -> Poller | None:
        """Return the way to the Admin API; None where neither a token nor a client was entered."""
        entered = {name: value.strip() for name, value in credentials.items() if value.strip()}
        has_client = {"client_id", "client_secret"} <= entered.keys()
        if not address or not ("access_token" in entered or has_client):
            return None
        version = Choices.of(context.options).version
        return AdminPoller(
            Admin(api=ShopApi(address=address.rstrip("/")), credentials=entered, version=version)
        )


def _order(body: Part, context: Context) -> Facts:
    return Facts(orders=(orders.state(body, context),))


def _polled_order(body: Part, context: Context) -> Facts:
    return Facts(orders=(orders.state(nodes.order(body), context),))


def _edited(body: Part, _context: Context) -> Facts:
    return Facts(wanted_orders=(body.part("order_edit").id("order_id"),))


def _refund(body: Part, context: Context) -> Facts:
    """A refund tells its goods. For money without goods the order says what is VAT: SH21."""
    order_id = body.id("order_id")
    refund = Refund(body, order_id, context.currency)
    needs_order = refund.given_minor() or refund.unclear_lines() or refund.unexplained_minor()
    returns = tuple(filter(None, (refund.goods(), refund.shipping())))
    if not returns and not needs_order:
        return Facts(ignored=Said("The refund gives back neither goods nor shipping nor money."))
    return Facts(returns=returns, wanted_orders=(order_id,) if needs_order else ())


def _product(body: Part, context: Context) -> Facts:
    found = tuple(products.products(body, context))
    return Facts(products=found) if found else Facts(ignored=_WITHOUT_SKU)


def _polled_product(body: Part, context: Context) -> Facts:
    found = tuple(products.variant(body, context))
    return Facts(products=found) if found else Facts(ignored=_WITHOUT_SKU)


def _gone_product(body: Part, _context: Context) -> Facts:
    return Facts(gone_models=(body.id(),))


def _inventory_item(body: Part, context: Context) -> Facts:
    if "inventory_items" in body.found:  # The API's list of them, sent on as it came.
        listed = body.parts("inventory_items")
        return together(_cost(one, context) for one in listed)
    return _cost(body, context)


def _cost(body: Part, context: Context) -> Facts:
    cost = products.unit_cost(body, context)
    if cost is None:
        return Facts(ignored=Said("It tells no cost, or of no SKU."))
    return Facts(unit_costs=(cost,))


def _customer_redact(body: Part, context: Context) -> Facts:
    return Facts(erasures=(wishes.erasure(body, context),))


def _data_request(body: Part, context: Context) -> Facts:
    return Facts(disclosures=(wishes.disclosure(body, context),))


def _shop_redact(_body: Part, _context: Context) -> Facts:
    return Facts(
        ignored=Said(
            "The app was removed from the shop. What is kept is the shop's own and goes by its"
            " own retention rules."
        )
    )


_WITHOUT_SKU = Said("No variant of the product has a SKU.")
_READERS: dict[str, Callable[[Part, Context], Facts]] = {
    **dict.fromkeys(
        ("orders/create", "orders/paid", "orders/updated", "orders/cancelled", "orders/fulfilled",
         "orders/partially_fulfilled"), _order
    ),
    "orders/edited": _edited,
    "refunds/create": _refund,
    "products/create": _product,
    "products/update": _product,
    "products/delete": _gone_product,
    "inventory_items/update": _inventory_item,
    "customers/redact": _customer_redact,
    "customers/data_request": _data_request,
    "shop/redact": _shop_redact,
    ORDER: _polled_order,
    PRODUCT: _polled_product,
}  # fmt: skip


def _subject(topic: str, body: bytes) -> str:
    """Return the id of what changed, as far as the body can be read."""
    try:
        found = read(body)
        if topic == "orders/edited":
            return found.part("order_edit").id("order_id")
        return found.id("order_id") if topic == "refunds/create" else found.optional_id("id")
    except UnreadableBody:
        return ""


def _triggered(said: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
