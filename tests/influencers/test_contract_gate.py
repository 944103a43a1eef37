"""The gate of EUR 1,000 (CT8, CT9): test 39 of the payouts."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.money import Money
from influencers.services import contracts, gifts
from payouts.domain.gates import ContractFacts, payout_gates
from payouts.models import Item
from payouts.queries.candidates import candidates
from payouts.queries.exceptions import exceptions
from payouts.queries.why_not_paid import why_not_paid
from payouts.services import batches, item_returns
from tests.builders import make_user
from tests.influencers.contract_world import COMPANY, give, law, make_influencer, offered, sign
from tests.influencers.contract_world import signed as signed_contract
from tests.payouts.paydays import (
    LATER,
    NEXT_PAYDAY,
    PAYDAY,
    approved_batch,
    finance,
    make_due,
    prepared,
    sent_batch,
)
from tests.payouts.test_gates import FACTS

CONTRACT = ContractFacts(counted=Money(95_000, "EUR"), limit=Money(100_000, "EUR"))


@pytest.fixture(autouse=True)
def company(settings):
    settings.COMPANY = COMPANY


def gates(affiliate, now=LATER):
    return [gate.code for gate in why_not_paid(affiliate.pk, now).gates]


@pytest.mark.parametrize(
    ("counted", "due", "is_signed", "is_red"),
    [
        (95_000, 4_999, False, False),
        (95_000, 5_000, False, True),  # At the amount itself the law asks for it.
        (0, 100_000, False, True),
        (500_000, 5_000, True, False),
        (500_000, 0, False, False),  # Nothing is paid: nothing is stopped.
        (500_000, -5_000, False, False),
    ],
)
def test_the_gate_is_red_from_the_amount_itself(counted, due, is_signed, is_red):
    contract = None if is_signed else replace(CONTRACT, counted=Money(counted, "EUR"))
    facts = replace(FACTS, due=Money(due, "EUR"), contract=contract)

    found = [gate.code for gate in payout_gates(facts)]

    assert ("contract_missing" in found) is is_red


@pytest.mark.django_db
def test_39_a_partner_who_passes_the_amount_with_gifts_is_blocked_and_reads_why():
    ines = make_due(units=5, affiliate=make_influencer())
    give(ines, 949)
    assert gates(ines) == []

    give(ines, 1)

    assert gates(ines) == ["contract_missing"]
    why = why_not_paid(ines.pk, LATER)
    assert "a signed contract" in why.gates[0].sentence
    assert why.next_payment_date is None
    with pytest.raises(batches.NothingToPay):
        prepared()


@pytest.mark.django_db
def test_39_an_offer_is_no_signature():
    ines = make_due(units=100, affiliate=make_influencer())
    contract = offered(ines, now=PAYDAY)
    assert gates(ines) == ["contract_missing"]

    sign(contract, now=PAYDAY)

    assert gates(ines) == []
    assert prepared().items.get().affiliate == ines


@pytest.mark.django_db
def test_39_what_was_paid_this_year_counts():
    ines = make_due(units=60, affiliate=make_influencer())
    sent_batch()
    make_due(units=40, affiliate=ines)

    assert gates(ines) == ["contract_missing"]


@pytest.mark.django_db
def test_39_what_came_back_does_not_count():
    ines = make_due(units=60, affiliate=make_influencer())
    item = sent_batch().items.get()
    item_returns.record_return(
        item_id=item.pk, reference="back-1", amount=Money(60_000, "EUR"), reason="", at=PAYDAY,
        now=PAYDAY,
    )  # fmt: skip

    assert gates(ines) == []
    assert why_not_paid(ines.pk, LATER).due == Money(60_000, "EUR")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "red"),
    [
        ({"ends_on": date(2026, 6, 30)}, True),  # Over before the payday.
        ({"ends_on": date(2026, 6, 30), "renews": True}, False),
        ({"ends_on": None}, False),
        ({"starts_on": date(2026, 9, 1)}, True),  # Not begun yet.
    ],
)
def test_a_contract_has_to_cover_the_day(change, red):
    ines = make_due(units=100, affiliate=make_influencer())
    signed_contract(ines, **change)

    assert ("contract_missing" in gates(ines)) is red


@pytest.mark.django_db
def test_an_ended_contract_covers_until_its_last_day():
    ines = make_due(units=100, affiliate=make_influencer())
    contract = signed_contract(ines)
    contracts.end(
        contract_id=contract.pk,
        last_day=PAYDAY.date() + timedelta(days=3),
        reason="By agreement",
        actor_id=make_user().pk,
        now=PAYDAY,
    )

    assert gates(ines) == []
    assert gates(ines, NEXT_PAYDAY) == ["contract_missing"]


@pytest.mark.django_db
def test_the_year_begins_anew():
    ines = make_due(units=5, affiliate=make_influencer())
    give(ines, 2_000, on=date(2025, 12, 31))

    assert gates(ines) == []


@pytest.mark.django_db
def test_a_gift_that_was_taken_back_counts_no_more():
    ines = make_due(units=5, affiliate=make_influencer())
    gift = give(ines, 1_000)
    assert gates(ines) == ["contract_missing"]

    gifts.take_back(gift_id=gift.pk, reason="Sent back", actor_id=make_user().pk, now=PAYDAY)

    assert gates(ines) == []


@pytest.mark.django_db
def test_others_than_influencers_need_none():
    law()
    assert gates(make_due(units=200)) == []


@pytest.mark.django_db
def test_a_gift_after_the_approval_stops_the_payout():
    ines = make_due(units=50, affiliate=make_influencer())
    ada = make_due(units=5)
    batch = approved_batch()
    give(ines, 600, now=PAYDAY)

    batches.make_file(batch_id=batch.pk, actor_id=finance().pk, now=PAYDAY)

    stopped = Item.objects.get(batch=batch, affiliate=ines)
    assert stopped.status == "released"
    assert "contract" in stopped.reason
    assert Item.objects.get(batch=batch, affiliate=ada).status == "sending"


@pytest.mark.django_db
def test_finance_finds_it_among_the_exceptions():
    ines = make_due(units=100, affiliate=make_influencer())

    found = [one for one in exceptions(LATER) if one.affiliate == ines]

    assert [gate.code for one in found for gate in one.gates] == ["contract_missing"]


@pytest.mark.django_db
def test_many_are_judged_with_as_many_questions_as_one(django_assert_max_num_queries):
    def asked():
        with django_assert_max_num_queries(40) as queries:
            found = candidates(rail="sepa", currency="EUR", cutoff_at=PAYDAY, at=PAYDAY)
        assert all(one.is_payable for one in found)
        return len(queries)

    make_due(units=5, affiliate=make_influencer())
    one = asked()
    for _ in range(9):
        make_due(units=5, affiliate=make_influencer())

    assert asked() == one
