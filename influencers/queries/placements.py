"""Which looks a page shows by itself: product pages, the lookbook, a creator's page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, IntegerField, QuerySet, Value, When

from influencers.models import Influencer, Look, Scope, SlotOption, SocialAccount, Surface
from influencers.queries.look_pages import ShownLook, published, shown
from influencers.queries.look_products import family_of
from shop.models import Shop

#: Looks on a product page at most.
MOST = 6
#: Looked at for each of them, because some may lack a licence or a product today.
CANDIDATES = 3
#: Newest looks from which the words of the lookbook's filters are taken.
_READ_FOR_TAGS = 2_000
MOST_TAGS = 12


def for_product(shop: Shop, sku: str, *, most: int, now: datetime, base: str) -> list[ShownLook]:
    """Return the looks for the page of a product: those that show it, in its colour first.

    A look is there only when the product, or the model in another colour, is what one of its
    places shows now, when it may be placed, and with photos licensed for product pages (LK30).
    """
    same_color, family = family_of(shop.pk, sku)
    if not family:
        return []
    # Asked first: within one question PostgreSQL reads every look to find these few.
    options = SlotOption.objects.filter(product__in=family)
    worn = list(options.values_list("product", "slot__version"))
    nearest = {version for product, version in worn if product in same_color}
    nearness = Case(
        When(live__in=nearest, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    looks = (
        published(now)
        .filter(shop=shop, live__in={version for _product, version in worn})
        .annotate(nearness=nearness)
        .order_by("nearness", "-published_at", "-pk")[: most * CANDIDATES]
    )
    found = shown(looks, scope=Scope.PDP, surface=Surface.PDP, now=now, base=base, here=same_color)
    known = set(family)
    fitting = [
        look
        for look in found
        if look.is_placeable
        and any(item.product.pk in known and not item.is_sold_out for item in look.items)
    ]
    return fitting[: min(most, MOST)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a visitor of the lookbook looks for; empty words look for everything."""

    tag: str = ""
    category: str = ""
    words: str = ""


def lookbook(shop: Shop, wanted: Wanted, *, now: datetime) -> QuerySet[Look]:
    """Return the published looks of a shop that fit, newest first."""
    looks = published(now).filter(shop=shop)
    if wanted.tag:
        looks = looks.filter(live__tags__contains=[wanted.tag])
    if wanted.category:
        with_category = SlotOption.objects.filter(product__category=wanted.category)
        looks = looks.filter(live__in=with_category.values("slot__version"))
    if wanted.words:
        looks = looks.filter(live__title__icontains=wanted.words)
    return looks


def filters_of(shop: Shop, *, now: datetime) -> tuple[list[str], list[str]]:
    """Return the tags and the categories by which the lookbook can be narrowed, most used first."""
    newest = published(now).filter(shop=shop)[:_READ_FOR_TAGS]
    rows = list(newest.values_list("live", "live__tags"))
    tags = Counter(tag for _live, tags in rows for tag in tags or ())
    worn = SlotOption.objects.filter(rank=1, slot__version__in=[live for live, _tags in rows])
    named = worn.exclude(product__category="").values_list("product__category", flat=True)
    return _most_used(tags), _most_used(Counter(named))


def of_creator(profile: Influencer, *, now: datetime) -> QuerySet[Look]:
    """Return the published looks of a creator: those put first in their order, then the newest."""
    looks = published(now).filter(affiliate=profile.affiliate_id)
    if not profile.first_looks:
        return looks
    places = [When(pk=pk, then=Value(place)) for place, pk in enumerate(profile.first_looks)]
    place = Case(*places, default=Value(len(places)), output_field=IntegerField())
    return looks.order_by(place, "-published_at", "-pk")


def accounts_of(profile: Influencer) -> list[SocialAccount]:
    """Return the accounts elsewhere that a creator's page leads to, by network."""
    told = profile.affiliate.social_accounts.filter(
        removed_at__isnull=True, url__iregex=r"^https?://"
    )
    return list(told.order_by("network", "handle"))


def _most_used(counted: Counter[str]) -> list[str]:
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return [one for one, _count in ranked[:MOST_TAGS]]
