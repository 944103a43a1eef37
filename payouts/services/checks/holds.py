"""Holds against the terms that were frozen: days by category and trust, from order or delivery."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from affiliates.domain.terms import HoldFrom, TermsRules
from affiliates.domain.terms_document import read_rules
from affiliates.models import Terms
from core.models import AuditEntry
from payouts.domain.holds import hold_until
from payouts.models import Commission
from payouts.services.checks.difference import Difference
from payouts.services.deliveries import DELIVERED

CHUNK = 1_000
#: Holds that are not simply the days of the terms from the order, and that no person ended.
#: Before the days were kept: those shorter than the shortest of the terms.
OTHERWISE = """
SELECT c.id FROM payouts_commission c
  JOIN affiliates_terms t ON t.id = c.terms_id
  JOIN tracking_credit k ON k.id = c.credit_id
  JOIN shop_order o ON o.id = k.order_id
WHERE CASE WHEN c.hold_days IS NULL THEN c.hold_until < o.placed_at + make_interval(days => least(
    t.hold_days,
    (t.rules->>'trusted_days')::int,
    (SELECT min((one->>'days')::int) FROM jsonb_array_elements(t.rules->'holds') hold (one))
  ))
  ELSE c.hold_days <> t.hold_days
    OR c.hold_until <> o.placed_at + make_interval(days => t.hold_days)
  END AND NOT EXISTS (
    SELECT FROM core_auditentry e
      WHERE e.subject_type = 'payouts.commission' AND e.subject_id = c.id::text
        AND e.verb = 'commission.released_early')
ORDER BY c.id
"""


def differences() -> Iterator[Difference]:
    """Yield every hold that its terms, its order and its deliveries do not explain. Rule T8."""
    with connection.cursor() as cursor:
        cursor.execute(OTHERWISE)
        pks = [pk for (pk,) in cursor.fetchall()]
    for place in range(0, len(pks), CHUNK):
        chunk = pks[place : place + CHUNK]
        rows = Commission.objects.filter(pk__in=chunk).select_related("credit__order", "terms")
        noted = _noted(chunk)
        for commission in rows.order_by("pk"):
            yield from _of(commission, noted[commission.pk])


def _noted(commission_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """Return what the audit trail says of deliveries, by commission."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = AuditEntry.objects.filter(
        verb=DELIVERED,
        subject_type=Commission._meta.label_lower,
        subject_id__in=[str(pk) for pk in commission_ids],
    )
    for subject, said in rows.values_list("subject_id", "data"):
        found[int(subject)].append(said)
    return found


def _of(commission: Commission, noted: Sequence[dict[str, Any]]) -> Iterator[Difference]:
    subject, rules = f"commission {commission.pk}", read_rules(commission.terms.rules)
    allowed = _days(commission.terms, rules)
    if commission.agreed_days not in allowed:
        yield Difference(check="hold days", subject=subject,
                         expected=" or ".join(map(str, sorted(allowed))),
                         found=str(commission.agreed_days))  # fmt: skip
        return
    found, ends = commission.hold_until, _ends(commission, rules, noted)
    if found in ends or _may_be_between(commission, rules, noted, ends):
        return
    name = "hold ended early" if found < max(ends) else "hold ends late"
    yield Difference(check=name, subject=subject, found=found.isoformat(),
                     expected=" or ".join(one.isoformat() for one in sorted(ends)))  # fmt: skip


def _days(terms: Terms, rules: TermsRules) -> set[int]:
    """Return the days that the terms name: their own, of categories, and of who is trusted."""
    named = {terms.hold_days, *(hold.days for hold in rules.holds)}
    if rules.trusted_days is None:
        return named
    return named | {min(days, rules.trusted_days) for days in named}


def _ends(
    commission: Commission, rules: TermsRules, noted: Sequence[dict[str, Any]]
) -> set[datetime]:
    """Return when it may end: without a delivery, with the one that is known, or as was noted."""
    order = commission.credit.order
    return {
        hold_until(order.placed_at, None, rules, days=commission.agreed_days),
        hold_until(order.placed_at, order.delivered_at, rules, days=commission.agreed_days),
        *(datetime.fromisoformat(said["hold_until"][1]) for said in noted),
    }


def _may_be_between(
    commission: Commission,
    rules: TermsRules,
    noted: Sequence[dict[str, Any]],
    ends: set[datetime],
) -> bool:
    """Tell whether a delivery that nobody can name any more explains it: the shop may have said
    another date after the hold was over, or just now.
    """
    order = commission.credit.order
    is_said_now = order.delivered_at is not None and not noted
    if rules.hold_from != HoldFrom.DELIVERY or (commission.is_pending and not is_said_now):
        return False
    soonest = hold_until(order.placed_at, order.placed_at, rules, days=commission.agreed_days)
    return soonest <= commission.hold_until <= max(ends)
