"""Importing a real history: every row accounted for, to the penny, whatever happens meanwhile."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.models import Sum

from core.money import Money
from payouts.models import Commission, CommissionLine
from payouts.services import checks
from shop.models import BandAssignment, Order, OrderLine, Product, ReturnLine, Shop
from tests.builders import BANDS, make_band
from tests.payouts.online_retail_file import history, row, write
from tests.undo import undone
from tracking.models import Attribution, CouponCode

CHECKOUT = Path(__file__).parents[2]


def run(path, *options, file_format="online-retail"):
    """Import and return the report; the code of the shop is ``uci``."""
    out = StringIO()
    call_command("import_orders", str(path), "--format", file_format, "--shop", "uci", "--json",
                 *options, stdout=out, stderr=StringIO())  # fmt: skip
    return json.loads(out.getvalue())


def imported(tmp_path, rows, *options):
    return run(write(tmp_path / "orders.csv", rows), *options)


TOTALS = (
    "rows_read", "orders", "lines", "returns_matched", "returns_parked", "input_minor", "sums",
    "attributed_orders", "accrued_minor", "reversed_minor", "pending_minor", "payable_minor",
    "paid_minor", "refused",
)  # fmt: skip


def totals(report):
    return {name: report[name] for name in TOTALS}


@pytest.mark.django_db
def test_every_kind_of_row_goes_where_it_belongs(tmp_path):
    report = imported(
        tmp_path,
        [
            row("536365", "85123A", 6, "2.55", title="WHITE HANGING HEART"),
            row("536365", "85123A", 6, "2.55", title="WHITE HANGING HEART"),  # A line of its own.
            row("536365", "POST", 1, "18.00"),
            row("536365", "gift_0001_20", 1, "16.67"),
            row("536365", "AMAZONFEE", 1, "3.00"),
            row("536365", "m", 2, "1.005"),
            row("536365", "DCGS0003", 1, "0.0"),
            row("A563186", "B", 1, "-11062.06", customer=""),
            row("536366", "22632", -1, "0.0", title="damages"),
            row("536367", "22633", "many", "1.85"),
            row("536368", "22633", 1, "NaN"),
            ["536369", "22633"],
        ],
    )

    assert (report["rows_read"], report["orders"], report["lines"]) == (12, 2, 8)
    assert report["sums"] == {
        "adjustment": 201 - 1_106_206,
        "fee": 300,
        "gift_card": 1_667,
        "product": 2 * 1_530,
        "shipping": 1_800,
        "refused": 0,
    }
    assert {reason: found["rows"] for reason, found in report["refused"].items()} == {
        "not eight cells": 1,
        "quantity not above zero outside a cancellation": 1,
        "quantity or price out of bounds": 1,
        "quantity, price or date unreadable": 1,
    }
    assert report["differences"] == []
    order = Order.objects.get(external_id="536365")
    assert order.placed_at == datetime(2010, 12, 1, 8, 26, tzinfo=UTC)
    assert (order.currency, order.country) == ("GBP", "GB")
    assert order.customer_ref not in {"", "17850"}
    assert list(order.lines.order_by("pk").values_list("external_id", flat=True)) == list("1234567")


@pytest.mark.django_db
def test_summer_is_an_hour_earlier_in_utc(tmp_path):
    imported(tmp_path, [row("1", at="2011-07-01 12:00:00")])

    assert Order.objects.get().placed_at == datetime(2011, 7, 1, 11, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_cancellations_go_to_the_newest_earlier_purchases_of_that_customer(tmp_path):
    report = imported(
        tmp_path,
        [
            row("1", quantity=5, at="2011-01-01 10:00:00"),
            row("2", quantity=2, at="2011-01-02 10:00:00"),
            row("2", quantity=1, at="2011-01-02 10:00:00"),
            row("3", quantity=9, at="2011-01-02 11:00:00", customer="99999"),
            row("C4", quantity=-7, price="2.50", at="2011-01-03 10:00:00"),
            row("5", quantity=9, at="2011-01-04 10:00:00"),
            row("C6", quantity=-4, at="2011-01-03 11:00:00"),
            row("C7", sku="POST", quantity=-1, price="9.99", at="2011-01-03 11:00:00"),
            row("C8", quantity=-1, customer=""),
        ],
    )

    assert list(
        ReturnLine.objects.order_by("pk").values_list(
            "shop_return__external_id", "line__order__external_id", "quantity", "net_minor"
        )
    ) == [
        ("C4:2", "2", 1, 250),
        ("C4:2", "2", 2, 500),
        ("C4:1", "1", 4, 1_000),
        ("C6:1", "1", 1, 255),
        ("C6:unmatched", None, 3, 765),
        ("C7:unmatched", None, 1, 999),
        ("C8:unmatched", None, 1, 255),
    ]
    assert (report["returns_matched"], report["returns_parked"]) == (4, 3)
    assert report["differences"] == []


@pytest.mark.django_db
def test_rows_of_an_invoice_need_not_stand_together(tmp_path):
    imported(tmp_path, [row("1"), row("2"), row("1", at="2010-12-01 08:20:00")])

    order = Order.objects.get(external_id="1")
    assert order.lines.count() == 2
    assert order.placed_at == datetime(2010, 12, 1, 8, 20, tzinfo=UTC)


@pytest.mark.django_db
def test_made_up_costs_are_a_share_of_the_modal_price(tmp_path):
    imported(
        tmp_path,
        [row("1", price="2.55"), row("2", price="2.55"), row("3", price="9.99"),
         row("4", sku="X", price="0.0")],
        "--cost-share", "6000",
    )  # fmt: skip

    product = Product.objects.get(sku="21000")
    assert (product.list_price_minor, product.vat_bps) == (255, 0)
    assert set(OrderLine.objects.filter(sku="21000").values_list("unit_cost_minor", flat=True)) == {
        153
    }
    assert OrderLine.objects.get(sku="X").unit_cost_minor == 0
    assert BandAssignment.objects.get(product=product).band.lower_bps == 3_500


@pytest.mark.django_db
def test_a_generated_history_adds_up_pays_and_changes_nothing_the_second_time(tmp_path):
    rows = history(invoices=120, seed=3)
    path = write(tmp_path / "orders.csv.xz", rows)
    options = ("--affiliates", "4", "--seed", "7", "--cost-share", "6000")

    first = run(path, *options)

    pennies = sum(Money.from_decimal(int(r[3]) * Decimal(r[5]), "GBP").minor for r in rows)
    assert first["input_minor"] == pennies == sum(first["sums"].values())
    assert (first["differences"], first["changed"]) == ([], True)
    assert first["rows_read"] == len(rows)
    assert CouponCode.objects.count() == first["affiliates_created"] == 4
    assert 0.1 < first["attributed_orders"] / first["orders"] < 0.5
    assert first["accrued_minor"] > first["reversed_minor"] > 0
    assert first["pending_minor"] == 0
    assert first["payable_minor"] == first["accrued_minor"] - first["reversed_minor"]
    assert Attribution.objects.count() == first["orders"]
    assert checks.check() == []
    stored = (
        Commission.objects.count(),
        CommissionLine.objects.count(),
        ReturnLine.objects.count(),
    )

    again = run(path, *options)

    assert again["changed"] is False
    assert (again["orders_created"], again["returns_created"]) == (0, 0)
    assert totals(again) == totals(first)
    assert stored == (
        Commission.objects.count(), CommissionLine.objects.count(), ReturnLine.objects.count()
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("seed", ["1", "2"])
def test_a_shuffled_import_ends_in_the_same_totals(tmp_path, seed):
    path = write(tmp_path / "orders.csv", history(invoices=100, seed=5))
    options = ("--affiliates", "3", "--cost-share", "6000")
    with undone():
        straight = run(path, *options)

    shuffled = run(path, *options, "--shuffle", seed)

    assert totals(shuffled) == totals(straight)
    assert checks.check() == []


@pytest.mark.django_db
def test_without_costs_nothing_becomes_payable(tmp_path):
    report = imported(tmp_path, history(invoices=30), "--affiliates", "2")

    assert report["attributed_orders"] > 0
    assert report["payable_minor"] == 0


@pytest.mark.django_db
def test_what_was_changed_in_the_database_is_found_out(tmp_path, as_superuser):
    path = write(tmp_path / "orders.csv", [row("1"), row("2", "POST", 1, "9.99")])
    run(path)
    with as_superuser() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE shop_orderline SET net_minor = net_minor + 1 WHERE sku = 'POST'")
        cursor.execute("SET LOCAL session_replication_role = origin")

    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("import_orders", str(path), "--format", "online-retail", "--shop", "uci",
                     stdout=out, stderr=StringIO())  # fmt: skip

    assert ended.value.code == 1
    assert "shipping: the file says 999, the database 1000." in out.getvalue()


@pytest.mark.django_db
def test_a_changed_file_does_not_change_what_was_stored(tmp_path):
    imported(tmp_path, [row("1", quantity=2), row("2")])

    report = imported(tmp_path, [row("1", quantity=3), row("2")])

    (reason,) = report["refused"]
    assert "already received with other lines" in reason
    assert report["refused"][reason]["minor"] == 765
    assert report["differences"] == []
    assert OrderLine.objects.aggregate(Sum("quantity"))["quantity__sum"] == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "options", "sentence"),
    [
        ("a,b\n", (), "The first row must be InvoiceNo"),
        (None, (), "cannot be opened"),
        ("", ("--cost-share", "10001"), "basis points"),
        ("", ("--affiliates", "-1"), "between 0 and 999"),
    ],
)
def test_what_cannot_be_imported_says_why(tmp_path, content, options, sentence):
    path = tmp_path / "orders.csv"
    if content is not None:
        path.write_text(content)

    with pytest.raises(CommandError, match=sentence):
        run(path, *options)


@pytest.mark.django_db
def test_a_file_that_is_not_utf8_says_so(tmp_path):
    path = write(tmp_path / "orders.csv", [row("1")])
    path.write_bytes(path.read_bytes() + b"\xff\xfe")

    with pytest.raises(CommandError, match="cannot be read to its end"):
        run(path)


@pytest.mark.django_db
def test_a_shop_of_another_currency_is_refused(tmp_path):
    Shop.objects.create(code="uci", name="UCI", home_url="https://x.example/", currency="EUR")

    with pytest.raises(CommandError, match="The file is in GBP, uci in EUR"):
        imported(tmp_path, [row("1")])


def start(path):
    """Start the import in a process of its own, on this test's database."""
    settings = connection.settings_dict
    host = settings["HOST"]
    url = f"postgresql://{settings['USER']}@/{settings['NAME']}?host={host}"
    return subprocess.Popen(
        [sys.executable, "manage.py", "import_orders", str(path), "--format", "online-retail",
         "--shop", "uci", "--affiliates", "4", "--cost-share", "6000"],
        cwd=CHECKOUT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings_test", "DATABASE_URL": url,
             "DATABASE_OWNER_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )  # fmt: skip


def wait_until(condition, process, *, seconds=90):
    deadline = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, process.stderr.read().decode()
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", [Order, Commission], ids=["while storing", "while paying"])
def test_killed_in_the_middle_and_started_again_ends_in_the_same_totals(tmp_path, moment):
    for lower, _upper in BANDS:
        make_band(lower)
    path = write(tmp_path / "orders.csv", history(invoices=900, seed=9))
    process = start(path)
    wait_until(moment.objects.exists, process)
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    process.stderr.close()
    interrupted = Order.objects.count()

    report = run(path, "--affiliates", "4", "--cost-share", "6000")

    assert report["changed"] is True
    assert interrupted <= report["orders"] == Order.objects.count()
    assert report["differences"] == []
    assert report["payable_minor"] == report["accrued_minor"] - report["reversed_minor"] > 0
    assert checks.check() == []
    assert (
        run(path, "--affiliates", "4", "--cost-share", "6000", "--shuffle", "1")["changed"] is False
    )
