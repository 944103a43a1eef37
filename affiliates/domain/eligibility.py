"""What an application must say before somebody reads it (docs/rules/applications.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

EMPLOYEE = "employee"
NAME_LENGTH = 120
PITCH_LENGTH = 600
SITE_LENGTH = 300


class Lack(StrEnum):
    """Why an application cannot be sent yet."""

    NAME = "name"
    COUNTRY = "country"
    KIND = "kind"
    LEGAL_FORM = "legal_form"
    PITCH = "pitch"
    SITES = "sites"
    STORE = "store"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the applicant says, before any of it is believed."""

    name: str
    kind: str
    legal_form: str
    country: str
    sites: Sequence[str]
    pitch: str
    store: str
    staff_number: str


def tidy_sites(sites: Sequence[str]) -> list[str]:
    """Return the addresses without blanks, empty ones and repeats, in the order given (J6)."""
    return list(dict.fromkeys(site.strip() for site in sites if site.strip()))


def lack_of(claim: Claim, *, kinds: Sequence[str], legal_forms: Sequence[str]) -> Lack | None:
    """Return the first thing that is missing or wrong, or ``None`` (J1 to J7)."""
    checks = {
        Lack.NAME: 0 < len(claim.name.strip()) <= NAME_LENGTH,
        Lack.KIND: claim.kind in kinds,
        Lack.LEGAL_FORM: claim.legal_form in legal_forms,
        Lack.COUNTRY: _is_country(claim.country),
        Lack.PITCH: len(claim.pitch) <= PITCH_LENGTH,
        Lack.STORE: claim.kind != EMPLOYEE
        or bool(claim.store.strip() and claim.staff_number.strip()),
        Lack.SITES: _sites_suffice(claim),
    }
    return next((lack for lack, holds in checks.items() if not holds), None)


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isascii() and code.isalpha() and code.isupper()


def _sites_suffice(claim: Claim) -> bool:
    sites = tidy_sites(claim.sites)
    return all(is_site(site) for site in sites) and (claim.kind == EMPLOYEE or bool(sites))


def is_site(address: str) -> bool:
    """Tell whether an address is that of a site: whole, short enough, on a host with a dot."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    is_short = len(address) <= SITE_LENGTH and "\0" not in address
    return parts.scheme in {"http", "https"} and "." in host and is_short
