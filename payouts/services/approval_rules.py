"""Changes of approval rules and daily limits: one person proposes, another confirms (P36, P37)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import audit, locks
from core.errors import DomainError
from core.models import User
from payouts.domain.approval_rules import Rule, why_not_a_set
from payouts.models import ApprovalLimit, ApprovalRule
from payouts.queries.approval_rules import daily_limit, rules_at
from payouts.services.items import FourEyesRefused

_RULES_LOCK = 0x52554C45


class RulesRefused(DomainError):
    """Rules or limits cannot be proposed or confirmed like this."""

    code = "rules_refused"


@transaction.atomic
def propose_rules(
    *,
    currency: str,
    rules: Sequence[Rule],
    valid_from: datetime,
    actor_id: int,
    now: datetime,
) -> datetime:
    """Propose all rules of a currency from a moment on; return that moment, which names them.

    They replace all earlier rules once another person confirms them.

    :raises RulesRefused: for rules that cannot hold together, a moment in the past, or while
        another proposal waits.
    """
    _one_at_a_time()
    sentences = {
        "empty": _("Enter one rule at least."),
        "twice": _("Two rules begin at the same amount."),
        "weaker": _("A larger batch cannot need fewer people, or no owner any more."),
        "nobody": _("At least one person approves."),
    }
    wrong = why_not_a_set(rules)
    if wrong:
        raise RulesRefused(sentences[wrong])
    _refuse_past(valid_from, now)
    if ApprovalRule.objects.filter(currency=currency, confirmed_at__isnull=True).exists():
        raise RulesRefused(_("A proposal waits already: confirm or discard it first."))
    if ApprovalRule.objects.filter(currency=currency, valid_from=valid_from).exists():
        raise RulesRefused(_("Other rules begin at that moment: choose another one."))
    actor = User.objects.get(pk=actor_id)
    before = rules_at(currency, now)
    rows = [
        ApprovalRule.objects.create(
            currency=currency,
            valid_from=valid_from,
            proposed_at=now,
            proposed_by=actor,
            **asdict(rule),
        )
        for rule in sorted(rules)
    ]
    audit.record(
        actor=actor,
        verb="approval_rules.proposed",
        subject=rows[0],
        at=now,
        data={**_said(before, rules), "valid_from": valid_from.isoformat()},
    )
    return valid_from


@transaction.atomic
def confirm_rules(*, currency: str, valid_from: datetime, actor_id: int, now: datetime) -> None:
    """Let proposed rules hold, from their moment on or, if it is over, from now on (P36).

    :raises RulesRefused: when nothing waits for a yes under that moment.
    :raises FourEyesRefused: for the person who proposed them.
    """
    _one_at_a_time()
    rows = list(_waiting(currency, valid_from))
    if not rows:
        raise RulesRefused(_("These rules do not wait for a confirmation any more."))
    if rows[0].proposed_by_id == actor_id:
        raise FourEyesRefused(_("You proposed these rules: another person confirms them."))
    actor = User.objects.get(pk=actor_id)
    before = rules_at(currency, now)
    _waiting(currency, valid_from).update(confirmed_at=now, confirmed_by=actor)
    audit.record(
        actor=actor,
        verb="approval_rules.confirmed",
        subject=rows[0],
        at=now,
        data={**_said(before, [row.rule for row in rows]), "valid_from": valid_from.isoformat()},
    )


@transaction.atomic
def discard_rules(*, currency: str, valid_from: datetime, actor_id: int, now: datetime) -> None:
    """Take a proposal back, by whoever of finance: nothing has held of it. Safe to repeat."""
    _one_at_a_time()
    rows = list(_waiting(currency, valid_from))
    if not rows:
        return
    audit.record(
        actor=actor_id,
        verb="approval_rules.discarded",
        subject=rows[0],
        at=now,
    )
    _waiting(currency, valid_from).delete()


@transaction.atomic
def propose_limit(
    *,
    user_id: int,
    currency: str,
    daily_minor: int,
    valid_from: datetime,
    actor_id: int,
    now: datetime,
) -> ApprovalLimit:
    """Propose how much one person may approve in a day, all batches together (P37).

    :raises RulesRefused: for a moment in the past, or while another proposal waits.
    """
    _one_at_a_time()
    _refuse_past(valid_from, now)
    limits = ApprovalLimit.objects.filter(user=user_id, currency=currency)
    if limits.filter(confirmed_at__isnull=True).exists():
        raise RulesRefused(_("A proposal waits already: confirm or discard it first."))
    if limits.filter(valid_from=valid_from).exists():
        raise RulesRefused(_("Another limit begins at that moment: choose another one."))
    actor = User.objects.get(pk=actor_id)
    limit = ApprovalLimit.objects.create(
        user_id=user_id,
        currency=currency,
        daily_minor=daily_minor,
        valid_from=valid_from,
        proposed_at=now,
        proposed_by=actor,
    )
    _record_limit("approval_limit.proposed", limit, actor, now)
    return limit


@transaction.atomic
def confirm_limit(*, limit_id: int, actor_id: int, now: datetime) -> ApprovalLimit:
    """Let a proposed limit hold. Safe to repeat by the same person.

    :raises FourEyesRefused: for the person who proposed it, and the one whom it binds.
    :raises RulesRefused: when it does not wait any more.
    """
    limit = ApprovalLimit.objects.select_for_update().filter(pk=limit_id).first()
    if limit is None:
        raise RulesRefused(_("This limit was discarded."))
    if limit.confirmed_at is not None:
        return limit
    if actor_id in (limit.proposed_by_id, limit.user_id):
        raise FourEyesRefused(
            _("Another person confirms a limit than who proposed it or is bound by it.")
        )
    actor = User.objects.get(pk=actor_id)
    before = daily_limit(limit.user_id, limit.currency, now)
    limit.confirmed_at, limit.confirmed_by = now, actor
    limit.save(update_fields=["confirmed_at", "confirmed_by"])
    _record_limit("approval_limit.confirmed", limit, actor, now, before_minor=before)
    return limit


@transaction.atomic
def discard_limit(*, limit_id: int, actor_id: int, now: datetime) -> None:
    """Take a proposed limit back. Safe to repeat.

    :raises RulesRefused: once it is confirmed: propose another one.
    """
    limit = ApprovalLimit.objects.select_for_update().filter(pk=limit_id).first()
    if limit is None:
        return
    if limit.confirmed_at is not None:
        raise RulesRefused(_("This limit is confirmed: propose another one."))
    _record_limit("approval_limit.discarded", limit, User.objects.get(pk=actor_id), now)
    limit.delete()


def _waiting(currency: str, valid_from: datetime) -> QuerySet[ApprovalRule]:
    return ApprovalRule.objects.filter(
        currency=currency, valid_from=valid_from, confirmed_at__isnull=True
    ).order_by("above_minor")


def _refuse_past(valid_from: datetime, now: datetime) -> None:
    if valid_from < now:
        raise RulesRefused(_("It cannot begin in the past."))


def _one_at_a_time() -> None:
    locks.hold(_RULES_LOCK)


def _said(before: Sequence[Rule], after: Sequence[Rule]) -> dict[str, Any]:
    return {
        "before": [asdict(rule) for rule in before],
        "after": [asdict(rule) for rule in sorted(after)],
    }


def _record_limit(
    verb: str, limit: ApprovalLimit, actor: User, now: datetime, **data: int | None
) -> None:
    said = {"user_id": limit.user_id, "daily_minor": limit.daily_minor, **data}
    audit.record(actor=actor, verb=verb, subject=limit, at=now, data=said)
