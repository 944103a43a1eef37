"""Moving an affiliate to another group: what changes for it, from when, and taking it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from affiliates.models import Affiliate, Programme
from affiliates.services import group_moves
from portal.access import current_user, manager_required
from portal.forms.group_move import GroupMoveForm
from portal.margin_access import may_see_costs
from portal.queries.terms import seen_changes
from portal.staff_actions import carry_out, submitted


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def affiliate_move(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the form, with a group in the address what moving there would change, and move."""
    affiliate = _find(public_id)
    if request.method != "POST":
        asked = request.GET if "group" in request.GET else None
        return _page(request, affiliate, GroupMoveForm(asked, affiliate=affiliate))
    form = GroupMoveForm(request.POST, affiliate=affiliate)
    moved = submitted(
        form,
        lambda: group_moves.move(
            affiliate_id=affiliate.pk,
            group_id=form.cleaned_data["group"].pk,
            begins_at=form.begins_at,
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
    )
    if moved is None:
        return _page(request, affiliate, form, status=422)
    messages.success(request, _("Its people are told by e-mail."))
    return redirect(_terms_of(affiliate))


@manager_required
@require_POST
def affiliate_move_cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take back a move that has not begun."""
    affiliate = _find(public_id)
    carry_out(
        request,
        lambda: group_moves.cancel(
            affiliate_id=affiliate.pk, actor_id=current_user(request).pk, now=timezone.now()
        ),
        done=_("It stays in its group. Its people are told by e-mail."),
    )
    return redirect(_terms_of(affiliate))


def _page(
    request: HttpRequest, affiliate: Affiliate, form: GroupMoveForm, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "affiliate": affiliate,
        "form": form,
        "breadcrumbs": [
            (_("Affiliates"), reverse("portal:affiliate-list")),
            (affiliate.name, _terms_of(affiliate)),
        ],
    }
    if form.is_bound and not form.errors:
        context |= _preview(request, affiliate, form)
    return render(request, "manager/group_move.html", context, status=status)


def _preview(request: HttpRequest, affiliate: Affiliate, form: GroupMoveForm) -> dict[str, Any]:
    now, zone = timezone.now(), Programme.get().zone
    found = submitted(
        form,
        lambda: group_moves.examine(
            affiliate_id=affiliate.pk,
            group_id=form.cleaned_data["group"].pk,
            begins_at=form.begins_at,
            now=now,
        ),
    )
    if found is None:
        return {}
    differences, hides_pay = seen_changes(
        found.changes, found.after, shows_costs=may_see_costs(current_user(request))
    )
    return {
        "found": found,
        "group": form.cleaned_data["group"],
        "differences": differences,
        "hides_pay": hides_pay,
        "must_wait": found.begins_at < found.earliest,
        "first_day": found.earliest.astimezone(zone).date() + timedelta(days=1),
    }


def _terms_of(affiliate: Affiliate) -> str:
    return f"{reverse('portal:affiliate-detail', args=[affiliate.public_id])}?tab=terms"


def _find(public_id: UUID) -> Affiliate:
    return get_object_or_404(Affiliate.objects.select_related("group"), public_id=public_id)
