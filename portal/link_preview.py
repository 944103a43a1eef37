"""What a link will be, while it is typed: nothing is checked twice, nothing is kept."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.utils.safestring import SafeString, mark_safe

from affiliates.models import Affiliate
from core.errors import DomainError
from portal import qr_codes
from portal.deep_link_addresses import InLanguage, in_languages
from portal.forms.link import on_host, with_scheme
from portal.qr_codes import QrStyle
from portal.queries.link_products import ProductHit, Seller, hits
from portal.refusals import sentence
from shop.models import Shop
from shop.queries import product_at
from tracking.domain import codes, utm
from tracking.domain.destinations import landing_url
from tracking.models import CouponCode
from tracking.services.link_content import checked_destination
from tracking.services.slugs import normalized, require_free, require_possible

_SALT = "portal.link_preview.proposal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The address, where it leads, and what it sells. ``refusal``: why it cannot lead there."""

    short_url: str = ""
    landing: str = ""
    refusal: str = ""
    product: ProductHit | None = None
    code: CouponCode | None = None
    languages: tuple[InLanguage, ...] = ()

    @property
    def qr(self) -> SafeString:
        """The QR code of the address to be, as SVG."""
        return mark_safe(qr_codes.svg(self.short_url, QrStyle()))  # noqa: S308 - drawn by segno


@dataclass(frozen=True, slots=True)
class SlugState:
    """Whether a slug is free; if not why, and what is."""

    url: str = ""
    refusal: str = ""
    suggestions: tuple[str, ...] = ()


def preview(affiliate: Affiliate, typed: Mapping[str, str], *, now: datetime) -> Preview:
    """Return what the link would be. ``typed`` is what stands in the form, checked or not."""
    shop = _shop(typed.get("shop", ""))
    address = with_scheme(typed.get("destination_url", "")).replace("\0", "")
    host = typed.get("host", "")
    if shop is not None and host in shop.link_hosts:
        address = on_host(address, host)
    if shop is None or not address:
        return Preview()
    try:
        page = checked_destination(address, shop)
    except DomainError as refusal:
        return Preview(refusal=sentence(refusal))
    code = _code(affiliate, typed.get("coupon_code", ""))
    product = product_at(page, shop)
    landing = landing_url(utm.with_parameters(page, _utm(affiliate, typed)))
    found = hits(
        [product] if product else [],
        seller=Seller.of(affiliate, now),
        code=code,
    )
    return Preview(
        short_url=_short_url(shop, normalized(typed.get("slug", ""))),
        landing=landing,
        product=found[0] if found else None,
        code=code,
        languages=in_languages(landing, shop),
    )


def slug_state(affiliate: Affiliate, typed: Mapping[str, str], *, now: datetime) -> SlugState:
    """Return whether the slug in the form is free; nothing typed is nothing to say."""
    slug, shop = normalized(typed.get("slug", "")), _shop(typed.get("shop", ""))
    if not slug or shop is None or slug == proposed(typed.get("proposal", "")):
        return SlugState()
    try:
        require_free(slug, affiliate_name=affiliate.name, now=now)
    except DomainError as refusal:
        return SlugState(
            refusal=sentence(refusal), suggestions=tuple(getattr(refusal, "suggestions", ()))
        )
    return SlugState(url=_short_url(shop, slug))


def propose() -> tuple[str, str]:
    """Return the end of a new address, and the same signed: only ours may skip the checks."""
    code = codes.spelled(secrets.randbits(64), codes.LINK_CODE_LENGTH)
    return code, signing.dumps(code, salt=_SALT)


def proposed(token: str) -> str:
    """Return the end of an address that :func:`propose` signed; empty for anything else."""
    try:
        return str(signing.loads(token, salt=_SALT)) if token else ""
    except signing.BadSignature:
        return ""


def _shop(pk: str) -> Shop | None:
    shops = Shop.objects.order_by("pk")
    return shops.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 19 else shops.first()


def _code(affiliate: Affiliate, pk: str) -> CouponCode | None:
    if not pk.isdecimal() or len(pk) > 18:
        return None
    return CouponCode.objects.filter(pk=int(pk), affiliate=affiliate).first()


def _utm(affiliate: Affiliate, typed: Mapping[str, str]) -> dict[str, str]:
    made = utm.filled(
        affiliate.group.utm_template,
        affiliate=affiliate.name,
        campaign=typed.get("campaign", ""),
        sub_id=typed.get("sub_id", ""),
    )
    own = {name: typed[name].strip() for name in utm.PARAMETERS if typed.get(name, "").strip()}
    return {**made, **own}


def _short_url(shop: Shop, slug: str) -> str:
    """Return the address to be; none while its end could not be one, so that no QR shows it."""
    try:
        require_possible(slug)
    except DomainError:
        return ""
    return f"{shop.link_origin or settings.PUBLIC_URL}/c/{slug}"
