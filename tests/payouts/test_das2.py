"""The yearly declaration of commissions (IV18, IV19)."""

import hashlib
from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from affiliates.models import Affiliate, Payee
from core import staff
from core.models import AuditEntry, Delivery
from core.money import Money
from payouts.services import das2
from tests.payouts.invoice_stories import FRANCHISE, came_back, make_profile
from tests.payouts.paydays import (
    EXECUTION,
    finance,
    item_of,
    make_due,
    make_employee_due,
    sent_batch,
)

pytestmark = pytest.mark.django_db

YEAR = EXECUTION.year


def test_who_was_paid_above_the_threshold_is_declared():
    above, at, without = make_due(units=241), make_due(units=240), make_due(units=300)
    make_profile(above, FRANCHISE)
    make_profile(at, FRANCHISE)
    make_employee_due(units=900)
    sent_batch()
    sent_batch(rail="payroll")

    rows = das2.declaration(YEAR)

    assert [row.affiliate for row in rows] == [without, above]
    assert rows[1].total == Money(241_000, "EUR")
    assert rows[0].profile is None
    assert das2.declaration(YEAR - 1) == das2.declaration(YEAR + 1) == []


def test_iv18_who_declared_no_taxes_is_named_as_in_the_newest_payout_of_the_year():
    erased = make_due(units=250, name="Inès Martin")
    sent_batch()
    make_due(affiliate=erased)
    Payee.objects.filter(affiliate=erased).update(legal_name="Inès Petit", town="Brest")
    sent_batch()
    make_due(affiliate=erased)
    Payee.objects.filter(affiliate=erased).update(legal_name="Inès Roux", town="Nice")
    sent_batch(execution_date=date(YEAR + 1, 1, 4))
    Payee.objects.filter(affiliate=erased).delete()
    Affiliate.objects.filter(pk=erased.pk).update(name=f"Erased account {erased.pk}")

    [row] = das2.declaration(YEAR)

    assert row.profile is None
    assert (row.name, row.town, row.country) == ("Inès Petit", "Brest", "FR")
    line = das2.declaration_csv(YEAR).decode("utf-8-sig").splitlines()[1]
    assert line == '"";"";"Inès Petit";"";"";"Brest";"FR";2550,00;"EUR"'


def test_what_came_back_is_taken_off():
    payee = make_due(units=250)
    item = item_of(sent_batch(), payee)
    came_back(item, 10_000)

    assert das2.declaration(YEAR) == []

    came_back(item, 1, reference="R-2")
    assert das2.declaration(YEAR) == []


def test_the_threshold_has_a_date():
    assert das2.threshold(2023) == Money(120_000, "EUR")
    assert das2.threshold(2024) == das2.threshold(2026) == Money(240_000, "EUR")


def test_years_begin_with_the_first_payout():
    assert das2.years(date(2027, 3, 1)) == [2027]
    make_due()
    sent_batch()

    assert das2.years(date(2027, 3, 1)) == [2027, 2026]


def test_the_file_opens_in_a_french_spreadsheet_and_runs_nothing_there():
    """D6 43."""
    payee = make_due(units=250)
    make_profile(payee, FRANCHISE, legal_name='=HYPERLINK("http://evil")', town="@SUM(A1)")
    sent_batch()

    with translation.override("en"):
        made = das2.declaration_csv(YEAR)

    assert made.startswith(b"\xef\xbb\xbf")
    head, line = made.decode("utf-8-sig").splitlines()
    assert head.startswith('"SIRET";"SIREN";"Name";')
    assert line.startswith('"73282932000074";"732829320";"\'=HYPERLINK')
    assert line.endswith('"\'@SUM(A1)";"FR";2500,00;"EUR"')


JANUARY = datetime(YEAR + 1, 1, 4, 8, tzinfo=UTC)


def test_iv28_finance_is_reminded_once_until_somebody_takes_the_file():
    make_due(units=241)
    sent_batch()
    person = finance()
    people = Delivery.objects.filter(key__startswith="das2:")
    assert das2.due(datetime(YEAR, 12, 31, tzinfo=UTC)) is None

    assert das2.due(JANUARY) == das2.Due(year=YEAR, payees=1, without_profile=1)
    assert das2.remind(now=JANUARY) == len(staff.of_role("finance"))
    assert das2.remind(now=JANUARY) == 0
    assert "1 payee was paid more" in people.get(recipient=person.email).body

    body = das2.export(year=YEAR, actor_id=person.pk, now=JANUARY)

    taken = AuditEntry.objects.get(verb="das2.exported")
    assert (taken.actor, taken.data["year"]) == (person, YEAR)
    assert taken.data["sha256"] == hashlib.sha256(body).hexdigest()
    assert das2.due(JANUARY) is None


def test_iv28_a_file_that_was_taken_before_the_year_ended_is_not_the_declaration():
    make_due(units=241)
    sent_batch()
    das2.export(year=YEAR, actor_id=finance().pk, now=datetime(YEAR, 12, 30, tzinfo=UTC))

    assert das2.due(JANUARY) is not None


def test_iv28_nobody_above_the_threshold_is_nothing_due():
    make_due(units=10)
    sent_batch()

    assert das2.due(JANUARY) is None
    assert das2.remind(now=JANUARY) == 0
