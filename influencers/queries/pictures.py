"""Where the sizes of a photo are fetched, and which photos resemble it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from affiliates.models import AffiliateStatus
from influencers.domain.picture import (
    KINDS,
    NEAR_BITS,
    UNCROPPED,
    WHOLE,
    Crop,
    Size,
    read_crop,
    sizes,
)
from influencers.models import Influencer, LookImage, LookStatus, Picture, Scope
from influencers.queries.licences import in_force
from influencers.queries.stopped import not_stopped

PREFIX = "/looks/pictures/"
#: For everybody, as long as the public sees the photo; or for whoever was given the address.
PUBLIC, OWN = "p", "o"
_FALLBACK_WIDTH = 960
_OWN_DAYS = 2
_WEEK = 7
_MAC_LENGTH = 22
_KIND_OF = {"webp": "webp", "jpg": "jpeg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What an ``<img>`` in a ``<picture>`` needs. ``width`` and ``height`` are of the largest."""

    src: str
    webp: str
    jpeg: str
    width: int
    height: int
    color: str
    alt: str


class Named(NamedTuple):
    """What a signed name asks for."""

    picture_id: int
    crop: Crop
    width: int
    kind: str
    audience: str


def crop_of(image: LookImage) -> Crop:
    """Return the part of its picture that a photo of a look shows."""
    x, y = _parts(image.crop_x), _parts(image.crop_y)
    width, height = _parts(image.crop_width), _parts(image.crop_height)
    return Crop(x, y, min(width, WHOLE - x), min(height, WHOLE - y))


def sources(image: LookImage, *, audience: str = OWN, base: str = "") -> Sources:
    """Return where the photo of a look is fetched, cropped as it is shown. ``picture`` loaded.

    For ``OWN`` (the default) the addresses work for two days, whatever the look's state: for
    pages of people who are signed in. For ``PUBLIC`` they work while the public sees the photo.
    """
    return sources_of(image.picture, crop_of(image), alt=image.alt, audience=audience, base=base)


def sources_of(
    picture: Picture,
    crop: Crop = UNCROPPED,
    *,
    alt: str = "",
    audience: str = OWN,
    base: str = "",
) -> Sources:
    """Return where a picture is fetched, whole unless a crop is given."""
    shown = sizes(crop, Size(picture.width, picture.height))
    largest = shown[-1]
    addresses = {
        (size.width, kind): base + PREFIX + _name(picture.pk, crop, size.width, kind, audience)
        for size in shown
        for kind in KINDS
    }
    fallback = max((s.width for s in shown if s.width <= _FALLBACK_WIDTH), default=largest.width)
    return Sources(
        src=addresses[fallback, "jpeg"],
        webp=_srcset(addresses, shown, "webp"),
        jpeg=_srcset(addresses, shown, "jpeg"),
        width=largest.width,
        height=largest.height,
        color=picture.color,
        alt=alt,
    )


def read_name(name: str, *, today: date) -> Named | None:
    """Return what a name of ours asks for; None when it is not ours, altered or too old."""
    signed, _dot, ending = name.rpartition(".")
    text, _dash, mac = signed.rpartition("-")
    kind = _KIND_OF.get(ending, "")
    if not kind or not constant_time_compare(mac, _mac(f"{text}.{kind}")):
        return None
    pk, width, crop, audience_until = text.split("-")
    audience, until = audience_until[:1], audience_until[1:]
    found = read_crop(crop)
    if found is None or today.toordinal() > int(until, 36):
        return None
    return Named(int(pk), found, int(width), kind, audience)


def is_public(picture_id: int, *, now: datetime) -> bool:
    """Tell whether the public may see a picture: in a published look under a licence, or as the
    face of a creator whose page is public. Of an account that is stopped nothing is public."""
    shown = LookImage.objects.filter(
        Q(version__look__expires_at__isnull=True) | Q(version__look__expires_at__gt=now),
        not_stopped("version__look"),
        picture=picture_id,
        version__look__live=F("version"),
        version__look__status=LookStatus.PUBLISHED,
    )
    licensed = in_force(timezone.localdate(now)).filter(
        picture=picture_id, scopes__overlap=[Scope.SITE, Scope.PDP]
    )
    if shown.exists() and licensed.exists():
        return True
    faces = Q(avatar=picture_id) | Q(cover=picture_id)
    pages = Influencer.objects.filter(is_page_public=True, affiliate__status=AffiliateStatus.ACTIVE)
    return pages.filter(faces).exists()


def is_there(picture_id: int) -> bool:
    """Tell whether a picture has its files still."""
    return Picture.objects.filter(pk=picture_id, deleted_at__isnull=True).exists()


def near_copies(picture: Picture) -> list[Picture]:
    """Return the pictures that look the same to the eye, nearest first: at most 20. LK7."""
    apart = RawSQL("bit_count((fingerprint # %s)::bit(64))", [picture.fingerprint])
    return list(
        Picture.objects.filter(deleted_at__isnull=True)
        .exclude(pk=picture.pk)
        .annotate(apart=apart)
        .filter(apart__lte=NEAR_BITS)
        .select_related("affiliate")
        .order_by("apart", "uploaded_at")[:20]
    )


def _srcset(addresses: dict[tuple[int, str], str], shown: tuple[Size, ...], kind: str) -> str:
    return ", ".join(f"{addresses[size.width, kind]} {size.width}w" for size in shown)


def _name(picture_id: int, crop: Crop, width: int, kind: str, audience: str) -> str:
    day = timezone.localdate().toordinal()
    # The same address for a week at least, so that pages and caches keep it.
    until = (day // _WEEK + 2) * _WEEK if audience == PUBLIC else day + _OWN_DAYS
    text = f"{picture_id}-{width}-{crop}-{audience}{_base36(until)}"
    ending = next(ending for ending, known in _KIND_OF.items() if known == kind)
    return f"{text}-{_mac(f'{text}.{kind}')}.{ending}"


def _mac(text: str) -> str:
    signed = salted_hmac("influencers.pictures", text, algorithm="sha256").hexdigest()
    return signed[:_MAC_LENGTH]


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    while number:
        number, rest = divmod(number, 36)
        text = digits[rest] + text
    return text or "0"


def _parts(fraction: Decimal) -> int:
    """Return a fraction of the picture in ten-thousandths."""
    return int((Decimal(fraction) * WHOLE).to_integral_value())
