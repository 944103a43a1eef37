"""Whoever charges VAT is paid it on top, and it comes back by the invoice (rules IV20 to IV27)."""

from io import BytesIO

import pytest
from django.db import IntegrityError, connection, transaction
from pypdf import PdfReader

from affiliates.models import Mandate
from payouts.models import Item, ItemStatus, Transfer
from payouts.queries.balances import balances
from payouts.queries.why_not_paid import why_not_paid
from payouts.services import batches, checks, invoices
from tests.builders import make_user
from tests.payouts.invoice_stories import (
    CHARGED,
    COMPANY,
    FRANCHISE,
    GERMAN,
    came_back,
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
    PAYDAY,
    approved_batch,
    item_of,
    make_due,
    make_employee_due,
    prepared,
    sent_batch,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _company(settings):
    settings.COMPANY = COMPANY


def legs(kind):
    """Debit, credit and amount of every transfer of a kind."""
    rows = Transfer.objects.filter(kind=kind).order_by("pk")
    return [
        (one.debit.code, one.credit.code, one.amount_minor)
        for one in rows.select_related("debit", "credit")
    ]


def invoiced_of(affiliate):
    return balances(affiliate.pk, "EUR").invoiced.minor


def test_vat_is_paid_on_top_of_what_is_due():
    affiliate = make_invoiceable(CHARGED)

    batch = submitted()

    item = item_of(batch, affiliate)
    assert (item.amount_minor, item.vat_minor, item.net.minor) == (6_000, 1_000, 5_000)
    assert batch.total_minor == 6_000
    assert balances(affiliate.pk, "EUR").reserved.minor == 5_000
    assert checks.check() == []


def test_the_vat_is_a_prepayment_until_the_invoice_gives_it_back():
    item = paid(CHARGED)
    account = f"affiliate:{item.affiliate_id}"

    assert legs("sent") == [
        (f"{account}:reserved", "clearing:sepa", 5_000),
        (f"{account}:invoiced", "clearing:sepa", 1_000),
    ]
    assert invoiced_of(item.affiliate) == -1_000
    assert checks.check() == []

    invoice = invoices.issue(item.pk, now=LATER)
    invoices.issue(item.pk, now=MUCH_LATER)

    assert (invoice.net_minor, invoice.vat_minor) == (5_000, 1_000)
    assert legs("invoiced") == [("vat:recoverable", f"{account}:invoiced", 1_000)]
    assert invoiced_of(item.affiliate) == 0
    assert checks.check() == []


def test_what_came_back_is_due_without_its_vat_and_paid_with_it_again():
    item = paid(CHARGED)
    invoices.issue(item.pk, now=LATER)

    back = came_back(item, 3_001, now=LATER)
    invoices.credit(back.pk, now=LATER)

    assert back.vat_minor == 500
    assert balances(item.affiliate_id, "EUR").paid.minor == 2_999
    assert balances(item.affiliate_id, "EUR").payable.minor == 2_501
    assert invoiced_of(item.affiliate) == 0
    assert checks.check() == []
    again = item_of(
        prepared(now=NEXT_PAYDAY, execution_date=EXECUTION.replace(month=8)), item.affiliate
    )
    assert (again.net.minor, again.vat_minor) == (2_501, 500)


def test_all_that_came_back_before_the_invoice_leaves_nothing_behind():
    item = paid(CHARGED)

    came_back(item, 6_000)

    item.refresh_from_db()
    assert item.status == ItemStatus.RETURNED
    assert invoiced_of(item.affiliate) == 0
    assert balances(item.affiliate_id, "EUR").payable.minor == 5_000
    assert checks.check() == []


def test_without_a_mandate_nothing_is_paid_to_who_charges_vat():
    affiliate = make_due()
    make_profile(affiliate, CHARGED)
    make_due()

    batch = submitted()

    assert not batch.items.filter(affiliate=affiliate).exists()
    assert [gate.code for gate in why_not_paid(affiliate.pk, PAYDAY).gates] == ["mandate_missing"]


@pytest.mark.parametrize("state", ["waiting", "unavailable", "invalid"])
def test_no_vat_is_paid_to_a_number_that_is_not_proven(state):
    affiliate = make_invoiceable({**CHARGED, "vat_state": state})

    gates = why_not_paid(affiliate.pk, PAYDAY).gates

    assert [gate.code for gate in gates] == ["vat_number_unproven"]


def test_a_register_that_is_silent_stops_nobody_whose_number_it_knew():
    affiliate = make_invoiceable(CHARGED)
    make_profile(
        affiliate,
        {**CHARGED, "vat_state": "unavailable"},
        declared_at=PAYDAY,
        confirmed_at=PAYDAY,
    )

    assert why_not_paid(affiliate.pk, PAYDAY).gates == ()


def test_who_stops_charging_vat_after_the_approval_is_left_out_and_paid_without_it_next():
    affiliate, other = make_invoiceable(CHARGED), make_due()
    batch = approved_batch()
    make_profile(affiliate, FRANCHISE, declared_at=PAYDAY, confirmed_at=PAYDAY)

    batches.make_file(batch_id=batch.pk, actor_id=make_user(roles=["finance"]).pk, now=LATER)

    item = item_of(batch, affiliate)
    assert item.status == ItemStatus.RELEASED
    assert "VAT" in item.reason
    assert item_of(batch, other).status == ItemStatus.SENDING
    assert balances(affiliate.pk, "EUR").payable.minor == 5_000
    assert why_not_paid(affiliate.pk, LATER).due.minor == 5_000
    assert checks.check() == []


def test_a_draft_follows_the_tax_profile_and_a_stale_one_is_not_submitted():
    affiliate, maker = make_invoiceable(FRANCHISE), make_user(roles=["finance"])
    batch = prepared(maker=maker)
    make_profile(affiliate, CHARGED, declared_at=PAYDAY, confirmed_at=PAYDAY)

    with pytest.raises(batches.DraftIsStale):
        batches.submit(batch_id=batch.pk, actor_id=maker.pk, now=PAYDAY)
    (change,) = batches.recompute(batch_id=batch.pk, actor_id=maker.pk, now=PAYDAY)

    assert (change.before.minor, change.after.minor) == (5_000, 6_000)


def test_the_vat_of_a_submitted_payout_is_frozen_and_part_of_what_is_approved():
    affiliate = make_invoiceable(CHARGED)
    item = item_of(submitted(), affiliate)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE payouts_item SET vat_minor = 0 WHERE id = %s", [item.pk])
    assert Item.objects.get(pk=item.pk).vat_minor == 1_000


def test_employees_have_no_vat_whatever_they_declared_before():
    employee = make_employee_due()
    make_profile(employee, CHARGED)
    make_mandate(employee)

    item = item_of(sent_batch(rail="payroll"), employee)

    assert (item.amount_minor, item.vat_minor) == (5_000, 0)
    assert checks.check() == []


def test_the_vat_of_a_payee_abroad_is_owed_and_deducted_at_once():
    item = paid(GERMAN)
    invoice = invoices.issue(item.pk, now=LATER)

    assert (invoice.vat_minor, invoice.reverse_charge_minor) == (0, 1_000)
    assert legs("invoiced") == [("vat:recoverable", "vat:reverse_charge", 1_000)]
    assert checks.check() == []

    note = invoices.credit(came_back(item, 5_000).pk, now=MUCH_LATER)

    assert note.reverse_charge_minor == 1_000
    assert legs("invoiced")[1:] == [("vat:reverse_charge", "vat:recoverable", 1_000)]
    assert checks.check() == []


def test_the_statement_shows_the_vat():
    item = paid(CHARGED)

    text = "".join(page.extract_text() for page in PdfReader(BytesIO(item.statement.body)).pages)

    assert "€50.00" in text
    assert "€10.00" in text
    assert "€60.00" in text


def test_a_mandate_that_ended_stops_the_next_payout_of_who_charges_vat():
    affiliate = make_invoiceable(CHARGED)
    Mandate.objects.filter(affiliate=affiliate).update(ended_at=PAYDAY)

    assert [gate.code for gate in why_not_paid(affiliate.pk, PAYDAY).gates] == ["mandate_missing"]
