"""Payouts that a person holds back: a payee's, or one payment (P63, P64)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from affiliates.models import Membership
from core.models import AuditEntry
from payouts.models import PayoutHold
from payouts.queries.exceptions import exceptions
from payouts.queries.why_not_paid import why_not_paid
from payouts.services import batches, holds
from payouts.services.holds import HoldRefused
from payouts.services.items import FourEyesRefused, ReasonMissing
from tests.payouts import stripe_world
from tests.payouts.paydays import (
    LATER,
    MUCH_LATER,
    PAYDAY,
    approved_batch,
    finance,
    item_of,
    make_due,
    prepared,
    sent_batch,
)
from tests.payouts.stories import assert_balances
from tests.payouts.stripe_world import make_stripe_due, run, started

double, _stripe_server = stripe_world.double, stripe_world._stripe_server
pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def hold(affiliate, *, actor=None, until=None, now=PAYDAY, reason="Another account answers"):
    return holds.hold_payee(
        affiliate_id=affiliate.pk, reason=reason, until=until, actor_id=(actor or finance()).pk,
        now=now,
    )  # fmt: skip


def hold_item(item, *, actor=None, until=None, now=LATER):
    return holds.hold_item(
        item_id=item.pk, reason="Asked", until=until, actor_id=(actor or finance()).pk, now=now
    )


def release(held, *, actor=None, reason="Checked", now=MUCH_LATER):
    return holds.release(hold_id=held.pk, reason=reason, actor_id=(actor or finance()).pk, now=now)


def codes(affiliate, now=LATER):
    return [gate.code for gate in why_not_paid(affiliate.pk, now).gates]


def test_a_held_payee_is_in_no_batch_reads_it_in_plain_words_and_is_paid_after_the_release():
    ada, ines = make_due(), make_due()
    held = hold(ada)

    batch = approved_batch()

    assert [item.affiliate for item in batch.items.all()] == [ines]
    with translation.override("en"):
        [gate] = why_not_paid(ada.pk, LATER).gates
    assert gate.sentence.startswith("Our finance team holds your payouts back")
    assert "Another account" not in gate.sentence + gate.remedy
    release(held, now=LATER)
    assert codes(ada, MUCH_LATER) == []
    assert_balances(ada.pk, payable=5_000)


def test_a_hold_ends_by_itself_on_its_day():
    ada = make_due()
    hold(ada, until=PAYDAY + DAY)

    with translation.override("en"):
        [gate] = why_not_paid(ada.pk, LATER).gates
    assert "until 18 July 2026" in gate.sentence
    assert codes(ada, PAYDAY + DAY) == []
    again = hold(ada, now=PAYDAY + 2 * DAY)
    assert (again.until, PayoutHold.objects.count()) == (None, 2)


def test_held_twice_is_held_once_and_both_are_told_the_same():
    ada = make_due()
    first = hold(ada)

    assert hold(ada, reason="Something else").pk == first.pk
    assert PayoutHold.objects.get().reason == "Another account answers"
    assert AuditEntry.objects.filter(verb="payout_hold.begun").count() == 1


def test_a_payment_of_a_batch_under_way_waits_and_the_others_leave(double):
    ada, ines = make_stripe_due(double, count=2)
    batch = started(double)
    held = hold_item(item_of(batch, ada))

    assert run(double, batch).status == "executing"
    assert item_of(batch, ada).status == "ready"
    assert item_of(batch, ines).status == "sent"
    assert codes(ada) == ["on_hold"]
    release(held)
    assert run(double, batch, now=MUCH_LATER).status == "done"
    assert double.stats()["duplicates"] == {}


def test_a_payee_held_while_the_batch_is_carried_out_waits_too(double):
    ada, _ines = make_stripe_due(double, count=2)
    batch = started(double)
    hold(ada, now=LATER, until=LATER + DAY)

    assert run(double, batch).status == "executing"
    assert run(double, batch, now=LATER + DAY).status == "done"


def test_a_file_leaves_a_held_payment_out_and_what_was_in_it_stays_held():
    ada, ines = make_due(), make_due()
    batch, actor = approved_batch(), finance()
    held = hold_item(item_of(batch, ada))

    batches.make_file(batch_id=batch.pk, actor_id=actor.pk, now=MUCH_LATER)

    assert item_of(batch, ada).status == "released"
    assert item_of(batch, ines).status == "sending"
    assert_balances(ada.pk, payable=5_000)
    assert codes(ada, MUCH_LATER) == ["on_hold"]
    release(held)
    assert codes(ada, MUCH_LATER + DAY) == []


def test_what_is_in_a_draft_on_its_way_or_over_is_not_held():
    make_due()
    draft = prepared()
    with pytest.raises(HoldRefused, match="draft"):
        hold_item(draft.items.get())
    batches.cancel(batch_id=draft.pk, actor_id=finance().pk, reason="Again", now=PAYDAY)
    with pytest.raises(HoldRefused, match="on its way"):
        hold_item(sent_batch().items.get())
    assert not PayoutHold.objects.exists()


def test_nobody_holds_or_releases_their_own_nor_without_a_reason_nor_into_the_past():
    ada, mine = make_due(), finance()
    Membership.objects.create(affiliate=ada, user=mine)
    held = hold(ada)

    for refused in (
        lambda: hold(make_due(), until=PAYDAY),
        lambda: hold(ada, actor=mine),
        lambda: release(held, actor=mine),
    ):
        with pytest.raises(HoldRefused):
            refused()
    with pytest.raises(ReasonMissing):
        hold(make_due(), reason=" ")
    with pytest.raises(ReasonMissing):
        release(held, reason=" ")
    assert PayoutHold.objects.get().ended_at is None


@pytest.mark.parametrize(("units", "is_refused"), [(50, False), (51, True)])
def test_above_500_euros_another_person_releases(units, is_refused):
    holder, ada = finance(), make_due(units=units)
    held = hold(ada, actor=holder)

    if is_refused:
        with pytest.raises(FourEyesRefused):
            release(held, actor=holder)
        assert codes(ada) == ["on_hold"]
        release(held)
    else:
        release(held, actor=holder)
    assert codes(ada, MUCH_LATER) == []


def test_released_twice_is_released_once():
    ada, first = make_due(), finance()
    held = hold(ada)
    release(held, actor=first)

    assert release(held).ended_by == first
    assert AuditEntry.objects.filter(verb="payout_hold.released").count() == 1


def test_a_held_payee_is_no_exception_of_its_own():
    ada = make_due(units=60)
    hold(ada)

    assert exceptions(LATER) == []


def test_the_database_keeps_a_hold_as_it_was_and_lets_it_end_once():
    held = hold(make_due())
    rows = PayoutHold.objects.filter(pk=held.pk)

    for change in ({"reason": "Other"}, {"until": LATER}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    release(held)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(ended_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()
