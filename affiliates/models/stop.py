from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Stopped(models.TextChoices):
    """What of an account can be stopped on its own, the account staying open."""

    LINKS = "links", _("Links")
    CODES = "codes", _("Promo codes")
    PAYOUTS = "payouts", _("Payouts")


class StopQuerySet(models.QuerySet["Stop"]):
    """Words for stops."""

    def at(self, moment: datetime) -> Self:
        """Return the stops that hold at a moment."""
        is_over = Q(ended_at__isnull=False, ended_at__lte=moment)
        return self.filter(~is_over, began_at__lte=moment)


class Stop(models.Model):
    """That links, codes or payouts of an affiliate stand still, for a half-open period.

    Whoever stops them keeps the reason: this row is what links, codes and payouts ask.
    """

    affiliate = models.ForeignKey("affiliates.Affiliate", models.PROTECT, related_name="stops")
    what = models.CharField(max_length=7, choices=Stopped.choices)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = StopQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="stop_known", condition=Q(what__in=Stopped.values)),
            models.CheckConstraint(
                name="stop_not_backwards",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")),
            ),
            models.UniqueConstraint(
                fields=["affiliate", "what"],
                condition=Q(ended_at__isnull=True),
                name="stop_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.affiliate}: {self.what} since {self.began_at:%Y-%m-%d}"
