"""Asking the European register after VAT numbers, outside of every transaction.

Rules T10 to T12 of docs/rules/payees.md. Where the register does not answer it is asked again
later; whom it knew before is paid meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from affiliates.domain import tax
from affiliates.gateways.vies import Answer, Register
from affiliates.models import TaxProfile, VatCheckState
from affiliates.services import payee_mails
from core import audit

#: After so long a number that was valid is asked after once more.
VALID_FOR = timedelta(days=365)
_SETTLED = (VatCheckState.VALID, VatCheckState.INVALID)


def check_pending(*, register: Register, now: datetime, limit: int = 50) -> int:
    """Ask after the numbers that wait for an answer; return how many were answered."""
    waiting = [VatCheckState.WAITING, VatCheckState.UNAVAILABLE]
    found = (
        TaxProfile.objects.holding().filter(vat_state__in=waiting).order_by("vat_checked_at", "pk")
    )
    due = [profile for profile in found if _is_due(profile, now)]
    return _ask(due[:limit], register, now)


def check_settled(*, register: Register, now: datetime, limit: int = 100) -> int:
    """Ask once more after unknown numbers, and after those that were valid a year ago.

    Returns how many were answered. Without an answer they stay what they were, and are asked
    after the next time: whoever calls this does so once a night.
    """
    is_old = Q(vat_state=VatCheckState.VALID, vat_checked_at__lt=now - VALID_FOR)
    found = TaxProfile.objects.holding().filter(is_old | Q(vat_state=VatCheckState.INVALID))
    return _ask(found.order_by("vat_checked_at", "pk")[:limit], register, now)


def _is_due(profile: TaxProfile, now: datetime) -> bool:
    if profile.vat_state == VatCheckState.WAITING or profile.vat_checked_at is None:
        return True
    return now >= tax.ask_register_at(
        declared_at=profile.declared_at, checked_at=profile.vat_checked_at
    )


def _ask(profiles: Iterable[TaxProfile], register: Register, now: datetime) -> int:
    answered = 0
    for profile in profiles:
        answer = register.ask(profile.vat_number)
        answered += _store(profile.pk, answer, now)
    return answered


@transaction.atomic
def _store(profile_id: int, answer: Answer, now: datetime) -> bool:
    """Write what the register said; tells whether it said anything."""
    profile = TaxProfile.objects.select_for_update(of=("self",)).get(pk=profile_id)
    if answer.is_valid is None:
        if profile.vat_state not in _SETTLED:
            profile.vat_state, profile.vat_checked_at = VatCheckState.UNAVAILABLE, now
            profile.save(update_fields=["vat_state", "vat_checked_at"])
        return False
    before = profile.vat_state
    profile.vat_state = VatCheckState.VALID if answer.is_valid else VatCheckState.INVALID
    profile.vat_checked_at = now
    profile.vat_reference, profile.vat_name = answer.reference, answer.name
    profile.save(update_fields=["vat_state", "vat_checked_at", "vat_reference", "vat_name"])
    audit.record(
        actor=None,
        verb="tax_profile.vat_checked",
        subject=profile,
        at=now,
        data={
            "affiliate": profile.affiliate_id,
            "state": profile.vat_state,
            "reference": answer.reference,
        },
    )
    if profile.vat_state == VatCheckState.INVALID != before:
        payee_mails.vat_number_unknown(profile, now=now)
    return True
