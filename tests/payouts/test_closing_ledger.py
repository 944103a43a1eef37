"""What PostgreSQL refuses of the ledger, whoever asks (CL18, CL19; D6 30 and 31)."""

import pytest
from django.db import DatabaseError, connection, transaction

from payouts.models import Account, Transfer
from payouts.queries.as_of import balances_as_of
from payouts.services.checks.balances import ledger_balances, sum_by_currency
from tests.builders import make_affiliate
from tests.payouts.closing_months import IN_JUNE, JULY_BEGINS, earn
from tests.payouts.paydays import make_due, sent_batch, take_back

pytestmark = pytest.mark.django_db
INSERT = (
    "INSERT INTO payouts_transfer (debit_id, credit_id, amount_minor, currency, kind, source_key,"
    " leg, effective_at, recorded_at) SELECT {}, 'accrued', 'raw:1', 1, now(), now()"
    " FROM payouts_transfer LIMIT 1"
)
WRONG = {
    "no credit": "debit_id, NULL, amount_minor, currency",
    "no debit": "NULL, credit_id, amount_minor, currency",
    "nothing": "debit_id, credit_id, 0, currency",
    "below zero": "debit_id, credit_id, -1, currency",
    "one account": "debit_id, debit_id, amount_minor, currency",
    "another currency": "debit_id, credit_id, amount_minor, 'GBP'",
    "no such account": "debit_id, 0, amount_minor, currency",
}


def insert(said):
    connection.cursor().execute(INSERT.format(said))
    connection.check_constraints()


@pytest.mark.parametrize("said", WRONG.values(), ids=WRONG.keys())
def test_raw_sql_writes_no_entry_that_is_not_balanced(said):
    earn(make_affiliate(), 1_000, key="a", effective_at=IN_JUNE)

    with pytest.raises(DatabaseError), transaction.atomic():
        insert(said)

    assert Transfer.objects.count() == 1


@pytest.mark.parametrize("verb", ["UPDATE {} SET currency = 'GBP'", "DELETE FROM {}",
                                  "TRUNCATE {} CASCADE"])  # fmt: skip
@pytest.mark.parametrize("table", ["payouts_transfer", "payouts_account"])
def test_neither_the_application_nor_the_owner_changes_ledger_or_accounts(verb, table, as_owner):
    earn(make_affiliate(), 1_000, key="a", effective_at=IN_JUNE)
    connection.check_constraints()

    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(verb.format(table))
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        as_owner() as cursor,
    ):
        cursor.execute(verb.format(table))

    assert (Transfer.objects.count(), Account.objects.count()) == (1, 2)


def test_the_trial_balance_is_zero_at_every_moment_of_a_payday():
    affiliate = make_due()
    sent_batch()
    take_back(affiliate, units=2)

    moments = [JULY_BEGINS, *Transfer.objects.values_list("effective_at", flat=True)]

    for moment in moments:
        assert sum(balances_as_of(before=moment).values()) == 0
    assert sum_by_currency(ledger_balances()) == {"EUR": 0}
    assert balances_as_of(before=JULY_BEGINS.replace(year=2027)) == ledger_balances()
