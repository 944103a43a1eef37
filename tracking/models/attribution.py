from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.money import BPS


class Outcome(models.TextChoices):
    ATTRIBUTED = "attributed", _("Attributed")
    NOBODY = "nobody", _("Nobody")


class Attribution(models.Model):
    """The decision which touchpoint gets an order: one per order, also when it is nobody's."""

    order = models.OneToOneField("shop.Order", models.PROTECT, related_name="attribution")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reason = models.CharField(max_length=40, help_text="Why nobody, or the rule that chose.")
    policy = models.ForeignKey(
        "tracking.AttributionPolicy", models.PROTECT, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="attribution_outcome_known",
                condition=Q(outcome__in=Outcome.values),
            )
        ]

    def __str__(self) -> str:
        return f"{self.order}: {self.outcome}"


class TouchpointKind(models.TextChoices):
    CLICK = "click", _("Click")
    CODE = "code", _("Promo code")


class Role(models.TextChoices):
    """The part a touchpoint played on the way to the order, when a policy splits the credit."""

    INTRODUCER = "introducer", _("Introducer")
    INFLUENCER = "influencer", _("Influencer")
    CLOSER = "closer", _("Closer")


class Touchpoint(models.Model):
    """A click or promo code that could have earned the order, and what became of it."""

    attribution = models.ForeignKey(Attribution, models.PROTECT, related_name="touchpoints")
    kind = models.CharField(max_length=5, choices=TouchpointKind.choices)
    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    link = models.ForeignKey("tracking.Link", models.PROTECT, null=True, related_name="+")
    coupon_code = models.ForeignKey(
        "tracking.CouponCode", models.PROTECT, null=True, related_name="+", db_index=False
    )
    won = models.BooleanField()
    reason = models.CharField(max_length=40)
    role = models.CharField(max_length=10, choices=Role.choices, blank=True)
    navigation = models.CharField(max_length=20, blank=True, help_text="Of the click.")
    facts = models.IntegerField(default=0, help_text="Of the click, as it was known then.")
    verdicts = models.JSONField(
        default=list, help_text="What each rule of the policy said, in its order."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["attribution", "affiliate"],
                condition=Q(won=True),
                name="touchpoint_one_winner",
            ),
            models.CheckConstraint(
                name="touchpoint_has_its_kind",
                condition=Q(kind="click", link__isnull=False, coupon_code__isnull=True)
                | Q(kind="code", link__isnull=True, coupon_code__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["coupon_code"],
                condition=Q(coupon_code__isnull=False),
                name="touchpoint_of_code",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.affiliate}"


class Credit(models.Model):
    """One affiliate's share of an attributed order."""

    order = models.ForeignKey(
        "shop.Order", models.PROTECT, related_name="credits", db_index=False
    )  # ``credit_once`` begins with it.
    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="credits", db_index=False
    )  # ``credit_of_affiliate`` begins with it.
    touchpoint = models.OneToOneField(Touchpoint, models.PROTECT, related_name="credit")
    terms = models.ForeignKey(
        "affiliates.Terms",
        models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="Of the order's date, for ever.",
    )
    share_bps = models.PositiveIntegerField()
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.CLOSER)
    click_at = models.DateTimeField(null=True, help_text="Of the winning click, if one won.")
    click_age_seconds = models.BigIntegerField(null=True)
    sub_id = models.CharField(max_length=64, blank=True)
    surface = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "affiliate"], name="credit_once"),
            models.CheckConstraint(
                name="credit_share_of_whole",
                condition=Q(share_bps__gt=0) & Q(share_bps__lte=BPS),
            ),
        ]
        indexes = [
            models.Index(fields=["affiliate", "-created_at"], name="credit_of_affiliate"),
            models.Index(fields=["created_at"], name="credit_created"),
        ]

    def __str__(self) -> str:
        return f"{self.affiliate} for {self.order}"
