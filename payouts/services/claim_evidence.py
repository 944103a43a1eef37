"""What our own records say about a claim: gathered when it is made, and again when it is read.

Everything is for the team. What the affiliate reads of it: ``payouts.queries.claim_view``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, TypedDict

from django.db.models import Q, Sum
from django.db.models.functions import Upper

from affiliates.models import Programme
from fraud.models import Screening
from payouts.models import Block, Claim, ClaimKind, Commission, CommissionStatus
from payouts.services.claim_standing import standing_minor
from shop.models import LineKind, Order, OrderLine, ReturnLine
from tracking.domain.codes import normalized
from tracking.models import Attribution, ClickHour, CouponCode, Credit, Touchpoint
from tracking.queries import trace

#: How far from the day that was typed an order is still looked for.
AROUND = timedelta(days=45)
#: How long before the order clicks are counted, and how many hours of them are kept.
CLICKS_BEFORE = timedelta(days=7)
MOST_HOURS = 48
MOST_TOUCHES = 20
#: An amount that is off by no more than this share of it agrees: prices are typed with VAT.
AGREES_WITHIN_BPS = 100


class OrderFound(TypedDict):
    """The order, and how far it is from what the affiliate says."""

    id: int
    number: str
    shop: str
    placed_at: str
    days_off: int
    net_minor: int
    currency: str
    off_minor: int | None  # Claimed less ours; empty: no amount was claimed.
    is_test: bool
    cancelled_at: str | None
    quantity: int
    returned: int


class Touch(TypedDict):
    """A click or code of this affiliate on the way to the order, and what became of it."""

    kind: str
    at: str
    name: str
    won: bool
    reason: str


class Decided(TypedDict):
    """Who the order was credited to. ``others``: affiliate id and share in basis points."""

    outcome: str
    reason: str
    at: str
    credit_id: int | None
    share_bps: int | None
    others: list[tuple[int, int]]
    touches: list[Touch]
    other_touches: int


class Clicks(TypedDict):
    """Visits through this affiliate's links around the order, by the hour."""

    since: str
    until: str
    visits: int
    hours: list[tuple[str, int]]


class Codes(TypedDict):
    """The codes typed with the order: this affiliate's, other affiliates', nobody's."""

    own: list[str]
    others: list[tuple[str, int]]
    unknown: list[str]


class Screened(TypedDict):
    """What the checks said of the credit."""

    decision: str
    signals: list[str]


class Earned(TypedDict):
    """The commission and where it stands. ``standing_minor``: with everything that changed it."""

    id: int
    status: str
    amount_minor: int
    standing_minor: int
    currency: str
    hold_until: str
    reversal_reason: str
    blocks: list[str]


class Evidence(TypedDict):
    """All of it. ``verdict`` is the short of it: see ``verdict_of``."""

    at: str
    verdict: str
    order: OrderFound | None
    decided: Decided | None
    clicks: Clicks  # Up to the end of the day that the affiliate says.
    clicks_before: Clicks | None  # Up to the order.
    codes: Codes
    screened: Screened | None
    earned: Earned | None
    other_claims: int


def find_order(number: str, ordered_on: date) -> Order | None:
    """Return the order of this number nearest to a day, or the one the shop calls so itself.

    The number is compared without case and without a leading ``#``, within ``AROUND`` of the day.
    """
    middle = datetime.combine(ordered_on, time(12), Programme.get().zone)
    names = [number, f"#{number}"]
    near = (
        Order.objects.filter(placed_at__gte=middle - AROUND, placed_at__lte=middle + AROUND)
        .annotate(upper=Upper("number"), upper_id=Upper("external_id"))
        .filter(Q(upper__in=names) | Q(upper_id=number))
        .select_related("shop")
    )
    return min(near, key=lambda order: (abs(order.placed_at - middle), order.pk), default=None)


def gather(claim: Claim, order: Order | None, *, now: datetime) -> Evidence:
    """Return what is known about a claim, saved or not, and the ``order`` it is about.

    A fixed number of queries. Amounts in minor units, moments as ISO 8601 text.
    """
    affiliate_id = claim.affiliate_id
    decided = _decided(order, affiliate_id) if order else None
    commission = _commission(decided)
    evidence = Evidence(
        at=now.isoformat(),
        verdict="",
        order=_order(order, claim) if order else None,
        decided=decided,
        clicks=_clicks(affiliate_id, _end_of(claim.ordered_on)),
        clicks_before=_clicks(affiliate_id, order.placed_at) if order else None,
        codes=_codes(order, affiliate_id),
        screened=_screened(decided),
        earned=_earned(commission) if commission else None,
        other_claims=_other_claims(claim, order),
    )
    evidence["verdict"] = verdict_of(evidence)
    return evidence


def verdict_of(evidence: Evidence) -> str:
    """Return the short of the evidence.

    ``not_found``, ``test_order``, ``cancelled``, ``returned``, ``undecided`` (the order waits for
    its attribution), ``refused``, ``yours``, ``shared``, ``other`` or ``nobody``.
    """
    order, decided, earned = evidence["order"], evidence["decided"], evidence["earned"]
    if order is None:
        return "not_found"
    if order["is_test"]:
        return "test_order"
    if order["cancelled_at"]:
        return "cancelled"
    if order["quantity"] and order["returned"] >= order["quantity"]:
        return "returned"
    if decided is None:
        return "undecided"
    if earned is not None and earned["status"] == CommissionStatus.REVERSED:
        return "refused"
    if decided["credit_id"] is not None:
        return "shared" if decided["others"] else "yours"
    return "other" if decided["others"] else "nobody"


def likely_answer(kind: str, evidence: Evidence) -> str:
    """Return the code of the answer that the evidence speaks for; empty when it is open."""
    verdict, decided = evidence["verdict"], evidence["decided"]
    if verdict in ("not_found", "test_order"):
        return "order_not_found"
    if verdict in ("cancelled", "returned"):
        return "returned"
    if verdict in ("yours", "shared"):
        return "credited_since" if kind == ClaimKind.MISSING else "amount_right"
    lost = {touch["reason"] for touch in decided["touches"]} if decided else set()
    if verdict == "nobody" and not lost:
        before = evidence["clicks_before"] or evidence["clicks"]
        return "" if before["visits"] else "no_click"
    if "outside_window" in lost:
        return "outside_window"
    if lost & {"code_not_valid", "code_used_up"}:
        return "code_not_valid"
    return "another_led" if verdict == "other" else ""


def agrees(order: OrderFound) -> bool | None:
    """Tell whether the claimed amount is the order's; None: none was claimed."""
    if order["off_minor"] is None:
        return None
    return abs(order["off_minor"]) * 10_000 <= abs(order["net_minor"]) * AGREES_WITHIN_BPS


def _order(order: Order, claim: Claim) -> OrderFound:
    lines = OrderLine.objects.filter(order=order, kind=LineKind.PRODUCT)
    sums = lines.aggregate(net=Sum("net_minor"), quantity=Sum("quantity"))
    returned = ReturnLine.objects.filter(line__in=lines).aggregate(n=Sum("quantity"))["n"]
    net, claimed = sums["net"] or 0, claim.amount_minor
    placed_on = order.placed_at.astimezone(Programme.get().zone).date()
    return OrderFound(
        id=order.pk,
        number=order.number,
        shop=order.shop.name,
        placed_at=order.placed_at.isoformat(),
        days_off=(placed_on - claim.ordered_on).days,
        net_minor=net,
        currency=order.currency,
        off_minor=None if claimed is None else claimed - net,
        is_test=order.is_test,
        cancelled_at=order.cancelled_at.isoformat() if order.cancelled_at else None,
        quantity=sums["quantity"] or 0,
        returned=returned or 0,
    )


def _decided(order: Order, affiliate_id: int) -> Decided | None:
    found = trace(order.pk)
    attribution: Attribution | None = found.attribution
    if attribution is None:
        return None
    own = next((one for one in found.credits if one.affiliate_id == affiliate_id), None)
    touches = [one for one in found.touchpoints if one.affiliate_id == affiliate_id]
    return Decided(
        outcome=attribution.outcome,
        reason=attribution.reason,
        at=attribution.decided_at.isoformat(),
        credit_id=own.pk if own else None,
        share_bps=own.share_bps if own else None,
        others=_shares(found.credits, affiliate_id),
        touches=[_touch(one) for one in touches[:MOST_TOUCHES]],
        other_touches=len(found.touchpoints) - len(touches),
    )


def _shares(credits: Iterable[Credit], affiliate_id: int) -> list[tuple[int, int]]:
    return [(one.affiliate_id, one.share_bps) for one in credits
            if one.affiliate_id != affiliate_id]  # fmt: skip


def _touch(touchpoint: Touchpoint) -> Touch:
    source: Any = touchpoint.link or touchpoint.coupon_code
    return Touch(
        kind=touchpoint.kind,
        at=touchpoint.at.isoformat(),
        name=getattr(source, "label", "") or str(source),
        won=touchpoint.won,
        reason=touchpoint.reason,
    )


def _clicks(affiliate_id: int, until: datetime) -> Clicks:
    since = (until - CLICKS_BEFORE).replace(minute=0, second=0, microsecond=0)
    rows = ClickHour.objects.filter(
        affiliate_id=affiliate_id, hour__gte=since, hour__lt=until, visits__gt=0
    )
    hours = rows.values_list("hour").annotate(n=Sum("visits")).order_by("-hour")
    found: Sequence[tuple[datetime, int]] = list(hours)
    return Clicks(
        since=since.isoformat(),
        until=until.isoformat(),
        visits=sum(number for _hour, number in found),
        hours=[(hour.isoformat(), number) for hour, number in found[:MOST_HOURS]],
    )


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), Programme.get().zone)


def _codes(order: Order | None, affiliate_id: int) -> Codes:
    typed = {normalized(code): code for code in order.codes} if order else {}
    found = Codes(own=[], others=[], unknown=[])
    if order is None or not typed:
        return found
    rows = CouponCode.objects.annotate(upper=Upper("code")).filter(shop=order.shop_id)
    owner_of = dict(rows.filter(upper__in=typed).values_list("upper", "affiliate"))
    for name, code in typed.items():
        owner = owner_of.get(name)
        if owner is None:
            found["unknown"].append(code)
        elif owner == affiliate_id:
            found["own"].append(code)
        else:
            found["others"].append((code, owner))
    return found


def _screened(decided: Decided | None) -> Screened | None:
    if decided is None or decided["credit_id"] is None:
        return None
    screening = Screening.objects.filter(credit=decided["credit_id"]).first()
    if screening is None:
        return None
    signals = screening.signals.order_by("pk").values_list("code", flat=True)
    return Screened(decision=screening.decision, signals=list(signals))


def _commission(decided: Decided | None) -> Commission | None:
    if decided is None or decided["credit_id"] is None:
        return None
    return Commission.objects.filter(credit=decided["credit_id"]).first()


def _earned(commission: Commission) -> Earned:
    standing = Block.objects.filter(commission=commission, released_at__isnull=True)
    return Earned(
        id=commission.pk,
        status=commission.status,
        amount_minor=commission.amount_minor,
        standing_minor=standing_minor(commission),
        currency=commission.currency,
        hold_until=commission.hold_until.isoformat(),
        reversal_reason=commission.reversal_reason,
        blocks=list(standing.order_by("pk").values_list("kind", flat=True)),
    )


def _other_claims(claim: Claim, order: Order | None) -> int:
    """Count what else was claimed for the order, by whomever."""
    same = Q(order_number=claim.order_number, affiliate=claim.affiliate_id)
    if order is not None:
        same |= Q(order=order)
    return Claim.objects.filter(same).exclude(pk=claim.pk).count()
