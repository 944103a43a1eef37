"""One person of the team: their roles, another one, and the end of one or of all."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import staff, staff_proposals, staff_team
from core.domain.staff_rules import FINANCE
from core.errors import DomainError
from core.models import StaffProposal, StaffRole, User
from portal import staff_leaving
from portal.access import ask_to_confirm, confirmed_lately, current_user
from portal.forms.staff_team import GivenRoleForm, LeavingForm
from portal.queries import staff_team as found
from portal.refusals import sentence
from portal.staff_access import staff_required
from portal.staff_actions import say_errors
from portal.staff_leaving import Holdings
from portal.staff_words import ended_words, stays_words
from portal.views.staff_team import AGAIN, TEAM


@staff_required
@require_safe
def colleague_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show somebody of the team, and what can be done about their roles."""
    person, me, now = _person(pk), current_user(request), timezone.now()
    missing = _missing(person)
    context = {
        "one": found.colleague(person, now),
        "person": person,
        "is_me": person.pk == me.pk,
        "ends": _ends(person),
        "form": GivenRoleForm(None, roles=missing) if missing else None,
        "history": found.history(person),
        "title": str(person),
        "breadcrumbs": [(_("Team"), reverse(TEAM))],
    }
    return render(request, "manager/colleague_detail.html", context)


@staff_required
@require_POST
def colleague_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Give somebody another role, or propose it where that takes two."""
    person, me, now = _person(pk), current_user(request), timezone.now()
    if not confirmed_lately(request, now):
        messages.info(request, str(AGAIN), extra_tags="banner")
        return ask_to_confirm(request, reverse("portal:colleague-detail", args=[pk]))
    form = GivenRoleForm(request.POST, roles=list(StaffRole))
    if not form.is_valid():
        say_errors(request, form)
        return redirect("portal:colleague-detail", pk)
    try:
        proposal = staff_proposals.give_role(
            person_id=person.pk,
            role=form.cleaned_data["role"],
            reason=form.cleaned_data["reason"],
            actor_id=me.pk,
            now=now,
        )
    except DomainError as refusal:
        messages.error(request, sentence(refusal), extra_tags="banner")
    else:
        messages.success(request, _said(proposal, person))
    return redirect("portal:colleague-detail", pk)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def colleague_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what somebody minds whose role ends, ask who gets it, and end it.

    Which role stands in the address (``role``); without one all of them end.
    """
    person, me, now = _person(pk), current_user(request), timezone.now()
    role = request.GET.get("role", "")
    if role not in {"", *StaffRole.values}:
        role = ""
    if not confirmed_lately(request, now):
        return ask_to_confirm(request, request.get_full_path())
    holdings = staff_leaving.holdings_of(person, role, now)
    form = LeavingForm(request.POST or None, holdings=holdings.handed, actor=me)
    if request.method == "POST" and form.is_valid():
        try:
            staff_leaving.leave(
                person_id=person.pk,
                role=role,
                heirs=form.heirs(),
                reason=form.cleaned_data["reason"],
                actor_id=me.pk,
                now=now,
            )
        except DomainError as refusal:
            form.add_error(None, sentence(refusal))
        else:
            messages.success(request, _ended_said(person, holdings))
            return redirect("portal:start" if person.pk == me.pk else TEAM)
    context = _leaving(person, holdings, form)
    status = 422 if form.is_bound else 200
    return render(request, "manager/colleague_leave.html", context, status=status)


def _leaving(person: User, holdings: Holdings, form: LeavingForm) -> dict[str, object]:
    last = staff_team.last_of(person, holdings.roles)
    title = (
        _("%(person)s leaves the team") if holdings.is_all else _("A role of %(person)s ends")
    ) % {"person": person}
    return {
        "person": person,
        "holdings": holdings,
        "roles": found.roles_in_words(holdings.roles),
        "last": found.roles_in_words(last),
        "form": form,
        "ended": ended_words(holdings.ended),
        "stays": stays_words(holdings.stays),
        "title": title,
        "breadcrumbs": [
            (_("Team"), reverse(TEAM)),
            (str(person), reverse("portal:colleague-detail", args=[person.pk])),
        ],
    }


def _person(pk: int) -> User:
    """Return somebody of staff; others are not found."""
    rows = User.objects.filter(Q(groups__name__in=staff.ROLES) | Q(is_superuser=True)).distinct()
    return get_object_or_404(rows.prefetch_related("groups"), pk=pk)


def _missing(person: User) -> list[StaffRole]:
    held = staff_team.roles_of(person)
    return [
        role
        for role in StaffRole
        if role not in held and (role != StaffRole.OWNER or FINANCE in held)
    ]


def _ends(person: User) -> list[tuple[str, str, str]]:
    """Return the roles that can end here: key, words, and why not yet (empty: they can)."""
    if person.is_superuser:
        return []
    held = [role for role in StaffRole if role.value in staff_team.roles_of(person)]
    last = set(staff_team.last_of(person, [role.value for role in held]))
    why = _("Nobody else has this role. Give it to somebody else first.")
    return [(role.value, str(role.label), why if role.value in last else "") for role in held]


def _said(proposal: StaffProposal | None, person: User) -> str:
    if proposal is None:
        return _("%(person)s has the role now.") % {"person": person}
    return _("Proposed: %(person)s has the role once another person of the team agrees.") % {
        "person": person
    }


def _ended_said(person: User, holdings: Holdings) -> str:
    if holdings.is_all:
        return _("%(person)s is no longer in the team.") % {"person": person}
    return _("The role of %(person)s has ended.") % {"person": person}
