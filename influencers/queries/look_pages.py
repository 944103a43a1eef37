"""Looks as the public sees them: photos under licence, products to be had, who made them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import quote, urlsplit

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.money import Money
from influencers.domain.picture import WHOLE, place_in
from influencers.models import (
    Disclosure,
    Hotspot,
    Influencer,
    Look,
    LookImage,
    LookStatus,
    Surface,
)
from influencers.queries.licences import covers, credits_of
from influencers.queries.look_products import ResolvedLook, ResolvedSlot, resolve
from influencers.queries.pictures import PUBLIC, Sources, crop_of, sources
from influencers.queries.stopped import not_stopped
from shop.models import Product, Shop
from tracking.domain.destinations import leads_to_shop


@dataclass(frozen=True, slots=True)
class Dot:
    """Where an item is seen on a photo: whole per cent from its left and top."""

    item: Item
    x: int
    y: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A product of a look, as it is to be had now. ``href`` is empty where nothing leads."""

    number: int  # From one, in the look's own order.
    key: str  # Of the slot: counts are kept by it.
    role: str
    product: Product
    price: Money
    href: str
    picture: str
    is_sold_out: bool
    is_substitute: bool
    is_exact: bool
    is_here: bool = False  # The page that is looked at is about this very product.


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo of a look, with the items that are seen in its crop."""

    sources: Sources
    credit: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Who made a look, as they let themselves be named. ``handle`` is empty without a page."""

    name: str
    handle: str = ""
    store: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLook:
    """A published look. At least one photo; ``mentions`` are what the law wants to be read."""

    look: Look
    title: str
    story: str
    language: str
    mentions: tuple[str, ...]
    maker: Maker | None
    photos: tuple[Photo, ...]
    items: tuple[Item, ...]
    is_placeable: bool

    @property
    def photo(self) -> Photo:
        """The first photo: the one that stands for the look."""
        return self.photos[0]

    @property
    def path(self) -> str:
        """The look's own page, on the host of whoever asks."""
        return f"/looks/{self.look.slug}/"


def published(now: datetime) -> QuerySet[Look]:
    """Return the looks that the public may see, newest first, with what showing them needs."""
    return (
        Look.objects.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=now),
            not_stopped(),
            status=LookStatus.PUBLISHED,
        )
        .select_related("live", "shop", "link", "affiliate__influencer__store", "customer_photo")
        .order_by("-published_at", "-pk")
    )


def shown(
    looks: Iterable[Look],
    *,
    scope: str,
    surface: Surface,
    now: datetime,
    base: str = "",
    here: Collection[int] = (),
) -> list[ShownLook]:
    """Return those of the looks that may be shown, in their order. Eight queries for any number.

    Only photos with a licence for ``scope`` today are shown, and no look without one. ``base``
    goes before addresses of ours; ``here`` are the products that the page itself is about.
    """
    found = [look for look in looks if look.live is not None]
    today = timezone.localdate(now)
    versions = [look.live for look in found if look.live is not None]
    photos = _photos([version.pk for version in versions], scope, today)
    resolved = resolve(versions, now=now)
    pictures = {image.picture_id for images in photos.values() for image in images}
    names = credits_of(pictures, today)
    made = []
    for look in found:
        images = photos.get(look.live_id or 0)
        if images:
            of_look = resolved[look.live_id or 0]
            items = _items(look, of_look, surface=surface, base=base, here=here)
            made.append(_shown(look, of_look, images, items, names, base))
    return made


def maker_of(look: Look) -> Maker | None:
    """Return whom a look names: a customer as they wished, a creator whose page is public."""
    sent = getattr(look, "customer_photo", None)
    if sent is not None:
        return None if sent.erased_at else Maker(name=sent.shown_name)
    profile: Influencer | None = getattr(look.affiliate, "influencer", None)
    if look.affiliate is None or profile is None or not profile.is_page_public:
        return None
    store = profile.store.name if profile.store else ""
    return Maker(name=look.affiliate.name, handle=profile.handle, store=store)


def buy_address(look: Look, product: Product, *, surface: Surface, base: str) -> str:
    """Return what a product of a look leads to: through the look's link where it has one.

    A link leads to pages on the origin of its own destination only. A product elsewhere in the
    shop is reached directly: the visitor finds it, and nobody is credited.
    """
    link = look.link
    page = product.url if leads_to_shop(product.url, look.shop.link_hosts) else ""
    if link is None:
        return page
    address = f"{base}/c/{link.code}?surface=look:{look.pk}:{surface}"
    if not page:
        return address
    to, own = urlsplit(page), urlsplit(link.destination_url)
    if (to.scheme, to.netloc) != (own.scheme, own.netloc):
        return page
    path = f"{to.path or '/'}?{to.query}" if to.query else to.path or "/"
    return f"{address}&to={quote(path, safe='/')}"


def origin_of(shop: Shop, ours: str) -> str:
    """Return where the public reads the shop's looks: its own origin, or ``ours`` without one."""
    return shop.link_origin or ours


def _photos(version_ids: list[int], scope: str, today: date) -> dict[int, list[LookImage]]:
    """Return the photos of each version that may be used for ``scope``, in their order."""
    rows = list(
        LookImage.objects.filter(version__in=version_ids, picture__deleted_at__isnull=True)
        .select_related("picture")
        .prefetch_related(Prefetch("hotspots", Hotspot.objects.order_by("pk")))
        .order_by("version", "position")
    )
    licensed = covers({row.picture_id for row in rows}, scope, today)
    found: dict[int, list[LookImage]] = {}
    for row in rows:
        if row.picture_id in licensed:
            found.setdefault(row.version_id, []).append(row)
    return found


def _items(
    look: Look, resolved: ResolvedLook, *, surface: Surface, base: str, here: Collection[int]
) -> dict[int, Item]:
    """Return the items of a look by slot, numbered in their order."""
    filled = [slot for slot in resolved.slots if slot.product is not None]
    return {
        place.slot.pk: _item(look, place, number, surface=surface, base=base, here=here)
        for number, place in enumerate(filled, start=1)
    }


def _item(
    look: Look,
    place: ResolvedSlot,
    number: int,
    *,
    surface: Surface,
    base: str,
    here: Collection[int],
) -> Item:
    product = place.product
    if product is None:
        raise ValueError(f"Slot {place.slot.pk} has no product.")
    picture = product.image_url
    return Item(
        number=number,
        key=str(place.slot.key),
        role=place.slot.get_role_display(),
        product=product,
        price=Money(product.list_price_minor, product.currency),
        href="" if place.is_sold_out else buy_address(look, product, surface=surface, base=base),
        picture=picture if leads_to_shop(picture, look.shop.link_hosts) else "",
        is_sold_out=place.is_sold_out,
        is_substitute=place.is_substitute,
        is_exact=place.is_exact,
        is_here=product.pk in here,
    )


def _shown(
    look: Look,
    resolved: ResolvedLook,
    images: list[LookImage],
    items: dict[int, Item],
    names: dict[int, str],
    base: str,
) -> ShownLook:
    version = look.live
    if version is None:
        raise ValueError(f"{look} has nothing to show.")
    return ShownLook(
        look=look,
        title=version.title,
        story=version.story,
        language=version.language,
        mentions=_mentions(version.disclosure, version.is_retouched, version.is_virtual),
        maker=maker_of(look),
        photos=tuple(_photo(image, items, names, base) for image in images),
        items=tuple(items.values()),
        is_placeable=resolved.is_placeable,
    )


def _photo(image: LookImage, items: dict[int, Item], names: dict[int, str], base: str) -> Photo:
    crop = crop_of(image)
    dots = []
    for hotspot in image.hotspots.all():
        place = place_in(crop, _parts(hotspot.x), _parts(hotspot.y))
        if place is not None and hotspot.slot_id in items:
            x, y = place.x * 100 // WHOLE, place.y * 100 // WHOLE
            dots.append(Dot(items[hotspot.slot_id], x, y))
    return Photo(
        sources=sources(image, audience=PUBLIC, base=base),
        credit=names.get(image.picture_id, ""),
        dots=tuple(dots),
    )


def _mentions(disclosure: str, is_retouched: bool, is_virtual: bool) -> tuple[str, ...]:
    said = [str(Disclosure(disclosure).label)] if disclosure else []
    if is_retouched:
        said.append(str(_("Retouched images")))
    if is_virtual:
        said.append(str(_("Virtual images")))
    return tuple(said)


def _parts(fraction: Decimal) -> int:
    return int((Decimal(fraction) * WHOLE).to_integral_value())
