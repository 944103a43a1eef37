"""What creators and stores brought, from commissions: for the ranking and the league."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest

from affiliates.models import AffiliateKind
from core.money import BPS
from fraud.models import Observation
from influencers.domain.audience import WINDOW_DAYS
from influencers.domain.league import Placed
from influencers.queries import stores
from influencers.queries.standing import CreatorStanding, Outside, standings
from influencers.queries.stores import Brought
from influencers.services.profiles import CREATORS
from payouts.models import Adjustment, Commission, CommissionLine, CommissionStatus
from portal.queries.staff_dashboard import currency_of_programme
from shop.counting import counted, number_of_orders
from shop.models import ReturnLine

LEAKED = "leaked_code"


def where_they_stand(now: datetime) -> dict[int, CreatorStanding]:
    """Return where every creator stands, with what commissions and checks say of them."""
    found = Outside(margins=margins(now, currency_of_programme()), leaked=leaked())
    return standings(found, now)


def margins(now: datetime, currency: str) -> dict[int, int]:
    """Return what creators brought in 90 days: counted margin less returns and commission.

    Minor units of ``currency``. The margin is the one by which commissions are computed, which is
    public by construction where terms pay on it. Three queries, however many creators.
    """
    kept = _kept(CREATORS, now - timedelta(days=WINDOW_DAYS), now, currency)
    back = (
        ReturnLine.objects.filter(line=OuterRef("order_line"))
        .order_by()
        .values("line")
        .annotate(pieces=Sum("quantity"))
        .values("pieces")
    )
    lines = (
        CommissionLine.objects.filter(
            commission__in=kept.values("pk"), margin_minor__gt=0, order_line__quantity__gt=0
        )
        .annotate(back=Coalesce(Subquery(back), 0))
        .annotate(left=Greatest(F("order_line__quantity") - F("back"), 0))
        .values_list("commission__affiliate")
        .annotate(
            margin=Sum(
                F("margin_minor")
                * F("left")
                * F("commission__credit__share_bps")
                / (F("order_line__quantity") * BPS)
            )
        )
        .order_by()
    )
    paid = _worth(kept, "affiliate")
    brought = dict(lines)
    return {pk: brought.get(pk, 0) - paid.get(pk, 0) for pk in {*brought, *paid}}


def leaked() -> frozenset[int]:
    """Return whose promo codes are used mostly by buyers who never came from them."""
    rows = Observation.objects.filter(code=LEAKED, ended_at__isnull=True)
    return frozenset(rows.values_list("affiliate", flat=True))


def league_of(since: datetime, until: datetime, currency: str) -> list[Placed]:
    """Return the stores by what their employees brought with orders of a period. Five queries."""
    kept = _kept([AffiliateKind.EMPLOYEE], since, until, currency)
    orders = dict(
        kept.values_list("affiliate__store")
        .annotate(n=Count("credit__order", distinct=True, filter=counted("credit__order__")))
        .order_by()
    )
    worth = _worth(kept, "affiliate__store")
    brought = {
        store: Brought(orders=orders.get(store, 0), commission_minor=worth.get(store, 0))
        for store in {*orders, *worth}
    }
    return stores.placed(brought, currency)


def brought_by(
    affiliate_ids: Collection[int], since: datetime, until: datetime, currency: str
) -> dict[int, Brought]:
    """Return what each of some affiliates brought with orders of a period. Three queries."""
    kept = _kept(CREATORS, since, until, currency).filter(affiliate__in=affiliate_ids)
    orders = dict(
        kept.values_list("affiliate").annotate(n=number_of_orders("credit__order__")).order_by()
    )
    worth = _worth(kept, "affiliate")
    return {
        pk: Brought(orders=orders.get(pk, 0), commission_minor=worth.get(pk, 0))
        for pk in affiliate_ids
    }


def _kept(
    kinds: Collection[str], since: datetime, until: datetime, currency: str
) -> QuerySet[Commission]:
    """Return the commissions that stand, of orders placed in a period."""
    return Commission.objects.filter(
        affiliate__kind__in=kinds,
        currency=currency,
        credit__order__placed_at__gt=since,
        credit__order__placed_at__lte=until,
        credit__order__is_test=False,
    ).exclude(status=CommissionStatus.REVERSED)


def _worth(kept: QuerySet[Commission], by: str) -> dict[str | int, int]:
    """Return the commissions with what was added and taken off since, in minor units."""
    first = dict(kept.values_list(by).annotate(Sum("amount_minor")).order_by())
    later = dict(
        Adjustment.objects.filter(commission__in=kept.values("pk"))
        .values_list(f"commission__{by}")
        .annotate(Sum("amount_minor"))
        .order_by()
    )
    return {key: first.get(key, 0) + later.get(key, 0) for key in {*first, *later}}
