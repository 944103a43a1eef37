"""Proxies of quality: what an affiliate's, or a kind's, visits and sales are like. Never lift."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet, Sum

from affiliates.models import Affiliate, AffiliateKind
from core.money import Money
from fraud.models import SalesDay, TrafficDay
from payouts.models import Commission, CommissionStatus
from portal.queries.staff_case_view import LOOK_BACK, Share
from shop.counting import number_of_orders
from shop.models import LineKind, OrderLine

CURVE = timedelta(days=90)
_ORDER = "credit__order__"
#: name, what is counted, of what it is known, of what it is.
_OF_VISITS = (
    ("session_open", "session_open", "session_known", "clicks"),
    ("basket_before", "basket_before", "session_known", "clicks"),
)
_OF_SALES = (
    ("new_customers", "new_customers", "customer_known", "orders"),
    ("returned", "returned", "orders", "orders"),
    ("cancelled", "cancelled", "orders", "orders"),
    ("by_code_only", "by_code_only", "orders", "orders"),
)
_COLUMNS: dict[type[TrafficDay] | type[SalesDay], tuple[str, ...]] = {
    TrafficDay: ("clicks", "session_known", "session_open", "basket_before"),
    SalesDay: (
        "orders",
        "customer_known",
        "new_customers",
        "returned",
        "cancelled",
        "by_code_only",
    ),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A share now, in the thirty days before, and of the kind."""

    now: Share
    before: Share
    kind: Share


@dataclass(frozen=True, slots=True)
class Source:
    """What a link, a code or an affiliate sold, and what it was paid, in minor units."""

    name: str
    orders: int
    new_customers: int
    net_minor: int
    commission_minor: int


@dataclass(frozen=True, slots=True)
class Curve:
    """Sources by what they sold for each unit of commission, best first, added up.

    ``points``: for each tenth of the commission, the share of the sales it brought, in basis
    points. ``last``: what the last tenth brought, pro rata of the source that it begins in.
    """

    points: list[tuple[int, int]]
    sources: int
    net: Money
    commission: Money
    last_net: Money
    last_commission: Money


def figures(affiliate: Affiliate, now: datetime) -> list[Figure]:
    """Return the shares of an affiliate, then and now, beside those of the others of its kind."""
    others = Affiliate.objects.filter(kind=affiliate.kind).exclude(pk=affiliate.pk)
    kind = shares(list(others.values_list("pk", flat=True)), now)
    ours = shares([affiliate.pk], now)
    before = shares([affiliate.pk], now - LOOK_BACK)
    return [Figure(*row) for row in zip(ours, before, kind, strict=True)]


def shares(affiliate_ids: Collection[int], now: datetime) -> list[Share]:
    """Return every share of some affiliates together, over thirty days. Two queries."""
    sums: Counter[str] = Counter()
    period = {"day__gt": (now - LOOK_BACK).date(), "day__lte": now.date()}
    for model, columns in _COLUMNS.items():
        rows = model.objects.filter(affiliate_id__in=affiliate_ids, **period)
        found = rows.aggregate(**{f"sum_{name}": Sum(name) for name in columns})
        sums.update({name: found[f"sum_{name}"] or 0 for name in columns})
    return [
        Share(name, sums[hits], sums[known], sums[of])
        for name, hits, known, of in (*_OF_VISITS, *_OF_SALES)
    ]


def kinds(now: datetime) -> list[tuple[str, int, list[Share]]]:
    """Return each kind with its number of affiliates and its shares."""
    found = []
    for kind in AffiliateKind:
        ids = list(Affiliate.objects.filter(kind=kind).values_list("pk", flat=True))
        if ids:
            found.append((str(kind.label), len(ids), shares(ids, now)))
    return found


def sources_of_affiliate(affiliate_id: int, currency: str, now: datetime) -> list[Source]:
    """Return what each link and code of an affiliate sold in ninety days, and was paid."""
    names = (
        ("credit__touchpoint__link__code", "order__credits__touchpoint__link__code"),
        ("credit__touchpoint__coupon_code__code", "order__credits__touchpoint__coupon_code__code"),
    )
    found: list[Source] = []
    for by, of_line in names:
        rows = _standing(currency, now).filter(affiliate=affiliate_id, **{f"{by}__isnull": False})
        lines = {f"{of_line}__isnull": False, "order__credits__affiliate": affiliate_id}
        found += _sources(rows, _net_by(of_line, lines, currency, now), by)
    return found


def sources_of_kind(kind: str, currency: str, now: datetime) -> list[Source]:
    """Return what each affiliate of a kind sold in ninety days, and was paid."""
    rows = _standing(currency, now).filter(affiliate__kind=kind)
    lines = {"order__credits__affiliate__kind": kind}
    nets = _net_by("order__credits__affiliate__name", lines, currency, now)
    return _sources(rows, nets, "affiliate__name")


def curve_of(sources: Sequence[Source], currency: str) -> Curve | None:
    """Return how sales add up over the commission, best sources first; None without commission."""
    paid = [one for one in sources if one.commission_minor > 0]
    total = sum(one.commission_minor for one in paid)
    net = sum(one.net_minor for one in paid)
    if not total or net <= 0:
        return None
    best = sorted(paid, key=lambda one: (-one.net_minor * total // one.commission_minor, one.name))
    points = [(tenth, _net_at(best, total * tenth // 10) * 10_000 // net) for tenth in range(11)]
    last = net - _net_at(best, total * 9 // 10)
    return Curve(
        points=points,
        sources=len(paid),
        net=Money(net, currency),
        commission=Money(total, currency),
        last_net=Money(last, currency),
        last_commission=Money(total - total * 9 // 10, currency),
    )


def _net_at(best: Sequence[Source], commission: int) -> int:
    """Return what was sold for the first ``commission`` minor units."""
    net = 0
    for one in best:
        if commission <= 0:
            break
        part = min(commission, one.commission_minor)
        net += one.net_minor * part // one.commission_minor
        commission -= part
    return net


def _standing(currency: str, now: datetime) -> QuerySet[Commission]:
    return Commission.objects.filter(
        currency=currency, credit__order__placed_at__gt=now - CURVE, credit__order__is_test=False
    ).exclude(status=CommissionStatus.REVERSED)


def _net_by(name: str, which: Mapping[str, object], currency: str, now: datetime) -> dict[str, int]:
    """Return the net price of products of the orders that stand, in minor units, by ``name``."""
    standing = [status for status in CommissionStatus if status != CommissionStatus.REVERSED]
    # One call: the conditions must be about the same credit.
    lines = OrderLine.objects.filter(
        **which,
        kind=LineKind.PRODUCT,
        order__currency=currency,
        order__placed_at__gt=now - CURVE,
        order__is_test=False,
        order__credits__commission__status__in=standing,
    )
    return dict(lines.values_list(name).annotate(Sum("net_minor")).order_by())


def _sources(rows: QuerySet[Commission], nets: Mapping[str, int], by: str) -> list[Source]:
    sums = (
        rows.values_list(by)
        .annotate(
            orders=number_of_orders(_ORDER),
            new=number_of_orders(_ORDER, among=Q(credit__order__is_new_customer=True)),
            paid=Sum("amount_minor"),
        )
        .order_by()
    )
    return [Source(name, orders, new, nets.get(name, 0), paid) for name, orders, new, paid in sums]
