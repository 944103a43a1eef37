"""Influencers with contracts and gifts."""

from datetime import UTC, date, datetime
from uuid import uuid4

from django.test import override_settings

from affiliates.models import AffiliateKind
from core.money import Money
from influencers.models import ContractText, ContractThreshold
from influencers.services import contracts, gifts
from influencers.services.contract_words import digest_of_clauses, document_of
from influencers.services.contracts import Agreed
from tests.affiliates.tax_world import EXEMPT, declare
from tests.builders import NOW, make_affiliate, make_payee, make_user
from tests.people import person_of

COMPANY = {
    "legal_name": "Maison Lutèce SAS",
    "address": "12 rue des Archives",
    "postcode": "75004",
    "town": "Paris",
    "siren": "732829320",
    "siret": "73282932000074",
    "vat_number": "FR44732829320",
}
AGREED = {
    "purpose": "Summer collection",
    "missions": "Two looks and one video a month.",
    "pay": "The commission of the programme's terms, paid monthly.",
    "rights": "Product pages and newsletters, France, two years.",
    "territory": "France",
    "starts_on": date(2026, 1, 1),
    "ends_on": date(2026, 12, 31),
    "renews": False,
    "notice_days": 30,
    "house_email": "programme@maison.example",
}
PURPOSES = ("duties", "disclosure", "property", "payment", "liability", "ending", "law")


def law():
    """The threshold and the clauses in force, also after a flush took the migration's."""
    ContractThreshold.objects.get_or_create(
        since=date(2026, 1, 1), defaults={"limit_minor": 100_000, "source": "The law"}
    )
    if not ContractText.objects.exists():
        clauses = {clause: f"What the contract says of {clause}." for clause in PURPOSES}
        ContractText.objects.create(
            number=1,
            valid_from=datetime(2026, 1, 1, tzinfo=UTC),
            clauses_fr=clauses,
            clauses_en=clauses,
            sha256=digest_of_clauses(clauses, clauses),
        )


def make_influencer(**overrides):
    """An influencer whose bank account and tax residence are known."""
    law()
    affiliate = make_affiliate(**{"kind": AffiliateKind.INFLUENCER, **overrides})
    make_payee(affiliate)
    declare(affiliate, base=EXEMPT)
    return affiliate


def drafted(affiliate, *, actor=None, now=NOW, **changes):
    """A contract that nobody has seen yet."""
    law()
    return contracts.draft(
        key=uuid4(),
        affiliate_id=affiliate.pk,
        agreed=Agreed(**{**AGREED, **changes}),
        actor_id=(actor or make_user(roles=["manager"])).pk,
        now=now,
    )


def offered(affiliate, *, actor=None, now=NOW, **changes):
    """A contract that waits to be signed."""
    actor = actor or make_user(roles=["manager"])
    contract = drafted(affiliate, actor=actor, now=now, **changes)
    with override_settings(COMPANY=COMPANY):
        return contracts.offer(contract_id=contract.pk, actor_id=actor.pk, now=now)


def paper(_contract, document, signature):
    """A document that needs no drawing."""
    return f"{document.title} signed by {signature.name}".encode()


def sign(contract, *, person=None, language="en", now=NOW, **changes):
    """The influencer signs what is shown."""
    given = {
        "actor_id": (person or person_of(contract.affiliate)).pk,
        "name": "Ines Moreau",
        "language": language,
        "shown_sha256": document_of(contract, language).sha256,
        "paper": paper,
        **changes,
    }
    return contracts.sign(contract_id=contract.pk, now=now, **given)


def signed(affiliate, *, now=NOW, paper=paper, **changes):
    """A signed contract."""
    contract = offered(affiliate, now=now, **changes)
    sign(contract, now=now, paper=paper)
    contract.refresh_from_db()
    return contract


def give(affiliate, euros, *, purpose="Summer collection", on=date(2026, 3, 2), now=NOW):
    """Something of this value, given in spring."""
    return gifts.give(
        key=uuid4(),
        affiliate_id=affiliate.pk,
        what="Linen dress",
        purpose=purpose,
        value=Money(euros * 100, "EUR"),
        given_on=on,
        actor_id=make_user(roles=["manager"]).pk,
        now=now,
    )
