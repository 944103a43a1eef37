"""D6 10 and P35: many approvals at once are as many as the rule asks for, and one event."""

import pytest

from core.models import AuditEntry
from payouts.domain.approval_rules import Rule
from payouts.models import Approval, Batch
from payouts.services import approval_rules, batches
from tests.payouts.paydays import LATER, PAYDAY, finance, make_due, submitted
from tests.payouts.stories import assert_balances
from tests.races.test_approval_race import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
THREADS = 16


def test_d6_10_of_sixteen_approvers_two_count_and_the_batch_is_approved_once():
    rules = [Rule(above_minor=0, people=2)]
    begin = approval_rules.propose_rules(
        currency="EUR", rules=rules, valid_from=PAYDAY, actor_id=finance().pk, now=PAYDAY
    )
    approval_rules.confirm_rules(
        currency="EUR", valid_from=begin, actor_id=finance().pk, now=PAYDAY
    )
    ada, batch = make_due(), submitted()

    outcomes = at_once(
        lambda actor_id: batches.approve(
            batch_id=batch.pk, actor_id=actor_id, content_hash=batch.content_hash, now=LATER
        ),
        [finance().pk for _number in range(THREADS)],
    )

    assert outcomes == {"done": 2, "invalid_transition": THREADS - 2}
    assert Batch.objects.get().status == "approved"
    assert Approval.objects.count() == 2
    assert AuditEntry.objects.filter(verb="batch.approved").count() == 1
    assert_balances(ada.pk, reserved=5_000)
