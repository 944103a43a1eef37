from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Concat, Lower

from core.money import BPS, Money, ratio
from core.periods import PeriodQuerySet, no_overlap
from shop.domain.margin import reference_cost_minor

_SPACE = Value(" ")
_FOLDED, _PLAIN = "àâäçéèêëîïôöùûüÿñ-/._", "aaaceeeeiioouuuyn    "
_TO_PLAIN = str.maketrans(_FOLDED, _PLAIN)
#: All that names a product, as it is searched: without accents and capitals, signs as spaces,
#: a space before every word. The index ``product_search`` is on this very expression.
SEARCHED = Func(
    Lower(
        Concat(
            _SPACE, "name", _SPACE, "sku", _SPACE, "color", _SPACE, "brand", _SPACE, "category",
            _SPACE, "model", output_field=TextField(),
        )
    ),
    Value(_FOLDED),
    Value(_PLAIN),
    function="TRANSLATE",
    output_field=TextField(),
)  # fmt: skip


def searched_words(text: str) -> list[str]:
    """Return the words of a search as :data:`SEARCHED` has them."""
    return text.lower().translate(_TO_PLAIN).split()


class Product(models.Model):
    """What the shop sells, one row per SKU."""

    shop = models.ForeignKey("shop.Shop", models.CASCADE, related_name="products")
    sku = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    category = models.CharField(max_length=80, blank=True)
    said_category = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="What the shop calls its category.",
    )
    brand = models.CharField(max_length=80, blank=True)
    collections = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    list_price_minor = models.PositiveBigIntegerField(help_text="With VAT, as the shop shows it.")
    vat_bps = models.PositiveIntegerField(default=2_000)
    currency = models.CharField(max_length=3)
    url = models.URLField(max_length=500, blank=True)
    image_url = models.URLField(max_length=500, blank=True)
    is_active = models.BooleanField(default=True)
    model = models.CharField(
        max_length=64, blank=True, help_text="What its sizes and colours have in common."
    )
    color = models.CharField(max_length=40, blank=True)
    size = models.CharField(max_length=20, blank=True)
    stock = models.PositiveIntegerField(null=True, help_text="Pieces to sell; none: not told.")
    stock_at = models.DateTimeField(null=True, help_text="When the shop told.")
    changed_at = models.DateTimeField(
        null=True, help_text="Of when the shop's word on it is: an older one changes nothing."
    )
    cost_changed_at = models.DateTimeField(null=True, help_text="The same of its unit cost.")
    stock_changed_at = models.DateTimeField(null=True, help_text="The same of its stock.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "sku"], name="product_sku_once")]
        indexes = [
            models.Index(fields=["shop", "model"], condition=~Q(model=""), name="product_by_model"),
            GinIndex(OpClass(SEARCHED, name="gin_trgm_ops"), name="product_search"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.sku})"

    @property
    def list_price_ex_vat(self) -> Money:
        """The list price without VAT, rounded half away from zero."""
        return Money(ratio(self.list_price_minor * BPS, BPS + self.vat_bps), self.currency)


class ProductCost(models.Model):
    """What one unit costs the retailer during a half-open period. Never shown to an affiliate."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="costs")
    unit_cost_minor = models.PositiveBigIntegerField()
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        constraints = [no_overlap("product_cost_one_at_a_time", "product", by_key=True)]

    def __str__(self) -> str:
        return f"Cost of {self.product} from {self.valid_from:%Y-%m-%d}"


class BandPeriod(models.Model):
    """A half-open period for which margin bands are published. One at a time."""

    name = models.CharField(max_length=80)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField()

    objects = PeriodQuerySet.as_manager()

    class Meta:
        ordering = ["valid_from"]
        constraints = [no_overlap("band_period_one_at_a_time")]

    def __str__(self) -> str:
        return self.name


class MarginBand(models.Model):
    """A published range of catalogue margin at list price: lower edge <= margin < upper edge."""

    period = models.ForeignKey(BandPeriod, models.PROTECT, related_name="bands")
    lower_bps = models.PositiveIntegerField()
    upper_bps = models.PositiveIntegerField()

    class Meta:
        ordering = ["lower_bps"]
        constraints = [
            models.UniqueConstraint(fields=["period", "lower_bps"], name="margin_band_once"),
            models.CheckConstraint(
                name="margin_band_edges_in_order",
                condition=Q(lower_bps__lt=F("upper_bps")) & Q(upper_bps__lte=BPS),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lower_bps // 100}-{self.upper_bps // 100} %"


class BandAssignment(models.Model):
    """The band of a product during a period, with the list price it was put there by.

    Everything here is public. The reference cost follows from it alone, so that whatever an
    affiliate computes from commissions leads back to the band and no further.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="bands")
    band = models.ForeignKey(MarginBand, models.PROTECT)
    list_price_minor = models.PositiveBigIntegerField(help_text="Without VAT.")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        constraints = [no_overlap("band_assignment_one_at_a_time", "product", by_key=True)]

    def __str__(self) -> str:
        return f"{self.product}: {self.band}"

    @property
    def reference_cost_minor(self) -> int:
        """List price without VAT times (1 - lower edge), half away from zero."""
        return reference_cost_minor(self.list_price_minor, self.band.lower_bps)
