"""For whom each address is. One that says nothing about it is closed to everybody.

The guards of portal/access.py say it of what they guard. What no guard of ours stands before is
listed here by name, with why it needs none. docs/access.csv is made of both.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase


class Audience(StrEnum):
    """Who is let in."""

    EVERYBODY = "everybody"
    HOLDER = "holder"
    MACHINE = "this machine"
    SIGNED_IN = "signed in"
    PARTNER = "partner"
    MANAGER = "manager"
    FINANCE = "finance"
    TEAM = "team"
    SUPERUSER = "superuser"
    KEY = "key"


_ACCOUNT = {
    # Ways to sign in, to sign up and to get back in: visitors need them.
    "account_login", "account_signup", "account_inactive", "account_confirm_login_code",
    "account_email_verification_sent", "account_request_login_code",
    "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
    "account_reset_password_from_key_done", "mfa_authenticate", "mfa_login_webauthn",
    # It ends a session; without one there is nothing to end.
    "account_logout",
}  # fmt: skip
_OWN_ACCOUNT = {
    "account_reauthenticate", "account_email", "account_change_password", "account_set_password",
    "mfa_index", "mfa_reauthenticate", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_list_webauthn",
    "mfa_add_webauthn", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn",
    "usersessions_list",
    # Visitors sign up first; staff and affiliates are told that it is not for them.
    "portal:apply",
}  # fmt: skip
_EVERYBODY = {
    # Whether the process lives: said to whatever asks.
    "healthz", "readyz",
    # How a person wants the pages: cookies of theirs, no rows.
    "set_language", "portal:preferences", "portal:columns",
    # The shop's own pages for its customers, and what they load.
    "tracking:follow", "tracking:journey", "tracking:script",
    "looks:lookbook", "looks:creator", "looks:widget", "looks:seen", "looks:picture", "looks:look",
    "looks:embed", "looks:style", "looks:page-style", "looks:script", "looks:oembed",
    # Pictures that affiliates put on pages of theirs.
    "portal:banner",
    # What the programme says of itself.
    "portal:program", "portal:status", "portal:event-schema", "shop:schema", "api:schema",
    "api:docs", "api:nothing", "portal:styleguide", "portal:styleguide-shell",
    # The bell asks it on every page; to visitors it says nothing.
    "portal:notification-count",
}  # fmt: skip
#: Who shows a secret: in the address, in a signature, in a header. The view checks it.
_HOLDER = {
    "shop:webhook", "tracking:code-check", "portal:stripe-webhook", "portal:product-feed",
    "portal:schedule-stop", "portal:letters-stop", "portal:team-join", "metrics",
    "portal:colleague-join",
    "portal:photo-send", "portal:photo-sent", "portal:photo-withdraw",
}  # fmt: skip
#: Only while everything runs on one machine, and for that machine.
_MACHINE = {"portal:demo-sign-in", "portal:dev-outbox", "portal:dev-outbox-html"}

LISTED: dict[str, Audience] = {
    **dict.fromkeys(_ACCOUNT | _EVERYBODY, Audience.EVERYBODY),
    **dict.fromkeys(_OWN_ACCOUNT, Audience.SIGNED_IN),
    **dict.fromkeys(_HOLDER, Audience.HOLDER),
    **dict.fromkeys(_MACHINE, Audience.MACHINE),
}


def audience_of(name: str, view: Callable[..., Any]) -> Audience | None:
    """Return for whom the view of this name is; None when nobody said it."""
    if name.partition(":")[0] == "admin":
        return Audience.SUPERUSER
    guarded: Audience | None = getattr(view, "audience", None)
    by_class: Audience | None = getattr(getattr(view, "cls", None), "audience", None)
    return guarded or by_class or LISTED.get(name)


class DenyByDefault:
    """Refuses what nobody said for whom it is: a forgotten guard is a closed door."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        _arguments: tuple[Any, ...],
        _named: dict[str, Any],
    ) -> None:
        """Let the request go on to its view, or not.

        :raises PermissionDenied: for a view that is for nobody.
        """
        match = request.resolver_match
        if match is None or audience_of(match.view_name, view) is None:
            raise PermissionDenied("Say in portal/audiences.py for whom this address is.")
