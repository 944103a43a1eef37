from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper


class Link(models.Model):
    """A trackable address of one affiliate: /c/<code> leads to ``destination_url``."""

    affiliate = models.ForeignKey("affiliates.Affiliate", models.PROTECT, related_name="links")
    shop = models.ForeignKey("shop.Shop", models.PROTECT, related_name="+")
    code = models.CharField(max_length=16, unique=True)
    destination_url = models.URLField(max_length=1000)
    sub_id = models.CharField(max_length=64, blank=True)
    label = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["affiliate", "-created_at"], name="link_of_affiliate")]

    def __str__(self) -> str:
        return f"/c/{self.code}"


class CouponCode(models.Model):
    """A promo code that credits one affiliate while it is valid, in upper or lower case."""

    affiliate = models.ForeignKey("affiliates.Affiliate", models.PROTECT, related_name="codes")
    shop = models.ForeignKey("shop.Shop", models.PROTECT, related_name="+")
    code = models.CharField(max_length=64)
    discount_bps = models.PositiveIntegerField(default=0, help_text="What the buyer saves.")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)

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
