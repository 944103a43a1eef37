"""The task that makes of deliveries what they say."""

import json
from datetime import timedelta

import pytest

from core.tasks import purge_rule
from shop import tasks
from shop.models import InboundEvent, InboundStatus, Order
from tests.builders import NOW, make_shop


@pytest.mark.django_db
def test_the_task_drains_what_waits_and_is_safe_to_run_twice():
    body = {"schema": "apport.order.v1", "placed_at": NOW.isoformat(),
            "updated_at": NOW.isoformat(), "currency": "EUR",
            "lines": [{"id": "1", "quantity": 1, "net_minor": 100}]}  # fmt: skip
    InboundEvent.objects.bulk_create(
        InboundEvent(
            shop=make_shop(),
            connector="generic",
            topic="apport.order.v1",
            event_id=f"evt-{number}",
            received_at=NOW,
            body=json.dumps({**body, "id": f"A{number}"}).encode(),
            sha256="0" * 64,
            status_changed_at=NOW,
        )
        for number in range(3)
    )

    assert tasks.process_inbound() == 3
    assert tasks.process_inbound() == 0
    assert Order.objects.count() == 3


@pytest.mark.django_db
def test_bodies_that_were_worked_on_are_emptied_after_thirty_days(time_machine):
    time_machine.move_to(NOW, tick=False)
    for status in InboundStatus:
        for age in (timedelta(days=30), timedelta(days=30, seconds=1)):
            InboundEvent.objects.create(
                shop=make_shop(),
                connector="generic",
                topic="apport.order.v1",
                event_id=f"{status} {age}",
                received_at=NOW - age,
                body=b"what came",
                sha256="1" * 64,
                status=status,
                status_changed_at=NOW,
            )

    assert purge_rule("shop.bodies") == 2
    assert purge_rule("shop.bodies") == 0

    emptied = InboundEvent.objects.filter(body=b"")
    assert set(emptied.values_list("event_id", "sha256")) == {
        ("done 30 days, 0:00:01", "1" * 64),
        ("ignored 30 days, 0:00:01", "1" * 64),
    }
    assert {bytes(event.body) for event in InboundEvent.objects.exclude(body=b"")} == {b"what came"}
