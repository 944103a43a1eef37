"""The VAT of the invoices of a year, as an accountant declares it (IV29)."""

from datetime import date

import pytest

from core.money import Money
from payouts.queries.vat_report import VatRow, vat_report, years
from payouts.services import invoices
from tests.payouts.invoice_stories import (
    CHARGED,
    COMPANY,
    FRANCHISE,
    GERMAN,
    came_back,
    make_invoiceable,
)
from tests.payouts.paydays import LATER, MUCH_LATER, item_of, sent_batch

pytestmark = pytest.mark.django_db

JULY = date(LATER.year, LATER.month, 1)


@pytest.fixture(autouse=True)
def _company(settings):
    settings.COMPANY = COMPANY


def row(country, case, rate_bps, net, vat=0, owed=0, documents=1):
    return VatRow(
        month=JULY, country=country, case=case, rate_bps=rate_bps, documents=documents,
        net=Money(net, "EUR"), vat=Money(vat, "EUR"), reverse_charge=Money(owed, "EUR"),
    )  # fmt: skip


def test_iv29_by_month_country_case_and_rate_with_credit_notes_taken_off():
    charged = [make_invoiceable(CHARGED, units=10) for _one in range(2)]
    make_invoiceable(FRANCHISE, units=5)
    make_invoiceable(GERMAN, units=4)
    batch = sent_batch()
    assert invoices.issue_missing(now=LATER) == 4
    came_back(item_of(batch, charged[0]), 6_000)
    assert invoices.issue_missing(now=MUCH_LATER) == 1

    found = vat_report(JULY.year)

    assert found == [
        row("DE", "AE", 0, 4_000, owed=800),
        row("FR", "E", 0, 5_000),
        row("FR", "S", 2_000, 15_000, vat=3_000, documents=3),
    ]
    assert vat_report(JULY.year + 1) == []


def test_iv29_years_begin_with_the_first_document():
    assert years(date(2028, 1, 1)) == [2028]

    make_invoiceable(FRANCHISE)
    sent_batch()
    invoices.issue_missing(now=LATER)

    assert years(date(2028, 1, 1)) == [2028, 2027, 2026]
