"""A first password, for who has just proved who they are (ST14): a session alone adds no way in."""

from __future__ import annotations

from typing import cast

from allauth.account.views import password_set as set_password
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.access import current_user, signed_in_required
from portal.sealed_form import demand_proof


@signed_in_required
def password_set(request: HttpRequest) -> HttpResponse:
    """Show allauth's page behind a fresh proof: a second factor, or the code of a mail.

    What was typed before the proof is typed again: a password waits nowhere, not even sealed.

    :raises ReauthenticationRequired: for who has a second factor and did not just give it.
    :raises SignInAgain: for who has none, unless they just signed in.
    """
    if not current_user(request).has_usable_password():
        try:
            demand_proof(request)
        except ReauthenticationRequired:
            if request.method == "POST":
                return redirect(request.path)
            raise
    return cast(HttpResponse, set_password(request))
