"""The chaos run's own eyes: what is lost, doubled or waiting is found."""

from datetime import timedelta

import pytest

from config.chaos import verdict
from tests.builders import NOW, make_click, make_order, make_return
from tests.payouts.stories import accrued
from tracking.models import Attribution, AttributionPolicy, JourneyEvent, Outcome

pytestmark = pytest.mark.django_db

NOTHING = {"tokens": [], "told": [], "orders": [], "returns": []}
FINE = {"acknowledged": 1, "lost": 0, "doubled": 0}


@pytest.fixture
def judged(double, settings, tmp_path):
    settings.SPOOL_DIR = str(tmp_path)

    def judge(**told):
        return verdict.judge({**NOTHING, **told, "double": double.address})

    return judge


def test_nothing_that_was_promised_is_nothing_lost(judged):
    assert judged()["ok"]


def test_clicks_are_there_once(judged):
    click = make_click()

    assert judged(tokens=[click.reference])["clicks"] == FINE
    assert judged(tokens=[click.reference, "B" * 21 + "A"])["clicks"]["lost"] == 1

    make_click(visitor=click.visitor)
    found = judged(tokens=[click.reference])
    assert found["clicks"] == {**FINE, "doubled": 1}
    assert not found["ok"]


def test_pages_are_there_once(judged):
    token = "B" * 21 + "A"
    JourneyEvent.objects.create(
        at=NOW, visitor=make_click().visitor, shop_id=1, kind="page_view",
        data={"path": f"/dresses/{token}"},
    )  # fmt: skip

    assert judged(told=[token])["page_views"] == FINE
    assert judged(told=[token, "C" * 21 + "A"])["page_views"]["lost"] == 1


def test_an_order_without_its_commission_is_a_loss(judged):
    order = make_order()

    found = judged(orders=[order.external_id])

    assert found["orders"] == FINE
    assert found["orders_credited"]["lost"] == found["orders_with_commission"]["lost"] == 1
    assert not found["ok"]


def test_an_order_before_its_own_click_is_told_apart(judged):
    """A redirect whose clock is ahead dates clicks after the orders that they led to."""
    early = make_order()
    click = make_click(clicked_at=early.placed_at + timedelta(seconds=40))
    early.click_tokens = [click.reference]
    early.save()
    decide_nobody(early)

    found = judged(orders=[early.external_id])

    assert found["orders"] == FINE
    assert found["orders_before_their_click"] == 1
    assert found["orders_credited"]["lost"] == found["orders_with_commission"]["lost"] == 0
    assert found["ok"]


def test_an_order_after_its_click_that_nobody_gets_is_a_loss(judged):
    order = make_order()
    click = make_click(clicked_at=order.placed_at - timedelta(seconds=40))
    order.click_tokens = [click.reference]
    order.save()
    decide_nobody(order)

    assert judged(orders=[order.external_id])["orders_credited"]["lost"] == 1


def decide_nobody(order):
    Attribution.objects.create(
        order=order, outcome=Outcome.NOBODY, reason="no_touchpoint",
        policy=AttributionPolicy.objects.first(), decided_at=NOW,
    )  # fmt: skip


def test_what_no_stage_took_is_waiting(judged, tmp_path):
    order = accrued().credit.order
    make_return(order, returned_at=NOW)
    (tmp_path / "host-1-1.spool").write_bytes(b"a line\n")

    found = judged(returns=["nothing"])

    assert found["waiting"]["returns"] == 1
    assert found["waiting"]["spool_bytes"] == 7
    assert found["returns"]["lost"] == 1
    assert not found["ok"]


def test_money_that_stripe_has_and_we_do_not_is_found(judged, double):
    account = double.ctl("accounts", count=1)["data"][0]
    double.rail.client.v1.transfers.create(
        {"amount": 100, "currency": "eur", "destination": account,
         "metadata": {"payout_item": "77"}}
    )  # fmt: skip

    found = judged()

    assert found["payouts"]["differ_from_stripe"] == 1
    assert not found["ok"]
