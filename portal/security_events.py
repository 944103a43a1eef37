"""Where allauth tells us that somebody signed in, or changed how they do.

Each is an entry of the audit trail. The device is kept in words; the network address is not.
"""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set, user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.http import HttpRequest
from django.utils import timezone

from core import audit
from core.models import User
from portal.devices import device_of
from portal.letters import new_device


def signed_in(request: HttpRequest, user: User, **_more: Any) -> None:
    """Keep a sign-in, and tell its person of one from a new device."""
    now = timezone.now()
    entry = audit.record(
        actor=user, verb="user.signed_in", subject=user, at=now, data=_device(request)
    )
    new_device.tell_if_new(entry, user, now=now)


def new_password(request: HttpRequest, user: User, **_more: Any) -> None:
    """Keep that the password is another one."""
    audit.record(
        actor=user,
        verb="user.password_changed",
        subject=user,
        at=timezone.now(),
        data=_device(request),
    )


def factor_added(
    request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any
) -> None:
    """Keep that a second factor, or its recovery codes, came."""
    is_codes = authenticator.type == Authenticator.Type.RECOVERY_CODES
    audit.record(
        actor=user,
        verb="user.recovery_codes_made" if is_codes else "user.factor_added",
        subject=user,
        at=timezone.now(),
        data={**_device(request), "factor": authenticator.type},
    )


def factor_removed(
    request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any
) -> None:
    """Keep that a second factor went."""
    audit.record(
        actor=user,
        verb="user.factor_removed",
        subject=user,
        at=timezone.now(),
        data={**_device(request), "factor": authenticator.type},
    )


def _device(request: HttpRequest) -> dict[str, str]:
    device = device_of(request.headers.get("User-Agent", ""))
    return {"browser": device.browser, "system": device.system}


user_logged_in.connect(signed_in, dispatch_uid="portal.signed_in")
for _one in (password_changed, password_reset, password_set):
    _one.connect(new_password, dispatch_uid="portal.new_password")
for _one in (authenticator_added, authenticator_reset):
    _one.connect(factor_added, dispatch_uid="portal.factor_added")
authenticator_removed.connect(factor_removed, dispatch_uid="portal.factor_removed")
