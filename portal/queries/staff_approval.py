"""Where the approval of a batch stands, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median_low
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.money import Money
from payouts.domain.approval_rules import Rule
from payouts.models import Batch, BatchStatus
from payouts.queries.approval_rules import given, lacking, rule_of
from payouts.queries.approvals import why_not_approve
from payouts.queries.waiting import stopping
from portal.formats import format_moment, format_money
from portal.queries.staff_batches import Line

#: Under which the session keeps what was ticked and written before the yes.
TYPED = "approval_typed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalState:
    """What a batch in review still needs. ``own``: the person who looks has approved."""

    needs: str
    given: list[str]
    lacks: str
    until: datetime | None
    own: bool
    ticked: frozenset[int]
    comment: str


def approval_state(
    batch: Batch, user_id: int, typed: dict[str, Any], now: datetime
) -> ApprovalState | None:
    """Return where the approval stands; ``None`` unless the batch is in review.

    ``typed`` is what the session keeps under :data:`TYPED`.
    """
    if batch.status != BatchStatus.IN_REVIEW:
        return None
    approvals, short = given(batch), lacking(batch, now)
    kept = typed.get(str(batch.public_id), {})
    return ApprovalState(
        needs=rule_sentence(rule_of(batch, now), batch.currency),
        given=[f"{one.user}, {format_moment(one.at)}" for one in approvals],
        lacks=_lacks(short.people, owner=short.owner) if approvals else "",
        until=batch.submitted_at and batch.submitted_at + _review(),
        own=any(one.user_id == user_id for one in approvals),
        ticked=frozenset(kept.get("ticked", ())),
        comment=kept.get("comment", ""),
    )


def why_not_resume(batch: Batch, user_id: int) -> str:
    """Return why a person may not let a paused batch go on; empty when they may."""
    if batch.status != BatchStatus.PAUSED:
        return ""
    if stopping().filter(batch=batch).exists():
        return _("The books do not agree about this batch: settle the difference first.")
    return why_not_approve(batch, user_id)


def median(lines: list[Line], currency: str) -> Money | None:
    """Return the payment in the middle, the lower of two; ``None`` without any."""
    amounts = [line.item.amount_minor for line in lines]
    return Money(median_low(amounts), currency) if amounts else None


def rule_sentence(rule: Rule, currency: str) -> str:
    """Return who has to approve by ``rule``."""
    people = ngettext("%(count)s person approves", "%(count)s people approve", rule.people)
    said = people % {"count": rule.people}
    if rule.needs_owner:
        said = _("%(people)s, an owner among them") % {"people": said}
    if rule.above_minor:
        amount = format_money(Money(rule.above_minor, currency))
        return _("Above %(amount)s: %(people)s.") % {"amount": amount, "people": said}
    return _("Any amount: %(people)s.") % {"people": said}


def _review() -> timedelta:
    return timedelta(hours=settings.PAYOUT_REVIEW_HOURS)


def _lacks(people: int, *, owner: bool) -> str:
    said = ngettext(
        "%(count)s more person has to approve.",
        "%(count)s more people have to approve.",
        people,
    ) % {"count": people}
    return f"{said} {_('One of them is an owner.')}" if owner else said
