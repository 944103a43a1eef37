"""Products to promote, and what one of them earns: by published figures alone, never by a cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet, Sum
from django.utils import timezone

from affiliates.domain.rule_choice import LineFacts, choose
from affiliates.domain.terms import CONTRACTED, TermsRules
from affiliates.models import Affiliate, Basis, Terms
from affiliates.queries import terms_for
from affiliates.services import terms_words
from core.money import BPS, Money, ratio
from payouts.bands import band_at
from payouts.domain.commission import PRODUCT, Deal, Line
from payouts.domain.order_commission import earn_order
from payouts.pricing import Agreed
from portal.queries.product_words import holding
from portal.shop_pictures import picture_of
from shop.domain.margin import order_cost
from shop.models import BandAssignment, OrderLine, Product, Shop
from tracking.models import CouponCode

MOST_HITS = 8
BEST_SELLER_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductHit:
    """What everybody may know of a product. ``price`` is with VAT, as the shop shows it.

    ``commission`` is what one unit earns at that price by the affiliate's rate and the product's
    published margin band; ``discounted`` the same with the promo code's discount. None: nothing is
    published yet, or the terms do not pay on reference margin. ``rule``: the name of the rule that
    takes it, ``pays`` what that pays; empty: the base rate.
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
    rule: str = ""
    pays: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """By which terms somebody sells. ``classes``: of their affiliate, as rules ask for them."""

    terms: Terms | None
    classes: frozenset[str]
    now: datetime

    @classmethod
    def of(cls, affiliate: Affiliate, now: datetime) -> Seller:
        """Return what an affiliate's orders of ``now`` are paid by."""
        facts = {affiliate.kind} | ({CONTRACTED} if affiliate.is_contracted else set())
        return cls(terms=terms_for(affiliate.pk, now), classes=frozenset(facts), now=now)


def search(words: str, *, seller: Seller) -> list[ProductHit]:
    """Return the products on sale that hold every word, by their names."""
    rows = holding(promotable(), words)
    return hits(rows.order_by("name", "pk")[:MOST_HITS], seller=seller)


def hits(
    products: Iterable[Product], *, seller: Seller, code: CouponCode | None = None
) -> list[ProductHit]:
    """Return what is public of ``products``, with their bands: one query, however many.

    ``code``: the promo code that goes with the link.
    """
    products = list(products)
    bands = {
        band.product_id: band
        for band in BandAssignment.objects.at(seller.now)
        .filter(product__in=products)
        .select_related("band")
    }
    return [_hit(product, bands.get(product.pk), seller, code) for product in products]


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
    product: Product, band: BandAssignment | None, seller: Seller, code: CouponCode | None
) -> ProductHit:
    terms = seller.terms if seller.terms and seller.terms.basis == Basis.REFERENCE else None
    plain = _line(product, band, seller, None)
    reduced = _line(product, band, seller, code) if code and code.discount_bps else None
    rule = choose(_rules(terms, product), plain.facts) if terms else None
    return ProductHit(
        name=product.name,
        detail=" · ".join(filter(None, [product.brand, product.category, product.sku])),
        url=product.url,
        image_url=picture_of(product),
        price=Money(product.list_price_minor, product.currency),
        is_available=product.is_active,
        band=(band.band.lower_bps, band.band.upper_bps) if band else None,
        rate_bps=terms.rate_bps if terms else None,
        commission=_earned(product, plain, terms),
        discounted=_earned(product, reduced, terms) if reduced else None,
        rule=rule.name if rule else "",
        pays=terms_words.pays(rule, product.currency) if rule else "",
    )


def _rules(terms: Terms, product: Product) -> TermsRules:
    return Agreed.of(terms).rules_in(product.currency)


def _line(
    product: Product, band: BandAssignment | None, seller: Seller, code: CouponCode | None
) -> Line:
    """Return an order of one unit alone, at list price or with the discount of a code."""
    discount_bps = code.discount_bps if code else 0
    paid = ratio(product.list_price_ex_vat.minor * (BPS - discount_bps), BPS)
    cost = order_cost(
        paid,
        fixed_minor=product.shop.order_cost_minor,
        bps=product.shop.order_cost_bps,
        currency=product.currency,
    )
    facts = LineFacts(
        category=product.category,
        brand=product.brand,
        collections=frozenset(product.collections),
        sku=product.sku,
        classes=seller.classes,
        codes=frozenset({code.code} if code else ()),
        discount_bps=discount_bps,
        order_minor=paid,
        placed_on=timezone.localdate(seller.now),
    )
    return Line(
        kind=PRODUCT,
        quantity=1,
        net_minor=paid,
        order_cost_minor=cost,
        unit_cost_minor=None,
        band=band_at([band] if band else [], seller.now),
        facts=facts,
    )


def _earned(product: Product, line: Line, terms: Terms | None) -> Money | None:
    """Return what the order would earn by the functions that commissions are computed with."""
    if terms is None or line.band is None:
        return None
    deal = Deal(
        basis=terms.basis,
        rate_bps=terms.rate_bps,
        share_bps=BPS,
        terms_id=terms.pk,
        terms_version=terms.version,
        rules=_rules(terms, product),
    )
    (earned,) = earn_order([line], deal, currency=product.currency)
    return Money(earned.amount_minor, product.currency)
