"""What allauth asks of a session before it changes how its person signs in."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from core import account_mails
from portal.sealed_form import demand_sign_in


class Adapter(account_mails.Adapter):
    """Wants a proof of identity for other addresses, as allauth does for second factors (ST14).

    Whoever adds an address or a passkey of theirs to a stolen session could prove with it that
    they are somebody else.
    """

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Tell whether somebody has to prove who they are; on this machine as allauth would.

        :raises SignInAgain: for somebody who signs in by a mailed code alone, unless they just did.
        """
        if settings.ON_THIS_MACHINE:
            return bool(super().is_reauthentication_required(app=app, **more))
        demand_sign_in(self.request)
        return True

    def is_safe_url(self, url: str) -> bool:
        """Tell whether ``url`` stays on this host; what cannot be read as an address does not."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:  # Such as "https://[::1": half of an IPv6 address.
            return False
