"""What is compared daily, and what is closed monthly."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.crypto import EncryptedBinaryField


class ClosedMonth(models.Model):
    """A month that finance closed: nothing takes effect in it any more. Never edited."""

    month = models.DateField(unique=True, help_text="Its first day.")
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    balances = models.JSONField(help_text="Of every account at its end, as known when closed.")
    report = EncryptedBinaryField(help_text="The signed report (PDF).")
    sha256 = models.CharField(max_length=64, help_text="Of the report, unencrypted.")
    signature = models.CharField(max_length=128, help_text="Of that, with our key.")

    class Meta:
        get_latest_by = "month"

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Reconciliation(models.Model):
    """One comparison of ledger, payouts, Stripe and bank."""

    at = models.DateTimeField()
    by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    compared = models.JSONField(default=dict, help_text="Totals by side, rail and currency.")
    problem = models.TextField(blank=True, help_text="Which side could not be read, and why.")

    class Meta:
        get_latest_by = ["at", "pk"]

    def __str__(self) -> str:
        return f"Reconciliation of {self.at:%Y-%m-%d %H:%M}"


class DifferenceState(models.TextChoices):
    OPEN = "open", _("Open")
    EXPLAINED = "explained", _("Explained")
    GONE = "gone", _("Gone by itself")


class Difference(models.Model):
    """Something on which two sides do not agree, until it is explained or gone."""

    key = models.CharField(max_length=160, unique=True, help_text="What differs, the same daily.")
    kind = models.CharField(max_length=40)
    amount_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    item = models.ForeignKey("payouts.Item", models.PROTECT, null=True, related_name="differences")
    # Whom it is about, as far as it says: what it stops until it is settled (CL26).
    batch = models.ForeignKey(
        "payouts.Batch", models.PROTECT, null=True, related_name="differences"
    )
    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, null=True, related_name="payout_differences"
    )
    data = models.JSONField(default=dict)
    state = models.CharField(
        max_length=9, choices=DifferenceState.choices, default=DifferenceState.OPEN
    )
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    owner = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="difference_closed_has_time",
                condition=Q(state=DifferenceState.OPEN) | Q(closed_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.key


class PayoutException(models.Model):
    """A payout, or a debt, that somebody has to look at: who does, and until when.

    What is wrong is read from the rows themselves; here stands only who minds it.
    """

    key = models.CharField(max_length=80, unique=True, help_text="item:<id> or debt:<affiliate>.")
    owner = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)
    snoozed_until = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
