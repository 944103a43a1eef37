"""Stripe's messages by twenty at once, and before our own record (D6 17 and 21)."""

import threading
import time

import pytest
from django.db import connection
from django.test import Client

from payouts.models import Adjustment, Item, ItemReturn, StripeEvent, Transfer
from payouts.services import checks, stripe_events
from tests.payouts import stripe_world
from tests.payouts.paydays import MUCH_LATER
from tests.payouts.stories import assert_balances
from tests.payouts.stripe_world import SECRETS, make_stripe_due, run, started
from tests.payouts.test_stripe_events import SNAPSHOT, THIN, reverse, sent
from tests.payouts.test_stripe_events import mailbox as mailbox
from tests.races.threads import at_once, raised

double, _stripe_server = stripe_world.double, stripe_world._stripe_server
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
TWENTY = 20


def test_d6_17_a_message_twenty_times_at_once_has_one_effect(double, mailbox):
    ada, item = sent(double)
    reverse(double, item, 23_400)
    [event] = [one for one in mailbox.events() if one["type"] == "transfer.reversed"]

    def deliver_and_handle(_number):
        status = posted(mailbox, event)
        mailbox.work_off()
        return status

    answers = at_once(TWENTY, deliver_and_handle)
    mailbox.work_off()

    assert not raised(answers)
    assert set(answers) == {200}
    assert StripeEvent.objects.get().handled_at is not None
    assert (ItemReturn.objects.count(), Adjustment.objects.count()) == (1, 1)
    assert Transfer.objects.filter(kind="came_back").count() == 1
    assert_balances(ada.pk, payable=23_400)


def posted(mailbox, event):
    """Each thread with a client of its own: one client is not made for many."""
    own = type(mailbox)(mailbox.double)
    own.client = Client()
    return own.post(event).status_code


def test_d6_21_a_message_that_overtakes_our_own_record_is_matched_and_written_once(
    double, live_server, settings
):
    settings.SECURE_SSL_REDIRECT = False
    ada = make_stripe_due(double)
    batch = started(double)
    for path, secret, thin in ((SNAPSHOT, SECRETS[0], False), (THIN, SECRETS[2], True)):
        double.ctl("webhook_endpoints", url=f"{live_server.url}{path}", secret=secret, thin=thin)
    double.ctl("config", deliver="auto")
    double.fault(when="after", do="delay", ms=4_000)
    failed = []

    def pay():
        try:
            run(double, batch)
        except Exception as error:  # noqa: BLE001 the test looks at what the worker met
            failed.append(error)
        finally:
            connection.close()

    worker = threading.Thread(target=pay)
    worker.start()
    deadline = time.monotonic() + 30
    while not StripeEvent.objects.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert Item.objects.get().status == "sending"
    stripe_events.work_off(now=MUCH_LATER, rail=double.rail)

    assert worker.is_alive()  # It still waits for the answer.
    overtaken = Item.objects.get()
    assert (overtaken.status, overtaken.rail_reference[:3]) == ("sent", "tr_")
    worker.join(timeout=60)
    assert failed == []
    batch.refresh_from_db()
    assert (batch.status, double.stats()["transfers"]) == ("done", 1)
    assert Item.objects.get().rail_reference == overtaken.rail_reference
    assert Transfer.objects.filter(kind="sent").count() == 1
    assert checks.check() == []
    assert_balances(ada.pk)
