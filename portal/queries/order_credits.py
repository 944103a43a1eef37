"""Each affiliate's part of one order: what it earned and why, what holds it, what changed it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, Sum

from core.money import Money
from fraud.models import Case, Ruling, Screening
from payouts.explanation import staff_sentences
from payouts.models import Adjustment, Block, BlockKind, Commission, CommissionLine
from payouts.services.blocks import why_not_release
from portal.reckoning import team_sentences
from portal.sale_changes import LineChange, changes_for_team
from shop.models import Order
from tracking.models import Credit


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """What one line earned, sentence by sentence."""

    title: str
    amount: Money
    sentences: list[str]
    changes: list[LineChange]


@dataclass(frozen=True, slots=True)
class BlockView:
    """A block of a commission, and the ids of the dialog that releases it."""

    block: Block

    @property
    def is_live(self) -> bool:
        return self.block.released_at is None

    @property
    def is_of_case(self) -> bool:
        return self.block.kind == BlockKind.FRAUD_CASE

    @property
    def why_not_release(self) -> str:
        """What the block waits for that no decision of a person can replace."""
        return why_not_release(self.block.kind)

    @property
    def dialog_id(self) -> str:
        return f"release-{self.block.pk}"

    @property
    def reason_id(self) -> str:
        return f"release-{self.block.pk}-reason"


@dataclass(frozen=True, slots=True)
class CreditView:
    """One affiliate's part of the order: screening, commission, blocks, what changed it since."""

    credit: Credit
    screening: Screening | None
    commission: Commission | None
    explained: list[ExplainedLine]
    outstanding: Money | None
    blocks: list[BlockView]
    changes: list[LineChange]  # Of the whole, not of one line.

    @property
    def case(self) -> Case | None:
        """The case that holds the credit, the oldest of several."""
        waiting = [one for one in self.credit.case_credits.all() if one.ruling == Ruling.WAITING]
        return waiting[0].case if waiting else None

    @property
    def is_held(self) -> bool:
        return any(view.is_live for view in self.blocks)

    @property
    def may_hold(self) -> bool:
        """Whether a person can hold the commission: it is pending, and nobody does yet."""
        held = any(one.is_live and one.block.kind == BlockKind.MANUAL for one in self.blocks)
        return self.commission is not None and self.commission.is_pending and not held


def credit_views(order: Order, *, shows_costs: bool) -> list[CreditView]:
    """Return the parts of an order, the largest first, in bounded queries."""
    credits = list(
        Credit.objects.filter(order=order)
        .select_related("affiliate__group", "screening", "commission__terms")
        .prefetch_related("screening__signals", "case_credits__case")
        .order_by("-share_bps", "pk")
    )
    commissions = [credit.commission for credit in credits if hasattr(credit, "commission")]
    lines: dict[int, list[CommissionLine]] = defaultdict(list)
    for line in CommissionLine.objects.filter(commission__in=commissions).select_related(
        "order_line"
    ):
        lines[line.commission_id].append(line)
    blocks: dict[int, list[BlockView]] = defaultdict(list)
    for block in Block.objects.filter(commission__in=commissions).select_related("released_by"):
        blocks[block.commission_id].append(BlockView(block))
    left = _left(commissions)
    changed: dict[int | None, list[Adjustment]] = defaultdict(list)
    for change in (
        Adjustment.objects.filter(commission__in=commissions)
        .exclude(Q(steps=[]), amount_minor=0)
        .select_related("return_line__shop_return")
        .order_by("effective_at", "pk")
    ):
        changed[change.commission_id].append(change)
    return [
        _credit_view(credit, lines, blocks, left, changed, shows_costs=shows_costs)
        for credit in credits
    ]


def _left(commissions: Sequence[Commission]) -> dict[int, Money]:
    """What is left of each commission after everything that changed it, before or after payment."""
    by_itself = Sum("adjustments__amount_minor", filter=Q(adjustments__is_payable=True))
    changed = {
        pk: (every or 0, payable or 0)
        for pk, every, payable in Commission.objects.filter(pk__in=[row.pk for row in commissions])
        .annotate(every=Sum("adjustments__amount_minor"), payable=by_itself)
        .values_list("pk", "every", "payable")
    }
    return {
        row.pk: Money(
            changed[row.pk][1] if row.reversal_reason else row.amount_minor + changed[row.pk][0],
            row.currency,
        )
        for row in commissions
    }


def _credit_view(
    credit: Credit,
    lines: dict[int, list[CommissionLine]],
    blocks: dict[int, list[BlockView]],
    left: dict[int, Money],
    changed: dict[int | None, list[Adjustment]],
    *,
    shows_costs: bool,
) -> CreditView:
    commission: Commission | None = getattr(credit, "commission", None)
    if commission is None:
        return CreditView(credit, getattr(credit, "screening", None), None, [], None, [], [])
    changes = changes_for_team(
        changed[commission.pk], basis=commission.basis, shows_costs=shows_costs
    )
    return CreditView(
        credit=credit,
        screening=getattr(credit, "screening", None),
        commission=commission,
        explained=[
            ExplainedLine(
                line.order_line.title,
                Money(line.amount_minor, commission.currency),
                staff_sentences(line, commission.currency)
                if shows_costs
                else team_sentences(
                    line.steps, commission.currency, basis=commission.basis, shows_costs=False
                ),
                changes.get(line.order_line_id, []),
            )
            for line in lines[commission.pk]
        ],
        outstanding=left[commission.pk],
        blocks=blocks[commission.pk],
        changes=changes.get(None, []),
    )
