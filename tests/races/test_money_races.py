"""Workers against each other on a real database: exactly one effect each."""

from datetime import timedelta

import pytest

from payouts.models import Adjustment, Commission, Transfer
from payouts.services import accruals, checks, commissions, returns
from tests.builders import NOW, make_credit, make_order, make_return, make_screening
from tests.races.threads import at_once, raised

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
AFTER_HOLD = NOW + timedelta(days=31)


def credits(count):
    for _ in range(count):
        make_screening(make_credit())


def test_20_workers_accrue_each_credit_once():
    credits(10)

    assert not raised(at_once(20, lambda _number: accruals.accrue_pending(now=NOW)))

    assert Commission.objects.count() == Transfer.objects.count() == 10
    assert checks.check() == []


def test_20_workers_approve_each_commission_once():
    credits(10)
    accruals.accrue_pending(now=NOW)

    assert not raised(at_once(20, lambda _number: commissions.approve_due(now=AFTER_HOLD)))
    commissions.approve_due(now=AFTER_HOLD)

    assert Transfer.objects.filter(kind="approved").count() == 10
    assert checks.check() == []


@pytest.mark.parametrize("attempt", range(5))
def test_a_return_that_races_maturity_moves_the_right_account_once(attempt):
    order = make_order(lines=[{"quantity": 3}])
    make_screening(make_credit(order=order))
    accruals.accrue_pending(now=NOW)
    make_return(order, quantities={order.lines.get(): 1 + attempt % 3})

    verbs = [returns.apply_pending, commissions.approve_due]
    assert not raised(at_once(20, lambda number: verbs[number % 2](now=AFTER_HOLD)))
    for verb in verbs:
        verb(now=AFTER_HOLD)

    assert Adjustment.objects.count() == 1
    left = 3_000 - 1_000 * (1 + attempt % 3)
    balance = sum(
        total
        for (code, _currency), total in checks.ledger_balances().items()
        if code.endswith(":payable")
    )
    assert balance == left
    assert checks.check() == []
