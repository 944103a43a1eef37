"""The whole module on a database: hooks note, the queue sends, and nothing harms the shop."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shop.connectors.contract import Delivery
from shop.connectors.prestashop import CONNECTOR
from shop.domain.states import Stock, UnitCost
from tests.doubles.shops.server import FakeShop, Reply
from tests.shop.connectors.prestashop.bodies import context, order, slip, told
from tests.shop.connectors.prestashop.cases import CASES
from tests.shop.connectors.prestashop.tables import created, insert, slip_stored, stored

ROOT = Path(__file__).parents[4]
MODULE = ROOT / "shop/connectors/prestashop_module/apport"
CORE = ROOT / "tests/doubles/shops/prestashop_core.php"
SECRET = "k" * 40
YES = {"ap_consent": "1", "ap_ref": "abcdefghijklmnopqrstuv"}


def _has_php():
    if shutil.which("php") is None:
        return False
    known = subprocess.run(["php", "-m"], capture_output=True, text=True, check=True).stdout
    return {"pdo_sqlite", "curl", "intl", "mbstring"} <= set(known.split())


pytestmark = pytest.mark.skipif(not _has_php(), reason="there is no PHP with SQLite and curl here")


class Receiver(FakeShop):
    def answer(self, asked):  # noqa: ARG002
        return Reply({"status": "accepted"})


class Installed:
    """A shop with the module, as steps that PHP runs."""

    def __init__(self, folder):
        self.dsn = os.environ.get("APPORT_TEST_DSN") or f"sqlite:{folder}/shop.sqlite"

    def steps(self, *steps, side="front"):
        asked = "".join(json.dumps(one) + "\n" for one in steps)
        said = subprocess.run(
            ["php", CORE, MODULE], input=asked, capture_output=True, text=True, timeout=60,
            env={**os.environ, "APPORT_TEST_DSN": self.dsn, "APPORT_TEST_SIDE": side},
        )  # fmt: skip
        assert said.returncode == 0, said.stderr + said.stdout
        return [json.loads(line) for line in said.stdout.splitlines()]

    def sql(self, *statements):
        self.steps(*({"do": "sql", "sql": one} for one in statements))

    def rows(self, sql):
        return self.steps({"do": "rows", "sql": sql})[0]

    def hook(self, name, side="front", cookies=None, **params):
        step = {"do": "hook", "name": name, "params": params, "cookies": cookies or {}}
        _said, log = self.steps(step, {"do": "log"}, side=side)
        return log

    def send(self, **limits):
        return self.steps({"do": "send", **limits})[0]

    def make_due(self):
        self.sql("UPDATE ps_apport_queue SET due_at = 0")


@pytest.fixture
def receiver():
    with Receiver() as running:
        yield running


@pytest.fixture
def shop(tmp_path, receiver):
    installed = Installed(tmp_path)
    if "mysql" in installed.dsn:
        for table in installed.rows("SHOW TABLES"):
            installed.sql(f"DROP TABLE {next(iter(table.values()))}")
    installed.sql(*created())
    installed.steps({"do": "install"})
    post = {"submitApport": "1", "APPORT_WEBHOOK": f"{receiver.address}/webhooks/maison/",
            "APPORT_SECRET": SECRET}  # fmt: skip
    assert "confirmation" in installed.steps({"do": "settings", "post": post})[0]
    return installed


def deliveries(receiver):
    return [Delivery(one.headers, one.body) for one in receiver.asked]


def read(receiver, now):
    """Return the facts of all that was sent, each accepted as the webhook accepts it."""
    found = []
    for one in deliveries(receiver):
        CONNECTOR.check(one, secrets=[SECRET], now=now)
        found.append(CONNECTOR.facts(CONNECTOR.arrival(one).topic, one.body, context()))
    return found


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.mark.parametrize("name", ["plain", "dollars", "slips", "cancelled", "delivered", "abroad"])
def test_ps15_what_is_read_from_the_tables_is_what_the_webservice_tells(shop, name):
    shop.sql(*stored(CASES[name]))

    said = shop.steps({"do": "bodies", "kind": "order", "id": 70})[0]

    first, *others = (json.dumps(one).encode() for one in said)
    (state,) = CONNECTOR.facts("apport.order.v1", first, context()).orders
    polled = told(CASES[name] | {"references": []})
    assert state.order.content_hash() == polled.order.content_hash()
    assert (state.order.customer_ref, state.order.email_key, state.order.address_key) == (
        polled.order.customer_ref, polled.order.email_key, polled.order.address_key)  # fmt: skip
    assert (state.order.cancelled_at, state.order.delivered_at, state.order.updated_at) == (
        polled.order.cancelled_at, polled.order.delivered_at, polled.order.updated_at)  # fmt: skip
    assert [unit.unit_cost_minor for unit in state.order.lines] == [
        unit.unit_cost_minor for unit in polled.order.lines]  # fmt: skip
    returns = [CONNECTOR.facts("apport.return.v1", one, context()).returns[0] for one in others]
    assert tuple(returns) == polled.returns


def test_an_order_is_told_with_the_reference_that_its_visitor_agreed_to(shop, receiver, now):
    shop.sql(*stored(order()))
    assert shop.hook("actionCartSave", cart={"id": 60}, cookies=YES) == []
    # The bank's own server confirms the order: it has no cookies.
    assert shop.hook("actionValidateOrder", order={"id": 70, "id_cart": 60}) == []
    assert receiver.asked == []  # Nothing is sent while the order is placed.

    assert shop.send() == 1

    (state,) = read(receiver, now)[0].orders
    assert state.order.click_tokens == ("abcdefghijklmnopqrstuv",)
    assert shop.rows("SELECT * FROM ps_apport_queue") == []


@pytest.mark.parametrize(
    ("cookies", "side"),
    [
        ({}, "front"),
        ({"ap_ref": "abcdefghijklmnopqrstuv"}, "front"),
        (YES | {"ap_consent": "0"}, "front"),
        (YES | {"ap_ref": "<script>"}, "front"),
        (YES | {"ap_ref": ["a"]}, "front"),
        (YES, "admin"),  # An employee's browser is not the customer's.
    ],
)
def test_without_an_explicit_yes_no_reference_is_kept(shop, cookies, side):
    assert shop.hook("actionCartSave", cart={"id": 60}, cookies=cookies, side=side) == []
    assert shop.rows("SELECT * FROM ps_apport_reference") == []


def test_a_no_after_a_yes_forgets_what_the_cart_had(shop):
    shop.hook("actionCartSave", cart={"id": 60}, cookies=YES)
    shop.hook("actionCartSave", cart={"id": 60}, cookies={"ap_consent": "0"})
    assert shop.rows("SELECT * FROM ps_apport_reference") == []


def test_every_hook_notes_the_order_once_and_a_later_change_is_told_again(shop, receiver, now):
    shop.sql(*stored(order()))
    placed = {"id": 70, "id_cart": 60}
    for name, params in (
        ("actionValidateOrder", {"order": placed}), ("actionValidateOrderAfter", {"order": placed}),
        ("actionPaymentConfirmation", {"id_order": 70}), ("actionOrderEdited", {"order": placed}),
        ("actionOrderStatusPostUpdate", {"id_order": 70}),
        ("actionProductCancel", {"order": placed}),
        ("actionOrderReturn", {"orderReturn": {"id_order": 70}}),
        ("actionOrderSlipAdd", {"order": placed, "productList": [], "qtyList": []}),
    ):  # fmt: skip
        assert shop.hook(name, **params) == []
    assert [row["changes"] for row in shop.rows("SELECT changes FROM ps_apport_queue")] == ["8"]
    assert shop.send() == 1

    shop.sql(*slip_stored(slip(4, (501, 1, "36.00")), 70))
    shop.hook("actionOrderSlipAdd", order=placed)
    assert shop.send() == 1

    facts = read(receiver, now)
    assert [(len(one.orders), len(one.returns)) for one in facts] == [(1, 0), (1, 0), (0, 1)]
    assert facts[2].returns[0].lines[0].net_minor == 3_600
    events = [one.headers["apport-event-id"] for one in receiver.asked]
    assert len(set(events)) == 3


def test_the_same_body_again_is_the_same_event(shop, receiver):
    shop.sql(*stored(order()))
    for _time in range(2):
        shop.hook("actionPaymentConfirmation", id_order=70)
        shop.send()
    first, again = receiver.asked
    assert first.headers["apport-event-id"] == again.headers["apport-event-id"]
    assert first.body == again.body


def test_what_is_not_accepted_is_tried_again_later_and_later(shop, receiver):
    shop.sql(*stored(order()))
    shop.hook("actionPaymentConfirmation", id_order=70)
    receiver.fail("/webhooks", 500, times=2)
    waits = []
    for _attempt in range(2):
        assert shop.send() == 0
        (row,) = shop.rows("SELECT attempts, due_at, last_error FROM ps_apport_queue")
        waits.append(int(row["due_at"]))
        assert row["last_error"] == "Answered with status 500."
        assert shop.send() == 0  # Not due yet.
        shop.make_due()
    assert waits[1] - waits[0] >= 60
    assert shop.send() == 1
    assert len(receiver.asked) == 3


def test_a_receiver_that_is_away_or_slow_costs_two_seconds_at_most(shop, receiver):
    shop.sql(*stored(order()), "UPDATE ps_configuration SET value = 'http://127.0.0.1:9/'"
             " WHERE name = 'APPORT_WEBHOOK'")  # fmt: skip
    shop.hook("actionPaymentConfirmation", id_order=70)
    assert shop.send() == 0
    (row,) = shop.rows("SELECT last_error FROM ps_apport_queue")
    assert row["last_error"] == "Did not answer."


def test_a_body_that_cannot_be_made_stops_no_other(shop, receiver):
    shop.sql(*stored(order()), "UPDATE ps_orders SET date_add = 'yesterdayish'")
    shop.sql(insert("product", id_product=9, id_shop_default=1, reference="P", id_manufacturer=1))
    shop.hook("actionPaymentConfirmation", id_order=70)
    shop.hook("actionPaymentConfirmation", id_order=71)  # Gone, or never there: nothing to tell.
    assert shop.send() == 1
    rows = shop.rows("SELECT id_object, last_error FROM ps_apport_queue")
    assert [row["id_object"] for row in rows] == ["70"]
    assert "yesterdayish" not in rows[0]["last_error"]


def test_hooks_never_throw_whatever_they_are_given_and_whatever_is_broken(shop):
    shop.sql("DROP TABLE ps_apport_queue", "DROP TABLE ps_apport_reference")
    for name in ("actionValidateOrder", "actionOrderSlipAdd", "actionOrderReturn"):
        assert shop.hook(name) == []
    log = shop.hook("actionValidateOrder", order={"id": 70, "id_cart": 60})
    assert log
    assert all(one.startswith("Apport: PDOException") for one in log)
    shop.steps({"do": "install"})


def test_a_product_is_told_with_its_combinations(shop, receiver, now):
    shop.sql(
        insert("product", id_product=9, id_shop_default=1, reference="DRESS", id_manufacturer=2),
        insert("product_shop", id_product=9, id_shop=1, price="40.000000", active=1,
               wholesale_price="15.500000", id_category_default=4, id_tax_rules_group=1,
               date_upd="2026-06-01 10:00:00"),
        insert("product_lang", id_product=9, id_shop=1, id_lang=1, name="A dress"),
        insert("manufacturer", id_manufacturer=2, name="Invented"),
        insert("image", id_image=123, id_product=9, cover=1),
        insert("category", id_category=4, level_depth=2),
        insert("category_lang", id_category=4, id_lang=1, name="Dresses"),
        insert("category_product", id_category=4, id_product=9),
        insert("tax", id_tax=1, rate="20.000"),
        insert("tax_rule", id_tax_rule=1, id_tax_rules_group=1, id_country=8, id_tax=1),
        insert("product_attribute", id_product_attribute=31, id_product=9, reference="DRESS-M"),
        insert("product_attribute_shop", id_product_attribute=31, id_shop=1, price="2.500000",
               wholesale_price="0.000000"),
        insert("stock_available", id_product=9, id_product_attribute=31, quantity=4,
               out_of_stock=2),
        insert("product_attribute_combination", id_product_attribute=31, id_attribute=5),
        insert("attribute", id_attribute=5, id_attribute_group=1),
        insert("attribute_group", id_attribute_group=1, is_color_group=0),
        insert("attribute_lang", id_attribute=5, id_lang=1, name="M"),
    )  # fmt: skip
    shop.hook("actionProductUpdate", id_product=9)
    assert shop.send() == 1

    facts = read(receiver, now)[0]
    (product,) = facts.products
    assert (product.sku, product.size, product.model) == ("DRESS-M", "M", "9")
    assert (product.list_price_minor, product.vat_bps) == (5_100, 2_000)
    assert facts.unit_costs == (UnitCost(sku="DRESS-M", unit_cost_minor=1_550),)
    assert facts.stocks == (Stock(sku="DRESS-M", pieces=4),)
    assert product.changed_at == datetime(2026, 6, 1, 8, tzinfo=UTC)
    assert (product.category, product.brand) == ("Dresses", "Invented")
    assert product.image_url == "https://shop.example/img/p/1/2/3/123.jpg"


def test_orders_do_not_wait_behind_a_catalogue_that_was_imported(shop, receiver, now):
    shop.sql(*stored(order()))
    shop.sql(*(insert("product", id_product=number, id_shop_default=1, reference=f"P{number}",
                      id_manufacturer=1) for number in range(1, 6)))  # fmt: skip
    for number in range(1, 6):
        shop.hook("actionProductUpdate", id_product=number)
    shop.hook("actionPaymentConfirmation", id_order=70)

    assert shop.send(most=1) == 1

    (facts,) = read(receiver, now)
    assert facts.orders[0].order.external_id == "70"
    assert {row["kind"] for row in shop.rows("SELECT kind FROM ps_apport_queue")} == {"product"}


def test_settings_refuse_an_address_in_the_clear_and_never_show_the_secret(shop):
    for address in ("http://apport.example/", "https://user@apport.example/", "ftp://x/", ""):
        post = {"submitApport": "1", "APPORT_WEBHOOK": address, "APPORT_SECRET": "x"}
        (said,) = shop.steps({"do": "settings", "post": post})
        assert said.startswith("error: Enter an address")
    (form,) = shop.steps({"do": "settings", "post": {}})
    assert SECRET not in form
    assert "module/apport/cron?token=" in form


def test_installing_again_keeps_what_waits_and_uninstalling_leaves_nothing(shop):
    shop.hook("actionPaymentConfirmation", id_order=70)
    ((said, hooks),) = shop.steps({"do": "install"})
    assert said is True
    assert {"actionValidateOrder", "actionOrderSlipAdd", "addWebserviceResources"} <= set(hooks)
    assert len(shop.rows("SELECT * FROM ps_apport_queue")) == 1
    assert shop.steps({"do": "uninstall"}) == [True]
    assert shop.rows("SELECT name FROM ps_configuration WHERE name LIKE 'APPORT%'") == []
