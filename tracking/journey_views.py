"""POST /j and GET /ap.js on the shop's own origin: what its pages tell, and by which script."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from shop.models import Shop
from tracking.domain import capsule, journey
from tracking.domain.journey_answer import (
    CONSENT_COOKIE,
    REF_COOKIE,
    Asked,
    Cookie,
    EarningLink,
    answer,
    host_of,
    is_from_shop,
    oracle,
)
from tracking.domain.references import new_reference
from tracking.queries import find_link
from tracking.script import AGE_SECONDS, script
from tracking.spool import DISK, SpoolFull, spool


@csrf_exempt  # It authenticates nobody, and answers only the shop's own pages.
@require_POST
def tell(request: HttpRequest) -> HttpResponse:
    """Keep what a page of the shop tells, as far as its visitor agreed; without a yes, nothing."""
    origin = request.headers.get("Origin", "")
    shop = _shop_of(request, asker=origin)
    if shop is None:
        return HttpResponse(status=404)
    site = request.headers.get("Sec-Fetch-Site", "")
    if not is_from_shop(site=site, origin=origin, hosts=_hosts_of(shop)):
        return HttpResponse(status=403)
    try:
        body = request.read(journey.LARGEST_BODY + 1)
    except UnreadablePostError:
        return HttpResponse(status=400)
    now = timezone.now()
    reply = answer(
        Asked(
            body=body,
            shop_id=shop.pk,
            now=now,
            key=capsule.key_from(settings.SECRET_KEY),
            fresh=new_reference(),
            find_link=partial(earning_link, now=now),
            is_https=not settings.ON_THIS_MACHINE,
            consent_cookie=request.COOKIES.get(CONSENT_COOKIE, ""),
            ref_cookie=request.COOKIES.get(REF_COOKIE, ""),
            user_agent=request.headers.get("User-Agent", ""),
            country=_country(request),
            takes_ref=not shop.link_origin,
        )
    )
    response = HttpResponse(reply.body, status=reply.status, content_type="application/json")
    if not _write(reply.lines):
        response = HttpResponse(status=503)
    response["Cache-Control"] = "no-store"
    if host_of(origin) in _hosts_of(shop):
        response["Access-Control-Allow-Origin"] = origin
        patch_vary_headers(response, ["Origin"])
    if response.status_code == reply.status or reply.forgets:
        _set_cookies(response, reply.cookies)
    return response


@require_safe
def ap_js(request: HttpRequest) -> HttpResponseBase:
    """Hand out ap.js to pages of the shop; with consent, the oracle cookie comes along."""
    if _shop_of(request, asker=request.headers.get("Referer", "")) is None:
        return HttpResponse(status=404)
    text, packed, etag = script()
    response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.content = packed
        response["Content-Encoding"] = "gzip"
    response["ETag"] = etag
    response["Cache-Control"] = f"private, max-age={AGE_SECONDS}"
    patch_vary_headers(response, ["Accept-Encoding"])
    consents = request.COOKIES.get(CONSENT_COOKIE) == "1"
    _set_cookies(response, oracle(consents=consents, is_https=not settings.ON_THIS_MACHINE))
    return get_conditional_response(request, etag=etag, response=response) or response


def earning_link(code: str, *, now: datetime) -> EarningLink | None:
    """Return the link ``code`` if a landing through it earns something now."""
    link = find_link(code, now)
    if link is None or link.window_days is None:
        return None
    return EarningLink(
        link_id=link.pk,
        affiliate_id=link.affiliate_id,
        window=timedelta(days=link.window_days),
        sub_id=link.sub_id,
    )


def _write(lines: Iterable[bytes]) -> bool:
    """Spool what is to be kept, to the disk where that is asked for; tell whether it went."""
    try:
        tickets = [spool().append(line) for line in lines]
        if tickets and settings.CLICK_DURABILITY == DISK:
            spool().sync(tickets[-1])
    except SpoolFull:  # It is counted and logged there.
        return False
    return True


def _country(request: HttpRequest) -> str:
    said = request.headers.get(settings.COUNTRY_HEADER, "") if settings.COUNTRY_HEADER else ""
    return said.upper() if re.fullmatch(r"[A-Za-z]{2}", said) else ""


def _shop_of(request: HttpRequest, *, asker: str) -> Shop | None:
    """Return the shop on whose origin we are asked, or whose page at ``asker`` asks.

    A forged header only ever names a shop, and no page of another site can send one.
    """
    said = [
        request.headers.get("X-Forwarded-Host", "").partition(",")[0].strip().lower(),
        request.headers.get("Host", "").lower(),
        host_of(asker),
    ]
    hosts = [host for host in said if host.isprintable() and host]
    origins = [f"{scheme}://{host}" for host in hosts for scheme in ("https", "http")]
    shops = list(
        Shop.objects.filter(Q(link_hosts__overlap=hosts) | Q(link_origin__in=origins)).order_by(
            "pk"
        )
    )
    return next((shop for host in hosts for shop in shops if host in _hosts_of(shop)), None)


def _hosts_of(shop: Shop) -> set[str]:
    return {host.lower() for host in shop.link_hosts} | {host_of(shop.link_origin)} - {""}


def _set_cookies(response: HttpResponse, cookies: Iterable[Cookie]) -> None:
    for cookie in cookies:
        response.set_cookie(
            cookie.name,
            cookie.value,
            max_age=cookie.max_age,
            path="/",
            secure=cookie.is_secure,
            httponly=cookie.http_only,
            samesite=cookie.same_site,
        )
