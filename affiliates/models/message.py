from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.states import Moves


class ThreadAbout(models.TextChoices):
    GENERAL = "general", _("Something else")
    SALE = "sale", _("A sale")
    PAYOUT = "payout", _("A payout")
    CLAIM = "claim", _("A claim")
    LOOK = "look", _("A look")
    APPLICATION = "application", _("The application")


class ThreadStatus(models.TextChoices):
    OPEN = "open", _("Waiting for the team")
    WAITING = "waiting", _("Waiting for the affiliate")
    CLOSED = "closed", _("Closed")


class Thread(Moves, models.Model):
    """What an affiliate and the team write to each other about one subject."""

    ARROWS = {
        ThreadStatus.OPEN: {ThreadStatus.WAITING, ThreadStatus.CLOSED},
        ThreadStatus.WAITING: {ThreadStatus.OPEN, ThreadStatus.CLOSED},
        ThreadStatus.CLOSED: {ThreadStatus.OPEN, ThreadStatus.WAITING},
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    affiliate = models.ForeignKey("affiliates.Affiliate", models.PROTECT, related_name="threads")
    subject = models.CharField(max_length=120)
    about = models.CharField(
        max_length=11, choices=ThreadAbout.choices, default=ThreadAbout.GENERAL
    )
    about_ref = models.CharField(
        max_length=40, blank=True, help_text="Which one, as its address names it."
    )
    status = models.CharField(max_length=7, choices=ThreadStatus.choices, default=ThreadStatus.OPEN)
    status_changed_at = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    assignee = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    last_at = models.DateTimeField(help_text="Of the last message that both sides read.")
    asked_at = models.DateTimeField(
        null=True, help_text="Since when the team owes an answer, if it does."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="thread_status_known", condition=Q(status__in=ThreadStatus.values)
            ),
            models.CheckConstraint(
                name="thread_about_known", condition=Q(about__in=ThreadAbout.values)
            ),
            models.CheckConstraint(
                name="thread_about_something",
                condition=Q(about=ThreadAbout.GENERAL, about_ref="")
                | (~Q(about=ThreadAbout.GENERAL) & ~Q(about_ref="")),
            ),
            models.CheckConstraint(
                name="thread_asked_while_open",
                condition=Q(asked_at__isnull=True) | Q(status=ThreadStatus.OPEN),
            ),
        ]
        indexes = [
            models.Index(fields=["affiliate", "-last_at"], name="thread_of_affiliate"),
            models.Index(fields=["status", "asked_at"], name="thread_by_status"),
        ]

    def __str__(self) -> str:
        return self.subject


class ThreadMessage(models.Model):
    """What one side wrote, or what the team noted for itself. Never edited."""

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="messages")
    key = models.UUIDField(unique=True, help_text="Of the form that it was typed in.")
    at = models.DateTimeField()
    author = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    is_from_team = models.BooleanField()
    is_internal = models.BooleanField(default=False, help_text="The affiliate never sees it.")
    text = models.TextField()
    file_name = models.CharField(max_length=120, blank=True)
    file = models.BinaryField(null=True, help_text="At most 2 MB.")
    answered_seconds = models.PositiveBigIntegerField(
        null=True, help_text="For how long the affiliate had waited for it."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="thread_message_internal_of_team",
                condition=Q(is_internal=False) | Q(is_from_team=True),
            )
        ]
        indexes = [
            models.Index(fields=["thread", "at"], name="thread_message_of_thread"),
            models.Index(
                fields=["at"],
                condition=Q(answered_seconds__isnull=False),
                name="thread_message_answers",
            ),
        ]

    def __str__(self) -> str:
        return f"Message in thread {self.thread_id}"


class ThreadSeen(models.Model):
    """Until when a person has read a thread."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="seen")
    person = models.ForeignKey("core.User", models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "person"], name="thread_seen_once")
        ]

    def __str__(self) -> str:
        return f"Thread {self.thread_id} seen by {self.person_id}"


class CannedAnswer(models.Model):
    """An answer that the team gives often, in both languages."""

    title = models.CharField(max_length=80)
    text_fr = models.TextField()
    text_en = models.TextField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.title

    def text(self, language: str) -> str:
        """Return the words for a reader of ``language``."""
        return self.text_en if language == "en" else self.text_fr
