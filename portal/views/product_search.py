"""The product picker of the look editor: words, a pasted address, or what was used last."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from affiliates.domain.abilities import Ability
from influencers.queries.looks import recent_products
from portal.access import current_affiliate, partner_may
from portal.look_document import product_hits
from portal.queries import look_products
from portal.query_links import text
from shop.models import Product, Shop

MOST_RECENT = 8
ADDRESS_LENGTH = 500


@partner_may(Ability.SEE_WORK)
@require_safe
def products(request: HttpRequest) -> HttpResponse:
    """Send products as JSON: found by ``q``, the colours of ``like``, or else the recent ones.

    ``state``: ``found``, ``recent`` or ``unknown`` (an address of no product of the shop).
    """
    words, like = text(request.GET, "q", longest=ADDRESS_LENGTH), text(request.GET, "like")
    shop = _shop(text(request.GET, "shop"))
    state = "found"
    if like.isdecimal() and len(like) < 18:
        worn = get_object_or_404(Product.objects.filter(shop=shop), pk=like)
        rows = look_products.other_colors(worn)
    elif look_products.is_address(words):
        rows = look_products.by_address(words, shop)
        state = "found" if rows else "unknown"
    elif words:
        rows = look_products.search(words, shop)
    else:
        state = "recent"
        rows = recent_products(current_affiliate(request).pk, MOST_RECENT)
    return JsonResponse({"state": state, "products": product_hits(rows)})


def _shop(code: str) -> Shop:
    return get_object_or_404(Shop, code=code) if code else get_object_or_404(Shop.objects.all()[:1])
