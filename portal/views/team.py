"""The team of an affiliate: who acts for it, and for whom a person acts who is in several."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from affiliates.domain.abilities import Ability, gives
from affiliates.models import Affiliate, Invitation, MemberRole, Membership
from affiliates.services import team
from portal import acting
from portal.access import (
    current_affiliate,
    current_user,
    membership_of,
    own,
    partner_may,
    signed_in_required,
)
from portal.forms.team import InvitationForm, RoleForm
from portal.queries import team as found
from portal.sealed_form import demand_proof, typed
from portal.staff_actions import carry_out, carry_out_form, submitted
from portal.team_language import ABILITY_LABELS


@partner_may(Ability.SEE_ACCOUNT, act=Ability.MANAGE_TEAM)
@require_safe
def team_page(request: HttpRequest) -> HttpResponse:
    """Show who acts for the account, and what each role may do.

    :raises Http404: for an employee, whose account is theirs alone.
    """
    affiliate, user, now = _affiliate(request), current_user(request), timezone.now()
    own_membership = membership_of(user)
    context = {
        "affiliate": affiliate,
        "people": found.people(affiliate),
        "asked": found.asked(affiliate, now),
        "me": own_membership.pk if own_membership else None,
        "roles": MemberRole.choices,
        "table": _table(),
        "most": team.MOST_PEOPLE,
    }
    return render(request, "affiliate/team.html", context)


@partner_may(Ability.MANAGE_TEAM)
@require_http_methods(["GET", "HEAD", "POST"])
def team_invite(request: HttpRequest) -> HttpResponse:
    """Ask somebody to join.

    :raises Http404: for an employee.
    :raises ReauthenticationRequired: in a session that is not fresh.
    """
    affiliate, form = _affiliate(request), InvitationForm(typed(request) or None)
    if form.is_bound and form.is_valid():
        demand_proof(request)
    made = submitted(
        form,
        lambda: team.invite(
            affiliate_id=affiliate.pk,
            email=form.cleaned_data["email"],
            role=form.cleaned_data["role"],
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
    )
    if made is not None:
        messages.success(request, _("The invitation goes to %(email)s.") % {"email": made.email})
        return redirect("portal:team")
    context = {"affiliate": affiliate, "form": form}
    return render(
        request, "affiliate/team_invite.html", context, status=422 if form.is_bound else 200
    )


@partner_may(Ability.MANAGE_TEAM)
@require_POST
def invitation_again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send an invitation once more."""
    row = own(request, Invitation.objects.all(), public_id=public_id)
    carry_out(
        request,
        lambda: team.send_again(invitation_id=row.pk, **_by(request)),
        done=_("The invitation goes to %(email)s again.") % {"email": row.email},
    )
    return redirect("portal:team")


@partner_may(Ability.MANAGE_TEAM)
@require_POST
def invitation_revoke(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take an invitation back."""
    row = own(request, Invitation.objects.all(), public_id=public_id)
    carry_out(
        request,
        lambda: team.revoke(invitation_id=row.pk, **_by(request)),
        done=_("The invitation of %(email)s is taken back.") % {"email": row.email},
    )
    return redirect("portal:team")


@partner_may(Ability.MANAGE_TEAM)
@require_POST
def member_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Give somebody another role.

    :raises ReauthenticationRequired: in a session that is not fresh.
    """
    row, form = (
        own(request, Membership.objects.select_related("user"), pk=pk),
        RoleForm(typed(request)),
    )
    if form.is_valid():
        demand_proof(request)
    carry_out_form(
        request,
        form,
        lambda: team.change_role(
            membership_id=row.pk, role=form.cleaned_data["role"], **_by(request)
        ),
        done=_("The role of %(person)s is changed.") % {"person": row.user},
    )
    return redirect("portal:team")


@partner_may(Ability.MANAGE_TEAM)
@require_POST
def member_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take somebody out of the team."""
    row = own(request, Membership.objects.select_related("user"), pk=pk)
    carry_out(
        request,
        lambda: team.remove(membership_id=row.pk, **_by(request)),
        done=_("%(person)s is no longer in the team.") % {"person": row.user},
    )
    return redirect("portal:team")


@partner_may(Ability.SEE_ACCOUNT)
@require_POST
def team_leave(request: HttpRequest) -> HttpResponse:
    """Leave the team."""
    affiliate = _affiliate(request)
    left = carry_out(
        request,
        lambda: team.leave(affiliate_id=affiliate.pk, **_by(request)),
        done=_("You no longer act for %(name)s.") % {"name": affiliate.name},
    )
    return redirect("portal:start" if left else "portal:team")


@signed_in_required
@require_POST
def team_switch(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Act for another account of one's own from now on, in this session.

    :raises Http404: for an account in whose team the person is not.
    """
    memberships = current_user(request).memberships.select_related("affiliate")
    chosen = get_object_or_404(memberships, affiliate__public_id=public_id)
    request.session[acting.CHOSEN] = chosen.affiliate_id
    messages.success(request, _("You act for %(name)s.") % {"name": chosen.affiliate.name})
    return redirect("portal:home")


def _affiliate(request: HttpRequest) -> Affiliate:
    affiliate = current_affiliate(request)
    if affiliate.is_employee:
        raise Http404
    return affiliate


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"actor_id": current_user(request).pk, "now": timezone.now()}


def _table() -> list[tuple[str, list[bool]]]:
    """Each ability with, for each role, whether it has it: what the rules say, as a page."""
    return [
        (str(label), [gives(role, ability) for role in MemberRole])
        for ability, label in ABILITY_LABELS.items()
    ]
