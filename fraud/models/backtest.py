from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.states import Moves


class BacktestStatus(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Backtest(Moves, models.Model):
    """What a signal with given thresholds would have said of orders of the past."""

    ARROWS = {
        BacktestStatus.QUEUED: {BacktestStatus.RUNNING},
        BacktestStatus.RUNNING: {BacktestStatus.DONE, BacktestStatus.FAILED},
        BacktestStatus.DONE: set(),
        BacktestStatus.FAILED: set(),
    }

    code = models.CharField(max_length=40, help_text="Of the signal.")
    version = models.PositiveSmallIntegerField()
    thresholds = models.JSONField(default=dict, help_text="All of them, as they were tried.")
    days = models.PositiveSmallIntegerField(help_text="How far back orders are looked at.")
    status = models.CharField(
        max_length=7, choices=BacktestStatus.choices, default=BacktestStatus.QUEUED
    )
    status_changed_at = models.DateTimeField()
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    progressed_at = models.DateTimeField(null=True, help_text="When its worker last said so.")
    author = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    summary = models.JSONField(default=dict, help_text="fraud.domain.backtest.Tally")

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                name="backtest_status_known", condition=Q(status__in=BacktestStatus.values)
            )
        ]
        indexes = [models.Index(fields=["code", "-asked_at"], name="backtest_of_signal")]

    def __str__(self) -> str:
        return f"{self.code} over {self.days} days ({self.status})"

    @property
    def is_under_way(self) -> bool:
        return self.status in (BacktestStatus.QUEUED, BacktestStatus.RUNNING)


class WouldFlag(models.Model):
    """An order, or an affiliate, of which the signal would have said something; a bounded number.

    ``ruling`` is what people decided about the credit, empty when nobody has.
    """

    backtest = models.ForeignKey(Backtest, models.CASCADE, related_name="flagged")
    affiliate = models.ForeignKey("affiliates.Affiliate", models.PROTECT, related_name="+")
    credit = models.ForeignKey("tracking.Credit", models.PROTECT, null=True, related_name="+")
    level = models.CharField(max_length=6)
    evidence = models.JSONField(default=dict)
    ruling = models.CharField(max_length=7, blank=True)

    def __str__(self) -> str:
        return f"{self.affiliate}: {self.level}"
