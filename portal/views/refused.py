"""What somebody reads who asked for a page that is not theirs."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from affiliates.models import MemberRole
from core.models import User
from portal.access import LacksAbility, OtherAccount, current_user, membership_of, view_of
from portal.acting import OnlyLooking
from portal.sealed_form import SignInAgain
from portal.team_language import ONLY_READ, roles_in_words


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say why the page is closed, and who can open it."""
    if isinstance(exception, OtherAccount):
        return other_account(request)
    return render(request, "403.html", {"why": _why(request, exception)}, status=403)


def other_account(request: HttpRequest) -> HttpResponse:
    """Say that nothing happened, since the page was another account's."""
    membership = membership_of(current_user(request))
    context = {"name": membership.affiliate.name if membership else ""}
    return render(request, "409.html", context, status=HTTPStatus.CONFLICT)


def _why(request: HttpRequest, exception: Exception | None) -> list[str]:
    user = request.user if hasattr(request, "user") else None
    if isinstance(exception, OnlyLooking):
        return [str(ONLY_READ), _("Stop looking to go back to your own pages.")]
    if isinstance(exception, SignInAgain):
        return [
            _("This asks for a proof that it is you: sign out, sign in again by a code of a mail,"
              " and do it within five minutes."),
            _("A passkey makes that quicker: add one to your account."),
        ]  # fmt: skip
    if not isinstance(exception, LacksAbility) or not isinstance(user, User):
        return [_("Your account does not have the right to see it. A programme manager can"
                  " grant it.")]  # fmt: skip
    membership = membership_of(user)
    if membership is None or view_of(user) is not None:
        return [str(ONLY_READ)]
    owners = membership.affiliate.memberships.filter(role=MemberRole.OWNER, user__is_active=True)
    names = ", ".join(str(one.user) for one in owners.select_related("user").order_by("pk"))
    return [
        _("Your role in the team of %(name)s is: %(role)s. It takes: %(roles)s.")
        % {
            "name": membership.affiliate.name,
            "role": membership.get_role_display(),
            "roles": roles_in_words(exception.ability),
        },
        _("An owner can give you another role: %(names)s.") % {"names": names},
    ]
