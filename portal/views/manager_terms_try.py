"""Trying terms on an example order: which rule takes each line, and what it would earn."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from affiliates.domain.terms_content import content_of, read_content
from affiliates.models import Basis, Programme, Terms
from affiliates.services import terms as terms_service
from portal.access import current_user, manager_required
from portal.forms.terms_try import TryForm
from portal.margin_access import look_at_costs, may_see_costs
from portal.queries.terms_try import Trial, Tried, found_order, tried_line, tried_order
from portal.views.manager_terms import crumbs_of
from portal.views.manager_terms_editor import found_draft


@manager_required
@require_safe
def version_try(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a version."""
    rows = Terms.objects.select_related("group", "affiliate")
    terms: Terms = get_object_or_404(rows, pk=pk)
    trial = Trial(
        content=content_of(terms),
        terms_id=terms.pk,
        version=terms.version,
        holder=terms.affiliate,
    )
    back = (str(terms), reverse("portal:version-detail", args=[pk]))
    return _page(request, trial, back, [(_("Terms"), reverse("portal:terms-list"))])


@manager_required
@require_safe
def draft_try(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a draft."""
    draft = found_draft(request, pk)
    trial = Trial(
        content=read_content(draft.content),
        terms_id=0,
        version=terms_service.next_version(draft),
        holder=draft.affiliate,
    )
    back = (draft.name, reverse("portal:draft-edit", args=[pk]))
    return _page(request, trial, back, crumbs_of(draft))


def _page(
    request: HttpRequest, trial: Trial, back: tuple[str, str], crumbs: list[tuple[str, str]]
) -> HttpResponse:
    form, now = TryForm(request.GET or None), timezone.now()
    context: dict[str, Any] = {
        "form": form,
        "back": back,
        "currency": trial.content.currency,
        "has_rules": bool(trial.content.rules.rules),
        "breadcrumbs": [*crumbs, back],
    }
    if form.is_bound and form.is_valid():
        if form.cleaned_data["number"]:
            context |= _order(request, trial, form, now)
        else:
            context |= _line(request, trial, form, now)
    return render(request, "manager/terms_try.html", context)


def _order(request: HttpRequest, trial: Trial, form: TryForm, now: datetime) -> dict[str, Any]:
    order = found_order(form.cleaned_data["number"])
    if order is None:
        form.add_error("number", _("No order has this number: check it in the shop."))
        return {}
    shows = _may_see(request, trial, order, now)
    return _found(tried_order(order, trial, shows_amounts=shows), shows=shows, order=order)


def _line(request: HttpRequest, trial: Trial, form: TryForm, now: datetime) -> dict[str, Any]:
    today = timezone.localdate(now, Programme.get().zone)
    typed = form.line(currency=trial.content.currency, today=today)
    shows = _may_see(request, trial, typed.product, now)
    needs = typed.net_minor is None or typed.product is None
    tried = tried_line(typed, trial, shows_amounts=shows)
    return _found(tried, shows=shows, needs_price=needs)


def _found(tried: Tried, *, shows: bool, **more: Any) -> dict[str, Any]:
    return {"tried": tried, "lines": tried.lines, "is_hidden": not shows, **more}


def _may_see(request: HttpRequest, trial: Trial, subject: Model | None, now: datetime) -> bool:
    """Tell whether pay and amounts are shown: on the actual margin they tell the cost.

    Each look at an order or a product is kept.
    """
    if trial.content.basis != Basis.ACTUAL:
        return True
    if subject is None:
        return may_see_costs(current_user(request))
    return look_at_costs(request, subject, now=now, tried=trial.terms_id)
