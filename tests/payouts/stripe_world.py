"""Stripe for tests: the double, payees with an account there, batches that it pays."""

import json
import urllib.request
from datetime import timedelta

import pytest
import stripe

from core.money import Money
from payouts.gateways import stripe as gateway
from payouts.models import Batch, Item, StripeAccount
from payouts.services import stripe_runs
from tests.doubles.stripe.server import serve
from tests.payouts.paydays import LATER, approved_batch, make_due

SECRETS = ("whsec_platform", "whsec_connected", "whsec_thin")


class Double:
    """The double of Stripe, and the rail that speaks with it without waiting."""

    def __init__(self, address):
        self.address = address
        self.waits = []
        bases = dict.fromkeys(("api", "files", "connect", "meter_events"), address)
        client = stripe.StripeClient("sk_test_double", base_addresses=bases, max_network_retries=2)
        self.rail = gateway.StripeRail(client, sleep=self.waits.append)

    def ctl(self, what, /, **body):
        """Ask the double itself: ``ctl("fund", amount=100)``."""
        asked = urllib.request.Request(
            f"{self.address}/_ctl/{what}", method="POST", data=json.dumps(body).encode()
        )
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return json.loads(answer.read())

    def fault(self, path="^/v1/transfers$", **fault):
        return self.ctl("faults", **{"path": path, **fault})

    def stats(self):
        return self.ctl("stats")

    def sent(self):
        """Net money per payout, by the payout's number."""
        return {int(item): one["net"] for item, one in self.stats()["per_key"].items()}


@pytest.fixture(scope="session")
def _stripe_server():
    server = serve()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def double(_stripe_server, settings):
    """A new Stripe with EUR 100,000, and settings that lead to it."""
    found = Double(_stripe_server)
    found.ctl("reset")
    found.ctl("fund", amount=10_000_000)
    settings.STRIPE_SECRET_KEY = "sk_test_double"
    settings.STRIPE_API_BASE = found.address
    settings.STRIPE_MODE = "test"
    settings.STRIPE_WEBHOOK_SECRETS = SECRETS
    settings.STRIPE_PARALLEL = 4
    return found


def make_stripe_due(double, *, units=5, count=1, **overrides):
    """Affiliates with an active account at Stripe and EUR 10.00 a unit due; one, or a list."""
    accounts = double.ctl("accounts", count=count)["data"]
    made = []
    for account in accounts:
        affiliate = make_due(units=units, **overrides)
        make_account(affiliate, account)
        made.append(affiliate)
    return made if count > 1 else made[0]


def make_account(affiliate, account="acct_1", **overrides):
    fields = {
        "affiliate": affiliate,
        "account": account,
        "country": "FR",
        "capability": "active",
        "created_at": LATER - timedelta(days=30),
        "read_at": LATER - timedelta(days=30),
        **overrides,
    }
    return StripeAccount.objects.create(**fields)


def stripe_batch(**overrides):
    """A batch of the Stripe rail that two people agree on."""
    return approved_batch(rail="stripe", **overrides)


def started(double, batch=None, *, now=LATER):
    batch = batch or stripe_batch()
    return stripe_runs.start(batch_id=batch.pk, now=now, rail=double.rail)


def run(double, batch, *, now=LATER, **options):
    """Run a batch with the clock standing still; return it as it is then."""
    stripe_runs.run(batch_id=batch.pk, clock=lambda: now, rail=double.rail, **options)
    return Batch.objects.get(pk=batch.pk)


def statuses(batch):
    return sorted(Item.objects.filter(batch=batch).values_list("status", flat=True))


def out_of(double):
    """What Stripe says left, net of what came back."""
    return Money(double.stats()["net"], "EUR")
