"""Payees who can be invoiced, and payouts that are."""

import hashlib
from datetime import timedelta

from affiliates.models import Mandate, MandateText, TaxProfile
from core.money import Money
from payouts.services import invoices, item_returns
from tests.builders import make_user
from tests.payouts.paydays import LATER, PAYDAY, item_of, make_due, sent_batch

ACCEPTED = PAYDAY - timedelta(days=100)
COMPANY = {
    "legal_name": "Atelier SAS",
    "address": "2 rue de la Paix",
    "postcode": "75002",
    "town": "Paris",
    "siren": "552100554",
    "siret": "55210055400013",
    "vat_number": "FR83552100554",
}
FRENCH = {
    "legal_form": "sole_trader",
    "legal_name": "Ada Blanchet",
    "address": "1 rue des Lilas",
    "postcode": "69001",
    "town": "Lyon",
    "country": "FR",
    "siren": "732829320",
    "siret": "73282932000074",
}
FRANCHISE = {**FRENCH, "vat_regime": "franchise"}
CHARGED = {**FRENCH, "vat_regime": "charged", "vat_number": "FR44732829320", "vat_state": "valid"}
GERMAN = {
    "legal_form": "company",
    "legal_name": "Müller & Söhne GmbH",
    "address": "Hauptstraße 5",
    "postcode": "10115",
    "town": "Berlin",
    "country": "DE",
    "registration": "HRB 12345",
    "vat_regime": "reverse_charge",
    "vat_number": "DE136695976",
    "vat_state": "valid",
}
AMERICAN = {
    "legal_form": "company",
    "legal_name": "Ada Media Inc.",
    "address": "1 Main Street",
    "postcode": "10001",
    "town": "New York",
    "country": "US",
    "registration": "12-3456789",
    "vat_regime": "outside_eu",
}


def make_profile(affiliate, facts=FRANCHISE, **overrides):
    """What the affiliate declared of its taxes."""
    fields = {
        "declared_at": ACCEPTED,
        "confirmed_at": ACCEPTED,
        "vat_checked_at": ACCEPTED,
        **facts,
        **overrides,
    }
    return TaxProfile.objects.create(affiliate=affiliate, **fields)


def make_mandate(affiliate, **overrides):
    """The affiliate's word that we write its invoices."""
    text, _new = MandateText.objects.get_or_create(
        number=1,
        defaults={
            "valid_from": ACCEPTED,
            "text_fr": "Mandat",
            "text_en": "Mandate",
            "sha256": hashlib.sha256(b"MandatMandate").hexdigest(),
        },
    )
    fields = {
        "text": text,
        "language": "fr",
        "accepted_at": ACCEPTED,
        "accepted_by": make_user(),
        **overrides,
    }
    return Mandate.objects.create(affiliate=affiliate, **fields)


def make_invoiceable(facts=FRANCHISE, **overrides):
    """An affiliate that is due EUR 10.00 a unit, with everything that an invoice needs."""
    affiliate = make_due(**overrides)
    make_profile(affiliate, facts)
    make_mandate(affiliate)
    return affiliate


def paid(facts=FRANCHISE, **overrides):
    """A payout that left, of a payee who can be invoiced."""
    affiliate = make_invoiceable(facts, **overrides)
    return item_of(sent_batch(), affiliate)


def invoiced(facts=FRANCHISE, **overrides):
    """The invoice of a payout that left."""
    return invoices.issue(paid(facts, **overrides).pk, now=LATER)


def came_back(item, minor, *, reference="RET-1", now=LATER):
    """So much of a payout came back."""
    return item_returns.record_return(
        item_id=item.pk,
        reference=reference,
        amount=Money(minor, item.currency),
        reason="",
        at=now,
        now=now,
    )


def invoice_of(item, *, now=LATER):
    """The invoice of a payout that left, its payee given what it needs. The same one each time."""
    affiliate = item.affiliate
    if not affiliate.tax_profiles.exists():
        make_profile(affiliate)
    if not affiliate.mandates.filter(ended_at__isnull=True, accepted_at__lte=now).exists():
        make_mandate(affiliate)
    return invoices.issue(item.pk, now=now)
