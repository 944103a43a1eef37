"""A month is closed while postings run, and compared by several at once (CL4, CL5, CL17)."""

from datetime import timedelta

import pytest

from core.models import Delivery
from core.money import Money
from payouts.domain.rail_books import Made
from payouts.models import ClosedMonth, Difference, Transfer
from payouts.services import closing, reconciliation
from tests.builders import make_affiliate
from tests.payouts.closing_months import IN_MAY, MAY, SIXTH_OF_JUNE, earn
from tests.payouts.paydays import finance
from tests.races.threads import at_once, raised

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def test_late_facts_and_the_close_of_their_month_at_once_leave_no_gap():
    affiliate, actors = make_affiliate(), [finance(), finance()]
    reconciliation.reconcile(now=SIXTH_OF_JUNE - timedelta(minutes=1))

    def close_or_earn(number):
        if number in (5, 10):
            actor = actors[number // 5 - 1]
            return closing.seal(month=MAY, actor_id=actor.pk, now=SIXTH_OF_JUNE)
        return earn(affiliate, 100, key=f"late:{number}", effective_at=IN_MAY, now=SIXTH_OF_JUNE)

    answers = at_once(20, close_or_earn)

    assert raised(answers) == []
    assert Transfer.objects.count() == 18
    assert closing.verify(ClosedMonth.objects.get()).holds
    assert set(Transfer.objects.values_list("effective_at", flat=True)) <= {IN_MAY, SIXTH_OF_JUNE}


def test_five_comparisons_at_once_tell_finance_once():
    finance()
    hand = Made(
        reference="tr_hand", group="", item_id=0, amount=Money(4_200, "EUR"), reversed_minor=0,
        at=SIXTH_OF_JUNE,
    )  # fmt: skip

    answers = at_once(
        5,
        lambda _number: (
            reconciliation.reconcile(stripe_books=lambda _since: [hand], now=SIXTH_OF_JUNE).pk
        ),
    )

    assert raised(answers) == []
    assert Difference.objects.count() == 1
    assert Delivery.objects.filter(key__startswith="reconciliation:").count() == 1
