from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.crypto import EncryptedBinaryField
from core.states import Moves
from core.wording import remembered

#: What :meth:`InboundEvent.give_up` changes.
GIVEN_UP = ("status", "status_changed_at", "error", "reasons", "body")
#: What :meth:`InboundEvent.come_again` changes.
CAME_AGAIN = (*GIVEN_UP, "received_at", "attempts", "warned_at")


class InboundStatus(models.TextChoices):
    NEW = "new", _("New")
    DONE = "done", _("Done")
    IGNORED = "ignored", _("Ignored")
    FAILED = "failed", _("Failed")


class SignedWith(models.TextChoices):
    NEWEST = "newest", _("The newest secret")
    OLDER = "older", _("The secret before")
    ASKED = "asked", _("Asked for by us")


class InboundEvent(Moves, models.Model):
    """A signed delivery, kept as it came before anything is made of it."""

    ARROWS = {
        InboundStatus.NEW: {
            InboundStatus.DONE,
            InboundStatus.IGNORED,
            InboundStatus.FAILED,
        },
        InboundStatus.DONE: set(),
        InboundStatus.IGNORED: {InboundStatus.NEW},  # When its bytes come again: come_again.
        InboundStatus.FAILED: {InboundStatus.NEW, InboundStatus.IGNORED},
    }

    shop = models.ForeignKey("shop.Shop", models.PROTECT, related_name="inbound_events")
    connection = models.ForeignKey(
        "shop.Connection", models.PROTECT, null=True, related_name="inbound_events"
    )
    connector = models.CharField(max_length=20)
    topic = models.CharField(max_length=60)
    event_id = models.CharField(max_length=100)
    subject = models.CharField(
        max_length=64, blank=True, help_text="The shop's id of what changed, if it was told."
    )
    delivery_id = models.CharField(max_length=100, blank=True)
    triggered_at = models.DateTimeField(null=True)
    headers = models.JSONField(
        default=dict, blank=True, help_text="Of the delivery: those that a platform sets."
    )
    signed_with = models.CharField(
        max_length=8,
        choices=SignedWith.choices,
        default=SignedWith.NEWEST,
        help_text="Which secret its signature held with.",
    )
    received_at = models.DateTimeField()
    body = EncryptedBinaryField()
    sha256 = models.CharField(max_length=64, help_text="Of the body as it came, unencrypted.")
    status = models.CharField(max_length=7, choices=InboundStatus.choices,
                              default=InboundStatus.NEW)  # fmt: skip
    status_changed_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    must_ask = models.BooleanField(
        default=False,
        db_default=False,
        help_text="It was read: what it tells is still to be asked of the platform.",
    )
    error = models.TextField(blank=True)
    warned_at = models.DateTimeField(
        null=True, help_text="When staff were told that its body will be deleted."
    )
    #: The same sentence by sentence, ``about``, ``template`` and ``facts``: to be translated.
    reasons = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "event_id", "topic"], name="inbound_event_once_per_topic"
            ),
            models.CheckConstraint(
                name="inbound_event_status_known",
                condition=Q(status__in=InboundStatus.values),
            ),
        ]
        indexes = [
            models.Index(
                fields=["connection", "subject"],
                name="inbound_event_subject",
                condition=~Q(subject=""),
            ),
            models.Index(fields=["connection", "-received_at"], name="inbound_event_last"),
            models.Index(
                fields=["connection", "-received_at"],
                name="inbound_event_sent",
                condition=~Q(signed_with=SignedWith.ASKED),
            ),
            models.Index(
                fields=["connection", "topic", "status_changed_at"],
                name="inbound_event_failed",
                condition=Q(status=InboundStatus.FAILED),
            ),
            models.Index(
                fields=["received_at"],
                name="inbound_event_waiting",
                condition=Q(status=InboundStatus.NEW),
            ),
            models.Index(fields=["sha256", "received_at"], name="inbound_event_same_bytes"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.event_id}"

    @property
    def kept_until(self) -> datetime:
        """Until when its body waits for somebody to correct what it failed for."""
        return self.status_changed_at + timedelta(days=settings.FAILED_BODY_DAYS)

    def note(self, sentences: Sequence[tuple[str, str]]) -> None:
        """Keep why it was not worked on, and about what: as a text, and to be translated.

        In memory only.
        """
        self.reasons = remembered(sentences)
        self.error = " ".join(f"{about}: {why}" if about else why for about, why in sentences)

    def give_up(self, why: str, *, at: datetime) -> None:
        """End a delivery that failed: without its body, and with a word why. In memory only.

        :raises InvalidTransition: when it did not fail.
        """
        self.move_to(InboundStatus.IGNORED, at=at)
        self.note([("", why)])
        self.body = b""

    @property
    def is_given_up(self) -> bool:
        """Whether it was ended, and nobody can read any more what it said."""
        return self.status == InboundStatus.IGNORED and not self.body

    def come_again(self, body: bytes, *, at: datetime) -> None:
        """Let a delivery that was given up, and whose bytes came again, wait anew. In memory only.

        :raises InvalidTransition: when it was worked on.
        """
        self.move_to(InboundStatus.NEW, at=at)
        self.note(())
        self.body, self.received_at = body, at
        self.attempts, self.warned_at = 0, None
