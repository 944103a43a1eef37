"""Changes after which nothing is paid for a while, told to the address of before.

Rules T13 to T15 of docs/rules/payees.md. The rows are read by the gates of payouts.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from affiliates.models import Affiliate, AffiliateKind, PayeeChange, PayeeChangeKind
from affiliates.services import payee_mails
from core import audit
from core.models import User


def note(
    *,
    affiliate: Affiliate,
    kind: PayeeChangeKind,
    before: str,
    after: str,
    actor: User | None,
    now: datetime,
) -> PayeeChange:
    """Keep a change in the caller's transaction. ``before`` and ``after`` arrive masked."""
    return PayeeChange.objects.create(
        affiliate=affiliate,
        kind=kind,
        before=before[:80],
        after=after[:80],
        at=now,
        by=actor,
        cools_until=now + timedelta(hours=settings.PAYEE_COOLING_HOURS),
    )


@transaction.atomic
def email_changed(*, user_id: int, before: str, after: str, now: datetime) -> int:
    """Cool the payments of everybody whom a person acts for; tell the old address.

    Returns for how many affiliates. The same address in other letters, or a first address, is
    no change. Safe to repeat at one moment. Employees are paid with their wages: nothing cools.
    """
    if not before.strip() or before.strip().lower() == after.strip().lower():
        return 0
    person = User.objects.get(pk=user_id)
    affiliates = Affiliate.objects.filter(memberships__user=person)
    concerned = affiliates.exclude(kind=AffiliateKind.EMPLOYEE).order_by("pk")
    changes = [
        _note_email(affiliate, person, masked_email(before), masked_email(after), now)
        for affiliate in concerned.select_for_update(no_key=True, of=("self",))
    ]
    made = [change for change in changes if change is not None]
    if made:
        payee_mails.email_changed(made[0], person, old_address=before.strip(), now=now)
    return len(made)


def _note_email(
    affiliate: Affiliate, person: User, before: str, after: str, now: datetime
) -> PayeeChange | None:
    kind = PayeeChangeKind.EMAIL
    if affiliate.payee_changes.filter(kind=kind, by=person, at=now).exists():
        return None
    change = note(affiliate=affiliate, kind=kind, before=before, after=after, actor=person, now=now)
    audit.record(
        actor=person,
        verb="payee.email_changed",
        subject=affiliate,
        at=now,
        data={"before": before, "after": after},
    )
    return change


def masked_email(address: str) -> str:
    """Return an address with its first letter and its domain: ``a•••@example.com``."""
    name, _at, domain = address.strip().rpartition("@")
    return f"{name[:1]}•••@{domain}"
