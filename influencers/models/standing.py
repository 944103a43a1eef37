from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class StandingWeights(models.Model):
    """What each part of the ranking weighs, in percent. The newest row holds; none is edited."""

    margin = models.PositiveSmallIntegerField(default=35)
    incremental = models.PositiveSmallIntegerField(default=20)
    answered = models.PositiveSmallIntegerField(default=15)
    engagement = models.PositiveSmallIntegerField(default=15)
    reliability = models.PositiveSmallIntegerField(default=10)
    audience = models.PositiveSmallIntegerField(default=5)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="standing_weights_are_whole",
                condition=Q(
                    margin=100
                    - F("incremental")
                    - F("answered")
                    - F("engagement")
                    - F("reliability")
                    - F("audience")
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.margin}/{self.incremental}/{self.answered}"


class StandingContest(models.Model):
    """What a creator says against a figure or a mark, and what the team answered."""

    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="standing_contests"
    )
    mark = models.ForeignKey(
        "influencers.StandingMark", models.PROTECT, null=True, related_name="contests",
        help_text="None: the figures.",
    )  # fmt: skip
    text = models.TextField(max_length=1_000)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    answer = models.TextField(max_length=1_000, blank=True, help_text="Shown to the creator.")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["affiliate", "mark"],
                condition=Q(answered_at__isnull=True),
                nulls_distinct=False,
                name="standing_contest_one_open",
            ),
            models.CheckConstraint(
                name="standing_contest_answer_whole",
                condition=Q(answered_at__isnull=True, answer="", answered_by__isnull=True)
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]
