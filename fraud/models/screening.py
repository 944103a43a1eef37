from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Severity(models.TextChoices):
    REFUSE = "refuse", _("Refuse")
    HOLD = "hold", _("Hold")
    REVIEW = "review", _("Review")
    INFO = "info", _("Info")


class Decision(models.TextChoices):
    CLEAR = "clear", _("Clear")
    REVIEW = "review", _("Review")
    HOLD = "hold", _("Hold")
    REFUSE = "refuse", _("Refuse")


class Family(models.TextChoices):
    """Where a finding comes from. Only different families are independent of one another."""

    NAVIGATION = "navigation", _("Navigation")
    SESSION = "session", _("Session")
    DOMAIN = "domain", _("Domain")
    IDENTITY = "identity", _("Identity")
    STATISTICS = "statistics", _("Statistics")


class Screening(models.Model):
    """What the signals said of one credit, once. What people decide later is in its cases."""

    credit = models.OneToOneField("tracking.Credit", models.PROTECT, related_name="screening")
    decision = models.CharField(max_length=6, choices=Decision.choices)
    unknown = models.JSONField(
        default=list, help_text="Codes of the signals that lacked the facts to answer."
    )
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


class Signal(models.Model):
    """One observation about a credit, with its evidence, the rule's version and its thresholds."""

    screening = models.ForeignKey(Screening, models.PROTECT, related_name="signals")
    code = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    family = models.CharField(max_length=10, choices=Family.choices)
    severity = models.CharField(max_length=6, choices=Severity.choices)
    is_shadow = models.BooleanField(default=False, help_text="Recorded, and changed nothing.")
    evidence = models.JSONField(default=dict)
    thresholds = models.JSONField(default=dict, help_text="As they were in force.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["screening", "code"], name="signal_once"),
            models.CheckConstraint(
                name="signal_severity_known", condition=Q(severity__in=Severity.values)
            ),
            models.CheckConstraint(
                name="signal_family_known", condition=Q(family__in=Family.values)
            ),
        ]
        indexes = [models.Index(fields=["code", "severity"], name="signal_by_code")]

    def __str__(self) -> str:
        return f"{self.code} ({self.severity})"


class Observation(models.Model):
    """What a signal says of an affiliate as a whole, for as long as it says so."""

    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="observations"
    )
    code = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    family = models.CharField(max_length=10, choices=Family.choices)
    severity = models.CharField(max_length=6, choices=Severity.choices)
    is_shadow = models.BooleanField(default=False, help_text="Recorded, and changed nothing.")
    evidence = models.JSONField(default=dict)
    thresholds = models.JSONField(default=dict, help_text="As they were in force.")
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="When it was no longer so.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["affiliate", "code"],
                condition=Q(ended_at__isnull=True),
                name="observation_one_at_a_time",
            ),
            models.CheckConstraint(
                name="observation_severity_known", condition=Q(severity__in=Severity.values)
            ),
            models.CheckConstraint(
                name="observation_family_known", condition=Q(family__in=Family.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.affiliate}: {self.code} ({self.severity})"


class Mode(models.TextChoices):
    OFF = "off", _("Off")
    SHADOW = "shadow", _("Shadow")
    LIVE = "live", _("Live")


class SignalSetting(models.Model):
    """How a signal is used from ``valid_from`` on. Append-only: a change is a later row."""

    code = models.CharField(max_length=40)
    mode = models.CharField(max_length=6, choices=Mode.choices)
    thresholds = models.JSONField(default=dict, help_text="Only those that differ from the rule's.")
    valid_from = models.DateTimeField()
    author = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="setting_once_at_a_time"),
            models.CheckConstraint(name="setting_mode_known", condition=Q(mode__in=Mode.values)),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.mode} from {self.valid_from:%Y-%m-%d}"


class SignalPause(models.Model):
    """That a signal says nothing of one affiliate until a day: a person's exception, and why."""

    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="signal_pauses"
    )
    code = models.CharField(max_length=40)
    until = models.DateTimeField()
    created_at = models.DateTimeField()
    author = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="signal_pause_ends", condition=Q(until__gt=models.F("created_at"))
            )
        ]
        indexes = [models.Index(fields=["affiliate", "code"], name="signal_pause_of")]

    def __str__(self) -> str:
        return f"{self.code} of {self.affiliate} until {self.until:%Y-%m-%d}"
