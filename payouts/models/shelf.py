from __future__ import annotations

from django.db import models
from django.db.models import Q


class ShelfItem(models.Model):
    """A product as affiliates find it: one row for each colour of a model, whatever its sizes.

    Made of the catalogue and of what links to the product brought, every hour; it may be thrown
    away and made again, but for when its product was sold out last.
    """

    product = models.OneToOneField("shop.Product", models.CASCADE, related_name="shelf")
    price_minor = models.PositiveBigIntegerField(help_text="With VAT, as the shop shows it.")
    is_in_stock = models.BooleanField(help_text="One of its sizes is, or the shop never said.")
    first_seen_at = models.DateTimeField(null=True, help_text="None: since always.")
    restocked_at = models.DateTimeField(null=True)
    clicks = models.PositiveBigIntegerField(
        default=0, help_text="Through all links that lead to it, in ninety days."
    )
    affiliates = models.PositiveIntegerField(default=0, help_text="Whose links these were.")
    orders = models.PositiveIntegerField(default=0, help_text="By these links, whatever was in.")
    earned_minor = models.BigIntegerField(default=0, help_text="By these orders, before returns.")
    refreshed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["-first_seen_at", "-product"], name="shelf_newest"),
            models.Index(fields=["price_minor", "product"], name="shelf_by_price"),
            models.Index(fields=["-clicks", "product"], name="shelf_by_clicks"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} on the shelf"


class ProductFeed(models.Model):
    """The secret address by which an affiliate's machines fetch its product feed.

    Only a hash of the secret is kept. It has 256 bits: nobody finds it by trying hashes.
    """

    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="product_feeds"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    used_at = models.DateTimeField(null=True, help_text="To the hour.")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["affiliate"],
                condition=Q(revoked_at__isnull=True),
                name="product_feed_one_live",
            )
        ]

    def __str__(self) -> str:
        return f"Product feed of {self.affiliate}"
