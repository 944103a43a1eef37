"""Our own CSV format for past orders: the webhook's fields, one row per line."""

import csv
import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from core.hashing import address_key, keyed_hash, phone_key
from shop.connectors.csv_file import COLUMNS, MORE_COLUMNS
from shop.models import Order, OrderLine, Return, ReturnLine
from tests.builders import make_shop

pytestmark = pytest.mark.django_db

DIGEST = "a" * 64


def order_row(order_id="A", **cells):
    return {
        "record": "order",
        "order_id": order_id,
        "at": "2026-06-01T12:00:00+02:00",
        "currency": "EUR",
        "line_id": "1",
        "sku": "S1",
        "title": "Robe, lin",
        "quantity": "2",
        "net_minor": "10000",
        **cells,
    }


def return_row(return_id="R", **cells):
    return {
        "record": "return",
        "return_id": return_id,
        "order_id": "A",
        "at": "2026-06-09T12:00:00+02:00",
        "line_id": "1",
        "quantity": "1",
        "net_minor": "5000",
        **cells,
    }


def run(path, *options):
    out = StringIO()
    call_command("import_orders", str(path), "--format", "apport-csv", "--shop", "atelier",
                 "--json", *options, stdout=out, stderr=StringIO())  # fmt: skip
    return json.loads(out.getvalue())


def imported(tmp_path, *rows, columns=COLUMNS):
    make_shop()
    path = tmp_path / "orders.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return run(path)


def test_a_file_may_say_more_of_the_customer(tmp_path):
    more = {"disposable_email": "1", "phone_digest": DIGEST, "address_digest": DIGEST}
    imported(
        tmp_path,
        order_row(**more),
        order_row("B"),
        return_row(),
        columns=COLUMNS + MORE_COLUMNS,
    )
    order = Order.objects.get(external_id="A")
    assert (order.phone_key, order.address_key) == (phone_key(DIGEST), address_key(DIGEST))
    assert order.has_disposable_email is True
    other = Order.objects.get(external_id="B")
    assert (other.phone_key, other.address_key, other.has_disposable_email) == ("", "", None)
    assert Return.objects.count() == 1


def test_orders_and_returns_arrive_as_through_the_webhook(tmp_path):
    report = imported(
        tmp_path,
        return_row(),
        order_row(number="#A", customer_id="8812", email_digest=DIGEST, new_customer="1",
                  country="FR", codes="ADA10 INES5", unit_cost_minor="3000"),
        order_row(number="#A", customer_id="8812", email_digest=DIGEST, new_customer="1",
                  country="FR", codes="ADA10 INES5", line_id="2", kind="shipping", sku="",
                  quantity="1", net_minor="413", tax_minor="82"),
        order_row("B", test="true", cancelled_at="2026-06-02T00:00:00Z"),
        return_row("S", order_id="Z"),
    )  # fmt: skip

    assert report["differences"] == []
    assert report["sums"] == {
        "product": 20_000,
        "shipping": 413,
        "returns_matched": -5_000,
        "returns_parked": -5_000,
        "refused": 0,
    }
    order = Order.objects.get(external_id="A")
    assert order.number == "#A"
    assert order.customer_ref == keyed_hash("customer", "atelier:8812")
    assert (order.codes, order.is_new_customer) == (["ADA10", "INES5"], True)
    assert order.lines.get(kind="product").unit_cost_minor == 3_000
    other = Order.objects.get(external_id="B")
    assert (other.is_test, other.cancelled_at is not None) == (True, True)
    assert set(Return.objects.values_list("external_id", "order__external_id")) == {
        ("R", "A"),
        ("S", None),
        ("cancel:B", "B"),
    }


def test_the_second_time_changes_nothing(tmp_path):
    rows = [order_row(), return_row(), order_row("B", cancelled_at="2026-06-02T00:00:00Z")]
    imported(tmp_path, *rows)

    report = imported(tmp_path, *rows)

    assert report["changed"] is False
    assert report["differences"] == []


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ({"quantity": "two"}, "At lines.1.quantity: must keep to type integer"),
        ({"net_minor": "10.5"}, "At lines.1.net_minor: must keep to type integer"),
        ({"at": "2026-06-01 12:00"}, "Its rows disagree in the column at"),
        ({"kind": "tip"}, "At lines.1.kind: must be one of product, "),
        ({"line_id": ""}, "At lines.1.id"),
    ],
)
def test_one_bad_row_refuses_its_whole_order_and_no_other(tmp_path, bad, sentence):
    report = imported(tmp_path, order_row(), order_row(**{"line_id": "2", **bad}), order_row("B"))

    (refused,) = report["refused"].values()
    assert refused["rows"] == 2
    assert sentence in refused["examples"][0]
    assert refused["examples"][1].startswith("row 3: A: ")
    assert Order.objects.get().external_id == "B"
    assert report["differences"] == []
    assert report["input_minor"] == sum(report["sums"].values())


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (order_row(at="2026-06-01T12:00:00"), "no offset from UTC"),
        (order_row(test="perhaps"), "At test: must keep to type boolean"),
        (order_row(currency="USD"), "sells in EUR"),
        (order_row(net_minor="-1"), "net below zero"),
        (order_row(order_id=""), "the id is missing"),
        (order_row(record="invoice"), "neither order nor return"),
        (return_row(reason="whim"), "At reason: must be one of return, cancellation"),
        (return_row("cancel:A"), "At id"),
    ],
)
def test_a_row_that_cannot_be_stored_says_why(tmp_path, row, sentence):
    report = imported(tmp_path, row)

    assert sentence in json.dumps(report["refused"])
    assert report["differences"] == []
    assert not OrderLine.objects.exists()
    assert not ReturnLine.objects.exists()


def test_an_unknown_shop_is_not_made_up(tmp_path):
    with pytest.raises(CommandError, match="There is no shop atelier"):
        run(tmp_path / "orders.csv")


def test_costs_are_not_made_up(tmp_path):
    with pytest.raises(CommandError, match="--cost-share is for online-retail"):
        run(tmp_path / "orders.csv", "--cost-share", "6000")


def test_deliveries_exchanges_and_money_without_goods_come_in_the_same_columns(tmp_path):
    first = order_row(delivered_at="2026-06-04T12:00:00+02:00")
    second = order_row("B", exchange_of="A", at="2026-06-10T12:00:00+02:00")
    money = return_row(amount_only="1", line_id="", quantity="", net_minor="700")

    imported(tmp_path, first, second, money)

    original = Order.objects.get(external_id="A")
    assert original.delivered_at is not None
    assert Order.objects.get(external_id="B").follows == original
    line = ReturnLine.objects.get()
    assert (line.quantity, line.net_minor, line.line) == (0, 700, None)
