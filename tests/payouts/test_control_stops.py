"""The kill switch and what it holds back (P40, P41)."""

import pytest

from core.models import AuditEntry
from payouts.models import BatchFile, PayoutStop
from payouts.services import batches, payout_stops
from payouts.services.items import FourEyesRefused, ReasonMissing
from tests.payouts.paydays import LATER, MUCH_LATER, PAYDAY, WHY, approved_batch, finance, make_due
from tests.payouts.stories import assert_balances

pytestmark = pytest.mark.django_db


def stop(actor=None, now=PAYDAY):
    return payout_stops.stop(actor_id=(actor or finance()).pk, reason=WHY, now=now)


def test_while_payouts_are_stopped_no_file_is_made_and_the_batch_waits():
    ada, batch = make_due(), approved_batch()
    stop()

    with pytest.raises(payout_stops.PayoutsStopped, match=WHY):
        batches.make_file(batch_id=batch.pk, actor_id=finance().pk, now=LATER)

    batch.refresh_from_db()
    assert batch.status == "approved"
    assert not BatchFile.objects.exists()
    assert_balances(ada.pk, reserved=5_000)


def test_while_payouts_are_stopped_nothing_is_marked_as_sent():
    ada, batch, actor = make_due(), approved_batch(), finance()
    batches.make_file(batch_id=batch.pk, actor_id=actor.pk, now=PAYDAY)
    stop()

    with pytest.raises(payout_stops.PayoutsStopped):
        batches.mark_sent(batch_id=batch.pk, actor_id=actor.pk, now=LATER)

    assert_balances(ada.pk, reserved=5_000)


def test_another_person_resumes_and_the_file_is_made():
    make_due()
    batch, stopper, other = approved_batch(), finance(), finance()
    stop(stopper)

    with pytest.raises(FourEyesRefused):
        payout_stops.resume(actor_id=stopper.pk, reason=WHY, now=LATER)
    payout_stops.resume(actor_id=other.pk, reason=WHY, now=LATER)

    assert batches.make_file(batch_id=batch.pk, actor_id=other.pk, now=MUCH_LATER).sha256
    ended = PayoutStop.objects.get()
    assert (ended.began_by, ended.ended_by, ended.end_reason) == (stopper, other, WHY)
    verbs = AuditEntry.objects.filter(verb__startswith="payouts.").values_list("verb", flat=True)
    assert sorted(verbs) == ["payouts.resumed", "payouts.stopped"]


def test_a_second_stop_is_the_first_one():
    first = stop()

    assert stop(now=LATER) == first
    assert PayoutStop.objects.count() == 1


def test_stopping_and_resuming_need_a_reason():
    with pytest.raises(ReasonMissing):
        payout_stops.stop(actor_id=finance().pk, reason=" ", now=PAYDAY)
    stop()
    with pytest.raises(ReasonMissing):
        payout_stops.resume(actor_id=finance().pk, reason="", now=LATER)


def test_nothing_to_resume_is_refused():
    with pytest.raises(payout_stops.NotStopped):
        payout_stops.resume(actor_id=finance().pk, reason=WHY, now=PAYDAY)


def test_whether_payouts_were_stopped_is_known_for_every_moment():
    stop(now=PAYDAY)
    payout_stops.resume(actor_id=finance().pk, reason=WHY, now=MUCH_LATER)

    held = PayoutStop.objects.get()
    assert held.began_at <= LATER < held.ended_at <= MUCH_LATER
