"""Rules T1 and T6 to T8 of docs/rules/payees.md: versions of tax profiles."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from affiliates.domain.tax import InvalidDeclaration
from affiliates.models import IdentityKey, TaxProfile
from affiliates.services import tax
from affiliates.services.tax_standing import standing_of, standings
from core.hashing import address_digest, address_key, keyed_hash
from core.models import AuditEntry
from tests.affiliates.tax_world import EXEMPT, GERMAN, declare, make_text
from tests.builders import NOW, make_affiliate, make_user

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)
NEXT_YEAR = NOW.replace(year=2027)


def test_a_declaration_is_kept_with_who_when_and_where_each_statement_comes_from():
    affiliate, actor = make_affiliate(), make_user()

    profile = declare(affiliate, actor=actor)

    profile.refresh_from_db()
    assert (profile.affiliate, profile.declared_by) == (affiliate, actor)
    assert (profile.declared_at, profile.confirmed_at) == (NOW, NOW)
    assert (profile.siren, profile.vat_state) == ("732829320", "waiting")
    assert profile.evidence["siret"] == "declared"
    assert profile.evidence["siren"] == "siret"
    assert "registration" not in profile.evidence
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor) == ("tax_profile.declared", actor)
    assert "rue de la Paix" not in str(entry.data)


def test_the_same_again_adds_nothing():
    affiliate = make_affiliate()
    first = declare(affiliate)
    assert declare(affiliate, now=LATER, siren="732 829 320") == first
    assert (TaxProfile.objects.count(), AuditEntry.objects.count()) == (1, 1)


def test_something_else_is_another_version_and_the_old_one_stays():
    affiliate = make_affiliate()
    first = declare(affiliate)

    second = declare(affiliate, now=LATER, town="Lyon")

    first.refresh_from_db()
    assert (first.town, second.town) == ("Paris", "Lyon")
    assert tax.newest_of(affiliate.pk) == second
    assert AuditEntry.objects.last().data["changed"] == ["town"]


def test_a_version_cannot_be_rewritten():
    profile = declare(make_affiliate())
    for change in ({"town": "Lyon"}, {"vat_regime": "franchise"}):
        with pytest.raises(DatabaseError, match="add another one"), transaction.atomic():
            TaxProfile.objects.filter(pk=profile.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        profile.delete()


def test_employees_declare_nothing():
    with pytest.raises(tax.NoTaxProfile):
        declare(make_affiliate(kind="employee"))
    assert not TaxProfile.objects.exists()


@pytest.mark.parametrize(
    "change", [{"siret": "1"}, {"legal_form": "club"}, {"vat_regime": "none"}, {"country": ""}]
)
def test_what_cannot_be_true_changes_nothing(change):
    affiliate = make_affiliate()
    with pytest.raises(InvalidDeclaration):
        declare(affiliate, **change)
    assert not TaxProfile.objects.exists()
    assert not IdentityKey.objects.exists()
    assert not AuditEntry.objects.exists()


def test_number_and_address_are_known_by_keyed_hashes_as_orders_carry_them():
    affiliate = make_affiliate()
    declare(affiliate)
    declare(affiliate, now=LATER, town="Paris 2e")

    keys = dict(IdentityKey.objects.values_list("kind", "key"))
    assert IdentityKey.objects.count() == 2
    assert keys["tax_number"] == keyed_hash("tax_number", "732829320")
    assert keys["address"] == address_key(address_digest("1, Rue de la Paix", "75002", "FR"))
    assert set(IdentityKey.objects.values_list("source", flat=True)) == {"tax_profile"}


def test_two_payees_with_one_business_share_a_key():
    declare(make_affiliate())
    declare(make_affiliate(), base=EXEMPT, address="Elsewhere 5")
    numbers = IdentityKey.objects.filter(kind="tax_number")
    assert len(set(numbers.values_list("key", flat=True))) == 1


def test_a_new_year_is_confirmed_once():
    affiliate, actor = make_affiliate(), make_user()
    declare(affiliate)

    for _twice in range(2):
        tax.confirm(affiliate_id=affiliate.pk, actor_id=actor.pk, now=NEXT_YEAR)

    assert TaxProfile.objects.get().confirmed_at == NEXT_YEAR
    entry = AuditEntry.objects.get(verb="tax_profile.confirmed")
    assert entry.actor == actor


def test_a_fresh_profile_needs_no_confirmation():
    affiliate = make_affiliate()
    declare(affiliate)
    tax.confirm(affiliate_id=affiliate.pk, actor_id=make_user().pk, now=LATER)
    assert TaxProfile.objects.get().confirmed_at == NOW


def test_declaring_the_same_next_year_confirms_it():
    affiliate = make_affiliate()
    declare(affiliate)
    declare(affiliate, now=NEXT_YEAR)
    assert TaxProfile.objects.get().confirmed_at == NEXT_YEAR


def test_nothing_is_confirmed_that_nobody_declared():
    with pytest.raises(tax.NoTaxProfile):
        tax.confirm(affiliate_id=make_affiliate().pk, actor_id=make_user().pk, now=NOW)


def test_where_a_payee_stands():
    make_text()
    nobody, exempt, late = make_affiliate(), make_affiliate(), make_affiliate()
    declare(exempt, base=EXEMPT)
    declare(late, base=EXEMPT, now=NOW - timedelta(days=400))

    found = standings([nobody.pk, exempt.pk, late.pk], NOW)

    assert not found[nobody.pk].is_complete
    assert not found[nobody.pk].is_stale
    assert found[exempt.pk].is_complete
    assert found[exempt.pk].is_asked_for_mandate
    assert not found[exempt.pk].is_in_order
    assert found[late.pk].is_stale


def test_standings_cost_the_same_for_many(django_assert_num_queries):
    affiliates = [make_affiliate() for _ in range(5)]
    for affiliate in affiliates:
        declare(affiliate, base=GERMAN)
    with django_assert_num_queries(4):
        standings([affiliate.pk for affiliate in affiliates], NOW)
    with django_assert_num_queries(4):
        standing_of(affiliates[0].pk, NOW)
