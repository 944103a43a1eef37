from __future__ import annotations

from django.db import models


class SigningKey(models.Model):
    """A public key of ours that signed something: what it signed can be checked for ever."""

    purpose = models.CharField(max_length=40)
    public_key = models.CharField(max_length=64, help_text="Ed25519, in hex.")
    first_used_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, help_text="From then on it signed nothing.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["purpose", "public_key"], name="signing_key_once")
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.public_key[:16]}"
