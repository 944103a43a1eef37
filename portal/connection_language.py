"""What managers read about connections with platforms: lights, platforms and their steps."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy

from portal.display import StatusText
from shop.connectors.contract import Connector
from shop.models import Connection, RequestKind
from shop.services.health import Health, Light, webhook_address

_LIGHTS = {
    Light.GREEN: StatusText("green", gettext_lazy("Everything arrives"), "success", "circle-check"),
    Light.YELLOW: StatusText("yellow", gettext_lazy("Look at it"), "warning", "triangle-alert"),
    Light.RED: StatusText("red", gettext_lazy("Something is missing"), "danger", "circle-x"),
    Light.GREY: StatusText("grey", gettext_lazy("Nothing yet"), "info", "hourglass"),
}
_PAUSED = StatusText("paused", gettext_lazy("Paused"), "warning", "pause")

REQUESTS = {
    RequestKind.ERASURE.value: gettext_lazy("Erase what is kept"),
    RequestKind.DISCLOSURE.value: gettext_lazy("Tell what is kept"),
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
