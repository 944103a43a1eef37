"""Second factors: their secrets are encrypted in the database, like bank details."""

from __future__ import annotations

from allauth.mfa.adapter import DefaultMFAAdapter

from core import crypto


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]
    """What allauth asks before it stores the secret of a code generator or of recovery codes."""

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text)
