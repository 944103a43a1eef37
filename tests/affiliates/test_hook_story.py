"""From a sale to the affiliate's own server, through the tasks of the workers."""

import json

import pytest
import time_machine
from django.utils import timezone

from affiliates import tasks
from affiliates.models import EventDelivery
from affiliates.services import event_sending
from core.tasks import purge_rule
from payouts import tasks as of_money
from shop.connectors import generic
from tests.affiliates.hook_world import make_endpoint
from tests.builders import NOW, make_affiliate
from tests.doubles.hooks.server import Listener
from tests.payouts.stories import accrued

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=True):
        yield


def work_off():
    """What the clock asks of the workers, each endpoint's turn after the other."""
    of_money.tell_events()
    for endpoint_id in event_sending.due_endpoints(now=timezone.now()):
        tasks.send_to_endpoint(endpoint_id=endpoint_id)


def test_a_sale_reaches_the_affiliates_server_signed_and_once():
    ada = make_affiliate()
    with Listener() as listener:
        endpoint = make_endpoint(ada, url=listener.address)
        commission = accrued(ada)
        for _round in range(3):
            work_off()

    (heard,) = listener.heard
    generic.check_signature(
        heard.headers["apport-signature"], heard.body, secrets=[endpoint.secret],
        now=timezone.now(),
    )  # fmt: skip
    said = json.loads(heard.body)
    assert said["type"] == "sale.tracked"
    assert said["data"]["sale"] == f"S-{commission.credit_id}"
    assert heard.headers["content-type"] == "application/json"


def test_a_dead_server_keeps_nobody_else_waiting():
    ada, bob = make_affiliate(), make_affiliate()
    with Listener(status=503) as dead, Listener() as alive:
        make_endpoint(ada, url=dead.address)
        make_endpoint(bob, url=alive.address)
        for affiliate in (ada, ada, bob, bob):
            accrued(affiliate)
        work_off()
        work_off()

    assert (len(dead.heard), len(alive.heard)) == (1, 2)
    assert EventDelivery.objects.filter(status="taken").count() == 2


def test_old_events_go_by_a_task_too():
    assert purge_rule("affiliates.events") == 0
