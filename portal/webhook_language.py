"""What people read about webhooks and postbacks: events, states, and why something failed."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.domain.event_types import PING
from affiliates.models import DisabledBecause, Endpoint, EndpointStatus, EventDelivery
from portal.display import StatusText, Text

#: Groups of events, as the form shows them: what each is called.
GROUPS: tuple[tuple[Text, dict[str, Text]], ...] = (
    (
        gettext_lazy("Sales"),
        {
            "sale.tracked": gettext_lazy("A sale is credited"),
            "sale.approved": gettext_lazy("A sale is approved"),
            "sale.declined": gettext_lazy("A sale is declined"),
            "sale.reversed": gettext_lazy("Goods or money of a sale went back"),
            "adjustment.posted": gettext_lazy("Something is added or taken back"),
        },
    ),
    (
        gettext_lazy("Payouts"),
        {
            "payout.sent": gettext_lazy("A payout is sent"),
            "payout.paid": gettext_lazy("A payout arrived"),
            "payout.failed": gettext_lazy("A payout failed or came back"),
            "statement.ready": gettext_lazy("A statement is ready"),
        },
    ),
    (
        gettext_lazy("Looks"),
        {
            "look.approved": gettext_lazy("A look is approved"),
            "look.changes_requested": gettext_lazy("Changes of a look are asked for"),
            "look.refused": gettext_lazy("A look is refused"),
            "look.published": gettext_lazy("A look is published"),
            "look.withdrawn": gettext_lazy("A look is withdrawn"),
        },
    ),
    (
        gettext_lazy("Account"),
        {
            "terms.announced": gettext_lazy("New terms are announced"),
            "code.assigned": gettext_lazy("A promo code is assigned"),
            "link.broken": gettext_lazy("The page of a link is gone"),
            "case.opened": gettext_lazy("A check is opened"),
            "case.decided": gettext_lazy("A check is decided"),
        },
    ),
    (
        gettext_lazy("Programme"),
        {
            "application.submitted": gettext_lazy("Somebody applies"),
            "affiliate.approved": gettext_lazy("An affiliate is accepted"),
            "affiliate.suspended": gettext_lazy("An affiliate is suspended"),
            "batch.awaiting_approval": gettext_lazy("A batch waits for approval"),
            "batch.approved": gettext_lazy("A batch is approved"),
            "batch.sent": gettext_lazy("A batch is sent"),
            "connection.silent": gettext_lazy("A shop is silent"),
            "programme.case.opened": gettext_lazy("A case is opened"),
        },
    ),
)
_EVENTS: dict[str, Text] = {
    name: label for _group, events in GROUPS for name, label in events.items()
} | {PING: gettext_lazy("A try")}

_ACTIVE = StatusText("active", gettext_lazy("Active"), "success", "circle-check",
                     gettext_lazy("Events are sent within a minute."))  # fmt: skip
_FAILING = StatusText("failing", gettext_lazy("Failing"), "warning", "triangle-alert",
                      gettext_lazy("The last attempt failed. We go on trying."))  # fmt: skip
_PAUSED = StatusText("paused", gettext_lazy("Paused"), "neutral", "pause",
                     gettext_lazy("Events wait until you let it go on."))  # fmt: skip
_DISABLED = {
    DisabledBecause.FAILURES.value: gettext_lazy(
        "It failed 20 times in a row, or for three days. Nothing is sent until you switch it on."
    ),
    DisabledBecause.GONE.value: gettext_lazy(
        "It answered 410: gone. Nothing is sent until you switch it on."
    ),
}

DELIVERIES: dict[str, StatusText] = {
    "waiting": StatusText("waiting", gettext_lazy("Waiting"), "info", "hourglass"),
    "taken": StatusText("taken", gettext_lazy("Delivered"), "success", "circle-check"),
    "failed": StatusText("failed", gettext_lazy("Failed"), "danger", "circle-x"),
}
_RETRYING = StatusText("waiting", gettext_lazy("Tried again later"), "warning", "refresh-cw")

_ERRORS: dict[str, Text] = {
    "address": gettext_lazy("We do not send to this address: it is not public, or not https."),
    "name": gettext_lazy("The DNS knows no such host."),
    "connection": gettext_lazy("No connection, or no certificate that we can trust."),
    "slow": gettext_lazy("No answer within ten seconds."),
    "disabled": gettext_lazy("Not sent: the address was switched off."),
    "deleted": gettext_lazy("Not sent: the address was deleted."),
}


def event_label(name: str) -> Text:
    """Return what a type of event is called; of one that is no longer known, its name."""
    return _EVENTS.get(name, name)


def endpoint_status(endpoint: Endpoint) -> StatusText:
    """Return how an address is doing."""
    if endpoint.status == EndpointStatus.DISABLED:
        why = _DISABLED[endpoint.disabled_because]
        return StatusText("disabled", _("Switched off"), "danger", "circle-x", why)
    if endpoint.status == EndpointStatus.PAUSED:
        return _PAUSED
    return _FAILING if endpoint.failures else _ACTIVE


def delivery_status(delivery: EventDelivery) -> StatusText:
    """Return where a delivery stands."""
    is_again = delivery.status == "waiting" and delivery.attempts and not delivery.claimed_until
    return _RETRYING if is_again else DELIVERIES[delivery.status]


def answer_words(delivery: EventDelivery) -> str:
    """Say in a word or two what came back last: a status, or why there is none."""
    if delivery.error:
        return str(_ERRORS.get(delivery.error, delivery.error))
    if delivery.http_status is None:
        return _("Not sent yet")
    if delivery.http_status in range(300, 400):
        return _("HTTP %(status)s: redirects are not followed") % {"status": delivery.http_status}
    return f"HTTP {delivery.http_status}"
