"""The tables of docs/rules/connectors/woocommerce.md, row by row."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.shop.connectors.woocommerce.bodies import (
    item,
    order,
    polled,
    refund,
    refunded,
    scarf,
    shipping,
    webhook,
)

RULES = Path(__file__).parents[4] / "docs/rules/connectors/woocommerce.md"


def table(first_column):
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in RULES.read_text().splitlines()
        if line.startswith("|")
    ]
    start = next(n for n, row in enumerate(rows) if row[0] == first_column) + 2
    width = len(rows[start])
    found = []
    for row in rows[start:]:
        if len(row) != width:
            break
        found.append(row)
    return found


def minor(text):
    return int(Decimal(text) * 100)


@pytest.mark.parametrize(("status", "paid", "awaits", "cancelled"), table("status"))
def test_a_status_means_what_the_table_says(status, paid, awaits, cancelled):
    name = "ready-to-ship" if status == "a plugin's own" else status
    moment = None if paid == "–" else f"{paid}T10:00:00"
    (state,) = webhook(order(status=name, date_paid_gmt=moment)).orders

    assert state.order.awaits_payment == (awaits == "yes")
    assert (state.order.cancelled_at is not None) == (cancelled == "yes")


@pytest.mark.parametrize("row", table("line"), ids=lambda row: row[0])
def test_a_line_is_worth_what_the_table_says(row):
    line_id, subtotal, total, total_tax, units, net, discount, tax = row
    given = {one["id"]: one for one in (item(), scarf(), shipping())}[int(line_id)]
    (state,) = webhook(order()).orders
    (line,) = [one for one in state.order.lines if one.external_id == line_id]

    assert (given["total"], given["total_tax"]) == (total, total_tax)
    assert given.get("subtotal", "–") == subtotal
    assert (line.quantity, line.net_minor) == (int(units), minor(net))
    assert (line.discount_minor, line.tax_minor) == (minor(discount), minor(tax))


@pytest.mark.parametrize("row", table("amount"), ids=lambda row: f"{row[0]} of {row[1]}")
def test_a_refund_takes_back_what_the_table_says(row):
    amount, line, quantity, money, units, net, rest = row
    rows = {}
    if line != "–":
        tax = f"{Decimal(money) / 5:.2f}"
        of = refunded(line, money, tax, quantity=int(quantity))
        rows = {"shipping_lines": [of]} if line == "13" else {"line_items": [of]}
    (came_back,) = polled(order(), refund(amount=amount, **rows)).returns
    expected = [] if line == "–" else [(line, int(units), minor(net))]
    expected += [] if rest == "–" else [("", 0, minor(rest))]

    assert [
        (one.line_external_id, one.quantity, one.net_minor) for one in came_back.lines
    ] == expected
