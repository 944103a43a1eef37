"""What must be true before money may leave: one function for every path.

The rules are P21 to P30, P44 to P49 and P62 to P66 of ``docs/rules/payouts.md``, and CT8 and CT9 of
``docs/rules/contracts.md``.

The preview, the submission, the execution and "why am I not paid?" all ask here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
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
STRIPE = "stripe"
MANUAL = "manual"
#: Where an account may be that a platform in the EEA pays through Stripe.
STRIPE_COUNTRIES = EEA | {"CA", "CH", "GB", "US"}


class GateCode(StrEnum):
    SUSPENDED = "suspended"
    PAYOUTS_STOPPED = "payouts_stopped"
    ON_HOLD = "on_hold"
    BOOKS_DIFFER = "books_differ"
    WRONG_RAIL = "wrong_rail"
    NOTHING_DUE = "nothing_due"
    NEGATIVE_BALANCE = "negative_balance"
    BELOW_MINIMUM = "below_minimum"
    DETAILS_MISSING = "details_missing"
    IBAN_INVALID = "iban_invalid"
    OUTSIDE_SEPA = "outside_sepa"
    NAME_UNREADABLE = "name_unreadable"
    NAME_MISMATCH = "name_mismatch"
    TOWN_MISSING = "town_missing"
    STAFF_NUMBER_MISSING = "staff_number_missing"
    DETAILS_CHANGED = "details_changed"
    VAT_CHANGED = "vat_changed"
    COOLING_OFF = "cooling_off"
    COUNTRY_BLOCKED = "country_blocked"
    STRIPE_NOT_ACTIVE = "stripe_not_active"
    STRIPE_COUNTRY = "stripe_country"
    MANDATE_MISSING = "mandate_missing"
    TAX_PROFILE_MISSING = "tax_profile_missing"
    VAT_NUMBER_UNPROVEN = "vat_number_unproven"
    CONTRACT_MISSING = "contract_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where the money goes: a bank account, a store's payroll, or an account at Stripe."""

    name: str
    iban: str = ""
    country: str = ""
    town: str = ""
    store: str = ""
    staff_number: str = ""
    stripe_account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What a payee has to have signed and declared before we may write its invoices."""

    mandate: bool
    tax_profile: bool
    vat_number: bool  # Proven, or not needed.


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractFacts:
    """What the law looks at before an influencer is paid whom no signed contract covers.

    ``counted`` is what was paid and given in the calendar year, less what came back, excluding VAT;
    from ``limit`` on a written contract is mandatory.
    """

    counted: Money
    limit: Money


@dataclass(frozen=True, slots=True)
class Held:
    """A person holds the payouts of a payee. ``until`` is ``None`` while only a person ends it."""

    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeFacts:
    """All that the gates look at.

    ``due`` is the sum of what one payout would hold, debts included, without VAT. ``destination``
    is ``None`` while the payee has given no bank details. ``frozen`` is what was approved: only
    known when a batch is carried out. ``cools_until`` is the end of the wait after a change of bank
    details or address, ``None`` when there is none. ``capability`` is what Stripe says of the
    account. ``papers`` is ``None`` while nobody asks for them, ``contract`` for whoever needs none.
    ``held`` is what a person holds back, ``books_differ`` an open difference about the payee, and
    ``is_another`` what the bank said of this account: that it is of somebody else.
    ``lifts_at`` is when the minimum is lifted because what is due waits so long (P56), and
    ``is_lifted`` tells whether that moment is over.
    """

    rail: str
    is_employee: bool
    is_suspended: bool
    is_closed: bool
    due: Money
    minimum: Money
    destination: Destination | None
    frozen: Destination | None = None
    vat_changed: bool = False  # What was approved has another VAT than the payee now.
    is_stopped: bool = False  # A sanction holds payouts back.
    cools_until: datetime | None = None
    capability: str = ""
    blocked_countries: frozenset[str] = frozenset()
    papers: Papers | None = None
    contract: ContractFacts | None = None
    held: Held | None = None
    books_differ: bool = False
    is_another: bool = False
    lifts_at: datetime | None = None
    is_lifted: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """One red gate. ``amount`` is the debt, the minimum or the threshold, where it is about one.

    ``until`` is when it turns green by itself.
    """

    code: GateCode
    amount: Money | None = None
    until: datetime | None = None


def payout_gates(facts: PayeeFacts) -> tuple[Gate, ...]:
    """Return every red gate, the most telling first; none means that the payee can be paid.

    :raises CurrencyMismatch: when the amount due and the minimum differ in currency.
    """
    return (
        *_account_gates(facts),
        *_amount_gates(facts),
        *_paper_gates(facts),
        *_destination_gates(facts),
    )


def rail_for(*, is_employee: bool, has_stripe: bool, stripe_active: bool, iban: str | None) -> str:
    """Return how a payee is paid (P43). ``iban`` is ``None`` without bank details.

    ``has_stripe``: there is an account at Stripe, and Stripe is set up. One that is not active
    yet is used only by who gave no bank account.
    """
    if is_employee:
        return PAYROLL
    if has_stripe and (stripe_active or iban is None):
        return STRIPE
    return MANUAL if iban is not None and not is_in_sepa(iban) else SEPA


def _account_gates(facts: PayeeFacts) -> Iterator[Gate]:
    if facts.is_suspended:
        yield Gate(GateCode.SUSPENDED)
    if facts.is_stopped:
        yield Gate(GateCode.PAYOUTS_STOPPED)
    if facts.held is not None:
        yield Gate(GateCode.ON_HOLD, until=facts.held.until)
    if facts.books_differ:
        yield Gate(GateCode.BOOKS_DIFFER)
    if facts.is_employee != (facts.rail == PAYROLL):
        yield Gate(GateCode.WRONG_RAIL)


def _amount_gates(facts: PayeeFacts) -> Iterator[Gate]:
    missing = facts.minimum - facts.due
    if facts.due.minor < 0:
        yield Gate(GateCode.NEGATIVE_BALANCE, facts.due)
    elif not facts.due:
        yield Gate(GateCode.NOTHING_DUE)
    elif missing.minor > 0 and not facts.is_closed and not facts.is_lifted:
        yield Gate(GateCode.BELOW_MINIMUM, facts.minimum, facts.lifts_at)


def _paper_gates(facts: PayeeFacts) -> Iterator[Gate]:
    if facts.vat_changed:
        yield Gate(GateCode.VAT_CHANGED)
    yield from _contract_gates(facts)
    if facts.papers is None or facts.rail == PAYROLL:
        return
    if not facts.papers.tax_profile:
        yield Gate(GateCode.TAX_PROFILE_MISSING)
    elif not facts.papers.vat_number:
        yield Gate(GateCode.VAT_NUMBER_UNPROVEN)
    if not facts.papers.mandate:
        yield Gate(GateCode.MANDATE_MISSING)


def _contract_gates(facts: PayeeFacts) -> Iterator[Gate]:
    contract = facts.contract
    if contract is None or facts.due.minor <= 0:
        return
    if (contract.counted + facts.due - contract.limit).minor >= 0:
        yield Gate(GateCode.CONTRACT_MISSING, contract.limit)


def _destination_gates(facts: PayeeFacts) -> Iterator[Gate]:
    destination = facts.destination
    if facts.rail == PAYROLL:
        if not (destination and destination.staff_number.strip() and destination.store.strip()):
            yield Gate(GateCode.STAFF_NUMBER_MISSING)
    elif destination is None:
        yield Gate(GateCode.DETAILS_MISSING)
    else:
        yield from _country_gates(destination, facts)
        if facts.rail == STRIPE:
            yield from _stripe_gates(destination, facts)
        else:
            yield from _bank_gates(destination, facts.rail)
            if facts.is_another:
                yield Gate(GateCode.NAME_MISMATCH)
    if facts.frozen is not None and facts.frozen != destination:
        yield Gate(GateCode.DETAILS_CHANGED)
    if facts.cools_until is not None and facts.rail != PAYROLL:
        yield Gate(GateCode.COOLING_OFF, until=facts.cools_until)


def _country_gates(destination: Destination, facts: PayeeFacts) -> Iterator[Gate]:
    countries = {destination.country, country_of(destination.iban)}
    if countries & facts.blocked_countries:
        yield Gate(GateCode.COUNTRY_BLOCKED)


def _stripe_gates(destination: Destination, facts: PayeeFacts) -> Iterator[Gate]:
    if facts.capability != "active" or not destination.stripe_account:
        yield Gate(GateCode.STRIPE_NOT_ACTIVE)
    if destination.country not in STRIPE_COUNTRIES:
        yield Gate(GateCode.STRIPE_COUNTRY)


def _bank_gates(destination: Destination, rail: str) -> Iterator[Gate]:
    try:
        iban = normalized_iban(destination.iban)
    except InvalidIban:
        yield Gate(GateCode.IBAN_INVALID)
        return
    if rail == MANUAL:
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
