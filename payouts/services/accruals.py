"""From a screened credit to a commission: pulled, priced, posted once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from fraud.models import Decision, Screening, Signal
from payouts.domain.commission import Earned
from payouts.models import (
    Block,
    BlockKind,
    Commission,
    CommissionLine,
    CommissionStatus,
    ReversalReason,
)
from payouts.pricing import Draft, credit_facts, price_credits
from payouts.services import meters
from payouts.services.ledger import EXPENSE, Leg, Posting, account_of, move, post_all
from shop.models import OrderLine
from tracking.models import Credit

BLOCK_FOR = {"cost": BlockKind.COST_MISSING, "band": BlockKind.BAND_MISSING}
REFUSED_BECAUSE = {"own_purchase": ReversalReason.SELF_PURCHASE}


@dataclass(frozen=True, slots=True)
class _Draft:
    commission: Commission
    lines: list[tuple[OrderLine, int, Earned]]  # The int: its share of the order's costs.
    screening: Screening


def accrue_pending(*, now: datetime, limit: int = 500, since: datetime | None = None) -> int:
    """Give every screened credit its commission; return how many. Safe to repeat and to race.

    ``since`` leaves out screenings made before it, so that the tick need not look at all history.
    """
    with transaction.atomic():
        credits = _claim(limit, since)
        if credits:
            _accrue(credits, now)
        return len(credits)


def _claim(limit: int, since: datetime | None) -> list[Credit]:
    """Lock credits that wait for a commission, leaving those that another worker holds."""
    waiting = Credit.objects.filter(screening__isnull=False, commission__isnull=True)
    if since is not None:
        waiting = waiting.filter(screening__screened_at__gte=since)
    locked = waiting.order_by("pk").select_for_update(of=("self",), skip_locked=True)[:limit]
    pks = [credit.pk for credit in locked]
    # Look again now that they are ours: another worker may have finished one in between.
    return list(
        Credit.objects.filter(pk__in=pks, commission__isnull=True)
        .select_related("order__shop", "screening", "terms", "affiliate")
        .order_by("pk")
    )


def _accrue(credits: Sequence[Credit], now: datetime) -> None:
    priced = price_credits(credit_facts(credits))
    earned = _within_limits(credits, priced)
    drafts = [
        _draft(credit, draft, lines, now)
        for credit, draft, lines in zip(credits, priced, earned, strict=True)
    ]
    Commission.objects.bulk_create(draft.commission for draft in drafts)
    CommissionLine.objects.bulk_create(
        (
            CommissionLine(
                commission=draft.commission,
                order_line=line,
                amount_minor=earned.amount_minor,
                margin_minor=earned.margin_minor,
                actual_margin_minor=earned.actual_margin_minor,
                order_cost_minor=order_cost_minor,
                rule=earned.rule,
                pays=earned.pays.value,
                rate=earned.rate,
                cut_minor=earned.cut_minor,
                steps=list(earned.steps),
            )
            for draft in drafts
            for line, order_cost_minor, earned in draft.lines
        ),
        batch_size=1_000,
    )
    Block.objects.bulk_create(block for draft in drafts for block in _blocks(draft, now))
    refused = [draft for draft in drafts if draft.screening.decision == Decision.REFUSE]
    postings = [_accrued(draft.commission) for draft in drafts]
    postings += [_reversed(draft.commission, now) for draft in refused]
    post_all(postings, now=now)
    _reverse_what_does_not_stand(drafts, now)


def _within_limits(credits: Sequence[Credit], drafts: Sequence[Draft]) -> list[Sequence[Earned]]:
    """Return what each credit earns after the limits of its month; a refused one takes nothing."""
    earned: list[Sequence[Earned]] = [[line.earned for line in one.lines] for one in drafts]
    standing = [
        place
        for place, credit in enumerate(credits)
        if credit.screening.decision != Decision.REFUSE
    ]
    taken = meters.take(
        [
            meters.Request(
                affiliate_id=credits[place].affiliate_id,
                placed_at=credits[place].order.placed_at,
                currency=credits[place].order.currency,
                cap_minor=drafts[place].month_cap_minor,
                earned=earned[place],
            )
            for place in standing
        ]
    )
    for place, lines in zip(standing, taken, strict=True):
        earned[place] = lines
    return earned


def _draft(credit: Credit, priced: Draft, earned: Sequence[Earned], now: datetime) -> _Draft:
    terms = credit.terms
    commission = Commission(
        credit=credit,
        affiliate_id=credit.affiliate_id,
        terms=terms,
        basis=terms.basis,
        rate_bps=terms.rate_bps,
        amount_minor=sum(one.amount_minor for one in earned),
        currency=credit.order.currency,
        hold_until=priced.hold_until,
        hold_days=priced.hold_days,
        status_changed_at=now,
        accrued_at=now,
    )
    lines = [
        (line.order_line, line.line.order_cost_minor, one)
        for line, one in zip(priced.lines, earned, strict=True)
    ]
    return _Draft(commission, lines, credit.screening)


def _blocks(draft: _Draft, now: datetime) -> Iterable[Block]:
    missing: dict[str, list[str]] = defaultdict(list)
    for line, _cost, earned in draft.lines:
        for what in earned.missing:
            missing[what].append(line.sku or line.title)
    for what, skus in missing.items():
        yield Block(commission=draft.commission, kind=BLOCK_FOR[what], created_at=now,
                    reason=", ".join(sorted(set(skus))[:20]))  # fmt: skip
    if draft.commission.credit.order.awaits_payment:
        yield Block(commission=draft.commission, kind=BlockKind.UNPAID, created_at=now,
                    reason="The shop says that the order is not paid.")  # fmt: skip
    if draft.screening.decision == Decision.HOLD:
        yield Block(commission=draft.commission, kind=BlockKind.FRAUD_CASE, created_at=now,
                    reason="The screening asks for a person's decision.")  # fmt: skip


def _accrued(commission: Commission) -> Posting:
    leg = Leg(debit=EXPENSE, credit=account_of(commission.affiliate_id, "pending"),
              amount=commission.amount)  # fmt: skip
    return move(f"commission:{commission.pk}:accrued", "accrued", leg, commission.accrued_at)


def _reversed(commission: Commission, now: datetime) -> Posting:
    leg = Leg(debit=account_of(commission.affiliate_id, "pending"), credit=EXPENSE,
              amount=commission.amount)  # fmt: skip
    return move(f"commission:{commission.pk}:reversed", "reversed", leg, now)


def _reverse_what_does_not_stand(drafts: Sequence[_Draft], now: datetime) -> None:
    """A refused credit and a test order are reversed at once, and stay visible."""
    why = _refusal_reasons([draft.screening.pk for draft in drafts])
    fallen: list[Commission] = []
    for draft in drafts:
        commission = draft.commission
        if draft.screening.decision == Decision.REFUSE:
            commission.reverse(at=now, reason=why[draft.screening.pk])
        elif commission.credit.order.is_test:
            commission.reverse(at=now, reason=ReversalReason.TEST_ORDER)
        if commission.status == CommissionStatus.REVERSED:
            fallen.append(commission)
    Commission.objects.bulk_update(fallen, ["status", "status_changed_at", "reversal_reason"])


def _refusal_reasons(screening_ids: Sequence[int]) -> dict[int, str]:
    signals = Signal.objects.filter(Q(severity=Decision.REFUSE), screening_id__in=screening_ids)
    reasons: dict[int, str] = defaultdict(lambda: ReversalReason.INVALID_TRAFFIC)
    for screening_id, code in signals.values_list("screening_id", "code"):
        if code in REFUSED_BECAUSE:
            reasons[screening_id] = REFUSED_BECAUSE[code]
    return reasons
