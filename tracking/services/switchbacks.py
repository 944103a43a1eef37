"""Switchbacks of affiliates: the calendar is told before it holds (docs/rules/experiments.md, X8).

Whether an affiliate is off at a moment is asked of the blocks themselves, by attribution (A18).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from affiliates.models import Programme
from affiliates.queries import people_of
from core.letters import tell
from experiments.models import Block, Experiment, ExperimentStatus
from experiments.services import experiments
from tracking.services.exposing import PREFIX


class CalendarTooEarly(experiments.ExperimentRefused):
    """A calendar was to begin before the affiliate had notice of it."""

    code = "calendar_too_early"


@transaction.atomic
def begin(*, experiment_id: int, actor_id: int, now: datetime) -> Experiment:
    """Let a switchback run until the end of its calendar, and mail the calendar. Safe to repeat.

    :raises ExperimentRefused: when no calendar is drawn.
    :raises CalendarTooEarly: when it begins before the programme's days of notice are over.
    """
    experiment = Experiment.objects.select_for_update(no_key=True).get(pk=experiment_id)
    if experiment.status == ExperimentStatus.RUNNING:
        return experiment
    blocks = list(experiment.blocks.all())
    if not blocks:
        raise experiments.ExperimentRefused(_("Draw a calendar that is still to come first."))
    days = Programme.get().notice_days
    earliest = now + timedelta(days=days)
    if blocks[0].starts_at < earliest:
        raise CalendarTooEarly(
            _("The affiliate is told %(days)s days before: draw a calendar from %(day)s on.")
            % {"days": days, "day": _day(earliest + timedelta(days=1))}
        )
    begun = experiments.begin(
        experiment_id=experiment_id, ends_at=blocks[-1].ends_at, actor_id=actor_id, now=now
    )
    tell_begun(experiment, blocks, now=now)
    return begun


@transaction.atomic
def end(*, experiment_id: int, actor_id: int, reason: str, now: datetime) -> Experiment:
    """End a switchback before its calendar does, and tell the affiliate. Safe to repeat.

    :raises InvalidTransition: when it never ran.
    """
    experiment = Experiment.objects.select_for_update(no_key=True).get(pk=experiment_id)
    if experiment.status == ExperimentStatus.ENDED:
        return experiment
    ended = experiments.end(experiment_id=experiment_id, actor_id=actor_id, reason=reason, now=now)
    tell_ended(experiment, now=now)
    return ended


def tell_begun(experiment: Experiment, blocks: list[Block], *, now: datetime) -> None:
    """Tell the people of the affiliate on which days its sales pause, and why."""
    _mail(
        experiment, "begun", lambda: _("Days on which your sales pause"), lambda: _told(blocks), now
    )


def tell_ended(experiment: Experiment, *, now: datetime) -> None:
    """Tell the people of the affiliate that its sales pause no more."""
    _mail(experiment, "ended", lambda: _("Your sales no longer pause"), _over, now)


def _told(blocks: list[Block]) -> list[str]:
    pauses = [
        _("%(first)s to %(last)s") % {"first": _moment(one.starts_at), "last": _moment(one.ends_at)}
        for one in blocks
        if one.is_control
    ]
    return [
        _("We want to know what you add to the shop. That can only be seen by comparing days with"
          " you and days without. On the days below, clicks on your links and your codes earn"
          " nothing. They were drawn by lot; on all others nothing changes."),
        "\n".join(pauses),
        _("A click that came before a pause still counts during it. Please do not send visitors"
          " during a pause. The calendar is here too: %(address)s")
        % {"address": f"{settings.PUBLIC_URL}/portal/terms/#experiments"},
    ]  # fmt: skip


def _over() -> list[str]:
    return [_("The calendar that we sent you no longer holds. Your sales count again on all days.")]


def _moment(moment: datetime) -> str:
    local = moment.astimezone(Programme.get().zone)
    return f"{date_format(local, 'DATE_FORMAT')}, {local:%H:%M}"


def _day(moment: datetime) -> str:
    return date_format(moment.astimezone(Programme.get().zone), "DATE_FORMAT")


def _mail(
    experiment: Experiment,
    which: str,
    subject: Callable[[], str],
    paragraphs: Callable[[], list[str]],
    now: datetime,
) -> None:
    people = people_of(int(experiment.subject.removeprefix(PREFIX)))
    key = f"switchback:{experiment.pk}:{which}"
    tell(people, key, now, subject, paragraphs, kind="switchback_told")
