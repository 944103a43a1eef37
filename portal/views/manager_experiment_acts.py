"""What is done with an experiment: calendar, begin, look, end, discard, use as a factor."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from affiliates.services import factors
from experiments.models import Design, Experiment
from experiments.services import experiments
from experiments.services.analysis import analyse
from portal.access import current_user, manager_required
from portal.experiment_results import result_of
from portal.formats import format_day
from portal.forms.experiment import BeginForm, CalendarForm, UseForm
from portal.forms.staff import ReasonForm
from portal.forms.terms import midnight
from portal.queries.staff_experiments import affiliate_id_of
from portal.staff_actions import carry_out, say_errors, submitted
from portal.views.manager_experiments import detail, find
from tracking.services import switchbacks


@manager_required
@require_POST
def experiment_calendar(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Draw the blocks of a switchback, once more if need be."""
    experiment, form = find(public_id), CalendarForm(request.POST)
    drawn = submitted(
        form,
        lambda: experiments.draw_calendar(
            experiment_id=experiment.pk,
            starts_at=midnight(form.cleaned_data["starts_on"]) or timezone.now(),
            block_days=form.cleaned_data["block_days"],
            pairs=form.cleaned_data["pairs"],
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
    )
    if drawn is None:
        return detail(request, experiment, calendar=form, status=422)
    return redirect("portal:experiment-detail", public_id)


@manager_required
@require_POST
def experiment_begin(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let it run: a switchback by its calendar, which is mailed; another until a day."""
    experiment = find(public_id)
    who, now = current_user(request).pk, timezone.now()
    if experiment.design == Design.SWITCHBACK:
        carry_out(
            request,
            lambda: switchbacks.begin(experiment_id=experiment.pk, actor_id=who, now=now),
            done=_("It runs. The affiliate is told the calendar by e-mail."),
        )
        return redirect("portal:experiment-detail", public_id)
    form = BeginForm(request.POST)
    begun = submitted(
        form,
        lambda: experiments.begin(
            experiment_id=experiment.pk,
            ends_at=form.cleaned_data["ends_on"],
            actor_id=who,
            now=now,
        ),
    )
    if begun is None:
        return detail(request, experiment, begin=form, status=422)
    return redirect("portal:experiment-detail", public_id)


@manager_required
@require_POST
def experiment_look(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Look at it now; the look is kept."""
    experiment = find(public_id)
    if experiment.starts_at is not None:
        carry_out(
            request,
            lambda: analyse(experiment_id=experiment.pk, now=timezone.now()),
            done=_("Looked at. The look is kept with the others."),
        )
    return redirect("portal:experiment-detail", public_id)


@manager_required
@require_POST
def experiment_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End it before its time, with the reason."""

    def act(experiment: Experiment, reason: str) -> object:
        service = switchbacks if experiment.design == Design.SWITCHBACK else experiments
        return service.end(
            experiment_id=experiment.pk,
            actor_id=current_user(request).pk,
            reason=reason,
            now=timezone.now(),
        )

    return _with_reason(request, public_id, act, done=_("It has ended."))


@manager_required
@require_POST
def experiment_discard(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put a draft away, with the reason."""

    def act(experiment: Experiment, reason: str) -> object:
        return experiments.discard(
            experiment_id=experiment.pk,
            actor_id=current_user(request).pk,
            reason=reason,
            now=timezone.now(),
        )

    return _with_reason(request, public_id, act, done=_("It is put away."))


@manager_required
@require_POST
def experiment_use(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make what it found the affiliate's measured factor, with notice."""
    experiment, form = find(public_id), UseForm(request.POST)
    share, affiliate_id = result_of(experiment).usable, affiliate_id_of(experiment)
    if share is None or affiliate_id is None or experiment.ends_at is None:
        return redirect("portal:experiment-detail", public_id)
    ended = format_day(experiment.ends_at)
    made = submitted(
        form,
        lambda: factors.set_factor(
            affiliate_id=affiliate_id,
            factor_bps=share.middle_bps,
            low_bps=share.low_bps,
            high_bps=share.high_bps,
            orders=share.orders,
            source=_("Experiment “%(name)s”, ended on %(day)s")
            % {"name": experiment.name, "day": ended},
            valid_from=form.cleaned_data["begins_on"],
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
    )
    if made is None:
        return detail(request, experiment, use=form, status=422)
    carry_out(
        request, lambda: None, done=_("It is the factor from then on. The affiliate is told.")
    )
    return redirect("portal:experiment-detail", public_id)


def _with_reason(
    request: HttpRequest,
    public_id: UUID,
    act: Callable[[Experiment, str], object],
    *,
    done: str,
) -> HttpResponse:
    experiment, form = find(public_id), ReasonForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        carry_out(request, lambda: act(experiment, reason), done=done)
    else:
        say_errors(request, form)
    return redirect("portal:experiment-detail", public_id)
