"""The events of a file through the real pipeline, step by step, by the clock of the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from affiliates.models import IdentityKind
from core.pulls import drain
from fraud.evaluation import programme
from fraud.evaluation.contents import Contents
from fraud.evaluation.landings import DATACENTRE_HEADER, Landings, reference_of
from fraud.evaluation.lines import (
    BeaconLine,
    ClickLine,
    Happening,
    JourneyLine,
    OrderLine,
    ReturnLine,
)
from fraud.evaluation.programme import CURRENCY, Programme
from fraud.services import counting, observing, screening
from shop.domain.canonical import (
    CanonicalLine,
    CanonicalOrder,
    CanonicalReturn,
    CanonicalReturnLine,
)
from shop.services import orders as shop_orders
from shop.services import returns as shop_returns
from tracking.host_marks import read_host_marks
from tracking.landing_links import read_links, read_salts, read_shops, read_windows
from tracking.redirect.core import Core
from tracking.services import attributions, salts
from tracking.services.storing import store
from tracking.snapshot import Snapshot
from tracking.spool import Spool

HOUR_S = 3_600
#: A step ends with the hour in which so many orders wait, and with every day.
ORDERS_A_STEP = 100
#: Older orders were decided about at the end of their own step.
RECEIVED = timedelta(days=1)
#: Lines that are stored at once.
MOST_LINES = 20_000
PRODUCT_LINE = "1"
_ANALYZE = (
    "ANALYZE tracking_click, tracking_journeyevent, tracking_clickcount, tracking_credit,"
    " tracking_touchpoint, tracking_attribution, shop_order, fraud_screening, fraud_signal,"
    " fraud_casecredit, fraud_trafficday, fraud_salesday"
)


class NotStored(Exception):
    """The pipeline did not take what the checks of the file had let through."""


@dataclass(slots=True)
class Run:
    """What waits for the end of the step. ``tell`` hears after each day up to when all is done."""

    contents: Contents
    programme: Programme
    landings: Landings
    tell: Callable[[datetime], None]
    amounts: dict[str, int] = field(default_factory=dict)
    #: The click that an order names, and the affiliate through whom it came last.
    clicks_of_orders: dict[str, str] = field(default_factory=dict)
    affiliates_of_orders: dict[str, str] = field(default_factory=dict)
    lines: list[bytes] = field(default_factory=list)
    orders: list[CanonicalOrder] = field(default_factory=list)
    returns: list[CanonicalReturn] = field(default_factory=list)
    day: date = date.min
    days: int = 0  # That are over.

    def judge(self) -> None:
        """Pass every event of the file, oldest first."""
        until = 0
        for event in self.contents.events():
            if event.ts >= until:
                self._turn(until, event.ts)
                until = (int(event.ts) // HOUR_S + 1) * HOUR_S
            self._take(event)
        if until:
            self._end_step(moment(until))
            self._end_step(moment(until) + counting.SETTLES)
            self._end_day(moment(until) + counting.SETTLES)

    def _turn(self, until: int, ts: float) -> None:
        """End the hour that lasted ``until``, and with it the step or the day; begin that of ts."""
        begins = moment(ts)
        is_next_day = begins.date() > self.day
        if until and (is_next_day or len(self.orders) >= ORDERS_A_STEP):
            self._end_step(moment(until))
        if is_next_day:
            if until:
                self._end_day(moment(until))
            self._begin_day(begins)

    def _take(self, event: Happening) -> None:
        if isinstance(event, ClickLine):
            self._keep(self.landings.click(event))
        elif isinstance(event, BeaconLine):
            self._keep(*self.landings.beacon(event))
        elif isinstance(event, JourneyLine):
            self._keep(*self.landings.journey(event))
        elif isinstance(event, OrderLine):
            self._remember(event)
            self.orders.append(self._order(event))
        elif isinstance(event, ReturnLine):
            self.returns.append(self._return(event))

    def _remember(self, order: OrderLine) -> None:
        self.amounts[order.id] = order.amount_minor
        self.clicks_of_orders[order.id] = order.click
        affiliate = self.landings.affiliate_of(order.click, order.visitor)
        if affiliate:
            self.affiliates_of_orders[order.id] = affiliate

    def _keep(self, *lines: bytes) -> None:
        self.lines += filter(None, lines)
        if len(self.lines) >= MOST_LINES:
            self._store(moment(self.contents.last_ts))

    def _begin_day(self, now: datetime) -> None:
        self.day = now.date()
        salts.rotate(now)
        salts.purge(now)
        snapshot = self.landings.core.snapshot
        snapshot.salts, snapshot.windows = read_salts(now), read_windows(now)
        self.tell(now)

    def _end_step(self, now: datetime) -> None:
        self._store(now)
        shop_id = self.programme.shop_id
        taken = shop_orders.record(shop_id=shop_id, orders=self.orders, now=now).conflicts
        refused = shop_returns.record(shop_id=shop_id, returns=self.returns, now=now).conflicts
        for name, why in {**taken, **refused}.items():
            raise NotStored(f"{name}: {why}")
        if self.orders:
            for _decided in attributions.catch_up(now=now, since=now - RECEIVED):
                pass
            drain(lambda limit: screening.screen_pending(now=now, limit=limit))
        self.orders.clear()
        self.returns.clear()
        counting.count_visits(now=now)
        counting.count_sales(now=now)

    def _end_day(self, now: datetime) -> None:
        self.days += 1
        if (
            self.days & (self.days - 1) == 0
        ):  # As often as tables double, as the server itself does.
            with connection.cursor() as cursor:
                cursor.execute(_ANALYZE)
        observing.observe(now=now)

    def _store(self, now: datetime) -> None:
        with transaction.atomic():
            stored = store(self.lines, now)
        for reject in stored.rejects:
            raise NotStored(f"A line that nobody could read: {reject.reason}")
        self.lines.clear()

    def _order(self, said: OrderLine) -> CanonicalOrder:
        at, keys = moment(said.ts), dict(programme.identity_keys(said.email, said.address))
        tokens = [reference_of(said.visitor)] if said.visitor else []
        visit = self.landings.visits.get(said.click)
        if visit is not None:
            tokens.append(visit.visitor)
        line = CanonicalLine(
            external_id=PRODUCT_LINE,
            kind="product",
            sku="",
            title="Goods",
            quantity=1,
            net_minor=said.amount_minor,
            unit_cost_minor=said.amount_minor // 2,
        )
        return CanonicalOrder(
            external_id=order_key(said.id),
            number=said.id[:64],
            placed_at=at,
            updated_at=at,
            currency=CURRENCY,
            lines=(line,),
            email_key=keys.get(IdentityKind.EMAIL, ""),
            address_key=keys.get(IdentityKind.ADDRESS, ""),
            is_new_customer=said.is_new_customer,
            codes=said.codes,
            click_tokens=tuple(dict.fromkeys(tokens)),
        )

    def _return(self, said: ReturnLine) -> CanonicalReturn:
        line = CanonicalReturnLine(
            external_id=PRODUCT_LINE,
            line_external_id=PRODUCT_LINE,
            sku="",
            quantity=1,
            net_minor=self.amounts.get(said.order, 0),
        )
        return CanonicalReturn(
            external_id=f"{order_key(said.order)}:{said.ts}"[:96],
            order_external_id=order_key(said.order),
            reason="return",
            returned_at=moment(said.ts),
            lines=(line,),
        )


def evaluate(contents: Contents, tell: Callable[[datetime], None]) -> Run:
    """Judge the events of ``contents`` in the current database, which holds nothing else.

    :raises NotStored: when the pipeline refuses an order, a return or a line.
    """
    first = moment(contents.first_ts)
    made = programme.build(contents, first)
    snapshot = Snapshot()
    snapshot.shops, snapshot.windows = read_shops(), read_windows(first)
    snapshot.links = {link.code: link for link in read_links(snapshot.shops)}
    snapshot.marks = read_host_marks()
    core = Core(snapshot, Spool(settings.SPOOL_DIR, "evaluation"))
    core.datacentre_header = DATACENTRE_HEADER
    run = Run(contents, made, Landings(core, made), tell)
    run.judge()
    return run


def moment(ts: float) -> datetime:
    """Return a time of a file, in seconds since 1970."""
    return datetime.fromtimestamp(ts, UTC)


def order_key(name: str) -> str:
    """Return the id of an order under which the shop sends it."""
    return name if len(name) <= 64 else reference_of(f"order {name}")
