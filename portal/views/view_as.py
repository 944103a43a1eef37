"""Looking at an account as its people see it: reading only, half an hour, all of it kept."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from affiliates.models import Affiliate
from affiliates.services import account_views
from portal import acting
from portal.access import (
    ask_to_confirm,
    confirmed_lately,
    current_user,
    manager_required,
    signed_in_required,
)
from portal.forms.staff import ReasonForm
from portal.staff_actions import submitted


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def affiliate_view(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask for the reason, and begin."""
    affiliate, now = get_object_or_404(Affiliate, public_id=public_id), timezone.now()
    if not confirmed_lately(request, now):
        return ask_to_confirm(request, request.path)
    form = ReasonForm(request.POST or None)
    view = submitted(
        form,
        lambda: account_views.begin(
            affiliate_id=affiliate.pk,
            viewer_id=current_user(request).pk,
            reason=form.cleaned_data["reason"],
            now=now,
        ),
    )
    if view is not None:
        acting.begin(request, view)
        return redirect("portal:home")
    context = {
        "affiliate": affiliate,
        "form": form,
        "minutes": int(account_views.LONGEST.total_seconds() // 60),
        "is_told": settings.ACCOUNT_VIEWS_ARE_SHOWN,
        "title": _("See the portal as %(name)s") % {"name": affiliate.name},
        "breadcrumbs": [
            (_("Affiliates"), reverse("portal:affiliate-list")),
            (affiliate.name, reverse("portal:affiliate-detail", args=[public_id])),
        ],
    }
    status = 422 if form.is_bound else 200
    return render(request, "manager/affiliate_view.html", context, status=status)


@signed_in_required
@require_POST
def view_stop(request: HttpRequest) -> HttpResponse:
    """End the look and go back to the affiliate's page."""
    view = acting.stop(request)
    if view is None:
        return redirect("portal:start")
    messages.success(
        request, _("You no longer look at the account of %(name)s.") % {"name": view.affiliate.name}
    )
    return redirect("portal:affiliate-detail", view.affiliate.public_id)
