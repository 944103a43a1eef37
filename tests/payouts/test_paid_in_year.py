"""What was paid in a year is counted in one way, whoever asks (P57)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.money import Money
from payouts.models import Batch, ManualProof
from payouts.queries.influencer_years import influencer_years
from payouts.queries.paid_in_year import Paid, paid_in_year
from payouts.services import das2
from portal.queries.tax import tax_rows
from tests.builders import make_affiliate
from tests.payouts.invoice_stories import CHARGED, came_back, make_invoiceable
from tests.payouts.paydays import (
    EXECUTION,
    LATER,
    PAYDAY,
    approved_batch,
    finance,
    item_of,
    make_due,
    make_employee_due,
    sent_batch,
    submitted,
)

pytestmark = pytest.mark.django_db

YEAR = EXECUTION.year


def of(net, vat=0):
    return Paid(Money(net, "EUR"), Money(vat, "EUR"))


def test_p57_vat_stands_apart_and_what_came_back_is_taken_off():
    payee = make_invoiceable(CHARGED, units=100)
    item = item_of(sent_batch(), payee)
    assert paid_in_year(YEAR) == {payee.pk: of(100_000, 20_000)}

    came_back(item, 12_000)

    assert paid_in_year(YEAR) == {payee.pk: of(90_000, 18_000)}
    assert paid_in_year(YEAR, [payee.pk])[payee.pk].gross == Money(108_000, "EUR")
    assert paid_in_year(YEAR - 1) == paid_in_year(YEAR + 1) == {}


def test_p57_declaration_threshold_and_contract_ask_the_same():
    payee = make_invoiceable(CHARGED, units=300)
    item = item_of(sent_batch(), payee)
    came_back(item, 12_000)

    [declared] = das2.declaration(YEAR)
    [taxes] = tax_rows([payee], LATER)
    [contract] = influencer_years([payee], LATER)

    assert declared.total == Money(360_000 - 12_000, "EUR")
    assert taxes.paid == contract.counted.cash == Money(300_000 - 10_000, "EUR")


def test_p57_all_that_came_back_leaves_nothing():
    payee = make_due()
    item = item_of(sent_batch(), payee)
    came_back(item, 5_000)

    assert paid_in_year(YEAR)[payee.pk] == of(0)


def test_p57_what_comes_back_in_another_year_counts_in_that_one():
    payee = make_due()
    item = item_of(sent_batch(), payee)

    came_back(item, 5_000, now=datetime(YEAR, 12, 31, 23, 30, tzinfo=UTC))

    assert paid_in_year(YEAR)[payee.pk] == of(5_000)
    assert paid_in_year(YEAR + 1)[payee.pk] == of(-5_000)


def test_p57_the_day_of_payment_is_that_of_the_batch_and_of_the_proof_by_hand():
    payee = make_due()
    batch = sent_batch()
    item = item_of(batch, payee)
    ManualProof.objects.create(
        item=item, name="p.pdf", body=b"%PDF-", sha256="", paid_on=date(YEAR + 1, 1, 2),
        added_at=LATER, added_by=finance(),
    )  # fmt: skip

    assert paid_in_year(YEAR) == {}
    assert paid_in_year(YEAR + 1)[payee.pk] == of(5_000)


def test_p57_wages_and_what_has_not_left_are_not_in_it():
    make_employee_due()
    sent_batch(rail="payroll")
    make_due()
    approved_batch()

    assert paid_in_year(YEAR) == {}


def test_p57_a_gate_counts_what_is_on_its_way_but_what_it_judges():
    payee = make_due()
    batch = approved_batch()
    item = item_of(batch, payee)
    Batch.objects.filter(pk=batch.pk).update(status="executing")
    item.move_to("sending", at=LATER)
    item.save(update_fields=["status", "status_changed_at"])

    assert paid_in_year(YEAR) == {}
    assert paid_in_year(YEAR, with_leaving=True)[payee.pk] == of(5_000)
    assert paid_in_year(YEAR, with_leaving=True, besides=[item.pk]) == {}


def test_p57_only_those_who_are_asked_for_are_counted_in_one_query(
    django_assert_num_queries,
):
    payees = [make_due() for _one in range(3)]
    sent_batch()
    stranger = make_affiliate()

    with django_assert_num_queries(1):
        found = paid_in_year(YEAR, [payees[0].pk, payees[2].pk, stranger.pk])

    assert found == {payees[0].pk: of(5_000), payees[2].pk: of(5_000)}


def test_p57_a_submitted_batch_is_no_payment():
    make_due()
    submitted(now=PAYDAY + timedelta(minutes=1))

    assert paid_in_year(YEAR, with_leaving=True) == {}
