"""What managers read about connections with platforms: lights, platforms and their steps."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy

from portal.display import StatusText
from shop.connectors.contract import Connector
from shop.domain import remarks
from shop.models import Connection
from shop.services.health import Health, Light, webhook_address

_LIGHTS = {
    Light.GREEN: StatusText("green", Light.GREEN.label, "success", "circle-check"),
    Light.YELLOW: StatusText("yellow", Light.YELLOW.label, "warning", "triangle-alert"),
    Light.RED: StatusText("red", Light.RED.label, "danger", "circle-x"),
    Light.GREY: StatusText("grey", Light.GREY.label, "info", "hourglass"),
}
_PAUSED = StatusText("paused", gettext_lazy("Paused"), "warning", "pause")

_REMARKS = {
    remarks.MANUAL_CODE: gettext_lazy(
        "A discount given by hand is named like a promo code: it credits nobody."
    ),
    remarks.UNCLEAR_RETURN: gettext_lazy(
        "Money was given back and nothing says which goods came back: look at it."
    ),
    remarks.AMOUNT_ONLY: gettext_lazy("Money was given back without goods."),
    remarks.OUTSTANDING: gettext_lazy(
        "The shop says paid, and that something is still to be paid."
    ),
    remarks.CUSTOM_LINE: gettext_lazy(
        "A line without SKU was typed in by hand: it waits for a cost."
    ),
    remarks.PRICE_RAISED: gettext_lazy(
        "A price was raised after the order: the raise earns nothing by itself."
    ),
    remarks.RETURN_WITHDRAWN: gettext_lazy("The shop deleted a refund that it had told us."),
    remarks.TOTALS_DIFFER: gettext_lazy("The lines do not add up to the shop's own total."),
    remarks.REOPENED: gettext_lazy(
        "The shop opened it again after it was cancelled: it earns nothing by itself any more."
    ),
    remarks.STORE: gettext_lazy("Sold in a store: only a promo code can credit somebody."),
}

#: What stands in a step for a secret that is not shown again.
KEPT_SECRET = gettext_lazy("(shown once, when it is made)")


def light_status(connection: Connection, health: Health) -> StatusText:
    """Return how a connection is doing."""
    return _PAUSED if connection.paused_at else _LIGHTS[health.light]


def steps_of(platform: Connector, connection: Connection, secret: str = "") -> Sequence[str]:
    """Return what to do at the platform, with the address and the secret in its place."""
    facts = {"webhook": webhook_address(connection), "secret": secret or str(KEPT_SECRET)}
    return [str(step) % facts for step in platform.steps]


def remarks_of(codes: Sequence[str]) -> list[str]:
    """Return what a person should know of an order, as sentences."""
    return [str(_REMARKS[code]) for code in codes if code in _REMARKS]
