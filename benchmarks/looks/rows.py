"""Rows to ask for: products in sizes and colours, looks of four of them, photos under licence."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from affiliates.models import Affiliate, AffiliateKind, Group
from influencers.models import (
    Disclosure,
    Hotspot,
    ImageLicence,
    Influencer,
    Look,
    LookImage,
    LookSlot,
    LookStatus,
    LookVersion,
    Picture,
    SlotOption,
    SlotRole,
    VersionStatus,
)
from shop.models import Product, Shop
from tracking.models import Link

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
SIZES, COLORS = 5, 4
CREATORS, PER_LOOK = 50, 4
#: Some models are in far more looks than others: as people choose.
FAVORITES = 200
CHUNK = 2_000
ORIGIN = "https://shop.example"


def fill(looks: int, products: int) -> list[str]:
    """Make the rows; return the SKUs of products that are worn in a look, once for each look."""
    chance = random.Random(7)
    shop = Shop.objects.create(
        code="bench", name="Bench", home_url=f"{ORIGIN}/", link_hosts=["shop.example"],
        link_origin=ORIGIN, currency="EUR",
    )  # fmt: skip
    sold = _products(shop, products, chance)
    favorites = sold[:: max(1, len(sold) // FAVORITES)][:FAVORITES]
    worn = [
        chance.sample(favorites if chance.random() < 0.2 else sold, PER_LOOK)
        for _look in range(looks)
    ]
    _looks(shop, _creators(), worn, chance)
    return [product.sku for four in worn for product in four[:1]]


def _products(shop: Shop, count: int, chance: random.Random) -> list[Product]:
    rows = [
        Product(
            shop=shop, sku=f"B{number:06}", name=f"Product {number}", category="robes",
            list_price_minor=chance.randint(2_000, 30_000), currency="EUR",
            url=f"{ORIGIN}/p/{number}", model=f"M{number // (SIZES * COLORS)}",
            color=str(number // SIZES % COLORS), size=str(number % SIZES),
            stock=chance.choice((0, 1, 5, 20)), stock_at=datetime.now(UTC),
        )
        for number in range(count)
    ]  # fmt: skip
    return Product.objects.bulk_create(rows, batch_size=CHUNK)


def _creators() -> list[Affiliate]:
    group = Group.objects.create(slug="bench", name="Bench")
    rows = Affiliate.objects.bulk_create(
        Affiliate(
            name=f"Creator {number}", kind=AffiliateKind.INFLUENCER, group=group, country="FR",
            status_changed_at=BEGINS, joined_at=BEGINS,
        )
        for number in range(CREATORS)
    )  # fmt: skip
    Influencer.objects.bulk_create(
        Influencer(affiliate=row, handle=f"c{row.pk}", is_page_public=True, created_at=BEGINS)
        for row in rows
    )
    return rows


def _looks(
    shop: Shop, creators: list[Affiliate], worn: list[list[Product]], chance: random.Random
) -> None:
    owners = [creators[number % CREATORS] for number in range(len(worn))]
    links = Link.objects.bulk_create(
        (
            Link(affiliate=owner, shop=shop, code=f"bench{number}", destination_url=f"{ORIGIN}/",
                 created_at=BEGINS)
            for number, owner in enumerate(owners)
        ),
        batch_size=CHUNK,
    )  # fmt: skip
    looks = Look.objects.bulk_create(
        (
            Look(affiliate=owner, shop=shop, slug=f"look-{number}", link=links[number],
                 status_changed_at=BEGINS, created_at=BEGINS,
                 published_at=BEGINS.replace(day=1 + number % 28))
            for number, owner in enumerate(owners)
        ),
        batch_size=CHUNK,
    )  # fmt: skip
    versions = LookVersion.objects.bulk_create(
        (
            LookVersion(look=look, number=1, status=VersionStatus.APPROVED, saved_at=BEGINS,
                        status_changed_at=BEGINS, title=f"Look {look.pk}",
                        disclosure=Disclosure.COLLABORATION)
            for look in looks
        ),
        batch_size=CHUNK,
    )  # fmt: skip
    own = LookVersion.objects.filter(look=OuterRef("pk")).values("pk")[:1]
    Look.objects.update(live=Subquery(own), status=LookStatus.PUBLISHED)
    _contents(versions, _pictures(owners, chance), worn)


def _pictures(owners: list[Affiliate], chance: random.Random) -> list[Picture]:
    rows = Picture.objects.bulk_create(
        (
            Picture(affiliate=owner, sha256=f"{number:064x}", width=1_600, height=2_000,
                    fingerprint=chance.getrandbits(63), color="#888888", bytes_kept=1,
                    uploaded_at=BEGINS)
            for number, owner in enumerate(owners)
        ),
        batch_size=CHUNK,
    )  # fmt: skip
    ImageLicence.objects.bulk_create(
        (
            ImageLicence(picture=row, scopes=["pdp", "site"], territory="FR", credit="Bench",
                         starts_on=date(2026, 1, 1), people="none", text_sha256="0" * 64,
                         granted_at=BEGINS)
            for row in rows
        ),
        batch_size=CHUNK,
    )  # fmt: skip
    return rows


def _contents(
    versions: list[LookVersion], pictures: list[Picture], worn: list[list[Product]]
) -> None:
    images = LookImage.objects.bulk_create(
        (
            LookImage(version=version, picture=picture, position=0, alt="Somebody on a quay.")
            for version, picture in zip(versions, pictures, strict=True)
        ),
        batch_size=CHUNK,
    )
    slots = LookSlot.objects.bulk_create(
        (
            LookSlot(version=version, role=SlotRole.TOP, position=position)
            for version in versions
            for position in range(PER_LOOK)
        ),
        batch_size=CHUNK,
    )
    flat = [product for four in worn for product in four]
    SlotOption.objects.bulk_create(
        (SlotOption(slot=slot, product=one, rank=1) for slot, one in zip(slots, flat, strict=True)),
        batch_size=CHUNK,
    )
    Hotspot.objects.bulk_create(
        (
            Hotspot(image=images[number // PER_LOOK], slot=slot, x=Decimal("0.5"),
                    y=Decimal(number % PER_LOOK + 1) / 10)
            for number, slot in enumerate(slots)
        ),
        batch_size=CHUNK,
    )  # fmt: skip
