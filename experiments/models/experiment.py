from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.money import BPS
from core.states import Moves


class Design(models.TextChoices):
    """Only designs that change what somebody gets: crediting nobody changes nobody's behaviour."""

    BENEFIT = "benefit", _("Benefit on landing, or not")
    CODE = "code", _("Code works at the checkout, or not")
    SURFACE = "surface", _("Surface shown, or not")
    SWITCHBACK = "switchback", _("Affiliate on and off, by periods")


class ExperimentStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RUNNING = "running", _("Running")
    ENDED = "ended", _("Ended")
    DISCARDED = "discarded", _("Discarded")


class Experiment(Moves, models.Model):
    """A question, and the random assignment that answers it. Fixed once it runs."""

    ARROWS = {
        ExperimentStatus.DRAFT: {ExperimentStatus.RUNNING, ExperimentStatus.DISCARDED},
        ExperimentStatus.RUNNING: {ExperimentStatus.ENDED},
        ExperimentStatus.ENDED: set(),
        ExperimentStatus.DISCARDED: set(),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80)
    question = models.CharField(max_length=300, help_text="What is to be found out.")
    design = models.CharField(max_length=10, choices=Design.choices)
    subject = models.CharField(max_length=80, help_text="What it is about, e.g. affiliate:12.")
    shop = models.ForeignKey("shop.Shop", models.PROTECT, related_name="experiments")
    control_bps = models.PositiveIntegerField(help_text="Share of the units that do without.")
    parameters = models.JSONField(
        default=dict, blank=True, help_text="Of a benefit: what is added to the landing address."
    )
    outcome_days = models.PositiveSmallIntegerField(
        default=30, help_text="For how long orders count after a unit was first seen."
    )
    planned_units = models.PositiveIntegerField(help_text="Both arms, as the plan asks for.")
    effect_bps = models.PositiveIntegerField(
        help_text="The share of the orders that the plan can still tell from nothing."
    )
    status = models.CharField(
        max_length=9, choices=ExperimentStatus.choices, default=ExperimentStatus.DRAFT
    )
    status_changed_at = models.DateTimeField()
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True, help_text="The planned end, then the real one.")
    was_stopped = models.BooleanField(
        default=False, help_text="Before its planned end: only what holds at every look is read."
    )
    author = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="experiment_status_known", condition=Q(status__in=ExperimentStatus.values)
            ),
            models.CheckConstraint(
                name="experiment_design_known", condition=Q(design__in=Design.values)
            ),
            models.CheckConstraint(
                name="experiment_has_two_arms",
                condition=Q(control_bps__gt=0) & Q(control_bps__lt=BPS),
            ),
            models.CheckConstraint(
                name="experiment_runs_from_until",
                condition=Q(status__in=[ExperimentStatus.DRAFT, ExperimentStatus.DISCARDED])
                | Q(starts_at__isnull=False, ends_at__isnull=False, ends_at__gt=F("starts_at")),
            ),
            models.UniqueConstraint(
                fields=["design", "subject"],
                condition=Q(status=ExperimentStatus.RUNNING),
                name="experiment_one_running",
            ),
        ]
        indexes = [models.Index(fields=["status", "-created_at"], name="experiment_by_status")]

    def __str__(self) -> str:
        return self.name


class Exposure(models.Model):
    """That a unit could have been treated, and to which arm it belonged: logged for both arms."""

    experiment = models.ForeignKey(Experiment, models.PROTECT, related_name="exposures")
    unit = models.CharField(max_length=64, help_text="Keyed hash of the visitor's reference.")
    is_control = models.BooleanField()
    first_seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["experiment", "unit"], name="exposure_once")]

    def __str__(self) -> str:
        return f"{self.unit[:8]} in {self.experiment}"


class Block(models.Model):
    """A period of a switchback, and whether the affiliate is on in it. Drawn before it runs."""

    experiment = models.ForeignKey(Experiment, models.PROTECT, related_name="blocks")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_control = models.BooleanField(help_text="The affiliate is off.")

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "starts_at"], name="block_once"),
            models.CheckConstraint(
                name="block_has_a_length", condition=Q(ends_at__gt=F("starts_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d}: {'off' if self.is_control else 'on'}"
