"""The people, the shop's machine and the clock of a journey: everything through HTTP."""

import json
import re
from datetime import timedelta
from uuid import uuid4

import time_machine
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from affiliates.models import Application
from core.hashing import email_digest
from core.models import User
from fraud.tasks import screen_pending
from payouts.models import DebtorAccount
from payouts.services import checks
from payouts.tasks import (
    accrue_pending,
    apply_decisions,
    apply_returns,
    approve_due,
    complete_costs,
)
from shop.connectors import generic
from shop.models import WebhookSecret
from shop.services import secrets
from shop.tasks import process_inbound
from tests.builders import IBAN, NOW, PASSWORD, make_group, make_shop, make_user
from tests.mails import code_in
from tracking.services import shipping
from tracking.spool import host_name
from tracking.tasks import attribute_pending

TICKS = (
    process_inbound,
    attribute_pending,
    screen_pending,
    accrue_pending,
    apply_returns,
    complete_costs,
    apply_decisions,
    approve_due,
)


def words(answer):
    """Return what a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode().split("<main")[-1]).split())


class Stage:
    """One programme with one shop. ``now`` moves only by ``wait``."""

    def __init__(self):
        self.clock = time_machine.travel(NOW, tick=False)
        self.travel = self.clock.start()
        cache.clear()  # Rate limits of an earlier journey.
        self.people = {}
        self.shop = make_shop()
        self.group = make_group(terms={"minimum_payout_minor": 500})
        self.secret: WebhookSecret = secrets.issue(shop_id=self.shop.pk, actor=None, now=NOW)
        DebtorAccount.objects.create(
            name="Atelier SAS", iban=IBAN, iban_last4=IBAN[-4:], bic="AGRIFRPP", currency="EUR"
        )
        self.sam = self.sign_in(make_user(roles=["manager"], is_staff=True))
        self.fiona = self.sign_in(make_user(roles=["finance"], is_staff=True))
        self.hugo = self.sign_in(make_user(roles=["finance"], is_staff=True))

    def close(self):
        """Stop the clock of the journey, whose ledger must agree at its end."""
        self.clock.stop()
        assert checks.check() == []

    def wait(self, **period):
        """Let time pass, let every pull run as Celery beat would; people sign in again."""
        self.travel.shift(timedelta(**period))
        self.tick()
        self.travel.shift(timedelta(minutes=1))
        for user, browser in self.people.items():
            browser.force_login(user)

    @staticmethod
    def tick():
        """Ship the landings, then run what Celery beat runs."""
        shipping.ship(settings.SPOOL_DIR, host=host_name(), now=timezone.now())
        for task in TICKS:
            task()

    def sign_in(self, user):
        """Return a browser in which ``user`` is signed in."""
        browser = self.people[user] = Client(HTTP_ACCEPT_LANGUAGE="en")
        browser.force_login(user)
        return browser

    @staticmethod
    def visitor(*, consent):
        """Return a visitor's browser that has answered the consent banner."""
        browser = Client()
        browser.cookies["ap_consent"] = "1" if consent else "0"
        return browser

    def join(self, email="ada@example.com", *, approve=True):
        """Sign up, verify the address, apply; Sam approves. Return the person's browser."""
        browser = Client(HTTP_ACCEPT_LANGUAGE="en")
        browser.post(reverse("account_signup"), {"email": email, "password1": PASSWORD})
        verification = next(message for message in mail.outbox if email in message.to)
        code = code_in(verification.body)
        browser.post(reverse("account_email_verification_sent"), {"code": code})
        answer = browser.post(
            reverse("portal:apply"),
            {
                "kind": "content",
                "name": f"Site of {email}",
                "country": "FR",
                "legal_form": "company",
                "channels": ["site"],
                "methods": ["content"],
                "sites": "https://carnet.example/",
                "pitch": "Honest guides.",
                "accept": "on",
            },
        )
        assert answer.status_code == 302, answer.content.decode()
        if approve:
            self.decide(email)
        self.people[User.objects.get(email=email)] = browser
        return browser

    def decide(self, email):
        """Sam approves the application that came from ``email``."""
        page = self.sam.get(reverse("portal:application-list"))
        application = Application.objects.get(user__email=email, status="submitted")
        assert str(application.public_id) in page.content.decode()
        self.post(self.sam, "application-approve", application.public_id, group=self.group.pk)

    def post(self, browser, name, *args, **fields):
        """Post to a page of the portal and return the answer, which is a redirect."""
        answer = browser.post(reverse(f"portal:{name}", args=args), fields)
        assert answer.status_code == 302, words(answer)
        return answer

    def page(self, browser, name, *args):
        """Return the text of a page of the portal."""
        answer = browser.get(reverse(f"portal:{name}", args=args))
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    def send(self, body):
        """Deliver one signed body as the shop would."""
        raw = json.dumps(body).encode()
        answer = Client().post(
            reverse("shop:webhook", args=[self.shop.code]),
            raw,
            content_type="application/json",
            headers={
                "Apport-Signature": generic.signature(
                    self.secret.secret, timestamp=int(self.now.timestamp()), body=raw
                ),
                "Apport-Event-Id": str(uuid4()),
            },
        )
        assert answer.status_code == 200, answer.content.decode()

    @property
    def now(self):
        return timezone.now()

    def order(self, number, *, codes=(), tokens=(), quantity=1, email="buyer@example.com"):
        """The shop sends an order of dresses at EUR 100.00 net, costing 40.00."""
        self.send(
            {
                "schema": "apport.order.v1",
                "id": number,
                "number": number,
                "placed_at": self.now.isoformat(),
                "updated_at": self.now.isoformat(),
                "currency": "EUR",
                "customer": {"id": email, "email_digest": email_digest(email), "is_new": True},
                "country": "FR",
                "codes": list(codes),
                "ap_ref": list(tokens),
                "lines": [
                    {
                        "id": "1",
                        "kind": "product",
                        "sku": "DRESS",
                        "title": "Linen dress",
                        "quantity": quantity,
                        "net_minor": 10_000 * quantity,
                        "unit_cost_minor": 4_000,
                    }
                ],
            }
        )

    def give_back(self, number, quantity=1):
        """The shop says that dresses of an order came back."""
        self.send(
            {
                "schema": "apport.return.v1",
                "id": f"R-{number}-{uuid4()}",
                "order_id": number,
                "reason": "return",
                "returned_at": self.now.isoformat(),
                "lines": [
                    {
                        "id": "1",
                        "line_id": "1",
                        "sku": "DRESS",
                        "quantity": quantity,
                        "net_minor": 10_000 * quantity,
                    }
                ],
            }
        )
