"""Writes files in the format of the UCI Online Retail data, with its dirt, from a seed."""

import csv
import lzma
import random
from datetime import datetime, timedelta
from io import StringIO

from shop.connectors.online_retail import COLUMNS

GOODS = [(f"{21000 + number}", f"THING {number}", 0.39 + number * 0.35) for number in range(60)]
OTHER = [("POST", "POSTAGE"), ("M", "Manual"), ("BANK CHARGES", "Bank Charges"),
         ("gift_0001_20", "Gift Voucher"), ("DCGS0003", "BOXED GLASS ASHTRAY")]  # fmt: skip


def row(invoice, sku="21000", quantity=1, price="2.55", *, at="2010-12-01 08:26:00",
        customer="17850", title="THING", country="United Kingdom"):  # fmt: skip
    return [invoice, sku, title, str(quantity), at, str(price), customer, country]


def write(path, rows):
    """Write the rows below the header; ``.xz`` compresses."""
    text = StringIO(newline="")
    csv.writer(text).writerows([COLUMNS, *rows])
    content = text.getvalue().encode()
    path.write_bytes(lzma.compress(content) if path.suffix == ".xz" else content)
    return path


def history(*, invoices, seed=0):
    """Return the rows of some invoices in the order of time, one in seven of them cancelling."""
    chance = random.Random(seed)
    at, number = datetime.fromisoformat("2011-01-04 09:00"), 540_000
    bought: list[tuple[str, str, float, int]] = []
    rows = []
    for _ in range(invoices):
        at += timedelta(minutes=chance.randint(1, 50))
        number += 1
        when, customer = at.isoformat(sep=" "), chance.choice(["", *map(str, range(12346, 12360))])
        if bought and chance.random() < 1 / 7:
            for sku, customer_then, price, quantity in chance.sample(bought, min(3, len(bought))):
                rows.append(row(f"C{number}", sku, -chance.randint(1, quantity + 1), price, at=when,
                                customer=customer_then))  # fmt: skip
            continue
        for _line in range(chance.randint(1, 18)):
            sku, title, price = chance.choice(GOODS)
            price = chance.choice([f"{price:.2f}", f"{price:.3f}", "0.0"] + [f"{price:.2f}"] * 6)
            quantity = chance.choice([1, 2, 6, 12, 48])
            rows.append(
                row(f"{number}", sku, quantity, price, at=when, customer=customer, title=title)
            )
            bought.append((sku, customer, price, quantity))
            if chance.random() < 0.05:
                rows.append(rows[-1])
        if chance.random() < 0.2:
            sku, title = chance.choice(OTHER)
            rows.append(row(f"{number}", sku, 1, f"{chance.randint(1, 4000) / 100:.2f}", at=when,
                            customer=customer, title=title))  # fmt: skip
        if chance.random() < 0.05:
            rows.append(row(f"{number + 900_000}", "21000", -3, "0.0", at=when, title="damages"))
    return rows
