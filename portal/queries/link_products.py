"""Products to promote, and what one of them earns: by published figures alone, never by a cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet, Sum

from affiliates.models import Basis, Terms
from core.money import BPS, Money, ratio
from portal.calculator import Offer, commission_on
from portal.shop_pictures import picture_of
from shop.models import BandAssignment, OrderLine, Product, Shop

MOST_HITS = 8
BEST_SELLER_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductHit:
    """What everybody may know of a product. ``price`` is with VAT, as the shop shows it.

    ``commission`` is what one unit earns at that price by the affiliate's rate and the product's
    published margin band; ``discounted`` the same with the promo code's discount. None: nothing is
    published yet, or the terms do not pay on reference margin.
    """

    name: str
    detail: str
    url: str
    image_url: str
    price: Money
    is_available: bool
    band: tuple[int, int] | None
    rate_bps: int | None
    commission: Money | None
    discounted: Money | None = None


def search(words: str, *, terms: Terms | None, now: datetime) -> list[ProductHit]:
    """Return the products on sale whose name, number, brand or category hold every word."""
    rows = promotable()
    for word in words.split()[:6]:
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(sku__icontains=word)
            | Q(brand__icontains=word)
            | Q(category__icontains=word)
        )
    return hits(rows.order_by("name", "pk")[:MOST_HITS], terms=terms, now=now)


def hits(
    products: Iterable[Product], *, terms: Terms | None, now: datetime, discount_bps: int = 0
) -> list[ProductHit]:
    """Return what is public of ``products``, with their bands: one query, however many."""
    products = list(products)
    bands = {
        band.product_id: band
        for band in BandAssignment.objects.at(now)
        .filter(product__in=products)
        .select_related("band")
    }
    return [_hit(product, bands.get(product.pk), terms, discount_bps) for product in products]


def beginnings(shop: Shop, *, now: datetime) -> list[Product]:
    """Return products to begin with: the best seller of the last month, and the newest."""
    sold = (
        OrderLine.objects.filter(
            order__shop=shop,
            order__placed_at__gte=now - timedelta(days=BEST_SELLER_DAYS),
            product__in=promotable().filter(shop=shop),
        )
        .values_list("product")
        .annotate(units=Sum("quantity"))
        .order_by("-units", "product")
    )
    best = [pk for pk, _units in sold[:1]]
    newest = promotable().filter(shop=shop).exclude(pk__in=best).order_by("-pk")[:1]
    return [*promotable().filter(pk__in=best), *newest]


def promotable() -> QuerySet[Product]:
    """Return the products on sale that have a page."""
    return Product.objects.select_related("shop").filter(is_active=True).exclude(url="")


def _hit(
    product: Product, band: BandAssignment | None, terms: Terms | None, discount_bps: int
) -> ProductHit:
    pays = terms is not None and terms.basis == Basis.REFERENCE
    price = product.list_price_ex_vat.minor
    reduced = ratio(price * (BPS - discount_bps), BPS)
    return ProductHit(
        name=product.name,
        detail=" · ".join(filter(None, [product.brand, product.category, product.sku])),
        url=product.url,
        image_url=picture_of(product),
        price=Money(product.list_price_minor, product.currency),
        is_available=product.is_active,
        band=(band.band.lower_bps, band.band.upper_bps) if band else None,
        rate_bps=terms.rate_bps if terms and pays else None,
        commission=_earned(product, band, terms, price) if pays else None,
        discounted=_earned(product, band, terms, reduced) if pays and discount_bps else None,
    )


def _earned(
    product: Product, band: BandAssignment | None, terms: Terms | None, paid_minor: int
) -> Money | None:
    if terms is None or band is None:
        return None
    offer = Offer(
        rate_bps=terms.rate_bps,
        order_cost_minor=product.shop.order_cost_minor,
        order_cost_bps=product.shop.order_cost_bps,
        currency=product.currency,
    )
    _margin, commission = commission_on(
        offer,
        list_price_minor=band.list_price_minor,
        paid_minor=paid_minor,
        lower_bps=band.band.lower_bps,
    )
    return commission
