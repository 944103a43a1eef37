"""Calls of the API: webhooks.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from apport_client.paging import Pages
from apport_client.transport import Transport
from apport_client.types.webhooks import (
    Delivery,
    DeliveryStatus,
    Secret,
    Webhook,
    WebhookEvent,
    WebhookInput,
    WebhookKind,
    WebhookMethod,
    WebhookPatchInput,
)
from apport_client.writing import UNSET, Unset, place


class WebhooksResource:
    """What ``client.webhooks`` can do."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, page_size: int = 100, cursor: str = "") -> Pages[Webhook]:
        """List webhooks.

        All of your webhooks and postbacks, the newest first.

        Needs the scope `read:webhooks`.

        :param page_size: How many are asked for at once.
        :param cursor: The “next_cursor” after which to begin.
        """
        asked: dict[str, object] = {"limit": page_size}
        return self._transport.pages(Webhook, "/webhooks", asked, cursor)

    def create(
        self,
        *,
        name: str,
        url: str,
        events: Sequence[WebhookEvent],
        method: WebhookMethod | Unset = UNSET,
        kind: WebhookKind | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Webhook:
        """Make a webhook.

        Makes an address that is told of events from now on. Five at most. Its secret is read with
        “Read a secret”, within an hour. The account’s owners are written to.

        Needs the scope `write:webhooks`.

        :param url: Public, with https; of a postback with {macros}.
        :param method: A postback's.
        :param idempotency_key: Of a call that is to have one effect even if your program is started
            anew; one is made for each call without it.
        """
        body = WebhookInput(name=name, url=url, method=method, events=events, kind=kind)
        return self._transport.change(Webhook, "POST", "/webhooks", body, idempotency_key)

    def get(self, webhook_id: UUID | str) -> Webhook:
        """Read a webhook.

        One of your webhooks or postbacks.

        Needs the scope `read:webhooks`.
        """
        asked: dict[str, object] = {}
        return self._transport.read(Webhook, f"/webhooks/{place(webhook_id)}", asked)

    def update(
        self,
        webhook_id: UUID | str,
        *,
        name: str | Unset = UNSET,
        url: str | Unset = UNSET,
        method: WebhookMethod | Unset = UNSET,
        events: Sequence[WebhookEvent] | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Webhook:
        """Change a webhook.

        Changes what is sent. Of events that are new to it, it is told what happens from now on. The
        account’s owners are written to when its address changes.

        Needs the scope `write:webhooks`.

        :param method: A postback's.
        :param events: All that it shall be told of.
        :param idempotency_key: Of a call that is to have one effect even if your program is started
            anew; one is made for each call without it.
        """
        body = WebhookPatchInput(name=name, url=url, method=method, events=events)
        return self._transport.change(
            Webhook,
            "PATCH",
            f"/webhooks/{place(webhook_id)}",
            body,
            idempotency_key,
        )

    def delete(self, webhook_id: UUID | str, *, idempotency_key: str | None = None) -> Webhook:
        """Delete a webhook.

        Tells it nothing more, for good.

        Needs the scope `write:webhooks`.

        :param idempotency_key: Of a call that is to have one effect even if your program is started
            anew; one is made for each call without it.
        """
        return self._transport.change(
            Webhook,
            "POST",
            f"/webhooks/{place(webhook_id)}/delete",
            None,
            idempotency_key,
        )

    def deliveries(
        self,
        webhook_id: UUID | str,
        *,
        event: WebhookEvent | None = None,
        status: DeliveryStatus | None = None,
        page_size: int = 100,
        cursor: str = "",
    ) -> Pages[Delivery]:
        """List deliveries.

        What an address was sent in the last 30 days, the newest first.

        Needs the scope `read:webhooks`.

        :param page_size: How many are asked for at once.
        :param cursor: The “next_cursor” after which to begin.
        """
        asked: dict[str, object] = {"event": event, "status": status, "limit": page_size}
        return self._transport.pages(
            Delivery,
            f"/webhooks/{place(webhook_id)}/deliveries",
            asked,
            cursor,
        )

    def pause(self, webhook_id: UUID | str, *, idempotency_key: str | None = None) -> Webhook:
        """Pause a webhook.

        Sends nothing until it goes on; events wait.

        Needs the scope `write:webhooks`.

        :param idempotency_key: Of a call that is to have one effect even if your program is started
            anew; one is made for each call without it.
        """
        return self._transport.change(
            Webhook,
            "POST",
            f"/webhooks/{place(webhook_id)}/pause",
            None,
            idempotency_key,
        )

    def resume(self, webhook_id: UUID | str, *, idempotency_key: str | None = None) -> Webhook:
        """Let a webhook go on.

        Also one that was switched off after failures. What waited is sent now.

        Needs the scope `write:webhooks`.

        :param idempotency_key: Of a call that is to have one effect even if your program is started
            anew; one is made for each call without it.
        """
        return self._transport.change(
            Webhook,
            "POST",
            f"/webhooks/{place(webhook_id)}/resume",
            None,
            idempotency_key,
        )

    def rotate(self, webhook_id: UUID | str, *, idempotency_key: str | None = None) -> Webhook:
        """Make a new secret.

        The one of now signs beside it for 24 hours. Read it with “Read a secret”, within an hour.

        Needs the scope `write:webhooks`.

        :param idempotency_key: Of a call that is to have one effect even if your program is started
            anew; one is made for each call without it.
        """
        return self._transport.change(
            Webhook,
            "POST",
            f"/webhooks/{place(webhook_id)}/rotate",
            None,
            idempotency_key,
        )

    def secret(self, webhook_id: UUID | str) -> Secret:
        """Read a secret.

        What signs the requests to a webhook, within an hour after it was made; empty for a
        postback. That it was read is kept.

        Needs the scope `write:webhooks`.
        """
        asked: dict[str, object] = {}
        return self._transport.read(Secret, f"/webhooks/{place(webhook_id)}/secret", asked)

    def test(self, webhook_id: UUID | str, *, idempotency_key: str | None = None) -> Delivery:
        """Send a try.

        Sends the event `ping`, once. What was answered is among the deliveries in a moment.

        Needs the scope `write:webhooks`.

        :param idempotency_key: Of a call that is to have one effect even if your program is started
            anew; one is made for each call without it.
        """
        return self._transport.change(
            Delivery,
            "POST",
            f"/webhooks/{place(webhook_id)}/test",
            None,
            idempotency_key,
        )
