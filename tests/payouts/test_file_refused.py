"""A file that the bank or payroll refuses frees the money again, once and for good (P34)."""

import pytest

from core.errors import InvalidTransition
from core.models import AuditEntry
from payouts.models import Commission, ItemLine, Statement
from payouts.services import batches
from payouts.services.items import ReasonMissing
from tests.payouts.paydays import (
    LATER,
    NEXT_PAYDAY,
    PAYDAY,
    approve,
    approved_batch,
    finance,
    make_due,
    make_employee_due,
    prepared,
    sent_batch,
    submitted,
)
from tests.payouts.stories import assert_balances

pytestmark = pytest.mark.django_db

BECAUSE = "The bank refused the file: wrong debtor account."


def with_file(batch):
    batches.make_file(batch_id=batch.pk, actor_id=finance().pk, now=PAYDAY)
    return batch


def refuse(batch, *, actor=None, reason=BECAUSE):
    return batches.file_refused(
        batch_id=batch.pk, actor_id=(actor or finance()).pk, reason=reason, now=LATER
    )


@pytest.mark.parametrize(("make", "rail"), [(make_due, "sepa"), (make_employee_due, "payroll")])
def test_what_was_in_a_refused_file_is_due_again_and_paid_by_the_next_batch(make, rail):
    ada, person = make(), finance()
    batch = with_file(approved_batch(rail=rail))

    refuse(batch, actor=person)

    batch.refresh_from_db()
    item = batch.items.get()
    assert (batch.status, batch.note) == ("cancelled", BECAUSE)
    assert (item.status, item.reason) == ("released", BECAUSE)
    assert Commission.objects.get().status == "approved"
    assert not ItemLine.objects.filter(released_at=None).exists()
    assert not Statement.objects.exists()
    entry = AuditEntry.objects.get(verb="batch.file_refused")
    assert (entry.actor, entry.reason) == (person, BECAUSE)
    assert entry.data == {"items": 1, "total_minor": 5_000}
    assert_balances(ada.pk, payable=5_000)
    again = sent_batch(rail=rail, now=NEXT_PAYDAY, execution_date=NEXT_PAYDAY.date())
    assert again.total_minor == 5_000
    assert_balances(ada.pk)


def test_who_approved_it_may_not_call_it_back():
    ada, checker = make_due(), finance()
    batch = submitted()
    approve(batch, checker)
    with_file(batch)

    with pytest.raises(batches.FourEyesRefused, match="another person"):
        refuse(batch, actor=checker)

    batch.refresh_from_db()
    assert batch.status == "executing"
    assert_balances(ada.pk, reserved=5_000)


def test_it_needs_a_reason():
    ada = make_due()
    batch = with_file(approved_batch())

    with pytest.raises(ReasonMissing):
        refuse(batch, reason=" ")

    assert_balances(ada.pk, reserved=5_000)


@pytest.mark.parametrize("make", [prepared, submitted, approved_batch, sent_batch])
def test_only_a_batch_with_its_file_made_and_not_sent_can_be_refused(make):
    make_due()
    batch = make()
    before = batch.status

    with pytest.raises(InvalidTransition):
        refuse(batch)

    batch.refresh_from_db()
    assert batch.status == before


def test_afterwards_the_file_is_neither_downloaded_nor_sent_nor_refused_again():
    ada = make_due()
    batch = with_file(approved_batch())
    refuse(batch)
    actor = finance().pk

    with pytest.raises(InvalidTransition):
        batches.make_file(batch_id=batch.pk, actor_id=actor, now=LATER)
    with pytest.raises(InvalidTransition):
        batches.mark_sent(batch_id=batch.pk, actor_id=actor, now=LATER)
    with pytest.raises(InvalidTransition):
        refuse(batch)

    assert_balances(ada.pk, payable=5_000)
