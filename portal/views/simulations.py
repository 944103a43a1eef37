"""Simulations: ask for one, watch it, read its result, and put several side by side."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError
from core.money import Money
from core.nudge import nudge
from payouts.domain.simulation import Totals, read_summary
from payouts.models import Simulation, SimulationStatus
from payouts.services import simulations
from portal.access import Role, current_user, roles_of
from portal.downloads import csv_response
from portal.forms.simulation import SimulationForm
from portal.margin_access import look_at_costs, may_see_costs
from portal.queries import simulations as results
from portal.query_links import text
from portal.refusals import sentence
from portal.simulation_language import asked, period, simulation_status
from portal.staff_access import staff_required
from portal.staff_actions import carry_out
from portal.staff_filters import choice_chips

PAGE = 25
ROWS = 50
MOST_COMPARED = 4
TASK = "payouts.tasks.run_simulations"
_UNDER_WAY = (SimulationStatus.QUEUED, SimulationStatus.RUNNING)


@staff_required
@require_safe
def simulation_list(request: HttpRequest) -> HttpResponse:
    """Show every simulation, the newest first; those under way with how far they are."""
    rows = Simulation.objects.select_related("author").order_by("-created_at", "-pk")
    page = Paginator(rows.exclude(status__in=_UNDER_WAY), PAGE).get_page(request.GET.get("page"))
    context = {
        "under_way": [_shown(one) for one in rows.filter(status__in=_UNDER_WAY)],
        "page": page,
        "rows": [_listed(one) for one in page],
        "most": MOST_COMPARED,
    }
    return render(request, "manager/simulation_list.html", context)


@staff_required
@require_safe
def simulation_progress(request: HttpRequest) -> HttpResponse:
    """Answer the list that asks how far those under way are.

    When one is done, or another began, the whole page is to be loaded again.
    """
    rows = Simulation.objects.filter(status__in=_UNDER_WAY).order_by("-created_at", "-pk")
    under_way = [_shown(one) for one in rows]
    answer = render(request, "manager/simulation_under_way.html", {"under_way": under_way})
    if text(request.GET, "shown") != ",".join(str(one["simulation"].pk) for one in under_way):
        answer["HX-Refresh"] = "true"
    return answer


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def simulation_new(request: HttpRequest) -> HttpResponse:
    """Show the form of a simulation, and ask for it."""
    now = timezone.now()
    form = SimulationForm(request.POST) if request.method == "POST" else _blank(request, now)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            simulation = simulations.ask(
                name=said["name"],
                draft_ids=said["drafts"],
                policy_number=said["policy"],
                period_from=said["first"],
                period_to=form.period_to,
                author_id=current_user(request).pk,
                now=now,
            )
        except DomainError as refusal:
            form.add_error(None, sentence(refusal))
        else:
            nudge(TASK)
            return redirect("portal:simulation-detail", simulation.pk)
    context = {"form": form, "breadcrumbs": _breadcrumbs()}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "manager/simulation_new.html", context, status=status)


@staff_required
@require_safe
def simulation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far a simulation is or, once it is done, its result."""
    simulation = _find(request, pk)
    context = {**_shown(simulation), "breadcrumbs": _breadcrumbs(), "title": simulation.name}
    if not simulation.is_done:
        return render(request, "manager/simulation_progress.html", context)
    totals = results.totals_of(simulation, text(request.GET, "currency"))
    if totals is None:
        return render(request, "manager/simulation_empty.html", context)
    _keep_look(request, simulation)
    tab = text(request.GET, "tab")
    tab = tab if tab in _TABS else "overview"
    context |= {
        "totals": totals,
        "currency": totals.currency,
        "currencies": _currency_chips(request, simulation, totals.currency),
        "tabs": [(str(label), f"?tab={key}&currency={totals.currency}", key == tab)
                 for key, label in _TABS.items()],
        "tab_template": f"manager/simulation_{tab}.html",
        "export_url": reverse("portal:simulation-export", args=[pk]),
        **_CONTENT[tab](request, simulation, totals),
    }  # fmt: skip
    return render(request, "manager/simulation_detail.html", context)


@staff_required
@require_safe
def simulation_watch(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer the page that asks how far one simulation is; it is loaded again when that is over."""
    simulation = _find(request, pk)
    answer = render(request, "manager/simulation_bar.html", _shown(simulation))
    if not simulation.is_under_way:
        answer["HX-Refresh"] = "true"
    return answer


@staff_required
@require_POST
def simulation_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a simulation that waits or runs."""
    simulation = _find(request, pk)
    carry_out(
        request,
        lambda: simulations.cancel(simulation_id=simulation.pk, now=timezone.now()),
        done=_("Stopped."),
    )
    return redirect("portal:simulation-detail", pk)


@staff_required
@require_POST
def simulation_repeat(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the same again, on the orders as they are now."""
    simulation = _find(request, pk)
    try:
        again = simulations.repeat(
            simulation_id=simulation.pk, author_id=current_user(request).pk, now=timezone.now()
        )
    except DomainError as refusal:
        messages.error(request, sentence(refusal), extra_tags="banner")
        return redirect("portal:simulation-detail", pk)
    nudge(TASK)
    return redirect("portal:simulation-detail", again.pk)


@staff_required
@require_safe
def simulation_export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send every affiliate, or with ``?what=orders`` the orders kept by name, as a file.

    ``?form=international`` separates with commas.
    """
    simulation = _find(request, pk)
    _keep_look(request, simulation)
    if text(request.GET, "what") == "orders":
        name, header, cells = "orders", _order_header(), results.order_cells(simulation)
    else:
        name, header, cells = "affiliates", _affiliate_header(), results.affiliate_cells(simulation)
    return csv_response(request, f"simulation-{pk}-{name}.csv", header, cells)


@staff_required
@require_safe
def simulation_compare(request: HttpRequest) -> HttpResponse:
    """Put up to four simulations that are done side by side."""
    wanted = [int(pk[:18]) for pk in request.GET.getlist("selected") if pk.isdecimal()]
    may_see = may_see_costs(current_user(request))
    chosen = [
        one
        for one in Simulation.objects.filter(pk__in=wanted, status=SimulationStatus.DONE)
        if may_see or not one.reads_costs
    ][:MOST_COMPARED]
    if len(chosen) < 2:
        messages.error(
            request,
            _("Choose two to four simulations that are done."),
            extra_tags="banner",
        )
        return redirect("portal:simulation-list")
    chosen.sort(key=lambda one: one.pk)
    now = timezone.now()
    with_costs = all(look_at_costs(request, one, now=now) for one in chosen)
    currency = _common_currency(request, chosen)
    totals = [
        next((one for one in read_summary(each.summary) if one.currency == currency), None)
        for each in chosen
    ]
    context = {
        "columns": [_shown(one) for one in chosen],
        "figures": results.compared(totals, with_costs=with_costs),
        "affiliates": results.compared_affiliates(chosen, currency, most=ROWS),
        "most": ROWS,
        "currency": currency,
        "periods_differ": len({(one.period_from, one.period_to) for one in chosen}) > 1,
        "breadcrumbs": _breadcrumbs(),
    }
    return render(request, "manager/simulation_compare.html", context)


def _find(request: HttpRequest, pk: int) -> Simulation:
    """Return a simulation, if what follows from its terms may be known to who asks.

    :raises PermissionDenied: for terms on real costs, without the permission to see them.
    """
    simulation = get_object_or_404(Simulation.objects.select_related("author"), pk=pk)
    if simulation.reads_costs and not may_see_costs(current_user(request)):
        raise PermissionDenied
    return simulation


def _keep_look(request: HttpRequest, simulation: Simulation) -> None:
    """Keep that somebody looked at a result that follows from real costs, on whichever side."""
    if simulation.reads_costs:
        look_at_costs(request, simulation, now=timezone.now())


def _listed(simulation: Simulation) -> dict[str, Any]:
    """Return a line of the list. What follows from real costs stands on its own page alone."""
    hidden: dict[str, Any] = {"totals": None, "changes": []} if simulation.reads_costs else {}
    return {**_shown(simulation), **hidden}


def _shown(simulation: Simulation) -> dict[str, Any]:
    return {
        "simulation": simulation,
        "state": simulation_status(simulation),
        "period": period(simulation),
        "asked": asked(simulation),
        "href": reverse("portal:simulation-detail", args=[simulation.pk]),
        "totals": next(iter(read_summary(simulation.summary)), None),
        "changes": [
            Money(one.change_minor, one.currency) for one in read_summary(simulation.summary)
        ],
    }


def _blank(request: HttpRequest, now: datetime) -> SimulationForm:
    """Return the form for the last whole month, with the draft that a page of terms leads from."""
    today = timezone.localdate(now, timezone.get_default_timezone())
    last = today.replace(day=1) - timedelta(days=1)
    return SimulationForm(
        initial={
            "first": last.replace(day=1),
            "last": last,
            "drafts": request.GET.getlist("draft"),
            "policy": text(request.GET, "policy"),
        }
    )


def _breadcrumbs() -> list[tuple[str, str]]:
    return [(_("Simulations"), reverse("portal:simulation-list"))]


def _currency_chips(request: HttpRequest, simulation: Simulation, current: str) -> list[Any]:
    held = [one.currency for one in read_summary(simulation.summary)]
    if len(held) < 2:
        return []
    return choice_chips(
        request.GET, "currency", [(one, one) for one in held], current=current, default=held[0]
    )


def _common_currency(request: HttpRequest, chosen: list[Simulation]) -> str:
    held = [one.currency for each in chosen for one in read_summary(each.summary)]
    wanted = text(request.GET, "currency")
    return wanted if wanted in held else max(held, key=held.count, default="")


def _overview(request: HttpRequest, simulation: Simulation, totals: Totals) -> dict[str, Any]:
    def money(minor: int) -> Money:
        return Money(minor, totals.currency)

    now = timezone.now()
    context = {
        "chart": results.chart_of(totals),
        "before": money(totals.before_minor),
        "after": money(totals.after_minor),
        "change": money(totals.change_minor),
        "standing": money(totals.standing_minor),
        "is_as_in_the_books": totals.standing_minor == totals.before_minor,
        "cut_before": money(totals.cut_before_minor),
        "cut_after": money(totals.cut_after_minor),
        "net": money(totals.net_minor),
        "bonus_before": money(totals.bonus_before_minor),
        "bonus_after": money(totals.bonus_after_minor),
        "left_before": money(totals.left_before_minor),
        "left_after": money(totals.left_after_minor),
    }
    if look_at_costs(request, simulation, now=now):
        context |= {
            "with_costs": True,
            "actual_left_before": money(totals.actual_left_before_minor),
            "actual_left_after": money(totals.actual_left_after_minor),
        }
    return context


def _affiliates(request: HttpRequest, simulation: Simulation, totals: Totals) -> dict[str, Any]:
    who, sort = text(request.GET, "who"), text(request.GET, "sort")
    rows = results.affiliates_of(simulation, totals.currency, who=who, sort=sort)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    is_manager = Role.MANAGER in roles_of(current_user(request))
    return {
        "page": page,
        "affiliates": results.affiliate_rows(
            list(page), bonuses=totals.bonuses, is_linked=is_manager
        ),
        "has_bonuses": bool(totals.bonuses),
        "who": [
            ("winners", _("Winners"), totals.winners),
            ("losers", _("Losers"), totals.losers),
        ],
    }


def _orders(request: HttpRequest, simulation: Simulation, totals: Totals) -> dict[str, Any]:
    rows = results.orders_of(simulation, totals.currency, what=text(request.GET, "what"))
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    return {
        "page": page,
        "orders": results.order_rows(list(page)),
        "what": [("hands", _("Change hands")), ("amount", _("Earn otherwise"))],
    }


def _affiliate_header() -> list[str]:
    return [
        _("Affiliate"), _("Orders before"), _("Orders after"), _("Net sales before"),
        _("Net sales after"), _("Commission before"), _("Commission after"), _("Change"),
        _("Bonuses before"), _("Bonuses after"), _("Currency"),
    ]  # fmt: skip


def _order_header() -> list[str]:
    return [
        _("Order"), _("Date"), _("Affiliate"), _("Commission before"), _("Commission after"),
        _("Currency"), _("Changes hands"),
    ]  # fmt: skip


_TABS = {
    "overview": gettext_lazy("Overview"),
    "affiliates": gettext_lazy("Affiliates"),
    "orders": gettext_lazy("Orders"),
}
_CONTENT = {"overview": _overview, "affiliates": _affiliates, "orders": _orders}
