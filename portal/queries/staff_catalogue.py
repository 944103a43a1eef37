"""The catalogue for managers: what lacks a cost first, for it holds commissions up."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from shop.models import CostSource, OrderLine, Product, ProductCost
from shop.models.catalogue import SEARCHED, searched_words

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
