from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from affiliates.domain.sending import OVERLAP, rest_when_asked
from affiliates.models.affiliate import AffiliateStatus
from core.crypto import EncryptedTextField
from core.states import Moves


class EndpointKind(models.TextChoices):
    WEBHOOK = "webhook", _("Webhook")
    POSTBACK = "postback", _("Postback")


class EndpointStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    DISABLED = "disabled", _("Disabled")


class DisabledBecause(models.TextChoices):
    FAILURES = "failures", _("It failed too often or for too long")
    GONE = "gone", _("It answered that it is gone (410)")


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    """Words for endpoints."""

    def told(self) -> Self:
        """Leave out what was deleted, and what belongs to a closed account."""
        return self.standing().exclude(affiliate__status=AffiliateStatus.CLOSED)

    def standing(self) -> Self:
        """Leave out what was deleted."""
        return self.filter(deleted_at__isnull=True)


class Endpoint(Moves, models.Model):
    """An address that is told of events: an affiliate's, or (without one) the programme's own."""

    ARROWS = {
        EndpointStatus.ACTIVE: {EndpointStatus.PAUSED, EndpointStatus.DISABLED},
        EndpointStatus.PAUSED: {EndpointStatus.ACTIVE},
        EndpointStatus.DISABLED: {EndpointStatus.ACTIVE},
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, null=True, related_name="endpoints"
    )
    kind = models.CharField(max_length=8, choices=EndpointKind.choices)
    name = models.CharField(max_length=80)
    url = models.CharField(max_length=1000, help_text="Of a postback with its {macros}.")
    method = models.CharField(max_length=4, choices=[("POST", _("POST")), ("GET", _("GET"))])
    secret = EncryptedTextField(blank=True)
    previous_secret = EncryptedTextField(blank=True)
    previous_until = models.DateTimeField(null=True, help_text="Until then both secrets sign.")
    status = models.CharField(
        max_length=8, choices=EndpointStatus.choices, default=EndpointStatus.ACTIVE
    )
    status_changed_at = models.DateTimeField()
    disabled_because = models.CharField(max_length=8, choices=DisabledBecause.choices, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="In a row, up to now.")
    failing_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(
        null=True, help_text="After a failure or slow answers: nothing before."
    )
    slow_turns = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Turns with slow answers, less those without."
    )
    asked_since = models.DateTimeField(null=True, help_text="When the minute of `asked` began.")
    asked = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Tries and repetitions that people asked for in it."
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    key = models.ForeignKey(
        "core.ApiKey", models.PROTECT, null=True, related_name="+",
        help_text="The key of the API by which its address was set; none: on a page.",
    )  # fmt: skip
    deleted_at = models.DateTimeField(null=True)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="endpoint_status_known", condition=Q(status__in=EndpointStatus.values)
            ),
            models.CheckConstraint(
                name="endpoint_kind_known", condition=Q(kind__in=EndpointKind.values)
            ),
            models.CheckConstraint(
                name="endpoint_webhook_posts",
                condition=~Q(kind=EndpointKind.WEBHOOK) | Q(method="POST"),
            ),
            models.CheckConstraint(
                name="endpoint_disabled_says_why",
                condition=Q(status=EndpointStatus.DISABLED) ^ Q(disabled_because=""),
            ),
            models.CheckConstraint(
                name="endpoint_failing_since_its_first_failure",
                condition=Q(failures=0) ^ Q(failing_since__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["affiliate", "created_at"], name="endpoint_of_affiliate")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.status == EndpointStatus.ACTIVE

    @property
    def is_postback(self) -> bool:
        return self.kind == EndpointKind.POSTBACK

    def is_slow_at(self, now: datetime) -> bool:
        """Tell whether it rests because its answers were slow."""
        return self.slow_turns > 0 and self.rests_until is not None and now < self.rests_until

    def wake(self, now: datetime) -> None:
        """End the rest after failures, and cut that of a slow endpoint short. The caller saves."""
        is_slow = self.slow_turns > 0
        self.rests_until = rest_when_asked(self.rests_until, is_slow=is_slow, now=now)

    @property
    def secret_made_at(self) -> datetime:
        """When the secret of now was made: with the endpoint, or at its last rotation."""
        return self.previous_until - OVERLAP if self.previous_until else self.created_at

    def secrets_at(self, now: datetime) -> list[str]:
        """Return the secrets that sign now, the newest first; a postback has none."""
        is_both = self.previous_until is not None and now < self.previous_until
        return [one for one in (self.secret, self.previous_secret if is_both else "") if one]


class Subscription(models.Model):
    """That an endpoint is told of a type of event, of what happened since ``since``."""

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="subscriptions")
    type = models.CharField(max_length=40)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "type"], name="subscription_once")
        ]
        indexes = [models.Index(fields=["type", "endpoint"], name="subscription_by_type")]

    def __str__(self) -> str:
        return f"{self.type} to {self.endpoint}"


class Event(models.Model):
    """That something happened which endpoints want to be told of. Never edited; kept 35 days.

    ``key`` names the fact: one fact is one event, however often it is looked for, for good
    (:class:`EventKey`).
    """

    public_id = models.UUIDField(unique=True, editable=False)
    key = models.CharField(max_length=120, unique=True)
    type = models.CharField(max_length=40)
    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, null=True, related_name="+", db_index=False
    )
    happened_at = models.DateTimeField()
    created_at = models.DateTimeField(db_index=True)
    api_version = models.CharField(max_length=10)
    data = models.JSONField()

    def __str__(self) -> str:
        return self.key


class EventKey(models.Model):
    """That a fact was told, kept for good: its event is deleted, and it is not told again."""

    key = models.CharField(max_length=120, primary_key=True)

    def __str__(self) -> str:
        return self.key


class EventDeliveryStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    TAKEN = "taken", _("Delivered")
    FAILED = "failed", _("Failed")


class EventDeliveryQuerySet(models.QuerySet["EventDelivery"]):
    """Words for deliveries of events."""

    def due(self, now: datetime) -> Self:
        """Keep what may be sent now: it waits, its endpoint is active and does not rest.

        The account is not closed either.
        """
        return self.filter(
            Q(claimed_until__isnull=True) | Q(claimed_until__lte=now),
            Q(endpoint__rests_until__isnull=True) | Q(endpoint__rests_until__lte=now),
            status=EventDeliveryStatus.WAITING,
            next_attempt_at__lte=now,
            endpoint__status=EndpointStatus.ACTIVE,
            endpoint__deleted_at__isnull=True,
        ).exclude(endpoint__affiliate__status=AffiliateStatus.CLOSED)


class EventDelivery(Moves, models.Model):
    """One event on its way to one endpoint, with what was answered last. Kept 30 days."""

    ARROWS = {
        EventDeliveryStatus.WAITING: {EventDeliveryStatus.TAKEN, EventDeliveryStatus.FAILED},
        EventDeliveryStatus.TAKEN: {EventDeliveryStatus.WAITING},
        EventDeliveryStatus.FAILED: {EventDeliveryStatus.WAITING},
    }

    event = models.ForeignKey(Event, models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="deliveries")
    status = models.CharField(
        max_length=7, choices=EventDeliveryStatus.choices, default=EventDeliveryStatus.WAITING
    )
    status_changed_at = models.DateTimeField()
    created_at = models.DateTimeField()
    first_due_at = models.DateTimeField(help_text="Tried for three days from here.")
    next_attempt_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, help_text="Until when a worker has it.")
    attempts = models.PositiveSmallIntegerField(default=0)
    last_attempt_at = models.DateTimeField(null=True)
    http_status = models.PositiveSmallIntegerField(null=True, help_text="0: no answer.")
    duration_ms = models.PositiveIntegerField(null=True)
    error = models.CharField(max_length=200, blank=True)
    answer = models.TextField(blank=True, help_text="The first 2 kB, as a stranger wrote them.")

    objects = EventDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "event deliveries"
        constraints = [
            models.UniqueConstraint(fields=["event", "endpoint"], name="event_delivery_once"),
            models.CheckConstraint(
                name="event_delivery_status_known",
                condition=Q(status__in=EventDeliveryStatus.values),
            ),
            models.CheckConstraint(
                name="event_delivery_due_in_order",
                condition=Q(next_attempt_at__gte=F("first_due_at")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "next_attempt_at"],
                condition=Q(status="waiting"),
                name="event_delivery_due",
            ),
            models.Index(fields=["endpoint", "-created_at", "-id"], name="event_delivery_log"),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.endpoint}"
