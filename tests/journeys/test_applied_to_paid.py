"""An affiliate applies, promotes, sells, sees why, and is paid by two people."""

import re
from xml.etree import ElementTree as ET

import pytest
from django.urls import reverse

from payouts.models import Batch
from tests.builders import IBAN
from tracking.models import CouponCode, Link

pytestmark = [pytest.mark.slow]


def promote(stage, ada):
    """Ada makes a link; a visitor who consented follows it. Return the visitor's token."""
    stage.post(
        ada, "link-new", shop=stage.shop.pk, destination_url="https://shop.example/dress", label=""
    )
    visitor = stage.visitor(consent=True)
    answer = visitor.get(f"/c/{Link.objects.get().code}", headers=NAVIGATION)
    assert answer.status_code == 302
    assert answer["Location"].startswith("https://shop.example/dress")
    return visitor.cookies["ap_ref"].value


NAVIGATION = {
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-User": "?1",
}


def pay(stage):
    """Fiona prepares and submits, is refused her own approval; Hugo approves. Return the file."""
    today = stage.now.date().isoformat()
    stage.post(
        stage.fiona,
        "batch-new",
        rail="sepa",
        currency="EUR",
        cutoff=today,
        execution_date=today,
    )
    batch = Batch.objects.latest("pk")
    stage.post(stage.fiona, "batch-submit", batch.public_id)
    batch.refresh_from_db()
    stage.fiona.post(
        reverse("portal:batch-approve", args=[batch.public_id]),
        {"content_hash": batch.content_hash},
    )
    batch.refresh_from_db()
    assert batch.status == "in_review"
    looked_at = list(batch.items.values_list("pk", flat=True))
    stage.post(
        stage.hugo,
        "batch-approve",
        batch.public_id,
        content_hash=batch.content_hash,
        looked_at=looked_at,
    )
    stage.post(stage.fiona, "batch-file-make", batch.public_id)
    files = [
        stage.hugo.get(reverse("portal:batch-file", args=[batch.public_id])) for _twice in range(2)
    ]
    contents = [b"".join(file) if file.streaming else file.content for file in files]
    assert contents[0] == contents[1]
    stage.post(stage.fiona, "batch-mark-sent", batch.public_id)
    return contents[0]


def test_an_affiliate_applies_sells_and_is_paid(stage):
    ada = stage.join()
    assert CouponCode.objects.filter(affiliate__name__contains="ada").exists()
    stage.post(ada, "payee", legal_name="Ada Blanchet", iban=IBAN, country="FR", town="Lyon")
    token = promote(stage, ada)

    stage.wait(hours=2)
    stage.order("1001", tokens=[token])
    stage.tick()
    listed = stage.page(ada, "sale-list")
    assert "10.00" in listed
    sale = re.search(r"/portal/sales/(\d+)/", listed).group(1)
    explained = stage.page(ada, "sale-detail", sale)
    assert "50.00" in explained  # The reference cost, which is public.
    assert "40.00" not in explained  # The real cost, which is not.

    stage.wait(days=31)
    transfer = ET.fromstring(pay(stage))  # noqa: S314 our own file
    amounts = [node.text for node in transfer.iter() if node.tag.endswith("InstdAmt")]
    assert amounts == ["10.00"]
    payouts = stage.page(ada, "payout-list")
    payout = re.search(r"/portal/payouts/([0-9a-f-]{36})/", payouts).group(1)
    statement = ada.get(reverse("portal:payout-statement", args=[payout]))
    assert statement.content.startswith(b"%PDF")


def test_a_promo_code_earns_without_any_consent(stage):
    ada = stage.join()
    stage.order("1002", codes=[CouponCode.objects.get().code.lower()])
    stage.tick()

    assert "10.00" in stage.page(ada, "sale-list")


def test_an_order_that_nobody_brought_says_so(stage):
    stage.order("1003")
    stage.tick()

    listed = stage.page(stage.sam, "order-list")
    order = re.search(r"/manage/orders/(\d+)/", listed).group(1)
    assert "obody" in stage.page(stage.sam, "order-detail", order)


def test_an_order_returned_in_the_hold_earns_nothing(stage):
    ada = stage.join()
    code = CouponCode.objects.get().code
    stage.give_back("1004")  # The return arrives before its order.
    stage.order("1004", codes=[code])
    stage.wait(days=40)

    assert "10.00" not in stage.page(ada, "payout-list")


def test_a_return_after_payment_is_netted_by_the_next_payout(stage):
    ada = stage.join()
    stage.post(ada, "payee", legal_name="Ada Blanchet", iban=IBAN, country="FR", town="Lyon")
    code = CouponCode.objects.get().code
    stage.order("1005", codes=[code])
    stage.wait(days=31)
    pay(stage)

    stage.give_back("1005")
    stage.order("1006", codes=[code], quantity=3)
    stage.wait(days=31)
    transfer = pay(stage)

    assert b"20.00" in transfer
    assert b"30.00" not in transfer


def test_an_own_purchase_is_refused_with_its_reason(stage):
    ada = stage.join()
    stage.order("1007", codes=[CouponCode.objects.get().code], email="Ada@Example.com ")
    stage.wait(days=31)

    listed = stage.page(ada, "sale-list")
    sale = re.search(r"/portal/sales/(\d+)/", listed).group(1)
    assert "own" in stage.page(ada, "sale-detail", sale).lower()
