"""Adjustments without a commission, from the ledger to the bank file and the statement."""

from datetime import timedelta

import pytest

from core.models import Delivery
from payouts.models import Statement
from payouts.queries.candidates import candidates
from payouts.queries.why_not_paid import why_not_paid
from payouts.services import checks, proposals
from shop.models import Shop
from tests.builders import make_affiliate, make_payee, make_user
from tests.payouts.paydays import PAYDAY, item_of, make_due, prepared, sent_batch
from tests.payouts.stories import assert_balances, euros

pytestmark = pytest.mark.django_db


def adjusted(affiliate, minor, **facts):
    fields = {
        "affiliate_id": affiliate.pk,
        "amount": euros(minor),
        "reason": "correction",
        "text": "Autumn campaign",
        "source_key": f"{affiliate.pk}:{minor}:{facts.get('now', '')}",
        "author_id": make_user(roles=["manager"]).pk,
        "now": PAYDAY - timedelta(days=1),
        **facts,
    }
    return proposals.propose(**fields).adjustment


def test_it_is_paid_alone():
    ada = make_affiliate()
    make_payee(ada)
    adjustment = adjusted(ada, 3_000)

    batch = sent_batch()

    item = item_of(batch, ada)
    assert item.amount_minor == 3_000
    line = item.lines.get()
    assert (line.commission_id, line.adjustment_id) == (None, adjustment.pk)
    assert bytes(Statement.objects.get(item=item).body).startswith(b"%PDF")
    assert_balances(ada.pk)


def test_it_is_paid_with_sales_and_netted_when_negative():
    ada = make_due(units=5)
    adjusted(ada, 2_500)
    adjusted(ada, -1_000)

    item = item_of(sent_batch(), ada)

    assert item.amount_minor == 5_000 + 2_500 - 1_000
    assert item.lines.count() == 3
    assert_balances(ada.pk)


def test_a_clawback_larger_than_what_is_due_is_carried_over():
    ada, ines = make_due(units=5), make_due(units=5)
    adjusted(ada, -6_000)

    batch = prepared()

    assert list(batch.items.values_list("affiliate", flat=True)) == [ines.pk]
    why = why_not_paid(ada.pk, PAYDAY)
    assert why.due.minor == -1_000
    assert [gate.code for gate in why.gates] == ["negative_balance"]
    assert "More was taken back than is due to you" in why.gates[0].sentence


def test_a_plus_after_the_cutoff_waits_and_a_minus_does_not():
    ada = make_due(units=5)
    adjusted(ada, 700, now=PAYDAY + timedelta(minutes=1))
    adjusted(ada, -300, now=PAYDAY + timedelta(minutes=2))

    due = candidates(rail="sepa", currency="EUR", cutoff_at=PAYDAY, at=PAYDAY + timedelta(hours=1))

    assert [candidate.amount.minor for candidate in due] == [4_700]


def test_it_is_taken_once():
    ada = make_due(units=5)
    adjusted(ada, 2_500)
    sent_batch()

    assert not candidates(rail="sepa", currency="EUR", cutoff_at=PAYDAY, at=PAYDAY)


def test_the_mail_names_bonuses_and_corrections():
    ada = make_affiliate()
    make_payee(ada)
    adjusted(ada, 3_000)

    sent_batch()

    body = Delivery.objects.get(key__startswith="statement:").body
    assert "Bonuses and corrections are in it, each with its reason: €30.00." in body
    assert "It covers" not in body
    assert "Returns of sales" not in body


def test_an_employee_who_sold_nothing_is_paid_in_the_shops_name():
    nadia = make_affiliate(kind="employee")
    adjusted(nadia, 3_000)
    Shop.objects.get_or_create(code="atelier", defaults={
        "name": "Atelier", "home_url": "https://shop.example/", "link_hosts": ["shop.example"],
        "currency": "EUR",
    })  # fmt: skip

    item = item_of(sent_batch(rail="payroll"), nadia)

    assert bytes(item.statement.body).startswith(b"%PDF")
    assert checks.check() == []
