from __future__ import annotations

from django.db import models
from django.db.models import Q


class Meter(models.Model):
    """How much commission the orders of one month have taken of a cap or budget.

    Of one affiliate, or of the whole programme (no affiliate). Its row is the lock under which it
    is taken: parallel orders wait for each other, and never pass the limit together.
    """

    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, null=True, related_name="meters"
    )
    month = models.DateField(help_text="Its first day, in the programme's time zone.")
    currency = models.CharField(max_length=3)
    taken_minor = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["affiliate", "month", "currency"],
                nulls_distinct=False,
                name="meter_once",
            ),
            models.CheckConstraint(name="meter_of_a_month", condition=Q(month__day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.affiliate_id or 'programme'} {self.month:%Y-%m}: {self.taken_minor}"


class TierReached(models.Model):
    """That an affiliate reached a step of its tiers, which pays from then to the period's end.

    Never edited: returns that come later do not take a step back.
    """

    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="tiers_reached"
    )
    terms = models.ForeignKey("affiliates.Terms", models.PROTECT, related_name="+")
    period_from = models.DateField(help_text="First day, in the programme's time zone.")
    period_to = models.DateField(help_text="First day of the next period.")
    at = models.PositiveBigIntegerField(help_text="The step: minor units, orders or customers.")
    value = models.BigIntegerField(help_text="What was counted when it was reached.")
    rate_bps = models.PositiveIntegerField()
    reached_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["affiliate", "terms", "period_from", "at"], name="tier_reached_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.affiliate}: {self.rate_bps} bps from {self.reached_at:%Y-%m-%d}"
