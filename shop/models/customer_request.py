from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RequestKind(models.TextChoices):
    ERASURE = "erasure", _("Erase what is kept")
    DISCLOSURE = "disclosure", _("Tell what is kept")


class CustomerRequest(models.Model):
    """What a customer asked of the shop about their data, passed on to us by the platform.

    It names the customer by the keyed hash that orders carry, and orders by the shop's ids: both
    go once it is done, and the row stays as the proof that it was.
    """

    connection = models.ForeignKey("shop.Connection", models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=10, choices=RequestKind.choices)
    external_id = models.CharField(max_length=100)
    customer_ref = models.CharField(max_length=64, blank=True)
    order_external_ids = ArrayField(models.CharField(max_length=64), default=list)
    asked_at = models.DateTimeField()
    received_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="A month after it was asked (GDPR, article 12.3).")
    done_at = models.DateTimeField(null=True)
    orders = models.PositiveIntegerField(default=0, help_text="How many of ours it was about.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "kind", "external_id"], name="customer_request_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(done_at__isnull=True), name="customer_request_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.external_id}"
