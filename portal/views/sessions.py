"""Where a person is signed in: the list is allauth's, ending one of them is ours."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.access import current_user, signed_in_required
from portal.devices import device_of


@require_POST
@signed_in_required
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign a person out of one of their other devices; this one has its own way out."""
    session = get_object_or_404(UserSession, pk=pk, user=current_user(request))
    if session.session_key == request.session.session_key:
        return redirect("account_logout")
    session.end()
    messages.success(
        request, _("Signed out: %(device)s.") % {"device": device_of(session.user_agent)}
    )
    return redirect("usersessions_list")
