"""Late claims are told to the managers (CL7), late answers to their affiliates (CL15)."""

from datetime import timedelta

import pytest

from affiliates.models import Programme
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


def asked_by(sam, claim, *, now=NOW, text="Send the mail, please."):
    return claims.ask(claim_id=claim.pk, text=text, actor_id=sam.pk, now=now)


def reminders():
    return Delivery.objects.filter(key__contains=":reminded:").order_by("pk")


def test_a_question_is_recalled_once_before_its_last_day():
    claim = asked_by(make_sam(), claimed(make_ada()))
    assert claim_deadlines.remind(now=NOW + timedelta(days=10, hours=23)) == 0

    near = NOW + timedelta(days=11)
    assert [claim_deadlines.remind(now=near + timedelta(hours=n)) for n in range(3)] == [1, 0, 0]

    mail = reminders().get()
    assert mail.recipient == "ada@example.com"
    assert "Send the mail, please." in mail.body
    assert "by June 29, 2026" in mail.body
    claim.refresh_from_db()
    assert claim.reminded_at == near
    assert AuditEntry.objects.filter(verb="claim.reminded").count() == 1


def test_each_question_is_recalled():
    sam, claim = make_sam(), claimed(make_ada())
    asked_by(sam, claim)
    claim_deadlines.remind(now=NOW + timedelta(days=12))
    claims.reply(claim_id=claim.pk, affiliate_id=claim.affiliate_id, text="Here",
                 actor_id=claim.author_id, now=NOW + timedelta(days=13))  # fmt: skip
    asked_by(sam, claim, now=NOW + timedelta(days=14), text="Once more?")

    assert claim_deadlines.remind(now=NOW + timedelta(days=15)) == 0
    assert claim_deadlines.remind(now=NOW + timedelta(days=26)) == 1
    assert "Once more?" in reminders().last().body


def test_nobody_is_reminded_of_what_is_answered_closed_or_over():
    sam, ada = make_sam(), make_ada()
    answered, closed, over = (claimed(ada, order_number=number) for number in "123")
    for claim in (answered, closed, over):
        asked_by(sam, claim)
    claims.reply(claim_id=answered.pk, affiliate_id=ada.pk, text="So", actor_id=over.author_id,
                 now=NOW)  # fmt: skip
    claims.withdraw(claim_id=closed.pk, affiliate_id=ada.pk, actor_id=over.author_id, now=NOW)

    assert claim_deadlines.remind(now=NOW + timedelta(days=14)) == 0
    assert not reminders().exists()


def test_of_short_times_the_second_half_is_near():
    Programme.objects.create(pk=1, claim_answer_days=2)
    asked_by(make_sam(), claimed(make_ada()))
    assert claim_deadlines.remind(now=NOW + timedelta(hours=23)) == 0
    assert claim_deadlines.remind(now=NOW + timedelta(hours=24)) == 1
