"""Facts that become events: to whom they go, once for good, and how long what was sent is kept."""

from datetime import timedelta

import pytest

from affiliates.models import Affiliate, AffiliateStatus, Event, EventDelivery, EventKey
from affiliates.services import endpoints, event_sending, events
from affiliates.services.events import Fact, tell
from tests.affiliates.hook_world import (
    Clock,
    Scripted,
    make_endpoint,
    make_own_endpoint,
    told,
    turn,
)
from tests.builders import NOW, make_affiliate, make_user
from tests.people import make_ada

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def endpoint():
    return make_endpoint(make_ada())


def test_an_event_goes_to_each_of_its_owners_endpoints_that_want_it():
    ada, other = make_affiliate(), make_affiliate()
    wanting = [make_endpoint(ada), make_endpoint(ada)]
    make_endpoint(ada, types=["payout.paid"])
    make_endpoint(other)
    make_own_endpoint()
    endpoints.delete(endpoint_id=make_endpoint(ada).pk, actor_id=make_user().pk, now=NOW)

    told(wanting[0])

    reached = EventDelivery.objects.values_list("endpoint", flat=True)
    assert sorted(reached) == sorted(one.pk for one in wanting)


def test_facts_of_several_owners_go_each_to_its_own():
    ada, bob = make_affiliate(), make_affiliate()
    hers, his, ours = make_endpoint(ada), make_endpoint(bob), make_own_endpoint()
    make_endpoint(make_affiliate())

    tell(
        [
            Fact(type="link.broken", key="1", at=NOW, affiliate_id=ada.pk),
            Fact(type="link.broken", key="2", at=NOW, affiliate_id=bob.pk),
            Fact(type="payout.paid", key="1", at=NOW, affiliate_id=bob.pk),
            Fact(type="affiliate.suspended", key="1", at=NOW, affiliate_id=ada.pk),
        ],
        now=NOW,
    )

    reached = EventDelivery.objects.order_by("event").values_list("event__key", "endpoint")
    assert list(reached) == [
        ("link.broken:1", hers.pk), ("link.broken:2", his.pk), ("payout.paid:1", his.pk),
        ("affiliate.suspended:1", ours.pk),
    ]  # fmt: skip


def test_a_closed_account_is_told_nothing_more(endpoint, clock):
    told(endpoint)
    own = make_own_endpoint()
    Affiliate.objects.update(status=AffiliateStatus.CLOSED)

    assert event_sending.due_endpoints(now=clock.now) == []
    assert turn(endpoint, Scripted(200), clock) == 0
    tell([Fact(type="link.broken", key="2", at=NOW, affiliate_id=endpoint.affiliate_id)], now=NOW)
    assert endpoint.deliveries.count() == 1
    tell([Fact(type="batch.sent", key="1", at=NOW)], now=NOW)
    assert event_sending.due_endpoints(now=clock.now) == [own.pk]


def test_what_happened_before_an_endpoint_was_made_is_not_told_to_it():
    ada = make_affiliate()
    old, new = make_endpoint(ada), make_endpoint(ada, now=NOW + timedelta(minutes=1))
    told(old)
    assert not new.deliveries.exists()


def test_a_fact_told_twice_is_one_event(endpoint):
    fact = Fact(type="link.broken", key="1", at=NOW, affiliate_id=endpoint.affiliate_id)
    assert [tell([fact], now=NOW), tell([fact, fact], now=NOW)] == [1, 0]
    assert (Event.objects.count(), EventDelivery.objects.count()) == (1, 1)


def test_events_are_never_edited(endpoint, as_owner):
    told(endpoint)
    with pytest.raises(Exception, match="append-only"), as_owner() as cursor:
        cursor.execute("UPDATE affiliates_event SET type = 'ping'")


# --- how long it is kept ---------------------------------------------------------------


def test_logs_are_kept_for_30_days_and_events_for_35(endpoint):
    delivery = told(endpoint)
    assert events.purge(now=NOW + timedelta(days=30)) == 0
    assert events.purge(now=NOW + timedelta(days=31)) == 1
    assert Event.objects.filter(pk=delivery.event_id).exists()
    assert events.purge(now=NOW + timedelta(days=36)) == 1


def test_what_was_told_is_not_told_again_long_after_its_event_is_deleted(endpoint, as_owner):
    """A row can come back to a status after months: its fact has happened all the same."""
    told(endpoint)
    later = NOW + timedelta(days=400)
    events.purge(now=later)
    assert not Event.objects.exists()

    fact = Fact(type="link.broken", key="1", at=later, affiliate_id=endpoint.affiliate_id)
    assert tell([fact], now=later) == 0
    assert not EventDelivery.objects.exists()
    with pytest.raises(Exception, match="append-only"), as_owner() as cursor:
        cursor.execute("DELETE FROM affiliates_eventkey")


def test_a_try_is_about_no_fact_and_leaves_no_key(endpoint):
    events.ping(endpoint_id=endpoint.pk, now=NOW)
    assert not EventKey.objects.exists()
