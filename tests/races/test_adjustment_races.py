"""Adjustments, tiers and bonuses against themselves: one effect each, and never past the limit."""

from datetime import timedelta

import pytest

from core.models import AuditEntry, Delivery
from payouts.models import Adjustment, AdjustmentProposal, TierReached, Transfer
from payouts.services import (
    accruals,
    bonuses,
    checks,
    commissions,
    proposal_imports,
    proposals,
    returns,
    tiers,
)
from payouts.services.proposal_files import read_file
from tests.builders import (
    NOW,
    make_affiliate,
    make_credit,
    make_order,
    make_return,
    make_screening,
    make_terms,
    make_user,
)
from tests.payouts.stories import AFTER_HOLD, approved, euros
from tests.races.threads import at_once, raised

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def propose(affiliate, author, minor, *, key, **facts):
    return proposals.propose(
        affiliate_id=affiliate.pk,
        amount=euros(minor),
        reason="correction",
        text="Counted twice",
        source_key=key,
        author_id=author.pk,
        **{"now": NOW, **facts},
    )


def test_one_proposal_sent_20_times_at_once_is_booked_once():
    ada, sam = make_affiliate(), make_user()

    answers = at_once(20, lambda _number: propose(ada, sam, 500, key="once").pk)

    assert raised(answers) == []
    assert set(answers) == {AdjustmentProposal.objects.get().pk}
    assert Adjustment.objects.count() == Transfer.objects.count() == 1
    assert AuditEntry.objects.count() == 1
    assert checks.check() == []


def test_20_small_ones_at_once_do_not_pass_the_limit_together():
    ada, sam = make_affiliate(), make_user()

    answers = at_once(20, lambda number: propose(ada, sam, 1_500, key=f"part-{number}").status)

    assert raised(answers) == []
    assert sorted(answers) == ["booked"] * 6 + ["proposed"] * 14  # 6 x 15.00 is below 100.00.
    assert Adjustment.objects.count() == 6
    assert checks.check() == []


def test_of_approvals_a_refusal_and_a_withdrawal_at_once_one_counts():
    ada, sam = make_affiliate(), make_user()
    people = [make_user() for _ in range(10)]
    proposal = propose(ada, sam, 50_000, key="big")

    def act(number):
        if number == 10:
            return proposals.withdraw(proposal_id=proposal.pk, actor_id=sam.pk, now=NOW)
        if number % 3 == 0:
            return proposals.decline(
                proposal_id=proposal.pk, actor_id=people[number].pk, note="No", now=NOW
            )
        return proposals.approve(proposal_id=proposal.pk, actor_id=people[number].pk, now=NOW)

    answers = at_once(11, act)

    assert {error.code for error in raised(answers)} == {"invalid_transition"}
    assert len(raised(answers)) == 10
    proposal.refresh_from_db()
    assert Adjustment.objects.count() == (1 if proposal.status == "booked" else 0)
    assert checks.check() == []


@pytest.mark.parametrize("attempt", range(3))
def test_no_more_is_taken_back_of_a_sale_than_is_left(attempt):
    commission, sam = approved(lines=[{"quantity": 3}]), make_user()
    facts = {"commission_id": commission.pk, "now": AFTER_HOLD}

    answers = at_once(
        10,
        lambda number: (
            propose(commission.affiliate, sam, -700 - attempt, key=f"back-{number}", **facts).status
        ),
    )

    assert answers.count("booked") == 4  # 4 x 7.00 of 30.00.
    assert {error.code for error in raised(answers)} == {"proposal_refused"}
    assert checks.check() == []


def test_a_clawback_that_races_a_return_leaves_an_agreeing_ledger():
    commission, sam = approved(), make_user()
    make_return(commission.credit.order)
    facts = {"commission_id": commission.pk, "now": AFTER_HOLD}

    answers = at_once(
        12,
        lambda number: (
            propose(commission.affiliate, sam, -600, key=f"k{number}", **facts)
            if number % 2
            else returns.apply_pending(now=AFTER_HOLD)
        ),
    )

    assert {error.code for error in raised(answers)} <= {"proposal_refused"}
    returns.apply_pending(now=AFTER_HOLD)
    assert checks.check() == []


def test_a_file_brought_in_ten_times_at_once_is_booked_once():
    people, sam = [make_affiliate() for _ in range(5)], make_user()
    forth = "".join(f"k{one.pk};{one.public_id};1;bonus;June\n" for one in people)
    back = "".join(f"k{one.pk};{one.public_id};1;bonus;June\n" for one in reversed(people))

    def bring(number):
        lines = read_file(
            "key;affiliate;amount;reason;text\n" + (forth if number % 2 else back), currency="EUR"
        )
        return proposal_imports.bring_in(
            lines, file_name="june.csv", author_id=sam.pk, is_rehearsal=number == 9, now=NOW
        )

    answers = at_once(10, bring)

    assert raised(answers) == []
    assert not any(answer.has_refusals for answer in answers)
    assert Adjustment.objects.count() == Transfer.objects.count() == 5
    assert checks.check() == []


def test_tiers_and_bonuses_counted_20_times_at_once_are_written_once():
    ada = make_affiliate()
    make_terms(
        affiliate=ada,
        rules={
            "tiers": {
                "metric": "orders",
                "every": "month",
                "steps": [{"at": 1, "rate_bps": 2_500}, {"at": 2, "rate_bps": 3_000}],
            },
            "bonuses": [
                {"key": "first", "name": "First", "kind": "first_sale", "minor": 500},
                {"key": "goal", "name": "Goal", "kind": "goal", "minor": 700, "at": 2},
            ],
        },
    )
    for _ in range(2):
        make_screening(make_credit(ada, make_order(placed_at=NOW - timedelta(days=40))))
    accruals.accrue_pending(now=NOW)
    commissions.approve_due(now=NOW)

    verbs = [tiers.note_reached, bonuses.award]
    answers = at_once(20, lambda number: verbs[number % 2](now=NOW, since=NOW - timedelta(days=7)))

    assert raised(answers) == []
    assert sum(answers) == 4
    assert TierReached.objects.count() == 2
    assert sorted(Adjustment.objects.values_list("amount_minor", flat=True)) == [500, 700]
    assert Delivery.objects.count() == 3
    assert checks.check() == []
