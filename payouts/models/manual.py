from __future__ import annotations

from django.db import models

from core.crypto import EncryptedBinaryField


class ManualProof(models.Model):
    """What shows that a payout was made by hand. Kept as it came, never changed."""

    item = models.OneToOneField("payouts.Item", models.PROTECT, related_name="proof")
    name = models.CharField(max_length=120)
    body = EncryptedBinaryField()
    sha256 = models.CharField(max_length=64, help_text="Of the file, unencrypted.")
    paid_on = models.DateField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.name
