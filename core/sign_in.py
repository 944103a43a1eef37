"""Whose password counts: only that of somebody who has shown that the address is theirs."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.dispatch import receiver
from django.http import HttpRequest

#: Where the code of a sign-up is typed, in the browser that signed up.
OWN_SIGN_UP = "account_email_verification_sent"


@receiver(email_confirmed)
def drop_password_of_a_stranger(
    request: HttpRequest | None, email_address: EmailAddress, **_signal: Any
) -> None:
    """Forget the password of a sign-up that somebody else confirms.

    Anybody can sign up with the address of another and a password of their own. When the owner of
    the address then signs in by a code, they confirm the address: that password must not open
    their account.
    """
    match = request.resolver_match if request is not None else None
    if match is not None and match.url_name == OWN_SIGN_UP:
        return
    person = email_address.user
    if EmailAddress.objects.filter(user=person, verified=True).exclude(pk=email_address.pk):
        return  # A second address of somebody who is known.
    if person.has_usable_password():
        person.set_unusable_password()
        person.save(update_fields=["password"])
