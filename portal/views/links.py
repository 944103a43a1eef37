"""Links: the list, and what is done with one or many of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from affiliates.domain.abilities import Ability
from affiliates.models import Affiliate
from core.csv_export import csv_chunks
from core.errors import DomainError
from portal.access import current_affiliate, current_user, own, partner_may
from portal.columns import HIDE
from portal.link_files import EXPORT_HEADER, export_rows
from portal.queries.link_health import gone, pages_of
from portal.queries.link_products import beginnings
from portal.queries.links import (
    ARCHIVED,
    EXPIRED,
    LinkFilters,
    codes_on_links,
    found_links,
    link_rows,
    page_of,
    tags_of,
)
from portal.query_links import text
from portal.refusals import sentence
from portal.report_area import area_of_partner
from portal.saved_panel import panel
from portal.shop_pictures import allow
from shop.models import Shop
from tracking.domain.utm import VALUE_LENGTH
from tracking.models import Link
from tracking.services import link_edits
from tracking.services import links as services
from tracking.services.link_content import TAG_LENGTH

#: Up to so many links are shown as cards, more as rows, unless somebody chooses.
MOST_CARDS = 5
MOST_SELECTED = 200
CSV_BATCH = 500


@partner_may(Ability.SEE_WORK, act=Ability.WORK)
@require_safe
def link_list(request: HttpRequest) -> HttpResponseBase:
    """Show the links with what each brought; ``format=csv`` sends the same as a file."""
    affiliate, now = current_affiliate(request), timezone.now()
    filters = _filters(request)
    found = found_links(affiliate.pk, filters, now=now)
    if request.GET.get("format") == "csv":
        return _csv(affiliate, list(found.values_list("pk", flat=True)))
    page = page_of(affiliate.pk, found, sort=filters.sort, number=request.GET.get("page"))
    pages = pages_of(page)
    query = request.GET.copy()
    query.pop("page", None)
    query["format"] = "csv"
    chosen = request.GET.get("view", "")
    is_first_use = not page.paginator.count and not filters.is_narrowed and not filters.state
    context = {
        "affiliate": affiliate,
        "page": page,
        "rows": link_rows(affiliate.pk, page, is_active=affiliate.is_active, now=now, pages=pages),
        "filters": filters,
        "states": [(EXPIRED, _("Expired")), (ARCHIVED, _("Archived"))],
        "tags": tags_of(affiliate.pk),
        "codes": codes_on_links(affiliate.pk),
        "kept": [(k, request.GET[k]) for k in ("state", "sort", "view", HIDE) if k in request.GET],
        "as_cards": chosen == "cards" or (chosen != "rows" and page.paginator.count <= MOST_CARDS),
        "views": [("cards", _("Cards")), ("rows", _("Rows"))],
        "has_choice": bool(page.paginator.count),
        "is_first_use": is_first_use,
        "gone": gone(affiliate.pk, pages, now=now),
        "suggestions": _suggestions() if is_first_use else [],
        "csv_url": f"?{query.urlencode()}",
        "here": request.get_full_path(),
        **panel(request, area_of_partner(request), "links", table="links"),
    }
    answer = render(request, "affiliate/link_list.html", context)
    # The builder opens in a sheet of this page, with pictures of products.
    return allow(answer, Shop.objects.order_by("pk"))


@partner_may(Ability.WORK)
@require_POST
def bulk(request: HttpRequest) -> HttpResponseBase:
    """Do one thing with the selected links."""
    affiliate, act = current_affiliate(request), request.POST.get("act", "")
    pks = _selected(request)
    if not pks:
        messages.error(request, _("Select at least one link."))
        return _back(request)
    if act == "export":
        return _csv(affiliate, pks)
    if act == "qr":
        chosen = "&".join(f"selected={pk}" for pk in pks)
        return redirect(f"{reverse('portal:link-qr-zip')}?{chosen}")
    try:
        _act(request, affiliate, act, pks)
    except DomainError as refusal:
        messages.error(request, sentence(refusal))
    return _back(request)


@partner_may(Ability.WORK)
@require_POST
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a link out of the list. It still leads to the shop, and earns nothing."""
    link = own(request, Link.objects.all(), pk=pk)
    services.archive(
        link_id=link.pk,
        affiliate_id=link.affiliate_id,
        actor_id=current_user(request).pk,
        now=timezone.now(),
    )
    messages.success(request, _("The link is archived. It still leads to the shop."))
    return redirect("portal:link-list")


@partner_may(Ability.WORK)
@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an archived link back into use."""
    link = own(request, Link.objects.all(), pk=pk)
    try:
        services.restore(
            link_id=link.pk,
            affiliate_id=link.affiliate_id,
            actor_id=current_user(request).pk,
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, _("The link is back in use."))
    return redirect("portal:link-detail", pk=link.pk)


@partner_may(Ability.WORK)
@require_POST
def duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a copy with an address of its own, and open it to be changed."""
    link = own(request, Link.objects.all(), pk=pk)
    try:
        copy = services.duplicate(
            link_id=link.pk, affiliate_id=link.affiliate_id, now=timezone.now()
        )
    except DomainError as refusal:
        messages.error(request, sentence(refusal))
        return redirect("portal:link-detail", pk=link.pk)
    messages.success(request, _("This is the copy. Change what is different."))
    return redirect("portal:link-edit", pk=copy.pk)


def _act(request: HttpRequest, affiliate: Affiliate, act: str, pks: list[int]) -> None:
    fields: dict[str, Any] = {
        "link_ids": pks,
        "affiliate_id": affiliate.pk,
        "actor_id": current_user(request).pk,
        "now": timezone.now(),
    }
    tag = text(request.POST, "tag", longest=TAG_LENGTH)
    if act == "archive":
        count = services.archive_many(**fields)
        done = ngettext("%(n)s link is archived.", "%(n)s links are archived.", count)
    elif act in {"tag", "untag"} and not tag:
        messages.error(request, _("Write the tag."))
        return
    elif act == "tag":
        count = services.tag_many(tag=tag, **fields)
        done = ngettext("%(n)s link is tagged.", "%(n)s links are tagged.", count)
    elif act == "untag":
        count = services.untag_many(tag=tag, **fields)
        done = ngettext("%(n)s link lost the tag.", "%(n)s links lost the tag.", count)
    elif act == "campaign":
        campaign = text(request.POST, "campaign", longest=VALUE_LENGTH)
        count = link_edits.set_campaign(campaign=campaign, **fields)
        done = ngettext(
            "%(n)s link has another campaign.", "%(n)s links have another campaign.", count
        )
    else:
        messages.error(request, _("Choose what to do with the links."))
        return
    messages.success(request, done % {"n": count})


def _selected(request: HttpRequest) -> list[int]:
    chosen = request.POST.getlist("selected")[:MOST_SELECTED]
    return [int(pk) for pk in chosen if pk.isdecimal() and len(pk) < 19]


def _back(request: HttpRequest) -> HttpResponse:
    """Lead back to the list as it was, never off this site."""
    here = request.POST.get("next", "")
    is_ours = here.startswith(reverse("portal:link-list")) and url_has_allowed_host_and_scheme(
        here, allowed_hosts=None
    )
    return redirect(here if is_ours else "portal:link-list")


def _filters(request: HttpRequest) -> LinkFilters:
    state = request.GET.get("state", "")
    return LinkFilters(
        search=text(request.GET, "q"),
        state=state if state in {EXPIRED, ARCHIVED} else "",
        tag=text(request.GET, "tag", longest=TAG_LENGTH),
        code=text(request.GET, "code"),
        sort=text(request.GET, "sort"),
    )


def _csv(affiliate: Affiliate, pks: list[int]) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        csv_chunks([str(label) for label in EXPORT_HEADER], _lines(affiliate, pks)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="links.csv"'},
    )


def _lines(affiliate: Affiliate, pks: list[int]) -> Iterator[Any]:
    language, now = get_language(), timezone.now()
    links = Link.objects.select_related("shop", "coupon_code").filter(affiliate=affiliate)
    for start in range(0, len(pks), CSV_BATCH):
        # The answer is sent after the request: its language is over by then.
        with override(language):
            batch = links.filter(pk__in=pks[start : start + CSV_BATCH]).order_by(
                "-created_at", "-pk"
            )
            rows = link_rows(affiliate.pk, batch, is_active=affiliate.is_active, now=now)
            lines = list(export_rows(rows))
        yield from lines


def _suggestions() -> list[dict[str, str]]:
    """Pages that a first link can lead to: one click each makes it."""
    shop, now = Shop.objects.order_by("pk").first(), timezone.now()
    if shop is None:
        return []
    pages = [(_("Home page of %(shop)s") % {"shop": shop.name}, shop.home_url)]
    pages += [(product.name, product.url) for product in beginnings(shop, now=now)]
    return [{"label": label, "url": url, "shop": str(shop.pk)} for label, url in pages]
