"""What Stripe tells us comes twice, late and in any order, and changes nothing twice (ST24 ff.)."""

import hashlib
import hmac
import json
import random
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client

from affiliates.models import PayeeChange
from core.models import AuditEntry, Delivery
from core.money import Money
from payouts.models import Adjustment, Item, ItemReturn, StripeAccount, StripeEvent
from payouts.services import executing, stripe_accounts, stripe_events
from tests.builders import make_affiliate
from tests.doubles.stripe.world import W
from tests.payouts.paydays import LATER, MUCH_LATER, item_of
from tests.payouts.stories import assert_balances
from tests.payouts.stripe_world import (
    SECRETS,
    make_account,
    make_stripe_due,
    run,
    started,
    stripe_batch,
)
from tests.payouts.stripe_world import (
    _stripe_server as _stripe_server,
)
from tests.payouts.stripe_world import (
    double as double,
)

pytestmark = pytest.mark.django_db
SNAPSHOT, THIN = "/webhooks/stripe/snapshot/", "/webhooks/stripe/thin/"


@pytest.fixture
def mailbox(double, settings):
    """Deliver Stripe's messages into the view, as often and in the order that a test asks for."""
    settings.SECURE_SSL_REDIRECT = False
    for thin, secret in ((False, SECRETS[0]), (True, SECRETS[2])):
        url = f"http://127.0.0.1:1{THIN if thin else SNAPSHOT}"
        double.ctl("webhook_endpoints", url=url, thin=thin, secret=secret)
    return Mailbox(double)


class Mailbox:
    def __init__(self, double):
        self.double, self.client = double, Client()

    def post(self, event, *, path=None, secret=None, age=0):

        is_thin = event["object"] == "v2.core.event"
        body = json.dumps(event)
        at = int(time.time()) - age
        key = secret or SECRETS[2 if is_thin else 0]
        signed = hmac.new(key.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
        return self.client.post(
            path or (THIN if is_thin else SNAPSHOT),
            body,
            content_type="application/json",
            headers={"Stripe-Signature": f"t={at},v1={signed}"},
        )

    def events(self):
        return list(W.events.values())

    def deliver(self, *, times=1, order=None):
        events = self.events() * times
        if order is not None:
            random.Random(order).shuffle(events)
        return [self.post(event).status_code for event in events]

    def work_off(self, now=MUCH_LATER):
        return stripe_events.work_off(now=now, rail=self.double.rail)


def sent(double):
    ada = make_stripe_due(double, units=123)
    batch = run(double, started(double))
    return ada, item_of(batch, ada)


def reverse(double, item, amount=None):
    said = {"amount": amount} if amount else {}
    double.rail.client.v1.transfers.reversals.create(item.rail_reference, said)


def test_d6_17_a_message_twice_has_one_effect(double, mailbox):
    ada, item = sent(double)
    reverse(double, item)

    assert set(mailbox.deliver(times=2)) == {200}
    mailbox.work_off()
    mailbox.deliver()
    mailbox.work_off()

    assert StripeEvent.objects.filter(kind="transfer.reversed").count() == 1
    assert ItemReturn.objects.count() == 1
    assert_balances(ada.pk, payable=123_000)


@pytest.mark.parametrize("seed", range(50))
def test_d6_18_messages_in_any_order_lead_to_the_same(double, mailbox, seed):
    ada, item = sent(double)
    reverse(double, item, 1_000)
    reverse(double, item, 2_000)
    double.ctl(f"accounts/{item.stripe_account}/restrict")

    mailbox.deliver(times=2, order=seed)
    mailbox.work_off()

    item.refresh_from_db()
    assert (item.status, ItemReturn.objects.count()) == ("sent", 2)
    assert StripeAccount.objects.get().capability == "restricted"
    assert_balances(ada.pk, payable=3_000)


@pytest.mark.parametrize("order", [["paid", "failed"], ["failed", "paid"]])
def test_d6_19_a_failed_payout_flags_the_bank_and_owes_nothing_again(double, mailbox, order):
    ada, item = sent(double)
    account = item.stripe_account
    double.ctl(f"accounts/{account}/onboard")
    [payout] = double.ctl("run_automatic_payouts")["payouts"]
    double.ctl(f"payouts/{payout}/settle", outcome="paid")
    double.ctl(f"payouts/{payout}/settle", outcome="failed")
    events = {event["type"]: event for event in mailbox.events()}

    for outcome in order:
        assert mailbox.post(events[f"payout.{outcome}"]).status_code == 200
        mailbox.work_off()

    item.refresh_from_db()
    assert item.status == "sent"
    assert item.bank_failed_at is not None
    assert StripeAccount.objects.get().bank_failed_at is not None
    assert Delivery.objects.filter(key__startswith="stripe:").count() == 1
    assert double.stats()["transfers"] == 1
    assert_balances(ada.pk)


def test_d6_20_what_is_not_stripes_is_refused_and_not_kept(double, mailbox):
    sent(double)
    [event, *_rest] = [one for one in mailbox.events() if one["type"] == "transfer.created"]

    refused = [
        mailbox.post(event, secret="whsec_other"),
        mailbox.post(event, age=400),
        mailbox.post({**event, "livemode": True}),
        mailbox.post(event, path=THIN),
        mailbox.client.post(SNAPSHOT, "{}", content_type="application/json"),
    ]

    assert [one.status_code for one in refused] == [400] * 5
    assert not StripeEvent.objects.exists()
    assert mailbox.post(event, path="/webhooks/stripe/other/").status_code == 404


def test_d6_21_a_message_before_our_own_record_is_matched_by_number(double, mailbox):
    ada = make_stripe_due(double)
    batch = started(double)
    [order] = executing.claim(batch_id=batch.pk, limit=1, now=LATER).orders
    double.rail.send(order)

    mailbox.deliver()
    mailbox.work_off()

    item = Item.objects.get()
    assert (item.status, item.rail_reference[:3]) == ("sent", "tr_")
    assert run(double, batch).status == "done"
    assert_balances(ada.pk)


def test_d6_22_a_partial_reversal_makes_exactly_that_due_again(double, mailbox):
    ada, item = sent(double)
    reverse(double, item, 23_400)

    mailbox.deliver()
    mailbox.work_off()

    item.refresh_from_db()
    assert item.status == "sent"
    assert Adjustment.objects.get().reason == "payment_back"
    assert_balances(ada.pk, payable=23_400)
    after = datetime.now(UTC) + timedelta(days=1)  # The double's clock is the real one.
    again = stripe_batch(now=after, execution_date=after.date() + timedelta(days=1))
    again = run(double, started(double, again, now=after), now=after)
    assert item_of(again, ada).amount == Money(23_400, "EUR")
    assert double.stats()["net"] == 123_000
    assert_balances(ada.pk)


def test_d6_23_a_full_reversal_ends_the_payout_once(double, mailbox):
    ada, item = sent(double)
    reverse(double, item, 100_000)
    reverse(double, item)

    mailbox.deliver(times=3)
    mailbox.work_off()

    item.refresh_from_db()
    assert (item.status, ItemReturn.objects.count()) == ("returned", 2)
    assert_balances(ada.pk, payable=123_000)


def test_an_account_that_stripe_closes_can_no_longer_be_paid(double, mailbox):
    _ada, item = sent(double)
    double.rail.client.v2.core.accounts.close(item.stripe_account)

    mailbox.deliver()
    mailbox.work_off()

    account = StripeAccount.objects.get()
    assert (account.capability, account.requirements) == ("rejected", ["account_closed"])


def test_a_message_that_cannot_be_handled_now_waits(double, mailbox):
    sent(double)
    mailbox.deliver()
    double.ctl("faults", method="GET", path="^/v1/transfers/", status=500, times=3)

    mailbox.work_off()
    failed = StripeEvent.objects.get(kind="transfer.created")
    assert (failed.handled_at, failed.attempts) == (None, 1)
    mailbox.work_off()

    assert not StripeEvent.objects.filter(handled_at__isnull=True).exists()


class Nosy:
    """Stripe, to which something happens while it answers."""

    def __init__(self, rail, meanwhile):
        self._rail, self._meanwhile = rail, meanwhile

    def __getattr__(self, name):
        def ask(*args):
            answer = getattr(self._rail, name)(*args)
            self._meanwhile()
            return answer

        return ask


def test_st31_a_message_that_somebody_else_handled_meanwhile_is_left_to_them(double, mailbox):
    ada, item = sent(double)
    reverse(double, item, 23_400)
    mailbox.deliver()
    waiting = StripeEvent.objects.filter(kind="transfer.reversed")
    StripeEvent.objects.exclude(pk__in=waiting).update(handled_at=MUCH_LATER)

    done = stripe_events.work_off(now=MUCH_LATER, rail=Nosy(double.rail, mailbox.work_off))

    assert (done, ItemReturn.objects.count()) == (0, 1)
    assert_balances(ada.pk, payable=23_400)


def test_st31_an_older_reading_of_an_account_does_not_overwrite_a_newer_one(double, mailbox):
    _ada, item = sent(double)
    double.ctl(f"accounts/{item.stripe_account}/restrict")
    mailbox.deliver()
    mailbox.work_off()
    active = StripeAccount.objects.get()
    assert active.capability == "restricted"

    def mended_and_read():
        double.ctl(f"accounts/{item.stripe_account}/onboard")
        stripe_accounts.refresh(account=active.account, now=MUCH_LATER, rail=double.rail)

    with pytest.raises(stripe_accounts.Overtaken):
        stripe_accounts.refresh(
            account=active.account, now=MUCH_LATER, rail=Nosy(double.rail, mended_and_read)
        )

    assert StripeAccount.objects.get().capability == "active"


def test_st32_the_end_of_the_bank_account_is_read_with_the_account(double, mailbox):
    _ada, item = sent(double)
    double.ctl(f"accounts/{item.stripe_account}/onboard", last4="4021")
    mailbox.deliver()
    mailbox.work_off()
    assert StripeAccount.objects.get().last4 == "4021"
    assert AuditEntry.objects.get(verb="stripe.bank_changed").data["after"] == "4021"

    gone = {"method": "GET", "path": "/external_accounts$", "status": 400, "times": 9}
    double.ctl("faults", **gone)
    account = stripe_accounts.refresh(account=item.stripe_account, now=MUCH_LATER, rail=double.rail)

    assert account.last4 == "4021"


def test_st32_another_bank_account_at_stripe_cools_the_payments_and_is_told(double, mailbox):
    ada, item = sent(double)
    for last4 in ("3000", "3000", "4021"):
        double.ctl(f"accounts/{item.stripe_account}/onboard", last4=last4)
        mailbox.deliver()
        mailbox.work_off()

    change = PayeeChange.objects.get()
    assert (change.affiliate, change.before, change.after) == (ada, "•••• 3000", "•••• 4021")
    assert change.cools_until == MUCH_LATER + timedelta(hours=72)
    told = Delivery.objects.get(key__startswith="stripe-bank:")
    assert told.body.index("•••• 4021") < told.body.index("Nothing is paid before")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_st31_nothing_is_held_while_stripe_is_asked(double):
    account = make_account(make_affiliate(), double.ctl("accounts", count=1)["data"][0])
    StripeEvent.objects.create(
        event="evt_1", kind="account.updated", account=account.account, received_at=LATER
    )
    held = []
    rail = Nosy(double.rail, lambda: held.append(connection.in_atomic_block))

    assert stripe_events.work_off(now=MUCH_LATER, rail=rail) == 1
    assert held == [False]
