"""Countries whose banks we can pay to, under the names that a reader knows."""

from __future__ import annotations

from babel import Locale

from affiliates.domain.bank import EEA, SEPA_OUTSIDE_EEA
from portal.formats import locale

FIRST = "FR"


def country_choices() -> list[tuple[str, str]]:
    """Return ``(code, name)`` in the active language: France, then the others by name."""
    names = Locale.parse(locale()).territories
    codes = (EEA | SEPA_OUTSIDE_EEA) - {FIRST}
    others = sorted(((code, names[code]) for code in codes), key=lambda pair: _plain(pair[1]))
    return [(FIRST, names[FIRST]), *others]


def country_name(code: str) -> str:
    """Return the name of a country; an unknown code stands for itself."""
    return str(Locale.parse(locale()).territories.get(code, code))


def _plain(name: str) -> str:
    """Sort ``Å`` and ``É`` among their letters."""
    return name.replace("Å", "A").replace("É", "E").replace("Î", "I").casefold()
