"""Many people and many clicks at once: one effect each, on a real database."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from core.errors import DomainError
from core.models import AuditEntry
from payouts.models import Approval, Batch, BatchFile, Item, Statement, Transfer
from payouts.services import batches
from tests.payouts.paydays import (
    EXECUTION,
    LATER,
    PAYDAY,
    approved_batch,
    finance,
    make_debtor,
    make_due,
    prepared,
    submitted,
)
from tests.payouts.stories import assert_balances

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
THREADS = 20


def at_once(call, arguments):
    """Call with each argument in a thread of its own; return how often each outcome came."""
    barrier = Barrier(len(arguments))

    def run(argument):
        barrier.wait()
        try:
            call(argument)
        except DomainError as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(arguments)) as pool:
        return Counter(pool.map(run, arguments))


def approve_by(batch):
    return lambda actor_id: batches.approve(
        batch_id=batch.pk, actor_id=actor_id, content_hash=batch.content_hash, now=LATER
    )


def assert_one_approval(ada):
    assert Batch.objects.get().status == "approved"
    assert Approval.objects.count() == 1
    assert AuditEntry.objects.filter(verb="batch.approved").count() == 1
    assert list(Item.objects.values_list("status", flat=True)) == ["ready"]
    assert_balances(ada.pk, reserved=5_000)


def test_twenty_approvals_by_one_person_are_one():
    ada = make_due()
    batch, checker = submitted(), finance()

    outcomes = at_once(approve_by(batch), [checker.pk] * THREADS)

    assert outcomes == {"done": THREADS}
    assert_one_approval(ada)


def test_of_twenty_approvers_one_is_first():
    ada = make_due()
    batch = submitted()

    outcomes = at_once(approve_by(batch), [finance().pk for _number in range(THREADS)])

    assert outcomes == {"done": 1, "invalid_transition": THREADS - 1}
    assert_one_approval(ada)


def test_an_approval_and_a_sending_back_at_once_leave_one_truth():
    ada, maker, checker = make_due(), finance(), finance()
    batch = submitted(maker=maker)

    def act(what):
        if what == "approve":
            approve_by(batch)(checker.pk)
        else:
            batches.send_back(batch_id=batch.pk, actor_id=maker.pk, reason="Wait", now=LATER)

    outcomes = at_once(act, ["approve", "send back"] * 4)

    assert outcomes["done"] >= 1
    approved = Batch.objects.get().status == "approved"
    assert Approval.objects.count() == int(approved)
    assert_balances(ada.pk, **({"reserved": 5_000} if approved else {"payable": 5_000}))


def test_of_two_makers_at_once_one_has_the_batch():
    ada = make_due()
    make_debtor()

    def prepare(actor_id):
        batches.prepare(
            rail="sepa",
            currency="EUR",
            cutoff_at=PAYDAY,
            execution_date=EXECUTION,
            actor_id=actor_id,
            now=PAYDAY,
        )

    outcomes = at_once(prepare, [finance().pk, finance().pk, finance().pk])

    assert outcomes == {"done": 1, "batch_already_open": 2}
    assert (Batch.objects.count(), Item.objects.count()) == (1, 1)
    assert_balances(ada.pk, payable=5_000)


def test_a_double_click_on_submit_reserves_once():
    ada, maker = make_due(), finance()
    batch = prepared(maker=maker)

    outcomes = at_once(
        lambda actor_id: batches.submit(batch_id=batch.pk, actor_id=actor_id, now=LATER),
        [maker.pk] * 8,
    )

    assert outcomes == {"done": 8}
    assert Transfer.objects.filter(kind="reserved").count() == 1
    assert_balances(ada.pk, reserved=5_000)


def test_one_file_and_one_payment_whoever_clicks():
    ada = make_due()
    batch, actor = approved_batch(), finance()

    files = at_once(
        lambda actor_id: batches.make_file(batch_id=batch.pk, actor_id=actor_id, now=LATER),
        [actor.pk] * 8,
    )
    sent = at_once(
        lambda actor_id: batches.mark_sent(batch_id=batch.pk, actor_id=actor_id, now=LATER),
        [actor.pk] * 8,
    )

    assert files == sent == {"done": 8}
    assert (BatchFile.objects.count(), Statement.objects.count()) == (1, 1)
    assert AuditEntry.objects.filter(verb="batch.file_made").count() == 1
    assert Transfer.objects.filter(kind="sent").count() == 1
    assert_balances(ada.pk)
