"""Magento and Adobe Commerce: what they send, what their bodies say, how they are connected."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.wording import Said
from shop.connectors import choices
from shop.connectors.body import Part, read
from shop.connectors.contract import (
    UNREADABLE,
    Arrival,
    BadHeader,
    Connector,
    Context,
    Delivery,
    Field,
    UnreadableBody,
)
from shop.connectors.magento import orders, products, signature
from shop.connectors.magento.poller import POLL_ORDER, POLL_PRODUCT, MagentoPoller
from shop.domain.states import Facts

TOPIC, EVENT_CODE = "x-apport-event", "x-adobe-event-code"
_PREFIX = "com.adobe.commerce."
ORDER_TOPICS = frozenset(
    {"observer.sales_order_save_commit_after", "observer.sales_order_save_after"}
)
#: These name their order as ``order_id``.
DOCUMENT_TOPICS = frozenset({
    "observer.sales_order_creditmemo_save_commit_after",
    "observer.sales_order_creditmemo_save_after",
    "observer.sales_order_invoice_save_commit_after",
    "observer.sales_order_invoice_save_after",
})  # fmt: skip
_PLACES = ("order", "creditmemo", "invoice", "value")


class Magento(Connector):
    """A shop of Magento Open Source (polled) or Adobe Commerce (polled, and told by webhooks)."""

    name = "magento"
    title = "Magento / Adobe Commerce"
    trial = (
        _("In Magento: Stores > Configuration > Sales > Payment Methods: switch on Check / Money"
          " Order."),
        _("Place an order for any product. Magento marks no tests: cancel it afterwards, and it"
          " earns nothing."),
    )  # fmt: skip
    has_own_secret = True
    fields = (
        Field(
            name="access_token",
            label=_("Access token"),
            help=_("Of the integration, shown when it is activated."),
            is_secret=True,
        ),
        Field(
            name="store",
            label=_("Code of the store view"),
            help=_("Whose names of products, categories and colours are read. Empty: default."),
            is_required=False,
        ),
        *choices.FIELDS,
    )
    steps = (
        _("In the admin open System > Extensions > Integrations and choose Add New Integration."),
        _("Under API choose Custom and tick Sales > Operations > Orders and Credit Memos, Catalog >"
          " Inventory > Products and Categories, Stores > Settings > Inventory, and Stores >"
          " Attributes > Product."),
        _("Save, choose Activate, Allow, and copy the access token. Enter it here."),
        _("Under Stores > Settings > Configuration > Services > OAuth > Consumer Settings set Allow"
          " OAuth Access Tokens to be used as standalone Bearer tokens to Yes."),
        _("For margins fill in the attribute Cost of each product: Magento then keeps it with every"
          " order line."),
        _("That is all for Magento Open Source: orders are read every hour."),
        _("Adobe Commerce can tell us at once. Under Stores > Settings > Configuration > Adobe"
          " Services > Webhooks enable the digital signature, choose Regenerate key pair, and paste"
          " the public key here as the secret."),
        _("Under System > Webhooks > Webhooks Subscriptions add hooks of the type after for"
          " observer.sales_order_save_commit_after and observer.sales_order_creditmemo_save_after,"
          " with the URL %(webhook)s."),
        _("Give each hook a header X-Apport-Event with the name of its event, mark it as not"
          " required, and send the fields entity_id, updated_at and, for credit memos, order_id."),
    )  # fmt: skip

    def check(self, delivery: Delivery, *, secrets: Sequence[str], now: datetime) -> None:  # noqa: ARG002
        """Accept what one of the public keys in ``secrets`` confirms. No time is signed.

        :raises BadHeader: when the signature is missing or misshapen.
        :raises BadSignature: when no key confirms it.
        """
        signature.check(delivery, secrets)

    def arrival(self, delivery: Delivery) -> Arrival:
        """Say what a delivery is. Webhooks have no id of their own: the body is it.

        :raises BadHeader: when neither a header nor the body names an event.
        """
        headers = delivery.headers
        named = headers.get(TOPIC, "").strip() or headers.get(EVENT_CODE, "").strip()
        event_id = hashlib.sha256(delivery.body).hexdigest()[:40]
        try:
            body = read(delivery.body)
            topic = _topic(named or body.text("type"))
            event_id = body.text("event_id", 60) or event_id
            subject = _subject(topic, body)
        except UnreadableBody:
            return Arrival(event_id=event_id, topic=_topic(named) or UNREADABLE)
        if not topic:
            raise BadHeader("X-Apport-Event is missing.")
        return Arrival(event_id=event_id, topic=topic, subject=subject)

    def facts(self, topic: str, body: bytes, context: Context) -> Facts:
        """Translate a body of a webhook, or a record of the poller.

        What a webhook sends is what somebody ticked: it only says which order to read.

        :raises UnreadableBody: when it is not as documented.
        """
        told = read(body)
        if topic == POLL_ORDER:
            state = orders.state(told.part("order"), told.parts("memos"), context)
            if not state.order.lines:
                return Facts(ignored=Said("An order without lines."))
            return Facts(orders=(state,))
        if topic == POLL_PRODUCT:
            return products.facts(told, context)
        if topic in ORDER_TOPICS or topic in DOCUMENT_TOPICS:
            part = _document(told)
            return Facts(wanted_orders=(part.id(_key(topic)),))
        if topic == UNREADABLE:
            raise UnreadableBody(Said("The delivery's topic is not known."))
        return Facts(ignored=Said("Nothing of this topic is needed."))

    def poller(
        self,
        address: str,
        credentials: Mapping[str, str],
        context: Context,
    ) -> MagentoPoller | None:
        """Return the way to the REST API; none where no token was entered."""
        token = credentials.get("access_token", "").strip()
        store = context.options.get("store", "").strip()
        if not address or not token:
            return None
        return MagentoPoller.of(address, token, store if store.isidentifier() else "")


def _topic(named: str) -> str:
    return named.removeprefix(_PREFIX)[:60]


def _key(topic: str) -> str:
    return "entity_id" if topic in ORDER_TOPICS else "order_id"


def _document(told: Part) -> Part:
    """Return what a body is about: webhooks send it bare or named, events in ``data.value``."""
    inner = told.part("data") if told.found.get("data") else told
    for name in _PLACES:
        if inner.part(name).found:
            return inner.part(name)
    return inner


def _subject(topic: str, body: Part) -> str:
    try:
        return _document(body).optional_id(_key(topic))
    except UnreadableBody:
        return ""
