"""The task that makes of deliveries what they say."""

import json

import pytest

from shop import tasks
from shop.models import InboundEvent, Order
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
