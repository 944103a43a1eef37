"""Every payee gets a statement and a mail, once (P18, P19)."""

import hashlib
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection

from affiliates.models import Membership
from core.models import Delivery
from payouts.models import Statement
from payouts.services import batches, statements
from tests.builders import IBAN, make_user
from tests.payouts.paydays import (
    LATER,
    approved_batch,
    finance,
    item_of,
    make_due,
    make_employee_due,
    sent_batch,
    take_back,
)
from tests.payouts.stories import AFTER_HOLD, approved, assert_balances

pytestmark = pytest.mark.django_db


def test_every_payout_has_its_statement():
    ada, ines = make_due(), make_due()

    batch = sent_batch()

    for affiliate in (ada, ines):
        item = item_of(batch, affiliate)
        statement = item.statement
        assert statement.number == f"ST-{item.reference}"
        assert bytes(statement.body).startswith(b"%PDF")
        assert statement.sha256 == hashlib.sha256(bytes(statement.body)).hexdigest()
    assert_balances(ada.pk)


def test_a_statement_cannot_be_read_in_the_database():
    make_due()
    sent_batch()

    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM payouts_statement")
        (stored,) = cursor.fetchone()

    assert b"%PDF" not in bytes(stored)
    assert Statement.objects.get().body.startswith(b"%PDF")


def test_the_mail_says_what_arrives_without_the_account_number():
    person = make_user(name="Ada Blanchet")
    ada = make_due(units=5)
    Membership.objects.filter(affiliate=ada).update(user=person)
    approved(ada, lines=[{"quantity": 2}])
    take_back(ada, units=1, now=AFTER_HOLD + timedelta(hours=1))

    batch = sent_batch()

    mail = Delivery.objects.get()
    assert (mail.recipient, mail.subject) == (
        person.email,
        "Your payout of €60.00 is on its way",
    )
    reference = item_of(batch, ada).reference
    assert mail.body == (
        "Hello Ada,\n\n"
        "€60.00 leaves for your account ending in 0189 and should be there by 20 July 2026."
        f" The reference on your bank statement is {reference}.\n\n"
        "It pays what was ordered or changed from 15 June 2026 to 17 July 2026.\n\n"
        "It covers 2 sales.\n\n"
        "Returns of sales paid or payable before are deducted: −€10.00.\n\n"
        "The invoice for it is not written yet: it will be beside the payout.\n\n"
        f"Your statement ST-{reference} is in your account, under Payouts.\n\n"
        f"{settings.PUBLIC_URL}/portal/payouts/{item_of(batch, ada).public_id}/"
    )
    assert IBAN not in mail.body


def test_each_person_gets_the_mail_in_their_language_once():
    ada = make_due()
    Membership.objects.create(affiliate=ada, user=make_user(language="fr"), role="reader")
    batch = approved_batch()
    actor = finance()
    batches.make_file(batch_id=batch.pk, actor_id=actor.pk, now=LATER)

    for _time in range(2):
        batches.mark_sent(batch_id=batch.pk, actor_id=actor.pk, now=LATER)

    bodies = list(Delivery.objects.order_by("pk").values_list("body", flat=True))
    assert len(bodies) == 2
    assert "€50.00" in bodies[0]
    assert "50,00\u00a0€" in bodies[1]
    assert Statement.objects.count() == 1


def test_an_employee_reads_that_it_comes_with_the_salary():
    make_employee_due()

    sent_batch(rail="payroll")

    assert "€50.00 is paid with your salary of July 2026." in Delivery.objects.get().body


def test_a_payee_without_people_still_gets_a_statement():
    ada = make_due()
    Membership.objects.filter(affiliate=ada).delete()

    sent_batch()

    assert Statement.objects.count() == 1
    assert not Delivery.objects.exists()


def test_what_is_missing_is_written_by_the_next_run_and_nothing_twice():
    make_due()
    batch = approved_batch()
    actor = finance()
    batches.make_file(batch_id=batch.pk, actor_id=actor.pk, now=LATER)
    assert statements.issue_missing(now=LATER) == 0

    batches.mark_sent(batch_id=batch.pk, actor_id=actor.pk, now=LATER)

    assert statements.issue_missing(now=LATER) == 0
    assert Statement.objects.count() == 1
