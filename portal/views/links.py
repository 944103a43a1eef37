"""Links: the list, the builder, and what one of them brought."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import segno
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError
from portal import date_range
from portal.access import current_affiliate, own, partner_required
from portal.date_range import DateRange
from portal.formats import format_count
from portal.forms.link import LinkForm
from portal.queries import clicks
from portal.queries.links import ARCHIVED, found_links, link_rows
from portal.query_links import text
from portal.refusals import sentence
from portal.series import points, step_of
from portal.short_links import short_url
from shop.models import Shop
from tracking.models import Link
from tracking.services import links as services

PAGE_SIZE = 25
QR_QUIET_ZONE = 4
QR_PNG_SCALE = 24


@partner_required
@require_safe
def link_list(request: HttpRequest) -> HttpResponse:
    """Show the links with what each brought."""
    affiliate = current_affiliate(request)
    search = text(request.GET, "q")
    state = request.GET.get("state", "")
    found = found_links(affiliate.pk, search=search, state=state)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "affiliate/link_list.html",
        {
            "affiliate": affiliate,
            "page": page,
            "rows": link_rows(affiliate.pk, page, is_active=affiliate.is_active),
            "search": search,
            "states": [(ARCHIVED, _("Archived"))],
            "shows_archived": state == ARCHIVED,
            "is_narrowed": bool(search),
            "suggestions": _suggestions(),
        },
    )


@partner_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a link to a page of the shop; what is refused says why and keeps what was typed."""
    affiliate = current_affiliate(request)
    initial = {"destination_url": request.GET.get("to", ""), "label": request.GET.get("label", "")}
    form = LinkForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            link = services.create(
                affiliate_id=affiliate.pk,
                shop_id=form.cleaned_data["shop"].pk,
                destination_url=form.cleaned_data["destination_url"],
                sub_id=form.cleaned_data["sub_id"],
                label=form.cleaned_data["label"],
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error("destination_url" if affiliate.is_active else None, sentence(refusal))
        else:
            messages.success(request, _("Your link is ready."))
            return redirect(f"{reverse('portal:link-detail', args=[link.pk])}?new=1")
    return render(
        request,
        "affiliate/link_new.html",
        {"form": form, "affiliate": affiliate, "suggestions": _suggestions()},
        status=422 if form.is_bound else 200,
    )


@partner_required
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one link: its address to copy, its QR code, and what it brought in a period."""
    link = own(request, Link.objects.select_related("shop"), pk=pk)
    affiliate = current_affiliate(request)
    shown = date_range.parse(request.GET, now=timezone.now())
    row = link_rows(affiliate.pk, [link], is_active=affiliate.is_active)[0]
    context = {
        "link": link,
        "row": row,
        "is_new": request.GET.get("new") == "1",
        "range": shown,
        "period_chips": date_range.chips(request.GET, shown),
        "sales_url": f"{reverse('portal:sale-list')}?source=link-{link.pk}&range=12m",
        **_activity(link, shown),
    }
    return render(request, "affiliate/link_detail.html", context)


@partner_required
@require_safe
def qr_svg(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the QR code of a link as SVG."""
    return _qr(own(request, Link.objects.all(), pk=pk), "svg", "image/svg+xml", scale=8)


@partner_required
@require_safe
def qr_png(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the QR code of a link as PNG, large enough to print."""
    return _qr(own(request, Link.objects.all(), pk=pk), "png", "image/png", scale=QR_PNG_SCALE)


@partner_required
@require_POST
def archive(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Take a link out of the list. It still leads to the shop, and earns nothing."""
    link = own(request, Link.objects.all(), pk=pk)
    try:
        services.archive(link_id=link.pk, affiliate_id=link.affiliate_id, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, _("The link is archived. It still leads to the shop."))
    return redirect("portal:link-list")


def _activity(link: Link, shown: DateRange) -> dict[str, Any]:
    daily = clicks.link_days(link.pk, shown.since, shown.until)
    hosts = clicks.referrers(link.pk, shown.since, shown.until)
    return {
        "clicks": points(daily, shown),
        "clicks_total": sum(daily.values()),
        "step": step_of(shown),
        "referrers": [
            (host or _("Unknown or typed"), format_count(number)) for host, number in hosts
        ],
    }


def _qr(link: Link, kind: str, content_type: str, *, scale: int) -> HttpResponse:
    body = BytesIO()
    code = segno.make(short_url(link), error="m", micro=False)
    code.save(body, kind=kind, scale=scale, border=QR_QUIET_ZONE)
    return HttpResponse(
        body.getvalue(),
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{link.code}.{kind}"'},
    )


def _suggestions() -> list[tuple[str, str]]:
    """``(label, address)`` of pages that a first link can lead to: one click each."""
    builder = reverse("portal:link-new")
    return [
        (shop.name, f"{builder}?to={shop.home_url}") for shop in Shop.objects.order_by("pk")[:3]
    ]
