"""Commissions and adjustments against their transfers, lines, returns and terms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import (
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Concat

from payouts.domain.commission import target_minor
from payouts.models import (
    Adjustment,
    AdjustmentReason,
    Claim,
    ClaimStatus,
    Commission,
    CommissionLine,
    CommissionStatus,
    ItemReturn,
)
from payouts.services.checks import refunds
from payouts.services.checks.awards import AWARDED
from payouts.services.checks.difference import Difference
from payouts.services.targets import BESIDE
from shop.models import ReturnLine

CHUNK = 2_000
POSTINGS = """
WITH told AS (
  SELECT 'camt:' || CASE WHEN length(reference) <= 80 THEN reference
      ELSE left(reference, 15) || ':' || encode(sha256(convert_to(reference, 'UTF8')), 'hex')
    END AS key, abs(amount_minor) AS minor, state, kind, unmatched
  FROM payouts_bankentry
), fact AS (
  SELECT 'commission:' || id || ':accrued' AS key, amount_minor AS minor
    FROM payouts_commission WHERE amount_minor <> 0
  UNION ALL SELECT 'commission:' || id || ':approved', approved_minor
    FROM payouts_commission WHERE approved_minor <> 0
  UNION ALL SELECT 'adjustment:' || id, abs(amount_minor)
    FROM payouts_adjustment WHERE amount_minor <> 0
  UNION ALL SELECT 'item:' || i.id || ':sent', i.amount_minor
    FROM payouts_item i JOIN payouts_batch b ON b.id = i.batch_id
    WHERE b.status <> 'draft' AND i.status IN ('sent', 'settled', 'returned')
  UNION ALL SELECT 'return:' || id || ':vat', vat_minor
    FROM payouts_itemreturn WHERE vat_minor <> 0
  UNION ALL SELECT 'return:' || back.id || ':vat:off', back.vat_minor
    FROM payouts_itemreturn back
    JOIN payouts_adjustment off ON off.source_key = 'return:' || back.reference || ':off'
    WHERE back.vat_minor <> 0
  UNION ALL SELECT 'invoice:' || id, vat_minor + reverse_charge_minor
    FROM payouts_invoice WHERE vat_minor + reverse_charge_minor <> 0
  UNION ALL SELECT key || CASE WHEN times > 0 THEN ':' || times ELSE '' END, minor
    FROM told, generate_series(0, unmatched) AS times
    WHERE kind = 'booked' AND (times < unmatched OR state = 'matched')
  UNION ALL SELECT key || ':off:' || times, minor
    FROM told, generate_series(1, unmatched) AS times
    WHERE kind = 'booked' OR EXISTS (SELECT FROM payouts_transfer WHERE source_key
      = key || CASE WHEN times > 1 THEN ':' || (times - 1) ELSE '' END)
), given_back AS (
  SELECT key || CASE WHEN times > 0 THEN ':' || times ELSE '' END AS key
    FROM told, generate_series(0, unmatched) AS times
    WHERE kind = 'returned' AND (times < unmatched OR state = 'matched')
), posted AS (
  SELECT source_key AS key, sum(amount_minor) AS minor FROM payouts_transfer GROUP BY source_key
)
SELECT key, fact.minor, posted.minor FROM fact FULL JOIN posted USING (key)
WHERE fact.minor IS DISTINCT FROM posted.minor
  AND (fact.minor IS NOT NULL OR key !~ ':(reserve|release|reversed)')
  AND key NOT IN (SELECT key FROM given_back)
ORDER BY key
"""


def differences() -> Iterator[Difference]:
    """Yield every commission and adjustment that its other witnesses contradict."""
    yield from _postings()
    yield from _sums_of_lines()
    yield from _what_is_left()
    yield from _adjustments_without_cause()
    yield from _lines_after_returns()


def _postings() -> Iterator[Difference]:
    """Every fact has exactly its transfer, and no transfer is without its fact."""
    with connection.cursor() as cursor:
        cursor.execute(POSTINGS)
        found = cursor.fetchall()
    for key, fact, posted in found:
        if fact is None:
            yield Difference(check="transfer without fact", subject=key, expected="none",
                             found=str(posted))  # fmt: skip
        elif posted is None:
            yield Difference(check="fact without transfer", subject=key, expected=str(fact),
                             found="none")  # fmt: skip
        else:
            yield Difference(check="transfer amount", subject=key, expected=str(fact),
                             found=str(posted))  # fmt: skip


def _sums_of_lines() -> Iterator[Difference]:
    """A commission is the sum of its lines."""
    wrong = (
        Commission.objects.annotate(total=Coalesce(Sum("lines__amount_minor"), 0))
        .exclude(total=F("amount_minor"))
        .values_list("pk", "amount_minor", "total")
    )
    for pk, amount, total in wrong.order_by("pk").iterator(chunk_size=CHUNK):
        yield Difference(check="commission lines", subject=f"commission {pk}",
                         expected=str(amount), found=str(total))  # fmt: skip


def _what_is_left() -> Iterator[Difference]:
    """What was approved is what was left then; nothing below zero is left of a commission."""
    before = Q(adjustments__is_payable=False)
    wrong = (
        Commission.objects.annotate(
            left_over=F("amount_minor")
            + Coalesce(Sum("adjustments__amount_minor", filter=before), 0)
        )
        .filter(
            Q(left_over__lt=0) | Q(~Q(approved_minor=F("left_over")), approved_minor__isnull=False)
        )
        .values_list("pk", "approved_minor", "left_over")
    )
    for pk, approved, left in wrong.order_by("pk").iterator(chunk_size=CHUNK):
        yield Difference(check="commission left", subject=f"commission {pk}",
                         expected="0 or more" if approved is None else str(approved),
                         found=str(left))  # fmt: skip


def _adjustments_without_cause() -> Iterator[Difference]:
    """An adjustment is about a line of its commission, a person wrote it, or terms award it.

    Or it changes what a person wrote or granted, as goods went back; or it is a payment that came
    back.
    """
    line = CommissionLine.objects.filter(
        commission=OuterRef("commission"), order_line=OuterRef("order_line")
    )
    written = Adjustment.objects.filter(commission=OuterRef("commission"), author__isnull=False)
    returned = ItemReturn.objects.annotate(
        key=Concat(Value("return:"), "reference"),
        off=Concat(Value("return:"), "reference", Value(":off")),
        net=F("amount_minor") - F("vat_minor"),
    ).filter(
        Q(key=OuterRef("source_key"), net=OuterRef("amount_minor"))
        | Q(off=OuterRef("source_key"), net=-OuterRef("amount_minor")),
        item__affiliate=OuterRef("affiliate"),
    )
    claimed = Claim.objects.filter(
        status=ClaimStatus.GRANTED,
        affiliate=OuterRef("affiliate"),
        order=OuterRef("return_line__shop_return__order"),
    )
    wrong = (
        Adjustment.objects.filter(~Exists(line), author__isnull=True)
        .exclude(reason=AdjustmentReason.BONUS, source_key__startswith=AWARDED)
        .exclude(Exists(written), source_key__endswith=BESIDE)
        .exclude(Exists(returned), reason=AdjustmentReason.PAYMENT_BACK)
        .exclude(Exists(claimed), source_key__startswith="claim:")
    )
    for pk in wrong.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=CHUNK):
        yield Difference(check="adjustment without cause", subject=f"adjustment {pk}",
                         expected="about a line of its commission, or by a person",
                         found="neither")  # fmt: skip


def _lines_after_returns() -> Iterator[Difference]:
    """What is left of a line is its target (rule C7). Where nothing happened since, it is.

    Refunds and corrected costs have targets of their own: see ``checks.refunds``.
    """
    returned = ReturnLine.objects.filter(line=OuterRef("order_line"))
    unhandled = returned.filter(
        ~Exists(
            Adjustment.objects.filter(
                return_line=OuterRef("pk"), commission=OuterRef(OuterRef("commission"))
            )
        )
    )
    changes = Adjustment.objects.filter(
        commission=OuterRef("commission"), order_line=OuterRef("order_line")
    )
    others = refunds.changes().filter(commission=OuterRef("commission"))
    lines = (
        CommissionLine.objects.filter(
            Exists(returned) | Exists(changes), ~Exists(unhandled), ~Exists(others)
        )
        .exclude(commission__status=CommissionStatus.REVERSED)
        .annotate(
            back=_total(returned.values("line"), "quantity"),
            changed=_total(changes.values("order_line"), "amount_minor"),
            found=_total(
                changes.filter(reason=AdjustmentReason.COST_FOUND).values("order_line"),
                "amount_minor",
            ),
        )
        .values_list("commission", "order_line", "amount_minor", "order_line__quantity",
                     "commission__currency", "back", "changed", "found")
        .order_by("pk")
    )  # fmt: skip
    for pk, line, minor, quantity, currency, back, changed, found in lines.iterator(
        chunk_size=CHUNK
    ):
        target = target_minor(minor + found, quantity=quantity, returned=back, currency=currency)
        if minor + changed != target:
            yield Difference(check="line after returns", subject=f"commission {pk} line {line}",
                             expected=str(target), found=str(minor + changed))  # fmt: skip


def _total(rows: QuerySet[Any, Any], column: str) -> Coalesce:
    """The sum of ``column`` over grouped rows of an outer row; zero when there is none."""
    return Coalesce(Subquery(rows.order_by().annotate(total=Sum(column)).values("total")), 0)
