"""What a delivery says of the buyer: kept as keys, never as it came."""

from datetime import timedelta

import pytest
import time_machine

from core.hashing import address_digest, address_key, phone_key
from shop.models import Order, WebhookSecret
from tests.builders import make_shop
from tests.shop.test_webhook import SECRET, SENT, order_body, post, process

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_the_time_of_sending():
    with time_machine.travel(SENT, tick=False):
        yield


def test_whom_an_order_is_of_is_kept_as_keys_only(client):
    WebhookSecret.objects.create(
        shop=make_shop(), secret=SECRET, created_at=SENT - timedelta(days=9)
    )
    digest = address_digest("12 bis, rue de l'Été", "75002", "FR")
    customer = {
        "email_digest": digest,
        "phone_digest": "a" * 64,
        "address_digest": digest,
        "email_is_disposable": False,
    }
    post(client, order_body(customer=customer))
    process()
    order = Order.objects.get()
    assert order.phone_key == phone_key("a" * 64)
    assert order.address_key == address_key(digest)
    assert len({order.email_key, order.address_key, order.phone_key, digest, "a" * 64}) == 5
    assert order.has_disposable_email is False
