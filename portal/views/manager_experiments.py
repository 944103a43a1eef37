"""Experiments: which there are, planning one, and what each shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.csv_export import Cell
from core.errors import DomainError
from experiments.models import Analysis, Design, Experiment, ExperimentStatus
from experiments.services import experiments
from experiments.services.analysis import ACTUAL
from influencers.services import look_experiment
from portal.access import current_user, manager_required
from portal.downloads import csv_response
from portal.experiment_language import (
    design_name,
    experiment_status,
    subject_name,
    unit_name,
    verdict_status,
    what_it_does,
)
from portal.experiment_power import block_reach, likely_end, reach
from portal.experiment_results import result_of
from portal.forms.experiment import (
    DESIGNS,
    USUAL,
    BeginForm,
    CalendarForm,
    PlanForm,
    PowerForm,
    UseForm,
)
from portal.forms.terms_rule import bps
from portal.margin_access import look_at_costs
from portal.queries.staff_experiments import affiliate_id_of, affiliates_of
from portal.refusals import sentence
from shop.models import Shop
from tracking.services.exposing import subject_of

A_PAGE = 50


@manager_required
@require_safe
def experiment_list(request: HttpRequest) -> HttpResponse:
    """Show all experiments, the latest first, with what was last seen of each."""
    rows = Experiment.objects.order_by("-created_at", "-pk")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    about = affiliates_of(page.object_list)
    looks = Analysis.objects.filter(experiment__in=[one.pk for one in page.object_list])
    last = looks.order_by("experiment", "-at", "-pk").distinct("experiment")
    seen = {look.experiment_id: verdict_status(look.verdict) for look in last}
    context = {
        "page": page,
        "rows": [
            {
                "one": one,
                "design": design_name(one.design),
                "about": about.get(affiliate_id_of(one) or 0, subject_name(one.subject)),
                "state": experiment_status(one.status),
                "seen": seen.get(one.pk),
                "href": reverse("portal:experiment-detail", args=[one.public_id]),
            }
            for one in page.object_list
        ],
    }
    return render(request, "manager/experiment_list.html", context)


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def experiment_new(request: HttpRequest) -> HttpResponse:
    """Plan an experiment; ``?affiliate=…`` fills in the form and the calculator."""
    now = timezone.now()
    is_asking = request.POST.get("step") == "work_out"
    form = PlanForm(None if is_asking else request.POST or None, initial=_initial(request))
    if form.is_bound and form.is_valid():
        planned = _plan(request, form)
        if planned is not None:
            messages.success(request, _("It is planned. It does not run yet."))
            return redirect("portal:experiment-detail", planned.public_id)
    asked = PowerForm(request.POST or request.GET)
    said = asked.cleaned_data if asked.is_valid() else {}
    context = {
        "form": form,
        "designs": [(design_name(one), what_it_does(one)) for one in DESIGNS],
        "has_shops": Shop.objects.count() > 1,
        "shop": Shop.objects.order_by("pk").first(),
        **_power(said, now),
        "breadcrumbs": [(_("Experiments"), reverse("portal:experiment-list"))],
    }
    return render(
        request, "manager/experiment_new.html", context, status=422 if form.errors else 200
    )


@manager_required
@require_safe
def experiment_power(request: HttpRequest) -> HttpResponse:
    """Say what a plan would be able to see, while it is typed."""
    form = PowerForm(request.GET)
    said = form.cleaned_data if form.is_valid() else None
    context = {"wrong": True} if said is None else _power(said, timezone.now())
    return render(request, "manager/experiment_power.html", context)


@manager_required
@require_safe
def experiment_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show an experiment: its plan, its calendar, and what it shows."""
    return detail(request, find(public_id))


@manager_required
@require_safe
def experiment_export(request: HttpRequest, public_id: UUID) -> StreamingHttpResponse:
    """Send the figures of every look as a file; ``?form=international`` with commas."""
    experiment = find(public_id)
    header = [_("Seen"), _("Last look"), _("Verdict"), _("Figure"), _("Value")]
    cells = _cells(experiment, shows_costs=_looks_at_costs(request, experiment))
    return csv_response(request, f"experiment-{experiment.pk}.csv", header, cells)


def find(public_id: UUID) -> Experiment:
    """Return an experiment, or answer that there is none."""
    return get_object_or_404(
        Experiment.objects.select_related("shop", "author"), public_id=public_id
    )


def detail(
    request: HttpRequest,
    experiment: Experiment,
    *,
    calendar: CalendarForm | None = None,
    begin: BeginForm | None = None,
    use: UseForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Return the page of an experiment, with a form that was refused."""
    affiliate = affiliates_of([experiment]).get(affiliate_id_of(experiment) or 0)
    is_draft = experiment.status == ExperimentStatus.DRAFT
    is_switchback = experiment.design == Design.SWITCHBACK
    context = {
        "one": experiment,
        "affiliate": affiliate,
        "about": affiliate or subject_name(experiment.subject),
        "state": experiment_status(experiment.status),
        "design": design_name(experiment.design),
        "does": what_it_does(experiment.design),
        "is_draft": is_draft,
        "is_running": experiment.status == ExperimentStatus.RUNNING,
        "has_run": experiment.starts_at is not None,
        "is_switchback": is_switchback,
        "blocks": list(experiment.blocks.all()) if is_switchback else [],
        "result": result_of(experiment, shows_costs=_looks_at_costs(request, experiment)),
        "unit": unit_name(experiment.design),
        "calendar": calendar or (CalendarForm.usual() if is_draft and is_switchback else None),
        "begin": begin or _begin_form(experiment) if is_draft else None,
        "use": use or UseForm(),
        "breadcrumbs": [(_("Experiments"), reverse("portal:experiment-list"))],
    }
    return render(request, "manager/experiment_detail.html", context, status=status)


def _begin_form(experiment: Experiment) -> BeginForm:
    return BeginForm(initial={"ends_on": likely_end(experiment, timezone.now())})


def _initial(request: HttpRequest) -> dict[str, Any]:
    shop = Shop.objects.order_by("pk").first()
    said = request.POST or request.GET
    asked = {name: said[name] for name in PlanForm.base_fields if said.get(name)}
    return {**USUAL, "shop": shop, **asked}


def _power(said: dict[str, Any], now: Any) -> dict[str, Any]:
    if said.get("design") == Design.SWITCHBACK:
        return {"blocks": block_reach(said, now), "is_switchback": True}
    return {"reach": reach(said, now)}


def _plan(request: HttpRequest, form: PlanForm) -> Experiment | None:
    said, now = form.cleaned_data, timezone.now()
    needed = 0
    if said["design"] != Design.SWITCHBACK:
        found = reach(said, now)
        if found.needed is None:
            form.add_error("conversion", _("Type how many of them order: it is not known yet."))
            return None
        needed = found.needed
    try:
        return experiments.plan(
            name=said["name"],
            question=said["question"],
            design=said["design"],
            subject=_subject(said),
            shop_id=said["shop"].pk,
            control_bps=form.control_bps,
            planned_units=needed,
            effect_bps=bps(said["effect"]) or 0,
            outcome_days=said["outcome_days"],
            parameters=said["parameters"] if said["design"] == Design.BENEFIT else {},
            actor_id=current_user(request).pk,
            now=now,
        )
    except DomainError as refusal:
        form.add_error(None, sentence(refusal))
        return None


def _subject(said: dict[str, Any]) -> str:
    if said["design"] == Design.SURFACE:
        return look_experiment.SUBJECT
    return subject_of(said["affiliate"].pk)


def _looks_at_costs(request: HttpRequest, experiment: Experiment) -> bool:
    """Tell whether the margin by real costs is shown; each look at it is kept."""
    has_margins = experiment.design == Design.SURFACE and experiment.analyses.exists()
    return has_margins and look_at_costs(request, experiment, now=timezone.now())


def _cells(experiment: Experiment, *, shows_costs: bool) -> Iterator[list[Cell]]:
    for look in experiment.analyses.order_by("at", "pk"):
        for name, value in look.figures.items():
            if name.startswith(ACTUAL) and not shows_costs:
                continue
            shown = "" if value is None else str(value)
            yield [look.at, "1" if look.is_final else "0", look.verdict, name, shown]
