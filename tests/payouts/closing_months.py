"""Months for tests: moments of May and June, and what has to be there before one is closed."""

from datetime import UTC, date, datetime, timedelta

from core.money import Money
from payouts.services import closing, reconciliation
from payouts.services.ledger import EXPENSE, Leg, account_of, post
from tests.payouts.paydays import finance

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)
IN_MAY = datetime(2026, 5, 20, 12, tzinfo=UTC)
IN_JUNE = datetime(2026, 6, 20, 12, tzinfo=UTC)
#: Midnight of 1 June and of 1 July in Paris.
JUNE_BEGINS = datetime(2026, 5, 31, 22, tzinfo=UTC)
JULY_BEGINS = datetime(2026, 6, 30, 22, tzinfo=UTC)
SIXTH_OF_JUNE = datetime(2026, 6, 6, 9, tzinfo=UTC)
SIXTH_OF_JULY = datetime(2026, 7, 6, 9, tzinfo=UTC)


def earn(affiliate, minor, *, key, effective_at, now=None, currency="EUR"):
    """Post a commission to the ledger alone."""
    leg = Leg(
        debit=EXPENSE, credit=account_of(affiliate.pk, "pending"), amount=Money(minor, currency)
    )
    post(
        source_key=key, kind="accrued", legs=[leg], effective_at=effective_at,
        now=now or effective_at,
    )  # fmt: skip


def close(month, *, now, actor=None):
    """Compare, then close."""
    reconciliation.reconcile(now=now - timedelta(minutes=1))
    return closing.close(month=month, actor_id=(actor or finance()).pk, now=now)
