from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.states import Moves


class ExportStatus(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Being written")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Expired")


class Export(Moves, models.Model):
    """A file of many rows that a worker writes while its owner does something else.

    ``scope`` is an opaque key of whose data it is, as of saved views. ``key`` names what it was
    made for, so that a scheduled one is written once.
    """

    ARROWS = {
        ExportStatus.QUEUED: {ExportStatus.RUNNING, ExportStatus.FAILED},
        # Back in the queue when its worker died.
        ExportStatus.RUNNING: {ExportStatus.DONE, ExportStatus.FAILED, ExportStatus.QUEUED},
        ExportStatus.FAILED: {ExportStatus.QUEUED},
        ExportStatus.DONE: {ExportStatus.EXPIRED},
        ExportStatus.EXPIRED: {ExportStatus.QUEUED},
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey("core.User", models.CASCADE, related_name="exports")
    scope = models.CharField(max_length=60)
    page = models.CharField(max_length=40, help_text="What is written; of the page it stands on.")
    title = models.CharField(max_length=120)
    query = models.TextField(blank=True)
    form = models.CharField(max_length=13, help_text="csv, international or xlsx.")
    language = models.CharField(max_length=2)
    key = models.CharField(max_length=80, unique=True, null=True)  # noqa: DJ001 - many have none
    status = models.CharField(
        max_length=7, choices=ExportStatus.choices, default=ExportStatus.QUEUED
    )
    status_changed_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0, help_text="Written so far.")
    total = models.PositiveIntegerField(null=True)
    size = models.PositiveBigIntegerField(null=True, help_text="Bytes.")
    file = models.FileField(upload_to="exports/", max_length=200, blank=True)
    reads_costs = models.BooleanField(
        null=True, help_text="The file holds what follows from real costs; null: not known."
    )
    problem = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField()
    progressed_at = models.DateTimeField(null=True, help_text="When its worker last said so.")
    expires_at = models.DateTimeField(null=True)
    downloads = models.PositiveIntegerField(default=0)
    last_downloaded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="export_status_known", condition=Q(status__in=ExportStatus.values)
            ),
            models.CheckConstraint(
                name="export_done_has_file",
                condition=~Q(status=ExportStatus.DONE)
                | (~Q(file="") & Q(expires_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-created_at"], name="export_of_person"),
            models.Index(
                fields=["status", "created_at"],
                condition=Q(status__in=["queued", "running"]),
                name="export_under_way",
            ),
            models.Index(fields=["expires_at"], condition=Q(status="done"), name="export_expiring"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_done(self) -> bool:
        return self.status == ExportStatus.DONE

    @property
    def is_under_way(self) -> bool:
        return self.status in (ExportStatus.QUEUED, ExportStatus.RUNNING)

    @property
    def may_be_retried(self) -> bool:
        return self.status in (ExportStatus.FAILED, ExportStatus.EXPIRED)
