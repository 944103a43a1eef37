"""Stores for managers: the league, who works where, and where a store is."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from influencers.domain.league import Placed
from influencers.models import Store
from influencers.queries.stores import employees_of
from influencers.services import stores
from portal.access import current_user, manager_required
from portal.creator_language import hundredths_text
from portal.formats import format_count, in_paris
from portal.forms.creators import StoreChangeForm, StoreForm
from portal.queries.creator_money import brought_by, league_of
from portal.queries.staff_dashboard import currency_of_programme
from portal.staff_actions import carry_out_form, submitted
from portal.staff_filters import choice_chips

PERIODS = {"30": 30, "90": 90, "365": 365}
DEFAULT = "90"


@manager_required
@require_safe
def store_list(request: HttpRequest) -> HttpResponse:
    """Show the stores beside each other, per head of those who take part."""
    now, days = timezone.now(), request.GET.get("days", DEFAULT)
    days = days if days in PERIODS else DEFAULT
    rows = league_of(now - timedelta(days=PERIODS[days]), now, currency_of_programme())
    options = [
        (value, _("Last %(days)s days") % {"days": number}) for value, number in PERIODS.items()
    ]
    context = {
        "rows": [league_row(one) for one in rows],
        "chips": choice_chips(request.GET, "days", options, current=days, default=DEFAULT),
        "breadcrumbs": [(_("Creators"), reverse("portal:creator-list"))],
    }
    return render(request, "manager/store_list.html", context)


def league_row(one: Placed) -> dict[str, Any]:
    """Return a store of the league as it is read."""
    return {
        "sales": one.sales,
        "place": format_count(one.place) if one.place else "–",
        "orders_per_head": hundredths_text(one.orders_per_head),
        "commission_per_head": one.commission_per_head,
        "href": reverse("portal:store-detail", args=[one.sales.store_id]),
    }


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def store_new(request: HttpRequest) -> HttpResponse:
    """Add a store."""
    form = StoreForm(request.POST or None)
    made = submitted(
        form,
        lambda: stores.open_store(
            **form.cleaned_data, by_id=current_user(request).pk, now=timezone.now()
        ),
    )
    if made is not None:
        return redirect("portal:store-list")
    context = {"form": form, "breadcrumbs": _breadcrumbs()}
    return render(request, "manager/store_new.html", context, status=422 if form.is_bound else 200)


@manager_required
@require_safe
def store_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who works in a store, what each agreed on, and what they brought in 90 days."""
    store, now = get_object_or_404(Store, pk=pk), timezone.now()
    people = list(employees_of(store))
    since, currency = now - timedelta(days=PERIODS[DEFAULT]), currency_of_programme()
    brought = brought_by([one.pk for one in people], since, now, currency)
    initial = {"city": store.city, "region": store.region, "closed_on": store.closed_on}
    context = {
        "store": store,
        "rows": [
            {
                "affiliate": one,
                "profile": getattr(one, "influencer", None),
                "brought": brought[one.pk],
                "href": reverse("portal:creator-detail", args=[one.public_id]),
            }
            for one in people
        ],
        "currency": currency,
        "form": StoreChangeForm(initial=initial, auto_id="store-%s"),
        "is_closed": _is_closed(store, in_paris(now)),
        "breadcrumbs": _breadcrumbs(),
    }
    return render(request, "manager/store_detail.html", context)


@manager_required
@require_POST
def store_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Say where a store is, or since when it is closed."""
    store, form = get_object_or_404(Store, pk=pk), StoreChangeForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: stores.change(
            store.pk, **form.cleaned_data, by_id=current_user(request).pk, now=timezone.now()
        ),
        done=_("Kept."),
    )
    return redirect("portal:store-detail", pk)


def _is_closed(store: Store, now: datetime) -> bool:
    closed: date | None = store.closed_on
    return closed is not None and closed <= now.date()


def _breadcrumbs() -> list[tuple[str, str]]:
    return [(_("Stores"), reverse("portal:store-list"))]
