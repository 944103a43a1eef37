"""Lines of commissions against the rules of their terms: rate, cuts, caps and meters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from affiliates.models import Programme
from payouts.models import Meter
from payouts.services.checks.difference import Difference
from payouts.services.meters import earned_in

#: Every line by what its rule pays: what it would be before caps, and what it is with its cuts.
AMOUNTS = """
SELECT c.id, l.order_line_id, l.amount_minor + l.cut_minor,
  trunc((2 * least(greatest(0, CASE l.pays WHEN 'net' THEN o.net_minor ELSE l.margin_minor END)
      ::numeric * l.rate, l.margin_minor::numeric * 10000) * t.share_bps + 100000000) / 200000000)
FROM payouts_commissionline l
  JOIN payouts_commission c ON c.id = l.commission_id
  JOIN tracking_credit t ON t.id = c.credit_id
  JOIN shop_orderline o ON o.id = l.order_line_id
WHERE l.pays IN ('margin', 'net') AND l.margin_minor IS NOT NULL
  AND l.amount_minor + l.cut_minor <> trunc((2 * least(
      greatest(0, CASE l.pays WHEN 'net' THEN o.net_minor ELSE l.margin_minor END)
      ::numeric * l.rate, l.margin_minor::numeric * 10000) * t.share_bps + 100000000) / 200000000)
ORDER BY l.id
"""
#: Fixed amounts: once per order and rule, less where a margin is smaller.
FLAT = """
SELECT c.id, l.rule, sum(l.amount_minor + l.cut_minor),
  trunc((2 * l.rate::numeric * t.share_bps + 10000) / 20000)
FROM payouts_commissionline l
  JOIN payouts_commission c ON c.id = l.commission_id
  JOIN tracking_credit t ON t.id = c.credit_id
WHERE l.pays = 'flat'
GROUP BY c.id, l.rule, l.rate, t.share_bps
HAVING sum(l.amount_minor + l.cut_minor) > trunc((2 * l.rate::numeric * t.share_bps + 10000)
  / 20000)
ORDER BY c.id, l.rule
"""
MARGINS = """
SELECT commission_id, order_line_id, amount_minor, coalesce(margin_minor, 0)
FROM payouts_commissionline
WHERE amount_minor > coalesce(margin_minor, 0) OR pays = 'nothing' AND amount_minor > 0
ORDER BY id
"""
#: What a line says of itself: its steps end with its amount and add up to its cut.
STEPS = """
SELECT commission_id, order_line_id, amount_minor || ' less ' || cut_minor, said || ' less ' || cut
FROM (
  SELECT l.*,
    CASE steps->-1->>'step' WHEN 'amount' THEN (steps->-1->>'minor')::bigint ELSE 0 END AS said,
    CASE WHEN steps @> '[{"step": "cut"}]' THEN
      (SELECT sum((one->>'minor')::bigint) FROM jsonb_array_elements(steps) step (one)
        WHERE one->>'step' = 'cut') ELSE 0 END AS cut
  FROM payouts_commissionline l
) line
WHERE said <> amount_minor OR cut <> cut_minor
ORDER BY id
"""
#: The rule of a line is in its terms and pays so. Tiers and factors may make it another rate.
TARIFFS = """
SELECT c.id, l.order_line_id, l.rule || ' ' || l.pays || ' ' || l.rate, 'in the terms'
FROM payouts_commissionline l
  JOIN payouts_commission c ON c.id = l.commission_id
  JOIN affiliates_terms t ON t.id = c.terms_id
  LEFT JOIN LATERAL jsonb_array_elements(
    CASE WHEN l.rule <> '' THEN t.rules->'rules' END) rule (said) ON said->>'key' = l.rule
WHERE CASE
  WHEN l.rule <> '' THEN said IS NULL OR said->>'pays' <> l.pays
    OR (said->>'is_scaled') IS DISTINCT FROM 'true'
      AND l.rate <> coalesce((said->>'rate_bps')::bigint, (said->>'flat_minor')::bigint, 0)
  WHEN l.pays = 'nothing' THEN FALSE
  ELSE l.pays <> 'margin' OR (t.rules->>'is_base_scaled') IS DISTINCT FROM 'true'
    AND l.rate <> t.rate_bps AND NOT EXISTS (
      SELECT FROM payouts_tierreached r WHERE r.affiliate_id = c.affiliate_id
        AND r.terms_id = t.id AND r.rate_bps = l.rate)
END
ORDER BY l.id
"""
ORDER_CAPS = """
SELECT * FROM (
  SELECT c.id, (t.rules->>'order_cap_minor')::bigint AS cap, c.amount_minor + coalesce((
    SELECT sum(CASE a.reason WHEN 'cost_found' THEN a.amount_minor ELSE a.taken_minor END)
      FROM payouts_adjustment a WHERE a.commission_id = c.id), 0) AS earned
  FROM payouts_commission c JOIN affiliates_terms t ON t.id = c.terms_id
  WHERE t.rules ? 'order_cap_minor' AND t.currency = c.currency
) capped
WHERE earned > cap
ORDER BY id
"""
#: What a rule has paid over all lines of a commission, with what took of its cap later.
RULE_CAPS = """
SELECT * FROM (
  SELECT c.id, l.rule, (said->>'cap_minor')::bigint AS cap, sum(l.amount_minor + coalesce((
    SELECT sum(CASE a.reason WHEN 'cost_found' THEN a.amount_minor ELSE a.taken_minor END)
      FROM payouts_adjustment a
      WHERE a.commission_id = c.id AND a.order_line_id = l.order_line_id), 0)) AS earned
  FROM affiliates_terms t JOIN payouts_commission c ON c.terms_id = t.id
    JOIN payouts_commissionline l ON l.commission_id = c.id
    JOIN LATERAL jsonb_array_elements(t.rules->'rules') rule (said) ON said->>'key' = l.rule
  WHERE t.rules @? '$.rules[*].cap_minor' AND said ? 'cap_minor' AND t.currency = c.currency
  GROUP BY c.id, l.rule, cap
) capped
WHERE earned > cap
ORDER BY id, rule
"""


def differences() -> Iterator[Difference]:
    """Yield every line, cap and meter that the rules of its terms contradict."""
    for name, query in (
        ("line by its rule", AMOUNTS),
        ("line steps", STEPS),
        ("line rule", TARIFFS),
    ):
        for pk, line, found, expected in _rows(query):
            yield Difference(check=name, subject=f"commission {pk} line {line}",
                             expected=str(expected), found=str(found))  # fmt: skip
    for pk, line, amount, margin in _rows(MARGINS):
        yield Difference(check="line above margin", subject=f"commission {pk} line {line}",
                         expected=f"{margin} at most", found=str(amount))  # fmt: skip
    for pk, rule, total, flat in _rows(FLAT):
        yield Difference(check="fixed amount", subject=f"commission {pk} rule {rule}",
                         expected=f"{flat} at most", found=str(total))  # fmt: skip
    for pk, rule, cap, earned in _rows(RULE_CAPS):
        yield Difference(check="rule cap", subject=f"commission {pk} rule {rule}",
                         expected=f"{cap} at most", found=str(earned))  # fmt: skip
    for pk, cap, earned in _rows(ORDER_CAPS):
        yield Difference(check="order cap", subject=f"commission {pk}",
                         expected=f"{cap} at most", found=str(earned))  # fmt: skip
    yield from _meters()


def _meters() -> Iterator[Difference]:
    """A meter says what the orders of its month have earned, before anything came back."""
    zone = Programme.get().zone
    for meter in Meter.objects.order_by("month", "pk"):
        total = earned_in((meter.affiliate_id, meter.month, meter.currency), zone)
        if total != meter.taken_minor:
            yield Difference(check="meter", subject=str(meter), expected=str(total),
                             found=str(meter.taken_minor))  # fmt: skip


def _rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())
