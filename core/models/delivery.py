from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.states import Moves


class DeliveryStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> DeliveryQuerySet:
        return self.filter(status=DeliveryStatus.QUEUED, next_attempt_at__lte=now)


class Delivery(Moves, models.Model):
    """A mail that must leave the building: written with the fact, sent after commit, retried.

    One that left long ago has neither body nor recipient any more (L12).
    """

    ARROWS = {
        DeliveryStatus.QUEUED: {DeliveryStatus.SENT, DeliveryStatus.FAILED},
        DeliveryStatus.SENT: set(),
        DeliveryStatus.FAILED: {DeliveryStatus.QUEUED},
    }

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=40, blank=True, help_text="Of core.letter_kinds.")
    person = models.ForeignKey("core.User", models.SET_NULL, null=True, related_name="+")
    language = models.CharField(max_length=2, blank=True, help_text="That it is written in.")
    recipient = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    status = models.CharField(max_length=6, choices=DeliveryStatus.choices,
                              default=DeliveryStatus.QUEUED)  # fmt: skip
    status_changed_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    error = models.TextField(blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(
                name="delivery_status_known",
                condition=Q(status__in=DeliveryStatus.values),
            )
        ]
        indexes = [
            models.Index(fields=["status", "next_attempt_at"], name="delivery_due"),
            models.Index(
                fields=["status_changed_at"],
                condition=Q(status="sent") & ~Q(recipient=""),
                name="delivery_with_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.recipient}"
