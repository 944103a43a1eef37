"""Working on a case without deciding it: notes, owners, putting it off, exceptions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import staff
from fraud.models import Case
from fraud.services import case_messages, case_work, pauses
from portal.access import current_user, manager_required
from portal.case_files import kept_file
from portal.forms.case import NoteForm, PauseForm, SnoozeForm, end_of
from portal.forms.claim import AssignForm
from portal.queries.staff_case_view import case_view
from portal.staff_actions import carry_out, say_errors
from portal.views.manager_cases import find_case, signals_of


@manager_required
@require_safe
def review_file(_request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """Send a file that the affiliate sent about a case."""
    return kept_file(find_case(public_id), number)


@manager_required
@require_POST
def review_note(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep a note for the team."""
    form = NoteForm(request.POST)
    return _act(
        request,
        public_id,
        form,
        lambda case: case_messages.note(
            case_id=case.pk,
            text=form.cleaned_data["text"],
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
        _("The note is kept. Only the team reads it."),
    )


@manager_required
@require_POST
def review_assign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give the case to a manager."""
    form = AssignForm(request.POST, managers=staff.of_role("manager"))
    return _act(
        request,
        public_id,
        form,
        lambda case: case_work.assign(
            case_id=case.pk,
            assignee_id=form.chosen.pk if form.chosen else None,
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
        _("The case has changed hands."),
    )


@manager_required
@require_POST
def review_snooze(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put the case off until a day."""
    form, now = SnoozeForm(request.POST), timezone.now()
    return _act(
        request,
        public_id,
        form,
        lambda case: case_work.snooze(
            case_id=case.pk,
            until=end_of(form.cleaned_data["until"], now),
            reason=form.cleaned_data["reason"],
            actor_id=current_user(request).pk,
            now=now,
        ),
        _("The case is put off. What it holds stays held."),
    )


@manager_required
@require_POST
def review_wake(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Bring the case back into the queue."""
    case = find_case(public_id)
    carry_out(
        request,
        lambda: case_work.wake(
            case_id=case.pk, actor_id=current_user(request).pk, now=timezone.now()
        ),
        done=_("The case is back in the queue."),
    )
    return redirect("portal:review-detail", public_id)


@manager_required
@require_POST
def review_pause(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let a signal say nothing of this affiliate until a day."""
    case, now = find_case(public_id), timezone.now()
    form = PauseForm(request.POST, codes=signals_of(case_view(case, now=now)))
    return _act(
        request,
        public_id,
        form,
        lambda case: pauses.pause(
            affiliate_id=case.affiliate_id,
            code=form.cleaned_data["code"],
            until=end_of(form.cleaned_data["until"], now),
            reason=form.cleaned_data["reason"],
            actor_id=current_user(request).pk,
            now=now,
        ),
        _("The signal says nothing of this affiliate until then."),
    )


def _act(
    request: HttpRequest,
    public_id: UUID,
    form: Any,
    act: Callable[[Case], object],
    done: str,
) -> HttpResponse:
    case = find_case(public_id)
    if not form.is_valid():
        say_errors(request, form)
        return redirect("portal:review-detail", public_id)
    carry_out(request, lambda: act(case), done=done)
    return redirect("portal:review-detail", public_id)
