"""Letters to a team go to who may see what they are about (L10, T15)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from affiliates.domain.abilities import Ability
from affiliates.queries import people_of
from affiliates.services import payees
from core.models import Delivery
from payouts.models import Claim
from payouts.services import claims
from tests.builders import IBAN, NOW, make_user
from tests.payouts.claim_stories import claimed
from tests.people import make_ada, make_sam, person_of

pytestmark = pytest.mark.django_db
GERMAN = "DE89370400440532013000"


@pytest.fixture
def team():
    """Ada, who owns the account and claims a sale, and one of each other role, by role."""
    ada = make_ada()
    claimed(ada)
    Delivery.objects.all().delete()
    people = {"owner": person_of(ada)}
    for role in ("manager", "accountant", "reader"):
        people[role] = make_user(name=role.title())
        ada.memberships.create(user=people[role], role=role)
    return ada, people


@pytest.mark.parametrize(
    ("ability", "roles"),
    [
        (Ability.SEE_ACCOUNT, ["owner", "manager", "accountant", "reader"]),
        (Ability.SEE_MONEY, ["owner", "manager", "accountant", "reader"]),
        (Ability.SEE_WORK, ["owner", "manager", "reader"]),
        (Ability.SEE_PAYEE, ["owner", "accountant"]),
    ],
)
def test_people_of_an_affiliate_who_have_an_ability(team, ability, roles):
    ada, people = team
    assert people_of(ada.pk, ability) == [people[role] for role in roles]


def test_a_question_about_a_claim_is_not_for_who_sees_no_claims(team):
    people = team[1]
    claims.ask(claim_id=Claim.objects.get().pk, text="Why?", actor_id=make_sam().pk, now=NOW)

    told = {one.person for one in Delivery.objects.all()}
    assert told == {people[role] for role in ("owner", "manager", "reader")}


def test_everybody_reads_that_the_account_changed_and_who_may_see_it_to_which(team):
    ada, people = team
    for number, iban in enumerate((IBAN, GERMAN)):
        payees.save_details(
            affiliate_id=ada.pk, actor_id=people["owner"].pk, legal_name="Ada", iban=iban,
            country="FR", town="Lyon", now=NOW + timedelta(days=number),
        )  # fmt: skip

    mails = {one.person: one.body for one in Delivery.objects.all()}
    for role, person in people.items():
        assert "The bank account on which “Le Carnet d'Ada” is paid has changed." in mails[person]
        assert "correct the account at once" in mails[person]
        assert ("3000" in mails[person]) == (role in {"owner", "accountant"}), role
