from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Verdict(models.TextChoices):
    NOT_ENOUGH = "not_enough", _("Not enough data")
    NO_EFFECT = "no_effect", _("No effect that the plan could miss")
    POSITIVE = "positive", _("It brings more")
    NEGATIVE = "negative", _("It brings less")


class Analysis(models.Model):
    """What was known of an experiment at one moment. Kept, so that peeking leaves a trace."""

    experiment = models.ForeignKey(
        "experiments.Experiment", models.PROTECT, related_name="analyses"
    )
    at = models.DateTimeField()
    is_final = models.BooleanField(default=False, help_text="After its end; the others are looks.")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    figures = models.JSONField(help_text="experiments.domain.estimate.Comparison")

    class Meta:
        indexes = [models.Index(fields=["experiment", "-at"], name="analysis_of_experiment")]

    def __str__(self) -> str:
        return f"{self.experiment} at {self.at:%Y-%m-%d}: {self.verdict}"
