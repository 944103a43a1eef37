"""What nobody will repay is given up by two people of finance (P54)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core.money import Money
from payouts.domain.calendar import working_day_from
from payouts.models import Adjustment, AdjustmentProposal, Item, Transfer
from payouts.services import checks, proposals, write_offs
from payouts.services.items import ReasonMissing
from payouts.services.proposal_rules import ProposalRefused, SecondPersonNeeded
from tests.builders import make_affiliate, make_user
from tests.payouts.paydays import PAYDAY, finance, make_due, sent_batch, take_back
from tests.payouts.stories import assert_balances
from tests.people import make_fin

pytestmark = pytest.mark.django_db
LATER = PAYDAY + timedelta(days=91)


@pytest.fixture
def ada():
    """She was paid EUR 50.00, and EUR 30.00 of it went back."""
    ada = make_due()
    sent_batch()
    take_back(ada, units=3)
    return ada


def propose(affiliate, *, author=None, reason="She is bankrupt."):
    return write_offs.propose(
        affiliate_id=affiliate.pk, currency="EUR", reason=reason,
        author_id=(author or finance()).pk, now=LATER,
    )  # fmt: skip


def approve(proposal, actor=None):
    actor_id = (actor or finance()).pk
    return proposals.approve(proposal_id=proposal.pk, actor_id=actor_id, now=LATER)


def test_p54_two_people_write_a_debt_off_and_the_ledger_agrees(ada):
    author = finance()
    proposal = propose(ada, author=author)
    assert (proposal.amount, proposal.status) == (Money(3_000, "EUR"), "proposed")
    with pytest.raises(SecondPersonNeeded):
        approve(proposal, author)
    assert_balances(ada.pk, payable=-3_000)

    approve(proposal)

    assert_balances(ada.pk)
    booked = Transfer.objects.get(debit__code="writeoff:clawback")
    assert (booked.amount_minor, booked.kind) == (3_000, "adjustment.write_off")
    assert list(checks.check()) == []
    assert Adjustment.objects.get(reason="write_off").text == "What you owed us is written off."


def test_p54_what_was_written_off_is_not_taken_from_later_payouts(ada):
    approve(propose(ada))
    make_due(affiliate=ada)

    after = LATER + timedelta(days=1)
    sent_batch(now=after, execution_date=working_day_from(after.date()))

    assert Item.objects.order_by("pk").last().amount == Money(5_000, "EUR")
    assert list(checks.check()) == []


def test_p54_proposed_twice_it_is_one(ada):
    assert propose(ada) == propose(ada)

    assert AdjustmentProposal.objects.count() == 1


def test_p54_never_more_than_is_still_owed(ada):
    proposal = propose(ada)
    make_due(affiliate=ada, units=1)

    with pytest.raises(ProposalRefused, match="Less is owed"):
        approve(proposal)
    proposals.decline(proposal_id=proposal.pk, actor_id=finance().pk, note="Anew.", now=LATER)

    assert propose(ada).amount == Money(2_000, "EUR")


def test_p54_refused_without_a_debt_a_reason_or_a_person_of_finance(ada):
    with pytest.raises(ProposalRefused, match="Nothing is owed"):
        propose(make_affiliate())
    with pytest.raises(ReasonMissing):
        propose(ada, reason=" ")
    with pytest.raises(ProposalRefused, match="finance"):
        propose(ada, author=make_user(roles=["manager"]))
    with pytest.raises(ProposalRefused, match="finance"):
        approve(propose(ada), make_user(roles=["manager"]))
    assert not Adjustment.objects.filter(reason="write_off").exists()


def test_p54_an_old_debt_is_proposed_on_the_page_of_exceptions(client, ada, time_machine):
    time_machine.move_to(LATER, tick=False)
    client.force_login(make_fin())
    page, english = reverse("portal:exception-list"), {"accept-language": "en"}
    assert "Write off what" in client.get(page, headers=english).content.decode()

    address = reverse("portal:exception-write-off", args=[ada.public_id])
    client.post(address, {"reason": ""})
    assert not AdjustmentProposal.objects.exists()
    client.post(address, {"reason": "She is bankrupt."})

    assert AdjustmentProposal.objects.get().internal_text == "She is bankrupt."
    assert "Waits for a second person" in client.get(page, headers=english).content.decode()
