"""The public pages of looks. They read no cookie and are the same for everybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from affiliates.models import Property
from influencers.middleware import for_everybody
from influencers.models import Influencer, Look, Picture, Scope, Surface
from influencers.queries import look_pages, placements
from influencers.queries.pictures import PUBLIC, Sources, sources_of
from influencers.views.assets import address_of
from influencers.views.structured import look_data
from shop.models import Shop

#: A declared site whose origin is written into a policy: nothing but a name and a port.
_SITE = re.compile(
    r"(?P<scheme>https?)://(?:[^/?#@]*@)?(?P<host>[a-z0-9.-]+(?::\d{1,5})?)(?=[/?#]|$)",
    re.IGNORECASE,
)
PER_PAGE = 24
_MORE = 4
_CACHED = "public, max-age=60, s-maxage=60, stale-while-revalidate=600, stale-if-error=86400"


def _says_what_is_gone(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer 404 as a page of the shop: visitors come by old addresses and printed codes."""

    @wraps(view)
    def said(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Http404:
            shop = _shop_of(request)
            with translation.override(_language(request)):
                address = f"{look_pages.origin_of(shop, settings.PUBLIC_URL)}/looks/"
                response = _page(
                    request, "looks/gone.html", shop, {"address": address}, surface=Surface.PAGE
                )
            response.status_code = 404
            response["Cache-Control"] = "public, max-age=60"
            return response

    return said


@require_safe
@_says_what_is_gone
def look(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one look: its photos, what is worn, who made it."""
    now = timezone.now()
    row = _published(slug)
    base = look_pages.origin_of(row.shop, settings.PUBLIC_URL)
    with translation.override(_spoken(row)):
        found = _shown_one(row, Surface.PAGE)
        others = placements.lookbook(row.shop, placements.Wanted(), now=now).exclude(pk=row.pk)
        if row.affiliate_id:
            others = others.filter(affiliate=row.affiliate_id)
        more = look_pages.shown(others[:_MORE], scope=Scope.SITE, surface=Surface.PAGE, now=now)
        address = f"{base}{found.path}"
        return _page(
            request,
            "looks/look.html",
            row.shop,
            {
                "look": found,
                "more": more,
                "address": address,
                "photo_address": _absolute(found.photo.sources.src, base),
                "oembed": f"{settings.PUBLIC_URL}/oembed?{urlencode({'url': address})}",
                "data": look_data(found, base),
            },
            surface=Surface.PAGE,
        )


@require_safe
@_says_what_is_gone
def creator(request: HttpRequest, handle: str) -> HttpResponse:
    """Show a creator and their looks, if they want a public page."""
    now = timezone.now()
    profile = (
        Influencer.objects.select_related("affiliate", "store", "avatar", "cover")
        .filter(handle=handle, is_page_public=True, affiliate__status="active")
        .first()
    )
    if profile is None:
        raise Http404
    rows = Paginator(placements.of_creator(profile, now=now), PER_PAGE)
    page = rows.get_page(request.GET.get("page"))
    first = next(iter(page.object_list), None)
    shop = first.shop if first else _shop_of(request)
    with translation.override(_language(request)):
        looks = look_pages.shown(
            page.object_list, scope=Scope.SITE, surface=Surface.CREATOR, now=now
        )
        return _page(
            request,
            "looks/creator.html",
            shop,
            {
                "profile": profile,
                "avatar": _portrait(profile.avatar),
                "cover": _portrait(profile.cover),
                "accounts": placements.accounts_of(profile),
                "looks": looks,
                "page": page,
                "address": f"{look_pages.origin_of(shop, settings.PUBLIC_URL)}{request.path}",
            },
            surface=Surface.CREATOR,
        )


@require_safe
def lookbook(request: HttpRequest) -> HttpResponse:
    """Show the looks of a shop, newest first, narrowed by tag, category or words."""
    now, shop = timezone.now(), _shop_of(request)
    wanted = placements.Wanted(
        tag=request.GET.get("tag", "")[:30].replace("\0", ""),
        category=request.GET.get("category", "")[:80].replace("\0", ""),
        words=request.GET.get("q", "")[:80].replace("\0", "").strip(),
    )
    page = Paginator(placements.lookbook(shop, wanted, now=now), PER_PAGE).get_page(
        request.GET.get("page")
    )
    tags, categories = placements.filters_of(shop, now=now)
    with translation.override(_language(request)):
        looks = look_pages.shown(
            page.object_list, scope=Scope.SITE, surface=Surface.LOOKBOOK, now=now
        )
        return _page(
            request,
            "looks/lookbook.html",
            shop,
            {
                "looks": [found for found in looks if found.is_placeable],
                "page": page,
                "wanted": wanted,
                "tags": tags,
                "categories": categories,
                "asked": _query(request),
                "address": f"{look_pages.origin_of(shop, settings.PUBLIC_URL)}/looks/",
            },
            surface=Surface.LOOKBOOK,
        )


@require_safe
@xframe_options_exempt
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one look for an iframe, on the shop's own pages and its creator's declared sites."""
    row = _published(slug)
    base = look_pages.origin_of(row.shop, settings.PUBLIC_URL)
    with translation.override(_spoken(row)):
        found = _shown_one(row, Surface.EMBED)
        response = _page(
            request,
            "looks/embed.html",
            row.shop,
            {"look": found, "address": f"{base}{found.path}"},
            surface=Surface.EMBED,
        )
    response._csp_replace = {"frame-ancestors": _may_embed(row)}  # type: ignore[attr-defined]
    return response


def _portrait(picture: Picture | None) -> Sources | None:
    """Return where a picture of a creator's page is fetched, if there is one."""
    if picture is None or picture.deleted_at:
        return None
    return sources_of(picture, audience=PUBLIC)


def _published(slug: str) -> Look:
    found = look_pages.published(timezone.now()).filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def _shown_one(row: Look, surface: Surface) -> look_pages.ShownLook:
    """Return the look as it may be shown today.

    :raises Http404: when no photo of it has a licence.
    """
    found = look_pages.shown([row], scope=Scope.SITE, surface=surface, now=timezone.now())
    if not found:
        raise Http404
    return found[0]


def _page(
    request: HttpRequest, template: str, shop: Shop, values: dict[str, Any], *, surface: Surface
) -> HttpResponse:
    """Render a page that allows nothing but itself and the shop's product pictures."""
    frame = {
        "shop": shop,
        "surface": surface.value,
        "style": address_of("looks.css"),
        "page_style": address_of("pages.css"),
        "script": address_of("looks.js"),
        "lang": translation.get_language(),
    }
    response = render(request, template, {**frame, **values})
    scheme = urlsplit(shop.home_url).scheme
    origins = sorted({f"{scheme}://{host}" for host in shop.link_hosts})
    response._csp_update = {"img-src": origins}  # type: ignore[attr-defined]
    response["Cache-Control"] = _CACHED
    response["Content-Language"] = translation.get_language()
    return for_everybody(response)


def _shop_of(request: HttpRequest) -> Shop:
    """Return the shop that is asked for, or whose own host asks, or the first.

    :raises Http404: when there is none.
    """
    code = request.GET.get("shop", "")
    shops = list(Shop.objects.order_by("pk"))
    named = [shop for shop in shops if shop.code == code]
    host = _host_of(request)
    own = [shop for shop in shops if urlsplit(shop.link_origin).netloc == host]
    if code and not named:
        raise Http404
    found = next(iter([*named, *own, *shops]), None)
    if found is None:
        raise Http404
    return found


def _host_of(request: HttpRequest) -> str:
    """Return the host that was asked. Only our own proxies say another: caches keep the answer."""
    told = request.headers.get("X-Forwarded-Host", "") if settings.TRUSTED_PROXY_COUNT else ""
    return told or request.get_host()


def _may_embed(row: Look) -> list[str]:
    scheme = urlsplit(row.shop.home_url).scheme
    origins = {f"{scheme}://{host}" for host in row.shop.link_hosts}
    sites = Property.objects.standing().filter(affiliate=row.affiliate_id)
    for url in sites.values_list("url", flat=True):
        site = _SITE.match(url)
        if site is not None:
            origins.add(f"{site['scheme']}://{site['host']}")
    return sorted(origins)


def _spoken(row: Look) -> str:
    language = row.live.language if row.live else ""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "")
    return asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _query(request: HttpRequest) -> str:
    """Return what was asked for without the page, to be followed by another page."""
    kept = {key: request.GET[key] for key in ("shop", "tag", "category", "q", "lang")
            if request.GET.get(key)}  # fmt: skip
    return urlencode(kept)


def _absolute(address: str, base: str) -> str:
    return address if "://" in address else base + address
