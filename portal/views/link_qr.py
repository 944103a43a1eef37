"""QR codes of links: one in a style of its own, or many in a ZIP."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from affiliates.domain.abilities import Ability
from portal import qr_codes
from portal.access import current_affiliate, own, partner_may
from portal.forms.qr import QrForm
from portal.qr_codes import Card, QrStyle
from portal.short_links import short_url, shown_url
from tracking.models import Link

MOST_AT_ONCE = 200
TYPES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "zip": "application/zip",
}


@partner_may(Ability.SEE_WORK, act=Ability.WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def qr(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose colours, error level, logo and file; a POST sends the file."""
    link = own(request, _links(), pk=pk)
    form = QrForm(request.POST or None, request.FILES or None)
    is_preview = request.POST.get("preview") == "1"
    if request.method == "POST" and form.is_valid():
        style, kind = form.cleaned_data["style"], form.cleaned_data["format"]
        if is_preview:
            return _sent(qr_codes.svg(short_url(link), style), f"{link.code}.svg")
        return _file(link, style, kind)
    if is_preview:
        errors = [str(error) for found in form.errors.values() for error in found]
        return HttpResponse(" ".join(errors), content_type="text/plain", status=422)
    context = {
        "link": link,
        "form": form,
        "title": link.label or shown_url(link),
        "shown_url": shown_url(link),
        "preview_url": reverse("portal:link-qr-svg", args=[link.pk]),
    }
    return render(request, "affiliate/link_qr.html", context, status=422 if form.is_bound else 200)


@partner_may(Ability.SEE_WORK)
@require_safe
def qr_svg(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the QR code of a link as SVG."""
    return _file(own(request, _links(), pk=pk), QrStyle(), "svg")


@partner_may(Ability.SEE_WORK)
@require_safe
def qr_png(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the QR code of a link as PNG, large enough to print."""
    return _file(own(request, _links(), pk=pk), QrStyle(), "png1024")


@partner_may(Ability.SEE_WORK)
@require_safe
def qr_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the QR code of a link as a card to print."""
    return _file(own(request, _links(), pk=pk), QrStyle(), "pdf")


@partner_may(Ability.SEE_WORK)
@require_safe
def qr_zip(request: HttpRequest) -> HttpResponse:
    """Send the QR codes of the selected links, or of the newest ones, as a ZIP."""
    chosen = [pk for pk in request.GET.getlist("selected") if pk.isdecimal() and len(pk) < 19]
    links = _links().filter(affiliate=current_affiliate(request)).order_by("-created_at", "-pk")
    if chosen:
        links = links.filter(pk__in=chosen[:MOST_AT_ONCE])
    else:
        links = links.filter(archived_at__isnull=True)
    codes = [(link.code, short_url(link)) for link in links[:MOST_AT_ONCE]]
    return _sent(qr_codes.zip_of(codes, QrStyle()), "qr-codes.zip")


def _links() -> QuerySet[Link]:
    return Link.objects.select_related("shop", "coupon_code")


def _file(link: Link, style: QrStyle, kind: str) -> HttpResponse:
    url = short_url(link)
    if kind == "svg":
        return _sent(qr_codes.svg(url, style), f"{link.code}.svg")
    if kind == "pdf":
        card = Card(
            address=shown_url(link),
            title=link.shop.name,
            code=link.coupon_code.code if link.coupon_code else "",
            code_label=_("Promo code"),
        )
        return _sent(qr_codes.pdf(url, style, card), f"{link.code}.pdf")
    size = int(kind.removeprefix("png"))
    return _sent(qr_codes.png(url, style, size), f"{link.code}-{size}.png")


def _sent(body: bytes | str, name: str) -> HttpResponse:
    return HttpResponse(
        body,
        content_type=TYPES[name.rpartition(".")[2]],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
