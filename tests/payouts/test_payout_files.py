"""The file of a batch: made once, of what was approved, without whoever turned red (P14 to P18)."""

import csv
import hashlib
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from lxml import etree

from affiliates.services import accounts
from core.errors import InvalidTransition
from core.models import AuditEntry
from payouts.gateways.refusals import FileRefused
from payouts.models import BatchFile, Commission, Item, Transfer
from payouts.services import batches
from payouts.services.leaving import NobodyLeft
from tests.builders import IBAN, make_affiliate, make_payee
from tests.payouts.paydays import (
    LATER,
    MUCH_LATER,
    OTHER_IBAN,
    PAYDAY,
    approved_batch,
    finance,
    item_of,
    make_due,
    make_employee_due,
    prepared,
    sent_batch,
    take_back,
)
from tests.payouts.stories import AFTER_HOLD, approved, assert_balances

pytestmark = pytest.mark.django_db
PAIN = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


def make_file(batch, now=LATER):
    return batches.make_file(batch_id=batch.pk, actor_id=finance().pk, now=now)


def mark_sent(batch, now=LATER):
    return batches.mark_sent(batch_id=batch.pk, actor_id=finance().pk, now=now)


def xml(made):
    return etree.fromstring(bytes(made.body))


def texts(made, path):
    return [element.text for element in xml(made).iterfind(f".//{path}", PAIN)]


def suspend(affiliate):
    accounts.suspend(
        affiliate_id=affiliate.pk, actor_id=finance().pk, reason="Looking into it", now=LATER
    )


def test_the_sepa_file_says_what_was_approved():
    ada, ines = make_due(units=5), make_due(units=3)
    approved(ada, lines=[{"quantity": 2}])
    batch = approved_batch()

    made = make_file(batch)

    batch.refresh_from_db()
    assert (batch.status, made.name) == ("executing", f"{batch.reference}.xml")
    assert made.sha256 == hashlib.sha256(bytes(made.body)).hexdigest()
    assert texts(made, "p:MsgId") == [batch.reference]
    assert set(texts(made, "p:CtrlSum")) == {"100.00"}
    assert batch.total.to_decimal() == Decimal("100.00")
    assert texts(made, "p:EndToEndId") == [
        item_of(batch, ada).reference,
        item_of(batch, ines).reference,
    ]
    assert texts(made, "p:InstdAmt") == ["70.00", "30.00"]
    assert set(Item.objects.values_list("status", flat=True)) == {"sending"}
    assert_balances(ada.pk, reserved=7_000)


def test_outside_the_area_the_file_of_a_batch_has_town_and_country_in_fields_of_their_own():
    ada, ines = make_affiliate(), make_due(units=3)
    make_payee(ada, iban="CH9300762011623852957", country="CH", town="Genève")
    make_due(affiliate=ada)
    batch = approved_batch()

    made = make_file(batch)

    assert texts(made, "p:Cdtr/p:PstlAdr/p:TwnNm") == ["Geneve"]
    assert texts(made, "p:Cdtr/p:PstlAdr/p:Ctry") == ["CH"]
    assert texts(made, "p:AdrLine") == []
    batch.refresh_from_db()
    assert set(texts(made, "p:CtrlSum")) == {str(batch.total.to_decimal())}
    assert len(texts(made, "p:EndToEndId")) == batch.items.count() == 2
    assert_balances(ines.pk, reserved=3_000)


def test_a_second_call_gives_the_same_file_and_is_kept_as_a_download():
    ada = make_due()
    batch = approved_batch()
    first = make_file(batch)

    second = make_file(batch, now=MUCH_LATER)
    mark_sent(batch)
    third = make_file(batch, now=MUCH_LATER)

    assert BatchFile.objects.count() == 1
    assert bytes(first.body) == bytes(second.body) == bytes(third.body)
    assert AuditEntry.objects.filter(verb="batch.file_downloaded").count() == 2
    assert AuditEntry.objects.filter(verb="batch.file_made").count() == 1
    assert_balances(ada.pk)


def test_a_stored_file_is_encrypted_and_no_iban_stands_in_the_table():
    make_due()
    made = make_file(approved_batch())
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM payouts_batchfile")
        [[stored]] = cursor.fetchall()

    read = BatchFile.objects.get()
    assert bytes(read.body) == bytes(made.body)
    assert IBAN.encode() in bytes(read.body)
    assert IBAN.encode() not in bytes(stored)
    assert read.sha256 == hashlib.sha256(bytes(read.body)).hexdigest()


def test_a_stored_file_cannot_be_changed():
    make_due()
    make_file(approved_batch())

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE payouts_batchfile SET body = 'x'")


def test_the_payroll_file_says_what_was_approved():
    ines, ada = make_employee_due(units=5), make_due()
    approved(ines, lines=[{"quantity": 2}])
    take_back(ines, units=1, now=AFTER_HOLD + timedelta(hours=1))
    batch = approved_batch(rail="payroll")

    made = make_file(batch)

    [row] = csv.DictReader(io.StringIO(bytes(made.body).decode("utf-8-sig")), delimiter=";")
    assert row == {
        "magasin": ines.store,
        "matricule": ines.staff_number,
        "nom": ines.name,
        "code_paie": "COMMISSION",
        "periode": "2026-07",
        "montant_brut": "60,00",
        "nombre_ventes": "2",
        "reference": item_of(batch, ines).reference,
    }
    assert made.name == f"{batch.reference}.csv"
    mark_sent(batch)
    assert_balances(ines.pk)
    assert_balances(ada.pk, payable=5_000)


def test_a_batch_that_nobody_approved_has_no_file():
    ada = make_due()
    batch = prepared()

    with pytest.raises(InvalidTransition):
        make_file(batch)

    assert not BatchFile.objects.exists()
    assert_balances(ada.pk, payable=5_000)


# --- gates at execution ------------------------------------------------------------


def test_a_payee_who_turned_red_is_left_out_released_and_does_not_block_the_rest():
    ada, ines = make_due(units=5), make_due(units=3)
    batch = approved_batch()
    suspend(ines)

    made = make_file(batch)
    done = mark_sent(batch)

    skipped = item_of(batch, ines)
    assert (skipped.status, skipped.reason) == ("released", "The account is suspended.")
    assert texts(made, "p:InstdAmt") == ["50.00"]
    assert (done.status, done.total_minor) == ("done_with_exceptions", 8_000)
    entry = AuditEntry.objects.get(verb="batch.file_made")
    assert (entry.data["total_minor"], entry.data["items"]) == (5_000, 1)
    assert entry.data["skipped"][0]["affiliate_id"] == ines.pk
    assert ines.commissions.get().status == "approved"
    assert_balances(ada.pk)
    assert_balances(ines.pk, payable=3_000)


def test_who_was_left_out_is_paid_by_the_next_batch():
    ada, ines = make_due(units=5), make_due(units=3)
    batch = approved_batch()
    suspend(ines)
    make_file(batch)
    mark_sent(batch)
    accounts.reactivate(affiliate_id=ines.pk, actor_id=finance().pk, reason="Fine", now=LATER)

    second = sent_batch(now=MUCH_LATER)

    assert (second.total_minor, second.status) == (3_000, "done")
    assert item_of(second, ines).status == "sent"
    for affiliate in (ada, ines):
        assert_balances(affiliate.pk)


def test_money_goes_where_it_was_approved_to_go_or_nowhere():
    ada, ines = make_due(units=5), make_due(units=3)
    batch = approved_batch()
    ines.payee.iban, ines.payee.iban_last4 = OTHER_IBAN, OTHER_IBAN[-4:]
    ines.payee.save()

    made = make_file(batch)

    assert OTHER_IBAN.encode() not in bytes(made.body)
    assert item_of(batch, ines).reason == "The payment details changed after the submission."
    assert_balances(ada.pk, reserved=5_000)
    assert_balances(ines.pk, payable=3_000)


def test_when_nobody_is_left_nothing_happens_and_the_batch_can_be_cancelled():
    ada = make_due()
    batch = approved_batch()
    suspend(ada)

    with pytest.raises(NobodyLeft):
        make_file(batch)

    batch.refresh_from_db()
    assert (batch.status, item_of(batch, ada).status) == ("approved", "ready")
    batches.cancel(batch_id=batch.pk, actor_id=finance().pk, reason="Nobody left", now=LATER)
    assert_balances(ada.pk, payable=5_000)


def test_a_file_that_cannot_be_made_leaves_the_batch_as_it_was():
    ada = make_due()
    batch = approved_batch(execution_date=date(2026, 7, 17))

    with pytest.raises(FileRefused, match="The payment date is in the past"):
        make_file(batch, now=PAYDAY + timedelta(days=3))

    batch.refresh_from_db()
    assert (batch.status, item_of(batch, ada).status) == ("approved", "ready")
    assert_balances(ada.pk, reserved=5_000)


# --- sent --------------------------------------------------------------------------


def test_sent_means_paid_once():
    ada = make_due(units=5)
    approved(ada, lines=[{"quantity": 2}])
    batch = approved_batch()
    make_file(batch)

    first = mark_sent(batch)
    mark_sent(batch, now=MUCH_LATER)

    assert (first.status, item_of(batch, ada).status) == ("done", "sent")
    assert set(Commission.objects.values_list("status", flat=True)) == {"paid"}
    sent = Transfer.objects.get(kind="sent")
    assert (sent.amount_minor, sent.credit.code) == (7_000, "clearing:sepa")
    assert AuditEntry.objects.filter(verb="batch.sent").count() == 1
    assert_balances(ada.pk)


def test_payroll_has_a_clearing_account_of_its_own():
    ines = make_employee_due()

    sent_batch(rail="payroll")

    assert Transfer.objects.get(kind="sent").credit.code == "clearing:payroll"
    assert_balances(ines.pk)


def test_without_a_file_nothing_is_sent():
    ada = make_due()
    batch = approved_batch()

    with pytest.raises(InvalidTransition):
        mark_sent(batch)

    assert_balances(ada.pk, reserved=5_000)


def test_a_return_after_the_payment_is_a_debt():
    ada = make_due(units=5)
    sent_batch()

    take_back(ada, units=5, now=LATER)

    assert ada.commissions.get().status == "paid"
    assert_balances(ada.pk, payable=-5_000)
