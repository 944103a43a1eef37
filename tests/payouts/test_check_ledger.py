"""check_ledger finds every way in which the ledger and the rows could disagree."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from core import audit
from payouts.models import Commission
from payouts.services import checks
from tests.builders import NOW, make_user
from tests.payouts.stories import accrued, approved

pytestmark = pytest.mark.django_db


def run(*arguments):
    out = StringIO()
    code = 0
    try:
        call_command("check_ledger", *arguments, stdout=out)
    except SystemExit as left:
        code = left.code
    return code, out.getvalue()


def test_a_ledger_that_agrees_says_so_and_exits_0():
    approved()

    code, said = run()

    assert code == 0
    assert "agrees" in said


#: What a person with the superuser's password could do, and the check that notices.
TAMPERING = {
    "a transfer deleted": (
        "DELETE FROM payouts_transfer WHERE kind = 'accrued'",
        {"balance", "fact without transfer", "debt"},
    ),
    "a transfer changed": (
        "UPDATE payouts_transfer SET amount_minor = 5 WHERE kind = 'accrued'",
        {"balance", "transfer amount"},
    ),
    "a transfer invented": (
        "INSERT INTO payouts_transfer (debit_id, credit_id, amount_minor, currency, kind,"
        " source_key, leg, effective_at, recorded_at) SELECT credit_id, debit_id, 7, currency,"
        " 'accrued', 'commission:0:accrued', 1, effective_at, recorded_at FROM payouts_transfer",
        {"balance", "transfer without fact", "debt"},
    ),
    "a commission raised": (
        "UPDATE payouts_commission SET amount_minor = 99999",
        {"balance", "transfer amount", "commission lines"},
    ),
    "a commission called paid": (
        "UPDATE payouts_commission SET status = 'paid', approved_minor = 1000,"
        " status_changed_at = hold_until",
        {"balance", "due by lines", "paid commission", "fact without transfer"},
    ),
    "an audit entry rewritten": (
        "UPDATE core_auditentry SET reason = 'something else'",
        {"audit chain"},
    ),
}


@pytest.mark.parametrize("case", TAMPERING)
def test_tampering_is_found(case, as_superuser):
    sql, expected = TAMPERING[case]
    commission = accrued()
    audit.record(actor=make_user(), verb="x", subject=commission, at=NOW, reason="a reason")

    with as_superuser() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")  # Triggers off.
        cursor.execute(sql)
        cursor.execute("SET session_replication_role = DEFAULT")

    assert {difference.check for difference in checks.check()} <= expected
    code, said = run("--json")
    assert code == 1
    assert json.loads(said)["differences"]


def test_the_amounts_of_a_difference_are_named(as_superuser):
    commission = accrued()
    with as_superuser() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE payouts_commission SET amount_minor = 990")
        cursor.execute("SET session_replication_role = DEFAULT")

    assert Commission.objects.get().amount_minor == 990
    assert f"commission {commission.pk} should be 990, is 1000" in run()[1]
