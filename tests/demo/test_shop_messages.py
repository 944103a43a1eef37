"""What the demo shop tells the programme: bodies, signatures, retries, and what becomes of them."""

import json
import time

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from core.hashing import email_digest, email_key, keyed_hash
from demo import catalogue
from demo.shop import messages as courier
from demo.shop.database import connected
from demo.shop.settings import Settings
from shop.models import CostSource, InboundEvent, LineKind, Order, ReturnLine, WebhookSecret
from shop.services import inbound
from tests.builders import NOW, make_affiliate, make_code, make_link, make_shop
from tests.demo.conftest import SECRET
from tests.demo.visits import BUYER, buy, choose, messages
from tracking import spool
from tracking.models import Credit
from tracking.services import attributions, shipping


@pytest.fixture
def programme(transactional_db, live_server, settings, settings_of_shop):
    """Apport answering over HTTP, and the shop's settings that lead there."""
    settings.SPOOL_DIR = settings_of_shop.state / "spool"
    spool._own_spool.cache_clear()
    shop = make_shop(code="atelier")
    WebhookSecret.objects.create(shop=shop, secret=SECRET, created_at=NOW)
    yield Settings(apport_url=live_server.url, state=settings_of_shop.state)
    spool._own_spool.cache_clear()


def test_an_order_tells_lines_without_vat_costs_and_a_digest_of_the_address(
    browser_tab, settings_of_shop
):
    buy(browser_tab, sku="AC03-COQ", size="Taille unique", code="ADA10")

    (said,) = messages(settings_of_shop)
    goods, shipping = said["lines"]
    product = catalogue.by_sku()["AC03-COQ"]
    assert said["schema"] == "apport.order.v1"
    assert said["codes"] == ["ADA10"]
    assert said["customer"]["email_digest"] == email_digest(BUYER["email"])
    assert said["customer"]["is_new"] is True
    assert BUYER["nom"] not in json.dumps(said)
    assert goods["net_minor"] + goods["tax_minor"] == 3_510  # 39.00 less 10 %.
    assert goods["net_minor"] + goods["discount_minor"] == 3_250
    assert goods["unit_cost_minor"] == product.unit_cost_minor
    assert (shipping["kind"], shipping["net_minor"]) == ("shipping", 408)


@pytest.mark.parametrize(("consent", "told"), [("1", ["a-token"]), ("0", []), (None, [])])
def test_the_click_is_told_with_consent_only(browser_tab, settings_of_shop, consent, told):
    if consent is not None:
        choose(browser_tab, consent)
    browser_tab.set_cookie("ap_ref", "a-token")

    buy(browser_tab)

    assert messages(settings_of_shop)[0]["ap_ref"] == told


def test_a_second_order_of_the_same_address_is_not_a_new_customers(browser_tab, settings_of_shop):
    buy(browser_tab)
    buy(browser_tab)

    assert [said["customer"]["is_new"] for said in messages(settings_of_shop)] == [True, False]


def test_pieces_go_back_once(browser_tab, settings_of_shop):
    order_id = buy(browser_tab)
    path = f"/mes-commandes/{order_id}/retour"

    browser_tab.post(path, data={"ligne-1": "5"})
    again = browser_tab.post(path, data={"ligne-1": "1"})

    order, returned = messages(settings_of_shop)
    assert again.headers["Location"].endswith("retour-vide")
    assert returned["schema"] == "apport.return.v1"
    assert returned["order_id"] == order["id"]
    (line,) = returned["lines"]
    assert (line["line_id"], line["quantity"]) == ("1", 1)
    assert line["net_minor"] == order["lines"][0]["net_minor"]


def test_messages_wait_longer_and_longer_while_nobody_answers(browser_tab, settings_of_shop):
    buy(browser_tab)
    now = time.time()

    waits = []
    for _attempt in range(10):
        assert courier.deliver_due(settings_of_shop, at=now) == 0
        with connected(settings_of_shop.database) as database:
            row = database.execute("SELECT due_at, answer FROM outbox").fetchone()
        waits.append(round(row["due_at"] - now))
        assert row["answer"].startswith("Not reached")
        now = row["due_at"]

    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert "En cours de transmission" in browser_tab.get("/mes-commandes").text


def test_without_a_secret_nothing_leaves(browser_tab, settings_of_shop, monkeypatch):
    settings_of_shop.connection_file.unlink()
    monkeypatch.delenv("DEMO_SHOP_SECRET", raising=False)
    buy(browser_tab)

    assert courier.deliver_due(settings_of_shop, at=time.time()) == 0
    assert len(messages(settings_of_shop)) == 1


def test_the_programme_takes_the_shops_signature_and_makes_rows_of_it(programme, browser_tab):
    order_id = buy(browser_tab, sku="RB01-SAP", size="40")
    browser_tab.post(f"/mes-commandes/{order_id}/retour", data={"ligne-1": "1"})

    assert courier.deliver_due(programme, at=time.time()) == 2
    assert courier.deliver_due(programme, at=time.time()) == 0
    inbound.process_pending(now=timezone.now())

    assert set(InboundEvent.objects.values_list("status", "error")) == {("done", "")}
    order = Order.objects.get(external_id=str(order_id))
    line = order.lines.get(kind=LineKind.PRODUCT)
    assert order.email_key == email_key(email_digest(BUYER["email"]))
    account = email_digest(BUYER["email"])[:32]
    assert order.customer_ref == keyed_hash("customer", f"atelier:{account}")
    assert (line.sku, line.net_minor) == ("RB01-SAP", 10_750)
    assert line.cost_source == CostSource.PAYLOAD
    assert line.unit_cost_minor == catalogue.by_sku()["RB01-SAP"].unit_cost_minor
    assert ReturnLine.objects.get().line == line
    assert "Transmise au programme" in browser_tab.get("/mes-commandes").text


def test_another_secret_is_refused_and_the_message_kept(programme, browser_tab):
    WebhookSecret.objects.update(retired_at=NOW)
    buy(browser_tab)

    assert courier.deliver_due(programme, at=time.time()) == 0

    assert not InboundEvent.objects.exists()
    with connected(programme.database) as database:
        assert database.execute("SELECT answer FROM outbox").fetchone()[0].startswith("401")


def test_click_with_consent_then_buy_is_the_affiliates(programme, open_shop, live_server):
    affiliate = make_affiliate()
    link = make_link(affiliate, destination_url="https://shop.example/produit/mv01-cam")
    tab = open_shop_at(programme, open_shop)
    choose(tab, "1")

    landing = tab.get(f"/c/{link.code}", headers={"Sec-Fetch-Mode": "navigate"})
    buy(tab)
    courier.deliver_due(programme, at=time.time())
    process_and_attribute()

    assert landing.status_code == 302
    assert landing.headers["Location"].startswith("https://shop.example/produit/mv01-cam")
    credit = Credit.objects.get()
    assert (credit.affiliate, credit.touchpoint.kind) == (affiliate, "click")


def test_without_consent_only_the_code_can_lead_to_somebody(programme, open_shop):
    clicked, coded = make_affiliate(), make_affiliate()
    link = make_link(clicked)
    make_code(coded, code="CLARA42")
    tab = open_shop_at(programme, open_shop)

    landing = tab.get(f"/c/{link.code}", headers={"Sec-Fetch-Mode": "navigate"})
    buy(tab, code="clara42")
    courier.deliver_due(programme, at=time.time())
    process_and_attribute()

    assert "Set-Cookie" not in landing.headers
    credit = Credit.objects.get()
    assert (credit.affiliate, credit.touchpoint.kind) == (coded, "code")


def open_shop_at(programme, open_shop):
    """Open the shop in front of ``programme`` (its file is written by ``open_shop``)."""
    tab = open_shop()
    tab.application.app.settings = programme
    return tab


def process_and_attribute():
    now = timezone.now()
    inbound.process_pending(now=now)
    shipping.ship(django_settings.SPOOL_DIR, host=spool.host_name(), now=now)
    attributions.attribute_pending(now=now)
