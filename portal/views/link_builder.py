"""The link builder: a page without JavaScript, a sheet that answers while one types with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from affiliates.domain.abilities import Ability
from affiliates.models import Affiliate
from core.errors import DomainError
from portal import link_preview
from portal.access import current_affiliate, current_user, own, partner_may
from portal.deep_link_addresses import addresses
from portal.forms.link import LinkEditForm, LinkForm, PagesForm, initial_of
from portal.queries import link_products
from portal.queries.link_products import Seller
from portal.query_links import text
from portal.refusals import sentence
from portal.shop_pictures import allow
from portal.short_links import short_url
from tracking.domain import utm
from tracking.models import Link
from tracking.services import link_edits
from tracking.services import links as services
from tracking.services.link_content import CodeNotYours, InvalidExpiry, InvalidSubId, InvalidTags
from tracking.services.slugs import InvalidSlug, SlugTaken

PAGE_LENGTH, LABEL_LENGTH = 1_000, 80
#: The field that each refusal belongs to; others are about the page.
_FIELDS: dict[type[DomainError], str] = {
    InvalidSlug: "slug",
    SlugTaken: "slug",
    InvalidSubId: "sub_id",
    InvalidTags: "tags",
    InvalidExpiry: "expires_on",
    CodeNotYours: "coupon_code",
    services.DestinationRefused: "destination_url",
}


@partner_may(Ability.WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a link to a page of the shop; what is refused says why and keeps what was typed."""
    affiliate, now = current_affiliate(request), timezone.now()
    code, proposal = link_preview.propose()
    initial = {
        "destination_url": text(request.GET, "to", longest=PAGE_LENGTH),
        "label": text(request.GET, "label", longest=LABEL_LENGTH),
        "slug": code,
        "proposal": proposal,
    }
    form = LinkForm(request.POST or None, initial=initial, affiliate_id=affiliate.pk, now=now)
    _show_template(form, affiliate)
    if request.method == "POST" and form.is_valid():
        link = _create(form, affiliate)
        if link is not None:
            return _made(request, link)
    typed = request.POST if form.is_bound else {k: str(v) for k, v in initial.items()}
    words = text(request.GET, "q")
    context = {
        "form": form,
        "affiliate": affiliate,
        "preview": link_preview.preview(affiliate, typed, now=now),
        "slug": link_preview.slug_state(affiliate, typed, now=now),
        "words": words,
        "hits": _hits(affiliate, words),
        "made": _just_made(request),
    }
    answer = render(
        request, "affiliate/link_new.html", context, status=422 if form.is_bound else 200
    )
    return allow(answer, form.shops)


@partner_may(Ability.WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a link; every change is kept and shown on its page. ``to``: where it could lead."""
    link = own(request, Link.objects.select_related("shop"), pk=pk)
    affiliate, now = current_affiliate(request), timezone.now()
    initial, page = initial_of(link), text(request.GET, "to", longest=PAGE_LENGTH)
    if page:
        initial["destination_url"] = page
    form = LinkEditForm(request.POST or None, initial=initial, affiliate_id=affiliate.pk, now=now)
    if request.method == "POST" and form.is_valid() and _edit(request, form, link):
        messages.success(request, _("The link is changed."))
        return redirect("portal:link-detail", pk=link.pk)
    context = {"form": form, "link": link, "title": link.label or f"/c/{link.code}"}
    status = 422 if form.is_bound else 200
    return render(request, "affiliate/link_edit.html", context, status=status)


@partner_may(Ability.WORK)
@require_safe
def pages(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the addresses by which a link leads to other pages of the shop."""
    link = own(request, Link.objects.select_related("shop"), pk=pk)
    form = PagesForm(request.GET if "pages" in request.GET else None)
    typed = form.cleaned_data["pages"] if form.is_valid() else []
    context = {
        "form": form,
        "link": link,
        "title": link.label or f"/c/{link.code}",
        "addresses": addresses(link, typed),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "affiliate/link_pages.html", context, status=status)


@partner_may(Ability.WORK)
@require_safe
def preview(request: HttpRequest) -> HttpResponse:
    """Send the part of the builder that shows what the link will be."""
    shown = link_preview.preview(current_affiliate(request), request.GET.dict(), now=timezone.now())
    return render(request, "affiliate/_link_preview.html", {"preview": shown})


@partner_may(Ability.WORK)
@require_safe
def slug(request: HttpRequest) -> HttpResponse:
    """Send the line under the end of the address: free or not."""
    state = link_preview.slug_state(
        current_affiliate(request), request.GET.dict(), now=timezone.now()
    )
    return render(request, "affiliate/_slug_state.html", {"slug": state})


@partner_may(Ability.WORK)
@require_safe
def products(request: HttpRequest) -> HttpResponse:
    """Send the products that a search in the builder finds, as options of its list."""
    hits = _hits(current_affiliate(request), text(request.GET, "q"))
    return render(request, "affiliate/_product_options.html", {"hits": hits})


def _create(form: LinkForm, affiliate: Affiliate) -> Link | None:
    slug, own_code = form.cleaned_data["slug"], link_preview.proposed(form.cleaned_data["proposal"])
    try:
        return services.create(
            affiliate_id=affiliate.pk,
            shop_id=form.cleaned_data["shop"].pk,
            sub_id=form.cleaned_data["sub_id"],
            campaign=form.cleaned_data["campaign"],
            utm_values=form.typed_utm(),
            slug="" if slug == own_code else slug,
            proposal=own_code if slug == own_code else "",
            now=timezone.now(),
            **form.content(),
        )
    except DomainError as refusal:
        form.add_error(_FIELDS.get(type(refusal)), sentence(refusal))
        return None


def _edit(request: HttpRequest, form: LinkEditForm, link: Link) -> bool:
    try:
        link_edits.edit(
            link_id=link.pk,
            affiliate_id=link.affiliate_id,
            actor_id=current_user(request).pk,
            utm_values={name: form.cleaned_data[name] for name in utm.PARAMETERS},
            now=timezone.now(),
            **form.content(),
        )
    except DomainError as refusal:
        form.add_error(_FIELDS.get(type(refusal)), sentence(refusal))
        return False
    return True


def _made(request: HttpRequest, link: Link) -> HttpResponse:
    if request.POST.get("then") == "another":
        return redirect(f"{reverse('portal:link-new')}?made={link.pk}")
    messages.success(request, _("Your link is ready."))
    return redirect(f"{reverse('portal:link-detail', args=[link.pk])}?new=1")


def _just_made(request: HttpRequest) -> dict[str, Any] | None:
    pk = request.GET.get("made", "")
    if not pk.isdecimal() or len(pk) > 18:
        return None
    links = Link.objects.select_related("shop").filter(affiliate=current_affiliate(request))
    link = links.filter(pk=int(pk)).first()
    return {"link": link, "url": short_url(link)} if link else None


def _hits(affiliate: Affiliate, words: str) -> list[link_products.ProductHit]:
    if not words:
        return []
    return link_products.search(words, seller=Seller.of(affiliate, timezone.now()))


def _show_template(form: LinkForm, affiliate: Affiliate) -> None:
    """Show in the empty fields what the group's template will fill in."""
    for name, value in affiliate.group.utm_template.items():
        if name in form.fields:
            form.fields[name].widget.attrs["placeholder"] = value
