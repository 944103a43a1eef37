"""Why a commission is what it is, as its affiliate may know it. Nothing here reads a cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """A commission with its lines and everything that changed it since.

    ``leaves_no_margin``: it is nothing because the published reference costs take every price.
    """

    commission: Commission
    lines: Sequence[SaleLine]
    adjustments: Sequence[Adjustment]
    leaves_no_margin: bool


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
    adjustments = commission.adjustments.exclude(amount_minor=0).select_related("order_line")
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
            )
            for line in lines
        ],
        adjustments=list(adjustments.order_by("effective_at", "pk")),
        leaves_no_margin=commission.amount_minor == 0 and any(map(_is_used_up, lines)),
    )


def _is_used_up(line: CommissionLine) -> bool:
    used_up = {"step": "margin", "basis": REFERENCE, "minor": 0}
    return any(step.items() >= used_up.items() for step in line.steps)
