"""The link of an invitation to the team of the programme: who asks, what is missing, joining."""

from __future__ import annotations

from uuid import UUID

from allauth.account.models import EmailAddress
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import staff_invitations, staff_mails
from core.models import StaffInvitation, User
from portal.access import current_user, lacks_second_factor
from portal.queries.staff_team import roles_in_words
from portal.staff_actions import carry_out


@require_http_methods(["GET", "HEAD", "POST"])
def colleague_join(request: HttpRequest, token: str) -> HttpResponse:
    """Show the invitation to whoever has its link; join when its person says so.

    :raises Http404: for a link that we did not write.
    """
    read = staff_mails.read_token(token)
    if read is None:
        raise Http404
    rows = StaffInvitation.objects.select_related("invited_by")
    invitation, sending = get_object_or_404(rows, public_id=UUID(read[0])), read[1]
    if request.method == "POST" and request.user.is_authenticated:
        return _join(request, invitation, sending)
    user = request.user if isinstance(request.user, User) else None
    is_open = invitation.is_open(timezone.now()) and invitation.sendings == sending
    has_address = user is not None and _has_confirmed(user, invitation.email)
    lacks_factor = user is None or lacks_second_factor(user)
    context = {
        "invitation": invitation,
        "roles": roles_in_words(invitation.roles),
        "is_open": is_open,
        "is_mine": user is not None and invitation.accepted_by_id == user.pk,
        "has_address": has_address,
        "lacks_factor": lacks_factor,
        "steps": _steps(has_address=has_address, lacks_factor=lacks_factor),
        "title": _("Join the team of the programme"),
    }
    response = render(request, "public/staff_join.html", context, status=200 if is_open else 410)
    add_never_cache_headers(response)
    return response


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


def _has_confirmed(user: User, email: str) -> bool:
    confirmed = EmailAddress.objects.filter(user=user, verified=True, email__iexact=email)
    return bool(confirmed.exists())
