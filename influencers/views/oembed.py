"""GET /oembed?url=<address of a look>: how other sites embed it (oEmbed 1.0)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from influencers.middleware import for_everybody
from influencers.models import Scope, Surface
from influencers.queries.look_pages import ShownLook, origin_of, published, shown

_LOOK = re.compile(r"/looks/([-\w]{1,80})/")
_WIDEST, _NARROWEST = 480, 240
#: Of the label, the names of the items and the link below the photo, in pixels.
_BELOW_PHOTO = 168
_AGE_SECONDS = 3_600
_PORTS = {"http": 80, "https": 443}


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """Answer with an iframe of the look; 404 for what is no published look, 501 for XML."""
    if request.GET.get("format", "json") != "json":
        return HttpResponse("Only format=json is spoken.\n", "text/plain", 501)
    look = _look_at(request.GET.get("url", ""))
    if look is None:
        return JsonResponse({"code": "not_found", "detail": "No published look."}, status=404)
    response = JsonResponse(_document(look, _width(request.GET.get("maxwidth", ""))))
    response["Cache-Control"] = f"public, max-age={_AGE_SECONDS // 6}"
    response["Access-Control-Allow-Origin"] = "*"
    return for_everybody(response)


def _look_at(url: str) -> ShownLook | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    found = _LOOK.fullmatch(parts.path)
    if found is None:
        return None
    now = timezone.now()
    look = published(now).filter(slug=found[1]).first()
    if look is None:
        return None
    ours = {_place(urlsplit(origin)) for origin in (look.shop.link_origin, settings.PUBLIC_URL)}
    if _place(parts) not in ours - {("", None)}:
        return None
    base = origin_of(look.shop, settings.PUBLIC_URL)
    seen = shown([look], scope=Scope.SITE, surface=Surface.EMBED, now=now, base=base)
    return seen[0] if seen else None


def _place(parts: SplitResult) -> tuple[str, int | None]:
    """Return whose address it is: the host, and a port that is not the usual one.

    With ``http://`` as with ``https://``; of another scheme, or for no port at all: nobody's.
    """
    try:
        port = parts.port
    except ValueError:
        return "", None
    if parts.scheme not in _PORTS or "@" in parts.netloc:
        return "", None
    return parts.hostname or "", None if port == _PORTS[parts.scheme] else port


def _width(said: str) -> int:
    """Return the width of the iframe: as wide as allowed, within what can be read."""
    asked = int(said) if said.isascii() and said.isdecimal() and len(said) < 6 else _WIDEST
    return min(max(asked, _NARROWEST), _WIDEST)


def _document(look: ShownLook, width: int) -> dict[str, Any]:
    base = origin_of(look.look.shop, settings.PUBLIC_URL)
    photo = look.photo.sources
    height = width * photo.height // photo.width + _BELOW_PHOTO
    html = format_html(
        '<iframe src="{}" width="{}" height="{}" title="{}" loading="lazy"'
        ' sandbox="allow-popups allow-popups-to-escape-sandbox" referrerpolicy="origin"></iframe>',
        f"{base}{look.path}embed/", width, height, look.title,
    )  # fmt: skip
    maker = look.maker
    named = (
        {"author_name": maker.name, "author_url": f"{base}/looks/by/{maker.handle}/"}
        if maker and maker.handle
        else {}
    )
    return {
        "version": "1.0",
        "type": "rich",
        "html": html,
        "width": width,
        "height": height,
        "title": " · ".join([*look.mentions, look.title]),
        **named,
        "provider_name": look.look.shop.name,
        "provider_url": look.look.shop.home_url,
        "thumbnail_url": photo.src,
        "thumbnail_width": photo.width,
        "thumbnail_height": photo.height,
        "cache_age": _AGE_SECONDS,
    }
