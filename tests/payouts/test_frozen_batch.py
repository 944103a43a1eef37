"""PostgreSQL itself keeps a submitted batch: its way, its content, who said yes, what it paid."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from payouts.models import Approval, Batch, BatchStatus, Commission, Item, ItemLine, ItemStatus
from payouts.services import batches
from tests.payouts.paydays import (
    NEXT_PAYDAY,
    PAYDAY,
    WHY,
    approved_batch,
    finance,
    make_due,
    prepared,
    sent_batch,
    submitted,
)
from tests.payouts.stories import accrued, assert_balances

pytestmark = pytest.mark.django_db


def update(rows, **changes):
    """Change rows as the application role can, round every service."""
    with transaction.atomic():
        return rows.update(**changes)


def put(as_superuser, table, pk, status):
    """Bring a row to ``status`` as only the superuser can."""
    with as_superuser() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"UPDATE {table} SET status = %s WHERE id = %s", [status, pk])
        cursor.execute("SET session_replication_role = DEFAULT")


@pytest.mark.parametrize("old", BatchStatus)
def test_a_batch_moves_along_the_arrows_only(old, as_superuser):
    make_due()
    batch = submitted()
    put(as_superuser, "payouts_batch", batch.pk, old)
    row = Batch.objects.filter(pk=batch.pk)
    for new in BatchStatus:
        if new in {old, *Batch.ARROWS[old]}:
            assert update(row, status=new) == 1
            put(as_superuser, "payouts_batch", batch.pk, old)
        else:
            with pytest.raises(IntegrityError, match="frozen"):
                update(row, status=new)


AGAIN = (ItemStatus.SENDING, ItemStatus.READY)


@pytest.mark.parametrize("old", ItemStatus)
def test_a_payout_of_a_submitted_batch_moves_along_the_arrows_only(old, as_superuser):
    make_due()
    item = submitted().items.get()
    put(as_superuser, "payouts_item", item.pk, old)
    row = Item.objects.filter(pk=item.pk)
    for new in ItemStatus:
        if new in {old, *Item.ARROWS[old]}:
            # Ready again is only what never reached the rail: its next attempt.
            again = {"attempt": F("attempt") + 1} if (old, new) == AGAIN else {}
            assert update(row, status=new, **again) == 1
            put(as_superuser, "payouts_item", item.pk, old)
        else:
            with pytest.raises(IntegrityError, match="frozen"):
                update(row, status=new)


CONTENT = [
    {"reference": "APB-2026-07-9999"},
    {"rail": "payroll"},
    {"currency": "GBP"},
    {"cutoff_at": NEXT_PAYDAY},
    {"execution_date": NEXT_PAYDAY.date()},
    {"debtor": None},
    {"content_hash": "0" * 64},
    {"total_minor": 500_000},
    {"item_count": 9},
    {"submitted_at": NEXT_PAYDAY},
]


@pytest.mark.parametrize("change", CONTENT)
@pytest.mark.parametrize("make", [submitted, approved_batch, sent_batch])
def test_the_content_of_a_submitted_batch_is_frozen(change, make):
    make_due()
    batch = make()

    with pytest.raises(IntegrityError):
        update(Batch.objects.filter(pk=batch.pk), **change)
    with pytest.raises(IntegrityError, match="frozen"):
        update(Batch.objects.filter(pk=batch.pk), created_by=finance())

    assert update(Batch.objects.filter(pk=batch.pk), note="Call the bank.") == 1


def test_an_approved_batch_cannot_become_other_content():
    ada = make_due()
    batch = approved_batch()

    with pytest.raises(IntegrityError, match="frozen"):
        update(Batch.objects.filter(pk=batch.pk), status="draft")

    assert Batch.objects.get().status == "approved"
    assert_balances(ada.pk, reserved=5_000)


def test_sending_back_and_submitting_again_still_work():
    ada = make_due()
    batch = submitted()
    batches.send_back(batch_id=batch.pk, actor_id=finance().pk, reason=WHY, now=PAYDAY)

    batches.submit(batch_id=batch.pk, actor_id=batch.created_by_id, now=PAYDAY)

    assert Batch.objects.get().status == "in_review"
    assert_balances(ada.pk, reserved=5_000)


def test_a_batch_begins_as_a_draft_and_only_a_draft_is_deleted():
    make_due()
    draft = prepared()
    born = Batch(
        reference="APB-2026-07-9999", rail="payroll", currency="EUR", cutoff_at=PAYDAY,
        execution_date=PAYDAY.date(), status="approved", status_changed_at=PAYDAY,
        created_at=PAYDAY, created_by=finance(), submitted_by=finance(), content_hash="0" * 64,
    )  # fmt: skip

    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        born.save()
    ItemLine.objects.all().delete()
    draft.items.all().delete()
    draft.delete()
    batch = submitted()
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        connection.cursor().execute("DELETE FROM payouts_batch")

    assert Batch.objects.get() == batch


@pytest.mark.parametrize("change", [{"content_hash": "0" * 64}, {"at": NEXT_PAYDAY}])
def test_an_approval_stands_as_it_was_given(change):
    make_due()
    batch = approved_batch()
    given = Approval.objects.filter(batch=batch)

    with pytest.raises(IntegrityError, match="as it was given"):
        update(given, **change)
    with pytest.raises(IntegrityError, match="as it was given"):
        update(given, user=finance(), dropped_at=PAYDAY)
    with pytest.raises(IntegrityError, match="as it was given"), transaction.atomic():
        given.delete()

    assert update(given, dropped_at=PAYDAY) == 1
    with pytest.raises(IntegrityError, match="as it was given"):
        update(given, dropped_at=None)


def test_a_line_of_a_payout_that_left_is_never_released():
    ada = make_due()
    batch = sent_batch()
    line = ItemLine.objects.filter(item__batch=batch)

    with pytest.raises(IntegrityError, match="frozen"):
        update(line, released_at=PAYDAY)
    with pytest.raises(IntegrityError, match="frozen"):
        update(batch.items.all(), status="released")

    assert line.get().released_at is None
    assert_balances(ada.pk)


def test_a_hold_may_end_earlier_and_never_later():
    row = Commission.objects.filter(pk=accrued().pk)

    with pytest.raises(IntegrityError, match="frozen"):
        update(row, hold_until=NEXT_PAYDAY)

    assert update(row, hold_until=PAYDAY.replace(year=2020)) == 1
