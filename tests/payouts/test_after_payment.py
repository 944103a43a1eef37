"""What is taken back of a paid sale names the sale and the payout that had paid it (rule R11)."""

import pytest
from django.utils import translation

from payouts.queries.originals import paid_with
from payouts.services.statements import changes_of
from portal.queries.payouts import line_rows, show_lines
from tests.payouts.paydays import (
    NEXT_PAYDAY,
    item_of,
    make_due,
    prepared,
    sent_batch,
    take_back,
)

pytestmark = pytest.mark.django_db


def test_statement_and_page_of_the_next_payout_name_the_order_and_the_one_before():
    ada = make_due(units=5)
    first = item_of(sent_batch(), ada)
    commission = ada.commissions.get()
    make_due(affiliate=ada, units=5)
    take_back(ada, units=2, now=NEXT_PAYDAY)

    item = item_of(prepared(now=NEXT_PAYDAY, execution_date=NEXT_PAYDAY.date()), ada)

    assert paid_with([one.pk for one in ada.commissions.all()]) == {commission.pk: first}
    order = commission.credit.order
    with translation.override("en"):
        [said] = changes_of(item, list(item.lines.all()))
        lines = show_lines(list(line_rows(item)), item.currency)
        [back] = [line for line in lines if line.amount.minor < 0]
    assert said.what == f"Returned (order {order.number}, paid with {first.reference})"
    assert said.amount.minor == -2_000
    assert back.what == f"Taken back: returned after validation (paid with {first.reference})"
    assert back.url.endswith(f"/{commission.credit_id}/")
