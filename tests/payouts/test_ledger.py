"""The ledger is append-only in the database itself, and each fact is in it once."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from core import audit
from core.errors import IdempotencyConflict
from core.money import Money
from payouts.models import Account, Transfer
from payouts.services.ledger import EXPENSE, Leg, account_of, post
from tests.builders import NOW, make_affiliate

pytestmark = pytest.mark.django_db


def accrue(affiliate, minor=1_000, key="commission:1:accrued", currency="EUR"):
    leg = Leg(
        debit=EXPENSE, credit=account_of(affiliate.pk, "pending"), amount=Money(minor, currency)
    )
    post(source_key=key, kind="accrued", legs=[leg], effective_at=NOW, now=NOW)


def save_at_once(row):
    row.save()
    connection.check_constraints()


def test_a_fact_posted_again_is_posted_once():
    affiliate = make_affiliate()

    accrue(affiliate)
    accrue(affiliate)

    assert Transfer.objects.get().amount_minor == 1_000
    assert set(Account.objects.values_list("code", "affiliate")) == {
        (EXPENSE, None),
        (account_of(affiliate.pk, "pending"), affiliate.pk),
    }


def test_a_key_with_another_amount_is_refused_and_changes_nothing():
    affiliate = make_affiliate()
    accrue(affiliate)

    with pytest.raises(IdempotencyConflict):
        accrue(affiliate, minor=9_999)

    assert Transfer.objects.get().amount_minor == 1_000


def test_nothing_is_posted_for_nothing():
    accrue(make_affiliate(), minor=0)

    assert not Transfer.objects.exists()


def test_accounts_are_kept_apart_by_currency():
    affiliate = make_affiliate()
    accrue(affiliate)
    accrue(affiliate, key="commission:2:accrued", currency="GBP")

    assert Account.objects.count() == 4


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE payouts_transfer SET amount_minor = 1",
        "DELETE FROM payouts_transfer",
        "TRUNCATE payouts_transfer",
    ],
)
def test_the_application_may_not_change_the_ledger(sql):
    accrue(make_affiliate())

    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(sql)

    assert Transfer.objects.get().amount_minor == 1_000


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE payouts_transfer SET amount_minor = 1",
        "DELETE FROM payouts_transfer",
        "TRUNCATE payouts_transfer CASCADE",
        "UPDATE core_auditentry SET verb = 'nothing'",
    ],
)
def test_not_even_the_owner_may_change_it(sql, as_owner):
    accrue(make_affiliate())
    audit.record(actor=None, verb="test.made", subject=make_affiliate(), at=NOW)
    connection.check_constraints()  # TRUNCATE does not start while foreign keys wait.

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        as_owner() as cursor,
    ):
        cursor.execute(sql)


def test_a_stored_transfer_is_not_saved_again():
    accrue(make_affiliate())

    with pytest.raises(TypeError):
        Transfer.objects.get().save()


@pytest.mark.parametrize(
    "wrong", [{"amount_minor": 0}, {"currency": "GBP"}, {"debit_is_credit": True}]
)
def test_the_database_refuses_a_wrong_transfer(wrong):
    affiliate = make_affiliate()
    accrue(affiliate)
    accounts = {account.code: account for account in Account.objects.all()}
    debit, credit = accounts[EXPENSE], accounts[account_of(affiliate.pk, "pending")]
    fields = {"amount_minor": 5, "currency": "EUR"} | {
        name: value for name, value in wrong.items() if name != "debit_is_credit"
    }

    transfer = Transfer(
        debit=debit,
        credit=debit if "debit_is_credit" in wrong else credit,
        kind="accrued",
        source_key="wrong",
        effective_at=NOW,
        recorded_at=NOW,
        **fields,
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        save_at_once(transfer)
