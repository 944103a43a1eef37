"""Looks that the public may see: real photos, licences, products and links."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import count

from PIL import Image

from influencers.domain.licence import LicenceTerms
from influencers.models import (
    Disclosure,
    Hotspot,
    Influencer,
    Look,
    LookImage,
    LookSlot,
    LookStatus,
    LookVersion,
    SlotOption,
    SlotRole,
    VersionStatus,
)
from influencers.services import licences, pictures
from tests.builders import NOW, make_affiliate, make_link, make_product, make_shop

TERMS = LicenceTerms(
    scopes=("site", "pdp"),
    starts_on=date(2026, 1, 1),
    ends_on=date(2026, 12, 31),
    credit="Ines M.",
    people="none",
    text_sha256="0" * 64,
)
_numbers = count(1)


def photo(width=900, height=1_200, *, kind="JPEG", seed=None, **options):
    """The bytes of a photo: blocks of colour that no other seed has."""
    number = next(_numbers) if seed is None else seed
    small = Image.new("RGB", (9, 9))
    small.putdata([((number * 37 + i * 53) % 256, (i * number * 29) % 256, (i * 91 + number) % 256)
                   for i in range(81)])  # fmt: skip
    body = BytesIO()
    small.resize((width, height), Image.Resampling.BICUBIC).save(body, kind, **options)
    return body.getvalue()


def make_picture(affiliate=None, *, terms=TERMS, now=NOW, **of_photo):
    """A picture, licensed unless ``terms`` is nothing."""
    made = pictures.add(
        affiliate_id=affiliate.pk if affiliate else None,
        content=photo(**of_photo),
        name="photo.jpg",
        now=now,
    )
    if terms:
        licences.grant([made.pk], terms, by_id=None, now=now)
    return made


def make_worn(shop=None, **overrides):
    """A product with a page in the shop."""
    number = next(_numbers)
    return make_product(
        shop=shop,
        sku=overrides.pop("sku", f"LK-{number}"),
        **{"url": f"https://shop.example/p/{number}", **overrides},
    )


def make_look(
    *products, affiliate=None, shop=None, picture=None, status=LookStatus.PUBLISHED, **overrides
):
    """A published look with one photo, a slot and a hotspot for each product, and its link."""
    number = next(_numbers)
    shop = shop or make_shop()
    affiliate = affiliate or make_affiliate(name=f"Ines {number}")
    products = products or (make_worn(shop), make_worn(shop))
    link = make_link(affiliate, shop=shop, destination_url=shop.home_url, created_at=NOW)
    look = Look.objects.create(
        affiliate=affiliate, shop=shop, slug=overrides.pop("slug", f"look-{number}"), link=link,
        status_changed_at=NOW, created_at=NOW,
    )  # fmt: skip
    version = LookVersion.objects.create(
        look=look, number=1, status=VersionStatus.APPROVED, status_changed_at=NOW, saved_at=NOW,
        title=overrides.pop("title", f"Sunday {number}"), language=overrides.pop("language", "en"),
        story=overrides.pop("story", "Worn on the quays."), tags=overrides.pop("tags", []),
        disclosure=Disclosure.COLLABORATION,
    )  # fmt: skip
    image = LookImage.objects.create(
        version=version, picture=picture or make_picture(affiliate), position=0,
        alt="A woman on a quay, seen from the side.",
    )  # fmt: skip
    for position, product in enumerate(products):
        slot = make_slot(version, product, position=position)
        Hotspot.objects.create(
            image=image, slot=slot, x=Decimal("0.30"), y=Decimal(position + 1) / 10
        )
    look.status, look.live = status, version
    look.published_at = overrides.pop("published_at", NOW - timedelta(days=1))
    for name, value in overrides.items():
        setattr(look, name, value)
    look.save()
    return look


def make_slot(version, *products, position=0, is_required=True):
    """A place with these products, best first."""
    slot = LookSlot.objects.create(
        version=version, role=SlotRole.TOP, position=position, is_required=is_required
    )
    for rank, product in enumerate(products, start=1):
        SlotOption.objects.create(slot=slot, product=product, rank=rank, is_exact=rank == 1)
    return slot


def make_profile(affiliate, *, handle="ines", is_page_public=True, **overrides):
    """The public page of a creator."""
    return Influencer.objects.create(
        affiliate=affiliate, handle=handle, is_page_public=is_page_public, created_at=NOW,
        **overrides,
    )  # fmt: skip
