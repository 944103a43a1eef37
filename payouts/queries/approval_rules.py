"""Which approval rules and daily limits hold at a moment."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q, Sum

from core import staff
from core.domain.staff_rules import OWNER
from core.models import User
from payouts.domain.approval_rules import Missing, Rule, missing, rule_for
from payouts.domain.calendar import bank_date, day_start
from payouts.models import Approval, ApprovalLimit, ApprovalRule, Batch

#: Django group of those who count as owners (CFO); superusers do too.
OWNERS = OWNER


def rules_at(currency: str, at: datetime) -> list[Rule]:
    """Return the rules that held ``at`` a moment, the lowest first; none: one person suffices."""
    confirmed = ApprovalRule.objects.filter(
        currency=currency, valid_from__lte=at, confirmed_at__lte=at
    )
    newest = confirmed.order_by("-valid_from").values("valid_from")[:1]
    return [row.rule for row in confirmed.filter(valid_from=newest).order_by("above_minor")]


def rule_of(batch: Batch, at: datetime) -> Rule:
    """Return the rule by which ``batch`` is approved ``at`` a moment."""
    return rule_for(rules_at(batch.currency, at), batch.total_minor)


def lacking(batch: Batch, at: datetime, also: Collection[int] = ()) -> Missing:
    """Return what ``batch`` lacks, the people ``also`` counted as if they had approved."""
    return missing(rule_of(batch, at), list(_owners(given(batch), also)))


def given(batch: Batch) -> list[Approval]:
    """Return the approvals that stand and are of the content that was submitted."""
    rows = batch.approvals.filter(dropped_at__isnull=True, content_hash=batch.content_hash)
    return list(rows.select_related("user").order_by("pk"))


def _owners(approvals: Collection[Approval], also: Collection[int]) -> list[bool]:
    people = {approval.user_id for approval in approvals} | set(also)
    owners = owner_ids(people)
    return [person in owners for person in people]


def owner_ids(people: Collection[int]) -> set[int]:
    """Return who of ``people`` is an owner."""
    owners = User.objects.filter(Q(is_superuser=True) | Q(groups__name=OWNERS), pk__in=people)
    return set(owners.values_list("pk", flat=True))


def owners() -> list[User]:
    """Return the owners who can approve: of finance and able to sign in, or superusers."""
    finance = Q(groups__name=OWNERS, pk__in=staff.of_role("finance"))
    rows = User.objects.filter(Q(is_superuser=True, is_active=True) | finance)
    return list(rows.distinct().order_by("email"))


def wants_owner(currency: str, at: datetime) -> bool:
    """Tell whether a rule that holds ``at`` a moment, or waits to, needs an owner's yes."""
    waiting = ApprovalRule.objects.filter(currency=currency, confirmed_at__isnull=True)
    return (
        any(rule.needs_owner for rule in rules_at(currency, at))
        or waiting.filter(needs_owner=True).exists()
    )


def daily_limit(user_id: int, currency: str, at: datetime) -> int | None:
    """Return how much a person may approve in a day, in minor units; ``None``: no limit."""
    row = (
        ApprovalLimit.objects.filter(
            user=user_id, currency=currency, valid_from__lte=at, confirmed_at__lte=at
        )
        .order_by("-valid_from")
        .first()
    )
    return row.daily_minor if row else None


def approved_today(user_id: int, currency: str, at: datetime) -> int:
    """Return what a person approved on the day of Paris that ``at`` falls on, in minor units.

    Approvals that were dropped let nothing leave: they do not count.
    """
    day = bank_date(at)
    rows = Approval.objects.filter(
        user=user_id,
        batch__currency=currency,
        at__gte=day_start(day),
        at__lt=day_start(day + timedelta(days=1)),
        dropped_at__isnull=True,
    )
    return rows.aggregate(total=Sum("batch__total_minor"))["total"] or 0
