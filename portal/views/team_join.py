"""The link of an invitation: who asks, what one would be, and joining."""

from __future__ import annotations

from uuid import UUID

from allauth.account.models import EmailAddress
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from affiliates.models import Invitation
from affiliates.services import team, team_mails
from core.models import User
from portal import acting
from portal.access import current_user
from portal.staff_actions import carry_out
from portal.team_language import ROLE_SENTENCES


@require_http_methods(["GET", "HEAD", "POST"])
def team_join(request: HttpRequest, token: str) -> HttpResponse:
    """Show the invitation to whoever has its link; join when its person says so.

    :raises Http404: for a link that we did not write.
    """
    read = team_mails.read_token(token)
    if read is None:
        raise Http404
    rows = Invitation.objects.select_related("affiliate", "invited_by")
    invitation, sending = get_object_or_404(rows, public_id=UUID(read[0])), read[1]
    if request.method == "POST" and request.user.is_authenticated:
        return _join(request, invitation, sending)
    user = request.user if isinstance(request.user, User) else None
    is_open = invitation.is_open(timezone.now()) and invitation.sendings == sending
    context = {
        "invitation": invitation,
        "is_open": is_open,
        "is_mine": user is not None and invitation.accepted_by_id == user.pk,
        "has_address": user is not None and _has_confirmed(user, invitation.email),
        "sentence": ROLE_SENTENCES[invitation.role],
        "title": _("Join the team of %(name)s") % {"name": invitation.affiliate.name},
    }
    response = render(request, "public/team_join.html", context, status=200 if is_open else 410)
    add_never_cache_headers(response)
    return response


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


def _has_confirmed(user: User, email: str) -> bool:
    confirmed = EmailAddress.objects.filter(user=user, verified=True, email__iexact=email)
    return bool(confirmed.exists())
