"""What does not happen every day, so that every screen of the demo has something to show."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from demo import catalogue
from payouts.models import Commission, CommissionStatus
from portal.demo import cast
from portal.demo.cast import Role
from portal.demo.history import DAY, DAYS, History
from portal.demo.purchases import Customer, Trail, money_back, whole_lines_back
from portal.demo.world import World
from shop.domain.canonical import CanonicalLine
from shop.models import LineKind, OrderLine
from tracking.services import clicks


def plan(world: World, history: History, *, now: datetime) -> None:
    """Let the incidents of the history come, each on its day."""
    begins = now - DAYS * DAY
    own_purchase(history, begins + 38 * DAY, cast.ADA)
    same_account(history, begins + 62 * DAY, now - 3 * DAY, cast.NADIA)
    _order_before_the_click(world, history, begins + 55 * DAY)
    _line_without_cost(history, now - 9 * DAY)
    _test_order(history, now - 12 * DAY)
    _return_of_an_unknown_order(history, now - 6 * DAY)
    _exchange(history, now - 21 * DAY)
    _money_back(history, now - 16 * DAY)


def return_something_paid(history: History, *, now: datetime) -> None:
    """Let goods come back whose commission has already been paid: the next payout is smaller."""
    paid = (
        Commission.objects.filter(
            status=CommissionStatus.PAID,
            affiliate__name=cast.ADA.name,
            credit__order__returns__isnull=True,
            amount_minor__gte=500,
        )
        .select_related("credit__order")
        .order_by("amount_minor", "pk")
        .first()
    )
    if paid is None:
        return
    order = paid.credit.order
    lines = OrderLine.objects.filter(order=order, kind="product").order_by("pk")[:1]
    back = [
        CanonicalLine(
            external_id=line.external_id,
            kind=line.kind,
            sku=line.sku,
            title=line.title,
            quantity=line.quantity,
            net_minor=line.net_minor,
        )
        for line in lines
    ]
    history.will_happen(whole_lines_back(order.external_id, back, now), now)


def own_purchase(history: History, at: datetime, role: Role) -> None:
    """Somebody buys with their own code: refused, because the address is theirs."""
    herself = Customer(account=f"c-{role.key}", email=role.email)
    order = history.customers.order(at, _code(role), by=herself)
    history.will_happen(order, at)


def same_account(history: History, first: datetime, second: datetime, role: Role) -> None:
    """Somebody's customer account is used with another address: a person must decide."""
    account, family = f"c-{role.key}", role.person.split()[-1].lower()
    herself = Customer(account=account, email=role.email)
    history.will_happen(history.customers.order(first, Trail(), by=herself), first)
    household = Customer(account=account, email=f"famille.{family}@courriel.example")
    order = history.customers.order(second, _code(role), by=household)
    history.will_happen(order, second)


def _order_before_the_click(world: World, history: History, at: datetime) -> None:
    """A second click of the comparison site is made nine minutes after the order: refused."""
    link = world.links[cast.COMPARISON.key][0]
    tokens = [
        clicks.record(
            link=link,
            consent=True,
            navigation=navigation,
            referrer_host="comparamode.example",
            now=moment,
        )
        for moment, navigation in (
            (at - timedelta(hours=3), "followed"),
            (at + timedelta(minutes=9), "forwarded"),
        )
    ]
    trail = Trail(tokens=tuple(token for token in tokens if token))
    history.will_happen(history.customers.order(at, trail), at + timedelta(minutes=12))


def _line_without_cost(history: History, at: datetime) -> None:
    """A product that nobody has entered a cost for is sold by Inès: the commission waits."""
    order = history.customers.order(at, _code(cast.INES), skus=[catalogue.WITHOUT_COST, "RB05-CAM"])
    history.will_happen(order, at)


def _test_order(history: History, at: datetime) -> None:
    order = history.customers.order(at, _code(cast.ADA), is_test=True)
    history.will_happen(order, at)


def _return_of_an_unknown_order(history: History, at: datetime) -> None:
    line = CanonicalLine(
        external_id="1", kind="product", sku="CT04-IVO", title="", quantity=1, net_minor=2_417
    )
    history.will_happen(whole_lines_back("9714", [line], at), at)


def _exchange(history: History, at: datetime) -> None:
    """A size too small: the goods come back, and another order replaces them."""
    order = history.customers.order(at, _code(cast.ADA))
    history.will_happen(order, at)
    exchanged_at = at + 6 * DAY
    goods = [line for line in order.lines if line.kind == LineKind.PRODUCT][:1]
    history.will_happen(whole_lines_back(order.external_id, goods, exchanged_at), exchanged_at)
    other = history.customers.order(exchanged_at, Trail(), skus=[line.sku for line in goods])
    history.will_happen(replace(other, follows_external_id=order.external_id), exchanged_at)


def _money_back(history: History, at: datetime) -> None:
    """A button was missing: the customer keeps the goods and gets some money back."""
    order = history.customers.order(at, _code(cast.ADA))
    history.will_happen(order, at)
    history.will_happen(money_back(order.external_id, 1_500, at + 3 * DAY), at + 3 * DAY)


def _code(role: Role) -> Trail:
    return Trail(code=role.code, discount_bps=role.discount_bps, store=role.store)
