from __future__ import annotations

from datetime import time

from django.db import models
from django.db.models import Q

from core.letter_kinds import Category, Mail
from core.letter_kinds.kind import Text


class NotificationQuerySet(models.QuerySet["Notification"]):
    def shown(self) -> NotificationQuerySet:
        return self.filter(is_shown=True)

    def unread(self) -> NotificationQuerySet:
        return self.shown().filter(read_at__isnull=True)

    def waiting(self) -> NotificationQuerySet:
        return self.filter(digested_at__isnull=True).exclude(digest="")


class Notification(models.Model):
    """What a person was told, once for a fact: the letter as it is read in the portal."""

    person = models.ForeignKey("core.User", models.CASCADE, related_name="notifications")
    key = models.CharField(max_length=140, unique=True)
    kind = models.CharField(max_length=40)
    category = models.CharField(max_length=9, choices=Category.choices)
    at = models.DateTimeField()
    title = models.CharField(max_length=200)
    body = models.TextField()
    path = models.CharField(max_length=300, blank=True, help_text="Where it leads, below our own.")
    is_shown = models.BooleanField(default=True, help_text="Not, if they want it by mail alone.")
    read_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=7, blank=True, choices=Mail.choices)
    digested_at = models.DateTimeField(null=True, help_text="When it went out with others.")

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="notification_category_known", condition=Q(category__in=Category.values)
            ),
            models.CheckConstraint(
                name="notification_digest_known",
                condition=Q(digest__in=["", Mail.DAILY, Mail.WEEKLY]),
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-at", "-id"], name="notification_of_person"),
            models.Index(
                fields=["person"],
                condition=Q(is_shown=True, read_at__isnull=True),
                name="notification_unread",
            ),
            models.Index(
                fields=["person"],
                condition=~Q(digest="") & Q(digested_at__isnull=True),
                name="notification_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def category_words(self) -> Text:
        """What it is about, in the active language."""
        return Category(self.category).label


class LetterChoice(models.Model):
    """How a person wants letters of one kind. Without a row: as the kind says."""

    person = models.ForeignKey("core.User", models.CASCADE, related_name="letter_choices")
    kind = models.CharField(max_length=40)
    mail = models.CharField(max_length=7, choices=Mail.choices)
    in_app = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], name="letter_choice_once"),
            models.CheckConstraint(
                name="letter_choice_mail_known", condition=Q(mail__in=Mail.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.mail}"


class LetterHours(models.Model):
    """When a person is left alone, and when they read their daily mail: hours of their clock."""

    person = models.OneToOneField("core.User", models.CASCADE, related_name="letter_hours")
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    digest_at = models.TimeField(default=time(8))

    class Meta:
        verbose_name_plural = "letter hours"
        constraints = [
            models.CheckConstraint(
                name="letter_hours_whole",
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"Daily mail at {self.digest_at}"
