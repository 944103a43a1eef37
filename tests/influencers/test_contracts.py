"""Contracts written, offered, signed, refused and ended (CT7 to CT15)."""

import hashlib
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from affiliates.services import accounts
from core.errors import InvalidTransition
from core.models import AuditEntry, Delivery
from influencers.models import (
    Contract,
    ContractSignature,
    ContractStatus,
    ContractText,
    ContractThreshold,
    Gift,
)
from influencers.services import contracts, gifts
from influencers.services.contract_words import document_of
from tests.builders import NOW, make_affiliate, make_user
from tests.influencers.contract_world import (
    AGREED,
    COMPANY,
    drafted,
    give,
    law,
    make_influencer,
    offered,
    paper,
    sign,
    signed,
)
from tests.people import make_mallory, person_of

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def company(settings):
    settings.COMPANY = COMPANY


@pytest.fixture
def ines():
    return make_influencer()


def act(service, contract, **given):
    return service(contract_id=contract.pk, now=LATER, **given)


def test_a_draft_becomes_a_signed_contract_with_its_paper(ines):
    contract = offered(ines)
    person = person_of(ines)

    signature = sign(contract, now=LATER)

    contract.refresh_from_db()
    assert contract.status == ContractStatus.SIGNED
    assert (signature.signed_by, signature.signed_at, signature.name) == (
        person,
        LATER,
        "Ines Moreau",
    )
    assert signature.shown == document_of(contract, "en").as_json()
    assert signature.shown_sha256 == hashlib.sha256(signature.shown.encode()).hexdigest()
    kept = ContractSignature.objects.get()
    assert bytes(kept.body) == paper(contract, document_of(contract, "en"), signature)
    assert kept.body_sha256 == hashlib.sha256(bytes(kept.body)).hexdigest()
    said = AuditEntry.objects.get(verb="contract.signed")
    assert said.data["shown_sha256"] == signature.shown_sha256


def test_an_offer_names_both_parties_as_they_are_then(ines):
    contract = offered(ines)

    assert contract.house_name == "Maison Lutèce SAS"
    assert contract.house_address == "12 rue des Archives, 75004 Paris"
    assert contract.house_email == "programme@maison.example"
    assert contract.party_name == "Ada SARL"
    assert contract.party_address == "1 rue de la Paix, 75002 Paris"
    assert (contract.party_country, contract.party_email) == ("FR", person_of(ines).email)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_everything_that_the_law_asks_for_is_read(ines, language):
    document = document_of(offered(ines, in_kind="A dress", in_kind_minor=12_000), language)
    words = document.as_json()

    for part in ("Maison Lutèce SAS", "programme@maison.example", "1 rue de la Paix", "FR",
                 AGREED["missions"], AGREED["pay"], "120", AGREED["rights"], "France"):  # fmt: skip
        assert part in words
    assert len(document.sections) == 17
    assert all(section.paragraphs for section in document.sections)


@pytest.mark.parametrize(
    "change",
    [
        {"language": "de"},
        {"shown_sha256": "0" * 64},
    ],
)
def test_other_words_than_those_that_were_read_are_not_signed(ines, change):
    contract = offered(ines)

    with pytest.raises(contracts.ContractHasChanged):
        sign(contract, **change)

    contract.refresh_from_db()
    assert contract.status == ContractStatus.OFFERED
    assert not ContractSignature.objects.exists()


def test_nobody_else_signs_or_refuses(ines):
    contract, mallory = offered(ines), person_of(make_mallory())

    with pytest.raises(contracts.NotTheirContract):
        sign(contract, person=mallory)
    with pytest.raises(contracts.NotTheirContract):
        act(contracts.refuse, contract, actor_id=mallory.pk, reason="No")
    with pytest.raises(contracts.ContractRefused):
        sign(contract, name=" ")

    assert not ContractSignature.objects.exists()


def test_the_answer_to_who_offered_it_and_left_is_told_to_every_manager(ines):
    gone, other = make_user(roles=["manager"]), make_user(roles=["manager"])
    contract = offered(ines, actor=gone)
    gone.is_active = False
    gone.save()

    sign(contract)

    told = Delivery.objects.filter(kind="contract_replied")
    assert [one.person for one in told] == [other]


def test_everything_is_safe_to_repeat(ines):
    contract = offered(ines)
    actor = make_user()
    assert contracts.offer(contract_id=contract.pk, actor_id=actor.pk, now=LATER) == contract
    assert sign(contract) == sign(contract, now=LATER)
    ending = {"last_day": LATER.date(), "reason": "Agreed", "actor_id": actor.pk}
    assert act(contracts.end, contract, **ending) == act(contracts.end, contract, **ending)

    assert AuditEntry.objects.filter(verb__startswith="contract.").count() == 4
    assert Delivery.objects.filter(key__startswith="contract:").count() == 4


def test_a_form_that_is_sent_twice_is_one_contract(ines):
    first = drafted(ines)

    again = contracts.draft(
        key=first.key,
        affiliate_id=ines.pk,
        agreed=contracts.Agreed(**AGREED),
        actor_id=make_user().pk,
        now=LATER,
    )

    assert again == first
    assert Contract.objects.count() == 1


@pytest.mark.parametrize("old", ContractStatus)
@pytest.mark.parametrize("new", ContractStatus)
def test_every_pair_of_states_is_either_an_arrow_or_refused(old, new):
    contract = Contract(status=old, status_changed_at=NOW)

    if new in Contract.ARROWS[old]:
        contract.move_to(new, at=LATER)
        assert contract.status == new
    else:
        with pytest.raises(InvalidTransition):
            contract.move_to(new, at=LATER)
        assert contract.status == old


def test_only_a_draft_is_revised(ines):
    contract, actor = drafted(ines), make_user()
    agreed = contracts.Agreed(**{**AGREED, "purpose": "Winter collection"})
    act(contracts.revise, contract, agreed=agreed, actor_id=actor.pk)
    contract.refresh_from_db()
    assert contract.purpose == "Winter collection"

    act(contracts.offer, contract, actor_id=actor.pk)

    with pytest.raises(contracts.ContractHasChanged):
        act(contracts.revise, contract, agreed=agreed, actor_id=actor.pk)


def test_who_is_no_influencer_gets_no_contract():
    for affiliate in (make_affiliate(), make_affiliate(kind="employee")):
        with pytest.raises(contracts.NotForInfluencer):
            drafted(affiliate)
    assert not Contract.objects.exists()


def test_a_closed_account_gets_no_contract(ines):
    accounts.close(affiliate_id=ines.pk, actor_id=make_user().pk, reason="Left", now=NOW)
    with pytest.raises(contracts.NotForInfluencer):
        drafted(ines)


@pytest.mark.parametrize(
    "change",
    [
        {"missions": " "},
        {"pay": ""},
        {"rights": ""},
        {"ends_on": date(2025, 1, 1)},
        {"in_kind_minor": 100},
    ],
)
def test_what_cannot_be_agreed_on_is_refused(ines, change):
    with pytest.raises(contracts.ContractRefused):
        drafted(ines, **change)
    assert not Contract.objects.exists()


def test_a_party_without_an_address_is_offered_nothing(ines, settings):
    law()
    stranger = make_affiliate(kind="influencer")
    for affiliate in (stranger, ines):
        contract = drafted(affiliate)
        with pytest.raises(contracts.PartyUnknown):
            act(contracts.offer, contract, actor_id=make_user().pk)
        contract.refresh_from_db()
        assert contract.status == ContractStatus.DRAFT
        settings.COMPANY = {**COMPANY, "address": ""}


def test_an_offer_is_refused_with_a_reason_or_withdrawn(ines):
    first, second, person = offered(ines), offered(ines), person_of(ines)
    with pytest.raises(contracts.ContractRefused):
        act(contracts.refuse, first, actor_id=person.pk, reason=" ")
    act(contracts.refuse, first, actor_id=person.pk, reason="Too long")
    act(contracts.withdraw, second, actor_id=make_user().pk)

    states = list(Contract.objects.order_by("pk").values_list("status", "status_reason"))
    assert states == [("refused", "Too long"), ("withdrawn", "")]
    with pytest.raises(InvalidTransition):
        sign(first)


@pytest.mark.parametrize("day", [NOW.date(), date(2026, 1, 1)])
def test_a_contract_ends_on_no_day_that_is_past(ines, day):
    contract = signed(ines)
    with pytest.raises(contracts.ContractRefused):
        act(contracts.end, contract, last_day=day, reason="Over", actor_id=make_user().pk)
    contract.refresh_from_db()
    assert contract.status == ContractStatus.SIGNED


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": "Another"},
        {"ends_on": date(2027, 1, 1)},
        {"party_name": "Somebody else"},
        {"status": "draft"},
        {"status": "withdrawn"},
    ],
)
def test_postgresql_keeps_a_signed_contract_as_it_is(ines, change):
    contract = signed(ines)

    with pytest.raises(DatabaseError), transaction.atomic():
        Contract.objects.filter(pk=contract.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        contract.signature.delete()


def test_postgresql_keeps_what_only_grows(ines):
    signed(ines)
    give(ines, 10)
    for model, change in (
        (ContractSignature, {"name": "Somebody else"}),
        (ContractText, {"clauses_fr": {}}),
        (ContractThreshold, {"limit_minor": 1}),
        (Gift, {"value_minor": 1}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all().delete()


def test_a_gift_is_counted_once_and_taken_back_once(ines):
    gift, actor = give(ines, 120), make_user()
    again = gifts.give(
        key=gift.key,
        affiliate_id=ines.pk,
        what=gift.what,
        purpose=gift.purpose,
        value=gift.value,
        given_on=gift.given_on,
        actor_id=actor.pk,
        now=LATER,
    )
    assert again == gift
    given = {"gift_id": gift.pk, "actor_id": actor.pk, "now": LATER}
    with pytest.raises(gifts.GiftRefused):
        gifts.take_back(reason="", **given)

    back = gifts.take_back(reason="Sent back", **given)

    assert gifts.take_back(reason="Sent back", **given) == back
    assert (back.value_minor, back.given_on) == (-gift.value_minor, gift.given_on)
    with pytest.raises(gifts.GiftRefused):
        gifts.take_back(gift_id=back.pk, reason="No", actor_id=actor.pk, now=LATER)


def test_a_gift_has_a_value_a_past_day_and_an_influencer(ines):
    for change in ({"euros": 0}, {"euros": -5}, {"on": NOW.date() + timedelta(days=1)}):
        with pytest.raises(gifts.GiftRefused):
            give(ines, **{"euros": 10, **change})
    with pytest.raises(gifts.GiftRefused):
        give(make_affiliate(), 10)
    assert not Gift.objects.exists()
