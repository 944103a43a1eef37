from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

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
    wished_name = models.CharField(
        max_length=120,
        blank=True,
        default="",
        db_default="",
        help_text="A creator's new display name, until the team has looked at it.",
    )
    name_wished_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="Since when the name waits for the team; empty once it was declined.",
    )
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="profile_waiting_name_is_there",
                condition=Q(name_wished_at__isnull=True) | ~Q(wished_name=""),
            )
        ]

    def __str__(self) -> str:
        return f"Profile of {self.affiliate_id}"

    @property
    def name_waits(self) -> bool:
        return self.name_wished_at is not None

    @property
    def name_was_declined(self) -> bool:
        return bool(self.wished_name) and not self.name_waits
