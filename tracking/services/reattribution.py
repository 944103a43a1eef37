"""Orders as another policy would have given them: compared, never changed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Sum

from affiliates.models import Affiliate
from affiliates.queries import TermsIndex
from core.money import BPS, Money
from shop.models import LineKind, Order, OrderLine
from tracking.domain.attribution import attribute
from tracking.domain.policy import Policy
from tracking.domain.touchpoints import (
    CLICK,
    Candidate,
    Decision,
    Reason,
    Result,
    Rule,
    Share,
)
from tracking.models import Attribution, Credit, Touchpoint
from tracking.services.attribution_evidence import (
    ORDER_COLUMNS,
    Evidence,
    OrderFacts,
    gather,
    rows_of,
)
from tracking.services.attribution_facts import ClickFacts

BATCH = 1_000
_OF_ORDERS = f"""
{ORDER_COLUMNS}
JOIN tracking_attribution done ON done.order_id = o.id
WHERE o.id = ANY(%s::bigint[]) ORDER BY o.id
"""
# An order that follows another goes with that one: it is not decided about on its own.
_OF_PERIOD = f"""
{ORDER_COLUMNS}
JOIN tracking_attribution done ON done.order_id = o.id AND done.reason <> 'followed_order'
WHERE o.placed_at >= %s AND o.placed_at < %s AND o.id > %s
ORDER BY o.id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class ReplayedShare:
    """One affiliate's share of an order under another policy: what a credit would keep of it."""

    affiliate_id: int
    share_bps: int
    role: str
    surface: str | None  # Of the winning click; ``None`` when the click is erased since.


@dataclass(frozen=True, slots=True)
class ChangedOrder:
    """An order that would be shared otherwise. Shares in basis points, by affiliate id."""

    order_id: int
    number: str
    placed_at: datetime
    net: Money  # Of its products, without VAT, after discounts.
    before: dict[int, int]
    after: dict[int, int]
    reasons: dict[int, str]  # What the other policy says of each affiliate that is involved.


@dataclass(slots=True)
class AffiliateChange:
    """What the other policy would change for one affiliate. Net amounts are of its shares."""

    affiliate_id: int
    name: str
    won: int = 0
    lost: int = 0
    share_changed: int = 0
    net_before: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    net_after: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def net_changes(self) -> list[Money]:
        """Return by how much its net grows or shrinks, by currency."""
        currencies = sorted({*self.net_before, *self.net_after})
        return [Money(self.net_after[one] - self.net_before[one], one) for one in currencies]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changes when a policy is applied to the recorded orders of a period."""

    policy: Policy
    orders: int
    changed: list[ChangedOrder]
    affiliates: list[AffiliateChange]  # The one that loses most first.
    became_nobodys: int
    were_nobodys: int


def compare(
    policy: Policy,
    *,
    since: datetime,
    until: datetime,
    now: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Replay the decided orders with ``since`` <= placed < ``until`` under ``policy``.

    Nothing is written. Accounts and the uses of promo codes count as they did when the orders
    were decided; what was erased since is read from the recorded touchpoints. ``progress`` is
    told how many of how many orders are done.
    """
    total = (
        Attribution.objects.filter(order__placed_at__gte=since, order__placed_at__lt=until)
        .exclude(reason=Reason.FOLLOWED_ORDER)
        .count()
    )
    done = 0
    changed: list[ChangedOrder] = []
    shares: list[tuple[dict[int, int], dict[int, int], Money]] = []
    for batch in _batches(since, until):
        for one in _replay(batch, policy, now):
            shares.append((one.before, one.after, one.net))
            if one.before != one.after:
                changed.append(one)
        done += len(batch)
        if progress:
            progress(done, total)
    return Comparison(
        policy=policy,
        orders=done,
        changed=changed,
        affiliates=_by_affiliate(shares),
        became_nobodys=sum(1 for one in changed if not one.after),
        were_nobodys=sum(1 for one in changed if not one.before),
    )


def shares_under(
    policy: Policy, order_ids: Sequence[int], *, now: datetime
) -> dict[int, list[ReplayedShare]]:
    """Return who would share each of the decided orders under ``policy``. Nothing is written.

    What is read of accounts, codes and erased clicks is as in ``compare``.
    """
    batch = [OrderFacts.of(row) for row in rows_of(_OF_ORDERS, [list(order_ids)])]
    if not batch:
        return {}
    orders, evidence, _known, decisions = _decide(batch, policy, now)
    return {
        order.pk: [_replayed(order, evidence, share) for share in decision.shares]
        for order, decision in zip(orders, decisions, strict=True)
    }


def _replayed(order: OrderFacts, evidence: Evidence, share: Share) -> ReplayedShare:
    surface: str | None = ""
    if share.candidate.kind == CLICK:
        clicks = {found.click.pk: found.click.surface for found in evidence.clicks_of(order)}
        surface = clicks.get(share.candidate.source_id)
    return ReplayedShare(share.affiliate_id, share.share_bps, share.part.value, surface)


def _batches(since: datetime, until: datetime) -> Iterator[list[OrderFacts]]:
    last = 0
    while rows := rows_of(_OF_PERIOD, [since, until, last, BATCH]):
        orders = [OrderFacts.of(row) for row in rows]
        yield orders
        last = orders[-1].pk


@dataclass(frozen=True, slots=True)
class _Recorded:
    """What is kept of the decisions about a batch."""

    touchpoints: dict[int, list[Touchpoint]]
    shares: dict[int, dict[int, int]]
    duplicates: set[int]


def _recorded(orders: Sequence[OrderFacts]) -> _Recorded:
    ids = [order.pk for order in orders]
    touchpoints: dict[int, list[Touchpoint]] = defaultdict(list)
    rows = Touchpoint.objects.filter(attribution__order__in=ids).select_related(
        "affiliate", "link", "attribution"
    )
    for row in rows:
        touchpoints[row.attribution.order_id].append(row)
    shares: dict[int, dict[int, int]] = defaultdict(dict)
    for order_id, affiliate_id, bps in Credit.objects.filter(order__in=ids).values_list(
        "order", "affiliate", "share_bps"
    ):
        shares[order_id][affiliate_id] = bps
    twins = Attribution.objects.filter(order__in=ids, reason=Reason.DUPLICATE_ORDER)
    return _Recorded(touchpoints, shares, set(twins.values_list("order", flat=True)))


def _decide(
    batch: Sequence[OrderFacts], policy: Policy, now: datetime
) -> tuple[list[OrderFacts], Evidence, _Recorded, list[Decision]]:
    """Decide about orders again, under ``policy``, with what is known and what was recorded."""
    rules = json.dumps(policy.to_rules())
    orders = [order.under(rules) for order in batch]
    evidence = gather(orders, until=now, deciding=False)
    recorded = _recorded(orders)
    decisions = []
    for order in orders:
        clicks = evidence.clicks_of(order)
        decision = attribute(
            _candidates(order, evidence, clicks, recorded.touchpoints[order.pk]),
            sale=order.sale(is_duplicate=order.pk in recorded.duplicates),
            policy=policy,
            journey=evidence.journey_of(order, is_known=bool(clicks)),
        )
        decisions.append(decision)
    return orders, evidence, recorded, decisions


def _replay(batch: Sequence[OrderFacts], policy: Policy, now: datetime) -> Iterator[ChangedOrder]:
    orders, _evidence, recorded, decisions = _decide(batch, policy, now)
    facts = Order.objects.in_bulk([order.pk for order in orders])
    nets = dict(
        OrderLine.objects.filter(order__in=facts, kind=LineKind.PRODUCT)
        .values_list("order")
        .annotate(Sum("net_minor"))
    )
    for order, decision in zip(orders, decisions, strict=True):
        row = facts[order.pk]
        yield ChangedOrder(
            order_id=order.pk,
            number=row.number,
            placed_at=row.placed_at,
            net=Money(nets.get(order.pk, 0), row.currency),
            before=recorded.shares.get(order.pk, {}),
            after={share.affiliate_id: share.share_bps for share in decision.shares},
            reasons=_reasons(decision),
        )


def _candidates(
    order: OrderFacts,
    evidence: Evidence,
    clicks: Sequence[ClickFacts],
    recorded: Sequence[Touchpoint],
) -> list[Candidate]:
    """Return the touchpoints of an order: as they are found now, and those that were recorded.

    What was said of an account and of a code's uses when the order was decided still holds.
    """
    inactive = {(row.affiliate_id, row.kind) for row in recorded if _failed(row, Rule.ACCOUNT)}
    known = {(row.affiliate_id, row.kind) for row in recorded}
    used_up = {row.coupon_code_id for row in recorded if _failed(row, Rule.CODE_USES)}
    seen = {(one.click.link_id, one.click.clicked_at) for one in clicks}
    gone = [row for row in recorded if row.kind == CLICK and (row.link_id, row.at) not in seen]
    found = [
        *(evidence.from_click(order, click) for click in clicks),
        *(
            evidence.from_code(order, code)._replace(code_used_up=code.pk in used_up)
            for code in evidence.codes_of(order)
        ),
        *_from_records(order, gone),
    ]
    return [
        one._replace(affiliate_active=(one.affiliate_id, one.kind) not in inactive)
        if (one.affiliate_id, one.kind) in known
        else one
        for one in found
    ]


def _from_records(order: OrderFacts, rows: Sequence[Touchpoint]) -> Iterator[Candidate]:
    """Yield the clicks that are erased since, as their touchpoints remember them."""
    terms = TermsIndex({row.affiliate_id for row in rows}) if rows else None
    for row in rows:
        held = terms.at(row.affiliate_id, order.placed_at) if terms else None
        yield Candidate(
            kind=CLICK,
            source_id=-row.pk,  # Apart from the clicks that are still there.
            affiliate_id=row.affiliate_id,
            at=row.at,
            window_days=held.window_days if held else None,
            is_off=_failed(row, Rule.EXPERIMENT) or None,
            affiliate_kind=row.affiliate.kind,
            is_contracted=row.affiliate.is_contracted,
            same_shop=row.link is not None and row.link.shop_id == order.shop_id,
            navigation=row.navigation,
            facts=row.facts,
            is_on_site=_was_tap(row),
        )


def _was_tap(row: Touchpoint) -> bool:
    return any(
        verdict["rule"] == Rule.ON_SITE and verdict["result"] != Result.NOT_APPLICABLE
        for verdict in row.verdicts
    )


def _failed(row: Touchpoint, rule: Rule) -> bool:
    said = {"rule": rule.value, "result": Result.FAILED.value}
    return any(verdict.items() >= said.items() for verdict in row.verdicts)


def _reasons(decision: Decision) -> dict[int, str]:
    """Return why each affiliate wins or loses: by the touchpoint that wins, else its last one."""
    reasons: dict[int, str] = {}
    for ruling in decision.rulings:
        if ruling.won or ruling.candidate.affiliate_id not in reasons:
            reasons[ruling.candidate.affiliate_id] = ruling.reason
    return reasons


def _by_affiliate(
    shares: Iterable[tuple[dict[int, int], dict[int, int], Money]],
) -> list[AffiliateChange]:
    changes: dict[int, AffiliateChange] = {}
    for before, after, net in shares:
        for affiliate_id in {*before, *after}:
            change = changes.setdefault(affiliate_id, AffiliateChange(affiliate_id, ""))
            old, new = before.get(affiliate_id, 0), after.get(affiliate_id, 0)
            change.net_before[net.currency] += net.share(old, BPS).minor
            change.net_after[net.currency] += net.share(new, BPS).minor
            if old != new:
                change.won += not old
                change.lost += not new
                change.share_changed += bool(old and new)
    names = dict(Affiliate.objects.filter(pk__in=changes).values_list("pk", "name"))
    for change in changes.values():
        change.name = names[change.affiliate_id]
    touched = [one for one in changes.values() if one.won or one.lost or one.share_changed]
    return sorted(touched, key=lambda one: (_difference(one), one.name))


def _difference(change: AffiliateChange) -> int:
    return sum(one.minor for one in change.net_changes())
