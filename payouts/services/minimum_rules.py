"""Changes of the months after which the minimum is lifted: one proposes, another confirms (P56)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, locks
from payouts.models import MinimumRule
from payouts.queries.minimum_rules import months_at
from payouts.services.approval_rules import RulesRefused
from payouts.services.items import FourEyesRefused

MOST_MONTHS = 120
_LOCK = 0x4D494E49


@transaction.atomic
def propose(*, months: int, valid_from: datetime, actor_id: int, now: datetime) -> MinimumRule:
    """Propose after how many months the minimum is lifted from a moment on; 0: never.

    :raises RulesRefused: for odd months, a moment in the past, or while another proposal waits.
    """
    locks.hold(_LOCK)
    if not 0 <= months <= MOST_MONTHS:
        raise RulesRefused(_("Between 0 and 120 months."))
    if valid_from < now:
        raise RulesRefused(_("It cannot begin in the past."))
    if MinimumRule.objects.filter(confirmed_at__isnull=True).exists():
        raise RulesRefused(_("A proposal waits already: confirm or discard it first."))
    if MinimumRule.objects.filter(valid_from=valid_from).exists():
        raise RulesRefused(_("Another rule begins at that moment: choose another one."))
    rule = MinimumRule.objects.create(
        months=months, valid_from=valid_from, proposed_at=now, proposed_by_id=actor_id
    )
    _record("minimum_rule.proposed", rule, actor_id, now)
    return rule


@transaction.atomic
def confirm(*, rule_id: int, actor_id: int, now: datetime) -> MinimumRule:
    """Let a proposed rule hold, from its moment on or, if it is over, from now on.

    Safe to repeat.

    :raises FourEyesRefused: for the person who proposed it.
    :raises RulesRefused: when it was discarded.
    """
    rule = MinimumRule.objects.select_for_update().filter(pk=rule_id).first()
    if rule is None:
        raise RulesRefused(_("This rule was discarded."))
    if rule.confirmed_at is not None:
        return rule
    if rule.proposed_by_id == actor_id:
        raise FourEyesRefused(_("You proposed this rule: another person confirms it."))
    before = months_at(now)
    rule.confirmed_at, rule.confirmed_by_id = now, actor_id
    rule.save(update_fields=["confirmed_at", "confirmed_by"])
    _record("minimum_rule.confirmed", rule, actor_id, now, before=before)
    return rule


@transaction.atomic
def discard(*, rule_id: int, actor_id: int, now: datetime) -> None:
    """Take a proposed rule back, by whoever of finance. Safe to repeat.

    :raises RulesRefused: once it is confirmed: propose another one.
    """
    rule = MinimumRule.objects.select_for_update().filter(pk=rule_id).first()
    if rule is None:
        return
    if rule.confirmed_at is not None:
        raise RulesRefused(_("This rule is confirmed: propose another one."))
    _record("minimum_rule.discarded", rule, actor_id, now)
    rule.delete()


def _record(verb: str, rule: MinimumRule, actor_id: int, now: datetime, **data: int) -> None:
    said = {"months": rule.months, "valid_from": rule.valid_from.isoformat(), **data}
    audit.record(actor=actor_id, verb=verb, subject=rule, at=now, data=said)
