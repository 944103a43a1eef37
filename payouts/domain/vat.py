"""Which VAT stands on what a payee invoices, and what it comes to.

The rules are numbered IV1 to IV6 in ``docs/rules/invoices.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from affiliates.domain.tax import EU_VAT, FRENCH_VAT, MONACO
from core.errors import DomainError
from core.money import Money
from core.wording import Said

#: The normal French rate by the day from which it holds, oldest first.
STANDARD_RATES: tuple[tuple[date, int], ...] = (
    (date(2000, 4, 1), 1_960),
    (date(2014, 1, 1), 2_000),
)


class VatRefused(DomainError):
    """With this tax profile nothing can be invoiced: its text says what is missing."""

    code = "vat_refused"


class Case(StrEnum):
    """The VAT categories of EN 16931 that occur here."""

    STANDARD = "S"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    OUTSIDE = "O"


#: What the law wants to be read on the document, and its code; both empty where VAT is charged.
MENTIONS: dict[Case, tuple[str, str]] = {
    Case.STANDARD: ("", ""),
    Case.EXEMPT: ("TVA non applicable, art. 293 B du CGI", "VATEX-FR-FRANCHISE"),
    Case.REVERSE_CHARGE: (
        "Autoliquidation : TVA due par le preneur, art. 283-2 du CGI et art. 196 de la directive"
        " 2006/112/CE",
        "VATEX-EU-AE",
    ),
    Case.OUTSIDE: (
        "Prestataire établi hors de l'Union européenne : TVA due par le preneur, art. 283-2 du CGI",
        "VATEX-EU-O",
    ),
}
#: The case of each regime that a tax profile can declare.
CASES = {
    "charged": Case.STANDARD,
    "franchise": Case.EXEMPT,
    "reverse_charge": Case.REVERSE_CHARGE,
    "outside_eu": Case.OUTSIDE,
}


class Taxed(Protocol):
    """What of a tax profile the rules look at."""

    @property
    def legal_form(self) -> str: ...
    @property
    def vat_regime(self) -> str: ...
    @property
    def vat_state(self) -> str: ...
    @property
    def vat_number(self) -> str: ...
    @property
    def siren(self) -> str: ...
    @property
    def country(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Vat:
    """The VAT of a whole document: one case, one rate."""

    case: Case
    rate_bps: int

    @property
    def mention(self) -> str:
        """The French sentence that stands on the document; empty where VAT is charged."""
        return MENTIONS[self.case][0]

    @property
    def exemption_code(self) -> str:
        """The code of that sentence (VATEX); empty where VAT is charged."""
        return MENTIONS[self.case][1]


def standard_rate_bps(on: date) -> int:
    """Return the normal French rate on a day, in basis points (rule IV1).

    :raises LookupError: for a day before the first rate that is known.
    """
    known = [rate for since, rate in STANDARD_RATES if since <= on]
    if not known:
        raise LookupError(f"no rate is known for {on}")
    return known[-1]


def vat_of(profile: Taxed, *, on: date) -> Vat:
    """Return the VAT of what ``profile`` invoices on a day (rules IV1 to IV5).

    :raises VatRefused: when nothing may be invoiced so, or something is missing for it.
    """
    case = CASES.get(profile.vat_regime)
    if case is None or (profile.legal_form == "individual" and not profile.siren):
        raise VatRefused(
            Said(
                "A private individual without a SIREN cannot be paid in money. A registration as"
                " a micro-entreprise is free; until then, commissions stay due."
            )
        )
    _REFUSALS[case](profile)
    return Vat(case, standard_rate_bps(on) if case == Case.STANDARD else 0)


def vat_on(net: Money, rate_bps: int) -> Money:
    """Return the VAT on the net total of a document, rounded half up once (rule IV6)."""
    return net.times_bps(rate_bps)


def gross_of(net: Money, profile: Taxed, *, on: date) -> Money:
    """Return what is paid for commissions of ``net``: with VAT on top where it is charged.

    ``on`` is the day of payment.

    :raises VatRefused: when nothing may be invoiced with this profile.
    """
    return net + vat_on(net, vat_of(profile, on=on).rate_bps)


def reverse_charge(net: Money, vat: Vat, *, on: date) -> Money:
    """Return the French VAT that the programme owes in the place of a payee abroad (rule IV25).

    It is deducted at the same time: nothing is paid. Nothing for payees in France.
    """
    if vat.case not in (Case.REVERSE_CHARGE, Case.OUTSIDE):
        return Money(0, net.currency)
    return vat_on(net, standard_rate_bps(on))


def _refuse_standard(profile: Taxed) -> None:
    if profile.country not in FRENCH_VAT | {MONACO}:
        raise VatRefused(Said("French VAT is charged by businesses in France only."))
    if not profile.vat_number:
        raise VatRefused(Said("A business that charges VAT needs its VAT number."))
    if profile.vat_state == "invalid":
        raise VatRefused(Said("The VAT number is not valid, says the European register."))


def _refuse_exempt(profile: Taxed) -> None:
    if profile.country not in FRENCH_VAT:
        raise VatRefused(Said("Article 293 B is for businesses in France only."))
    if not profile.siren:
        raise VatRefused(Said("A business in France needs its SIREN."))


def _refuse_reverse_charge(profile: Taxed) -> None:
    if profile.country not in EU_VAT:
        raise VatRefused(Said("Reverse charge is for businesses elsewhere in the EU only."))
    if not profile.vat_number:
        raise VatRefused(Said("Reverse charge needs the VAT number of the business."))
    if profile.vat_state != "valid":
        raise VatRefused(
            Said("Reverse charge needs a VAT number that the European register says is valid.")
        )


def _refuse_outside(profile: Taxed) -> None:
    if profile.country in FRENCH_VAT | EU_VAT:
        raise VatRefused(Said("This business is in the EU, not outside."))


_REFUSALS = {
    Case.STANDARD: _refuse_standard,
    Case.EXEMPT: _refuse_exempt,
    Case.REVERSE_CHARGE: _refuse_reverse_charge,
    Case.OUTSIDE: _refuse_outside,
}
