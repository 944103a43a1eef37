from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.money import Money


class Order(models.Model):
    """What a customer ordered, as the shop said it. Returns are facts of their own."""

    shop = models.ForeignKey("shop.Shop", models.PROTECT, related_name="orders")
    connection = models.ForeignKey(
        "shop.Connection",
        models.PROTECT,
        null=True,
        related_name="orders",
        help_text="Through which it was first told; none: a file.",
    )
    external_id = models.CharField(max_length=80)
    number = models.CharField(max_length=64)
    placed_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    is_test = models.BooleanField(default=False)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    follows_external_id = models.CharField(
        max_length=64, blank=True, help_text="The order that this one exchanges or adds to."
    )
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="followed_by")
    is_addition = models.BooleanField(
        default=False, help_text="Made by us of what an edit added to the order that it follows."
    )
    awaits_payment = models.BooleanField(
        default=False, help_text="Pending or authorized: it counts, and nothing of it is payable."
    )
    presentment_currency = models.CharField(
        max_length=3, blank=True, help_text="What the customer saw, if it is another."
    )
    remarks = ArrayField(
        models.CharField(max_length=20),
        default=list,
        help_text="Codes of shop.domain.remarks: what a person should know.",
    )
    customer_ref = models.CharField(max_length=64, blank=True, help_text="Keyed hash.")
    email_key = models.CharField(max_length=64, blank=True, help_text="Keyed hash.")
    phone_key = models.CharField(max_length=64, blank=True, help_text="Keyed hash.")
    address_key = models.CharField(
        max_length=64, blank=True, help_text="Keyed hash; empty for a pick-up point."
    )
    has_disposable_email = models.BooleanField(null=True)
    is_new_customer = models.BooleanField(null=True)
    country = models.CharField(max_length=2, blank=True)
    store = models.CharField(max_length=64, blank=True)
    codes = ArrayField(models.CharField(max_length=64), default=list)
    click_tokens = ArrayField(models.CharField(max_length=64), default=list)
    source_updated_at = models.DateTimeField()
    received_at = models.DateTimeField()
    content_hash = models.CharField(max_length=64, help_text="SHA-256 of the lines as received.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "external_id"], name="order_once_per_shop")
        ]
        indexes = [
            models.Index(fields=["placed_at"], name="order_placed"),
            models.Index(fields=["received_at"], name="order_received"),
            models.Index(fields=["email_key"], name="order_email", condition=~Q(email_key="")),
            models.Index(
                fields=["shop", "customer_ref", "placed_at"],
                name="order_customer",
                condition=~Q(customer_ref=""),
            ),
            models.Index(
                fields=["address_key"], name="order_address", condition=~Q(address_key="")
            ),
            GinIndex(fields=["codes"], name="order_codes"),
        ]

    def __str__(self) -> str:
        return f"Order {self.number}"


class LineKind(models.TextChoices):
    PRODUCT = "product", _("Product")
    GIFT_CARD = "gift_card", _("Gift card")
    SHIPPING = "shipping", _("Shipping")
    FEE = "fee", _("Fee")
    ADJUSTMENT = "adjustment", _("Adjustment")


class CostSource(models.TextChoices):
    PAYLOAD = "payload", _("Sent with the order")
    CATALOGUE = "catalogue", _("Catalogue")
    MISSING = "missing", _("Missing")


class OrderLine(models.Model):
    """One line of an order. Only products earn. The cost is frozen when the line is stored."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="lines")
    external_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, choices=LineKind.choices, default=LineKind.PRODUCT)
    product = models.ForeignKey("shop.Product", models.PROTECT, null=True, related_name="+")
    sku = models.CharField(max_length=64, blank=True)
    title = models.CharField(max_length=200)
    quantity = models.PositiveIntegerField()
    net_minor = models.BigIntegerField(help_text="Whole line, without VAT, after every discount.")
    discount_minor = models.PositiveBigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    presentment_net_minor = models.BigIntegerField(
        null=True, help_text="In the currency that the customer saw."
    )
    unit_cost_minor = models.PositiveBigIntegerField(null=True)
    cost_source = models.CharField(max_length=9, choices=CostSource.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "external_id"], name="order_line_once"),
            models.CheckConstraint(
                name="order_line_quantity_positive", condition=Q(quantity__gt=0)
            ),
            models.CheckConstraint(
                name="order_line_product_not_negative",
                condition=~Q(kind=LineKind.PRODUCT) | Q(net_minor__gte=0),
            ),
            models.CheckConstraint(
                name="order_line_cost_has_source",
                condition=Q(cost_source=CostSource.MISSING, unit_cost_minor__isnull=True)
                | (~Q(cost_source=CostSource.MISSING) & Q(unit_cost_minor__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["sku"],
                name="order_line_cost_missing",
                condition=Q(cost_source=CostSource.MISSING),
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.title}"

    @property
    def net(self) -> Money:
        return Money(self.net_minor, self.order.currency)

    @property
    def earns(self) -> bool:
        return self.kind == LineKind.PRODUCT


class ReturnReason(models.TextChoices):
    RETURN = "return", _("Returned")
    CANCELLATION = "cancellation", _("Cancelled")


class Return(models.Model):
    """Goods that came back, or a cancellation. Parked while its order is not known."""

    shop = models.ForeignKey("shop.Shop", models.PROTECT, related_name="returns")
    external_id = models.CharField(max_length=96)
    order_external_id = models.CharField(max_length=64, blank=True)
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="returns")
    reason = models.CharField(max_length=12, choices=ReturnReason.choices)
    returned_at = models.DateTimeField()
    received_at = models.DateTimeField()
    content_hash = models.CharField(max_length=64)
    withdrawn_at = models.DateTimeField(
        null=True, help_text="The shop deleted it: what it took back was given back."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "external_id"], name="return_once_per_shop")
        ]
        indexes = [
            models.Index(
                fields=["shop", "order_external_id"],
                name="return_parked",
                condition=Q(order__isnull=True),
            ),
            models.Index(fields=["received_at"], name="return_received"),
            models.Index(fields=["returned_at"], name="return_returned"),
        ]

    def __str__(self) -> str:
        return f"Return {self.external_id}"


class ReturnLine(models.Model):
    """A quantity of one order line that came back. ``line`` is empty while it is unknown.

    Quantity zero: money was given back without goods, for the line or for the whole order.
    """

    shop_return = models.ForeignKey(Return, models.PROTECT, related_name="lines")
    external_id = models.CharField(max_length=64)
    line_external_id = models.CharField(max_length=64, blank=True)
    line = models.ForeignKey(OrderLine, models.PROTECT, null=True, related_name="returned")
    sku = models.CharField(max_length=64, blank=True)
    quantity = models.PositiveIntegerField()
    net_minor = models.BigIntegerField(help_text="Without VAT, as the shop refunded it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop_return", "external_id"], name="return_line_once"),
            models.CheckConstraint(
                name="return_line_of_goods_or_money",
                condition=Q(quantity__gt=0) | Q(net_minor__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.line_external_id or self.sku}"


class CostCorrection(models.Model):
    """What a unit of an order line really cost, known after its cost was frozen. Never edited."""

    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="cost_corrections")
    external_id = models.CharField(max_length=96)
    unit_cost_minor = models.PositiveBigIntegerField()
    corrected_at = models.DateTimeField(help_text="As the shop says: the latest counts.")
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "external_id"], name="cost_correction_once")
        ]
        indexes = [models.Index(fields=["received_at"], name="cost_correction_received")]

    def __str__(self) -> str:
        return f"Cost of line {self.line_id}: {self.unit_cost_minor}"
