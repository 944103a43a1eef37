"""The mail about a payout: once, with its period, amounts and invoice (P19)."""

import pytest
from django.conf import settings as configured
from django.utils import translation

from affiliates.models import Membership
from core.models import Delivery
from payouts.models import Invoice
from payouts.services import invoices, remittance, statements
from tests.builders import IBAN, make_user
from tests.payouts.invoice_stories import (
    CHARGED,
    COMPANY,
    FRANCHISE,
    make_invoiceable,
    make_mandate,
    make_profile,
    paid,
)
from tests.payouts.paydays import (
    LATER,
    MUCH_LATER,
    approved_batch,
    item_of,
    make_due,
    make_employee_due,
    sent_batch,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(settings):
    settings.COMPANY = COMPANY


def mails(item):
    return list(Delivery.objects.filter(key__startswith=f"statement:{item.pk}:").order_by("pk"))


@pytest.mark.usefixtures("company")
def test_the_mail_waits_for_the_invoice_and_names_it():
    item = paid(FRANCHISE)
    assert mails(item) == []
    assert item.statement

    invoice = invoices.issue(item.pk, now=LATER)

    [mail] = mails(item)
    assert f"Invoice {invoice.number} is written in your name: €50.00." in mail.body
    assert f"{configured.PUBLIC_URL}/portal/invoices/{invoice.public_id}/" in mail.body
    assert f"{configured.PUBLIC_URL}/portal/payouts/{item.public_id}/" in mail.body
    assert "It pays what was ordered or changed from" in mail.body
    assert item.reference in mail.body
    assert IBAN not in mail.body


@pytest.mark.usefixtures("company")
def test_the_task_that_writes_what_is_missing_mails_once():
    item = paid(FRANCHISE)

    for now in (LATER, MUCH_LATER):
        statements.issue_missing(now=now)
        invoices.issue_missing(now=now)

    assert len(mails(item)) == 1


@pytest.mark.usefixtures("company")
def test_vat_on_top_is_told_apart():
    item = paid(CHARGED)

    invoices.issue(item.pk, now=LATER)

    [mail] = mails(item)
    assert mail.subject == "Your payout of €60.00 is on its way"
    assert "is written in your name: €50.00, and €10.00 VAT." in mail.body


@pytest.mark.usefixtures("company")
def test_who_cannot_be_invoiced_yet_has_the_mail_at_once_and_no_second_one():
    ada = make_due()
    item = item_of(sent_batch(), ada)
    [mail] = mails(item)
    assert "The invoice for it is not written yet" in mail.body

    make_profile(ada)
    make_mandate(ada)
    invoices.issue(item.pk, now=MUCH_LATER)

    assert len(mails(item)) == 1
    assert Invoice.objects.count() == 1


def test_without_a_company_nobody_waits(settings):
    settings.COMPANY = {**COMPANY, "siren": ""}
    item = paid(FRANCHISE)

    assert len(mails(item)) == 1


@pytest.mark.usefixtures("company")
def test_an_invoice_that_cannot_be_written_sends_nothing_and_the_next_run_does(settings):
    item = paid(FRANCHISE)
    settings.COMPANY = {**COMPANY, "siren": ""}
    assert invoices.issue_missing(now=LATER) == 0
    assert mails(item) == []

    settings.COMPANY = COMPANY
    assert invoices.issue_missing(now=MUCH_LATER) == 1
    assert len(mails(item)) == 1


@pytest.mark.usefixtures("company")
def test_each_person_reads_it_in_their_language():
    ada = make_invoiceable()
    Membership.objects.create(affiliate=ada, user=make_user(language="fr"), role="reader")
    item = item_of(sent_batch(), ada)

    invoice = invoices.issue(item.pk, now=LATER)

    english, french = mails(item)
    assert "€50.00" in english.body
    assert "July 2026" in english.body
    assert "50,00\u00a0€" in french.body
    assert "juillet 2026" in french.body
    assert invoice.number in english.body
    assert invoice.number in french.body


def test_wages_have_no_invoice():
    employee = make_employee_due()

    [mail] = mails(item_of(sent_batch(rail="payroll"), employee))

    assert "nvoice" not in mail.body


def test_the_preview_is_the_mail_and_nobody_has_none():
    ada = make_due()
    item = item_of(approved_batch(), ada)
    with translation.override("fr"):
        shown = remittance.preview(item)
    remittance.tell(item, now=LATER)

    [mail] = mails(item)
    assert (shown.subject, shown.body) == (mail.subject, mail.body)
    Membership.objects.filter(affiliate=ada).delete()
    assert remittance.preview(item) is None
