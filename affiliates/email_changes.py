"""Where allauth tells us that a person signs in with another address from now on."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed
from django.utils import timezone

from affiliates.services import payee_changes
from core.models import User


def cool_payments(
    user: User,
    from_email_address: EmailAddress | None,
    to_email_address: EmailAddress,
    **_more: Any,
) -> None:
    """Let nothing be paid for a while to whomever ``user`` acts for."""
    if from_email_address is not None:
        payee_changes.email_changed(
            user_id=user.pk,
            before=from_email_address.email,
            after=to_email_address.email,
            now=timezone.now(),
        )


email_changed.connect(cool_payments, dispatch_uid="affiliates.email_changes")
