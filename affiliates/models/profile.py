from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from core.crypto import EncryptedTextField


class AffiliateProfile(models.Model):
    """What an affiliate tells the team of itself, beside its name and its sites."""

    affiliate = models.OneToOneField(
        "affiliates.Affiliate", models.CASCADE, related_name="profile_told"
    )
    description = models.TextField(blank=True)
    contact_name = models.CharField(max_length=80, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_phone = EncryptedTextField(blank=True)
    languages = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    audience_countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    picture = models.BinaryField(null=True, help_text="A logo or photo, at most 2 MB.")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"Profile of {self.affiliate_id}"
