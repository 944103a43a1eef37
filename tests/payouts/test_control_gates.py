"""Gates of rails, countries, waits and papers (P43 to P47)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from affiliates.models import PayeeChange
from affiliates.services import payees
from core.money import Money
from payouts.domain.gates import Destination, Papers, PayeeFacts, payout_gates, rail_for
from payouts.models import StripeAccount
from payouts.queries.candidates import candidates, rail_of
from payouts.queries.why_not_paid import why_not_paid
from payouts.services import batches
from tests.builders import make_payee, make_user
from tests.payouts.invoice_stories import make_mandate, make_profile
from tests.payouts.paydays import (
    LATER,
    OTHER_IBAN,
    PAYDAY,
    approved_batch,
    finance,
    item_of,
    make_due,
    make_employee_due,
)
from tests.payouts.stories import assert_balances

FRENCH = "FR7630006000011234567890189"
BRAZILIAN = "BR1800360305000010009795493C1"
BY_STRIPE = PayeeFacts(
    rail="stripe",
    is_employee=False,
    is_suspended=False,
    is_closed=False,
    due=Money(5_000, "EUR"),
    minimum=Money(2_000, "EUR"),
    destination=Destination(name="Ada", country="FR", stripe_account="acct_1"),
    capability="active",
)
BY_HAND = replace(
    BY_STRIPE,
    rail="manual",
    capability="",
    destination=Destination(name="Bia", iban=BRAZILIAN, country="BR"),
)


def codes(facts):
    return [str(gate.code) for gate in payout_gates(facts)]


@pytest.mark.parametrize(
    ("facts", "rail"),
    [
        ({"is_employee": True, "iban": FRENCH}, "payroll"),
        ({"is_employee": True, "has_stripe": True, "stripe_active": True}, "payroll"),
        ({"has_stripe": True, "stripe_active": True, "iban": FRENCH}, "stripe"),
        ({"has_stripe": True, "iban": FRENCH}, "sepa"),
        ({"has_stripe": True}, "stripe"),
        ({"iban": FRENCH}, "sepa"),
        ({"iban": BRAZILIAN}, "manual"),
        ({}, "sepa"),
    ],
)
def test_p43_how_a_payee_is_paid(facts, rail):
    given = {"is_employee": False, "has_stripe": False, "stripe_active": False, "iban": None}

    assert rail_for(**{**given, **facts}) == rail


@pytest.mark.parametrize(
    ("facts", "red"),
    [
        (BY_STRIPE, []),
        (replace(BY_STRIPE, capability="restricted"), ["stripe_not_active"]),
        (replace(BY_STRIPE, destination=None), ["details_missing"]),
        (
            replace(
                BY_STRIPE,
                destination=Destination(name="B", country="BR", stripe_account="acct_1"),
            ),
            ["stripe_country"],
        ),
        (BY_HAND, []),
        (replace(BY_HAND, blocked_countries=frozenset({"BR"})), ["country_blocked"]),
        (replace(BY_HAND, cools_until=PAYDAY), ["cooling_off"]),
        (
            replace(BY_HAND, papers=Papers(mandate=False, tax_profile=False, vat_number=False)),
            ["tax_profile_missing", "mandate_missing"],
        ),
        (
            replace(BY_HAND, papers=Papers(mandate=True, tax_profile=True, vat_number=False)),
            ["vat_number_unproven"],
        ),
    ],
)
def test_what_the_new_gates_stop(facts, red):
    assert codes(facts) == red


def changed(affiliate, *, at=PAYDAY, hours=72):
    return PayeeChange.objects.create(
        affiliate=affiliate, kind="account", before="•••• 1", after="•••• 2", at=at,
        cools_until=at + timedelta(hours=hours),
    )  # fmt: skip


@pytest.mark.django_db
def test_d6_40_bank_details_changed_an_hour_before_execution_skip_the_payment():
    ada, bob = make_due(), make_due()
    batch = approved_batch()
    payees.save_details(
        affiliate_id=ada.pk, actor_id=make_user().pk, legal_name="Ada", iban=OTHER_IBAN,
        country="FR", town="Lyon", now=PAYDAY,
    )  # fmt: skip

    batches.make_file(batch_id=batch.pk, actor_id=finance().pk, now=LATER)

    skipped = item_of(batch, ada)
    assert skipped.status == "released"
    assert "waits until" in skipped.reason
    assert item_of(batch, bob).status == "sending"
    assert_balances(ada.pk, payable=5_000)


@pytest.mark.django_db
def test_p44_the_affiliate_reads_until_when_its_payment_waits():
    ada = make_due()
    changed(ada)

    why = why_not_paid(ada.pk, LATER)
    after = why_not_paid(ada.pk, PAYDAY + timedelta(hours=72))

    assert [gate.code for gate in why.gates] == ["cooling_off"]
    local = (PAYDAY + timedelta(hours=72)).strftime("%Y")
    assert local in why.gates[0].sentence
    assert after.gates == ()


@pytest.mark.django_db
def test_d6_41_an_employee_is_never_on_another_rail_than_payroll(settings):
    settings.STRIPE_SECRET_KEY = "sk_test_1"
    ines = make_employee_due()
    stripe_account(ines)

    found = {
        rail: [one.affiliate for one in due(rail)]
        for rail in ("sepa", "stripe", "manual", "payroll")
    }

    assert found == {"sepa": [], "stripe": [], "manual": [], "payroll": [ines]}


def stripe_account(affiliate, capability="active", country="FR"):
    return StripeAccount.objects.create(
        affiliate=affiliate, account=f"acct_{affiliate.pk}", country=country,
        capability=capability, created_at=PAYDAY, read_at=PAYDAY,
    )  # fmt: skip


def due(rail):
    return candidates(rail=rail, currency="EUR", cutoff_at=LATER, at=LATER)


@pytest.mark.django_db
def test_p43_everybody_due_is_on_exactly_one_rail(settings):
    settings.STRIPE_SECRET_KEY = "sk_test_1"
    by_bank, by_stripe, abroad = make_due(), make_due(), make_due(payee=False)
    stripe_account(by_stripe)
    make_payee(abroad, iban=BRAZILIAN, country="BR")

    found = {rail: [one.affiliate for one in due(rail)] for rail in ("sepa", "stripe", "manual")}

    assert found == {"sepa": [by_bank], "stripe": [by_stripe], "manual": [abroad]}
    assert due("stripe")[0].destination.stripe_account == f"acct_{by_stripe.pk}"


@pytest.mark.django_db
def test_p43_without_a_key_of_stripe_an_account_there_does_not_count(settings):
    settings.STRIPE_SECRET_KEY = ""
    ada = make_due()
    stripe_account(ada)
    ada.refresh_from_db()

    assert rail_of(ada) == "sepa"
    assert [one.affiliate for one in due("sepa")] == [ada]


@pytest.mark.django_db
def test_p47_papers_are_only_asked_for_when_the_setting_says_so(settings):
    ada = make_due()
    assert due("sepa")[0].is_payable
    settings.PAYOUTS_NEED_MANDATE = True
    assert [str(gate.code) for gate in due("sepa")[0].gates] == [
        "tax_profile_missing", "mandate_missing",
    ]  # fmt: skip

    make_profile(ada)
    make_mandate(ada)

    assert due("sepa")[0].is_payable


@pytest.mark.django_db
def test_many_payees_cost_as_many_questions_as_two(settings):
    settings.STRIPE_SECRET_KEY, settings.PAYOUTS_NEED_MANDATE = "sk_test_1", True

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            due("sepa")
        return len(seen)

    for _number in range(2):
        make_due()
    few = asked()
    for _number in range(4):
        changed(make_due())

    assert asked() == few
