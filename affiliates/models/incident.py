from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ServicePart(models.TextChoices):
    TRACKING = "tracking", _("Tracking of clicks and orders")
    PORTAL = "portal", _("Portal")
    API = "api", _("API")
    PAYOUTS = "payouts", _("Payouts")


class Impact(models.TextChoices):
    PARTLY = "partly", _("Works in part, or late")
    DOWN = "down", _("Does not work")


class Incident(models.Model):
    """Something that did not work for affiliates, as the public status page tells of it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    part = models.CharField(max_length=8, choices=ServicePart.choices)
    impact = models.CharField(max_length=6, choices=Impact.choices)
    title_fr = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="incident_part_known", condition=Q(part__in=ServicePart.values)
            ),
            models.CheckConstraint(
                name="incident_impact_known", condition=Q(impact__in=Impact.values)
            ),
            models.CheckConstraint(
                name="incident_ends_after_it_began",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")),
            ),
        ]
        indexes = [models.Index(fields=["ended_at", "began_at"], name="incident_by_end")]

    def __str__(self) -> str:
        return self.title_en

    def title(self, language: str) -> str:
        """Return what it is called for a reader of ``language``."""
        return self.title_en if language == "en" else self.title_fr


class IncidentUpdate(models.Model):
    """What the team said of an incident at a moment. Its words are never changed."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="updates")
    at = models.DateTimeField()
    text_fr = models.TextField()
    text_en = models.TextField()
    author = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    mail_asked_at = models.DateTimeField(
        null=True, help_text="When somebody let it go out to affiliates."
    )
    mailed_at = models.DateTimeField(null=True, help_text="When it went out to them.")
    mailed = models.PositiveIntegerField(default=0, help_text="To how many people.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="incident_update_mailed_when_asked",
                condition=Q(mailed_at__isnull=True) | Q(mail_asked_at__isnull=False),
            )
        ]
        indexes = [
            models.Index(fields=["incident", "at"], name="incident_update_of"),
            models.Index(
                fields=["mail_asked_at"],
                condition=Q(mail_asked_at__isnull=False, mailed_at__isnull=True),
                name="incident_update_to_mail",
            ),
        ]

    def __str__(self) -> str:
        return f"Incident {self.incident_id} at {self.at:%Y-%m-%d %H:%M}"

    def text(self, language: str) -> str:
        """Return the words for a reader of ``language``."""
        return self.text_en if language == "en" else self.text_fr
