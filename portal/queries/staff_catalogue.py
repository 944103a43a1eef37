"""The catalogue for managers: what lacks a cost first, for it holds commissions up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from core.money import Money
from shop.models import BandAssignment, CostSource, MarginBand, OrderLine, Product, ProductCost
from shop.models.catalogue import SEARCHED, searched_words
from shop.services.catalogue import ALWAYS

MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Counts:
    """Of the products that are sold: how many, and how many lack a cost or a stock."""

    products: int
    without_cost: int
    waiting_lines: int


def products(*, search: str = "", has: str = "") -> QuerySet[Product]:
    """Return products, those on sale without a cost first, then by SKU."""
    cost = ProductCost.objects.filter(product=OuterRef("pk"), valid_to__isnull=True)
    rows = Product.objects.select_related("shop").annotate(
        place=Case(
            When(Q(~Exists(cost), is_active=True), then=Value(0)),
            default=Value(1),
            output_field=IntegerField(),
        )
    )
    if has == MISSING:
        rows = rows.filter(~Exists(cost), is_active=True)
    words = searched_words(search)
    if words:
        rows = rows.annotate(searched=SEARCHED)
        for word in words:
            rows = rows.filter(searched__contains=f" {word}")
    return rows.order_by("place", "sku", "pk")


def counts() -> Counts:
    """Count the catalogue, in two queries."""
    cost = ProductCost.objects.filter(product=OuterRef("pk"), valid_to__isnull=True)
    found = Product.objects.filter(is_active=True).aggregate(
        products=Count("pk"), without=Count("pk", filter=~Exists(cost))
    )
    waiting = OrderLine.objects.filter(cost_source=CostSource.MISSING).exclude(sku="").count()
    return Counts(found["products"], found["without"], waiting)


@dataclass(frozen=True, slots=True)
class CostRow:
    """What a unit cost during a half-open period; ``valid_from`` None: for all time before."""

    cost: Money
    valid_from: datetime | None
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class BandRow:
    """The margin band of a half-open period; ``valid_from`` None: for all time before."""

    band: MarginBand
    valid_from: datetime | None
    valid_to: datetime | None


def cost_history(product: Product) -> list[CostRow]:
    """Return what a unit of a product cost, the newest period first."""
    return [
        CostRow(
            Money(row.unit_cost_minor, product.currency),
            _begin(row.valid_from),
            row.valid_to,
        )
        for row in ProductCost.objects.filter(product=product).order_by("-valid_from")
    ]


def band_history(product: Product) -> list[BandRow]:
    """Return the margin bands that a product was published in, the newest first."""
    rows = BandAssignment.objects.filter(product=product).select_related("band")
    return [
        BandRow(row.band, _begin(row.valid_from), row.valid_to)
        for row in rows.order_by("-valid_from")
    ]


def _begin(valid_from: datetime) -> datetime | None:
    return None if valid_from <= ALWAYS else valid_from


def waiting_lines(product: Product) -> int:
    """Count the order lines that wait for the product's cost."""
    waiting = OrderLine.objects.filter(sku=product.sku, order__shop=product.shop_id)
    return waiting.filter(cost_source=CostSource.MISSING).count()


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """What a shop calls a category: how many products, and what it is here."""

    shop: str
    said: str
    category: str
    products: int


def category_rows() -> list[CategoryRow]:
    """Return the categories that shops name, those with the most products first."""
    found = (
        Product.objects.exclude(said_category="")
        .values_list("shop__name", "said_category", "category")
        .annotate(count=Count("pk"))
        .order_by("-count", "said_category")
    )
    return [CategoryRow(*row) for row in found[:500]]
