"""A platform that does not answer: what must be asked of it waits, and nothing else does."""

from datetime import timedelta

import pytest

from shop import tasks
from shop.connectors.api import ShopUnreachable
from shop.connectors.contract import Record, dumped, parsed
from shop.domain.states import Facts
from shop.models import InboundEvent, InboundStatus, Order
from shop.services import connections, inbound
from tests.builders import make_shop, make_user
from tests.portal_staff.connection_world import make_connection
from tests.shop.test_syncing import NOW, Platform, order

MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.django_db


class Api:
    """A platform's API that is asked for orders, and is away until it is told to be back."""

    def __init__(self):
        self.is_away, self.asked = True, 0

    def order(self, order_id):
        self.asked += 1
        if self.is_away:
            raise ShopUnreachable("No answer.")
        return Record("poll.order", order_id, "1", dumped(order(order_id, 1000)))


@pytest.fixture
def api(monkeypatch):
    api, platform = Api(), Platform()
    read = platform.facts

    def facts(topic, body, context):
        said = parsed(body)
        return Facts(wanted_orders=(said["ask"],)) if "ask" in said else read(topic, body, context)

    monkeypatch.setattr(platform, "facts", facts)
    return api, platform


@pytest.fixture
def two(monkeypatch, api):
    """Two connections, of which the first one's API is away."""
    api, platform = api
    away = make_connection("away-web")
    other = make_connection("other-web", shop=make_shop(code="other"))
    monkeypatch.setattr(inbound, "poller_of", lambda _connection: api)
    monkeypatch.setattr(connections, "connector", lambda _name: platform)
    return away, other


def make_waiting(connection, *said, at=NOW):
    InboundEvent.objects.bulk_create(
        InboundEvent(
            shop=connection.shop, connection=connection, connector="woocommerce",
            topic="order.updated", event_id=f"{at:%H%M}-{number}", received_at=at,
            body=dumped(one), sha256="0" * 64, status_changed_at=at,
        )
        for number, one in enumerate(said)
    )  # fmt: skip


def waiting(connection):
    return connection.inbound_events.filter(status=InboundStatus.NEW)


def test_what_waits_for_one_shop_holds_up_no_other(api, two, time_machine):
    (api, _), (away, other) = api, two
    make_waiting(away, *({"ask": str(number)} for number in range(501)), at=NOW - MINUTE)
    make_waiting(other, order("B", 500))
    time_machine.move_to(NOW, tick=False)

    assert tasks.process_inbound() == 1

    assert Order.objects.get().external_id == "B"
    assert (api.asked, waiting(away).count()) == (1, 501)
    assert list(waiting(away).exclude(attempts=0).values_list("attempts", flat=True)) == [1]


def test_who_is_away_is_asked_again_after_ten_minutes_and_once(api, two):
    (api, _), (away, _other) = api, two
    make_waiting(away, {"ask": "1"}, {"ask": "2"}, {"ask": "3"})

    asked = []
    for minutes in (0, 1, 9, 10, 11, 19, 20):
        inbound.process_pending(now=NOW + minutes * MINUTE)
        asked.append(api.asked)

    assert asked == [1, 1, 1, 2, 2, 2, 3]
    assert list(waiting(away).order_by("pk").values_list("attempts", flat=True)) == [1, 1, 1]


def test_what_needs_no_question_is_read_though_the_platform_is_away(api, two):
    away, _other = two
    make_waiting(away, {"ask": "1"}, {"ask": "2"}, {"ask": "3"}, at=NOW - MINUTE)
    make_waiting(away, order("A", 700))

    for _ in range(3):
        inbound.process_pending(now=NOW, limit=2)

    assert Order.objects.get().external_id == "A"


def test_once_it_answers_all_that_waited_is_asked_for(api, two):
    (api, _), (away, _other) = api, two
    make_waiting(away, {"ask": "1"}, {"ask": "2"})
    inbound.process_pending(now=NOW)
    api.is_away = False

    assert inbound.process_pending(now=NOW + 9 * MINUTE) == 0
    assert inbound.process_pending(now=NOW + 10 * MINUTE) == 2
    assert inbound.process_pending(now=NOW + 10 * MINUTE) == 2

    assert set(Order.objects.values_list("external_id", flat=True)) == {"1", "2"}
    away.refresh_from_db()
    assert away.away_until is None


def test_one_worker_sees_whether_it_is_back(api, two, monkeypatch):
    (api, _), (away, _other) = api, two
    make_waiting(away, {"ask": "1"}, {"ask": "2"})
    inbound.process_pending(now=NOW)
    later = NOW + inbound.AWAY

    def meanwhile(order_id):
        monkeypatch.setattr(api, "order", lambda _order_id: pytest.fail("It is asked twice."))
        inbound.process_pending(now=later)
        raise ShopUnreachable(f"No answer about {order_id}.")

    monkeypatch.setattr(api, "order", meanwhile)
    inbound.process_pending(now=later)

    away.refresh_from_db()
    assert away.away_until == later + inbound.AWAY


def test_who_corrects_the_address_need_not_wait(api, two, monkeypatch):
    (api, platform), (away, _other) = api, two
    make_waiting(away, {"ask": "1"})
    inbound.process_pending(now=NOW)
    api.is_away = False
    monkeypatch.setattr(platform, "fields", (), raising=False)

    connections.change(
        connection_id=away.pk, name=away.name, address="https://new.invalid", entered={},
        timezone="UTC", silent_hours=24, actor=make_user(), now=NOW,
    )  # fmt: skip

    assert inbound.process_pending(now=NOW + MINUTE) == 1
