"""Webhooks and postbacks of an affiliate: made, changed, tried, and what they were sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from affiliates.domain.event_types import Audience, types_for
from affiliates.models import (
    Endpoint,
    EndpointKind,
    EventDelivery,
    EventDeliveryStatus,
    Subscription,
)
from affiliates.services import endpoints, events
from affiliates.services.endpoints import NAME_LENGTH, URL_LENGTH, EndpointRefused
from core import audit
from core.models import Scope
from portal.api.fields import ListQuery, Moment, StatusOut, Strict, Text
from portal.api.operation import operation
from portal.api.paging import page_of
from portal.api.resource import Resource, refused
from portal.display import StatusText
from portal.queries.webhooks import endpoints_of, log_of
from portal.webhook_language import delivery_status, endpoint_status

TAG = "Webhooks"
_TYPES = types_for(Audience.AFFILIATE)
EXAMPLE: dict[str, Any] = {
    "id": "6b2f8c1e-58a4-4c5e-9f35-0b1f6e1d2c3a",
    "kind": "webhook",
    "name": "Warehouse",
    "url": "https://hooks.example/apport",
    "method": "POST",
    "events": ["payout.paid", "sale.approved"],
    "status": {
        "code": "active", "label": "Active", "sentence": "Events are sent within a minute.",
    },
    "failures": 0,
    "created_at": "2026-06-01T08:00:00Z",
}  # fmt: skip
DELIVERY_EXAMPLE: dict[str, Any] = {
    "event_id": "019aafc2-7b10-7c4e-9f35-3d1f6e1d2c3a",
    "event": "sale.approved",
    "happened_at": "2026-06-15T08:30:00Z",
    "status": {"code": "taken", "label": "Delivered", "sentence": ""},
    "attempts": 1,
    "http_status": 200,
    "duration_ms": 84,
    "last_attempt_at": "2026-06-15T08:30:21Z",
}
SECRET_EXAMPLE = {"secret": "whsec_3q2-…", "both_until": None}


@dataclass(frozen=True, slots=True)
class Row:
    """An address as it is answered."""

    endpoint: Endpoint
    events: list[str]
    status: StatusText

    @classmethod
    def of(cls, endpoint: Endpoint) -> Row:
        """Return an address with what it is told of, and how it is doing."""
        wanted = sorted(one.type for one in endpoint.subscriptions.all())
        return cls(endpoint, wanted, endpoint_status(endpoint))


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery as it is answered."""

    delivery: EventDelivery
    status: StatusText

    @classmethod
    def of(cls, delivery: EventDelivery) -> Sent:
        """Return a delivery with where it stands."""
        return cls(delivery, delivery_status(delivery))


class WebhookOut(serializers.Serializer[Row]):
    """An address that is told of events."""

    id = serializers.UUIDField(source="endpoint.public_id")
    kind = serializers.ChoiceField(EndpointKind.values, source="endpoint.kind")
    name = serializers.CharField(source="endpoint.name")
    url = serializers.CharField(source="endpoint.url")
    method = serializers.ChoiceField(["POST", "GET"], source="endpoint.method")
    events = serializers.ListField(child=serializers.CharField())
    status = StatusOut()
    failures = serializers.IntegerField(
        source="endpoint.failures", help_text="In a row, up to now."
    )
    created_at = Moment(source="endpoint.created_at")


class DeliveryOut(serializers.Serializer[Sent]):
    """One event on its way to an address."""

    event_id = serializers.UUIDField(source="delivery.event.public_id")
    event = serializers.CharField(source="delivery.event.type")
    happened_at = Moment(source="delivery.event.happened_at")
    status = StatusOut()
    attempts = serializers.IntegerField(source="delivery.attempts")
    http_status = serializers.IntegerField(
        source="delivery.http_status", allow_null=True, help_text="0: no answer."
    )
    duration_ms = serializers.IntegerField(source="delivery.duration_ms", allow_null=True)
    last_attempt_at = Moment(source="delivery.last_attempt_at", allow_null=True)


class SecretOut(serializers.Serializer[Endpoint]):
    """What signs the requests to a webhook."""

    secret = serializers.CharField()
    both_until = Moment(
        source="previous_until", allow_null=True, help_text="Until then the one before signs too."
    )


class WebhookPatchIn(Strict):
    """What can be changed: what is not sent stays as it is."""

    name = Text(required=False, max_length=NAME_LENGTH)
    url = Text(required=False, max_length=URL_LENGTH)
    method = serializers.ChoiceField(["POST", "GET"], required=False, help_text="A postback's.")
    events = serializers.ListField(
        child=serializers.ChoiceField(_TYPES), required=False, max_length=len(_TYPES),
        help_text="All that it shall be told of.",
    )  # fmt: skip


class WebhookIn(WebhookPatchIn):
    """A new address."""

    kind = serializers.ChoiceField(EndpointKind.values, default=EndpointKind.WEBHOOK)
    name = Text(max_length=NAME_LENGTH)
    url = Text(max_length=URL_LENGTH, help_text="Public, with https; of a postback with {macros}.")
    events = serializers.ListField(
        child=serializers.ChoiceField(_TYPES), min_length=1, max_length=len(_TYPES)
    )


class DeliveryQuery(ListQuery):
    """Which deliveries."""

    status = serializers.ChoiceField(EventDeliveryStatus.values, required=False)
    event = serializers.ChoiceField(_TYPES, required=False)


class OfWebhooks(Resource):
    """What the addresses of webhooks have in common."""

    def own(self, public_id: UUID) -> Endpoint:
        """Return one of the caller's, with its events.

        :raises Http404: when there is none, or it belongs to somebody else.
        """
        rows = endpoints_of(self.affiliate.pk).prefetch_related(_EVENTS)
        return get_object_or_404(rows, public_id=public_id)

    def now(self, row: Endpoint, *, status: int = 200, **headers: str) -> Response:
        """Answer with an address as it is now."""
        return self.shown(WebhookOut, Row.of(self.own(row.public_id)), status=status, **headers)


_EVENTS = Prefetch("subscriptions", queryset=Subscription.objects.order_by("type"))


class WebhookList(OfWebhooks):
    @operation(
        "list_webhooks", "List webhooks", "All of your webhooks and postbacks, the newest first.",
        scope=Scope.READ_WEBHOOKS, tag=TAG, query=ListQuery, answers=WebhookOut, many=True,
        example=EXAMPLE,
    )  # fmt: skip
    def get(self, _request: Request) -> Response:
        """List the caller's webhooks."""
        found = endpoints_of(self.affiliate.pk).prefetch_related(_EVENTS)
        asked = self.asked
        page = page_of(found, by="created_at", cursor=asked["cursor"], limit=asked["limit"])
        return self.listed(WebhookOut, [Row.of(one) for one in page.rows], page)

    @operation(
        "create_webhook", "Make a webhook",
        "Makes an address that is told of events from now on. Five at most. Its secret is read"
        " with “Read a secret”, within an hour. The account’s owners are written to.",
        scope=Scope.WRITE_WEBHOOKS, tag=TAG, takes=WebhookIn, answers={201: WebhookOut},
        example=EXAMPLE,
        asks={"name": "Warehouse", "url": "https://hooks.example/", "events": ["sale.approved"]},
    )  # fmt: skip
    def post(self, _request: Request) -> Response:
        """Make a webhook."""
        said = self.said
        try:
            row = endpoints.make(
                affiliate_id=self.affiliate.pk,
                kind=said["kind"],
                name=said["name"],
                url=said["url"],
                method=said.get("method", "POST"),
                types=said["events"],
                actor_id=self.user.pk,
                key_id=self.caller.key.pk,
                now=timezone.now(),
            )
        except EndpointRefused as refusal:
            raise refused({"url": str(refusal)}, refusal.code) from refusal
        where = f"{settings.PUBLIC_URL}{reverse('api:webhook', args=[row.public_id])}"
        return self.now(row, status=201, location=where)


class WebhookDetail(OfWebhooks):
    @operation(
        "get_webhook", "Read a webhook", "One of your webhooks or postbacks.",
        scope=Scope.READ_WEBHOOKS, tag=TAG, answers=WebhookOut, example=EXAMPLE, refuses=[404],
    )  # fmt: skip
    def get(self, _request: Request, public_id: UUID) -> Response:
        """Show one webhook."""
        return self.shown(WebhookOut, Row.of(self.own(public_id)))

    @operation(
        "update_webhook", "Change a webhook",
        "Changes what is sent. Of events that are new to it, it is told what happens from now on."
        " The account’s owners are written to when its address changes.",
        scope=Scope.WRITE_WEBHOOKS, tag=TAG, takes=WebhookPatchIn, answers=WebhookOut,
        example=EXAMPLE, asks={"events": ["payout.paid", "sale.approved"]}, refuses=[404],
    )  # fmt: skip
    def patch(self, _request: Request, public_id: UUID) -> Response:
        """Change one webhook."""
        row, said = self.own(public_id), self.said
        wanted = [one.type for one in row.subscriptions.all()]
        try:
            endpoints.change(
                endpoint_id=row.pk,
                name=said.get("name", row.name),
                url=said.get("url", row.url),
                method=said.get("method", row.method),
                types=said.get("events", wanted),
                actor_id=self.user.pk,
                key_id=self.caller.key.pk,
                now=timezone.now(),
            )
        except EndpointRefused as refusal:
            field = "url" if "url" in said else next(iter(said), "url")
            raise refused({field: str(refusal)}, refusal.code) from refusal
        return self.now(row)


class WebhookPause(OfWebhooks):
    @operation(
        "pause_webhook", "Pause a webhook", "Sends nothing until it goes on; events wait.",
        scope=Scope.WRITE_WEBHOOKS, tag=TAG, answers=WebhookOut, example=EXAMPLE, refuses=[404],
    )  # fmt: skip
    def post(self, _request: Request, public_id: UUID) -> Response:
        """Pause one webhook."""
        row = self.own(public_id)
        endpoints.pause(endpoint_id=row.pk, actor_id=self.user.pk, now=timezone.now())
        return self.now(row)


class WebhookResume(OfWebhooks):
    @operation(
        "resume_webhook", "Let a webhook go on",
        "Also one that was switched off after failures. What waited is sent now.",
        scope=Scope.WRITE_WEBHOOKS, tag=TAG, answers=WebhookOut, example=EXAMPLE, refuses=[404],
    )  # fmt: skip
    def post(self, _request: Request, public_id: UUID) -> Response:
        """Let one webhook go on."""
        row = self.own(public_id)
        endpoints.resume(endpoint_id=row.pk, actor_id=self.user.pk, now=timezone.now())
        return self.now(row)


class WebhookDelete(OfWebhooks):
    @operation(
        "delete_webhook", "Delete a webhook", "Tells it nothing more, for good.",
        scope=Scope.WRITE_WEBHOOKS, tag=TAG, answers=WebhookOut, example=EXAMPLE, refuses=[404],
    )  # fmt: skip
    def post(self, _request: Request, public_id: UUID) -> Response:
        """Delete one webhook; it is answered as it was."""
        row = self.own(public_id)
        answer = self.shown(WebhookOut, Row.of(row))
        endpoints.delete(endpoint_id=row.pk, actor_id=self.user.pk, now=timezone.now())
        return answer


class WebhookTest(OfWebhooks):
    @operation(
        "test_webhook", "Send a try",
        "Sends the event `ping`, once. What was answered is among the deliveries in a moment.",
        scope=Scope.WRITE_WEBHOOKS, tag=TAG, answers=DeliveryOut, example=DELIVERY_EXAMPLE,
        refuses=[404, 409],
    )  # fmt: skip
    def post(self, _request: Request, public_id: UUID) -> Response:
        """Send a try to one webhook."""
        row = self.own(public_id)
        sent = events.ping(endpoint_id=row.pk, now=timezone.now())
        return self.shown(DeliveryOut, Sent.of(sent))


class WebhookRotate(OfWebhooks):
    @operation(
        "rotate_webhook_secret", "Make a new secret",
        "The one of now signs beside it for 24 hours. Read it with “Read a secret”, within an"
        " hour.",
        scope=Scope.WRITE_WEBHOOKS, tag=TAG, answers=WebhookOut, example=EXAMPLE, refuses=[404],
    )  # fmt: skip
    def post(self, _request: Request, public_id: UUID) -> Response:
        """Give one webhook a new secret."""
        row = self.own(public_id)
        endpoints.rotate(endpoint_id=row.pk, actor_id=self.user.pk, now=timezone.now())
        return self.now(row)


class WebhookSecret(OfWebhooks):
    @operation(
        "get_webhook_secret", "Read a secret",
        "What signs the requests to a webhook, within an hour after it was made; empty for a"
        " postback. That it was read is kept.",
        scope=Scope.WRITE_WEBHOOKS, tag=TAG, answers=SecretOut, example=SECRET_EXAMPLE,
        refuses=[404, 409],
    )  # fmt: skip
    def get(self, _request: Request, public_id: UUID) -> Response:
        """Show the secret of one webhook."""
        row, now = self.own(public_id), timezone.now()
        endpoints.secret_of(row, now=now)
        audit.record_look(actor=self.user, verb="endpoint.secret_read", subject=row, at=now)
        return self.shown(SecretOut, row, cache_control="no-store")


class WebhookDeliveries(OfWebhooks):
    @operation(
        "list_webhook_deliveries", "List deliveries",
        "What an address was sent in the last 30 days, the newest first.",
        scope=Scope.READ_WEBHOOKS, tag=TAG, query=DeliveryQuery, answers=DeliveryOut, many=True,
        example=DELIVERY_EXAMPLE, refuses=[404],
    )  # fmt: skip
    def get(self, _request: Request, public_id: UUID) -> Response:
        """List what one webhook was sent."""
        asked, row = self.asked, self.own(public_id)
        found = log_of(row, state=asked.get("status", ""), kind=asked.get("event", ""))
        page = page_of(found, by="created_at", cursor=asked["cursor"], limit=asked["limit"])
        return self.listed(DeliveryOut, [Sent.of(one) for one in page.rows], page)


#: What can be asked of one webhook beside itself, by the end of the address.
ACTS: dict[str, type[Resource]] = {
    "deliveries": WebhookDeliveries,
    "secret": WebhookSecret,
    "rotate": WebhookRotate,
    "pause": WebhookPause,
    "resume": WebhookResume,
    "test": WebhookTest,
    "delete": WebhookDelete,
}
