"""How a partner and the staff speak about one sale: a number that says nothing of the customer."""

from __future__ import annotations

import re

_FORM = re.compile(r"S-([1-9][0-9]{0,17})", re.IGNORECASE)


def sale_reference(credit_id: int) -> str:
    """Return the reference of a credit: ``S-1025``."""
    return f"S-{credit_id}"


def adjustment_reference(adjustment_id: int) -> str:
    """Return the reference of a later plus or minus: ``A-12``."""
    return f"A-{adjustment_id}"


def credit_of(reference: str) -> int | None:
    """Return the id of the credit that ``reference`` names; None when it is no such reference."""
    found = _FORM.fullmatch(reference.strip())
    return int(found[1]) if found else None
