"""Claims granted and declined: money by adjustments alone (docs/rules/claims.md, CL9 to CL13)."""

from datetime import timedelta

import pytest

from core.models import AuditEntry, Delivery
from core.money import Money
from payouts.models import Adjustment, AdjustmentProposal, Claim, ClaimStatus, Commission
from payouts.services import claim_decisions, claims, proposals
from payouts.services.claim_amounts import suggest
from payouts.services.claim_decisions import Reply
from payouts.services.claim_rules import OwnClaim
from tests.builders import NOW, make_attribution, make_order, make_return
from tests.payouts.claim_stories import claimed
from tests.payouts.stories import accrued, approved, assert_balances, euros
from tests.people import make_ada, make_fin, make_sam

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)
SAID = Reply(code="tracking_gap", text="You are right.", internal_text="The tag was broken.")


@pytest.fixture
def sam():
    return make_sam()


def missing(**order):
    """A claim for an order of EUR 100.00 that is nobody's: it would have earned EUR 10.00."""
    made = make_order(number="X-1", **order)
    make_attribution(made)
    return claimed(make_ada())


def grant(claim, sam, minor=1_000, reply=SAID, now=LATER):
    amount = None if minor is None else euros(minor)
    return claim_decisions.grant(
        claim_id=claim.pk, amount=amount, reply=reply, actor_id=sam.pk, now=now
    )


def decline(claim, sam, text="No such order.", now=LATER):
    return claim_decisions.decline(
        claim_id=claim.pk, reply=Reply(code="other", text=text), actor_id=sam.pk, now=now
    )


def test_what_is_granted_is_an_adjustment_and_the_affiliate_is_told(sam):
    claim = missing()

    for _again in range(2):
        granted = grant(claim, sam)

    booked = Adjustment.objects.get()
    assert (granted.status, granted.answered_by, granted.answer) == ("granted", sam, SAID.text)
    assert (booked.amount, booked.reason, booked.text) == (euros(1_000), "claim", SAID.text)
    assert (booked.commission, booked.proposal) == (None, granted.proposal)
    assert not Commission.objects.exists()
    assert_balances(claim.affiliate_id, payable=1_000)
    mail = Delivery.objects.get(key__contains=":granted:")
    assert "€10.00" in mail.body
    assert SAID.text in mail.body
    assert SAID.internal_text not in mail.body
    entry = AuditEntry.objects.get(verb="claim.granted")
    assert entry.data == {
        "answer_code": "tracking_gap", "verdict": "nobody", "amount_minor": 1_000,
        "currency": "EUR",
    }  # fmt: skip


def test_a_commission_is_never_edited(sam):
    ada = make_ada()
    sale = approved(ada, number="FR-5")
    claim = claimed(ada, kind="wrong", text="Too low", credit_id=sale.credit_id)
    before = Commission.objects.values().get()

    grant(claim, sam, 250)

    assert Commission.objects.values().get() == before
    assert Adjustment.objects.get().commission == sale
    assert_balances(ada.pk, payable=1_250)


def test_of_a_refused_sale_the_adjustment_pays(sam):
    ada = make_ada()
    sale = accrued(ada, decision="refuse", number="FR-6")
    claim = claimed(ada, kind="declined", text="It was my reader", credit_id=sale.credit_id)
    assert suggest(claim, claim.order).amount == euros(1_000)

    grant(claim, sam)

    sale.refresh_from_db()
    assert sale.status == "reversed"
    assert suggest(Claim.objects.get(), claim.order).amount == euros(0)
    assert_balances(ada.pk, payable=1_000)


def test_from_the_limit_on_a_second_person_decides_and_only_then_it_is_granted(sam):
    claim = missing(lines=[{"quantity": 20}])
    for _again in range(2):
        waiting = grant(claim, sam, 10_000)
    assert (waiting.status, waiting.proposal.status) == ("open", "proposed")
    assert not Delivery.objects.filter(key__contains=":granted:").exists()
    assert claim_decisions.settle_pending(now=LATER) == 0
    for act in (lambda: decline(claim, sam), lambda: withdraw(claim)):
        with pytest.raises(claims.SecondPersonDecides):
            act()

    proposals.approve(proposal_id=waiting.proposal_id, actor_id=make_fin().pk, now=LATER)
    assert [claim_decisions.settle_pending(now=LATER) for _again in range(2)] == [1, 0]

    claim.refresh_from_db()
    assert (claim.status, claim.answered_by) == ("granted", sam)
    assert Delivery.objects.filter(key__contains=":granted:").count() == 1
    assert_balances(claim.affiliate_id, payable=10_000)


def test_what_the_second_person_declines_is_open_again_and_can_be_granted_anew(sam):
    claim, fin = missing(lines=[{"quantity": 20}]), make_fin()
    waiting = grant(claim, sam, 15_000)
    proposals.decline(
        proposal_id=waiting.proposal_id, actor_id=fin.pk, note="Half is enough", now=LATER
    )

    assert claim_decisions.settle_pending(now=LATER) == 1

    claim.refresh_from_db()
    assert (claim.status, claim.proposal, claim.answer) == ("open", None, "")
    assert AuditEntry.objects.get(verb="claim.reopened").reason == "Half is enough"
    assert grant(claim, sam, 7_500).status == "granted"
    assert AdjustmentProposal.objects.count() == 2
    assert_balances(claim.affiliate_id, payable=7_500)


def withdraw(claim):
    return claims.withdraw(
        claim_id=claim.pk, affiliate_id=claim.affiliate_id, actor_id=claim.author_id, now=LATER
    )


def test_a_claim_is_granted_without_an_amount_when_the_sale_came_late(sam):
    claim = missing()
    assert grant(claim, sam, None).status == "granted"
    assert not Adjustment.objects.exists()
    assert "balance" not in Delivery.objects.get(key__contains=":granted:").body


def test_a_refusal_is_said_in_words_and_moves_no_money(sam):
    claim = missing()
    for _again in range(2):
        declined = decline(claim, sam)

    assert (declined.status, declined.answer) == ("declined", "No such order.")
    assert not AdjustmentProposal.objects.exists()
    assert "No such order." in Delivery.objects.get(key__contains=":declined:").body


@pytest.mark.parametrize(
    ("minor", "text", "refusal"),
    [
        (1_000, " ", claim_decisions.AnswerMissing),
        (1_000, "x" * 501, claim_decisions.AnswerMissing),
        (0, "Yes.", claim_decisions.GrantImpossible),
        (-1, "Yes.", claim_decisions.GrantImpossible),
        (10_001, "Yes.", claim_decisions.GrantImpossible),
    ],
)
def test_what_cannot_be_granted_leaves_the_claim_open(sam, minor, text, refusal):
    claim = missing()

    with pytest.raises(refusal):
        grant(claim, sam, minor, Reply(code="other", text=text))

    assert Claim.objects.get().status == ClaimStatus.OPEN
    assert not AdjustmentProposal.objects.exists()


def test_another_currency_is_refused(sam):
    claim = missing()
    with pytest.raises(claim_decisions.GrantImpossible):
        claim_decisions.grant(
            claim_id=claim.pk, amount=Money(100, "USD"), reply=SAID, actor_id=sam.pk, now=LATER
        )


def test_a_decision_stands(sam):
    claim = missing()
    grant(claim, sam)

    for act in (
        lambda: decline(claim, sam),
        lambda: grant(claim, sam, 999),
        lambda: grant(claim, sam, reply=Reply(code="goodwill", text="As a gesture.")),
    ):
        with pytest.raises(claim_decisions.DecidedOtherwise):
            act()
    with pytest.raises(claims.ClaimClosed):
        withdraw(claim)
    assert Adjustment.objects.count() == 1


def test_a_withdrawn_claim_is_not_decided(sam):
    claim = missing()
    withdraw(claim)
    for act in (grant, decline):
        with pytest.raises(claims.ClaimClosed):
            act(claim, sam)


def test_nobody_decides_about_their_own_account():
    claim = missing()
    for act in (grant, decline):
        with pytest.raises(OwnClaim):
            act(claim, claim.author)


def test_an_order_that_came_later_is_found_when_it_is_decided(sam):
    claim = claimed(make_ada())
    assert claim.order is None
    order = make_order(number="X-1")

    grant(claim, sam, 500)

    claim.refresh_from_db()
    assert (claim.order, claim.evidence["verdict"]) == (order, "not_found")


def test_the_suggestion_is_what_the_terms_of_the_day_pay_less_what_stands_and_came_back():
    claim = missing(lines=[{"quantity": 2}, {}])
    whole = suggest(claim, claim.order)
    line = claim.order.lines.order_by("pk").first()

    make_return(claim.order, quantities={line: 1})
    less = suggest(claim, claim.order)

    assert (whole.amount, whole.standing, whole.is_whole, whole.waits) == (
        euros(3_000), euros(0), True, False,
    )  # fmt: skip
    assert (less.amount, less.lines[0].earned, less.lines[0].left) == (
        euros(2_000), euros(2_000), euros(1_000),
    )  # fmt: skip


def test_what_is_granted_is_not_suggested_again(sam):
    claim = missing()
    grant(claim, sam, 400)
    second = Claim.objects.get()
    second.pk = None
    assert suggest(second, claim.order).amount == euros(600)


def test_of_a_cancelled_order_and_of_no_order_nothing_is_suggested():
    claim = missing(cancelled_at=NOW)
    assert suggest(claim, claim.order).amount == euros(0)
    assert suggest(claim, None) is None


def test_a_sale_that_is_paid_right_is_worth_nothing_more():
    ada = make_ada()
    for sale in (accrued(ada, number="A"), approved(ada, number="B")):
        claim = claimed(ada, kind="wrong", text="Too low", credit_id=sale.credit_id,
                        order_number=f"S-{sale.credit_id}")  # fmt: skip
        found = suggest(claim, claim.order)
        assert (found.due, found.standing, found.amount) == (euros(1_000), euros(1_000), euros(0))
