"""Who calls: a key in the header ``Authorization: Bearer``, and nothing else."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from affiliates.models import AffiliateStatus
from core import api_keys
from core.api import Refusal
from core.models import ApiKey, User
from portal.api.access import Caller, caller_of

_REALM = 'Bearer realm="apport"'


class KeyAuthentication(BaseAuthentication):
    """Sessions count for nothing here, so that no other site's page can act with somebody's."""

    def authenticate(self, request: Request) -> tuple[User, Caller] | None:
        """Return owner and caller of the key; None when none is shown.

        :raises Refusal: 401 for anything but a key that opens something.
        """
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        scheme, _blank, text = header.partition(" ")
        if scheme.lower() != "bearer":
            raise _unknown(_("Send the key as “Authorization: Bearer ap_live_…”."))
        key, now = api_keys.find(text.strip()), timezone.now()
        if key is None:
            raise _unknown(_("This key is none of ours. Check that it is whole."))
        if not key.is_live(now):
            raise _ended(key)
        caller = caller_of(key)
        if caller is None:
            raise _unknown(
                _("The person who made this key may not use it any more."), code="key_without_owner"
            )
        api_keys.note_use(key, now)
        return key.owner, caller

    def authenticate_header(self, _request: Request) -> str:
        """Return what a call without a key is told to send."""
        return _REALM


class MayCall(BasePermission):
    """Lets a key in that has the scope of what it asks for, while its account may."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Tell whether the call may go on; what keeps it out is raised with a sentence.

        :raises Refusal: 401 without a key, 403 without the scope or while the account may not.
        """
        wanted = view.scope_of(request.method or "")  # type: ignore[attr-defined]
        caller = request.auth
        if not isinstance(caller, Caller):
            raise Refusal(
                401, "key_missing", _("Send a key: “Authorization: Bearer ap_live_…”."),
                headers={"WWW-Authenticate": _REALM},
            )  # fmt: skip
        if wanted is not None and wanted not in caller.scopes:
            given = wanted in caller.key.scopes
            raise Refusal(
                403, "scope_missing",
                _("The role of this key's owner does not give %(scope)s any more.")
                % {"scope": wanted.value}
                if given
                else _("This key lacks the scope %(scope)s. Make one that has it.")
                % {"scope": wanted.value},
                headers={
                    "WWW-Authenticate":
                    f'{_REALM}, error="insufficient_scope", scope="{wanted.value}"'
                },
            )  # fmt: skip
        _require_account(caller, changes=request.method not in ("GET", "HEAD"))
        return True


def _require_account(caller: Caller, *, changes: bool) -> None:
    affiliate = caller.affiliate
    if affiliate is None or affiliate.is_active:
        return
    if affiliate.status == AffiliateStatus.CLOSED:
        raise Refusal(403, "account_closed", _("This account is closed: its keys open nothing."))
    if changes:
        raise Refusal(
            403, "account_suspended", _("This account is suspended: its keys read and no more.")
        )


def _unknown(detail: str, code: str = "key_unknown") -> Refusal:
    return Refusal(
        401, code, detail, headers={"WWW-Authenticate": f'{_REALM}, error="invalid_token"'}
    )


def _ended(key: ApiKey) -> Refusal:
    if key.revoked_at is not None:
        return _unknown(_("This key was revoked."), code="key_revoked")
    return _unknown(_("This key has ended. Make a new one."), code="key_expired")
