"""Invoices of payouts: written once, numbered without a gap, refused with a reason (IV7-17)."""

import hashlib
from datetime import timedelta

import pytest
from django.db import Error, connection, transaction
from facturx import get_xml_from_pdf

from payouts.domain.vat import VatRefused
from payouts.models import Invoice, InvoiceSeries, Item, ItemStatus, Transfer
from payouts.services import checks, invoices
from payouts.services.invoices import (
    CompanyUnknown,
    MandateMissing,
    NotInvoiceable,
    PaidWithOtherVat,
    ProfileMissing,
)
from tests.payouts.invoice_stories import (
    AMERICAN,
    CHARGED,
    COMPANY,
    FRANCHISE,
    GERMAN,
    came_back,
    invoiced,
    make_invoiceable,
    make_mandate,
    make_profile,
    paid,
)
from tests.payouts.paydays import (
    EXECUTION,
    LATER,
    MUCH_LATER,
    NEXT_PAYDAY,
    approved_batch,
    item_of,
    make_due,
    make_employee_due,
    sent_batch,
    take_back,
)
from tests.payouts.stories import AFTER_HOLD, approved

NEXT_EXECUTION = EXECUTION + timedelta(days=20)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _company(settings):
    settings.COMPANY = COMPANY


def nothing_was_written():
    return not Invoice.objects.exists() and not InvoiceSeries.objects.filter(last__gt=0).exists()


@pytest.mark.parametrize(("facts", "case"), [(FRANCHISE, "E"), (GERMAN, "AE"), (AMERICAN, "O")])
def test_a_payout_that_left_gets_its_invoice(facts, case):
    item = paid(facts)

    made = invoices.issue(item.pk, now=LATER)

    assert (made.vat_case, made.net_minor, made.vat_minor) == (case, item.amount_minor, 0)
    assert made.number == f"AF-{item.affiliate_id}-{made.issued_on.year}-000001"
    assert made.kind == "389"
    assert made.period_start <= made.period_end <= item.batch.execution_date
    body = bytes(Invoice.objects.get().body)
    assert made.sha256 == hashlib.sha256(body).hexdigest()
    assert made.number.encode() in get_xml_from_pdf(body)[1]
    assert checks.check() == []


def test_it_is_written_once_and_stays_as_it_is():
    first = invoiced()
    item = first.item

    again = invoices.issue(item.pk, now=NEXT_PAYDAY)

    assert again.pk == first.pk
    assert bytes(again.body) == bytes(first.body)
    assert InvoiceSeries.objects.get().last == 1
    for change in ("UPDATE payouts_invoice SET net_minor = 1", "DELETE FROM payouts_invoice"):
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_the_document_cannot_be_read_in_the_database():
    invoiced()

    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM payouts_invoice")
        (stored,) = cursor.fetchone()

    assert b"%PDF" not in bytes(stored)


def test_without_a_mandate_nothing_is_written():
    affiliate = make_due()
    make_profile(affiliate)
    item = item_of(sent_batch(), affiliate)

    with pytest.raises(MandateMissing):
        invoices.issue(item.pk, now=LATER)
    assert nothing_was_written()


@pytest.mark.parametrize("when", [{"ended_at": LATER}, {"accepted_at": NEXT_PAYDAY}])
def test_a_mandate_that_ended_or_comes_later_is_none(when):
    affiliate = make_due()
    make_profile(affiliate)
    make_mandate(affiliate, **when)
    item = item_of(sent_batch(), affiliate)

    with pytest.raises(MandateMissing):
        invoices.issue(item.pk, now=MUCH_LATER)
    assert nothing_was_written()


def test_without_a_tax_profile_nothing_is_written():
    affiliate = make_due()
    make_mandate(affiliate)
    item = item_of(sent_batch(), affiliate)

    with pytest.raises(ProfileMissing):
        invoices.issue(item.pk, now=LATER)
    assert nothing_was_written()


@pytest.mark.parametrize(
    "facts",
    [
        {**FRANCHISE, "legal_form": "individual", "vat_regime": "none", "siren": "", "siret": ""},
        {**GERMAN, "vat_state": "invalid"},
        {**GERMAN, "vat_state": "unavailable"},
        {**FRANCHISE, "siren": ""},
    ],
)
def test_a_profile_that_does_not_allow_it_uses_no_number(facts):
    item = paid(facts)

    with pytest.raises(VatRefused):
        invoices.issue(item.pk, now=LATER)
    assert nothing_was_written()


def test_who_was_paid_with_another_vat_than_is_declared_now_is_not_invoiced():
    item = paid(FRANCHISE)
    make_profile(item.affiliate, CHARGED, declared_at=LATER, confirmed_at=LATER)

    with pytest.raises(PaidWithOtherVat, match="declare the one that held then"):
        invoices.issue(item.pk, now=LATER)
    assert nothing_was_written()


def test_who_charges_vat_and_was_paid_with_it_is():
    item = paid(CHARGED)

    made = invoices.issue(item.pk, now=LATER)

    assert (made.vat_case, made.vat_bps) == ("S", 2_000)
    assert made.net_minor + made.vat_minor == item.amount_minor
    assert made.vat_minor * 5 == made.net_minor


def test_a_company_that_is_not_set_up_is_named_by_its_settings(settings):
    item = paid()
    settings.COMPANY = {**COMPANY, "siren": "", "town": ""}

    with pytest.raises(CompanyUnknown, match="COMPANY_TOWN, COMPANY_SIREN"):
        invoices.issue(item.pk, now=LATER)
    assert nothing_was_written()


def test_employees_and_payouts_that_did_not_leave_have_no_invoice():
    employee = make_employee_due()
    make_profile(employee)
    make_mandate(employee)
    salary = item_of(sent_batch(rail="payroll"), employee)
    affiliate = make_invoiceable()
    waiting = item_of(approved_batch(), affiliate)

    for item in (salary, waiting):
        with pytest.raises(NotInvoiceable):
            invoices.issue(item.pk, now=LATER)
    assert nothing_was_written()
    assert not invoices.uninvoiced().exists()


def test_returns_stand_on_a_line_of_their_own():
    affiliate = make_invoiceable(units=5)
    sent_batch()
    approved(affiliate, lines=[{"quantity": 9}])
    take_back(affiliate, units=1, now=AFTER_HOLD + timedelta(days=2))
    batch = sent_batch(now=NEXT_PAYDAY, cutoff_at=NEXT_PAYDAY, execution_date=NEXT_EXECUTION)

    made = invoices.issue(item_of(batch, affiliate).pk, now=NEXT_PAYDAY + timedelta(hours=2))

    xml = get_xml_from_pdf(bytes(made.body))[1].decode()
    assert made.net_minor == 8_000
    assert "Commissions d'affiliation : 1 vente" in xml
    assert "<ram:LineTotalAmount>90.00</ram:LineTotalAmount>" in xml
    assert "<ram:LineTotalAmount>-10.00</ram:LineTotalAmount>" in xml


def test_numbers_are_by_payee_and_year_and_never_go_back_in_time():
    ada, ines = make_invoiceable(), make_invoiceable()
    first = sent_batch()
    approved(ada, lines=[{"quantity": 6}])
    second = sent_batch(now=NEXT_PAYDAY, cutoff_at=NEXT_PAYDAY, execution_date=NEXT_EXECUTION)

    late = invoices.issue(item_of(first, ada).pk, now=NEXT_PAYDAY + timedelta(days=200))
    early = invoices.issue(item_of(second, ada).pk, now=NEXT_PAYDAY + timedelta(hours=2))
    hers = invoices.issue(item_of(first, ines).pk, now=LATER)

    year = late.issued_on.year
    assert (late.number, early.number) == (
        f"AF-{ada.pk}-{year}-000001",
        f"AF-{ada.pk}-{year}-000002",
    )
    assert early.issued_on >= late.issued_on
    assert hers.number == f"AF-{ines.pk}-{hers.issued_on.year}-000001"


def test_money_that_came_back_gets_a_credit_note_once():
    invoice = invoiced()
    back = came_back(invoice.item, invoice.item.amount_minor)

    note = invoices.credit(back.pk, now=MUCH_LATER)
    again = invoices.credit(back.pk, now=NEXT_PAYDAY)

    assert again.pk == note.pk
    assert (note.kind, note.corrects, note.net_minor) == ("261", invoice, invoice.net_minor)
    assert note.number.endswith("000002")
    xml = get_xml_from_pdf(bytes(note.body))[1].decode()
    assert invoice.number in xml


def test_parts_of_a_payout_that_came_back_are_corrected_to_the_cent():
    item = paid(CHARGED)
    invoice = invoices.issue(item.pk, now=LATER)
    parts = [1_234, 1_111, item.amount_minor - 2_345]

    notes = [
        invoices.credit(came_back(item, part, reference=f"R-{part}").pk, now=MUCH_LATER)
        for part in parts
    ]

    assert sum(note.net_minor for note in notes) == invoice.net_minor
    assert sum(note.vat_minor for note in notes) == invoice.vat_minor
    for note, part in zip(notes, parts, strict=True):
        assert note.net_minor + note.vat_minor == part


def test_what_was_never_invoiced_needs_no_credit_note():
    item = paid()
    back = came_back(item, 100)

    with pytest.raises(NotInvoiceable):
        invoices.credit(back.pk, now=LATER)
    assert nothing_was_written()


def test_an_invoice_without_vat_moves_no_money():
    item = paid(FRANCHISE)
    before = Transfer.objects.count()

    invoices.issue(item.pk, now=LATER)

    assert Transfer.objects.count() == before


def test_what_is_missing_is_written_by_the_next_run_and_nothing_twice():
    ada, lacking = make_invoiceable(), make_due()
    batch = sent_batch()

    assert invoices.issue_missing(now=LATER) == 1
    assert invoices.issue_missing(now=LATER) == 0
    assert [item.affiliate for item in invoices.uninvoiced()] == [lacking]
    assert isinstance(invoices.why_not(item_of(batch, lacking), now=LATER), MandateMissing)

    make_profile(lacking)
    make_mandate(lacking)
    came_back(item_of(batch, ada), 100)

    assert invoices.issue_missing(now=MUCH_LATER) == 2
    assert Invoice.objects.filter(kind="261").count() == 1
    assert not invoices.uninvoiced().exists()


def test_a_payout_that_was_returned_whole_before_its_invoice_gets_none():
    item = paid()
    Item.objects.filter(pk=item.pk).update(status=ItemStatus.RETURNED)

    with pytest.raises(NotInvoiceable):
        invoices.issue(item.pk, now=LATER)
