"""The link of an invitation to the team of the programme: who asks, what is missing, joining."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import staff_invitations, staff_mails
from core.models import StaffInvitation, User
from portal.access import current_user, lacks_second_factor
from portal.queries.staff_team import roles_in_words
from portal.staff_actions import carry_out
from portal.views import joining


@require_http_methods(["GET", "HEAD", "POST"])
def colleague_join(request: HttpRequest, token: str) -> HttpResponse:
    """Show the invitation to whoever has its link; join when its person says so.

    :raises Http404: for a link that we did not write.
    """
    rows = StaffInvitation.objects.select_related("invited_by")
    invitation, sending = joining.invited_by_link(rows, staff_mails.read_token(token))
    if request.method == "POST" and request.user.is_authenticated:
        return _join(request, invitation, sending)
    context = joining.standing(request, invitation, sending)
    user = request.user if isinstance(request.user, User) else None
    lacks_factor = user is None or lacks_second_factor(user)
    context |= {
        "roles": roles_in_words(invitation.roles),
        "lacks_factor": lacks_factor,
        "steps": _steps(has_address=context["has_address"], lacks_factor=lacks_factor),
        "title": _("Join the team of the programme"),
        "joined": _("You are in the team of the programme"),
    }
    return joining.answer(request, "public/staff_join.html", context)


def _join(request: HttpRequest, invitation: StaffInvitation, sending: int) -> HttpResponse:
    user = current_user(request)
    joined = carry_out(
        request,
        lambda: staff_invitations.accept(
            invitation_id=invitation.pk,
            sending=sending,
            user_id=user.pk,
            has_second_factor=not lacks_second_factor(user),
            now=timezone.now(),
        ),
        done=_("You are in the team of the programme."),
    )
    return redirect("portal:start" if joined else request.path)


def _steps(*, has_address: bool, lacks_factor: bool) -> list[tuple[str, str]]:
    """Return what has to be done, with which of it is done."""
    done = [has_address, has_address and not lacks_factor, False]
    names = [_("Sign in"), _("Second factor"), _("Join")]
    current = done.index(False)
    return [
        (name, "done" if at < current else "current" if at == current else "future")
        for at, name in enumerate(names)
    ]
