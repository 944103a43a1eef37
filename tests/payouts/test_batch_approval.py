"""Two people between money and the door (P9 to P12)."""

from datetime import timedelta

import pytest

from affiliates.services import payees
from core.errors import InvalidTransition
from core.models import AuditEntry
from payouts.models import Approval, Batch, BatchFile, Item
from payouts.services import batches
from payouts.services.items import ContentChanged
from payouts.services.leaving import NotApproved
from tests.builders import make_affiliate, make_user
from tests.payouts.paydays import (
    LATER,
    OTHER_IBAN,
    PAYDAY,
    WHY,
    approve,
    finance,
    item_of,
    make_due,
    prepared,
    submitted,
)
from tests.payouts.stories import assert_balances

pytestmark = pytest.mark.django_db


def assert_nothing_approved(batch):
    batch.refresh_from_db()
    assert batch.status == "in_review"
    assert not Approval.objects.exists()
    assert not Item.objects.filter(status="ready").exists()


def test_another_person_approves_and_every_payout_is_ready():
    ada, checker = make_due(), finance()
    batch = submitted()

    approve(batch, checker)

    batch.refresh_from_db()
    approval = Approval.objects.get()
    assert (batch.status, approval.user) == ("approved", checker)
    assert approval.content_hash == batch.content_hash
    assert item_of(batch, ada).status == "ready"
    assert_balances(ada.pk, reserved=5_000)


def test_the_maker_may_not_approve_and_the_attempt_is_kept():
    ada, maker = make_due(), finance()
    batch = submitted(maker=maker)

    with pytest.raises(batches.FourEyesRefused, match="another person approves it"):
        approve(batch, maker)

    assert_nothing_approved(batch)
    assert AuditEntry.objects.get(verb="batch.approval_refused").actor == maker
    assert_balances(ada.pk, reserved=5_000)


def test_who_prepared_may_not_approve_what_another_submitted_nor_the_other_way_round():
    make_due()
    maker, submitter = finance(), finance()
    batch = prepared(maker=maker)
    batches.submit(batch_id=batch.pk, actor_id=submitter.pk, now=PAYDAY)

    for person in (maker, submitter):
        with pytest.raises(batches.FourEyesRefused):
            approve(batch, person)

    assert_nothing_approved(batch)


def test_who_edited_the_draft_may_not_approve_it():
    make_due()
    other = make_due()
    maker, excluder, submitter_of_old = finance(), finance(), finance()
    batch = prepared(maker=maker)
    batches.exclude_item(
        item_id=item_of(batch, other).pk, actor_id=excluder.pk, reason=WHY, now=PAYDAY
    )
    batches.submit(batch_id=batch.pk, actor_id=submitter_of_old.pk, now=PAYDAY)
    batches.send_back(batch_id=batch.pk, actor_id=finance().pk, reason=WHY, now=PAYDAY)
    batches.submit(batch_id=batch.pk, actor_id=maker.pk, now=PAYDAY)

    for person in (excluder, submitter_of_old):
        with pytest.raises(batches.FourEyesRefused):
            approve(batch, person)

    assert_nothing_approved(batch)


def test_who_sent_it_back_may_approve_it_later():
    make_due()
    maker, checker = finance(), finance()
    batch = submitted(maker=maker)
    batches.send_back(batch_id=batch.pk, actor_id=checker.pk, reason=WHY, now=PAYDAY)
    batches.submit(batch_id=batch.pk, actor_id=maker.pk, now=PAYDAY)

    assert approve(batch, checker).status == "approved"


def save_details(affiliate, actor, iban):
    payees.save_details(
        affiliate_id=affiliate.pk,
        actor_id=actor.pk,
        legal_name=affiliate.name,
        iban=iban,
        country="FR",
        town="Lyon",
        now=PAYDAY - timedelta(days=4),
    )


def test_who_changed_the_bank_details_of_a_payee_may_not_approve():
    ada, editor = make_due(), finance()
    save_details(ada, editor, OTHER_IBAN)
    batch = submitted()

    with pytest.raises(batches.FourEyesRefused, match=f"bank details of {ada.name}"):
        approve(batch, editor)

    assert_nothing_approved(batch)
    assert approve(batch, finance()).status == "approved"


def test_who_changed_them_before_somebody_else_did_may_not_approve_either():
    ada, editor = make_due(), finance()
    save_details(ada, editor, OTHER_IBAN)
    save_details(ada, finance(), "FR1420041010050500013M02606")
    batch = submitted()

    with pytest.raises(batches.FourEyesRefused, match=f"bank details of {ada.name}"):
        approve(batch, editor)

    assert_nothing_approved(batch)


def test_who_is_paid_by_the_batch_may_not_approve_it():
    member = make_user(roles=["finance"])
    affiliate = make_due(affiliate=make_affiliate(user=member))
    batch = submitted()

    with pytest.raises(batches.FourEyesRefused, match=f"You act for {affiliate.name}"):
        approve(batch, member)

    assert_nothing_approved(batch)


def test_a_page_that_showed_other_content_is_refused():
    ada, maker, checker = make_due(), finance(), finance()
    batch = submitted(maker=maker)
    shown = batch.content_hash
    batches.send_back(batch_id=batch.pk, actor_id=checker.pk, reason=WHY, now=PAYDAY)
    save_details(ada, maker, OTHER_IBAN)
    batches.recompute(batch_id=batch.pk, actor_id=maker.pk, now=PAYDAY)
    batches.submit(batch_id=batch.pk, actor_id=maker.pk, now=PAYDAY)

    with pytest.raises(ContentChanged, match="since you opened the page"):
        batches.approve(batch_id=batch.pk, actor_id=checker.pk, content_hash=shown, now=LATER)

    assert_nothing_approved(batch)
    assert_balances(ada.pk, reserved=5_000)


TAMPERING = [
    "UPDATE payouts_item SET amount_minor = amount_minor + 100",
    "UPDATE payouts_item SET payee_name = 'Mallory'",
    "UPDATE payouts_item SET country = 'DE'",
    "UPDATE payouts_itemline SET amount_minor = amount_minor + 100",
    "UPDATE payouts_item SET status = 'released'",
    "UPDATE payouts_batch SET execution_date = '2030-01-01'",
    "UPDATE payouts_itemline SET released_at = now()",
]


def tamper(as_owner, statement):
    """As the owner of the tables can: with the triggers off."""
    tables = ("payouts_batch", "payouts_item", "payouts_itemline")
    with as_owner() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.mark.parametrize("statement", TAMPERING)
def test_rows_changed_behind_our_back_are_not_approved(as_owner, statement):
    make_due()
    batch = submitted()
    tamper(as_owner, statement)

    with pytest.raises(ContentChanged, match="not those that were submitted"):
        approve(batch, finance())

    assert_nothing_approved(batch)


@pytest.mark.parametrize("statement", TAMPERING)
def test_rows_changed_after_the_approval_are_not_paid(as_owner, statement):
    make_due()
    batch, checker = submitted(), finance()
    approve(batch, checker)
    tamper(as_owner, statement)

    with pytest.raises(ContentChanged):
        batches.make_file(batch_id=batch.pk, actor_id=checker.pk, now=LATER)

    assert Batch.objects.get().status == "approved"


def forge_approval(batch):
    """As the application role can: along the arrows, without anybody's yes."""
    Batch.objects.filter(pk=batch.pk).update(status="approved")
    Item.objects.filter(batch=batch).update(status="ready")


def test_a_batch_called_approved_without_anybodys_yes_gets_no_file():
    ada, batch = make_due(), submitted()
    forge_approval(batch)

    with pytest.raises(NotApproved):
        batches.make_file(batch_id=batch.pk, actor_id=finance().pk, now=LATER)

    assert Batch.objects.get().status == "approved"
    assert not BatchFile.objects.exists()
    assert_balances(ada.pk, reserved=5_000)


def test_a_yes_to_earlier_content_or_one_that_was_dropped_is_none():
    ada, maker, checker = make_due(), finance(), finance()
    batch = submitted(maker=maker)
    Approval.objects.create(batch=batch, user=checker, content_hash="0" * 64, at=PAYDAY)
    batches.send_back(batch_id=batch.pk, actor_id=checker.pk, reason=WHY, now=PAYDAY)
    batches.submit(batch_id=batch.pk, actor_id=maker.pk, now=PAYDAY)
    Approval.objects.create(batch=batch, user=checker, content_hash="0" * 64, at=PAYDAY)
    forge_approval(batch)

    with pytest.raises(NotApproved):
        batches.make_file(batch_id=batch.pk, actor_id=finance().pk, now=LATER)

    assert_balances(ada.pk, reserved=5_000)


def test_what_nobody_approved_is_not_marked_as_sent():
    ada, batch = make_due(), submitted()
    forge_approval(batch)
    Batch.objects.filter(pk=batch.pk).update(status="executing")
    Item.objects.filter(batch=batch).update(status="sending")

    with pytest.raises(NotApproved):
        batches.mark_sent(batch_id=batch.pk, actor_id=finance().pk, now=LATER)

    assert Batch.objects.get().status == "executing"
    assert_balances(ada.pk, reserved=5_000)


def test_the_same_yes_twice_is_one_and_another_persons_is_refused():
    ada, checker = make_due(), finance()
    batch = submitted()
    approve(batch, checker)

    assert approve(batch, checker, now=LATER).status == "approved"
    with pytest.raises(InvalidTransition):
        approve(batch, finance(), now=LATER)

    assert Approval.objects.count() == 1
    assert AuditEntry.objects.filter(verb="batch.approved").count() == 1
    assert_balances(ada.pk, reserved=5_000)


def test_a_draft_is_not_approved():
    make_due()
    batch = prepared()

    with pytest.raises(InvalidTransition):
        batches.approve(batch_id=batch.pk, actor_id=finance().pk, content_hash="", now=PAYDAY)
