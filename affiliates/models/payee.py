from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.crypto import EncryptedTextField


class Payee(models.Model):
    """Who is paid for an affiliate, and where. Screens show only the IBAN's last four."""

    affiliate = models.OneToOneField("affiliates.Affiliate", models.PROTECT, related_name="payee")
    legal_name = models.CharField(max_length=70)
    iban = EncryptedTextField()
    iban_last4 = models.CharField(max_length=4)
    iban_hash = models.CharField(max_length=64, db_index=True, help_text="Keyed hash.")
    country = models.CharField(max_length=2)
    town = models.CharField(max_length=35, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.legal_name} (•••• {self.iban_last4})"


class IdentityKind(models.TextChoices):
    EMAIL = "email", _("E-mail address")
    PHONE = "phone", _("Phone number")
    ADDRESS = "address", _("Address")
    TAX_NUMBER = "tax_number", _("Tax number")


class IdentityKey(models.Model):
    """A keyed hash of something that identifies an affiliate's people. Nothing is readable here.

    Of their logins and bank accounts the hashes stand with those: this is what else is known.
    """

    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="identity_keys"
    )
    kind = models.CharField(max_length=10, choices=IdentityKind.choices)
    key = models.CharField(max_length=64, db_index=True)
    source = models.CharField(max_length=40, help_text="Where it comes from, e.g. payee.")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["affiliate", "kind", "key"], name="identity_key_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.affiliate}"
