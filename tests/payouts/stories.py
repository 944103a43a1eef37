"""Steps that several tests of money tell their stories with."""

from datetime import timedelta

from core.money import Money
from payouts.models import Commission
from payouts.queries.balances import balances
from payouts.services import accruals, checks, commissions
from tests.builders import NOW, make_credit, make_order, make_screening

AFTER_HOLD = NOW + timedelta(days=31)


def accrued(affiliate=None, *, lines=None, decision="clear", **order):
    """Return the commission of one screened credit, accrued. One unit earns EUR 10.00."""
    credit = make_credit(affiliate, make_order(lines=lines, **order))
    make_screening(credit, decision=decision)
    accruals.accrue_pending(now=NOW)
    return Commission.objects.get(credit=credit)


def approved(affiliate=None, **facts):
    """Return such a commission after its hold."""
    commission = accrued(affiliate, **facts)
    commissions.approve_due(now=AFTER_HOLD)
    commission.refresh_from_db()
    return commission


def euros(minor):
    return Money(minor, "EUR")


def assert_balances(affiliate_id, *, pending=0, payable=0, reserved=0):
    """The balances are these, and the whole ledger agrees."""
    found = balances(affiliate_id, "EUR")
    assert (found.pending.minor, found.payable.minor, found.reserved.minor) == (
        pending,
        payable,
        reserved,
    )
    differences = [str(difference) for difference in checks.check()]
    assert differences == [], differences
