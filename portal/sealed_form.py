"""Forms that only somebody who has just proved who they are may send.

A stolen session alone must not lead the money elsewhere, nor change who invoices.
"""

from __future__ import annotations

import time

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import (
    did_recently_reauthenticate,
    get_reauthentication_flows,
)
from allauth.core.exceptions import ReauthenticationRequired
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, QueryDict

from core import crypto

SEALED = "sealed"


class SignInAgain(PermissionDenied):
    """Somebody without a password or a passkey, who can prove who they are by signing in alone."""


def typed(request: HttpRequest) -> QueryDict:
    """Return what was typed, also when it waited for a proof of identity.

    :raises SuspiciousOperation: for a seal that is not ours.
    """
    sealed = request.POST.get(SEALED)
    if not sealed:
        return request.POST
    try:
        return QueryDict(crypto.decrypt(sealed))
    except InvalidToken as error:
        raise SuspiciousOperation("These details were not sealed here.") from error


def demand_proof(request: HttpRequest) -> None:
    """Let nobody pass who has not just proved who they are.

    allauth keeps the request in the session meanwhile and repeats it: with nothing in clear.

    :raises ReauthenticationRequired: unless the person has just proved who they are.
    :raises SignInAgain: see :func:`demand_sign_in`.
    """
    if settings.ON_THIS_MACHINE:
        return
    demand_sign_in(request)
    if did_recently_reauthenticate(request):
        return
    sealed = QueryDict(mutable=True)
    sealed[SEALED] = crypto.encrypt(typed(request).urlencode())
    request.POST = sealed  # type: ignore[assignment]
    raise ReauthenticationRequired


def demand_sign_in(request: HttpRequest) -> None:
    """Let nobody pass who signs in by a mailed code alone, unless they just did.

    allauth would let everybody pass who has nothing to be asked for.

    :raises SignInAgain: for them.
    """
    if get_reauthentication_flows(request.user):
        return
    records = get_authentication_records(request, request.user)
    latest = max((record["at"] for record in records), default=0)
    if time.time() - latest >= app_settings.REAUTHENTICATION_TIMEOUT:
        raise SignInAgain
