"""Invoice numbers under 20 threads, half of which fail: none missing, none twice (IV7; D6 37)."""

import re

import pytest
from django.db import transaction

from payouts.models import Invoice, InvoiceSeries
from payouts.services import invoices
from tests.payouts.invoice_stories import COMPANY, make_invoiceable
from tests.payouts.paydays import LATER, item_of, sent_batch
from tests.races.threads import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

NUMBER = re.compile(r"AF-(\d+)-(\d+)-(\d{6})")


class PowerCut(Exception):
    """Whatever happens between the number and the commit."""


def test_20_threads_with_rollbacks_leave_no_gap(settings):
    settings.COMPANY = COMPANY
    payees = [make_invoiceable() for _number in range(3)]
    batch = sent_batch()
    items = [item_of(batch, payee) for payee in payees]

    def write(number):
        with transaction.atomic():
            made = invoices.issue(items[number % 3].pk, now=LATER)
            if number % 2:
                raise PowerCut
            return made.number

    answers = at_once(20, write)

    assert all(isinstance(one, str | PowerCut) for one in answers)
    assert Invoice.objects.count() == 3
    for payee in payees:
        assert InvoiceSeries.objects.get(affiliate=payee).last == 1


def test_many_payouts_of_one_payee_at_once_are_numbered_one_after_another(settings):
    settings.COMPANY = COMPANY
    payee = make_invoiceable()
    item = item_of(sent_batch(), payee)
    invoice = invoices.issue(item.pk, now=LATER)
    backs = [_came_back(item, number) for number in range(20)]

    def write(number):
        with transaction.atomic():
            made = invoices.credit(backs[number].pk, now=LATER)
            if number % 2:
                raise PowerCut
            return made.number

    answers = at_once(20, write)

    assert all(isinstance(one, str | PowerCut) for one in answers)
    rows = Invoice.objects.order_by("pk").values_list("number", "issued_on")
    serials = [int(NUMBER.fullmatch(number)[3]) for number, _day in rows]
    assert serials == list(range(1, 12))
    assert [day for _number, day in rows] == sorted(day for _number, day in rows)
    assert InvoiceSeries.objects.get().last == 11
    assert invoice.number.endswith("000001")


def _came_back(item, number):
    return item.returns.create(
        reference=f"R-{number}",
        amount_minor=100,
        currency=item.currency,
        at=LATER,
        recorded_at=LATER,
    )
