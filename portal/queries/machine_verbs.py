"""What the verbs of connections, their secrets, and webhooks are called in the journal."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from portal.display import Tone

MACHINE_WORDS: dict[str, tuple[Promise, str, Tone]] = {
    "connection.tried": (gettext_lazy("Test order announced"), "circle-check", "info"),
    "connection.made": (gettext_lazy("Connected with a platform"), "plus", "warning"),
    "connection.changed": (gettext_lazy("Connection changed"), "pencil", "warning"),
    "connection.paused": (gettext_lazy("Connection paused"), "pause", "warning"),
    "connection.resumed": (gettext_lazy("Connection goes on"), "refresh-cw", "info"),
    "webhook_secret.issued": (gettext_lazy("Secret of webhooks issued"), "lock", "warning"),
    "webhook_secret.retired": (gettext_lazy("Secret of webhooks retired"), "lock", "warning"),
    "signing_key.used": (gettext_lazy("A key of ours signs"), "lock", "info"),
    "signing_key.retired": (gettext_lazy("A key of ours retired"), "lock", "warning"),
    "endpoint.made": (gettext_lazy("Webhook made"), "plus", "neutral"),
    "endpoint.changed": (gettext_lazy("Webhook changed"), "pencil", "warning"),
    "endpoint.secret_rotated": (gettext_lazy("New secret of a webhook"), "lock", "warning"),
    "endpoint.secret_read": (gettext_lazy("Secret of a webhook read"), "eye", "neutral"),
    "endpoint.paused": (gettext_lazy("Webhook paused"), "pause", "neutral"),
    "endpoint.resumed": (gettext_lazy("Webhook goes on"), "refresh-cw", "neutral"),
    "endpoint.disabled": (gettext_lazy("Webhook switched off"), "circle-x", "danger"),
    "endpoint.handed_over": (gettext_lazy("Webhook given to somebody"), "user", "neutral"),
    "endpoint.deleted": (gettext_lazy("Webhook deleted"), "trash-2", "neutral"),
}
