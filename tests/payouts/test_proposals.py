"""Adjustments that people propose: rows of docs/rules/adjustments.md, by their numbers."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from affiliates.models import Membership, Programme
from core.errors import IdempotencyConflict, InvalidTransition
from core.models import AuditEntry
from core.money import Money
from payouts.models import Adjustment, AdjustmentProposal, ProposalStatus, Transfer
from payouts.services import commissions, proposals, returns
from tests.builders import NOW, make_affiliate, make_return, make_user
from tests.payouts.stories import AFTER_HOLD, accrued, approved, assert_balances, euros

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam():
    return make_user(roles=["manager"])


@pytest.fixture
def fay():
    return make_user(roles=["finance"])


def wanted(affiliate, author, minor=1_500, **facts):
    fields = {
        "affiliate_id": affiliate.pk,
        "amount": euros(minor),
        "reason": "bonus" if minor > 0 else "clawback",
        "text": "For the autumn looks.",
        "source_key": str(uuid4()),
        "author_id": author.pk,
        "now": NOW,
        **facts,
    }
    return proposals.propose(**fields)


def approve_as(person, proposal):
    return proposals.approve(proposal_id=proposal.pk, actor_id=person.pk, now=NOW)


# --- A1: below the limit one person suffices ------------------------------------------


@pytest.mark.parametrize(
    ("minor", "status"),
    [(9_999, "booked"), (10_000, "proposed"), (-9_999, "booked"), (-10_000, "proposed")],
)
def test_a1_below_the_limit_one_person_books(sam, minor, status):
    assert wanted(make_affiliate(), sam, minor).status == status


def test_a1_what_is_booked_is_one_adjustment_with_its_transfer(sam):
    affiliate = make_affiliate()

    proposal = wanted(affiliate, sam, 1_500)

    adjustment = Adjustment.objects.get()
    assert adjustment.proposal == proposal
    assert (adjustment.commission, adjustment.amount) == (None, euros(1_500))
    assert (adjustment.reason, adjustment.text) == ("bonus", "For the autumn looks.")
    transfer = Transfer.objects.select_related("debit", "credit").get()
    assert transfer.debit.code == "expense:commission"
    assert transfer.credit.code == f"affiliate:{affiliate.pk}:payable"
    assert transfer.source_key == f"adjustment:{adjustment.pk}"
    assert_balances(affiliate.pk, payable=1_500)


def test_a1_a_clawback_makes_a_debt(sam):
    affiliate = make_affiliate()

    wanted(affiliate, sam, -700)

    assert_balances(affiliate.pk, payable=-700)


def test_a1_a_repeat_is_the_first_one(sam):
    affiliate = make_affiliate()

    first = wanted(affiliate, sam, source_key="once")

    assert wanted(affiliate, sam, source_key="once") == first
    assert Adjustment.objects.count() == Transfer.objects.count() == 1


def test_a1_a_repeat_with_another_amount_is_refused(sam):
    affiliate = make_affiliate()
    wanted(affiliate, sam, source_key="once")

    with pytest.raises(IdempotencyConflict):
        wanted(affiliate, sam, 1_501, source_key="once")
    with pytest.raises(IdempotencyConflict):
        wanted(make_affiliate(), sam, source_key="once")

    assert_balances(affiliate.pk, payable=1_500)


# --- A2: splitting does not evade it --------------------------------------------------


def test_a2_what_one_person_books_for_one_affiliate_in_a_day_counts_together(sam, fay):
    affiliate = make_affiliate()

    statuses = [wanted(affiliate, sam, minor).status for minor in (6_000, -3_999, 1, 1)]

    assert statuses == ["booked", "booked", "proposed", "proposed"]
    assert wanted(make_affiliate(), sam, 6_000).status == "booked"
    assert wanted(affiliate, fay, 6_000).status == "booked"
    assert wanted(affiliate, sam, 6_000, now=NOW + timedelta(days=1)).status == "booked"


def test_a2_the_day_is_the_programmes(sam):
    affiliate = make_affiliate()
    before = datetime(2026, 6, 15, 21, 59, tzinfo=UTC)  # 23:59 in Paris.

    assert wanted(affiliate, sam, 6_000, now=before).status == "booked"
    assert wanted(affiliate, sam, 6_000, now=before + timedelta(minutes=1)).status == "booked"


def test_a2_what_a_second_person_approved_does_not_count(sam, fay):
    affiliate = make_affiliate()
    big = wanted(affiliate, sam, 50_000)
    proposals.approve(proposal_id=big.pk, actor_id=fay.pk, now=NOW)

    assert wanted(affiliate, sam, 9_999).status == "booked"


def test_a2_a_limit_of_nothing_always_asks_for_two(sam):
    Programme.get()
    Programme.objects.update(four_eyes_from_minor=0)

    assert wanted(make_affiliate(), sam, 1).status == "proposed"


# --- A3: the second person ------------------------------------------------------------


def test_a3_another_person_books(sam, fay):
    affiliate = make_affiliate()
    proposal = wanted(affiliate, sam, 20_000)
    assert_balances(affiliate.pk)

    proposals.approve(proposal_id=proposal.pk, actor_id=fay.pk, now=NOW, note="Seen.")
    again = proposals.approve(proposal_id=proposal.pk, actor_id=fay.pk, now=NOW)

    assert (again.status, again.decided_by) == (ProposalStatus.BOOKED, fay)
    assert Adjustment.objects.get().author == sam
    assert_balances(affiliate.pk, payable=20_000)
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", "actor")
    assert list(verbs) == [("adjustment.proposed", sam.pk), ("adjustment.approved", fay.pk)]


@pytest.mark.parametrize("verb", [proposals.approve, proposals.decline])
def test_a3_the_author_does_not_decide(sam, verb):
    proposal = wanted(make_affiliate(), sam, 20_000)

    with pytest.raises(proposals.SecondPersonNeeded):
        verb(proposal_id=proposal.pk, actor_id=sam.pk, now=NOW, note="Fine.")

    assert not Adjustment.objects.exists()


def test_a3_the_database_refuses_the_author_too(sam):
    proposal = wanted(make_affiliate(), sam, 20_000)

    with pytest.raises(IntegrityError), transaction.atomic():
        AdjustmentProposal.objects.filter(pk=proposal.pk).update(decided_by=sam)


def test_a3_who_declines_says_why(sam, fay):
    proposal = wanted(make_affiliate(), sam, 20_000)
    with pytest.raises(proposals.ProposalRefused):
        proposals.decline(proposal_id=proposal.pk, actor_id=fay.pk, note=" ", now=NOW)

    proposals.decline(proposal_id=proposal.pk, actor_id=fay.pk, note="Too much.", now=NOW)

    proposal.refresh_from_db()
    assert (proposal.status, proposal.decision_text) == ("declined", "Too much.")
    assert not Adjustment.objects.exists()


def test_a3_only_the_author_withdraws(sam, fay):
    proposal = wanted(make_affiliate(), sam, 20_000)
    with pytest.raises(proposals.NotTheAuthor):
        proposals.withdraw(proposal_id=proposal.pk, actor_id=fay.pk, now=NOW)

    assert proposals.withdraw(proposal_id=proposal.pk, actor_id=sam.pk, now=NOW).status == (
        ProposalStatus.WITHDRAWN
    )


@pytest.mark.parametrize("end", ["booked", "declined", "withdrawn"])
def test_a3_what_is_decided_stays_so(sam, fay, end):
    third = make_user(roles=["finance"])
    proposal = wanted(make_affiliate(), sam, 20_000)
    AdjustmentProposal.objects.filter(pk=proposal.pk).update(
        status=end, decided_by=None if end == "withdrawn" else fay
    )

    for act in (
        lambda: proposals.approve(proposal_id=proposal.pk, actor_id=third.pk, now=NOW),
        lambda: proposals.decline(proposal_id=proposal.pk, actor_id=third.pk, note="No", now=NOW),
        lambda: proposals.withdraw(proposal_id=proposal.pk, actor_id=sam.pk, now=NOW),
    ):
        with pytest.raises(InvalidTransition):
            act()

    assert not Adjustment.objects.exists()


@pytest.mark.parametrize("who", ["author", "second"])
def test_a3_nobody_moves_money_of_their_own_account(sam, fay, who):
    affiliate = make_affiliate()
    Membership.objects.create(affiliate=affiliate, user=sam if who == "author" else fay)

    with pytest.raises(proposals.OwnAdjustment):
        approve_as(fay, wanted(affiliate, sam, 20_000))

    assert not Adjustment.objects.exists()


# --- A4 to A6: what may be proposed ---------------------------------------------------


@pytest.mark.parametrize(
    ("minor", "reason"),
    [(0, "correction"), (-1, "bonus"), (-1, "goodwill"), (-1, "claim"), (1, "clawback"),
     (1, "return"), (1, "nonsense"), (10**12 + 1, "correction")],
)  # fmt: skip
def test_a4_reasons_and_signs(sam, minor, reason):
    with pytest.raises(proposals.ProposalRefused):
        wanted(make_affiliate(), sam, minor, reason=reason)

    assert not AdjustmentProposal.objects.exists()


@pytest.mark.parametrize("minor", [1, -1])
def test_a4_a_correction_goes_either_way(sam, minor):
    assert wanted(make_affiliate(), sam, minor, reason="correction").status == "booked"


def test_a4_the_affiliate_reads_why(sam):
    with pytest.raises(proposals.ProposalRefused):
        wanted(make_affiliate(), sam, text="  ")


def test_a4_evidence_is_kept_and_has_a_size(sam):
    kept = wanted(make_affiliate(), sam, evidence=proposals.Evidence(name="mail.txt", body=b"Dear"))
    assert bytes(AdjustmentProposal.objects.get(pk=kept.pk).evidence) == b"Dear"

    with pytest.raises(proposals.ProposalRefused):
        wanted(
            make_affiliate(), sam, evidence=proposals.Evidence(name="x", body=b"x" * (2**21 + 1))
        )


def test_a5_a_sale_of_somebody_else_is_refused(sam):
    with pytest.raises(proposals.ProposalRefused):
        wanted(make_affiliate(), sam, commission_id=approved().pk)


def test_a5_a_sale_in_another_currency_is_refused(sam):
    commission = approved()

    with pytest.raises(proposals.ProposalRefused):
        wanted(commission.affiliate, sam, amount=Money(1, "GBP"), commission_id=commission.pk)


def test_a6_a_plus_beside_a_pending_sale_is_inside_what_is_approved(sam):
    commission = accrued()
    wanted(commission.affiliate, sam, 500, commission_id=commission.pk)
    assert_balances(commission.affiliate_id, pending=1_500)

    commissions.approve_due(now=AFTER_HOLD)

    commission.refresh_from_db()
    assert commission.approved_minor == 1_500
    assert_balances(commission.affiliate_id, payable=1_500)


def test_a6_nothing_is_taken_back_of_a_pending_sale(sam):
    commission = accrued()

    with pytest.raises(proposals.StillPending):
        wanted(commission.affiliate, sam, -100, commission_id=commission.pk)


def test_a6_no_more_is_taken_back_than_is_left(sam):
    commission = approved()
    wanted(commission.affiliate, sam, -600, commission_id=commission.pk, now=AFTER_HOLD)
    with pytest.raises(proposals.ProposalRefused):
        wanted(commission.affiliate, sam, -401, commission_id=commission.pk, now=AFTER_HOLD)

    wanted(commission.affiliate, sam, -400, commission_id=commission.pk, now=AFTER_HOLD)

    assert_balances(commission.affiliate_id)


def test_a6_what_is_left_is_looked_at_again_when_a_second_person_approves(sam, fay):
    Programme.get()
    Programme.objects.update(four_eyes_from_minor=1)
    commission = approved()
    proposal = wanted(commission.affiliate, sam, -1_000, commission_id=commission.pk)
    make_return(commission.credit.order)
    returns.apply_pending(now=AFTER_HOLD)

    with pytest.raises(proposals.ProposalRefused):
        proposals.approve(proposal_id=proposal.pk, actor_id=fay.pk, now=AFTER_HOLD)

    assert_balances(commission.affiliate_id)


def test_a6_a_claim_granted_beside_a_reversed_sale_is_payable(sam):
    commission = accrued()
    commissions.reverse(
        commission_id=commission.pk, reason="other", actor_id=sam.pk, note="Test", now=NOW
    )

    wanted(commission.affiliate, sam, 800, reason="claim", commission_id=commission.pk)

    assert_balances(commission.affiliate_id, payable=800)


def test_a6_a_full_return_leaves_what_a_person_added(sam):
    commission = accrued()
    wanted(commission.affiliate, sam, 500, commission_id=commission.pk)
    make_return(commission.credit.order)
    returns.apply_pending(now=NOW)
    assert_balances(commission.affiliate_id, pending=500)

    commissions.approve_due(now=AFTER_HOLD)

    assert_balances(commission.affiliate_id, payable=500)
