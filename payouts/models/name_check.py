"""Verification of Payee: what the bank says of the holder of an account."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.crypto import EncryptedBinaryField, EncryptedTextField


class NameVerdict(models.TextChoices):
    MATCH = "match", pgettext_lazy("verdict", "Match")
    CLOSE = "close", _("Close match")
    NO_MATCH = "no_match", _("No match")
    UNAVAILABLE = "unavailable", _("Not possible")


class NameCheckFile(models.Model):
    """A file of results as the bank gave it. The same bytes are read once."""

    name = models.CharField(max_length=120)
    body = EncryptedBinaryField()
    sha256 = models.CharField(max_length=64, unique=True)
    received_at = models.DateTimeField()
    received_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.name


class NameCheck(models.Model):
    """What the bank answered about one account and one name. Never edited, but once accepted."""

    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="name_checks"
    )
    file = models.ForeignKey(NameCheckFile, models.PROTECT, related_name="checks")
    iban_hash = models.CharField(max_length=64, help_text="Keyed hash of the account.")
    iban_last4 = models.CharField(max_length=4)
    name = models.CharField(max_length=140, help_text="The name that was asked about.")
    verdict = models.CharField(max_length=11, choices=NameVerdict.choices)
    name_at_bank = EncryptedTextField(blank=True, help_text="Told for a close match only.")
    checked_on = models.DateField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    accept_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["file", "affiliate", "iban_hash"], name="name_check_once_per_file"
            ),
            models.CheckConstraint(
                name="name_check_accepted_is_close",
                condition=Q(accepted_at__isnull=True)
                | (Q(verdict=NameVerdict.CLOSE) & Q(accepted_by__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["affiliate", "-checked_on", "-id"], name="name_check_last")]

    def __str__(self) -> str:
        return f"{self.verdict} for {self.affiliate} (•••• {self.iban_last4})"
