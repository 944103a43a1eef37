"""The link of an invitation: who asks, what one would be, and joining."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from affiliates.models import Invitation
from affiliates.services import team, team_mails
from portal import acting
from portal.access import current_user
from portal.staff_actions import carry_out
from portal.team_language import ROLE_SENTENCES
from portal.views import joining


@require_http_methods(["GET", "HEAD", "POST"])
def team_join(request: HttpRequest, token: str) -> HttpResponse:
    """Show the invitation to whoever has its link; join when its person says so.

    :raises Http404: for a link that we did not write.
    """
    rows = Invitation.objects.select_related("affiliate", "invited_by")
    invitation, sending = joining.invited_by_link(rows, team_mails.read_token(token))
    if request.method == "POST" and request.user.is_authenticated:
        return _join(request, invitation, sending)
    context = joining.standing(request, invitation, sending)
    context |= {
        "sentence": ROLE_SENTENCES[invitation.role],
        "title": _("Join the team of %(name)s") % {"name": invitation.affiliate.name},
        "joined": _("You are in this team"),
    }
    return joining.answer(request, "public/team_join.html", context)


def _join(request: HttpRequest, invitation: Invitation, sending: int) -> HttpResponse:
    joined = carry_out(
        request,
        lambda: team.accept(
            invitation_id=invitation.pk,
            sending=sending,
            user_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("You are in the team of %(name)s.") % {"name": invitation.affiliate.name},
    )
    if not joined:
        return redirect(request.path)
    request.session[acting.CHOSEN] = invitation.affiliate_id
    return redirect("portal:home")
