"""Second factors: their secrets are encrypted like bank details, and they have one name each."""

from __future__ import annotations

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import crypto
from core.models import User


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]
    """What allauth asks before it stores the secret of a code generator or of recovery codes."""

    #: Replaces those that call a passkey a key, or a second factor something else again.
    error_messages = DefaultMFAAdapter.error_messages | {
        "add_email_blocked": gettext_lazy(
            "Remove your passkeys and your code generator before you add an e-mail address."
        ),
        "cannot_delete_authenticator": gettext_lazy("Your account needs a second factor."),
        "cannot_generate_recovery_codes": gettext_lazy(
            "Add a passkey or a code generator first: recovery codes stand in for them."
        ),
        "unverified_email": gettext_lazy(
            "Confirm your e-mail address before you add a passkey or a code generator."
        ),
    }

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002
        """Suggest a name for a new passkey: the first has no number."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey") if number == 1 else _("Passkey %(number)s") % {"number": number}
