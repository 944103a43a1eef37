"""Asking a platform: page by page, on from where a round stopped; what differs is taken over."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from shop.connectors.api import ShopRefused, ShopUnreachable
from shop.connectors.contract import Page, Record, UnreadableBody, dumped, parsed
from shop.domain.canonical import CanonicalLine, CanonicalOrder
from shop.domain.states import Facts, OrderState, Stock, UnitCost
from shop.models import (
    Connection,
    Difference,
    DifferenceKind,
    InboundEvent,
    InboundStatus,
    Order,
    Shop,
    SyncKind,
    SyncRun,
    SyncSeen,
)
from shop.services import connections, differences, inbound, syncing
from tests.builders import make_product, make_shop, make_user
from tests.portal_staff.connection_world import make_connection, make_difference, make_failed

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
PLACED = datetime(2026, 6, 29, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


class Platform:
    """A platform of the simplest shape, whose API can be told to fail."""

    subscribes = False

    def __init__(self):
        self.pages = {"": Page(())}
        self.asked = []
        self.faults = []

    # --- the connector
    def facts(self, _topic, body, _context):
        found = parsed(body)
        if "sku" in found:
            return Facts(unit_costs=(UnitCost(sku=found["sku"], unit_cost_minor=found["cost"]),),
                         stocks=(Stock(sku=found["sku"], pieces=3),))  # fmt: skip
        if "id" not in found:
            raise UnreadableBody("At id: missing.")
        lines = [
            CanonicalLine(external_id=str(number), kind="product", sku=f"S{number}", title="A coat",
                          quantity=1, net_minor=net)
            for number, net in enumerate(found["nets"])
        ]  # fmt: skip
        return Facts(orders=(OrderState(order=CanonicalOrder(
            external_id=found["id"], number=found["id"], placed_at=PLACED, currency="EUR",
            updated_at=PLACED + timedelta(hours=found.get("hour", 0)), lines=tuple(lines),
        )),))  # fmt: skip

    # --- its API
    def orders(self, *, since, until, cursor=""):
        self.asked.append((since, until, cursor))
        if self.faults:
            raise self.faults.pop(0)
        return self.pages[cursor]

    def products(self, *, since=None, cursor=""):
        return self.orders(since=since, until=None, cursor=cursor)

    def tell(self, *pages):
        """Let the API have these pages, each a list of what its records say."""
        self.pages = {
            str(number or ""): Page(
                tuple(Record("poll.order", one.get("id", "x"), "1", dumped(one)) for one in page),
                str(number + 1) if number + 1 < len(pages) else "",
            )
            for number, page in enumerate(pages)
        }


@pytest.fixture
def connection():
    return make_connection()


@pytest.fixture
def platform(monkeypatch, connection):  # noqa: ARG001  # Made with its real platform.
    platform = Platform()
    monkeypatch.setattr(syncing, "poller_of", lambda _connection: platform)
    monkeypatch.setattr(connections, "connector", lambda _name: platform)
    return platform


def order(order_id, *nets, hour=0):
    return {"id": order_id, "nets": list(nets), "hour": hour}


def ask(connection, kind=SyncKind.ORDERS, now=NOW):
    run = syncing.run(connection_id=connection.pk, kind=kind, now=now)
    inbound.process_pending(now=now)
    syncing.settle(now=now)
    return run


def test_what_is_not_here_is_taken_over_and_listed(platform, connection):
    platform.tell([order("A", 1000)], [order("B", 2000, 500)])

    run = ask(connection)

    assert set(Order.objects.values_list("external_id", flat=True)) == {"A", "B"}
    assert (run.pages, run.seen, run.differing) == (2, 2, 2)
    assert (run.theirs_minor, run.ours_minor) == (3_500, 0)
    found = Difference.objects.all()
    assert {one.kind for one in found} == {DifferenceKind.MISSING}
    assert all(one.repaired_at == NOW for one in found)
    assert Order.objects.get(external_id="A").connection == connection


def test_the_same_again_differs_in_nothing_and_is_not_kept(platform, connection):
    platform.tell([order("A", 1000)])
    ask(connection)

    run = ask(connection, now=NOW + timedelta(hours=1))

    assert (run.seen, run.differing, run.theirs_minor, run.ours_minor) == (1, 0, 1_000, 1_000)
    assert InboundEvent.objects.count() == 1


def test_an_edit_that_was_missed_is_found(platform, connection):
    platform.tell([order("A", 1000)])
    ask(connection)
    platform.tell([order("A", 1000, 700, hour=2)])

    ask(connection, now=NOW + timedelta(hours=1))

    assert Difference.objects.get(kind=DifferenceKind.LINES).theirs == "1 x S1"
    assert Order.objects.filter(is_addition=True).count() == 1


def test_a_round_begins_two_hours_before_the_last_one_ended(platform, connection):
    ask(connection)
    ask(connection, now=NOW + timedelta(hours=1))

    (first, until, _), (second, _, _) = platform.asked
    assert (first, until) == (NOW - timedelta(days=60), NOW)
    assert second == NOW - timedelta(hours=2)


def test_a_page_that_dies_is_asked_for_again_and_no_other(platform, connection):
    platform.tell([order("A", 1000)], [order("B", 2000)])
    real = platform.orders

    def dies_on_the_second(**asked):
        if asked["cursor"] == "1" and len(platform.asked) == 1:
            platform.asked.append(asked)
            raise ShopUnreachable("The shop's API did not answer in 6 attempts (status 503).")
        return real(**asked)

    platform.orders = dies_on_the_second
    stopped = ask(connection)

    assert (stopped.finished_at, stopped.pages, stopped.attempts) == (None, 1, 1)
    assert "did not answer" in stopped.error
    connection.refresh_from_db()
    assert connection.orders_until is None

    finished = ask(connection, now=NOW + timedelta(hours=1))

    assert finished.pk == stopped.pk
    assert (finished.pages, finished.seen, finished.error) == (2, 2, "")
    assert Order.objects.count() == 2
    connection.refresh_from_db()
    assert connection.orders_until == NOW


def test_a_platform_that_never_answers_is_given_up_and_asked_anew(platform, connection):
    platform.faults = [ShopUnreachable("No answer.")] * syncing.MOST_ATTEMPTS
    for _ in range(syncing.MOST_ATTEMPTS):
        ask(connection)

    assert SyncRun.objects.get().finished_at == NOW
    ask(connection)
    assert SyncRun.objects.count() == 2
    connection.refresh_from_db()
    assert connection.orders_until == NOW


def test_refused_credentials_end_the_round_at_once(platform, connection):
    platform.faults = [ShopRefused("The shop's API refused the credentials (status 401).")]

    run = ask(connection)

    assert (run.finished_at, run.attempts) == (NOW, 1)
    connection.refresh_from_db()
    assert connection.orders_until is None


def test_what_cannot_be_read_is_kept_where_people_see_it(platform, connection):
    platform.tell([{"nets": []}, order("A", 1000)])

    ask(connection)

    assert Order.objects.count() == 1
    failed = InboundEvent.objects.get(status=InboundStatus.FAILED)
    assert failed.error == "At id: missing."


def test_an_order_that_the_shop_does_not_know_is_told_once(platform, connection):
    platform.tell([order("A", 1000), order("B", 2000)])
    ask(connection)
    platform.tell([order("A", 1000)])

    for hours in (24, 48):
        run = ask(connection, SyncKind.COMPARISON, NOW + timedelta(hours=hours))

    found = Difference.objects.get(kind=DifferenceKind.UNKNOWN_THERE)
    assert found.order_external_id == "B"
    assert run.differing == 0
    assert not SyncSeen.objects.exists()

    differences.explain(
        difference_id=found.pk, actor=make_user(), explanation="A test of ours.", now=NOW
    )
    found.refresh_from_db()
    assert (found.explained_at, found.explanation) == (NOW, "A test of ours.")


def test_what_keeps_differing_is_listed_once_and_not_again_after_it_was_explained(
    platform, connection
):
    Shop.objects.update(currency="USD")  # What is told cannot be taken over.
    platform.tell([order("A", 1000)])
    kinds = [SyncKind.ORDERS, SyncKind.COMPARISON, SyncKind.ORDERS]
    rounds = [ask(connection, kind, NOW + number * HOUR) for number, kind in enumerate(kinds)]

    assert [run.differing for run in rounds] == [1, 0, 0]
    found = Difference.objects.get()
    differences.explain(
        difference_id=found.pk, actor=make_user(), explanation="Sold in dollars.", now=NOW
    )
    assert ask(connection, now=NOW + 3 * HOUR).differing == 0
    assert Difference.objects.count() == 1

    platform.tell([order("A", 1500)])
    assert ask(connection, now=NOW + 4 * HOUR).differing == 1
    assert Difference.objects.latest("pk").theirs == "1500"


def test_what_differed_for_days_is_repaired_by_what_is_told_in_the_end(platform, connection):
    Shop.objects.update(currency="USD")
    platform.tell([order("A", 1000)])
    ask(connection)
    Shop.objects.update(currency="EUR")
    platform.tell([order("A", 1000, hour=1)])

    ask(connection, now=NOW + timedelta(days=5))

    found = Difference.objects.get()
    assert (found.found_at, found.repaired_at) == (NOW, NOW + timedelta(days=5))
    assert found.event == InboundEvent.objects.latest("pk")


def test_differences_that_stay_hold_up_no_later_one(platform, connection):
    for name in ("X", "Y", "Z"):  # Read, and not taken over.
        event = make_failed(connection, event_id=name, status=InboundStatus.DONE,
                            body=dumped(order(name, 100)), status_changed_at=NOW)  # fmt: skip
        found = make_difference(connection, event=event, found_at=NOW)
        Difference.objects.filter(pk=found.pk).update(order_external_id=name)
    platform.tell([order("A", 1000)])
    syncing.run(connection_id=connection.pk, kind=SyncKind.ORDERS, now=NOW)
    inbound.process_pending(now=NOW)

    assert [syncing.settle(now=NOW, limit=2) for _ in range(2)] == [1, 0]

    assert Difference.objects.get(repaired_at=NOW).order_external_id == "A"


def test_costs_and_stock_come_with_the_catalogue(platform, connection):
    product = make_product(sku="COAT", shop=connection.shop, cost_minor=None)
    platform.tell([{"sku": "COAT", "cost": 4_000}])

    ask(connection, SyncKind.CATALOGUE)

    product.refresh_from_db()
    assert product.stock == 3
    assert product.costs.get().unit_cost_minor == 4_000
    connection.refresh_from_db()
    assert connection.products_until == NOW


def test_of_a_page_that_was_stored_the_hash_and_the_counts_are_kept(platform, connection):
    make_product(sku="COAT", shop=connection.shop, cost_minor=None)
    pages = [{"sku": "COAT", "cost": 4_000}], [{"sku": "HAT", "cost": 1_000}]
    platform.tell(*pages)

    run = ask(connection, SyncKind.CATALOGUE)

    first, second = (dumped(page[0]) for page in pages)
    chained = hashlib.sha256(hashlib.sha256(first).hexdigest().encode() + second).hexdigest()
    assert (run.pages, run.seen, run.bytes) == (2, 2, len(first) + len(second))
    assert run.sha256 == chained
    assert not InboundEvent.objects.exists()


def test_of_a_page_that_failed_the_newest_body_alone_is_kept(platform, connection):
    make_product(sku="COAT", shop=connection.shop, cost_minor=None)
    for cost, hours in ((-1, 0), (-2, 4), (-2, 8)):
        platform.tell([{"sku": "COAT", "cost": cost}])
        run = ask(connection, SyncKind.CATALOGUE, NOW + timedelta(hours=hours))
        assert run.refused == 1

    first, second = InboundEvent.objects.order_by("pk")
    assert (first.status, bytes(first.body)) == (InboundStatus.IGNORED, b"")
    assert "another answer" in first.error
    assert (second.status, bool(second.body)) == (InboundStatus.FAILED, True)

    platform.tell([{"sku": "COAT", "cost": 4_000}])
    ask(connection, SyncKind.CATALOGUE, NOW + timedelta(hours=12))
    assert not InboundEvent.objects.filter(status=InboundStatus.FAILED).exists()


def test_who_is_paused_is_not_asked_and_deliveries_wait(platform, connection):
    platform.tell([order("A", 1000)])
    ask(connection)
    InboundEvent.objects.update(status=InboundStatus.NEW)
    Connection.objects.update(paused_at=NOW)

    assert ask(connection) is None
    assert len(platform.asked) == 1
    assert InboundEvent.objects.get().status == InboundStatus.NEW


def test_where_there_is_no_api_nobody_is_asked():
    shop = make_shop()
    own = Connection.objects.create(shop=shop, code=shop.code, connector="generic", name="Own",
                                    created_at=NOW)  # fmt: skip

    assert ask(own) is None


def test_a_platform_that_does_not_answer_is_asked_once_in_a_round(
    platform, connection, monkeypatch
):
    class Away:
        asked = 0

        def order(self, _order_id):
            Away.asked += 1
            raise ShopUnreachable("No answer.")

    monkeypatch.setattr(inbound, "poller_of", lambda _connection: Away())
    monkeypatch.setattr(platform, "facts", lambda *_body: Facts(wanted_orders=("A",)))
    for number in range(3):
        make_failed(connection, event_id=str(number), status=InboundStatus.NEW)

    assert inbound.process_pending(now=NOW) == 0

    assert Away.asked == 1
    attempts = InboundEvent.objects.order_by("pk").values_list("attempts", flat=True)
    assert list(attempts) == [1, 0, 0]
    assert set(InboundEvent.objects.values_list("status", flat=True)) == {InboundStatus.NEW}
