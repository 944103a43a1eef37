"""Products to promote, with what one of them earns by published figures alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.models import Scope
from portal.api.fields import ListQuery, MoneyOut
from portal.api.operation import operation
from portal.api.paging import page_of
from portal.api.resource import Resource
from portal.queries.link_products import ProductHit, Seller, hits, promotable
from portal.queries.product_words import holding
from shop.models import Product

EXAMPLE: dict[str, Any] = {
    "sku": "LIN-042",
    "shop": "atelier",
    "name": "Linen dress",
    "brand": "Atelier",
    "category": "dresses",
    "color": "ecru",
    "size": "38",
    "url": "https://shop.example/linen-dress",
    "image_url": "https://shop.example/linen-dress.jpg",
    "price": {"amount_minor": 12000, "currency": "EUR"},
    "margin_band": {"lower_bps": 5000, "upper_bps": 6500},
    "rate_bps": 2000,
    "rule": "",
    "pays": "",
    "estimated_commission": {"amount_minor": 1000, "currency": "EUR"},
}


@dataclass(frozen=True, slots=True)
class Row:
    """A product with what everybody may know of what it earns."""

    product: Product
    hit: ProductHit

    @property
    def band(self) -> dict[str, int] | None:
        """The published band."""
        if self.hit.band is None:
            return None
        lower_bps, upper_bps = self.hit.band
        return {"lower_bps": lower_bps, "upper_bps": upper_bps}


class BandOut(serializers.Serializer[Any]):
    """A published range of margin at list price: lower edge <= margin < upper edge."""

    lower_bps = serializers.IntegerField()
    upper_bps = serializers.IntegerField()


class ProductOut(serializers.Serializer[Row]):
    """A product on sale that has a page."""

    sku = serializers.CharField(source="product.sku")
    shop = serializers.CharField(source="product.shop.code")
    name = serializers.CharField(source="product.name")
    brand = serializers.CharField(source="product.brand")
    category = serializers.CharField(source="product.category")
    color = serializers.CharField(source="product.color")
    size = serializers.CharField(source="product.size")
    url = serializers.CharField(source="product.url")
    image_url = serializers.CharField(source="hit.image_url", help_text="Empty: none.")
    price = MoneyOut(source="hit.price", help_text="With VAT, as the shop shows it.")
    margin_band = BandOut(source="band", allow_null=True, help_text="Null: none is published.")
    rate_bps = serializers.IntegerField(
        source="hit.rate_bps", allow_null=True, help_text="Your base rate, of the margin."
    )
    rule = serializers.CharField(
        source="hit.rule", help_text="The rule of your terms that takes it; empty: the base rate."
    )
    pays = serializers.CharField(source="hit.pays", help_text="What that rule pays, in words.")
    estimated_commission = MoneyOut(
        source="hit.commission",
        allow_null=True,
        help_text="What one unit at list price earns; null while it cannot be said.",
    )


class ProductQuery(ListQuery):
    """Which products."""

    q = serializers.CharField(
        required=False,
        max_length=100,
        help_text="Words in name, sku, colour, brand or category; all of them.",
    )
    sku = serializers.CharField(required=False, max_length=64)
    shop = serializers.CharField(required=False, max_length=40)


class ProductList(Resource):
    @operation(
        "list_products", "Search products",
        "Products on sale, with your rate, their published margin band and what one unit earns.",
        scope=Scope.READ_PRODUCTS, tag="Products", query=ProductQuery, answers=ProductOut,
        many=True, example=EXAMPLE,
    )  # fmt: skip
    def get(self, _request: Request) -> Response:
        """Search the products on sale."""
        asked, found = self.asked, promotable()
        if "q" in asked:
            found = holding(found, asked["q"])
        if "sku" in asked:
            found = found.filter(sku=asked["sku"])
        if "shop" in asked:
            found = found.filter(shop__code=asked["shop"])
        page = page_of(found, by="", cursor=asked["cursor"], limit=asked["limit"])
        shown = hits(page.rows, seller=Seller.of(self.affiliate, timezone.now()))
        rows = [Row(product, hit) for product, hit in zip(page.rows, shown, strict=True)]
        return self.listed(ProductOut, rows, page)
