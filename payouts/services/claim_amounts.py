"""What a claim would be worth: what the engine would have paid, less what stands already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from affiliates.domain.terms import Pays
from affiliates.models import Terms
from affiliates.queries import terms_for
from core.money import BPS, Money
from fraud.models import Decision
from payouts.aftermath import Aftermath
from payouts.domain.commission import ACTUAL, Deal, Earned, Line, earn, target_minor, tariff_for
from payouts.domain.order_commission import earn_order
from payouts.domain.refunds import Left, after_caps
from payouts.domain.tariffs import Tariff
from payouts.models import Adjustment, AdjustmentReason, Claim, Commission, CommissionLine
from payouts.pricing import (
    Agreed,
    CreditFacts,
    Draft,
    credit_facts,
    deal_of,
    frozen,
    price_credits,
    with_standing,
)
from payouts.services.claim_limits import Cut, MonthLimit, cuts_of, month_limits, within
from payouts.services.claim_standing import granted_beside_minor, standing_minor
from payouts.services.costs import WAITING
from payouts.services.targets import Targets
from shop.models import Order, OrderLine
from tracking.models import Credit, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedLine:
    """One order line: what it would have earned, and what is left of that after returns."""

    title: str
    quantity: int
    returned: int
    earned: Money
    left: Money
    steps: Sequence[dict[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What to grant: ``due`` less ``standing``, never below zero.

    ``waits``: a cost or band is missing, so the engine would wait too. ``is_whole``: nobody has a
    part of the order, or nobody has said which part is this affiliate's. ``cuts``: what caps and
    the budget take off before returns; ``limits``: those of the month that were asked.
    """

    amount: Money
    due: Money
    standing: Money
    lines: Sequence[SuggestedLine]
    terms: Terms
    basis: str
    is_whole: bool
    waits: bool
    cuts: Sequence[Cut]
    limits: Sequence[MonthLimit]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    lines: Sequence[SuggestedLine]
    waits: bool
    limits: Sequence[MonthLimit] = ()


@dataclass(frozen=True, slots=True)
class _Sold:
    """A line of the order as it is priced, with how it is paid decided."""

    order_line: OrderLine
    line: Line


def suggest(claim: Claim, order: Order | None) -> Suggestion | None:
    """Return what the terms of the order's date would have paid for it, line by line.

    Less what caps, the budget of the month and returns take off. Of a sale that took its part of
    caps and budget, that part is what it was; any other is cut by what is left of them now. Minor
    units, rounded as the engine rounds. None without an order, or without terms on its day.
    Source: docs/rules/claims.md, rules CL9 and CL10.
    """
    if order is None:
        return None
    credit = _credit(claim, order)
    terms = credit.terms if credit else terms_for(claim.affiliate_id, order.placed_at)
    if terms is None:
        return None
    commission: Commission | None = getattr(credit, "commission", None)
    if commission is not None and not _is_refused(commission):
        found = _of_sale(commission)
    else:
        found = _of_nobody(_draft(claim, order, terms, credit), commission)
    due = sum(line.left.minor for line in found.lines) if order.cancelled_at is None else 0
    standing = granted_beside_minor(claim, order.pk)
    if commission is not None:
        standing += standing_minor(commission)
    return Suggestion(
        amount=Money(max(0, due - standing), order.currency),
        due=Money(due, order.currency),
        standing=Money(standing, order.currency),
        lines=found.lines,
        terms=terms,
        basis=commission.basis if commission else terms.basis,
        is_whole=credit is None or credit.share_bps == BPS,
        waits=found.waits,
        cuts=cuts_of((line.steps for line in found.lines), order.currency),
        limits=found.limits,
    )


def _credit(claim: Claim, order: Order) -> Credit | None:
    rows = Credit.objects.select_related(
        "order__shop", "affiliate", "terms", "commission", "screening"
    )
    return rows.filter(order=order, affiliate=claim.affiliate_id).first()


def _is_refused(commission: Commission) -> bool:
    """Whether the checks refused it at once: it has taken nothing of caps of a month."""
    return commission.credit.screening.decision == Decision.REFUSE


def _of_sale(commission: Commission) -> _Due:
    """Return what a commission comes to by everything that happened to its order."""
    targets = Targets([commission])
    order_id = commission.credit.order_id
    rows = targets.lines[commission.pk]
    after = Aftermath([order_id])
    order_lines = [row.order_line for row in rows.values()]
    known = targets.known(commission.pk)
    known.returns |= set(after.backs(order_id, order_lines))
    wanted, left = targets.of(commission.pk, known), targets.left(commission.pk, known)
    found = _found_late(commission)
    return _Due(
        lines=[
            _line(
                row.order_line,
                earned=row.amount_minor + (found[pk].amount_minor if pk in found else 0),
                left=left[pk],
                left_minor=wanted[pk],
                steps=found[pk].steps if pk in found else row.steps,
                currency=commission.currency,
            )
            for pk, row in rows.items()
        ],
        waits=commission.blocks.filter(kind__in=WAITING, released_at__isnull=True).exists(),
    )


def _found_late(commission: Commission) -> dict[int, Adjustment]:
    """Return what was added for lines that had waited for their cost, by order line."""
    rows = commission.adjustments.filter(
        reason=AdjustmentReason.COST_FOUND, order_line__isnull=False
    )
    return {row.order_line_id: row for row in rows if row.order_line_id is not None}


def _of_nobody(draft: Draft, commission: Commission | None) -> _Due:
    """Return what a sale would come to that has taken nothing of caps and budget."""
    order, currency = draft.credit.order, draft.credit.order.currency
    after = Aftermath([order.pk])
    deal = deal_of(draft.credit)
    sold = _sold(draft, deal, commission, after)
    whole = earn_order([one.line for one in sold], deal, currency=currency)
    limits = month_limits(
        draft.credit.affiliate.pk,
        placed_at=order.placed_at,
        currency=currency,
        cap_minor=draft.month_cap_minor,
    )
    earned = within(whole, limits)
    left = after.left(order.pk, [one.order_line for one in sold])
    lines = []
    for one, capped in zip(sold, earned, strict=True):
        rest = left.get(one.order_line.pk) or _all_of(one.order_line)
        lines.append(
            _line(
                one.order_line,
                earned=capped.amount_minor,
                left=rest,
                left_minor=_left_minor(one, capped, rest, deal, currency),
                steps=capped.steps,
                currency=currency,
            )
        )
    return _Due(lines=lines, waits=any(one.missing for one in earned), limits=limits)


def _sold(draft: Draft, deal: Deal, commission: Commission | None, after: Aftermath) -> list[_Sold]:
    """Return the lines with the cost that counts, paid as was decided for a refused commission."""
    rows: dict[int, CommissionLine] = {}
    if commission is not None:
        rows = {row.order_line_id: row for row in commission.lines.all()}
    sold = []
    for item in draft.lines:
        line, pk = item.line, item.order_line.pk
        if deal.basis == ACTUAL and pk in after.costs:
            line = replace(line, unit_cost_minor=after.costs[pk])
        if pk in rows:
            tariff = _decided(rows[pk], deal.terms_version)
            line = replace(line, tariff=tariff, order_cost_minor=rows[pk].order_cost_minor)
        else:
            decided = tariff_for(line, deal)
            line = line if isinstance(decided, str) else replace(line, tariff=decided)
        sold.append(_Sold(item.order_line, line))
    return sold


def _decided(row: CommissionLine, terms_version: int) -> Tariff:
    """Return how a line was decided to be paid; of one that earns nothing with the reason."""
    tariff = frozen(row, terms_version)
    if tariff.pays != Pays.NOTHING:
        return tariff
    return replace(
        tariff,
        reason=next((step["text"] for step in row.steps if "text" in step), ""),
        steps=tuple(step for step in tariff.steps if step["step"] == "rule"),
    )


def _left_minor(one: _Sold, capped: Earned, rest: Left, deal: Deal, currency: str) -> int:
    """Return what is left of a line after refunds and returns, caps as they cut it before. R6."""
    minor = capped.amount_minor
    if rest.net_minor != one.line.net_minor and not capped.missing:
        part = next((step["minor"] for step in capped.steps if step["step"] == "part"), None)
        now = earn(
            replace(one.line, net_minor=rest.net_minor), deal, currency=currency, part_minor=part
        )
        minor = after_caps(
            now.amount_minor,
            standing_minor=minor,
            before_minor=minor + capped.cut_minor,
            taken_minor=0,
        )
    quantity = one.order_line.quantity
    return target_minor(
        minor, quantity=quantity, returned=quantity - rest.quantity, currency=currency
    )


def _all_of(line: OrderLine) -> Left:
    return Left(quantity=line.quantity, net_minor=line.net_minor)


def _line(
    line: OrderLine,
    *,
    earned: int,
    left: Left,
    left_minor: int,
    steps: Sequence[dict[str, object]],
    currency: str,
) -> SuggestedLine:
    return SuggestedLine(
        title=line.title,
        quantity=line.quantity,
        returned=line.quantity - left.quantity,
        earned=Money(earned, currency),
        left=Money(left_minor, currency),
        steps=steps,
    )


def _draft(claim: Claim, order: Order, terms: Terms, credit: Credit | None) -> Draft:
    if credit is not None:
        facts = credit_facts([credit])
    else:
        facts = with_standing(
            [
                CreditFacts(
                    order=order,
                    affiliate=claim.affiliate,
                    agreed=Agreed.of(terms),
                    share_bps=BPS,
                    role=Role.CLOSER,
                    surface="",
                )
            ]
        )
    return price_credits(facts)[0]
