"""Gifts to influencers: they count like money towards the amount that needs a contract."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from influencers.models import Gift
from influencers.services import gifts
from portal.access import current_user, manager_required
from portal.formats import in_paris
from portal.forms.contract import GiftForm
from portal.forms.staff import ReasonForm
from portal.queries import contracts as found
from portal.query_links import text as query_text
from portal.staff_actions import carry_out, say_errors, submitted

PAGE = 25


@manager_required
@require_safe
def gift_list(request: HttpRequest) -> HttpResponse:
    """Show what was given, the last first."""
    search = query_text(request.GET, "q")
    rows = found.gifts()
    if search:
        rows = rows.filter(affiliate__name__icontains=search)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(gift, getattr(gift, "taken_back_by", None)) for gift in page],
        "search": search,
        "breadcrumbs": _breadcrumbs(),
    }
    return render(request, "manager/gift_list.html", context)


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def gift_new(request: HttpRequest) -> HttpResponse:
    """Add a gift at its value."""
    now = timezone.now()
    initial = {"affiliate": request.GET.get("affiliate"), "given_on": in_paris(now).date()}
    form = GiftForm(request.POST or None, initial=initial)
    made = submitted(
        form,
        lambda: gifts.give(
            key=form.cleaned_data["key"],
            affiliate_id=form.cleaned_data["affiliate"].pk,
            what=form.cleaned_data["what"],
            purpose=form.cleaned_data["purpose"],
            value=form.value_given(),
            given_on=form.cleaned_data["given_on"],
            actor_id=current_user(request).pk,
            now=now,
        ),
    )
    if made is not None:
        messages.success(request, _("The gift is counted."))
        return redirect("portal:gift-list")
    context = {"form": form, "breadcrumbs": _breadcrumbs()}
    return render(request, "manager/gift_new.html", context, status=422 if form.is_bound else 200)


@manager_required
@require_POST
def gift_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Count a gift no more, and say why."""
    gift, form = get_object_or_404(Gift, pk=pk), ReasonForm(request.POST)
    if not form.is_valid():
        say_errors(request, form)
        return redirect("portal:gift-list")
    carry_out(
        request,
        lambda: gifts.take_back(
            gift_id=gift.pk,
            reason=form.cleaned_data["reason"],
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("The gift counts no more."),
    )
    return redirect("portal:gift-list")


def _breadcrumbs() -> list[tuple[str, str]]:
    return [(_("Contracts"), reverse("portal:contract-list"))]
