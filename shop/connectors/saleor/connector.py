"""Saleor: what it sends, what its bodies say, and how it is connected."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.wording import Said
from shop.connectors import choices
from shop.connectors.body import Part, read, whole
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
from shop.connectors.saleor import keys, legacy, orders, products, signature
from shop.connectors.saleor.poller import POLL_ORDER, POLL_PRODUCT, SaleorPoller
from shop.connectors.saleor.queries import GONE_EVENTS, ORDER_EVENTS, PRODUCT_EVENTS
from shop.domain.states import Facts

_NOTIFY = "notify_user"
_ORDERS = frozenset({POLL_ORDER, _NOTIFY, *(name.lower() for name in ORDER_EVENTS)})
_PRODUCTS = frozenset({POLL_PRODUCT, *(name.lower() for name in PRODUCT_EVENTS)})
_GONE = frozenset(name.lower() for name in GONE_EVENTS)


class Saleor(Connector):
    """A shop of Saleor, through webhooks with a subscription query and its GraphQL API."""

    name = "saleor"
    title = "Saleor"
    trial = (
        _("In Saleor's dashboard: make a draft order with any product, finish it and mark it as"
          " paid."),
        _("Saleor marks no tests: cancel it afterwards, and it earns nothing."),
    )  # fmt: skip
    subscribes = True
    has_own_secret = True
    publishes_keys = True
    fields = (
        Field(
            name="app_token",
            label=_("Token of the app"),
            help=_("Saleor shows it once."),
            is_secret=True,
        ),
        Field(
            name="channel",
            label=_("Slug of the channel"),
            help=_("One channel is one shop here. Empty: all channels in the shop's currency."),
            is_required=False,
        ),
        Field(
            name="storefront",
            label=_("Address of products in the storefront"),
            help=_("What stands before a product's slug, such as"
                   " https://www.example.com/products."),
            is_required=False,
        ),
        *choices.FIELDS,
    )  # fmt: skip
    steps = (
        _("Address: the one of the API without /graphql/, such as https://shop.saleor.cloud."),
        _("In the Dashboard open Extensions > Installed > Add extension > Provide details manually"
          " and give it the permissions Manage orders, Manage products and Manage users."),
        _("Copy the token that is shown, and enter it here."),
        _("The keys that Saleor signs with are read from /.well-known/jwks.json under the address,"
          " and again when it changes them: nothing need be pasted. Only where we cannot open that"
          " page, paste all of it here as the secret."),
        _("Let us subscribe to the webhooks: they are sent to %(webhook)s, with our query. Leave"
          " the secret key of a webhook empty; it is deprecated. Who still uses one, pastes it"
          " here instead of the keys."),
        _("For margins fill in the cost price of each variant in the channel's listing."),
    )  # fmt: skip

    def check(self, delivery: Delivery, *, secrets: Sequence[str], now: datetime) -> None:  # noqa: ARG002
        """Accept what a key set or a shared secret in ``secrets`` confirms. No time is signed.

        :raises BadHeader: when the signature is missing or misshapen.
        :raises BadSignature: when nothing confirms it.
        """
        signature.check(delivery, secrets)

    def trusted(self, delivery: Delivery, *, address: str, secrets: Sequence[str]) -> Sequence[str]:
        """Return the keys that the shop publishes; while none are known, those that were pasted."""
        if not signature.is_jws(delivery):
            return secrets
        found = keys.published(address, lambda kept: signature.fits(delivery, kept))
        return [found] if found else secrets

    def arrival(self, delivery: Delivery) -> Arrival:
        """Say what a delivery is. Saleor sends no id of an event: the body, with its time, is it.

        :raises BadHeader: when it names no event.
        """
        topic = signature.header(delivery, "event").lower()[:60]
        if not topic:
            raise BadHeader("Saleor-Event is missing.")
        event_id = hashlib.sha256(delivery.body).hexdigest()[:40]
        try:
            found: object = parsed(delivery.body)
        except UnreadableBody:
            return Arrival(event_id=event_id, topic=UNREADABLE)
        try:
            body = _only(found)
            subject = (_order(body) if topic in _ORDERS else body.part("product")).optional_id("id")
            issued = body.optional_moment("issuedAt")
        except UnreadableBody:
            return Arrival(event_id=event_id, topic=topic)
        return Arrival(event_id=event_id, topic=topic, subject=subject, triggered_at=issued)

    def facts(self, topic: str, body: bytes, context: Context) -> Facts:
        """Translate a body of a webhook, or a record of the poller.

        :raises UnreadableBody: when it is not as documented.
        """
        if topic in _ORDERS:
            return _order_facts(_order(_only(parsed(body))), topic, context)
        if topic in _PRODUCTS:
            told = read(body)
            told.part("product").id("id")
            return products.facts(
                told.part("product"), context, seen_at=told.optional_moment("issuedAt")
            )
        if topic in _GONE:
            return Facts(gone_models=(read(body).part("product").id("id"),))
        if topic == UNREADABLE:
            raise UnreadableBody(Said("The delivery's topic is not known."))
        return Facts(ignored=Said("Nothing of this topic is needed."))

    def poller(
        self, address: str, credentials: Mapping[str, str], context: Context
    ) -> SaleorPoller | None:
        """Return the way to the GraphQL API; none where no token was entered."""
        token = credentials.get("app_token", "").strip()
        channel = context.options.get("channel", "").strip()
        return SaleorPoller.of(address, token, channel) if address and token else None


def _only(found: object) -> Part:
    """Return the object of a body. Webhooks without a query send a list with one in it.

    :raises UnreadableBody: when it is no object.
    """
    if isinstance(found, list) and len(found) == 1:
        return whole(found[0])
    return whole(found)


def _order(body: Part) -> Part:
    """Return the order of a body: in our query, in a notification, or the body itself."""
    for part in (body.part("order"), body.part("payload").part("order")):
        if part.found:
            return part
    return body


def _order_facts(order: Part, topic: str, context: Context) -> Facts:
    if topic == _NOTIFY and not legacy.is_legacy(order):
        return Facts(ignored=Said("A notification that is not about an order."))
    is_old = legacy.is_legacy(order)
    told = legacy.order(order) if is_old else order
    if orders.status(told) == orders.DRAFT:
        return Facts(ignored=Said("A draft: nobody ordered yet."))
    channel, ours = told.part("channel").text("slug"), context.options.get("channel", "").strip()
    if ours and channel and channel != ours:
        return Facts(ignored=Said("An order of another channel."))
    state = orders.state(told, context, knows_all=not is_old)
    if not state.order.lines:
        return Facts(ignored=Said("An order without lines."))
    return Facts(orders=(state,), wanted_orders=(state.order.external_id,) if is_old else ())
