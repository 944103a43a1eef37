"""The chaos run's own eyes: what is lost, doubled or waiting is found."""

import pytest

from config.chaos import verdict
from tests.builders import NOW, make_click, make_order, make_return
from tracking.models import JourneyEvent

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


def test_what_no_stage_took_is_waiting(judged, tmp_path):
    order = make_order()
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
