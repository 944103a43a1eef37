"""The generic signed webhook as a connector: for shops, tills and systems of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from shop.connectors import generic
from shop.connectors.contract import (
    Arrival,
    BadHeader,
    Connector,
    Context,
    Delivery,
    Poller,
)
from shop.domain.states import Facts, OrderState


class SignedWebhook(Connector):
    """Bodies of our own published schemas, signed as ``connectors.generic`` says."""

    name = generic.NAME
    title = "Signed webhook"
    trial = (
        _("Send a signed order with \"test\": true, as the guide's example does."),
        _("It is visible here, and never earns."),
    )  # fmt: skip
    steps = (
        _("Let your system send to %(webhook)s whenever an order, a return or a product changes."),
        _("Sign each body with the secret %(secret)s, as the guide shows."),
        _("The schemas of the bodies are published at /webhooks/schemas/."),
    )

    def check(self, delivery: Delivery, *, secrets: Sequence[str], now: datetime) -> None:
        """Accept what was signed at most five minutes ago.

        :raises BadHeader, BadSignature: see ``connectors.generic``.
        """
        _event_id(delivery)
        header = delivery.headers.get("apport-signature", "")
        generic.check_signature(header, delivery.body, secrets=secrets, now=now)

    def arrival(self, delivery: Delivery) -> Arrival:
        """Say which of our schemas the body names.

        :raises BadHeader: when the event id is missing or misshapen.
        """
        topic, subject = generic.topic_and_subject(delivery.body)
        return Arrival(event_id=_event_id(delivery), topic=topic, subject=subject)

    def facts(self, topic: str, body: bytes, context: Context) -> Facts:  # noqa: ARG002
        """Translate a body that keeps to the schema it names.

        :raises UnreadableBody: with the place and the rule that is broken there.
        """
        found = generic.read(body)
        if found["schema"] == generic.ORDER:
            order = generic.order(found, shop_code=context.shop_code)
            return Facts(orders=(OrderState(order=order, removed=generic.removed(found)),))
        if found["schema"] == generic.RETURN:
            return Facts(returns=(generic.shop_return(found),))
        if found["schema"] == generic.COST:
            return Facts(costs=(generic.cost(found),))
        return Facts(products=tuple(generic.products(found)))

    def poller(self, *_entered: object) -> Poller | None:
        """There is nothing to ask: whoever signs sends."""
        return None


def _event_id(delivery: Delivery) -> str:
    event_id = delivery.headers.get("apport-event-id", "")
    if not 1 <= len(event_id) <= 100 or not event_id.isprintable():
        raise BadHeader("Apport-Event-Id must be 1 to 100 printable characters.")
    return event_id


CONNECTOR = SignedWebhook()
