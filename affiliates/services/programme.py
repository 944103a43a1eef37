"""What holds for the whole programme, changed by a manager and kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.models import AmountOnly, Programme
from core import audit
from core.errors import DomainError

LONGEST_DAYS = 365
LONGEST_KEPT_DAYS = 3_650
MOST_CLAIMS = 10_000
MOST_LINES = 500
NAMES = tuple(field.name for field in Programme._meta.fields if field.name != "id")


class ProgrammeRefused(DomainError):
    """A setting that the programme cannot have."""

    code = "programme_refused"


@transaction.atomic
def change(*, values: Mapping[str, Any], actor_id: int, now: datetime) -> Programme:
    """Change settings of the programme; those not named stay. Safe to repeat.

    Amounts are minor units. Days of notice hold for what is published from now on.

    :raises ProgrammeRefused: for an unknown time zone, a number out of its bounds or a negative
        amount.
    """
    Programme.get()
    programme = Programme.objects.select_for_update(no_key=True).get(pk=1)
    changed = {
        name: value
        for name, value in values.items()
        if name in NAMES and getattr(programme, name) != value
    }
    if not changed:
        return programme
    _check(changed)
    before = {name: getattr(programme, name) for name in changed}
    for name, value in changed.items():
        setattr(programme, name, value)
    programme.save(update_fields=list(changed))
    audit.record(
        actor=actor_id, verb="programme.changed", subject=programme, at=now,
        data={"before": before, "after": changed},
    )  # fmt: skip
    return programme


def _check(values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name == "time_zone" and not _is_zone(str(value)):
            raise ProgrammeRefused(_("Give a time zone such as Europe/Paris."))
        if name == "proof_keep_days":
            _check_between(value, 1, LONGEST_KEPT_DAYS, _("Files are kept for"))
        elif name.endswith("_days") and not 0 <= value <= LONGEST_DAYS:
            raise ProgrammeRefused(_("Days lie between 0 and 365."))
        if name == "claims_most":
            _check_between(value, 1, MOST_CLAIMS, _("Claims in thirty days"))
        if name == "claim_lines_most":
            _check_between(value, 1, MOST_LINES, _("Lines of a file of claims"))
        if name.endswith("_minor") and value is not None and value < 0:
            raise ProgrammeRefused(_("An amount is not below zero."))
        if name == "amount_only_returns" and value not in AmountOnly.values:
            raise ProgrammeRefused(_("Choose what becomes of money given back without goods."))


def _check_between(value: int, least: int, most: int, what: str) -> None:
    if not least <= value <= most:
        raise ProgrammeRefused(
            _("%(what)s: enter a number from %(least)s to %(most)s.")
            % {"what": what, "least": least, "most": most}
        )


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True
