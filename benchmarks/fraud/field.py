"""The second generator: shoppers who live through weeks, and affiliates who meet them on the way.

It shares no rule, no mix and no distribution with the first one. Requests are written by hand from
what browsers are documented to send, half of the shoppers are not known, and every third landing
page tells nothing. What an order is labelled is whose click came last before it.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from benchmarks.fraud import browsers, places
from benchmarks.fraud.browsers import Way
from benchmarks.fraud.traffic import DAY_S, Line

BEGINS = 1_780_272_000  # 1 June 2026
DAYS = 48
SHOPPERS = 26_000
KNOWN, TELLS = 0.5, 0.66
#: How many accounts of each kind, their label, and the class they say they are of.
ACCOUNTS = {
    "diary": (14, "legit", "content"), "creator": (10, "legit", "influencer"),
    "letter": (5, "legit", "newsletter"), "guide": (4, "legit", "comparison"),
    "poster": (4, "legit", "offline"), "vouchers": (4, "parasite", "content"),
    "points": (3, "parasite", "content"), "helper": (3, "parasite", "content"),
    "portal": (3, "parasite", "content"), "typo": (4, "fraud", "content"),
    "popunder": (3, "fraud", "content"), "pixel": (2, "fraud", "content"),
    "farm": (2, "fraud", "content"), "adwords": (2, "fraud", "content"),
    "masked": (2, "fraud", "content"), "himself": (5, "fraud", "content"),
}  # fmt: skip
_HOURS = (1, 1, 0, 0, 0, 1, 3, 6, 8, 8, 9, 10, 13, 12, 9, 8, 9, 11, 13, 15, 17, 18, 13, 5)
_HONEST = {"diary": 46, "creator": 30, "letter": 12, "guide": 22, "poster": 5}


@dataclass(slots=True)
class Account:
    """One affiliate. ``weight``: how often it is met, against others of its kind."""

    id: str
    kind: str
    label: str
    says: str
    site: str
    email: str
    address: str
    weight: float
    clicks: int = 0

    def line(self) -> Line:
        """Return its own event."""
        redirectors = [f"https://lien.{self.site}/"] if self.kind in {"poster", "letter"} else []
        event = {
            "type": "affiliate", "id": self.id, "class": self.says, "label": self.label,
            "sites": [f"https://{self.site}"], "redirectors": redirectors,
            "email": self.email, "address": self.address,
        }  # fmt: skip
        return Line(0, json.dumps(event))


@dataclass(slots=True)
class Shopper:
    """Somebody who comes now and then. ``last`` is the last click: its id and whose it was."""

    name: str
    browser: browsers.Browser
    email: str
    address: str
    is_known: bool  # Whether the shop's pages may tell of it.
    has_helper: bool
    bought: bool
    was_here: bool = False
    last: tuple[float, str, Account] | None = None
    basket: int = 0


@dataclass(slots=True)
class World:
    """Everybody, and the dice."""

    dice: random.Random
    accounts: dict[str, list[Account]] = field(default_factory=dict)
    has_sessions: bool = True
    has_beacons: bool = True
    day_swing: list[float] = field(default_factory=list)

    def one_of(self, kind: str) -> Account:
        """Return an account of a kind, the bigger the likelier."""
        accounts = self.accounts[kind]
        return self.dice.choices(accounts, [one.weight for one in accounts])[0]

    def moment(self) -> float:
        """Return when somebody thinks of shopping."""
        day = self.dice.choices(range(DAYS), self.day_swing)[0]
        hour = self.dice.choices(range(24), _HOURS)[0]
        return BEGINS + day * DAY_S + hour * 3_600 + self.dice.random() * 3_600


def lines(asked: argparse.Namespace) -> Iterator[Line]:
    """Yield the events of the whole set, in no order. Its accounts are not split in halves."""
    dice = random.Random(f"field {asked.seed}")
    world = World(dice, has_sessions=not asked.no_sessions, has_beacons=not asked.no_beacons)
    world.day_swing = [dice.gammavariate(9, 0.11) for _ in range(DAYS)]
    for kind, (number, label, says) in ACCOUNTS.items():
        world.accounts[kind] = [
            Account(f"{kind}-{place}", kind, label, says, places.own_site(dice, 1_000 + place),
                    places.email(dice), places.address(dice), dice.weibullvariate(1, 1.3) + .2)
            for place in range(number)
        ]  # fmt: skip
        yield from (account.line() for account in world.accounts[kind])
    for number in range(round(SHOPPERS * asked.size)):
        yield from _life(world, _shopper(world, f"s{number}"))
    yield from _strangers(world, asked.size)
    for account in world.accounts["himself"]:
        yield from _own_purchases(world, account)


def _shopper(world: World, name: str) -> Shopper:
    dice = world.dice
    browser = browsers.drawn(dice)
    return Shopper(
        name, browser, places.email(dice), places.address(dice),
        is_known=world.has_sessions and dice.random() < KNOWN,
        has_helper=browser.can_extend and dice.random() < .11, bought=dice.random() < .4,
    )  # fmt: skip


def _life(world: World, shopper: Shopper) -> Iterator[Line]:
    visits = 1 + int(world.dice.expovariate(1 / 1.7))
    for at in sorted(world.moment() for _ in range(visits)):
        yield from _session(world, shopper, at)


# --- one visit ---------------------------------------------------------------------------


def _session(world: World, shopper: Shopper, at: float) -> Iterator[Line]:
    dice = world.dice
    way = dice.choices(("affiliate", "direct", "search", "email", "paid"), (50, 22, 16, 6, 6))[0]
    if way == "affiliate":
        kind = dice.choices(list(_HONEST), list(_HONEST.values()))[0]
        yield from click(world, shopper, world.one_of(kind), at, browsers.honest(dice, kind))
    elif way == "direct" and dice.random() < 0.05:
        yield from click(world, shopper, world.one_of("typo"), at, browsers.typed(dice), "/")
    elif way == "search" and dice.random() < 0.08:
        ad = browsers.advertised()
        yield from click(world, shopper, world.one_of("adwords"), at, ad, "/", "?gclid=EAIaIQobCh")
    else:
        yield from step(world, shopper, at, "channel", channel=way)
        yield from step(world, shopper, at + 0.2, "page", url=f"{places.ORIGIN}/")
    now = at + 5
    for _ in range(min(12, int(dice.weibullvariate(3.2, 0.9)))):
        now += dice.weibullvariate(48, 0.8) + 2
        yield from step(world, shopper, now, "page", url=places.ORIGIN + places.page(dice))
    if dice.random() < 0.012:  # Somebody reads on elsewhere, and comes back by a link there.
        kind = dice.choices(list(_HONEST), list(_HONEST.values()))[0]
        now += dice.uniform(120, 2_400)
        yield from click(world, shopper, world.one_of(kind), now, browsers.honest(dice, kind))
    if dice.random() < 0.17:
        yield from _towards_buying(world, shopper, now + dice.weibullvariate(60, 1))


def _towards_buying(world: World, shopper: Shopper, now: float) -> Iterator[Line]:
    dice = world.dice
    shopper.basket += dice.choices((1, 2, 3), (6, 3, 1))[0]
    yield from step(world, shopper, now, "basket", items=shopper.basket)
    for kind, chance in (("portal", 0.05), ("points", 0.05), ("masked", 0.035)):
        if dice.random() < chance:
            now += dice.weibullvariate(150, 1.1)
            yield from click(world, shopper, world.one_of(kind), now, browsers.late(dice, kind))
    if dice.random() > 0.55:
        return
    now += dice.weibullvariate(110, 0.9)
    yield from step(world, shopper, now, "checkout", url=f"{places.ORIGIN}/panier/livraison")
    if dice.random() < 0.16:
        now += dice.weibullvariate(120, 1.2)
        code = browsers.late(dice, "vouchers")
        yield from click(world, shopper, world.one_of("vouchers"), now, code)
    if shopper.has_helper and dice.random() < 0.8:
        now += dice.uniform(2, 20)
        yield from click(world, shopper, world.one_of("helper"), now, browsers.software(dice))
    if dice.random() < 0.62:
        yield from order(world, shopper, now + dice.weibullvariate(170, 1.3) + 20)


# --- people who never buy, and one who buys from himself ------------------------------------


def _strangers(world: World, size: float) -> Iterator[Line]:
    """Calls that nobody meant: pop-unders, pixels, a farm; some of them meet a shopper."""
    dice = world.dice
    makers = {"popunder": browsers.forced, "pixel": browsers.embedded, "farm": browsers.farmed}
    for kind, make in makers.items():
        for number in range(
            round({"popunder": 9_000, "pixel": 5_000, "farm": 11_000}[kind] * size)
        ):
            somebody = _shopper(world, f"x{kind}{number}")
            account = world.one_of(kind)
            at = world.moment() if kind != "farm" else BEGINS + dice.random() * DAYS * DAY_S
            yield from click(world, somebody, account, at, make(dice))
            chance = {"popunder": 0.004, "pixel": 0.004, "farm": 0.0006}[kind]
            if dice.random() < chance:
                later = at + dice.triangular(3_600, 28 * DAY_S, 12 * DAY_S)
                yield from step(world, somebody, later, "channel", channel="direct")
                yield from step(world, somebody, later + 300, "basket", items=1)
                yield from step(world, somebody, later + 500, "checkout")
                yield from order(world, somebody, later + 700)


def _own_purchases(world: World, account: Account) -> Iterator[Line]:
    dice = world.dice
    for number in range(dice.randrange(3, 9)):
        buyer = _shopper(world, f"{account.id}{number}")
        buyer.email = account.email.upper() if dice.random() < 0.8 else buyer.email
        buyer.address = account.address
        at = world.moment()
        yield from click(world, buyer, account, at, browsers.honest(dice, "diary"))
        yield from order(world, buyer, at + dice.uniform(200, 2_000))


# --- events ---------------------------------------------------------------------------------


def click(
    world: World, shopper: Shopper, account: Account, at: float, way: Way, path: str = "",
    query: str = "",
) -> Iterator[Line]:  # fmt: skip
    """Yield a click through ``account``'s link, with what its page tells."""
    dice = world.dice
    account.clicks += 1
    name = f"{account.id}-c{account.clicks}"
    browser = browsers.of_way(dice, shopper.browser, way)
    sent = browsers.headers(browser, way, account.site)
    event: dict[str, Any] = {
        "type": "click", "id": name, "affiliate": account.id, "ts": round(at, 3),
        "method": way.method, "headers": sent,
        "cookies": browsers.cookies(browser, way) if shopper.was_here else [],
        "ip": places.server_ip(dice) if way.is_server else places.home_ip(dice),
        "datacentre": way.is_server, "url": f"{places.ORIGIN}/c/{account.id}{query}",
        "landing": places.ORIGIN + (path or places.page(dice)),
    }  # fmt: skip
    if shopper.is_known:
        event["visitor"] = shopper.name
    yield _line(event)
    if way.is_page:
        shopper.last = (at, name, account)
        shopper.was_here = True
        if world.has_beacons and dice.random() < TELLS:
            yield _line(browsers.beacon(browser, way, name, at + dice.uniform(0.3, 3), sent))


def step(world: World, shopper: Shopper, at: float, kind: str, **told: Any) -> Iterator[Line]:
    """Yield a step in the shop, of those whom its pages may tell of."""
    shopper.was_here = True
    if shopper.is_known and world.has_sessions:
        event = {"type": "journey", "visitor": shopper.name, "ts": round(at, 3), "kind": kind}
        yield _line(event | told)


def order(world: World, shopper: Shopper, at: float) -> Iterator[Line]:
    """Yield an order, if somebody's link came before it, and perhaps what came back of it."""
    dice = world.dice
    shopper.basket = 0
    if shopper.last is None or at - shopper.last[0] > 30 * DAY_S:
        return
    _clicked_at, name, account = shopper.last
    event: dict[str, Any] = {
        "type": "order", "id": f"{name}-o{dice.getrandbits(24):x}", "ts": round(at, 3),
        "click": name, "amount_minor": 900 + int(dice.gammavariate(2.2, 3_100)),
        "new_customer": not shopper.bought,
        "customer": {"email": shopper.email, "address": shopper.address}, "label": account.label,
    }  # fmt: skip
    if shopper.is_known:
        event["visitor"] = shopper.name
    shopper.bought = True
    yield _line(event)
    if dice.random() < (0.5 if account.kind == "himself" else 0.17):
        back = {"type": "return", "order": event["id"]}
        yield _line(back | {"ts": round(at + dice.gammavariate(3, 3) * DAY_S, 3)})


def _line(event: dict[str, Any]) -> Line:
    return Line(event["ts"], json.dumps(event, separators=(",", ":")))
