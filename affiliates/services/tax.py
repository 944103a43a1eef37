"""What payees declare of their taxes: versions that are added, never edited.

Rules T1 to T9 of docs/rules/payees.md.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.domain import tax
from affiliates.domain.tax import Declared, Freshness
from affiliates.models import (
    Affiliate,
    IdentityKey,
    IdentityKind,
    LegalForm,
    TaxProfile,
    VatCheckState,
)
from core import audit
from core.errors import DomainError
from core.hashing import address_digest, address_key, keyed_hash
from core.models import User
from core.nudge import nudge
from core.wording import Said

SOURCE = "tax_profile"
ASK_REGISTER = "affiliates.tasks.check_vat_numbers"
_FIELDS = tuple(field.name for field in fields(Declared))
#: What the register said, which stays true of the same number.
_ANSWER = ("vat_state", "vat_checked_at", "vat_reference", "vat_name")


class NoTaxProfile(DomainError):
    """An employee was to declare taxes, or a profile to be confirmed that nobody declared."""

    code = "no_tax_profile"


@transaction.atomic
def declare(*, affiliate_id: int, actor_id: int, now: datetime, **said: str) -> TaxProfile:
    """Add a version of a payee's tax profile; ``said`` are the fields of ``tax.Declared``.

    Safe to repeat: what the newest version says already adds none, and confirms one that had to
    be confirmed. What is missing is no refusal (``tax.missing``): the payee completes it later.
    The same VAT number keeps the register's answer; another one is asked after.

    :raises NoTaxProfile: for an employee.
    :raises tax.InvalidDeclaration: for what cannot be true; its ``field`` names it.
    """
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    if affiliate.is_employee:
        raise NoTaxProfile(_("You are paid with your wages: no tax profile is needed."))
    typed = Declared(**said)
    if typed.legal_form not in LegalForm.values:
        raise tax.InvalidDeclaration(Said("Choose a legal form."), "legal_form")
    declared = tax.checked(typed)
    newest = newest_of(affiliate_id)
    if newest is not None and declared_of(newest) == declared:
        return _confirmed(newest, actor_id, now)
    actor = User.objects.get(pk=actor_id)
    profile = TaxProfile.objects.create(
        affiliate=affiliate,
        **asdict(declared),
        **_answer_for(declared, newest),
        evidence=_evidence(typed, declared, newest),
        declared_at=now,
        declared_by=actor,
        confirmed_at=now,
    )
    _keep_identity(profile, now)
    audit.record(
        actor=actor,
        verb="tax_profile.declared",
        subject=profile,
        at=now,
        data={
            "affiliate": affiliate.pk,
            "legal_form": profile.legal_form,
            "vat_regime": profile.vat_regime,
            "country": profile.country,
            "changed": _changed(newest, declared),
        },
    )
    if profile.vat_state == VatCheckState.WAITING:
        nudge(ASK_REGISTER)
    return profile


@transaction.atomic
def confirm(*, affiliate_id: int, actor_id: int, now: datetime) -> TaxProfile:
    """Keep that the newest version still holds. Safe to repeat: a fresh one stays as it is.

    :raises NoTaxProfile: when nothing was declared yet.
    """
    Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    newest = newest_of(affiliate_id)
    if newest is None:
        raise NoTaxProfile(_("Declare your tax profile first."))
    return _confirmed(newest, actor_id, now)


def newest_of(affiliate_id: int) -> TaxProfile | None:
    """Return the version that holds, or None."""
    return TaxProfile.objects.filter(affiliate=affiliate_id).newest_of_each().first()


def declared_of(profile: TaxProfile) -> Declared:
    """Return what a stored version says."""
    return Declared(**{name: getattr(profile, name) for name in _FIELDS})


def _confirmed(profile: TaxProfile, actor_id: int, now: datetime) -> TaxProfile:
    if tax.freshness(profile.confirmed_at, now) == Freshness.FRESH:
        return profile
    before, profile.confirmed_at = profile.confirmed_at, now
    profile.save(update_fields=["confirmed_at"])
    audit.record(
        actor=actor_id,
        verb="tax_profile.confirmed",
        subject=profile,
        at=now,
        data={"affiliate": profile.affiliate_id, "before": before.isoformat()},
    )
    return profile


def _answer_for(declared: Declared, newest: TaxProfile | None) -> dict[str, Any]:
    if not declared.vat_number:
        return {"vat_state": VatCheckState.NOT_NEEDED}
    if newest is not None and newest.vat_number == declared.vat_number:
        return {name: getattr(newest, name) for name in _ANSWER}
    return {"vat_state": VatCheckState.WAITING}


def _evidence(typed: Declared, declared: Declared, newest: TaxProfile | None) -> dict[str, str]:
    """Say of each statement where it comes from; its day is that of the version."""
    evidence = {
        name: "declared" if getattr(typed, name).strip() else "derived"
        for name in _FIELDS
        if getattr(declared, name)
    }
    if evidence.get("siren") == "derived":
        evidence["siren"] = "siret" if declared.siret else "vat_number"
    if newest is not None and declared.vat_number and newest.vat_number == declared.vat_number:
        evidence["vat_answer"] = f"version {newest.pk}"
    return evidence


def _changed(newest: TaxProfile | None, declared: Declared) -> list[str]:
    if newest is None:
        return []
    before = declared_of(newest)
    return [name for name in _FIELDS if getattr(before, name) != getattr(declared, name)]


def _keep_identity(profile: TaxProfile, now: datetime) -> None:
    """Keep keyed hashes by which the same business or address is found elsewhere (T6)."""
    keys = {}
    number = profile.siren or profile.vat_number or profile.registration
    if number:
        whole = f"{profile.country}:{number}" if number == profile.registration else number
        keys[IdentityKind.TAX_NUMBER] = keyed_hash("tax_number", whole)
    if profile.address and profile.postcode:
        digest = address_digest(profile.address, profile.postcode, profile.country)
        keys[IdentityKind.ADDRESS] = address_key(digest)
    for kind, key in keys.items():
        IdentityKey.objects.get_or_create(
            affiliate_id=profile.affiliate_id,
            kind=kind,
            key=key,
            defaults={"source": SOURCE, "seen_at": now},
        )
