"""What a hostile or broken sender, and somebody who reads the database, cannot do."""

import hmac
from datetime import timedelta

import pytest
import time_machine

from shop.connectors import generic
from shop.models import InboundEvent, WebhookSecret
from tests.builders import make_shop
from tests.shop.test_webhook import SECRET, SENT, post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_the_time_of_sending():
    with time_machine.travel(SENT, tick=False):
        yield


@pytest.fixture(autouse=True)
def shop():
    shop = make_shop()
    for secret in (SECRET, "the next secret for tests, 32 bytes"):
        WebhookSecret.objects.create(shop=shop, secret=secret, created_at=SENT - timedelta(days=9))
    return shop


def header(*signatures):
    return ",".join([f"t={int(SENT.timestamp())}", *(f"v1={one}" for one in signatures)])


def signed(body):
    return generic.signature(SECRET, timestamp=int(SENT.timestamp()), body=body).partition("v1=")[2]


def test_a_body_is_hashed_once_for_each_secret_however_many_signatures_came(monkeypatch):
    made, new = [], hmac.new
    monkeypatch.setattr(hmac, "new", lambda *given: made.append(given) or new(*given))
    several = header(*["0" * 64] * 4)

    with pytest.raises(generic.BadSignature):
        generic.check_signature(several, b"{}", secrets=[SECRET, "another"], now=SENT)

    assert len(made) == 2


def test_four_signatures_are_read_and_a_fifth_is_refused(client):
    body = b"{}"
    wrong, right = "0" * 64, signed(body)

    answer = post(client, body, signature=header(wrong, wrong, wrong, wrong, right))
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_header")
    assert not InboundEvent.objects.exists()

    assert post(client, body, signature=header(wrong, wrong, wrong, right)).status_code == 200
