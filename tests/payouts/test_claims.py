"""Claims: who may make which, what is asked and answered (docs/rules/claims.md, CL1 to CL8)."""

from datetime import timedelta

import pytest

from affiliates.models import AffiliateStatus, Programme
from core.attachments import Attachment
from core.models import AuditEntry, Delivery
from payouts.models import Claim, ClaimMessage, ClaimStatus
from payouts.services import claim_rules, claims
from tests.builders import NOW, make_attribution, make_credit, make_order, make_user
from tests.payouts.claim_stories import TODAY, claimed, wanted
from tests.payouts.stories import accrued
from tests.people import make_ada, make_mallory, make_sam, person_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_a_claim_is_kept_with_what_our_records_say_and_both_sides_are_told():
    sam, ada = make_sam(), make_ada()
    order = make_order(number="FR-77")
    make_attribution(order)

    claim = claimed(ada, order_number=" #fr-77 ", amount_minor=10_000)

    assert (claim.status, claim.order_number, claim.order) == ("open", "FR-77", order)
    assert claim.due_at == NOW + timedelta(days=14)
    assert claim.evidence["verdict"] == "nobody"
    told = set(Delivery.objects.values_list("recipient", flat=True))
    assert told == {"ada@example.com", sam.email}
    assert AuditEntry.objects.get().verb == "claim.opened"


def test_the_same_claim_again_is_the_same_claim():
    ada = make_ada()
    first = claimed(ada, order_number="FR-1")

    assert claimed(ada, order_number="#fr-1") == first
    assert (Claim.objects.count(), Delivery.objects.count()) == (1, 1)


def test_an_order_is_claimed_once_at_a_time_for_one_reason():
    ada = make_ada()
    first = claimed(ada, order_number="FR-1")

    with pytest.raises(claim_rules.AlreadyClaimed, match="Withdraw it"):
        claimed(ada, order_number="FR-1", text="Otherwise said")
    claims.withdraw(claim_id=first.pk, affiliate_id=ada.pk, actor_id=person_of(ada).pk, now=NOW)

    assert claimed(ada, order_number="FR-1", text="Otherwise said") != first
    assert claimed(make_mallory(), order_number="FR-1")


def test_a_sale_of_theirs_is_one_however_it_is_named():
    ada = make_ada()
    sale = accrued(ada, number="FR-9")
    claimed(ada, kind="wrong", order_number="FR-9", text="Too low")

    with pytest.raises(claim_rules.AlreadyClaimed):
        claimed(ada, kind="wrong", order_number=f"S-{sale.credit_id}", credit_id=sale.credit_id,
                text="Far too low")  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"order_number": " # "}, claim_rules.NumberMissing),
        ({"order_number": "9" * 65}, claim_rules.NumberMissing),
        ({"ordered_on": TODAY + DAY}, claim_rules.DayOutside),
        ({"ordered_on": TODAY - 91 * DAY}, claim_rules.DayOutside),
        ({"amount_minor": 0}, claim_rules.AmountImpossible),
        ({"amount_minor": 10**12 + 1}, claim_rules.AmountImpossible),
        ({"text": "x" * 2_001}, claim_rules.WordsMissing),
        ({"kind": "wrong"}, claim_rules.WordsMissing),
        ({"kind": "wrong", "text": "Too low"}, claim_rules.NotYours),
        ({"kind": "declined", "text": "Why?"}, claim_rules.NotYours),
        ({"kind": "odd"}, claim_rules.ClaimRefused),
        ({"credit_id": 0}, claim_rules.NotYours),
    ],
)
def test_what_cannot_be_claimed_says_why_and_leaves_nothing(changes, refusal):
    with pytest.raises(refusal) as refused:
        claimed(make_ada(), **changes)

    assert str(refused.value).endswith(".")
    assert not Claim.objects.exists()
    assert not Delivery.objects.exists()


def test_the_first_and_the_last_day_may_be_claimed():
    ada = make_ada()
    for day in (TODAY, TODAY - 90 * DAY):
        assert claimed(ada, order_number=f"D-{day}", ordered_on=day)


def test_what_is_in_the_list_is_not_missing_and_what_is_not_refused_is_not_refused():
    ada = make_ada()
    accrued(ada, number="FR-2")
    accrued(ada, number="FR-3", decision="refuse")

    with pytest.raises(claim_rules.AlreadyYours):
        claimed(ada, order_number="FR-2")
    with pytest.raises(claim_rules.NotRefused):
        claimed(ada, order_number="FR-2", kind="declined", text="Why?")
    contested = claimed(ada, order_number="FR-3", kind="declined", text="Why?")

    assert contested.evidence["verdict"] == "refused"
    assert contested.commission.reversal_reason == "invalid_traffic"


def test_nobody_claims_a_sale_of_another():
    sale = accrued(make_ada(), number="FR-2")

    with pytest.raises(claim_rules.NotYours):
        claimed(make_mallory(), kind="wrong", text="Mine", credit_id=sale.credit_id)


def test_a_closed_account_claims_nothing_a_suspended_one_may():
    ada, mallory = make_ada(), make_mallory()
    ada.status = AffiliateStatus.CLOSED
    ada.save()
    mallory.status = AffiliateStatus.SUSPENDED
    mallory.save()

    with pytest.raises(claim_rules.AccountClosed):
        claimed(ada)
    assert claimed(mallory)


def test_order_numbers_are_no_lottery():
    Programme.objects.create(pk=1, claims_most=2)
    ada = make_ada()
    claimed(ada, order_number="1")
    claimed(ada, order_number="2", now=NOW + DAY)

    with pytest.raises(claim_rules.TooMany, match="at most 2 claims"):
        claimed(ada, order_number="3", now=NOW + 2 * DAY)
    assert claimed(ada, order_number="3", now=NOW + 31 * DAY, ordered_on=TODAY + DAY)


def ask(claim, sam, text="How did they come?", now=NOW + DAY):
    return claims.ask(claim_id=claim.pk, text=text, actor_id=sam.pk, now=now)


def reply(claim, text="By my newsletter", now=NOW + 4 * DAY, **overrides):
    fields = {
        "claim_id": claim.pk,
        "affiliate_id": claim.affiliate_id,
        "text": text,
        "actor_id": claim.author_id,
        "now": now,
        **overrides,
    }
    return claims.reply(**fields)


def test_while_a_question_waits_the_days_of_the_answer_stand_still():
    sam, claim = make_sam(), claimed(make_ada())
    due = claim.due_at

    for _again in range(2):
        asked = ask(claim, sam)
    for _again in range(2):
        answered = reply(claim, proof=Attachment(name="mail.pdf", body=b"%PDF-1"))

    assert (asked.status, asked.assignee) == ("question", sam)
    assert (answered.status, answered.due_at) == ("open", due + 3 * DAY)
    said = list(ClaimMessage.objects.order_by("pk").values_list("is_from_team", "proof_name"))
    assert said == [(True, ""), (False, "mail.pdf")]
    bodies = Delivery.objects.order_by("pk").values_list("recipient", "body")
    assert [who for who, _body in bodies[2:]] == ["ada@example.com", sam.email]
    assert "How did they come?" in bodies[2][1]


def test_an_answer_for_who_left_is_told_to_every_manager():
    sam, other, claim = make_sam(), make_user(roles=["manager"]), claimed(make_ada())
    ask(claim, sam)
    sam.groups.clear()
    Delivery.objects.all().delete()

    reply(claim)

    assert [one.person for one in Delivery.objects.all()] == [other]


def test_one_question_waits_at_a_time_and_only_a_question_is_answered():
    sam, claim = make_sam(), claimed(make_ada())
    with pytest.raises(claims.NothingAsked):
        reply(claim)
    ask(claim, sam)

    with pytest.raises(claims.QuestionOpen):
        ask(claim, sam, "And when?")
    with pytest.raises(claim_rules.WordsMissing):
        reply(claim, " ")
    with pytest.raises(Claim.DoesNotExist):
        reply(claim, affiliate_id=make_mallory().pk)
    assert Claim.objects.get().status == ClaimStatus.QUESTION


def test_nobody_asks_about_their_own_account():
    claim = claimed(make_ada())
    with pytest.raises(claim_rules.OwnClaim):
        ask(claim, claim.author)


def test_a_claim_is_withdrawn_once_by_its_affiliate_alone():
    claim, mallory = claimed(make_ada()), make_mallory()
    fields = {"claim_id": claim.pk, "actor_id": claim.author_id, "now": NOW}
    with pytest.raises(Claim.DoesNotExist):
        claims.withdraw(affiliate_id=mallory.pk, **fields)

    for _again in range(2):
        claims.withdraw(affiliate_id=claim.affiliate_id, **fields)

    assert Claim.objects.get().status == ClaimStatus.WITHDRAWN
    assert AuditEntry.objects.filter(verb="claim.withdrawn").count() == 1
    with pytest.raises(claims.ClaimClosed):
        ask(claim, make_sam())
    with pytest.raises(claims.ClaimClosed):
        reply(claim)


def assign(claim, assignee, sam):
    return claims.assign(
        claim_id=claim.pk, assignee_id=assignee.pk if assignee else None, actor_id=sam.pk, now=NOW
    )


def test_a_claim_is_given_to_a_manager_who_is_told():
    sam, claim = make_sam(), claimed(make_ada())
    other = person_of(make_mallory())
    with pytest.raises(claims.NotOfTheTeam):
        assign(claim, other, sam)

    for _again in range(2):
        given = assign(claim, sam, claim.author)

    assert given.assignee == sam
    assert AuditEntry.objects.filter(verb="claim.assigned").count() == 1
    assert Delivery.objects.filter(key__contains=":assigned:").count() == 1
    assert assign(claim, None, sam).assignee is None


def test_every_pair_of_states_is_an_arrow_or_refused():
    for old in ClaimStatus:
        for new in ClaimStatus:
            claim = Claim(status=old)
            if new in Claim.ARROWS[old]:
                claim.move_to(new, at=NOW)
                assert claim.status == new
            else:
                with pytest.raises(Exception, match="cannot become"):
                    claim.move_to(new, at=NOW)


def test_a_sale_that_is_not_computed_yet_may_be_wrong():
    ada = make_ada()
    credit = make_credit(ada)

    claim = claimed(ada, kind="wrong", text="Whose?", credit_id=credit.pk, order_number="S-1")

    assert (claim.order, claim.commission) == (credit.order, None)
    assert wanted(ada).affiliate_id == ada.pk
