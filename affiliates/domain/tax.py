"""What a payee's tax profile must say (docs/rules/payees.md). Nobody is asked here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from stdnum.eu import vat
from stdnum.exceptions import ValidationError
from stdnum.fr import siren, siret, tva

from core.domain.paris import day_in_paris
from core.errors import DomainError
from core.wording import Said

INDIVIDUAL = "individual"
CHARGED, FRANCHISE, REVERSE_CHARGE = "charged", "franchise", "reverse_charge"
OUTSIDE_EU, NO_INVOICE = "outside_eu", "none"

#: Where the French VAT of a service is charged, and where businesses have a SIREN.
FRENCH_VAT = frozenset({"FR", "GP", "MQ", "RE"})
WITH_SIREN = FRENCH_VAT | {"GF", "MF", "YT"}
#: Its businesses have French VAT numbers, which hold no SIREN.
MONACO = "MC"
# fmt: off
EU_VAT = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "GR", "HR", "HU", "IE", "IT", "LT",
    "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})
# fmt: on
#: VAT numbers begin with the country's code; Greece has one of its own.
_PREFIX = {"GR": "EL"}
_LONGEST = {
    "legal_name": 120, "address": 140, "postcode": 16, "town": 60, "registration": 40,
}  # fmt: skip
A_YEAR = timedelta(days=365)
FIRST_RETRY, LAST_RETRY = timedelta(minutes=5), timedelta(hours=12)


class InvalidDeclaration(DomainError):
    """A statement that cannot be true. ``field`` names it."""

    code = "invalid_declaration"

    def __init__(self, said: Said, field: str) -> None:
        super().__init__(said)
        self.field = field


class Freshness(StrEnum):
    """How long ago somebody said that a profile still holds."""

    FRESH = "fresh"
    ASKED_AGAIN = "asked_again"
    STALE = "stale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a payee says of its taxes."""

    legal_form: str
    vat_regime: str
    legal_name: str
    country: str
    address: str = ""
    postcode: str = ""
    town: str = ""
    siren: str = ""
    siret: str = ""
    registration: str = ""
    vat_number: str = ""


@dataclass(frozen=True, slots=True)
class Threshold:
    """From ``since`` on: above so many minor units (EUR) in a calendar year, VAT is charged."""

    since: date
    minor: int


def regimes_for(legal_form: str, country: str) -> tuple[str, ...]:
    """Return the VAT regimes that a legal form can have in a country (T2)."""
    if legal_form == INDIVIDUAL:
        return (NO_INVOICE,)
    if country in FRENCH_VAT:
        return (CHARGED, FRANCHISE)
    if country == MONACO:
        return (CHARGED,)
    if country in EU_VAT:
        return (REVERSE_CHARGE,)
    return (OUTSIDE_EU,)


def checked(said: Declared) -> Declared:
    """Return a declaration with its numbers in one form, a SIREN that others hold filled in.

    Rules T2 to T6. What is missing is no mistake: see ``missing``.

    :raises InvalidDeclaration: for the first statement that cannot be true.
    """
    said = replace(said, country=said.country.strip().upper(), **_texts(said))
    if not said.legal_name:
        raise InvalidDeclaration(Said("Give the registered name."), "legal_name")
    if not (len(said.country) == 2 and said.country.isalpha()):
        raise InvalidDeclaration(Said("Choose a country."), "country")
    if said.vat_regime not in regimes_for(said.legal_form, said.country):
        raise InvalidDeclaration(
            Said("This VAT regime does not go with this legal form and country."), "vat_regime"
        )
    number, of_establishment = _siren(said.siren), _siret(said.siret)
    vat_number = _vat_number(said.vat_number, said.country)
    if said.legal_form == INDIVIDUAL and (number or of_establishment or vat_number):
        raise InvalidDeclaration(
            Said("Whoever has a SIREN or a VAT number is no private individual here."),
            "legal_form",
        )
    if said.country not in WITH_SIREN and (number or of_establishment):
        raise InvalidDeclaration(Said("Only French businesses have a SIREN and a SIRET."), "siren")
    number = number or of_establishment[:9]
    if of_establishment and not of_establishment.startswith(number):
        raise InvalidDeclaration(Said("This SIRET does not begin with the SIREN."), "siret")
    if vat_number and said.country in FRENCH_VAT:
        number = number or vat_number[4:]
        if vat_number[4:] != number:
            raise InvalidDeclaration(
                Said("A French VAT number ends with the SIREN: this one has another."),
                "vat_number",
            )
    return replace(said, siren=number, siret=of_establishment, vat_number=vat_number)


def missing(said: Declared) -> tuple[Said, ...]:
    """Return what a complete profile still lacks, as sentences (T7)."""
    if said.legal_form == INDIVIDUAL:
        return (
            Said(
                "We pay professionals only: register a business (a micro-entreprise suffices),"
                " then declare it here."
            ),
        )
    has_siren = said.country in WITH_SIREN
    lacks = {
        Said("The address is missing."): not (said.address and said.postcode and said.town),
        Said("The SIREN is missing."): has_siren and not said.siren,
        Said("The SIRET is missing."): has_siren and not said.siret,
        Said("The registration number is missing."): not said.registration
        and not has_siren
        and said.country not in EU_VAT,
        Said("The VAT number is missing."): needs_vat_number(said.vat_regime)
        and not said.vat_number,
    }
    return tuple(sentence for sentence, is_missing in lacks.items() if is_missing)


def needs_vat_number(vat_regime: str) -> bool:
    """Tell whether invoices under a regime name the payee's VAT number."""
    return vat_regime in {CHARGED, REVERSE_CHARGE}


def freshness(confirmed_at: datetime, now: datetime) -> Freshness:
    """Tell whether a profile still holds (T8): the regime is asked anew each January.

    In January of the next year it is asked again; from February on, or a year after the last
    answer, it is stale. Days and years are those of Paris.
    """
    answered, today = day_in_paris(confirmed_at), day_in_paris(now)
    if answered.year >= today.year:
        return Freshness.FRESH
    is_january = today.month == 1 and answered.year == today.year - 1
    if is_january and now - confirmed_at <= A_YEAR:
        return Freshness.ASKED_AGAIN
    return Freshness.STALE


def ask_register_at(*, declared_at: datetime, checked_at: datetime) -> datetime:
    """Return when a VAT register that did not answer is asked again (T10).

    As long again as the answer has been waited for: 5 minutes at first, 12 hours at most.
    """
    waited = checked_at - declared_at
    return checked_at + min(max(waited, FIRST_RETRY), LAST_RETRY)


def read_thresholds(texts: Iterable[str]) -> tuple[Threshold, ...]:
    """Return thresholds from texts like ``2025-01-01:37500``: a day, and whole euros.

    :raises ValueError: for a text that is not written like this.
    """
    found = []
    for text in texts:
        day, _colon, euros = text.partition(":")
        found.append(Threshold(date.fromisoformat(day.strip()), int(euros) * 100))
    return tuple(sorted(found, key=lambda threshold: threshold.since))


def threshold_on(thresholds: Iterable[Threshold], day: date) -> int | None:
    """Return the threshold in force on a day, in minor units; None before the first."""
    begun = [threshold.minor for threshold in thresholds if threshold.since <= day]
    return begun[-1] if begun else None


def passes_threshold(vat_regime: str, paid_minor: int, threshold_minor: int | None) -> bool:
    """Tell whether our own payments of a year put a payee's exemption from VAT in doubt (T9)."""
    return vat_regime == FRANCHISE and threshold_minor is not None and paid_minor > threshold_minor


def _texts(said: Declared) -> dict[str, str]:
    tidy = {name: " ".join(getattr(said, name).split()) for name in _LONGEST}
    for name, longest in _LONGEST.items():
        if len(tidy[name]) > longest:
            raise InvalidDeclaration(Said("At most %(longest)s characters.", longest=longest), name)
    return tidy


def _siren(text: str) -> str:
    try:
        return str(siren.validate(text)) if text.strip() else ""
    except ValidationError as error:
        raise InvalidDeclaration(
            Said("This is no SIREN: it has nine digits, the last one checks the others."), "siren"
        ) from error


def _siret(text: str) -> str:
    try:
        return str(siret.validate(text)) if text.strip() else ""
    except ValidationError as error:
        raise InvalidDeclaration(
            Said("This is no SIRET: it has fourteen digits, the last one checks the others."),
            "siret",
        ) from error


def _vat_number(text: str, country: str) -> str:
    if not text.strip():
        return ""
    is_french = country in FRENCH_VAT or country == MONACO
    if not is_french and country not in EU_VAT:
        raise InvalidDeclaration(
            Said("Only numbers of the European Union: put others under registration."),
            "vat_number",
        )
    prefix = "FR" if is_french else _PREFIX.get(country, country)
    try:
        number = f"FR{tva.validate(text)}" if is_french else str(vat.validate(text))
    except ValidationError as error:
        raise InvalidDeclaration(_no_vat_number(prefix), "vat_number") from error
    if not number.startswith(prefix):
        raise InvalidDeclaration(_no_vat_number(prefix), "vat_number")
    return number


def _no_vat_number(prefix: str) -> Said:
    return Said("This is no VAT number of that country: it begins with %(prefix)s.", prefix=prefix)
