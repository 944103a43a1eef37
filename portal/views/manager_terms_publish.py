"""From a draft to terms: what changes for whom and when, publishing, offering, discarding."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from affiliates.models import DraftStatus, Programme, Terms, TermsDraft
from affiliates.queries import concerned_by
from affiliates.services import terms, terms_drafts
from core.errors import DomainError
from portal.access import current_user, manager_required
from portal.forms.terms import BeginForm
from portal.margin_access import may_see_costs
from portal.queries import terms as shown
from portal.refusals import sentence
from portal.staff_actions import carry_out
from portal.views.manager_terms import crumbs_of
from portal.views.manager_terms_editor import found_draft

SHOWN = 20
Made = TypeVar("Made", Terms, TermsDraft)


@manager_required
@require_safe
def draft_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a draft changes, who is told, and from when it may begin."""
    return _page(request, found_draft(request, pk), BeginForm(), status=200)


@manager_required
@require_POST
def draft_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a draft, at once or on a day to come."""
    return _begin(
        request,
        pk,
        terms.publish,
        done=_("Published. Everybody concerned is told by e-mail."),
        then=lambda made: reverse("portal:version-detail", args=[made.pk]),
    )


@manager_required
@require_POST
def draft_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer a draft to its affiliate: it begins when it is accepted."""
    return _begin(
        request,
        pk,
        terms_drafts.offer,
        done=_("Offered. The people of the account are told by e-mail."),
        then=lambda draft: reverse("portal:draft-preview", args=[draft.pk]),
    )


@manager_required
@require_POST
def draft_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an offer a draft again."""
    _act(request, pk, terms_drafts.take_back, _("The offer is withdrawn: it is a draft again."))
    return redirect("portal:draft-edit", pk)


@manager_required
@require_POST
def draft_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    draft = found_draft(request, pk)
    _act(request, pk, terms_drafts.discard, _("The draft is discarded."))
    return redirect(crumbs_of(draft)[-1][1])


def _begin(
    request: HttpRequest,
    pk: int,
    act: Callable[..., Made],
    *,
    done: str,
    then: Callable[[Made], str],
) -> HttpResponse:
    """Let a draft begin on the day that was sent; a refusal stands beside it."""
    draft, form = found_draft(request, pk), BeginForm(request.POST)
    if form.is_valid():
        try:
            made = act(
                draft_id=draft.pk,
                valid_from=form.valid_from,
                actor_id=current_user(request).pk,
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error("begins_on", sentence(refusal))
        else:
            messages.success(request, done)
            return redirect(then(made))
    return _page(request, found_draft(request, pk), form, status=422)


def _act(request: HttpRequest, pk: int, act: Callable[..., TermsDraft], done: str) -> None:
    draft_id = found_draft(request, pk).pk
    carry_out(
        request,
        lambda: act(draft_id=draft_id, actor_id=current_user(request).pk, now=timezone.now()),
        done=done,
    )


def _page(request: HttpRequest, draft: TermsDraft, form: BeginForm, *, status: int) -> HttpResponse:
    now = timezone.now()
    found = terms.preview(draft_id=draft.pk, now=now)
    zone = Programme.get().zone
    differences, hides_pay = shown.seen_changes(
        found.changes, found.content, shows_costs=may_see_costs(current_user(request))
    )
    context = {
        "draft": draft,
        "status": shown.draft_status(draft),
        "is_open": draft.status == DraftStatus.DRAFT,
        "is_offered": draft.status in {DraftStatus.OFFERED, DraftStatus.DECLINED},
        "found": found,
        "differences": differences,
        "hides_pay": hides_pay,
        "must_wait": found.earliest > now,
        "first_day": found.earliest.astimezone(zone).date() + timedelta(days=1),
        "told": list(concerned_by(draft, now).order_by("name")[:SHOWN]) if found.before else [],
        "more": max(found.told - SHOWN, 0),
        "form": form,
        "breadcrumbs": [
            *crumbs_of(draft),
            (draft.name, reverse("portal:draft-edit", args=[draft.pk])),
        ],
    }
    return render(request, "manager/terms_preview.html", context, status=status)
