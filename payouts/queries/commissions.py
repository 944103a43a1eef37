"""Why a commission is what it is, as its affiliate may know it. Nothing here reads a cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, Sum

from core.money import Money
from payouts.domain.commission import REFERENCE
from payouts.explanation import partner_sentences
from payouts.models import Adjustment, Commission, CommissionLine
from shop.models import ReturnLine


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleLine:
    """One order line as the affiliate sees it, with the computation of what it earns."""

    title: str
    quantity: int
    returned: int
    net: Money
    amount: Money
    sentences: Sequence[str]
    order_line_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """A commission with its lines and everything that changed it since.

    ``adjustments`` are those with an amount or a computation of their own. ``leaves_no_margin``:
    it is nothing because the published reference costs take every price. ``rows``: its lines as
    they are stored.
    """

    commission: Commission
    lines: Sequence[SaleLine]
    adjustments: Sequence[Adjustment]
    leaves_no_margin: bool
    rows: Sequence[CommissionLine]


def sale(affiliate_id: int, credit_id: int) -> Sale:
    """Return what one credit of one affiliate earned, and why.

    :raises Commission.DoesNotExist: if it is not theirs, or nothing is accrued yet.
    """
    commission = (
        Commission.objects.filter(affiliate=affiliate_id).select_related("terms").get(
            credit=credit_id
        )
    )  # fmt: skip
    lines = list(
        CommissionLine.objects.filter(commission=commission)
        .select_related("order_line")
        .order_by("order_line")
    )
    returned = dict(
        ReturnLine.objects.filter(line__in=[line.order_line_id for line in lines])
        .values_list("line")
        .annotate(total=Sum("quantity"))
    )
    adjustments = commission.adjustments.exclude(Q(steps=[]), amount_minor=0).select_related(
        "order_line", "return_line__shop_return"
    )
    return Sale(
        commission=commission,
        lines=[
            SaleLine(
                title=line.order_line.title,
                quantity=line.order_line.quantity,
                returned=returned.get(line.order_line_id, 0),
                net=Money(line.order_line.net_minor, commission.currency),
                amount=Money(line.amount_minor, commission.currency),
                sentences=partner_sentences(line.steps, commission.currency),
                order_line_id=line.order_line_id,
            )
            for line in lines
        ],
        adjustments=list(adjustments.order_by("effective_at", "pk")),
        leaves_no_margin=commission.amount_minor == 0 and any(map(_is_used_up, lines)),
        rows=lines,
    )


def _is_used_up(line: CommissionLine) -> bool:
    used_up = {"step": "margin", "basis": REFERENCE, "minor": 0}
    return any(step.items() >= used_up.items() for step in line.steps)
