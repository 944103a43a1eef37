from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.money import BPS
from core.periods import PeriodQuerySet, no_overlap
from core.states import Moves


class DraftStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    OFFERED = "offered", _("Offered")
    PUBLISHED = "published", _("Published")
    DECLINED = "declined", _("Declined")
    DISCARDED = "discarded", _("Discarded")


class TermsDraft(Moves, models.Model):
    """Terms that do not hold yet. Those of one affiliate may be offered, and accepted by it."""

    ARROWS = {
        DraftStatus.DRAFT: {DraftStatus.OFFERED, DraftStatus.PUBLISHED, DraftStatus.DISCARDED},
        DraftStatus.OFFERED: {
            DraftStatus.DRAFT,
            DraftStatus.PUBLISHED,
            DraftStatus.DECLINED,
            DraftStatus.DISCARDED,
        },
        DraftStatus.PUBLISHED: set(),
        DraftStatus.DECLINED: {DraftStatus.DRAFT, DraftStatus.DISCARDED},
        DraftStatus.DISCARDED: set(),
    }

    name = models.CharField(max_length=80)
    group = models.ForeignKey("affiliates.Group", models.PROTECT, null=True, related_name="drafts")
    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, null=True, related_name="drafts"
    )
    content = models.JSONField(help_text="The fields of Terms that pay, and its rules.")
    change_note = models.CharField(max_length=500, blank=True, help_text="Shown to affiliates.")
    valid_from = models.DateTimeField(null=True, blank=True, help_text="When they shall begin.")
    status = models.CharField(max_length=9, choices=DraftStatus.choices, default=DraftStatus.DRAFT)
    status_changed_at = models.DateTimeField()
    author = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    terms = models.OneToOneField(
        "affiliates.Terms", models.PROTECT, null=True, related_name="draft"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="draft_for_group_or_affiliate",
                condition=Q(group__isnull=True) ^ Q(affiliate__isnull=True),
            ),
            models.CheckConstraint(
                name="draft_status_known", condition=Q(status__in=DraftStatus.values)
            ),
            models.CheckConstraint(
                name="draft_published_has_terms",
                condition=Q(status=DraftStatus.PUBLISHED, terms__isnull=False)
                | (~Q(status=DraftStatus.PUBLISHED) & Q(terms__isnull=True)),
            ),
            models.CheckConstraint(
                name="draft_offered_to_affiliate",
                condition=~Q(status__in=[DraftStatus.OFFERED, DraftStatus.DECLINED])
                | Q(affiliate__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["status", "-updated_at"], name="draft_by_status")]

    def __str__(self) -> str:
        return self.name


class TermsNotice(models.Model):
    """That an affiliate was told of terms, and what it answered. One per affiliate and terms."""

    terms = models.ForeignKey("affiliates.Terms", models.PROTECT, related_name="notices")
    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="terms_notices"
    )
    is_worse = models.BooleanField(help_text="Something pays less, or later.")
    told_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    objection = models.TextField(blank=True)
    objected_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["terms", "affiliate"], name="terms_notice_once"),
            models.CheckConstraint(
                name="terms_notice_accepted_by_somebody",
                condition=Q(accepted_at__isnull=True) ^ Q(accepted_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.terms}: {self.affiliate}"


class IncrementalityFactor(models.Model):
    """What share of an affiliate's orders would not have come without it, as an experiment found.

    Basis points of the orders that it is credited with; holds from ``valid_from``, after notice.
    """

    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="incrementality_factors"
    )
    factor_bps = models.PositiveIntegerField()
    low_bps = models.IntegerField(help_text="Lower end of the 95 % interval.")
    high_bps = models.IntegerField(help_text="Upper end of the 95 % interval.")
    orders = models.PositiveIntegerField(help_text="Orders in the experiment.")
    source = models.CharField(max_length=200, help_text="Which experiment, and when.")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField()
    author = models.ForeignKey("core.User", models.PROTECT, related_name="+")

    objects = PeriodQuerySet.as_manager()

    class Meta:
        constraints = [
            no_overlap("incrementality_one_at_a_time", "affiliate"),
            models.CheckConstraint(
                name="incrementality_at_most_three",
                condition=Q(factor_bps__lte=3 * BPS) & Q(low_bps__lte=F("high_bps")),
            ),
            models.CheckConstraint(
                name="incrementality_after_notice", condition=Q(valid_from__gt=F("told_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.affiliate}: {self.factor_bps / 100:.0f} %"
