"""The pull that gives every order to somebody or to nobody (docs/rules/attribution.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Upper

from affiliates.models import Affiliate, AffiliateStatus
from affiliates.queries import TermsIndex
from core.money import BPS
from shop.models import Order
from tracking import queries
from tracking.domain.attribution import (
    CLICK,
    CODE,
    LAST_ELIGIBLE,
    Candidate,
    Decision,
    attribute,
)
from tracking.domain.codes import normalized
from tracking.domain.references import to_uuid
from tracking.models import (
    Attribution,
    AttributionPolicy,
    Click,
    CouponCode,
    Credit,
    Link,
    Outcome,
    Touchpoint,
)


@transaction.atomic
def attribute_pending(*, now: datetime, limit: int = 500, since: datetime | None = None) -> int:
    """Decide about up to ``limit`` orders that have no attribution; return how many.

    Orders wait until every click up to their time is known (``queries.watermark``). With
    ``since`` only orders received from then on are looked at. Safe to repeat and to run in
    parallel: each run takes orders that no other holds, and one order is decided once.
    """
    orders = _lock_orders(now, limit, since)
    if not orders:
        return 0
    known = _gather(orders)
    decisions = [
        attribute(known.candidates(order), ordered_at=order.placed_at, policy=LAST_ELIGIBLE)
        for order in orders
    ]
    _store(orders, decisions, known, now)
    return len(orders)


def _lock_orders(now: datetime, limit: int, since: datetime | None) -> list[Order]:
    decided = Attribution.objects.filter(order=OuterRef("pk"))
    waiting = Order.objects.filter(~Exists(decided), placed_at__lte=queries.watermark(now))
    if since is not None:
        waiting = waiting.filter(received_at__gte=since)
    locked = list(
        waiting.order_by("pk").select_for_update(skip_locked=True, no_key=True, of=("self",))[
            :limit
        ]
    )
    # Another run may have decided and committed between our snapshot and our lock: look again.
    taken = set(Attribution.objects.filter(order__in=locked).values_list("order_id", flat=True))
    return [order for order in locked if order.pk not in taken]


@dataclass(frozen=True, slots=True)
class _Known:
    """Everything that the orders of one batch name, loaded at once."""

    clicks: dict[UUID, list[Click]]
    links: dict[int, Link]
    codes: dict[tuple[int, str], CouponCode]
    affiliates: dict[int, Affiliate]
    terms: TermsIndex

    def candidates(self, order: Order) -> Iterable[Candidate]:
        """Yield the touchpoints that the order names and we know."""
        for visitor in visitors_of(order):
            for click in self.clicks.get(visitor, ()):
                yield self._from_click(order, click)
        for name in {normalized(code) for code in order.codes}:
            code = self.codes.get((order.shop_id, name))
            if code is not None:
                yield self._from_code(order, code)

    def _from_click(self, order: Order, click: Click) -> Candidate:
        link = self.links[click.link_id]
        return Candidate(
            kind=CLICK,
            source_id=click.pk,
            affiliate_id=link.affiliate_id,
            at=click.clicked_at,
            window_days=self._window(link.affiliate_id, order.placed_at),
            affiliate_active=self._was_active(link.affiliate_id, order.placed_at),
            same_shop=link.shop_id == order.shop_id,
        )

    def _from_code(self, order: Order, code: CouponCode) -> Candidate:
        return Candidate(
            kind=CODE,
            source_id=code.pk,
            affiliate_id=code.affiliate_id,
            at=order.placed_at,
            window_days=self._window(code.affiliate_id, order.placed_at),
            affiliate_active=self._was_active(code.affiliate_id, order.placed_at),
            code_valid=code.valid_from <= order.placed_at
            and (code.valid_to is None or order.placed_at < code.valid_to),
        )

    def _window(self, affiliate_id: int, moment: datetime) -> int | None:
        terms = self.terms.at(affiliate_id, moment)
        return None if terms is None else terms.window_days

    def _was_active(self, affiliate_id: int, moment: datetime) -> bool:
        affiliate = self.affiliates[affiliate_id]
        return affiliate.status == AffiliateStatus.ACTIVE or moment < affiliate.status_changed_at


def visitors_of(order: Order) -> set[UUID]:
    """Return the visitors whose references the order carries; anything else is left out."""
    return {one for one in map(to_uuid, order.click_tokens) if one is not None}


def _gather(orders: Collection[Order]) -> _Known:
    visitors = {one for order in orders for one in visitors_of(order)}
    names = {normalized(code) for order in orders for code in order.codes}
    clicks: dict[UUID, list[Click]] = defaultdict(list)
    if visitors:
        for click in Click.objects.filter(visitor__in=visitors):
            clicks[cast(UUID, click.visitor)].append(click)
    links = Link.objects.in_bulk({one.link_id for path in clicks.values() for one in path})
    codes: dict[tuple[int, str], CouponCode] = {}
    if names:
        rows = CouponCode.objects.annotate(name=Upper("code")).filter(
            shop__in={order.shop_id for order in orders}, name__in=names
        )
        codes = {(row.shop_id, row.name): row for row in rows}
    affiliate_ids = {link.affiliate_id for link in links.values()} | {
        code.affiliate_id for code in codes.values()
    }
    return _Known(
        clicks=clicks,
        links=links,
        codes=codes,
        affiliates=Affiliate.objects.in_bulk(affiliate_ids),
        terms=TermsIndex(affiliate_ids),
    )


def _store(orders: list[Order], decisions: list[Decision], known: _Known, now: datetime) -> None:
    policy = AttributionPolicy.objects.get(number=1)
    attributions = Attribution.objects.bulk_create(
        Attribution(
            order=order,
            outcome=Outcome.ATTRIBUTED if decision.winner else Outcome.NOBODY,
            reason=decision.reason,
            policy=policy,
            decided_at=now,
        )
        for order, decision in zip(orders, decisions, strict=True)
    )
    click_of = {click.pk: click for path in known.clicks.values() for click in path}
    touchpoints = Touchpoint.objects.bulk_create(
        Touchpoint(
            attribution=attribution,
            kind=verdict.candidate.kind,
            affiliate_id=verdict.candidate.affiliate_id,
            at=verdict.candidate.at,
            link_id=click_of[verdict.candidate.source_id].link_id
            if verdict.candidate.kind == CLICK
            else None,
            coupon_code_id=None if verdict.candidate.kind == CLICK else verdict.candidate.source_id,
            won=verdict.won,
            reason=verdict.reason,
        )
        for attribution, decision in zip(attributions, decisions, strict=True)
        for verdict in decision.verdicts
    )
    won = {touchpoint.attribution_id: touchpoint for touchpoint in touchpoints if touchpoint.won}
    Credit.objects.bulk_create(
        _credit(order, decision.winner, won[attribution.pk], known, click_of, now)
        for order, attribution, decision in zip(orders, attributions, decisions, strict=True)
        if decision.winner
    )


def _credit(
    order: Order,
    winner: Candidate,
    touchpoint: Touchpoint,
    known: _Known,
    click_of: dict[int, Click],
    now: datetime,
) -> Credit:
    terms = known.terms.at(winner.affiliate_id, order.placed_at)
    if terms is None:
        raise LookupError(f"{order} was won without terms.")  # A8 excludes it.
    credit = Credit(
        order=order,
        affiliate_id=winner.affiliate_id,
        touchpoint=touchpoint,
        terms=terms,
        share_bps=BPS,
        created_at=now,
    )
    if winner.kind == CLICK:
        click = click_of[winner.source_id]
        credit.click_at = click.clicked_at
        credit.click_age_seconds = int((order.placed_at - click.clicked_at).total_seconds())
        credit.sub_id, credit.surface = click.sub_id, click.surface
    return credit
