"""Payouts that finance holds back: who holds what and why, and the release."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from affiliates.models import Affiliate
from payouts.models import Item, PayoutHold
from payouts.services import holds
from portal.access import current_user, finance_required
from portal.forms.holds import HoldForm
from portal.forms.staff import ReasonForm
from portal.item_pages import item_page
from portal.queries import staff_holds
from portal.staff_actions import carry_out_form, submitted


@finance_required
@require_safe
def hold_list(request: HttpRequest) -> HttpResponse:
    """Show what is held now, and what was."""
    now = timezone.now()
    context = {"rows": staff_holds.holds_now(now), "ended": staff_holds.holds_ended(now)}
    return render(request, "finance/hold_list.html", context)


@finance_required
@require_http_methods(["GET", "HEAD", "POST"])
def hold_payee(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hold all payouts of a payee."""
    affiliate = get_object_or_404(Affiliate, public_id=public_id)
    page = reverse("portal:ledger-detail", args=[public_id])
    title = _("Hold the payouts of %(name)s") % {"name": affiliate.name}
    return _held(request, title, page, holds.hold_payee, affiliate_id=affiliate.pk)


@finance_required
@require_http_methods(["GET", "HEAD", "POST"])
def hold_payment(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Hold one payment of a submitted batch."""
    item = get_object_or_404(Item.objects.select_related("batch"), public_id=item_id)
    title = _("Hold payment %(reference)s") % {"reference": item.reference}
    return _held(request, title, item_page(item), holds.hold_item, item_id=item.pk)


def _held(
    request: HttpRequest, title: str, page: str, service: Callable[..., object], **what: Any
) -> HttpResponse:
    form = HoldForm(request.POST or None)
    if request.method == "POST":
        held = submitted(
            form,
            lambda: service(
                **what,
                reason=form.cleaned_data["reason"],
                until=form.moment(),
                actor_id=current_user(request).pk,
                now=timezone.now(),
            ),
        )
        if held is not None:
            messages.success(request, _("Held. Nothing of it leaves until it is released."))
            return redirect(page)
    context = {
        "form": form,
        "title": title,
        "back": page,
        "breadcrumbs": [(_("Held payouts"), reverse("portal:hold-list"))],
    }
    return render(request, "finance/hold_form.html", context, status=422 if form.errors else 200)


@finance_required
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Let what was held be paid again, for a reason."""
    hold, form = get_object_or_404(PayoutHold, pk=pk), ReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: holds.release(
            hold_id=hold.pk,
            reason=form.cleaned_data["reason"],
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("Released: it is paid with what is due."),
    )
    return redirect("portal:hold-list")
