"""Which credits a case holds: one open case for an affiliate and a family of signals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from affiliates.models import Affiliate
from fraud.models import Case, CaseCredit, CaseStatus, Severity
from tracking.models import Credit


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A credit that is to be held; without families by the cases that hold its whole account."""

    credit: Credit
    families: frozenset[str]


def held_accounts(affiliate_ids: Collection[int]) -> frozenset[int]:
    """Return which of the affiliates have an open case that holds everything."""
    cases = Case.objects.filter(
        affiliate__in=affiliate_ids, status=CaseStatus.OPEN, holds_account=True
    )
    return frozenset(cases.values_list("affiliate_id", flat=True))


@transaction.atomic
def hold_credits(held: Sequence[Held], *, now: datetime) -> None:
    """Let the open cases of their affiliates and families hold credits; open those that miss."""
    by_case: dict[tuple[int, str], list[Credit]] = defaultdict(list)
    affiliate_ids = {one.credit.affiliate_id for one in held}
    account_cases = _account_cases(affiliate_ids)
    for one in held:
        affiliate_id = one.credit.affiliate_id
        for family in one.families or account_cases[affiliate_id]:
            by_case[affiliate_id, family].append(one.credit)
    for (affiliate_id, family), credits in sorted(by_case.items()):
        case = open_case(affiliate_id=affiliate_id, family=family, severity="hold", now=now)
        add(case, credits, now)


@transaction.atomic
def open_case(*, affiliate_id: int, family: str, severity: str, now: datetime) -> Case:
    """Return the open case of an affiliate and family, locked; a new one if there is none.

    A case only grows heavier: ``severity`` never lowers that of an open one.
    """
    # One at a time per affiliate: two openings would otherwise race for the one open case.
    Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    case, created = Case.objects.select_for_update(no_key=True).get_or_create(
        affiliate_id=affiliate_id,
        family=family,
        status=CaseStatus.OPEN,
        defaults={
            "severity": severity,
            "opened_at": now,
            "last_seen_at": now,
            "status_changed_at": now,
        },
    )
    if not created:
        order = Severity.values  # Heaviest first.
        case.severity = min(case.severity, severity, key=order.index)
        case.last_seen_at = max(case.last_seen_at, now)
        case.save(update_fields=["severity", "last_seen_at"])
    return case


def add(case: Case, credits: Sequence[Credit], now: datetime) -> None:
    """Let an open case hold credits too, in the caller's transaction. Safe to repeat."""
    held = set(case.credits.values_list("credit_id", flat=True))
    CaseCredit.objects.bulk_create(
        [
            CaseCredit(case=case, credit=credit, added_at=now)
            for credit in credits
            if credit.pk not in held
        ],
        ignore_conflicts=True,
    )


def _account_cases(affiliate_ids: Collection[int]) -> dict[int, list[str]]:
    rows = Case.objects.filter(
        affiliate__in=affiliate_ids, status=CaseStatus.OPEN, holds_account=True
    ).values_list("affiliate_id", "family")
    found: dict[int, list[str]] = defaultdict(list)
    for affiliate_id, family in rows:
        found[affiliate_id].append(family)
    return found
