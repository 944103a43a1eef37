"""What a licence of pictures must say: docs/rules/looks.md, LK20 to LK25."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.wording import Said

ALONE, RELEASED = "none", "released"


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceTerms:
    """What is granted for some pictures. ``ends_on`` is the last day; none: until revoked.

    ``people``: nobody else can be recognised (``none``), or all of them agreed in writing
    (``released``). ``fee_minor`` in minor units. ``text_sha256`` is of the terms as they were read.
    """

    scopes: tuple[str, ...]  # influencers.models.Scope
    starts_on: date
    ends_on: date | None
    credit: str
    people: str
    text_sha256: str
    territory: str = "FR"
    is_exclusive: bool = False
    fee_minor: int = 0
    currency: str = "EUR"
    has_minors: bool = False
    guardian: str = ""


def refusal(terms: LicenceTerms, *, known_scopes: frozenset[str]) -> str:
    """Return why nothing can be granted in these terms, or nothing."""
    if not terms.scopes:
        return Said("Say where the photos may be used.")
    if unknown := sorted(set(terms.scopes) - known_scopes):
        return Said("Photos cannot be used for %(scopes)s.", scopes=", ".join(unknown))
    if terms.ends_on is not None and terms.ends_on < terms.starts_on:
        return Said("The rights end before they begin: choose a later last day.")
    if not terms.credit.strip():
        return Said("Say who took the photos.")
    if terms.people not in {ALONE, RELEASED}:
        return Said("Say whether other people can be recognised, and that they agreed.")
    if terms.has_minors and not terms.guardian.strip():
        return Said("A minor is seen on the photos: say who agreed for them in writing.")
    if terms.has_minors and terms.people != RELEASED:
        return Said("A minor is seen on the photos: everybody's agreement in writing is needed.")
    return ""
