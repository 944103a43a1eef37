"""Small files of events for tests: written by hand, or by the generators with few clicks."""

from __future__ import annotations

import json
import random
from dataclasses import replace

from benchmarks.fraud.people import KINDS
from benchmarks.fraud.traffic import Set, Traffic, partner
from fraud.evaluation import report
from fraud.evaluation.contents import scan
from fraud.evaluation.run import evaluate

BEGINS = 1_780_300_800  # 1 June 2026, 8:00 UTC
SHOP = "https://www.shop.example"
CHROMIUM = {
    "user-agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/156.0.0.0 Safari/537.36",
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "navigate",
    "sec-fetch-user": "?1",
    "sec-fetch-dest": "document",
    "referer": "https://blog.example/",
}


def affiliate(name="blog", **said):
    """An honest content affiliate."""
    return {
        "type": "affiliate", "id": name, "class": "content", "sites": ["https://blog.example"],
        "redirectors": [], "email": f"{name}@example.com", "address": "1 rue des Lilas, Lyon",
        "label": "legit", **said,
    }  # fmt: skip


def click(name="c1", **said):
    """A reader who follows a link."""
    return {
        "type": "click", "id": name, "affiliate": "blog", "ts": BEGINS, "method": "GET",
        "headers": CHROMIUM, "cookies": ["lax"], "ip": "192.0.2.7", "datacentre": False,
        "visitor": "v1", "url": f"{SHOP}/c/blog", "landing": f"{SHOP}/p/1", **said,
    }  # fmt: skip


def beacon(name="c1", **said):
    """What the page then tells."""
    return {
        "type": "beacon", "click": name, "ts": BEGINS + 1, "redirect_count": 1,
        "referrer": "https://blog.example/", "visible": True, "focused": True, "framed": False,
        "activation_start": 0, **said,
    }  # fmt: skip


def journey(kind, **said):
    """A step in the shop."""
    return {"type": "journey", "visitor": "v1", "ts": BEGINS - 600, "kind": kind, **said}


def order(name="o1", **said):
    """What the reader buys half an hour later."""
    return {
        "type": "order", "id": name, "ts": BEGINS + 1_800, "visitor": "v1", "click": "c1",
        "amount_minor": 8_000, "new_customer": True,
        "customer": {"email": "buyer@example.org", "address": "2 place du Port, Nantes"},
        "label": "legit", **said,
    }  # fmt: skip


def returned(name="o1", **said):
    """The goods come back."""
    return {"type": "return", "order": name, "ts": BEGINS + 400_000, **said}


def written(path, events):
    """Write events as a file of JSON lines and return its path."""
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return path


def generated(names, *, clicks=60, known=0.8, affiliates=2):
    """Events of some of the generator's kinds, in order of time."""
    whole = Set(begins=BEGINS - BEGINS % 86_400, days=10, known_sessions=known)
    lines, owners = [], []
    for kind in KINDS:
        for number in range(affiliates if kind.name in names else 0):
            dice = random.Random(f"{kind.name} {number}")
            owner = partner(dice, replace(kind, clicks=clicks), number)
            owners.append(json.loads(owner.line()))
            lines += Traffic(dice, whole, owner).lines()
    return owners + [json.loads(line.text) for line in sorted(lines)]


def judged(path):
    """Return the answer about a file, from the test's own database."""
    contents, labels = scan(path)
    run = evaluate(contents, lambda _reached: None)
    return report.answer(report.decided(run), contents, labels)


def decisions(answer):
    """Return the decision about each order."""
    return {one["order"]: one["decision"] for one in answer["orders"]}


def codes(answer, name="o1"):
    """Return which signals spoke of an order."""
    return {
        said["code"] for one in answer["orders"] if one["order"] == name for said in one["signals"]
    }
