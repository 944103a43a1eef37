"""A batch is frozen when it is submitted, and gives back what does not leave (P7, P8, P13)."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from core.errors import InvalidTransition
from core.models import AuditEntry
from payouts.models import Batch, Item
from payouts.services import batches
from payouts.services.items import NotADraft, ReasonMissing
from tests.builders import make_affiliate
from tests.payouts.paydays import (
    LATER,
    MUCH_LATER,
    NEXT_PAYDAY,
    PAYDAY,
    WHY,
    approve,
    approved_batch,
    finance,
    item_of,
    make_due,
    prepared,
    submitted,
    take_back,
)
from tests.payouts.stories import approved, assert_balances

pytestmark = pytest.mark.django_db


# --- submit ------------------------------------------------------------------------


def test_a_submission_sets_the_money_aside_and_freezes_the_content():
    ada, small = make_due(), make_due(units=1)
    maker = finance()

    batch = submitted(maker=maker)

    assert (batch.status, batch.submitted_by, len(batch.content_hash)) == ("in_review", maker, 64)
    assert_balances(ada.pk, reserved=5_000)
    entry = AuditEntry.objects.get(verb="batch.submitted")
    assert entry.data["left_out"] == [
        {"affiliate_id": small.pk, "due_minor": 1_000, "gates": ["below_minimum"]}
    ]


def test_a_second_submission_by_the_same_person_changes_nothing_and_by_another_is_refused():
    ada, maker = make_due(), finance()
    batch = submitted(maker=maker)

    again = batches.submit(batch_id=batch.pk, actor_id=maker.pk, now=LATER)

    assert (again.submitted_at, again.content_hash) == (PAYDAY, batch.content_hash)
    with pytest.raises(InvalidTransition):
        batches.submit(batch_id=batch.pk, actor_id=finance().pk, now=LATER)
    assert AuditEntry.objects.filter(verb="batch.submitted").count() == 1
    assert_balances(ada.pk, reserved=5_000)


def test_a_draft_that_is_not_what_is_due_any_more_is_not_submitted():
    ada, maker = make_due(), finance()
    batch = prepared(maker=maker)
    take_back(ada, units=1)

    with pytest.raises(batches.DraftIsStale):
        batches.submit(batch_id=batch.pk, actor_id=maker.pk, now=PAYDAY)

    batch.refresh_from_db()
    assert (batch.status, batch.content_hash) == ("draft", "")
    batches.recompute(batch_id=batch.pk, actor_id=maker.pk, now=PAYDAY)
    assert batches.submit(batch_id=batch.pk, actor_id=maker.pk, now=PAYDAY).total_minor == 4_000
    assert_balances(ada.pk, reserved=4_000)


def test_a_batch_of_nobody_is_not_submitted():
    ada, maker = make_due(), finance()
    batch = prepared(maker=maker)
    batches.exclude_item(item_id=item_of(batch, ada).pk, actor_id=maker.pk, reason=WHY, now=PAYDAY)

    with pytest.raises(batches.NothingToPay):
        batches.submit(batch_id=batch.pk, actor_id=maker.pk, now=PAYDAY)

    assert Batch.objects.get().status == "draft"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payouts_item SET amount_minor = amount_minor + 1",
        "UPDATE payouts_item SET iban = 'x'",
        "UPDATE payouts_itemline SET amount_minor = amount_minor + 1",
        "DELETE FROM payouts_itemline",
        "INSERT INTO payouts_itemline (item_id, adjustment_id, commission_id, amount_minor)"
        " SELECT item_id, NULL, commission_id, 1 FROM payouts_itemline",
    ],
)
def test_after_the_submission_the_database_refuses_edits(statement):
    ada = make_due()
    submitted()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert_balances(ada.pk, reserved=5_000)


def test_after_the_submission_the_services_refuse_edits():
    ada, actor = make_due(), finance()
    batch = submitted()
    item = item_of(batch, ada)

    with pytest.raises(NotADraft):
        batches.exclude_item(item_id=item.pk, actor_id=actor.pk, reason=WHY, now=LATER)
    with pytest.raises(NotADraft):
        batches.include_item(item_id=item.pk, actor_id=actor.pk, now=LATER)
    with pytest.raises(NotADraft):
        batches.recompute(batch_id=batch.pk, actor_id=actor.pk, now=LATER)

    item.amount_minor += 1
    with pytest.raises(DatabaseError), transaction.atomic():
        item.save()
    assert_balances(ada.pk, reserved=5_000)


def test_a_late_return_between_submission_and_sending_stays_for_the_next_batch():
    ada, maker = make_due(units=5), finance()
    batch = submitted(maker=maker)
    take_back(ada, units=2, now=LATER)
    assert_balances(ada.pk, payable=-2_000, reserved=5_000)

    approve(batch, finance(), now=LATER)
    batches.make_file(batch_id=batch.pk, actor_id=maker.pk, now=LATER)
    batches.mark_sent(batch_id=batch.pk, actor_id=maker.pk, now=LATER)

    assert_balances(ada.pk, payable=-2_000)
    approved(ada, lines=[{"quantity": 6}])
    assert prepared(now=NEXT_PAYDAY, execution_date=date(2026, 8, 10)).total_minor == 4_000


# --- sent back, cancelled ----------------------------------------------------------


def test_a_batch_sent_back_gives_the_money_back_and_can_be_submitted_again_and_again():
    ada, maker, checker = make_due(), finance(), finance()
    batch = submitted(maker=maker)

    for hours in (1, 2, 3):
        now = PAYDAY + timedelta(hours=hours)
        back = batches.send_back(batch_id=batch.pk, actor_id=checker.pk, reason=WHY, now=now)
        assert (back.status, back.content_hash, back.note) == ("draft", "", WHY)
        assert_balances(ada.pk, payable=5_000)
        batches.submit(batch_id=batch.pk, actor_id=maker.pk, now=now)
        assert_balances(ada.pk, reserved=5_000)

    approve(batch, checker, now=now)
    batches.make_file(batch_id=batch.pk, actor_id=maker.pk, now=now)
    batches.mark_sent(batch_id=batch.pk, actor_id=maker.pk, now=now)
    assert_balances(ada.pk)


def test_a_payout_that_changed_after_being_sent_back_is_reserved_at_its_new_amount():
    ada, late, maker = make_due(), make_affiliate(), finance()
    batch = submitted(maker=maker)
    batches.send_back(batch_id=batch.pk, actor_id=maker.pk, reason=WHY, now=LATER)
    take_back(ada, units=2, now=LATER)
    make_due(affiliate=late, units=4)
    batches.recompute(batch_id=batch.pk, actor_id=maker.pk, now=LATER)

    batches.submit(batch_id=batch.pk, actor_id=maker.pk, now=LATER)
    assert_balances(ada.pk, reserved=3_000)
    assert_balances(late.pk, reserved=4_000)

    approve(batch, finance(), now=LATER)
    batches.cancel(batch_id=batch.pk, actor_id=maker.pk, reason=WHY, now=LATER)
    assert_balances(ada.pk, payable=3_000)
    assert_balances(late.pk, payable=4_000)


def test_sending_back_needs_a_reason():
    ada = make_due()
    batch = submitted()

    with pytest.raises(ReasonMissing):
        batches.send_back(batch_id=batch.pk, actor_id=finance().pk, reason="", now=LATER)

    assert_balances(ada.pk, reserved=5_000)


@pytest.mark.parametrize("make", [prepared, approved_batch])
def test_a_cancelled_batch_releases_everything(make):
    ada = make_due()
    batch = make()

    batches.cancel(batch_id=batch.pk, actor_id=finance().pk, reason=WHY, now=LATER)

    batch.refresh_from_db()
    assert (batch.status, batch.note) == ("cancelled", WHY)
    assert set(Item.objects.values_list("status", flat=True)) == {"released"}
    assert_balances(ada.pk, payable=5_000)
    assert prepared(now=MUCH_LATER).total_minor == 5_000


def test_a_batch_in_review_or_sent_is_not_cancelled():
    ada = make_due()
    batch = submitted()

    with pytest.raises(InvalidTransition):
        batches.cancel(batch_id=batch.pk, actor_id=finance().pk, reason=WHY, now=LATER)
    approve(batch, finance())
    batches.make_file(batch_id=batch.pk, actor_id=finance().pk, now=LATER)
    with pytest.raises(InvalidTransition):
        batches.cancel(batch_id=batch.pk, actor_id=finance().pk, reason=WHY, now=LATER)

    assert_balances(ada.pk, reserved=5_000)
