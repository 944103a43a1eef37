"""What a person agreed to, each with when, and by which text: the proofs of consent (PV9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from affiliates.models import Mandate, TermsNotice
from core.privacy.declaring import Person
from influencers.models import ContractSignature, ImageLicence


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One yes. ``text``: which text, by its number or the beginning of its SHA-256."""

    what: str
    text: str
    at: datetime
    ended_at: datetime | None = None


def consents_of(person: Person) -> list[Consent]:
    """Return all that was agreed to for somebody's accounts, the last first."""
    accounts = person.accounts
    found = [
        Consent(
            what=_("Mandate to write invoices"),
            text=_("Text %(number)s") % {"number": one.text.number},
            at=one.accepted_at,
            ended_at=one.ended_at,
        )
        for one in Mandate.objects.filter(affiliate__in=accounts).select_related("text")
    ]
    found += [
        Consent(
            what=_("Terms"),
            text=_("Version %(number)s") % {"number": one.terms.version},
            at=one.accepted_at,
        )
        for one in TermsNotice.objects.filter(
            affiliate__in=accounts, accepted_at__isnull=False
        ).select_related("terms")
        if one.accepted_at is not None
    ]
    found += [
        Consent(what=_("Contract"), text=f"SHA-256 {one.shown_sha256[:12]}…", at=one.signed_at)
        for one in ContractSignature.objects.filter(contract__affiliate__in=accounts).defer("body")
    ]
    found += [
        Consent(what=_("Rights in a photo"), text=f"SHA-256 {one.text_sha256[:12]}…",
                at=one.granted_at, ended_at=one.revoked_at)
        for one in ImageLicence.objects.filter(picture__affiliate__in=accounts)
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.at, reverse=True)
