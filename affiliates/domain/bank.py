"""What an IBAN and a BIC must be before money may follow them."""

from __future__ import annotations

from schwifty import BIC, IBAN

from core.errors import DomainError

#: The European Economic Area by ISO 3166 code, with the regions that have a code of their own.
# fmt: off
EEA = {
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IS", "IE", "IT",
    "LV", "LI", "LT", "LU", "MT", "NL", "NO", "PL", "PT", "RO", "SK", "SI", "ES", "SE", "AX", "GF",
    "GP", "MF", "MQ", "RE", "YT",
}
#: Countries outside the EEA whose banks take part in SEPA credit transfers.
SEPA_OUTSIDE_EEA = {
    "AD", "AL", "CH", "GB", "GG", "GI", "IM", "JE", "MC", "MD", "ME", "MK", "RS", "SM", "VA",
}
# fmt: on


class InvalidIban(DomainError):
    """An IBAN with a wrong length, structure or check digits."""

    code = "invalid_iban"


class InvalidBic(DomainError):
    """A BIC with a wrong length, structure or country."""

    code = "invalid_bic"


def normalized_iban(text: str) -> str:
    """Return ``text`` as an IBAN in capitals without blanks, its check digits verified.

    :raises InvalidIban: when the length, the structure or the check digits are wrong. The
        message never repeats the number.
    """
    try:
        return IBAN(text).compact
    except ValueError as error:
        raise InvalidIban("This IBAN is not valid: check every character.") from error


def normalized_bic(text: str) -> str:
    """Return ``text`` as a BIC of 8 or 11 characters in capitals.

    :raises InvalidBic: when the length, the structure or the country is wrong.
    """
    try:
        return BIC(text).compact
    except ValueError as error:
        raise InvalidBic("This BIC is not valid: it has 8 or 11 characters.") from error


def bic_of(iban: str) -> str | None:
    """Return the BIC of the bank of ``iban``, or ``None`` when the bank registry has none.

    The registry changes with time: keep the answer with the account, do not ask again.

    :raises InvalidIban: when ``iban`` is not valid.
    """
    bic = IBAN(normalized_iban(iban)).bic
    return None if bic is None else bic.compact


def country_of(iban: str) -> str:
    """Return the ISO 3166 code of the country where ``iban`` is held."""
    return "".join(iban.split())[:2].upper()


def is_in_sepa(iban: str) -> bool:
    """Tell whether a SEPA credit transfer can reach ``iban``."""
    return country_of(iban) in EEA | SEPA_OUTSIDE_EEA


def last_four(iban: str) -> str:
    """Return the four characters of ``iban`` that may be shown to people."""
    return "".join(iban.split())[-4:]
