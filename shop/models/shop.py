from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from core.crypto import EncryptedTextField


class Shop(models.Model):
    """One web shop (or till system) that sends us its facts."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    home_url = models.URLField(max_length=300)
    link_hosts = ArrayField(
        models.CharField(max_length=253),
        default=list,
        help_text="Hosts that links may lead to.",
    )
    link_origin = models.URLField(
        max_length=200,
        blank=True,
        help_text="Where the shop's own proxy sends /c/ to us, without a slash at the end. Empty:"
        " links carry our own address, and prove less about how a visitor came.",
    )
    currency = models.CharField(max_length=3)
    order_cost_minor = models.PositiveBigIntegerField(
        default=0,
        help_text="Variable cost of any order (parcel, handling), in minor units.",
    )
    order_cost_bps = models.PositiveIntegerField(
        default=0,
        help_text="Variable cost in basis points of the order's net (payment fee).",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="shop_order_cost_at_most_all",
                condition=Q(order_cost_bps__lte=10_000),
            )
        ]

    def __str__(self) -> str:
        return self.name


class WebhookSecret(models.Model):
    """A secret the shop signs with. Two may be active, so that it can be changed without a gap."""

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="webhook_secrets")
    connection = models.ForeignKey(
        "shop.Connection",
        models.CASCADE,
        null=True,
        related_name="webhook_secrets",
        help_text="None: the shop's generic signed webhook.",
    )
    secret = EncryptedTextField()
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Webhook secret of {self.shop} from {self.created_at:%Y-%m-%d}"
