from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.states import Moves


class AnnouncementStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    SENT = "sent", _("Sent")
    ENDED = "ended", _("Ended")


class Activity(models.TextChoices):
    ANY = "", _("Everybody")
    ACTIVE = "active", _("Signed in during the last 30 days")
    QUIET = "quiet", _("Not signed in for 30 days")


class Announcement(Moves, models.Model):
    """News that the team tells many affiliates at once, as a banner, a letter or both."""

    ARROWS = {
        AnnouncementStatus.DRAFT: {AnnouncementStatus.SCHEDULED},
        AnnouncementStatus.SCHEDULED: {AnnouncementStatus.DRAFT, AnnouncementStatus.SENT},
        AnnouncementStatus.SENT: {AnnouncementStatus.ENDED},
        AnnouncementStatus.ENDED: set(),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title_fr = models.CharField(max_length=120, blank=True)
    title_en = models.CharField(max_length=120, blank=True)
    text_fr = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    group = models.ForeignKey("affiliates.Group", models.PROTECT, null=True, related_name="+")
    kinds = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, help_text="None: of any kind."
    )
    statuses = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    language = models.CharField(max_length=2, blank=True, help_text="None: whatever they read.")
    activity = models.CharField(max_length=6, blank=True, choices=Activity.choices)
    as_banner = models.BooleanField(default=True)
    as_letter = models.BooleanField(default=False)
    status = models.CharField(
        max_length=9, choices=AnnouncementStatus.choices, default=AnnouncementStatus.DRAFT
    )
    status_changed_at = models.DateTimeField()
    publish_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True, help_text="When the banner disappears.")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="announcement_status_known", condition=Q(status__in=AnnouncementStatus.values)
            ),
            models.CheckConstraint(
                name="announcement_scheduled_for_a_moment",
                condition=Q(status=AnnouncementStatus.DRAFT) | Q(publish_at__isnull=False),
            ),
            models.CheckConstraint(
                name="announcement_ends_after_it_begins",
                condition=Q(ends_at__isnull=True)
                | Q(publish_at__isnull=True)
                | Q(ends_at__gt=models.F("publish_at")),
            ),
            models.CheckConstraint(
                name="announcement_is_seen_somewhere",
                condition=Q(as_banner=True) | Q(as_letter=True),
            ),
        ]
        indexes = [models.Index(fields=["status", "publish_at"], name="announcement_due")]

    def __str__(self) -> str:
        return self.title_fr or self.title_en

    def words(self, language: str) -> tuple[str, str]:
        """Return title and text for a reader of ``language``; the other's if it is not written."""
        french, english = (self.title_fr, self.text_fr), (self.title_en, self.text_en)
        first, second = (english, french) if language == "en" else (french, english)
        return first if all(first) else second


class AnnouncementReader(models.Model):
    """Somebody whom an announcement was for when it was sent."""

    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="readers")
    person = models.ForeignKey("core.User", models.CASCADE, related_name="+")
    read_at = models.DateTimeField(null=True)
    dismissed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["announcement", "person"], name="announcement_reader_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["person"],
                condition=Q(dismissed_at__isnull=True),
                name="announcement_not_dismissed",
            )
        ]

    def __str__(self) -> str:
        return f"Announcement {self.announcement_id} for {self.person_id}"


class AnnouncementText(models.Model):
    """Words that are kept to begin announcements with, in both languages."""

    name = models.CharField(max_length=80)
    title_fr = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    text_fr = models.TextField()
    text_en = models.TextField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
