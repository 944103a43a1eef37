"""What managers read about connections with platforms: lights, platforms and their steps."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.display import StatusText
from portal.queries.staff_trials import Obstacles
from shop.connectors.contract import Connector
from shop.connectors.silent import SilentConnector
from shop.domain import remarks
from shop.models import Connection, DroppedFile
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

_FILE_READ = StatusText("read", gettext_lazy("Read"), "success", "check")
_FILE_WAITS = StatusText(
    "waits", gettext_lazy("Waits until it no longer grows"), "info", "hourglass"
)
_FILE_IN_PART = StatusText("in_part", gettext_lazy("Read in part"), "warning", "triangle-alert")
_FILE_UNREAD = StatusText("unread", gettext_lazy("Could not be read"), "danger", "circle-x")

#: What stands in a step for a secret that is not shown again.
KEPT_SECRET = gettext_lazy("(shown once, when it is made)")


def light_status(connection: Connection, health: Health) -> StatusText:
    """Return how a connection is doing."""
    return _PAUSED if connection.paused_at else _LIGHTS[health.light]


def file_status(file: DroppedFile) -> StatusText:
    """Return what became of a dropped file."""
    if file.read_at is None:
        return _FILE_WAITS
    if file.error:
        return _FILE_UNREAD
    return _FILE_IN_PART if file.refused_rows else _FILE_READ


def steps_of(platform: Connector, connection: Connection, secret: str = "") -> Sequence[str]:
    """Return what to do at the platform, with the address and the secret in its place."""
    facts = {"webhook": webhook_address(connection), "secret": secret or str(KEPT_SECRET)}
    return [str(step) % facts for step in platform.steps]


def advice_of(platform: Connector, found: Obstacles, *, came: bool) -> list[str]:
    """Return what to do when a test order does not arrive, the likeliest first.

    ``came``: something was sent and no order was made of it.
    """
    is_sent = not came and not isinstance(platform, SilentConnector)
    said = []
    if came:
        said.append(_("Something was sent, and no order was made of it: it is listed below. Where"
                      " it failed, correct the cause and replay it."))  # fmt: skip
    if found.is_paused:
        said.append(_("The connection is paused: let it go on."))
    if is_sent and not found.has_secret:
        said.append(_("There is no secret: without one nothing that is sent is believed. Make one,"
                      " or paste the platform's."))  # fmt: skip
    if is_sent and found.refused:
        said.append(
            ngettext(
                "%(count)s delivery to this shop was refused in the last 24 hours: its signature"
                " was not of a secret here. Enter the secret anew on both sides.",
                "%(count)s deliveries to this shop were refused in the last 24 hours: their"
                " signatures were not of a secret here. Enter the secret anew on both sides.",
                found.refused,
            )
            % {"count": found.refused}
        )
    if found.check_error:
        said.append(found.check_error)
    if found.dead_topics:
        said.append(
            _(
                "The platform stopped sending these: %(topics)s. Check the connection: it"
                " lets the platform send again."
            )
            % {"topics": ", ".join(found.dead_topics)}
        )
    if is_sent:
        said.append(
            _(
                "Look at the platform's own log of webhooks: the address there must be the one"
                " above to the letter, and what it was answered says what is wrong."
            )
        )
    if found.can_be_asked and platform.tells_orders:
        said.append(
            _(
                "Ask for changed orders. If it comes then, the address and the credentials are"
                " right, and only the webhook is missing."
            )
        )
    if not found.can_be_asked and isinstance(platform, SilentConnector):
        said.append(_("See that the file lies in the folder and that its name ends in .csv."))
    return said


def remarks_of(codes: Sequence[str]) -> list[str]:
    """Return what a person should know of an order, as sentences."""
    return [str(_REMARKS[code]) for code in codes if code in _REMARKS]
