from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.states import Moves


class Severity(models.TextChoices):
    REFUSE = "refuse", _("Refuse")
    HOLD = "hold", _("Hold")
    REVIEW = "review", _("Review")
    INFO = "info", _("Info")


class Decision(models.TextChoices):
    CLEAR = "clear", _("Clear")
    HOLD = "hold", _("Hold")
    REFUSE = "refuse", _("Refuse")


class CaseStatus(models.TextChoices):
    OPEN = "open", _("Open")
    CONFIRMED = "confirmed", _("Confirmed")
    DISMISSED = "dismissed", _("Dismissed")


class Screening(models.Model):
    """What the signals said of one credit, once."""

    credit = models.OneToOneField("tracking.Credit", models.PROTECT, related_name="screening")
    decision = models.CharField(max_length=6, choices=Decision.choices)
    screened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="screening_decision_known",
                condition=Q(decision__in=Decision.values),
            )
        ]
        indexes = [models.Index(fields=["screened_at"], name="screening_screened")]

    def __str__(self) -> str:
        return f"{self.credit}: {self.decision}"


class Case(Moves, models.Model):
    """A judgement that a person must make about one credit that was put on hold."""

    ARROWS = {
        CaseStatus.OPEN: {CaseStatus.CONFIRMED, CaseStatus.DISMISSED},
        CaseStatus.CONFIRMED: set(),
        CaseStatus.DISMISSED: set(),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    screening = models.OneToOneField(Screening, models.PROTECT, related_name="case")
    affiliate = models.ForeignKey("affiliates.Affiliate", models.PROTECT, related_name="cases")
    status = models.CharField(max_length=9, choices=CaseStatus.choices, default=CaseStatus.OPEN)
    opened_at = models.DateTimeField()
    status_changed_at = models.DateTimeField()
    decided_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="case_status_known", condition=Q(status__in=CaseStatus.values)
            ),
            models.CheckConstraint(
                name="case_decided_by_somebody_for_a_reason",
                condition=Q(status=CaseStatus.OPEN) | (Q(decided_by__isnull=False) & ~Q(reason="")),
            ),
        ]
        indexes = [models.Index(fields=["status", "opened_at"], name="case_queue")]

    def __str__(self) -> str:
        return f"Case #{self.pk} ({self.status})"


class Signal(models.Model):
    """One observation, with the evidence and the version of the rule that made it."""

    screening = models.ForeignKey(Screening, models.PROTECT, related_name="signals")
    code = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    severity = models.CharField(max_length=6, choices=Severity.choices)
    evidence = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["screening", "code"], name="signal_once"),
            models.CheckConstraint(
                name="signal_severity_known", condition=Q(severity__in=Severity.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.severity})"
