"""Fees and bonuses of campaigns in the ledger: once, by four eyes, by the payroll (CA10, CA16)."""

import pytest

from affiliates.models import Membership, Programme
from influencers.models import Participation
from influencers.services import participations
from payouts.models import (
    Adjustment,
    AdjustmentProposal,
    Item,
    ItemLine,
    ItemStatus,
    ProposalStatus,
    Transfer,
)
from payouts.queries.balances import balances
from payouts.queries.campaign_fees import proposals_of, unpaid_minor
from payouts.services import campaign_fees, checks, proposals
from tests.builders import NOW, make_user
from tests.influencers import campaign_world as world
from tests.influencers.contract_world import law
from tests.payouts import paydays

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def threshold():
    law()


def book():
    return campaign_fees.book_due(now=NOW, limit=500)


def payable(affiliate):
    return balances(affiliate.pk, "EUR").payable.minor


def limit(minor):
    programme = Programme.get()
    programme.four_eyes_from_minor = minor
    programme.save()


def test_nothing_is_booked_before_everything_is_approved():
    part = world.going()
    world.approve(world.deliver(part, "look"))
    world.deliver(part, "post")
    assert book() == 0
    assert not Transfer.objects.exists()


def test_the_fee_is_booked_once_however_often_it_runs():
    limit(10_000)
    part = world.finished()

    assert [book(), book(), book()] == [1, 0, 0]

    (made,) = Adjustment.objects.all()
    assert (made.amount_minor, made.reason, made.affiliate) == (8_000, "campaign", part.affiliate)
    assert "Summer in linen" in made.text
    assert made.proposal.source_key == f"campaign:{part.pk}:fee"
    assert made.author == part.campaign.created_by
    assert Transfer.objects.count() == 1
    assert payable(part.affiliate) == 8_000
    assert checks.check() == []


def test_from_the_limit_on_another_person_agrees():
    limit(8_000)
    part = world.finished()
    book()
    waiting = AdjustmentProposal.objects.get()
    assert (waiting.status, payable(part.affiliate)) == (ProposalStatus.PROPOSED, 0)
    with pytest.raises(proposals.SecondPersonNeeded):
        proposals.approve(proposal_id=waiting.pk, actor_id=waiting.author_id, now=NOW)

    proposals.approve(proposal_id=waiting.pk, actor_id=make_user().pk, now=NOW)

    assert payable(part.affiliate) == 8_000
    assert book() == 0
    assert checks.check() == []


def test_what_a_second_person_declined_is_not_proposed_again():
    limit(8_000)
    part = world.finished()
    book()
    proposal = proposals_of([part.pk], "fee")[part.pk]
    proposals.decline(proposal_id=proposal.pk, actor_id=make_user().pk, note="Ads", now=NOW)

    assert book() == 0
    assert proposals_of([part.pk], "fee")[part.pk].status == ProposalStatus.DECLINED
    assert payable(part.affiliate) == 0


def test_the_fee_that_was_accepted_is_paid_whatever_the_campaign_says_later():
    limit(10_000)
    part = world.finished()
    campaign = part.campaign
    campaign.fee_minor = 9_900
    campaign.save()
    book()
    assert payable(part.affiliate) == 8_000


def test_a_bonus_is_booked_once_besides_the_fee():
    limit(100_000)
    part = world.finished(world.make_campaign(bonus_minor=5_000, bonus_for="most saves"))
    book()
    for _ in range(2):
        participations.award(participation_id=part.pk, by_id=part.campaign.created_by_id, now=NOW)
        book()

    amounts = Adjustment.objects.order_by("pk").values_list("amount_minor", flat=True)
    assert list(amounts) == [8_000, 5_000]
    assert payable(part.affiliate) == 13_000
    assert set(proposals_of([part.pk], "bonus")) == {part.pk}


def test_a_campaign_without_a_fee_books_nothing():
    world.finished(world.make_campaign(fee_minor=0))
    assert book() == 0


def test_who_acts_for_the_creator_since_does_not_stop_the_others():
    limit(10_000)
    stuck, other = world.finished(), world.finished()
    Membership.objects.create(affiliate=stuck.affiliate, user=stuck.campaign.created_by)

    assert book() == 1

    assert (payable(stuck.affiliate), payable(other.affiliate)) == (0, 8_000)


def test_an_employees_fee_waits_for_the_payroll_like_all_that_is_earned():
    limit(10_000)
    part = world.finished(creator=world.make_employee())
    book()
    assert payable(part.affiliate) == 8_000


def test_the_sentence_is_in_the_creators_language():
    limit(10_000)
    creator = world.make_creator(user=make_user(language="fr"))
    world.finished(creator=creator)
    book()
    assert "Summer in linen" in Adjustment.objects.get().text


def test_what_is_earned_and_not_paid_yet_counts_for_the_next_contract():
    limit(1_000)
    part = world.finished(world.make_campaign(bonus_minor=5_000, bonus_for="most saves"))
    assert unpaid_minor(part.affiliate_id) == 8_000
    book()
    participations.award(participation_id=part.pk, by_id=part.campaign.created_by_id, now=NOW)
    book()
    assert unpaid_minor(part.affiliate_id) == 13_000

    bonus = proposals_of([part.pk], "bonus")[part.pk]
    proposals.decline(proposal_id=bonus.pk, actor_id=make_user().pk, note="Ads", now=NOW)
    fee = proposals_of([part.pk], "fee")[part.pk]
    proposals.approve(proposal_id=fee.pk, actor_id=make_user().pk, now=NOW)
    assert unpaid_minor(part.affiliate_id) == 8_000

    paydays.make_due()
    item = paydays.prepared().items.get()
    ItemLine.objects.create(item=item, adjustment=fee.adjustment, amount_minor=8_000)
    assert unpaid_minor(part.affiliate_id) == 8_000
    Item.objects.update(status=ItemStatus.SENT)
    assert unpaid_minor(part.affiliate_id) == 0


def test_one_that_breaks_does_not_hold_up_the_others():
    limit(10_000)
    broken, other = world.finished(), world.finished()
    Participation.objects.filter(pk=broken.pk).update(fee_minor=2**62)

    assert book() == 1

    assert payable(other.affiliate) == 8_000


def test_more_than_one_batch_are_booked_at_once_and_none_is_held_up_by_those_that_are_refused():
    limit(10_000)
    stuck = [world.finished() for _ in range(2)]
    for part in stuck:
        Membership.objects.create(affiliate=part.affiliate, user=part.campaign.created_by)
    others = [world.finished() for _ in range(3)]

    assert campaign_fees.book_due(now=NOW, limit=2) == 3
    assert campaign_fees.book_due(now=NOW, limit=2) == 0

    assert [payable(part.affiliate) for part in (*stuck, *others)] == [0, 0, 8_000, 8_000, 8_000]
