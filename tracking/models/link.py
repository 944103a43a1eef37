from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _


class Link(models.Model):
    """A trackable address of one affiliate: /c/<code> leads to ``destination_url``."""

    affiliate = models.ForeignKey("affiliates.Affiliate", models.PROTECT, related_name="links")
    shop = models.ForeignKey("shop.Shop", models.PROTECT, related_name="+")
    code = models.CharField(max_length=40, unique=True)
    destination_url = models.URLField(max_length=1000)
    sub_id = models.CharField(max_length=64, blank=True)
    label = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=300, blank=True)
    tags = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    utm = models.JSONField(default=dict, blank=True, help_text="Parameters added on landing.")
    coupon_code = models.ForeignKey(
        "tracking.CouponCode", models.PROTECT, null=True, blank=True, related_name="links"
    )
    surface = models.CharField(
        max_length=40,
        blank=True,
        help_text="Of the look whose link it is (look:12), set by whoever makes it for the look.",
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["affiliate", "-created_at"], name="link_of_affiliate")]

    def __str__(self) -> str:
        return f"/c/{self.code}"


class CodePolicy(models.TextChoices):
    """When a typed code earns; without one, what the attribution policy says."""

    ALWAYS = "always", _("Always")
    IF_INVOLVED = "if_involved", _("If the affiliate also brought the buyer")
    IF_WINNER = "if_winner", _("If the affiliate's click came last")


class CouponCode(models.Model):
    """A promo code that credits one affiliate while it is valid, in upper or lower case."""

    affiliate = models.ForeignKey("affiliates.Affiliate", models.PROTECT, related_name="codes")
    shop = models.ForeignKey("shop.Shop", models.PROTECT, related_name="+")
    code = models.CharField(max_length=64)
    discount_bps = models.PositiveIntegerField(default=0, help_text="What the buyer saves.")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    policy = models.CharField(
        max_length=11,
        choices=CodePolicy.choices,
        blank=True,
        help_text="Empty: as the attribution policy says.",
    )
    usage_limit = models.PositiveIntegerField(
        null=True, blank=True, help_text="Orders it may earn; empty: no limit."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint("shop", Upper("code"), name="coupon_code_once_per_shop"),
            models.CheckConstraint(
                name="coupon_code_period_in_order",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=models.F("valid_from")),
            ),
        ]
        indexes = [models.Index(fields=["affiliate"], name="coupon_code_of_affiliate")]

    def __str__(self) -> str:
        return self.code


class CodeRequestStatus(models.TextChoices):
    OPEN = "open", _("Open")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class CodeRequest(models.Model):
    """An affiliate asks for a promo code of its choice; a manager grants or refuses it."""

    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="code_requests"
    )
    shop = models.ForeignKey("shop.Shop", models.PROTECT, related_name="+")
    wanted = models.CharField(max_length=30)
    purpose = models.CharField(max_length=300)
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateTimeField(null=True, blank=True)
    status = models.CharField(
        max_length=9, choices=CodeRequestStatus.choices, default=CodeRequestStatus.OPEN
    )
    reason = models.CharField(max_length=300, blank=True, help_text="Shown to the affiliate.")
    code = models.OneToOneField(
        CouponCode, models.PROTECT, null=True, blank=True, related_name="request"
    )
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "core.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="code_request_granted_has_code",
                condition=Q(status="granted", code__isnull=False)
                | (~Q(status="granted") & Q(code__isnull=True)),
            ),
            models.UniqueConstraint(
                fields=["affiliate", "shop"],
                condition=Q(status="open"),
                name="code_request_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wanted} for {self.affiliate}"
