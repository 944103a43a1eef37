from __future__ import annotations

from django.db import models

from core.crypto import EncryptedBinaryField


class BatchAttachment(models.Model):
    """A file that belongs to a batch: an e-mail, a proof. Kept as it came, never changed."""

    batch = models.ForeignKey("payouts.Batch", models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=120)
    body = EncryptedBinaryField()
    size = models.PositiveIntegerField(help_text="In bytes, unencrypted.")
    sha256 = models.CharField(max_length=64, help_text="Of the file, unencrypted.")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "sha256"], name="batch_attachment_once")
        ]

    def __str__(self) -> str:
        return self.name
