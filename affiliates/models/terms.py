from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.money import BPS
from core.periods import PeriodQuerySet, no_overlap


class Basis(models.TextChoices):
    REFERENCE = "reference", _("Reference margin")
    ACTUAL = "actual", _("Actual margin")


class Terms(models.Model):
    """What a group, or one affiliate, earns during a half-open period. Later terms: a new row."""

    group = models.ForeignKey("affiliates.Group", models.PROTECT, null=True, related_name="terms")
    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, null=True, related_name="own_terms"
    )
    version = models.PositiveIntegerField()
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    basis = models.CharField(max_length=9, choices=Basis.choices, default=Basis.REFERENCE)
    rate_bps = models.PositiveIntegerField(help_text="Basis points of margin.")
    window_days = models.PositiveIntegerField(help_text="Look-back from order to touchpoint.")
    hold_days = models.PositiveIntegerField(help_text="From order to earliest approval.")
    minimum_payout_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    payment_days = ArrayField(
        models.PositiveSmallIntegerField(),
        help_text="Days of the month on which we pay.",
    )

    rules = models.JSONField(
        default=dict, blank=True, help_text="affiliates.domain.terms.TermsRules"
    )
    change_note = models.CharField(max_length=500, blank=True, help_text="Shown to affiliates.")
    published_at = models.DateTimeField(null=True, help_text="Empty: came with the programme.")

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "terms"
        constraints = [
            models.CheckConstraint(
                name="terms_for_group_or_affiliate",
                condition=Q(group__isnull=True) ^ Q(affiliate__isnull=True),
            ),
            models.CheckConstraint(name="terms_rate_at_most_all", condition=Q(rate_bps__lte=BPS)),
            models.UniqueConstraint(fields=["group", "version"], name="terms_group_version"),
            models.UniqueConstraint(
                fields=["affiliate", "version"], name="terms_affiliate_version"
            ),
            no_overlap("terms_group_one_at_a_time", "group", condition=Q(group__isnull=False)),
            no_overlap(
                "terms_affiliate_one_at_a_time",
                "affiliate",
                condition=Q(affiliate__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return gettext("Terms %(version)s of %(holder)s") % {
            "version": self.version,
            "holder": self.group or self.affiliate,
        }

    def clean(self) -> None:
        """Refuse in forms what the database refuses anyway.

        :raises ValidationError: for actual margin in a group that may not know costs.
        """
        group = self.group or (self.affiliate.group if self.affiliate else None)
        if self.basis == Basis.ACTUAL and group and not group.sees_costs:
            raise ValidationError(
                {"basis": _("Only groups whose people may know costs are paid on actual margin.")}
            )
