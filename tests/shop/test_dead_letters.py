"""Deliveries that failed: their bodies wait, and staff are told before any is deleted."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from core.errors import InvalidTransition
from core.models import AuditEntry, Delivery
from core.tasks import purge_rule
from shop.models import InboundEvent, InboundStatus
from shop.services import dead_letters, inbound
from shop.services.health import Light, health_of
from tests.builders import NOW, make_user
from tests.people import make_sam
from tests.portal_staff.connection_world import make_connection, make_failed

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def night(days):
    """What the night does so many days after now: how many were announced, and how many went."""
    now = NOW + days * DAY
    return dead_letters.warn(now=now), dead_letters.drop(now=now)


def letters(sam):
    return Delivery.objects.filter(
        key__startswith="failed-bodies:", key__endswith=f":{sam.pk}"
    ).count()


def test_bodies_are_deleted_a_week_after_staff_were_told_and_not_before():
    sam, event = make_sam(), make_failed(make_connection())

    assert [night(day) for day in (22, 23, 24, 29, 30)] == [(0, 0), (1, 0), (0, 0), (0, 0), (0, 0)]
    assert letters(sam) == 1
    assert night(31) == (0, 1)
    assert night(32) == (0, 0)

    event.refresh_from_db()
    assert (event.status, bytes(event.body), event.sha256) == ("ignored", b"", "0" * 64)
    assert event.error == "Deleted after 30 days without being worked on."
    assert AuditEntry.objects.get(verb="inbound.dropped").data == {"count": 1}


def test_nothing_goes_before_anybody_was_told():
    make_sam()
    make_failed(make_connection(), status_changed_at=NOW - 300 * DAY)

    assert dead_letters.drop(now=NOW) == 0
    assert night(0) == (1, 0)
    assert [night(day) for day in (6, 7)] == [(0, 0), (0, 1)]


def test_without_a_manager_nothing_is_announced_and_nothing_goes():
    event = make_failed(make_connection())
    make_user(is_active=False, roles=["manager"])

    assert [night(day) for day in (23, 31, 60)] == [(0, 0)] * 3
    event.refresh_from_db()
    assert (event.warned_at, bytes(event.body)) == (None, b"{")

    make_sam()
    assert [night(day) for day in (61, 67, 68)] == [(1, 0), (0, 0), (0, 1)]


def test_what_failed_anew_while_it_was_to_be_deleted_stays(monkeypatch):
    make_sam()
    event = make_failed(make_connection())
    night(23)
    drop = dead_letters._drop

    def replayed_first(pks, now):
        inbound.replay(event_id=event.pk, actor=make_user(), now=now)
        inbound.process_pending(now=now)
        return drop(pks, now)

    monkeypatch.setattr(dead_letters, "_drop", replayed_first)

    assert dead_letters.drop(now=NOW + 31 * DAY) == 0
    event.refresh_from_db()
    assert (event.status, bytes(event.body)) == (InboundStatus.FAILED, b"{")


def test_one_letter_tells_of_all_that_are_new():
    sam, connection = make_sam(), make_connection()
    for number in range(3):
        make_failed(connection, event_id=f"e{number}")
    make_failed(connection, event_id="young", status_changed_at=NOW + 10 * DAY)
    make_failed(connection, event_id="done", status=InboundStatus.DONE)

    assert night(23) == (3, 0)
    assert letters(sam) == 1
    body = Delivery.objects.get(key__endswith=f":{sam.pk}").body
    assert "Maison's web shop: 3" in body
    assert "/manage/inbound/" in body


def test_a_replay_begins_the_time_anew():
    make_sam()
    event = make_failed(make_connection())
    night(23)
    inbound.replay(event_id=event.pk, actor=make_user(), now=NOW + 29 * DAY)
    assert night(29) == (0, 0)
    inbound.process_pending(now=NOW + 29 * DAY)

    assert [night(day) for day in (31, 52, 58, 59, 60)] == [(0, 0), (1, 0), (0, 0), (0, 0), (0, 1)]


def test_a_light_says_when_bodies_go():
    connection = make_connection()
    event = make_failed(connection)

    with override("en"):
        early, late = (health_of(connection, now=NOW + days * DAY) for days in (1, 23))
    assert not [why for why in early.why if "deleted" in why]
    assert late.light in {Light.YELLOW, Light.RED}
    assert [why for why in late.why if "deleted" in why]
    assert event.kept_until == NOW + 30 * DAY


def test_what_did_not_fail_cannot_be_given_up():
    event = make_failed(make_connection(), status=InboundStatus.NEW)
    InboundEvent.objects.update(status=InboundStatus.DONE)
    event.refresh_from_db()

    with pytest.raises(InvalidTransition):
        event.give_up("Enough.", at=NOW)


def test_the_nightly_task_announces_and_deletes(time_machine):
    make_sam()
    make_failed(make_connection())

    time_machine.move_to(NOW + 23 * DAY, tick=False)
    assert purge_rule("shop.bodies") == 0
    time_machine.move_to(NOW + 31 * DAY, tick=False)
    assert purge_rule("shop.bodies") == 1
    assert InboundEvent.objects.get().status == InboundStatus.IGNORED
