from __future__ import annotations

from django.db import models

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
