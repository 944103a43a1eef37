"""Why an affiliate is not paid: a sentence and what to do, for every gate."""

from datetime import date

import pytest
from django.utils import translation

from affiliates.services import accounts
from core.money import Money
from payouts.domain.gates import Gate, GateCode
from payouts.queries.why_not_paid import partner_sentence, staff_sentence, why_not_paid
from tests.payouts.paydays import (
    LATER,
    PAYDAY,
    finance,
    item_of,
    make_due,
    make_employee_due,
    prepared,
    sent_batch,
    submitted,
    take_back,
)
from tests.payouts.stories import assert_balances


def codes(affiliate, now=LATER):
    return [gate.code for gate in why_not_paid(affiliate.pk, now).gates]


@pytest.mark.parametrize("code", GateCode)
def test_every_gate_has_its_sentences(code):
    gate = Gate(code, Money(-2_000, "EUR"), until=LATER)

    with translation.override("en"):
        said = partner_sentence(gate)
        texts = [said.sentence, said.remedy, staff_sentence(gate)]

    assert all(text.endswith(".") and "%" not in text for text in texts)


def test_amounts_are_written_for_the_reader():
    gate = Gate(GateCode.BELOW_MINIMUM, Money(2_000, "EUR"))

    with translation.override("en"):
        assert "€20.00" in partner_sentence(gate).sentence
    with translation.override("fr"):
        assert "20,00\u00a0€" in partner_sentence(gate).sentence


@pytest.mark.django_db
def test_who_is_due_something_reads_when_it_leaves():
    ada = make_due()

    why = why_not_paid(ada.pk, LATER)

    assert (why.due, why.gates, why.item) == (Money(5_000, "EUR"), (), None)
    assert why.next_payment_date == date(2026, 7, 27)  # The 25th is a Saturday.


@pytest.mark.django_db
def test_each_reason_is_told():
    silent, small, debtor = make_due(payee=False), make_due(units=1), make_due()
    suspended = make_due()
    accounts.suspend(
        affiliate_id=suspended.pk, actor_id=finance().pk, reason="Checking", now=PAYDAY
    )
    sent_batch()
    take_back(debtor, units=1)

    assert codes(silent) == ["details_missing"]
    assert codes(small) == ["below_minimum"]
    assert codes(suspended) == ["suspended"]
    assert codes(debtor) == ["negative_balance"]
    assert why_not_paid(debtor.pk, LATER).due == Money(-1_000, "EUR")
    assert why_not_paid(debtor.pk, LATER).next_payment_date is None
    assert_balances(debtor.pk, payable=-1_000)


@pytest.mark.django_db
def test_a_draft_is_not_news_a_submitted_payout_is():
    ada, maker = make_due(), finance()
    prepared(maker=maker)

    drafted = why_not_paid(ada.pk, LATER)

    assert (drafted.due, drafted.item) == (Money(5_000, "EUR"), None)


@pytest.mark.django_db
def test_what_is_under_way_is_not_due_any_more():
    ada = make_due()
    batch = submitted()

    why = why_not_paid(ada.pk, LATER)

    assert (why.due, why.item) == (Money(0, "EUR"), item_of(batch, ada))


@pytest.mark.django_db
def test_an_employee_needs_no_bank_details():
    assert codes(make_employee_due()) == []
