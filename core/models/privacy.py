from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PurgeRun(models.Model):
    """That a rule of retention was carried out, and what it found."""

    rule = models.CharField(max_length=60)
    at = models.DateTimeField()
    due = models.PositiveBigIntegerField(help_text="Rows whose time was over before the run.")
    done = models.PositiveBigIntegerField(help_text="Rows ended; with those that hang on them.")
    left = models.PositiveBigIntegerField(help_text="Rows whose time was still over after it.")
    oldest_at = models.DateTimeField(null=True, help_text="Of the rows that the rule leaves.")
    problem = models.CharField(max_length=60, blank=True, help_text="The error that ended it.")

    class Meta:
        indexes = [models.Index(fields=["rule", "-at"], name="purge_run_of_rule")]

    def __str__(self) -> str:
        return f"{self.rule} at {self.at:%Y-%m-%d %H:%M}"


class ErasureEntry(models.Model):
    """One line of the erasure journal: that somebody was erased, as a keyed hash of who it was.

    It says nothing of the person. After a backup is restored it finds them again, to erase them
    once more; so each line is also written to a file that no restore of the database touches.
    """

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=64, help_text="Keyed hash: core.privacy.journal.")
    at = models.DateTimeField()
    filed_at = models.DateTimeField(null=True, help_text="When it was written to a file.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="erasure_entry_once")]
        indexes = [
            models.Index(fields=["at"], condition=Q(filed_at__isnull=True), name="erasure_unfiled")
        ]

    def __str__(self) -> str:
        return f"{self.kind} erased at {self.at:%Y-%m-%d}"


class Wish(models.TextChoices):
    EXPORT = "export", _("A copy of everything")
    ERASURE = "erasure", _("To be erased")


class Identified(models.TextChoices):
    SIGNED_IN = "signed_in", _("Signed in, confirmed again")
    SHOP = "shop", _("By their account at the shop")
    ORDER = "order", _("By an order's number and its address")
    MAIL = "mail", _("By a code sent to their address")
    LETTER = "letter", _("In writing, with proof of identity seen and not kept")


class DataRequest(models.Model):
    """Somebody asked for a copy of what is known of them, or to be erased: due within a month.

    A person with an account is ``person``. A buyer or visitor is ``about``: keyed hashes and the
    shop's order numbers, emptied when the request is done; the row stays as the proof.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    wish = models.CharField(max_length=8, choices=Wish.choices)
    person = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="data_requests")
    about = models.JSONField(default=dict)
    identified = models.CharField(max_length=10, choices=Identified.choices)
    asked_at = models.DateTimeField()
    received_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField(help_text="A month after it was asked (GDPR, article 12.3).")
    extended_because = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    refused_because = models.CharField(max_length=300, blank=True)
    problem = models.CharField(max_length=60, blank=True, help_text="Why no file was written.")
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    started_at = models.DateTimeField(null=True, help_text="When its copy was last begun.")
    receipt = models.JSONField(default=list, help_text="Counts by table: what went, what stays.")
    file = models.FileField(upload_to="data-requests/", max_length=200, blank=True)
    size = models.PositiveBigIntegerField(null=True, help_text="Bytes.")
    file_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="data_request_wish_known", condition=Q(wish__in=Wish.values)
            ),
            models.CheckConstraint(
                name="data_request_refused_is_done",
                condition=Q(refused_because="") | Q(done_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["person", "wish"],
                condition=Q(done_at__isnull=True, person__isnull=False),
                name="data_request_one_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(done_at__isnull=True), name="data_request_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_wish_display()} #{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.done_at is None

    @property
    def has_file(self) -> bool:
        return bool(self.file)
