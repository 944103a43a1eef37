from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Destination(models.Model):
    """A page of the shop that links lead to, and what was seen there last."""

    shop = models.ForeignKey("shop.Shop", models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the address, in hexadecimal.")
    url = models.URLField(max_length=1000)
    checked_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(help_text="The last answer; 0: there was none.")
    gone_since = models.DateTimeField(null=True, blank=True)
    product = models.ForeignKey(
        "shop.Product", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    price_minor = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="List price of its product, with VAT."
    )
    price_before_minor = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="What it was before it last changed."
    )
    price_changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["gone_since"],
                name="destination_gone",
                condition=Q(gone_since__isnull=False),
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["shop", "digest"], name="destination_once_per_shop"),
            models.CheckConstraint(
                name="destination_changed_from_a_price",
                condition=Q(price_changed_at__isnull=True)
                | (Q(price_before_minor__isnull=False) & ~Q(price_before_minor=F("price_minor"))),
            ),
        ]

    def __str__(self) -> str:
        return self.url
