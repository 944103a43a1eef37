"""Two people decide about a claim at once, or one presses twice: one outcome, paid once."""

from datetime import timedelta

import pytest

from core.models import AuditEntry, Delivery
from payouts.models import Adjustment, AdjustmentProposal, Claim
from payouts.services import claim_decisions, claims
from payouts.services.claim_decisions import Reply
from tests.builders import NOW, make_attribution, make_order, make_user
from tests.payouts.claim_stories import claimed, wanted
from tests.payouts.stories import assert_balances, euros
from tests.people import make_ada, person_of
from tests.races.threads import at_once, raised

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
LATER = NOW + timedelta(days=1)


def missing():
    make_attribution(make_order(number="X-1"))
    return claimed(make_ada())


def granting(claim, actor_id):
    claim_decisions.grant(
        claim_id=claim.pk,
        amount=euros(1_000),
        reply=Reply(code="tracking_gap", text="You are right."),
        actor_id=actor_id,
        now=LATER,
    )


def test_of_one_who_grants_and_one_who_declines_one_is_first():
    claim = missing()
    people = [make_user(roles=["manager"]).pk for _number in range(8)]

    def decide(place):
        if place % 2:
            return granting(claim, people[place])
        return claim_decisions.decline(
            claim_id=claim.pk,
            reply=Reply(code="no_click", text="No click."),
            actor_id=people[place],
            now=LATER,
        )

    answers = at_once(8, decide)

    claim.refresh_from_db()
    granted = claim.status == "granted"
    assert claim.status in {"granted", "declined"}
    assert {type(error) for error in raised(answers)} == {claim_decisions.DecidedOtherwise}
    assert len(raised(answers)) == 4
    assert Adjustment.objects.count() == int(granted)
    assert Delivery.objects.filter(key__contains=f":{claim.status}:").count() == 1
    assert_balances(claim.affiliate_id, payable=1_000 if granted else 0)


def test_of_many_who_grant_the_same_it_is_paid_once():
    claim = missing()
    people = [make_user(roles=["manager"]).pk for _number in range(8)]

    answers = at_once(8, lambda place: granting(claim, people[place]))

    assert raised(answers) == []
    assert (Adjustment.objects.count(), AdjustmentProposal.objects.count()) == (1, 1)
    assert AuditEntry.objects.filter(verb="claim.granted").count() == 1
    assert_balances(claim.affiliate_id, payable=1_000)


def test_a_claim_sent_many_times_at_once_is_one():
    ada = make_ada()
    actor = person_of(ada).pk

    answers = at_once(8, lambda _place: claims.open_claim(wanted(ada), actor_id=actor, now=NOW))

    assert raised(answers) == []
    assert Claim.objects.count() == 1


def test_a_withdrawal_and_a_decision_at_once_leave_one_truth():
    claim = missing()
    sam = make_user(roles=["manager"]).pk

    def act(place):
        if place % 2:
            return granting(claim, sam)
        return claims.withdraw(
            claim_id=claim.pk, affiliate_id=claim.affiliate_id, actor_id=claim.author_id, now=LATER
        )

    at_once(6, act)

    claim.refresh_from_db()
    assert Adjustment.objects.count() == int(claim.status == "granted")
    assert claim.status in {"granted", "withdrawn"}
