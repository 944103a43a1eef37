"""Orders that exchange or add to another: they go where that one went. Rules A16 and A17."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from affiliates.models import Programme
from tracking.domain.touchpoints import Reason, Result, Rule, RuleVerdict
from tracking.models import Attribution, Credit, Touchpoint
from tracking.services.attribution_evidence import OrderFacts

#: For how long an order waits for the one that it says it follows.
PATIENCE = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class _Heir:
    """An order that inherits, with the decision about the one that it follows."""

    order: OrderFacts
    original: Attribution
    verdict: RuleVerdict


def heirs(orders: Sequence[OrderFacts]) -> list[OrderFacts]:
    """Return the orders that follow another within the days that the programme says."""
    if not any(order.follows_at for order in orders):
        return []
    days = timedelta(days=Programme.get().exchange_days)
    return [
        order
        for order in orders
        if order.follows_at is not None and order.placed_at - order.follows_at <= days
    ]


def inherit(orders: Sequence[OrderFacts], *, now: datetime) -> int:
    """Give orders the attribution of those that they follow; return how many there were not yet.

    The same affiliates, shares and roles, and the terms of the original's date. What was nobody's
    stays nobody's. In the caller's transaction, which holds the orders.
    """
    found = _heirs(orders)
    attributions = Attribution.objects.bulk_create(
        Attribution(
            order_id=heir.order.pk,
            outcome=heir.original.outcome,
            reason=Reason.FOLLOWED_ORDER,
            policy_id=heir.order.policy_id,
            decided_at=now,
        )
        for heir in found
    )
    credits: dict[int, list[Credit]] = defaultdict(list)
    originals = {heir.original.order_id for heir in found}
    for credit in Credit.objects.filter(order__in=originals).select_related("touchpoint"):
        credits[credit.order_id].append(credit)
    drafts = [
        (heir, credit, _touchpoint(attribution, heir, credit.touchpoint))
        for attribution, heir in zip(attributions, found, strict=True)
        for credit in credits[heir.original.order_id]
    ]
    Touchpoint.objects.bulk_create(touchpoint for _heir, _credit, touchpoint in drafts)
    Credit.objects.bulk_create(
        _credit(heir, credit, touchpoint, now) for heir, credit, touchpoint in drafts
    )
    return len(found)


def _heirs(orders: Sequence[OrderFacts]) -> list[_Heir]:
    """Look again, now that the orders are held: who is still without a decision?"""
    wanted = {pk for order in orders for pk in (order.pk, order.follows_id) if pk is not None}
    decided = {
        one.order_id: one
        for one in Attribution.objects.filter(order__in=wanted).select_related("order")
    }
    days = Programme.get().exchange_days
    found = []
    for order in orders:
        original = decided.get(order.follows_id or 0)
        if order.pk in decided or original is None:
            continue
        after = order.placed_at - original.order.placed_at
        facts = {
            "order": original.order.number,
            "seconds_after": int(after.total_seconds()),
            "days": days,
        }
        found.append(_Heir(order, original, RuleVerdict(Rule.FOLLOWS, Result.PASSED, facts)))
    return found


def _touchpoint(attribution: Attribution, heir: _Heir, original: Touchpoint) -> Touchpoint:
    return Touchpoint(
        attribution=attribution,
        kind=original.kind,
        affiliate_id=original.affiliate_id,
        at=original.at,
        link_id=original.link_id,
        coupon_code_id=original.coupon_code_id,
        won=True,
        reason=Reason.FOLLOWED_ORDER,
        role=original.role,
        navigation=original.navigation,
        facts=original.facts,
        verdicts=[heir.verdict.as_json()],
    )


def _credit(heir: _Heir, original: Credit, touchpoint: Touchpoint, now: datetime) -> Credit:
    click_at = original.click_at
    age = None if click_at is None else int((heir.order.placed_at - click_at).total_seconds())
    return Credit(
        order_id=heir.order.pk,
        affiliate_id=original.affiliate_id,
        touchpoint=touchpoint,
        terms_id=original.terms_id,
        share_bps=original.share_bps,
        role=original.role,
        click_at=click_at,
        click_age_seconds=age,
        sub_id=original.sub_id,
        surface=original.surface,
        created_at=now,
    )
