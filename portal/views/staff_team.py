"""The team of the programme: who is in it, who is asked to join, and what waits for a second."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import staff_invitations, staff_proposals
from core.models import StaffInvitation, StaffProposal
from portal import staff_matrix
from portal.access import ask_to_confirm, confirmed_lately, current_user
from portal.forms.staff import ReasonForm
from portal.forms.staff_team import InvitationForm
from portal.queries import staff_team as found
from portal.staff_access import staff_required
from portal.staff_actions import carry_out, carry_out_form, submitted

TEAM = "portal:colleague-list"
AGAIN = gettext_lazy("Confirm that it is you, then do it again.")


@staff_required
@require_safe
def colleague_list(request: HttpRequest) -> HttpResponse:
    """Show the team, what waits, and who may what."""
    me, now = current_user(request), timezone.now()
    context = {
        "people": found.colleagues(now),
        "waiting": found.waiting(me, now),
        "asked": found.asked(now),
        "me": me,
        "is_alone": found.is_alone(me, now),
        "lines": staff_matrix.lines(),
        "givings": staff_matrix.givings(),
    }
    return render(request, "manager/colleague_list.html", context)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def colleague_invite(request: HttpRequest) -> HttpResponse:
    """Ask somebody to join: at once, or once a second person agreed."""
    me, now = current_user(request), timezone.now()
    if not confirmed_lately(request, now):
        return ask_to_confirm(request, request.path)
    form = InvitationForm(request.POST or None, initial={"language": me.language})
    made = submitted(
        form,
        lambda: staff_invitations.invite(
            email=form.cleaned_data["email"],
            roles=form.cleaned_data["roles"],
            language=form.cleaned_data["language"],
            reason=form.cleaned_data["reason"],
            actor_id=me.pk,
            now=now,
        ),
    )
    if made is not None:
        said = (
            _("The invitation goes to %(email)s.")
            if made.sent_at is not None
            else _("The invitation of %(email)s leaves once another person of the team agrees.")
        )
        messages.success(request, said % {"email": made.email})
        return redirect(TEAM)
    context = {
        "form": form,
        "is_alone": found.is_alone(me, now),
        "givings": staff_matrix.givings(),
        "title": _("Invite somebody to the team"),
        "breadcrumbs": [(_("Team"), reverse(TEAM))],
    }
    status = 422 if form.is_bound else 200
    return render(request, "manager/colleague_invite.html", context, status=status)


@staff_required
@require_POST
def invitation_again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send an invitation once more."""
    row = get_object_or_404(StaffInvitation, public_id=public_id)
    return _proven(
        request,
        lambda: staff_invitations.send_again(invitation_id=row.pk, **_by(request)),
        done=_("The invitation goes to %(email)s again.") % {"email": row.email},
    )


@staff_required
@require_POST
def invitation_revoke(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take an invitation back."""
    row = get_object_or_404(StaffInvitation, public_id=public_id)
    carry_out(
        request,
        lambda: staff_invitations.revoke(invitation_id=row.pk, **_by(request)),
        done=_("The invitation of %(email)s is taken back.") % {"email": row.email},
    )
    return redirect(TEAM)


@staff_required
@require_POST
def proposal_confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Agree to what somebody else proposed, by a fresh passkey or code."""
    row = get_object_or_404(StaffProposal, public_id=public_id)
    done = (
        _("The invitation goes to %(email)s.") % {"email": row.whom}
        if row.invitation is not None
        else _("%(person)s has the role now.") % {"person": row.whom}
    )
    return _proven(
        request,
        lambda: staff_proposals.confirm(proposal_id=row.pk, **_by(request)),
        done=done,
    )


@staff_required
@require_POST
def proposal_decline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say no to what somebody else proposed, with a reason."""
    row, form = get_object_or_404(StaffProposal, public_id=public_id), ReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: staff_proposals.decline(
            proposal_id=row.pk, reason=form.cleaned_data["reason"], **_by(request)
        ),
        done=_("Declined: nothing changes."),
    )
    return redirect(TEAM)


@staff_required
@require_POST
def proposal_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take one's own proposal back."""
    row = get_object_or_404(StaffProposal, public_id=public_id)
    carry_out(
        request,
        lambda: staff_proposals.withdraw(proposal_id=row.pk, **_by(request)),
        done=_("Your proposal is taken back."),
    )
    return redirect(TEAM)


def _proven(request: HttpRequest, act: Callable[[], object], *, done: str) -> HttpResponse:
    """Act for who gave a passkey or a code lately; ask others for it first."""
    if not confirmed_lately(request, timezone.now()):
        messages.info(request, str(AGAIN), extra_tags="banner")
        return ask_to_confirm(request, reverse(TEAM))
    carry_out(request, act, done=done)
    return redirect(TEAM)


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"actor_id": current_user(request).pk, "now": timezone.now()}
