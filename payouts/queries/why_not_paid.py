"""Why an affiliate is not paid, in sentences: one for finance, one for the affiliate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_datetime
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from affiliates.models import Affiliate
from affiliates.queries import TermsIndex
from core.domain.paris import PARIS
from core.money import Money
from core.money_words import money_words
from payouts.domain.calendar import bank_date, next_payment_date
from payouts.domain.gates import Gate, GateCode
from payouts.models import BatchStatus, Item
from payouts.queries.candidates import candidates, rail_of
from payouts.queries.waiting import stopped_by_hold, stopping


@dataclass(frozen=True, slots=True)
class GateSentence:
    """A red gate for its reader: what is wrong and what to do about it."""

    code: str
    sentence: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNotPaid:
    """What an affiliate waits for.

    ``due`` is what is payable and on no submitted payout yet, debts included. ``item`` is the
    submitted payout that has not left yet, if there is one. ``next_payment_date`` is when ``due``
    leaves at the earliest: ``None`` while a gate is red, and without terms.
    """

    due: Money
    gates: tuple[GateSentence, ...]
    item: Item | None
    next_payment_date: date | None


def why_not_paid(
    affiliate_id: int, now: datetime, currency: str = "EUR", *, terms: TermsIndex | None = None
) -> WhyNotPaid:
    """Return what stands between an affiliate and the next payout, as of ``now``.

    ``terms`` of the affiliate are looked up where they are not given.
    """
    index = terms or TermsIndex([affiliate_id])
    affiliate = Affiliate.objects.select_related("payee", "stripe_account").get(pk=affiliate_id)
    payouts = Item.objects.filter(affiliate=affiliate_id, currency=currency)
    # A draft is a working paper of finance: what is on it is still simply due.
    live = list(payouts.filter(status__in=Item.LIVE).select_related("batch").order_by("-pk"))
    draft = next((one for one in live if one.batch.status == BatchStatus.DRAFT), None)
    found = candidates(
        rail=rail_of(affiliate),
        currency=currency,
        cutoff_at=now,
        at=now,
        batch=draft.batch if draft else None,
        affiliate_ids=[affiliate_id],
        terms=index,
        known=[affiliate],
    )
    gates = tuple(gate for candidate in found for gate in candidate.gates)
    held = index.at(affiliate_id, now)
    pays_on = None
    if held and not gates:
        pays_on = next_payment_date(held.payment_days, bank_date(now))
    item = next((one for one in live if one.batch.status != BatchStatus.DRAFT), None)
    if item is not None:
        told = {gate.code for gate in gates}
        gates += tuple(gate for gate in _waiting(item, now) if gate.code not in told)
    return WhyNotPaid(
        due=found[0].due if found else Money(0, currency),
        gates=tuple(partner_sentence(gate) for gate in gates),
        item=item,
        next_payment_date=pays_on,
    )


def _waiting(item: Item, now: datetime) -> Iterator[Gate]:
    """Yield what lets a payment of a submitted batch wait (CL26, P63)."""
    hold = stopped_by_hold(item, now)
    if hold is not None:
        yield Gate(GateCode.ON_HOLD, until=hold.until)
    if stopping().filter(affiliate=item.affiliate_id).exists():
        yield Gate(GateCode.BOOKS_DIFFER)


def partner_sentence(gate: Gate) -> GateSentence:
    """Return ``gate`` in words for the affiliate, in the active language."""
    sentence, remedy = {
        GateCode.SUSPENDED: (
            _("Your account is suspended."),
            _("Write to the programme team: your balance is kept meanwhile."),
        ),
        GateCode.PAYOUTS_STOPPED: (
            _("Your payouts are stopped while a decision of the programme holds."),
            _("Read the decision and contest it if it is wrong: your balance is kept meanwhile."),
        ),
        GateCode.WRONG_RAIL: (
            _("The way you are paid is changing."),
            _("Nothing to do: the next payout takes your new status into account."),
        ),
        GateCode.NOTHING_DUE: (
            _("There is nothing to pay at the moment."),
            _("Commissions become payable when their hold period ends."),
        ),
        GateCode.NEGATIVE_BALANCE: (
            _("More was taken back than is due to you: %(amount)s is to be made up."),
            _("Your next earnings cover it first."),
        ),
        GateCode.BELOW_MINIMUM: (
            _("Your balance is below the minimum payout of %(amount)s."),
            _until_lifted() if gate.until else _until_reached(),
        ),
        GateCode.DETAILS_MISSING: (
            _("Your bank details are missing."),
            _("Enter your legal name and IBAN."),
        ),
        GateCode.IBAN_INVALID: (
            _("Your IBAN is not valid."),
            _("Check every character of your IBAN."),
        ),
        GateCode.OUTSIDE_SEPA: (
            _("Your bank account is outside the SEPA area."),
            _("Enter the IBAN of an account inside the SEPA area."),
        ),
        GateCode.NAME_UNREADABLE: (
            _("Banks cannot read your legal name."),
            _("Write it in Latin letters, as it appears on your bank statements."),
        ),
        GateCode.TOWN_MISSING: (
            _("Banks ask for the town of your address."),
            _("Add your town to your bank details."),
        ),
        GateCode.STAFF_NUMBER_MISSING: (
            _("Your store or staff number is missing."),
            _("Ask the programme team to add it."),
        ),
        GateCode.DETAILS_CHANGED: (
            _("Your payment details changed after the payout had been approved."),
            _("You are paid with the next batch, to the new details."),
        ),
        **_of_details(),
        **_of_checks(gate),
    }[gate.code]
    values = _values(gate)
    return GateSentence(gate.code, sentence % values, remedy % values)


def _of_checks(gate: Gate) -> dict[GateCode, tuple[str, str]]:
    """Return sentence and remedy of the gates about holds, the books and the bank's answers."""
    return {
        GateCode.ON_HOLD: _of_hold(gate),
        GateCode.BOOKS_DIFFER: (
            _("We are checking an earlier payment to you before we pay again."),
            _("Nothing to do: your balance is kept meanwhile, and paid once it is checked."),
        ),
        GateCode.NAME_MISMATCH: (
            _("Your bank says that this account is not in the name that you gave us."),
            _("Enter the name of the account's holder exactly as your bank writes it."),
        ),
    }


def _of_hold(gate: Gate) -> tuple[str, str]:
    if gate.until is None:
        return (
            _("Our finance team holds your payouts back while it checks something."),
            _("Write to the programme team if you do not know why: your balance is kept."),
        )
    return (
        _("Our finance team holds your payouts back until %(until)s."),
        _("Nothing to do: your balance is kept, and paid with the next batch after that."),
    )


def _until_reached() -> str:
    return _("It is carried over until it reaches the minimum.")


def _until_lifted() -> str:
    return _(
        "It is carried over until it reaches the minimum; from %(day)s on it is paid whatever it"
        " comes to."
    )


def _of_details() -> dict[GateCode, tuple[str, str]]:
    """Return sentence and remedy of the gates about changes, countries, Stripe and papers."""
    return {
        GateCode.VAT_CHANGED: (
            _("Your tax profile changed after the payout had been approved."),
            _("You are paid with the next batch, with the VAT of your new tax profile."),
        ),
        GateCode.COOLING_OFF: (
            _(
                "Your payment details or your e-mail address changed: nothing is paid before"
                " %(until)s."
            ),
            _("Nothing to do. If it was not you, write to the programme team at once."),
        ),
        GateCode.COUNTRY_BLOCKED: (
            _("We cannot pay to this country."),
            _("Write to the programme team: your balance is kept meanwhile."),
        ),
        GateCode.STRIPE_NOT_ACTIVE: (
            _("Stripe does not let your account receive money yet."),
            _("Finish what Stripe asks for, on your payment details."),
        ),
        GateCode.STRIPE_COUNTRY: (
            _("Stripe cannot be used for your country."),
            _("Enter your bank account instead."),
        ),
        GateCode.MANDATE_MISSING: (
            _("You have not accepted yet that we write your invoices."),
            _("Read the mandate and accept it."),
        ),
        GateCode.TAX_PROFILE_MISSING: (
            _("Your tax details are missing, or have to be confirmed again."),
            _("Enter or confirm your tax details."),
        ),
        GateCode.VAT_NUMBER_UNPROVEN: (
            _("Your VAT number is not confirmed by the register."),
            _("Check your VAT number; the register may need some hours to answer."),
        ),
        GateCode.CONTRACT_MISSING: (
            _(
                "With this payment, what you are paid and given this year reaches %(amount)s: the"
                " law asks for a signed contract first."
            ),
            _("Read your contract and sign it. If none is there yet, ask the programme team."),
        ),
    }


def staff_sentence(gate: Gate) -> str:
    """Return ``gate`` in words for finance, in the active language."""
    sentence = {
        GateCode.SUSPENDED: _("The account is suspended."),
        GateCode.PAYOUTS_STOPPED: _("A sanction stops the payouts of this account."),
        GateCode.ON_HOLD: _("Somebody of finance holds the payouts of this payee."),
        GateCode.BOOKS_DIFFER: _(
            "The books do not agree about this payee: settle it under Reconciliation."
        ),
        GateCode.WRONG_RAIL: _("Employees are paid with their salary, the others by bank."),
        GateCode.NOTHING_DUE: _("There is nothing to pay."),
        GateCode.NEGATIVE_BALANCE: _("The balance is negative (%(amount)s): it is carried over."),
        GateCode.BELOW_MINIMUM: _("Below the minimum of %(amount)s: carried over."),
        GateCode.DETAILS_MISSING: _("The bank details are missing."),
        GateCode.IBAN_INVALID: _("The IBAN is not valid."),
        GateCode.OUTSIDE_SEPA: _("The account cannot be reached by SEPA."),
        GateCode.NAME_UNREADABLE: _("The legal name has no Latin letters."),
        GateCode.NAME_MISMATCH: _("The bank says that the account is in another name."),
        GateCode.TOWN_MISSING: _("Outside the European Economic Area, banks need the town."),
        GateCode.STAFF_NUMBER_MISSING: _("The store or the staff number is missing."),
        GateCode.DETAILS_CHANGED: _("The payment details changed after the submission."),
        GateCode.VAT_CHANGED: _("The VAT to pay on top changed after the submission."),
        GateCode.COOLING_OFF: _(
            "Payment details or e-mail address changed: waits until %(until)s."
        ),
        GateCode.COUNTRY_BLOCKED: _("Nothing is paid to this country."),
        GateCode.STRIPE_NOT_ACTIVE: _("Stripe does not let the account receive money."),
        GateCode.STRIPE_COUNTRY: _("Stripe cannot be used for this country."),
        GateCode.MANDATE_MISSING: _("The mandate to write its invoices is not accepted."),
        GateCode.TAX_PROFILE_MISSING: _("The tax details are missing or out of date."),
        GateCode.VAT_NUMBER_UNPROVEN: _("The VAT number is not confirmed by the register."),
        GateCode.CONTRACT_MISSING: _(
            "Money and gifts of the year reach %(amount)s, and the influencer has signed no"
            " contract for this day."
        ),
    }[gate.code]
    if gate.code == GateCode.BELOW_MINIMUM and gate.until is not None:
        sentence = _(
            "Below the minimum of %(amount)s: carried over. From %(day)s on the minimum is lifted."
        )
    if gate.code == GateCode.ON_HOLD and gate.until is not None:
        sentence = _("Somebody of finance holds the payouts of this payee until %(until)s.")
    return sentence % _values(gate)


def _values(gate: Gate) -> dict[str, str]:
    language, values = get_language() or "en", {}
    if gate.amount is not None:
        positive = Money(abs(gate.amount.minor), gate.amount.currency)
        values["amount"] = money_words(positive, language)
    if gate.until is not None:
        until, local = gate.until.astimezone(PARIS), to_locale(language)
        values["until"] = format_datetime(until, "d MMMM y, HH:mm", locale=local)
        values["day"] = format_datetime(until, "d MMMM y", locale=local)
    return values
