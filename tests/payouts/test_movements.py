"""The transfers of an account with their running balance, a page at a time."""

import pytest

from core.money import Money
from payouts.queries.balances import balances, moved, movements
from tests.builders import make_affiliate
from tests.payouts.paydays import make_due, sent_batch, take_back
from tests.payouts.stories import accrued

pytestmark = pytest.mark.django_db


def test_any_page_has_the_balances_of_the_whole_account():
    ada = make_due(units=5)
    accrued(make_affiliate())
    sent_batch()
    take_back(ada, units=2)
    make_due(affiliate=ada, units=7)
    rows = moved(ada.pk, "payable", "EUR")

    whole = movements(rows)

    total = 0
    for one in whole:
        total += one.change.minor
        assert one.balance == Money(total, "EUR")
    assert len(whole) == 4
    assert whole[-1].balance == balances(ada.pk, "EUR").payable
    assert movements(rows.reverse()[1:3]) == whole[::-1][1:3]
    assert movements(moved(ada.pk, "payable", "USD")) == []
    last = whole[-1].transfer.effective_at
    earlier = [one for one in whole if one.transfer.effective_at < last]
    assert 0 < len(earlier) < len(whole)
    assert movements(moved(ada.pk, "payable", "EUR", at=last)) == earlier
