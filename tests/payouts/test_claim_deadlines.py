"""Claims that are late are told to the managers, once a day (CL7)."""

from datetime import timedelta

import pytest

from core.models import AuditEntry, Delivery
from payouts.models import Claim
from payouts.services import claim_deadlines, claims
from tests.builders import NOW, make_user
from tests.payouts.claim_stories import claimed
from tests.people import make_ada, make_sam

pytestmark = pytest.mark.django_db
LATE = NOW + timedelta(days=14, hours=1)


def mails():
    return Delivery.objects.filter(key__startswith="claims:overdue:")


def test_every_manager_is_told_once_a_day_and_the_trail_once():
    sam, other = make_sam(), make_user(roles=["manager"], language="fr")
    claim = claimed(make_ada())
    claims.assign(claim_id=claim.pk, assignee_id=sam.pk, actor_id=sam.pk, now=NOW)
    assert claim_deadlines.escalate(now=NOW + timedelta(days=14)) == 0
    assert not mails().exists()

    assert [claim_deadlines.escalate(now=LATE) for _again in range(2)] == [1, 0]

    assert set(mails().values_list("recipient", flat=True)) == {sam.email, other.email}
    assert "(yours)" in mails().get(recipient=sam.email).body
    assert AuditEntry.objects.filter(verb="claim.overdue").count() == 1
    assert Claim.objects.get().escalated_at == LATE
    claim_deadlines.escalate(now=LATE + timedelta(days=1))
    assert mails().count() == 4
    assert AuditEntry.objects.filter(verb="claim.overdue").count() == 1


def test_what_waits_for_the_affiliate_or_is_closed_is_not_late():
    sam, ada = make_sam(), make_ada()
    asked, closed = claimed(ada, order_number="1"), claimed(ada, order_number="2")
    claims.ask(claim_id=asked.pk, text="How?", actor_id=sam.pk, now=NOW)
    claims.withdraw(claim_id=closed.pk, affiliate_id=ada.pk, actor_id=closed.author_id, now=NOW)

    assert claim_deadlines.escalate(now=LATE) == 0
    assert not mails().exists()
