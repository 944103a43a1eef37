from __future__ import annotations

import json
from collections.abc import Mapping

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.crypto import EncryptedTextField


class Connection(models.Model):
    """A shop's use of one connector: where the platform sends to, and how it is asked.

    ``code`` is the last part of the webhook's address. Every shop has a connection of the generic
    signed webhook under its own code.
    """

    shop = models.ForeignKey("shop.Shop", models.PROTECT, related_name="connections")
    code = models.SlugField(max_length=40, unique=True)
    connector = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    address = models.URLField(max_length=300, blank=True, help_text="Of the platform's API.")
    credentials = EncryptedTextField(blank=True, default="")
    options = models.JSONField(default=dict, blank=True)
    timezone = models.CharField(max_length=60, default="Europe/Paris")
    silent_hours = models.PositiveIntegerField(
        default=24, help_text="Without any delivery for so long, staff are told."
    )
    paused_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    orders_until = models.DateTimeField(
        null=True, help_text="Changes of orders before this were asked for, and are here."
    )
    products_until = models.DateTimeField(null=True)
    away_until = models.DateTimeField(
        null=True, help_text="It did not answer: what must be asked of it waits until then."
    )
    silence_told_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(
        null=True, help_text="When somebody set out to place a test order, to see that it arrives."
    )
    checked_at = models.DateTimeField(null=True, help_text="When the platform was last greeted.")
    check_error = models.TextField(blank=True, help_text="Why that failed; empty: it did not.")
    dead_topics = models.JSONField(
        default=list, blank=True, help_text="What the platform no longer sends, when checked."
    )

    class Meta:
        ordering = ["shop", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def entered(self) -> Mapping[str, str]:
        """The credentials, readable: never show them."""
        found: dict[str, str] = json.loads(self.credentials) if self.credentials else {}
        return found

    @property
    def is_active(self) -> bool:
        return self.paused_at is None


class SyncKind(models.TextChoices):
    ORDERS = "orders", _("Changed orders")
    COMPARISON = "comparison", _("Comparison of 60 days")
    CATALOGUE = "catalogue", _("Catalogue")


class SyncRun(models.Model):
    """One round of asking a platform. It goes on where it stopped: ``cursor`` is the next page."""

    connection = models.ForeignKey(Connection, models.PROTECT, related_name="runs")
    kind = models.CharField(max_length=10, choices=SyncKind.choices)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    cursor = models.TextField(blank=True)
    pages = models.PositiveIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0, help_text="Orders or products that were told.")
    differing = models.PositiveIntegerField(default=0, help_text="Of them not as we knew them.")
    theirs_minor = models.BigIntegerField(
        default=0, help_text="What the goods of those orders come to, as they were told now."
    )
    ours_minor = models.BigIntegerField(default=0, help_text="And as they were known before.")
    refused = models.PositiveIntegerField(default=0, help_text="Products that were not stored.")
    bytes = models.PositiveBigIntegerField(default=0, help_text="Of what was told.")
    sha256 = models.CharField(
        max_length=64,
        blank=True,
        default="",
        help_text="Over what was told, page after page: bodies that were stored are not kept.",
    )
    attempts = models.PositiveIntegerField(default=0, help_text="Without an answer, in a row.")
    error = models.TextField(blank=True)
    reasons = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "kind"],
                condition=Q(finished_at__isnull=True),
                name="sync_run_one_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["connection", "kind", "-started_at"], name="sync_run_last")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.connection} from {self.started_at:%Y-%m-%d %H:%M}"


class SyncSeen(models.Model):
    """An order that an unfinished comparison was told of: what it was not told of is missing there.

    Deleted with the end of the comparison.
    """

    run = models.ForeignKey(SyncRun, models.CASCADE, related_name="+")
    external_id = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "external_id"], name="sync_seen_once")
        ]

    def __str__(self) -> str:
        return self.external_id


class DifferenceKind(models.TextChoices):
    MISSING = "missing", _("We did not have it")
    LINES = "lines", _("Its lines are others")
    RETURNS = "returns", _("Other goods or money came back")
    CANCELLED = "cancelled", _("It was cancelled")
    PAYMENT = "payment", _("It was paid, or is not")
    UNKNOWN_THERE = "unknown_there", _("The shop does not know it")


class Difference(models.Model):
    """An order that a platform's API told otherwise than we knew it, and what became of that.

    ``repaired_at``: what the API said was taken over. ``explained_at``: a person wrote why it
    stays as it is.
    """

    run = models.ForeignKey(SyncRun, models.PROTECT, related_name="differences")
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="differences")
    order_external_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=13, choices=DifferenceKind.choices)
    ours = models.CharField(max_length=300, blank=True)
    theirs = models.CharField(max_length=300, blank=True)
    event = models.ForeignKey(
        "shop.InboundEvent", models.PROTECT, null=True, related_name="differences"
    )
    found_at = models.DateTimeField()
    repaired_at = models.DateTimeField(null=True)
    explained_at = models.DateTimeField(null=True)
    explanation = models.TextField(blank=True)
    explained_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(
                fields=["connection", "found_at"],
                condition=Q(repaired_at__isnull=True, explained_at__isnull=True),
                name="difference_open",
            ),
            BrinIndex(fields=["found_at"], name="difference_found"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of order {self.order_external_id}"
