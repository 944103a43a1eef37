from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

#: A key ends by itself: after this long at the latest.
LONGEST_LIFE = timedelta(days=731)


class Scope(models.TextChoices):
    """What a key may be used for. The part before the colon says whether it changes anything."""

    READ_LINKS = "read:links", _("Read links")
    WRITE_LINKS = "write:links", _("Make and change links")
    READ_CODES = "read:codes", _("Read promo codes")
    READ_CLICKS = "read:clicks", _("Read clicks")
    READ_SALES = "read:sales", _("Read sales and commissions")
    READ_PAYOUTS = "read:payouts", _("Read payouts and statements")
    READ_PRODUCTS = "read:products", _("Search products")
    READ_LOOKS = "read:looks", _("Read looks")
    READ_TERMS = "read:terms", _("Read terms")
    READ_CLAIMS = "read:claims", _("Read claims")
    WRITE_CLAIMS = "write:claims", _("Make claims")
    READ_WEBHOOKS = "read:webhooks", _("Read webhooks")
    WRITE_WEBHOOKS = "write:webhooks", _("Make and change webhooks")
    READ_APPLICATIONS = "read:applications", _("Read applications")
    READ_AFFILIATES = "read:affiliates", _("Read affiliates")
    READ_ORDERS = "read:orders", _("Read orders")
    READ_CASES = "read:cases", _("Read cases")
    READ_BATCHES = "read:batches", _("Read payout batches")


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Words for keys."""

    def live(self, now: datetime) -> ApiKeyQuerySet:
        """Keys that open something: neither ended nor revoked."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=now)


class ApiKey(models.Model):
    """What a program shows instead of a person. The secret was shown once; its hash is kept."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    prefix = models.CharField(max_length=12, unique=True, help_text="By which it is found.")
    secret_hash = models.CharField(max_length=64, help_text="SHA-256 of the secret, in hex.")
    name = models.CharField(max_length=60)
    owner = models.ForeignKey(
        "core.User", models.PROTECT, related_name="api_keys", help_text="Who made it."
    )
    account = models.UUIDField(
        null=True, help_text="The public id of whom it acts for; empty: a member of staff."
    )
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, help_text="To the minute.")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(
        "core.User", models.PROTECT, null=True, related_name="+", help_text="Empty: the shell."
    )

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="api_key_ends",
                condition=Q(expires_at__gt=F("created_at"))
                & Q(expires_at__lte=F("created_at") + LONGEST_LIFE),
            ),
            models.CheckConstraint(name="api_key_may_do_something", condition=Q(scopes__len__gt=0)),
            models.CheckConstraint(
                name="api_key_unrevoked_by_nobody",
                condition=Q(revoked_at__isnull=False) | Q(revoked_by__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["account"], name="api_key_of_account"),
            models.Index(fields=["owner"], name="api_key_of_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.beginning}…)"

    @property
    def beginning(self) -> str:
        """The part of the key that is no secret."""
        return f"ap_live_{self.prefix}"

    def is_live(self, now: datetime) -> bool:
        """Tell whether it opens something at ``now``."""
        return self.revoked_at is None and self.expires_at > now


class ApiCall(models.Model):
    """A changing call that named an Idempotency-Key, with the answer that a repeat gets again."""

    api_key = models.ForeignKey(ApiKey, models.CASCADE, related_name="calls")
    idempotency_key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of what was asked.")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True, help_text="Of the answer.")
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["api_key", "idempotency_key"], name="api_call_once"),
            models.CheckConstraint(
                name="api_call_finished_with_an_answer",
                condition=Q(finished_at__isnull=True, status__isnull=True)
                | Q(finished_at__isnull=False, status__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["started_at"], name="api_call_started")]

    def __str__(self) -> str:
        return f"{self.idempotency_key} of {self.api_key_id}"
