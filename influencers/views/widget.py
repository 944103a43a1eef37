"""GET /looks/widget?shop=<code>&sku=<sku>: looks for a product page, as HTML or as JSON.

The shop asks for it while it makes the page, and puts it there as it is.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from influencers.middleware import for_everybody
from influencers.queries.look_pages import Item, Photo, ShownLook
from influencers.queries.placements import MOST, for_product
from influencers.services import look_cache
from influencers.services.look_experiment import is_shown
from influencers.views.assets import address_of
from shop.models import Shop

HTML, JSON = "html", "json"
_KINDS = {HTML: "text/html; charset=utf-8", JSON: "application/json"}
_USUAL = 4
_SHARED = "public, s-maxage=60, max-age=60, stale-while-revalidate=600, stale-if-error=86400"
_LONGEST_SKU = 64


@dataclass(frozen=True, slots=True)
class Asked:
    """What a shop asks for. ``shop_code`` and ``sku`` as they came."""

    shop_code: str
    sku: str
    kind: str
    language: str
    most: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.language}:{self.most}:{self.shop_code}:{self.sku}"


@require_safe
def widget(request: HttpRequest) -> HttpResponse:
    """Answer with the looks that show a product, or 204 when there are none."""
    asked = _asked(request)
    if asked is None:
        return JsonResponse(
            {"code": "unreadable", "detail": "Give shop=<code> and sku=<SKU>, 64 signs at most."},
            status=400,
        )
    body = _body(asked)
    reference = request.GET.get("ref", "")
    is_of_one = bool(body and reference)
    if is_of_one and not _is_in_arm_with(asked, reference):
        body = b""
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    if not body:
        response = HttpResponse(status=204)
    elif request.headers.get("If-None-Match") in {etag, f"W/{etag}"}:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(body, content_type=_KINDS[asked.kind])
    response["Cache-Control"] = "private, no-store" if is_of_one else _SHARED
    response["ETag"] = etag
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Language"] = asked.language
    response["X-Robots-Tag"] = "noindex"
    response["Access-Control-Allow-Origin"] = "*"
    return for_everybody(response)


def _asked(request: HttpRequest) -> Asked | None:
    said = request.GET
    shop_code, sku = said.get("shop", ""), said.get("sku", "").strip()
    if not shop_code or not sku or len(sku) > _LONGEST_SKU or "\0" in sku + shop_code:
        return None
    language = said.get("lang", "")[:2].lower()
    most = said.get("most", "")
    return Asked(
        shop_code=shop_code[:40],
        sku=sku,
        kind=JSON if said.get("format") == JSON else HTML,
        language=language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE,
        most=min(max(int(most), 1), MOST) if most in {"1", "2", "3", "4", "5", "6"} else _USUAL,
    )


def _body(asked: Asked) -> bytes:
    """Return what is kept ready, or make it; empty when there is nothing to show."""
    version = look_cache.version(asked.shop_code)
    kept: bytes | None = look_cache.get(version, str(asked))
    if kept is None:
        kept = _made(asked)
        look_cache.put(version, str(asked), kept)
    return kept


def _made(asked: Asked) -> bytes:
    shop = Shop.objects.filter(code=asked.shop_code).first()
    if shop is None:
        return b""
    base = "" if shop.link_origin else settings.PUBLIC_URL
    with translation.override(asked.language):
        looks = for_product(shop, asked.sku, most=asked.most, now=timezone.now(), base=base)
        if not looks:
            return b""
        if asked.kind == JSON:
            return json.dumps(
                {"looks": [_document(look, base) for look in looks]},
                ensure_ascii=False, separators=(",", ":"),
            ).encode()  # fmt: skip
        return render_to_string(
            "looks/widget.html",
            {
                "looks": looks,
                "base": base,
                "surface": "pdp",
                "style": base + address_of("looks.css"),
                "script": base + address_of("looks.js"),
            },
        ).encode()


def _is_in_arm_with(asked: Asked, reference: str) -> bool:
    shop = Shop.objects.only("pk").get(code=asked.shop_code)
    return is_shown(reference, shop_id=shop.pk, now=timezone.now())


def _document(look: ShownLook, base: str) -> dict[str, Any]:
    """Return a look as JSON: docs/guide/looks-on-product-pages.md."""
    maker = look.maker
    return {
        "id": look.look.pk,
        "title": look.title,
        "lang": look.language,
        "url": base + look.path,
        "mentions": list(look.mentions),
        "creator": {"name": maker.name, "store": maker.store} if maker else None,
        "photo": _photo(look.photo),
        "items": [_item(item, look.photo) for item in look.items],
    }


def _photo(photo: Photo) -> dict[str, Any]:
    sources = photo.sources
    return {
        "src": sources.src,
        "webp": sources.webp,
        "width": sources.width,
        "height": sources.height,
        "color": sources.color,
        "alt": sources.alt,
        "credit": photo.credit,
    }


def _item(item: Item, photo: Photo) -> dict[str, Any]:
    dot = next((dot for dot in photo.dots if dot.item is item), None)
    return {
        "key": item.key,
        "sku": item.product.sku,
        "name": item.product.name,
        "price_minor": item.price.minor,
        "currency": item.price.currency,
        "url": item.href,
        "is_sold_out": item.is_sold_out,
        "is_substitute": item.is_substitute,
        "is_here": item.is_here,
        "spot": [dot.x, dot.y] if dot else None,
    }
