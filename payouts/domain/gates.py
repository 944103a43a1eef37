"""What must be true before money may leave: one function for every path (rules P21 to P30).

The preview, the submission, the execution and "why am I not paid?" all ask here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from affiliates.domain.bank import (
    EEA,
    InvalidIban,
    country_of,
    is_in_sepa,
    normalized_iban,
)
from core.money import Money
from payouts.domain.sepa_text import TOWN_LIMIT, UnreadableText, sepa_name

SEPA = "sepa"
PAYROLL = "payroll"


class GateCode(StrEnum):
    SUSPENDED = "suspended"
    PAYOUTS_STOPPED = "payouts_stopped"
    WRONG_RAIL = "wrong_rail"
    NOTHING_DUE = "nothing_due"
    NEGATIVE_BALANCE = "negative_balance"
    BELOW_MINIMUM = "below_minimum"
    DETAILS_MISSING = "details_missing"
    IBAN_INVALID = "iban_invalid"
    OUTSIDE_SEPA = "outside_sepa"
    NAME_UNREADABLE = "name_unreadable"
    TOWN_MISSING = "town_missing"
    STAFF_NUMBER_MISSING = "staff_number_missing"
    DETAILS_CHANGED = "details_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where the money goes: a bank account, or a store's payroll."""

    name: str
    iban: str = ""
    country: str = ""
    town: str = ""
    store: str = ""
    staff_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeFacts:
    """All that the gates look at.

    ``due`` is the sum of what one payout would hold, debts included. ``destination`` is ``None``
    while the payee has given no bank details. ``frozen`` is what was approved: only known when a
    batch is carried out.
    """

    rail: str
    is_employee: bool
    is_suspended: bool
    is_closed: bool
    due: Money
    minimum: Money
    destination: Destination | None
    frozen: Destination | None = None
    is_stopped: bool = False  # A sanction holds payouts back.


@dataclass(frozen=True, slots=True)
class Gate:
    """One red gate. ``amount`` is the debt or the minimum, where the gate is about an amount."""

    code: GateCode
    amount: Money | None = None


def payout_gates(facts: PayeeFacts) -> tuple[Gate, ...]:
    """Return every red gate, the most telling first; none means that the payee can be paid.

    :raises CurrencyMismatch: when the amount due and the minimum differ in currency.
    """
    return (*_account_gates(facts), *_amount_gates(facts), *_destination_gates(facts))


def _account_gates(facts: PayeeFacts) -> Iterator[Gate]:
    if facts.is_suspended:
        yield Gate(GateCode.SUSPENDED)
    if facts.is_stopped:
        yield Gate(GateCode.PAYOUTS_STOPPED)
    if facts.is_employee != (facts.rail == PAYROLL):
        yield Gate(GateCode.WRONG_RAIL)


def _amount_gates(facts: PayeeFacts) -> Iterator[Gate]:
    missing = facts.minimum - facts.due
    if facts.due.minor < 0:
        yield Gate(GateCode.NEGATIVE_BALANCE, facts.due)
    elif not facts.due:
        yield Gate(GateCode.NOTHING_DUE)
    elif missing.minor > 0 and not facts.is_closed:
        yield Gate(GateCode.BELOW_MINIMUM, facts.minimum)


def _destination_gates(facts: PayeeFacts) -> Iterator[Gate]:
    destination = facts.destination
    if facts.rail == PAYROLL:
        if not (destination and destination.staff_number.strip() and destination.store.strip()):
            yield Gate(GateCode.STAFF_NUMBER_MISSING)
    elif destination is None:
        yield Gate(GateCode.DETAILS_MISSING)
    else:
        yield from _bank_gates(destination)
    if facts.frozen is not None and facts.frozen != destination:
        yield Gate(GateCode.DETAILS_CHANGED)


def _bank_gates(destination: Destination) -> Iterator[Gate]:
    try:
        iban = normalized_iban(destination.iban)
    except InvalidIban:
        yield Gate(GateCode.IBAN_INVALID)
        return
    if not is_in_sepa(iban):
        yield Gate(GateCode.OUTSIDE_SEPA)
    if not _readable(destination.name):
        yield Gate(GateCode.NAME_UNREADABLE)
    abroad = destination.country not in EEA or country_of(iban) not in EEA
    if abroad and not _readable(destination.town, limit=TOWN_LIMIT):
        yield Gate(GateCode.TOWN_MISSING)


def _readable(text: str, limit: int = 70) -> bool:
    try:
        sepa_name(text, limit=limit)
    except UnreadableText:
        return False
    return True
