"""Products to promote: found, with what they earn, a link at once, and a feed for machines."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from affiliates.domain.abilities import Ability
from affiliates.models import Affiliate
from core.errors import DomainError
from payouts.models import ShelfItem
from payouts.services import product_feeds
from portal.access import current_affiliate, current_user, may, partner_may
from portal.api import limits
from portal.api.limits import Budget
from portal.product_feed import as_csv, as_xml
from portal.queries import shelf
from portal.queries.link_products import Seller
from portal.queries.shelf import ShelfFilters
from portal.query_links import text
from portal.refusals import sentence
from portal.shop_pictures import allow
from portal.staff_filters import choice_chips
from shop.models import Shop
from tracking.models import Link
from tracking.services import links

#: It is made anew once an hour: whoever asks much more often has a program that went wrong.
FETCHES_PER_MINUTE = 30
_FORMS = {"csv": (as_csv, "text/csv; charset=utf-8"), "xml": (as_xml, "application/xml")}


@partner_may(Ability.SEE_WORK)
@require_safe
def product_list(request: HttpRequest) -> HttpResponse:
    """Show the products that fit the search, with what one of each earns."""
    return _page(request)


@partner_may(Ability.WORK)
@require_POST
def make_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a link to a product at once; htmx puts its address in the place of the button."""
    item = get_object_or_404(ShelfItem.objects.select_related("product__shop"), product=pk)
    affiliate, now = current_affiliate(request), timezone.now()
    refusal = ""
    try:
        links.create(
            affiliate_id=affiliate.pk,
            shop_id=item.product.shop_id,
            destination_url=item.product.url,
            label=item.product.name[:80],
            now=now,
        )
    except DomainError as refused:
        refusal = sentence(refused)
    if request.headers.get("HX-Request") == "true":
        (row,) = shelf.rows_of(
            [item], seller=Seller.of(affiliate, now), affiliate_id=affiliate.pk, now=now
        )
        context = {"row": row, "refusal": refusal, "is_new_link": not refusal, "may_work": True}
        return render(request, "affiliate/_product_link.html", context)
    if refusal:
        messages.error(request, refusal)
    else:
        messages.success(request, _("The link to “%(name)s” is ready.") % {"name": item.product})
    return redirect(f"{reverse('portal:my-products')}?{request.POST.get('query', '')[:500]}")


@partner_may(Ability.WORK)
@require_POST
def feed_make(request: HttpRequest) -> HttpResponse:
    """Make a new secret address of the feed and show it, this once."""
    token = product_feeds.make(
        affiliate_id=current_affiliate(request).pk,
        actor_id=current_user(request).pk,
        now=timezone.now(),
    )
    made = {
        form: request.build_absolute_uri(reverse("portal:product-feed", args=[token, form]))
        for form in _FORMS
    }
    return _page(request, made=made)


@partner_may(Ability.WORK)
@require_POST
def feed_revoke(request: HttpRequest) -> HttpResponse:
    """End the secret address of the feed."""
    ended = product_feeds.revoke(
        affiliate_id=current_affiliate(request).pk,
        actor_id=current_user(request).pk,
        now=timezone.now(),
    )
    if ended:
        messages.success(request, _("The address of the feed works no more."))
    return redirect(f"{reverse('portal:my-products')}#feed")


@require_safe
def feed(request: HttpRequest, token: str, form: str) -> HttpResponseBase:
    """Send the feed to who has its secret address; nothing when it is as it was (RFC 9110)."""
    now = timezone.now()
    found = product_feeds.find(token, now=now) if form in _FORMS else None
    if found is None:
        raise Http404
    budget = limits.take("feed", found.pk, FETCHES_PER_MINUTE, now)
    if budget.left < 0:
        return _too_often(budget)
    seller, link = Seller.of(found.affiliate, now), _first_link(found.affiliate)
    # Every tracked address is made of one link: with another one they are others.
    linked = link.pk if link is not None else ""
    version = f"{form}|{linked}|{shelf.feed_version(seller, found.affiliate_id)}"
    etag = f'"{hashlib.sha256(version.encode()).hexdigest()[:32]}"'
    response: HttpResponseBase
    if etag in _known(request):
        response = HttpResponseNotModified()
    else:
        write, content_type = _FORMS[form]
        response = StreamingHttpResponse(
            write(shelf.feed_rows(seller), link), content_type=content_type
        )
    response["ETag"] = etag
    response["Cache-Control"] = "private, max-age=600"
    response["X-Robots-Tag"] = "noindex"
    return response


def _too_often(budget: Budget) -> HttpResponse:
    said = _("The feed was fetched %(most)s times in this minute. Go on in %(seconds)s s.")
    return HttpResponse(
        said % {"most": budget.most, "seconds": budget.reset},
        content_type="text/plain; charset=utf-8",
        status=429,
        headers={**budget.headers, "Retry-After": str(budget.reset)},
    )


def _known(request: HttpRequest) -> set[str]:
    """The versions that who asks has already, weak or not."""
    written = request.headers.get("If-None-Match", "")
    return {one.strip().removeprefix("W/") for one in written.split(",")}


def _first_link(affiliate: Affiliate) -> Link | None:
    rows = Link.objects.select_related("shop").filter(affiliate=affiliate, archived_at__isnull=True)
    return rows.order_by("pk").first()


def _page(request: HttpRequest, made: dict[str, str] | None = None) -> HttpResponse:
    affiliate, now = current_affiliate(request), timezone.now()
    filters = _filters(request)
    seller = Seller.of(affiliate, now)
    page = Paginator(shelf.shelf(filters, now=now), shelf.PAGE_SIZE).get_page(
        text(request.GET, "page")
    )
    context: dict[str, Any] = {
        "rows": shelf.rows_of(list(page), seller=seller, affiliate_id=affiliate.pk, now=now),
        "page": page,
        "filters": filters,
        "categories": shelf.choices("category"),
        "brands": shelf.choices("brand"),
        "fresh_chips": choice_chips(
            request.GET, "fresh", _fresh(), current=filters.fresh, default=""
        ),
        "sort_chips": choice_chips(
            request.GET, "sort", _sorts(), current=filters.sort, default="new"
        ),
        "least_clicks": shelf.LEAST_CLICKS,
        "least_affiliates": shelf.LEAST_AFFILIATES,
        "terms": seller.terms,
        "feed": product_feeds.live_of(affiliate.pk),
        "made": made,
        "may_work": may(request.user, Ability.WORK) and affiliate.is_active,
        "query": request.GET.urlencode(),
    }
    answer = render(request, "affiliate/product_list.html", context)
    return allow(answer, Shop.objects.all())


def _filters(request: HttpRequest) -> ShelfFilters:
    sort = text(request.GET, "sort")
    return ShelfFilters(
        words=text(request.GET, "q"),
        category=text(request.GET, "category"),
        brand=text(request.GET, "brand"),
        fresh=text(request.GET, "fresh"),
        in_stock=request.GET.get("stock") == "1",
        sort=sort if sort in shelf.SORTS else "new",
    )


def _fresh() -> list[tuple[str, str]]:
    return [("", _("All")), ("new", _("New")), ("back", _("Back in stock"))]


def _sorts() -> list[tuple[str, str]]:
    return [
        ("new", _("Newest")),
        ("price", _("Price, rising")),
        ("-price", _("Price, falling")),
        ("clicks", _("Most clicked")),
    ]
