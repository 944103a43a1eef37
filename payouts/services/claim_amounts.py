"""What a claim would be worth: what the engine would have paid, less what stands already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum

from affiliates.models import Terms
from affiliates.queries import terms_for
from core.money import BPS, Money
from payouts.domain.commission import target_minor
from payouts.models import Claim, Commission
from payouts.pricing import Agreed, CreditFacts, Draft, credit_facts, price_credits, with_standing
from payouts.services.claim_standing import granted_beside_minor, standing_minor
from shop.models import Order, ReturnLine
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
    part of the order, or nobody has said which part is this affiliate's.
    """

    amount: Money
    due: Money
    standing: Money
    lines: Sequence[SuggestedLine]
    terms: Terms
    is_whole: bool
    waits: bool


def suggest(claim: Claim, order: Order | None) -> Suggestion | None:
    """Return what the terms of the order's date would have paid for it, line by line.

    Before the caps of a month and before budgets. Rounding: as commission is rounded; what came
    back is taken off each line by its quantity, half away from zero. None without an order, or
    without terms on its day. Source: docs/rules/claims.md, rules CL9 and CL10.
    """
    if order is None:
        return None
    credit = _credit(claim, order)
    terms = credit.terms if credit else terms_for(claim.affiliate_id, order.placed_at)
    if terms is None:
        return None
    draft = _draft(claim, order, terms, credit)
    lines = _lines(draft, order)
    due = sum(line.left.minor for line in lines) if order.cancelled_at is None else 0
    standing = granted_beside_minor(claim, order.pk)
    commission: Commission | None = getattr(credit, "commission", None)
    if commission is not None:
        standing += standing_minor(commission)
    return Suggestion(
        amount=Money(max(0, due - standing), order.currency),
        due=Money(due, order.currency),
        standing=Money(standing, order.currency),
        lines=lines,
        terms=terms,
        is_whole=credit is None or credit.share_bps == BPS,
        waits=any(one.earned.missing for one in draft.lines),
    )


def _credit(claim: Claim, order: Order) -> Credit | None:
    rows = Credit.objects.select_related("order__shop", "affiliate", "terms", "commission")
    return rows.filter(order=order, affiliate=claim.affiliate_id).first()


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


def _lines(draft: Draft, order: Order) -> list[SuggestedLine]:
    back = dict(
        ReturnLine.objects.filter(line__order=order)
        .values_list("line")
        .annotate(total=Sum("quantity"))
    )
    lines = []
    for one in draft.lines:
        line, returned = one.order_line, back.get(one.order_line.pk, 0)
        left = target_minor(
            one.earned.amount_minor,
            quantity=line.quantity,
            returned=returned,
            currency=order.currency,
        )
        lines.append(
            SuggestedLine(
                title=line.title,
                quantity=line.quantity,
                returned=returned,
                earned=Money(one.earned.amount_minor, order.currency),
                left=Money(left, order.currency),
                steps=one.earned.steps,
            )
        )
    return lines
