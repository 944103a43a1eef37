"""Owners (CFO), one of whom has to approve large batches: the one door to the role (P60)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import staff
from core.errors import DomainError
from core.models import User
from payouts.queries.approval_rules import OWNERS


class NotOfFinance(DomainError):
    """Somebody was to become an owner who approves no payouts."""

    code = "not_of_finance"


class NotAnOwner(DomainError):
    """Somebody was to cease being an owner who is none."""

    code = "not_an_owner"


@transaction.atomic
def name_owner(*, email: str, actor: User | None, now: datetime) -> User:
    """Make a person of finance an owner. Safe to repeat. ``actor`` None means the shell.

    :raises NotOfFinance: for anybody else: only they approve batches.
    """
    user = staff.of_role("finance").filter(email__iexact=email.strip()).first()
    if user is None:
        raise NotOfFinance(
            _("Nobody of finance has the address %(email)s: owners approve payouts, as they do.")
            % {"email": email}
        )
    return staff.give(user_id=user.pk, role=OWNERS, actor=actor, now=now)


@transaction.atomic
def end_owner(*, email: str, actor: User | None, now: datetime) -> User:
    """Take the role from a person, from their next approval on. What they approved stands.

    :raises NotAnOwner: when nobody with this address is one.
    """
    user = staff.take(email=email, role=OWNERS, actor=actor, now=now)
    if user is None:
        raise NotAnOwner(_("Nobody with the address %(email)s is an owner.") % {"email": email})
    return user
