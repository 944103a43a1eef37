"""Who of staff gives which role alone, and who may agree to it (docs/rules/staff.md)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

MANAGER, FINANCE, OWNER = "manager", "finance", "owner"

#: How long an invitation can be accepted, and a proposal be agreed to (rules ST3 and ST7).
LASTS = timedelta(days=7)
#: How long somebody to whom a person gave a role takes no part in what takes two (rule ST6).
TOO_NEW = timedelta(days=7)


def needs_second(wanted: Collection[str], held: Collection[str]) -> bool:
    """Tell whether somebody who holds ``held`` gives ``wanted`` only with a second person.

    Managers alone give the role of a manager; whatever else somebody gives takes two (rule ST5).
    """
    return set(wanted) != {MANAGER} or MANAGER not in held


def is_too_new(given_at: datetime | None, now: datetime) -> bool:
    """Tell whether who got a role then takes no part yet in what takes two (rule ST6)."""
    return given_at is not None and now < given_at + TOO_NEW
