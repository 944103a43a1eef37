from __future__ import annotations

from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AmountOnly(models.TextChoices):
    """What becomes of money that was given back without goods."""

    PRO_RATA = "pro_rata", _("Less commission, over what is left of the order")
    IGNORED = "ignored", _("Nothing")


class Programme(models.Model):
    """What holds for the whole programme: one row, made on first use."""

    time_zone = models.CharField(max_length=40, default="Europe/Paris")
    notice_days = models.PositiveSmallIntegerField(
        default=15, help_text="From telling affiliates of worse terms to their first day."
    )
    month_budget_minor = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Most commission for the orders of one month."
    )
    four_eyes_from_minor = models.PositiveBigIntegerField(
        default=10_000, help_text="From this amount on an adjustment needs a second person."
    )
    amount_only_returns = models.CharField(
        max_length=8, choices=AmountOnly.choices, default=AmountOnly.PRO_RATA
    )
    exchange_days = models.PositiveSmallIntegerField(
        default=30, help_text="For how long an exchange keeps the attribution of its order."
    )
    claim_within_days = models.PositiveSmallIntegerField(
        default=90, help_text="From the order to the last day on which it may be claimed."
    )
    claim_answer_days = models.PositiveSmallIntegerField(
        default=14, help_text="Within how many days a claim is answered."
    )
    claims_most = models.PositiveSmallIntegerField(
        default=100, help_text="How many claims an account makes in any thirty days."
    )
    claim_lines_most = models.PositiveSmallIntegerField(
        default=50, help_text="How many lines a file of claims has."
    )
    proof_keep_days = models.PositiveSmallIntegerField(
        default=365, help_text="From the end of a claim to the day its files are deleted."
    )

    class Meta:
        constraints = [models.CheckConstraint(name="programme_one_row", condition=Q(pk=1))]

    def __str__(self) -> str:
        return "Programme"

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which its days, months and weekdays are counted."""
        return ZoneInfo(self.time_zone)

    @classmethod
    def get(cls) -> Programme:
        """Return the one row."""
        return cls.objects.get_or_create(pk=1)[0]
