"""What stops a payout (P21 to P30), on plain values."""

from dataclasses import replace

import pytest

from core.money import CurrencyMismatch, Money
from payouts.domain.gates import Destination, PayeeFacts, payout_gates

FRENCH = Destination(
    name="Ada Blanchet", iban="FR7630006000011234567890189", country="FR", town="Lyon"
)
SWISS = Destination(name="Urs", iban="CH9300762011623852957", country="CH", town="Bern")
STORE = Destination(name="Ines Moreau", store="Lyon Bellecour", staff_number="E001")
FACTS = PayeeFacts(
    rail="sepa",
    is_employee=False,
    is_suspended=False,
    is_closed=False,
    due=Money(5_000, "EUR"),
    minimum=Money(2_000, "EUR"),
    destination=FRENCH,
)
STAFF = replace(FACTS, rail="payroll", is_employee=True, destination=STORE)


def codes(facts):
    return [str(gate.code) for gate in payout_gates(facts)]


@pytest.mark.parametrize("facts", [FACTS, STAFF, replace(FACTS, destination=SWISS)])
def test_a_payee_in_order_passes(facts):
    assert codes(facts) == []


@pytest.mark.parametrize(
    ("rule", "change", "code"),
    [
        ("P21", {"is_suspended": True}, "suspended"),
        ("P22", {"is_employee": True}, "wrong_rail"),
        ("P23", {"due": Money(-1, "EUR")}, "negative_balance"),
        ("P23", {"due": Money(0, "EUR")}, "nothing_due"),
        ("P24", {"due": Money(1_999, "EUR")}, "below_minimum"),
        ("P25", {"destination": None}, "details_missing"),
        ("P26", {"destination": replace(FRENCH, iban="FR76 3000")}, "iban_invalid"),
        (
            "P27",
            {"destination": replace(FRENCH, iban="BR1800360305000010009795493C1")},
            "outside_sepa",
        ),
        ("P28", {"destination": replace(FRENCH, name="株式会社")}, "name_unreadable"),
        ("P28", {"destination": replace(SWISS, town="")}, "town_missing"),
        ("P28", {"destination": replace(FRENCH, country="US", town="")}, "town_missing"),
        ("P30", {"frozen": replace(FRENCH, name="Ada B.")}, "details_changed"),
        (
            "P30",
            {"frozen": replace(FRENCH, iban="DE89370400440532013000")},
            "details_changed",
        ),
    ],
)
def test_each_gate_on_the_bank_rail(rule, change, code):
    assert codes(replace(FACTS, **change)) == [code]


@pytest.mark.parametrize(
    ("rule", "change", "code"),
    [
        ("P22", {"is_employee": False}, "wrong_rail"),
        ("P29", {"destination": replace(STORE, staff_number=" ")}, "staff_number_missing"),
        ("P29", {"destination": replace(STORE, store="")}, "staff_number_missing"),
        ("P29", {"destination": None}, "staff_number_missing"),
        ("P30", {"frozen": replace(STORE, store="Paris")}, "details_changed"),
    ],
)
def test_each_gate_on_the_payroll_rail(rule, change, code):
    assert codes(replace(STAFF, **change)) == [code]


@pytest.mark.parametrize(("minor", "closed", "passes"), [
    (2_000, False, True),
    (1_999, True, True),
    (1, True, True),
    (0, True, False),
    (-1, True, False),
])  # fmt: skip
def test_the_minimum_counts_to_the_cent_and_only_while_the_account_is_open(minor, closed, passes):
    facts = replace(FACTS, due=Money(minor, "EUR"), is_closed=closed)

    assert (codes(facts) == []) is passes


def test_every_red_gate_is_told():
    facts = replace(FACTS, is_suspended=True, due=Money(-500, "EUR"), destination=None)

    assert codes(facts) == ["suspended", "negative_balance", "details_missing"]
    assert payout_gates(facts)[1].amount == Money(-500, "EUR")


def test_the_same_destination_as_approved_passes():
    assert codes(replace(FACTS, frozen=replace(FRENCH))) == []


def test_amounts_of_two_currencies_are_not_compared():
    with pytest.raises(CurrencyMismatch):
        payout_gates(replace(FACTS, minimum=Money(2_000, "GBP")))
