"""What the bank's files do to payouts agrees with the ledger, whatever they say (CL11)."""

from datetime import timedelta

import pytest

from payouts.models import Difference
from payouts.services import reconciliation
from tests.payouts.bank_messages import LATER, Sent, receive, returned_file

pytestmark = pytest.mark.django_db


def open_kinds(*, now=LATER):
    reconciliation.reconcile(now=now)
    return sorted(Difference.objects.filter(state="open").values_list("kind", flat=True))


def test_a_statement_that_books_everything_leaves_no_difference():
    sent = Sent()
    receive(sent.fill("camt053_08_day.xml"))

    assert open_kinds() == []


def test_a_statement_that_is_read_twice_in_other_bytes_leaves_none():
    sent = Sent()
    body = sent.fill("camt053_08_day.xml")
    receive(body)
    receive(body.replace(b"03:10:00", b"03:10:01"))

    assert open_kinds() == []


def test_money_that_came_back_after_its_booking_leaves_none():
    sent = Sent()
    receive(sent.fill("camt053_08_day.xml"))
    receive(returned_file(sent))

    assert sent.statuses() == ["returned", "settled", "settled"]
    assert open_kinds() == []


def test_what_the_bank_refused_before_its_booking_leaves_none():
    sent = Sent()
    receive(sent.fill("pain002_10_two_refused.xml"))
    receive(sent.fill("camt053_02_batch.xml", TOTAL="20.00", CLOSING="60.00"))

    assert open_kinds() == []


def test_a_sum_that_is_not_the_batch_is_open_line_by_line():
    sent = Sent()
    receive(sent.fill("camt053_02_batch.xml", TOTAL="99.00", CLOSING="139.00"))

    found = open_kinds(now=LATER + timedelta(days=1))

    assert set(found) == {"booked_unknown", "not_booked"}
    assert found.count("not_booked") == 3
