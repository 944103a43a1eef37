"""What affiliates of a kind bring: clicks, pages, baskets, orders, returns, as lines of events."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from benchmarks.fraud import places
from benchmarks.fraud.navigation import AGENTS, CHROMIUM, FIREFOX, IN_APP, WEBKIT, Request, request
from benchmarks.fraud.people import Delay, Kind, Mix

DAY_S = 86_400
#: Most people are awake by day: weights of the hours, Paris time.
_HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 10, 12, 11, 10, 10, 10, 11, 12, 14, 16, 16, 12, 6)
_ENGINES = {CHROMIUM: 0.62, WEBKIT: 0.31, FIREFOX: 0.07}
SUB_NETWORK = "go.redirectingat.com"


class Line(NamedTuple):
    """An event with its time, as text."""

    ts: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """What a whole set has in common. ``reads_sessions``: the visitor is known of 80 %."""

    begins: int  # Seconds since 1970.
    days: int
    known_sessions: float = 0.8
    tells: float = 1.0  # Times the share of pages that tell what they saw.


@dataclass(frozen=True, slots=True)
class Partner:
    """One affiliate."""

    id: str
    kind: Kind
    site: str
    redirectors: tuple[str, ...]
    email: str
    address: str

    def line(self) -> str:
        """Return the affiliate's own event."""
        label = self.kind.label
        return json.dumps(
            {
                "type": "affiliate", "id": self.id, "class": self.kind.says,
                "sites": [f"https://{self.site}/"],
                "redirectors": [f"https://{host}/" for host in self.redirectors],
                "email": self.email, "address": self.address, "label": label,
            }
        )  # fmt: skip


def partner(dice: random.Random, kind: Kind, number: int) -> Partner:
    """Return affiliate ``number`` of a kind."""
    site = places.own_site(dice, dice.randrange(1_000))
    redirectors: tuple[str, ...] = ()
    if dice.random() < kind.declares:
        redirectors = (f"go.{site}", "bit.ly")
    return Partner(
        f"{kind.name}-{number}", kind, site, redirectors, places.email(dice), places.address(dice)
    )


@dataclass(slots=True)
class Visit:
    """One click with what belongs to it, while it is made up."""

    id: str
    at: float
    visitor: str
    way: str
    label: str
    engine: str
    is_mobile: bool
    landing: str
    is_known: bool  # Somebody who has been in the shop before.


class Traffic:
    """Makes up the events of one affiliate; the same dice, the same events."""

    def __init__(self, dice: random.Random, whole: Set, owner: Partner) -> None:
        self.dice = dice
        self.whole = whole
        self.owner = owner
        self.kind = owner.kind
        self._number = 0
        self._posts = [
            whole.begins + dice.random() * (whole.days - 2) * DAY_S
            for _ in range(max(3, whole.days // 6))
        ]

    def lines(self) -> Iterator[Line]:
        """Yield everything, in no order."""
        for _ in range(self.kind.clicks):
            is_extra = self.dice.random() < self.kind.extra_share
            yield from self._visit(is_extra)

    # --- one click ---------------------------------------------------------------

    def _visit(self, is_extra: bool) -> Iterator[Line]:
        dice, kind = self.dice, self.kind
        self._number += 1
        ways: Mix = kind.extra if is_extra else kind.ways
        way = _drawn(dice, ways)
        label = (kind.extra_label or kind.label) if is_extra else kind.label
        engine = CHROMIUM if way.startswith("x_") else _drawn(dice, _ENGINES)
        in_app = dice.random() < kind.in_app
        engine = WEBKIT if in_app and engine == FIREFOX else engine
        is_home = dice.random() < (kind.home if not is_extra else 0.1)
        visit = Visit(
            id=f"{self.owner.id}-c{self._number}",
            at=self._when(),
            visitor=f"{self.owner.id}-v{self._number}"
            if dice.random() < self.whole.known_sessions
            else "",
            way=way,
            label=label,
            engine=engine,
            is_mobile=dice.random() < kind.mobile,
            landing=places.ORIGIN + ("/" if is_home else places.page(dice)),
            is_known=dice.random() < max(kind.known, 0.2),
        )
        is_open = dice.random() < (kind.open if not is_extra else 0.06)
        has_basket = is_open and dice.random() < kind.basket
        at_checkout = has_basket and dice.random() < kind.checkout
        if visit.visitor and is_open:
            yield from self._before(visit, has_basket, at_checkout)
        asked = request(way, engine)
        yield self._click(visit, asked, in_app, is_open)
        yield from self._landed(visit, asked)
        factor = 1.0 if not is_extra else 0.018 / max(kind.conversion, 0.001)
        if dice.random() < kind.conversion * factor:
            yield from self._order(visit, is_extra)

    def _when(self) -> float:
        dice, whole = self.dice, self.whole
        if dice.random() < self.kind.bursts:
            at = dice.choice(self._posts) + dice.expovariate(1 / (14 * 3_600))
            return min(at, whole.begins + whole.days * DAY_S - 1)
        day = whole.begins + dice.randrange(whole.days) * DAY_S
        hour = dice.randrange(24) if self.kind.is_flat else dice.choices(range(24), _HOURS)[0]
        return day + hour * 3_600 + dice.random() * 3_600

    def _before(self, visit: Visit, has_basket: bool, at_checkout: bool) -> Iterator[Line]:
        dice = self.dice
        began = visit.at - dice.uniform(60, 25 * 60)
        channel = dice.choices(("direct", "search", "paid", "email"), (45, 35, 12, 8))[0]
        yield self._journey(visit, began, "channel", channel=channel)
        span = visit.at - began
        yield self._journey(visit, began + 0.1, "page", url=places.ORIGIN + "/")
        yield self._journey(
            visit, began + 0.3 * span, "page", url=places.ORIGIN + places.page(dice)
        )
        if has_basket:
            items = dice.choices((1, 2, 3, 4), (55, 28, 12, 5))[0]
            yield self._journey(visit, began + 0.5 * span, "basket", items=items)
        if at_checkout:
            url = f"{places.ORIGIN}/checkout"
            yield self._journey(visit, began + 0.8 * span, "checkout", url=url)

    def _click(self, visit: Visit, asked: Request, in_app: bool, is_open: bool) -> Line:
        dice, kind = self.dice, self.kind
        is_server = dice.random() < kind.datacentre
        agent = AGENTS[visit.engine, visit.is_mobile]
        if in_app:
            agent = IN_APP[visit.engine]
        headers = {"user-agent": agent, "accept-language": "fr-FR,fr;q=0.9"}
        if dice.random() >= kind.silent:
            headers |= {
                name: value for name, value in asked.headers.items() if name.startswith("sec-")
            }
        headers |= {
            name: self._host(value)
            for name, value in asked.headers.items()
            if name in {"referer", "origin"}
        }
        is_remembered = visit.is_known or is_open
        event: dict[str, Any] = {
            "type": "click", "id": visit.id, "affiliate": self.owner.id, "ts": round(visit.at, 3),
            "method": asked.method, "headers": headers,
            "cookies": list(asked.cookies) if is_remembered else [],
            "ip": places.server_ip(dice) if is_server else places.home_ip(dice),
            "datacentre": is_server,
            "url": f"{places.ORIGIN}/c/{self.owner.id}{self._query(dice)}",
            "landing": visit.landing,
        }  # fmt: skip
        if visit.visitor:
            event["visitor"] = visit.visitor
        return _line(event)

    def _query(self, dice: random.Random) -> str:
        if dice.random() < self.kind.paid_id:
            return f"?gclid=Cj0KCQ{dice.getrandbits(96):x}"
        if self.kind.sub_ids and dice.random() < self.kind.sub_ids:
            return f"?sub=s{dice.randrange(6)}"
        return ""

    def _landed(self, visit: Visit, asked: Request) -> Iterator[Line]:
        dice = self.dice
        if not asked.has_page or dice.random() >= self.kind.tells * self.whole.tells:
            return
        at = visit.at + dice.uniform(0.4, 2)
        yield _line(
            {
                "type": "beacon", "click": visit.id, "ts": round(at, 3),
                "redirect_count": asked.redirect_count,
                "referrer": self._host(asked.referrer), "visible": asked.is_visible,
                "focused": asked.has_focus, "framed": asked.is_framed, "activation_start": 0,
            }
        )  # fmt: skip
        if visit.visitor and not asked.is_framed and dice.random() < self.kind.reads_on:
            for step in range(dice.choice((1, 1, 2, 3))):
                url = places.ORIGIN + places.page(dice)
                yield self._journey(visit, at + 20 + 45 * step * dice.random(), "page", url=url)

    def _host(self, url: str) -> str:
        """Return a measured address with the hosts of this set."""
        site = self.owner.site
        look = places.LOOKALIKES[hash_of(self.owner.id) % len(places.LOOKALIKES)]
        coupon = places.COUPONS[hash_of(self.owner.id) % len(places.COUPONS)]
        is_coupon = self.kind.name == "coupon"
        hosts = {
            "shop.test": places.SHOP, "blog.test": coupon if is_coupon else site,
            "coupon.test": site if self.kind.name == "launderer" else coupon,
            "evil.test": site, "shoop.test": look, "search.test": "www.google.com",
            "social.test": "l.instagram.com", "short.test": "t.co", "widget.test": site,
            "mail.test": "mail.orange.fr", "net1.test": SUB_NETWORK, "net2.test": SUB_NETWORK,
            "go.shop.test": f"go.{places.SHOP}",
        }  # fmt: skip
        for measured in sorted(hosts, key=len, reverse=True):
            if f"//{measured}" in url:
                return url.replace(f"//{measured}", f"//{hosts[measured]}")
        return url

    # --- an order ------------------------------------------------------------------

    def _order(self, visit: Visit, is_extra: bool) -> Iterator[Line]:
        dice, kind = self.dice, self.kind
        at = visit.at + _delay_s(dice, kind.delay if not is_extra else Delay(quick=0.55))
        if at >= self.whole.begins + (self.whole.days + 30) * DAY_S:
            return
        if visit.visitor:
            lasts = min(at - visit.at, 600)
            basket, checkout = at - 0.6 * lasts, at - 0.2 * lasts
            yield self._journey(visit, basket, "basket", items=dice.choice((1, 1, 2, 3)))
            yield self._journey(visit, checkout, "checkout", url=f"{places.ORIGIN}/checkout")
        order = f"{visit.id}-o"
        is_own, is_house = dice.random() < kind.own_identity, dice.random() < kind.own_address
        event: dict[str, Any] = {
            "type": "order", "id": order, "ts": round(at, 3), "click": visit.id,
            "amount_minor": int(dice.lognormvariate(8.9, .6)),
            "new_customer": dice.random() >= kind.known,
            "customer": {
                "email": self.owner.email if is_own else places.email(dice),
                "address": self.owner.address if is_own or is_house else places.address(dice),
            },
            "label": visit.label,
        }  # fmt: skip
        if visit.visitor:
            event["visitor"] = visit.visitor
        if dice.random() < kind.coupon:
            event["code"] = "BIENVENUE10"
        yield _line(event)
        if dice.random() < kind.returned:
            back = at + dice.uniform(4, 24) * DAY_S
            yield _line({"type": "return", "order": order, "ts": round(back, 3)})

    def _journey(self, visit: Visit, at: float, kind: str, **told: Any) -> Line:
        event = {"type": "journey", "visitor": visit.visitor, "ts": round(at, 3), "kind": kind}
        return _line(event | told)


def hash_of(text: str) -> int:
    """Return a number that is the same in every run."""
    return sum(place * ord(sign) for place, sign in enumerate(text, 1))


def _line(event: dict[str, Any]) -> Line:
    return Line(event["ts"], json.dumps(event, separators=(",", ":")))


def _drawn(dice: random.Random, mix: Mix) -> str:
    return dice.choices(list(mix), list(mix.values()))[0]


def _delay_s(dice: random.Random, delay: Delay) -> float:
    if delay.is_flat:
        return dice.uniform(60, 30 * DAY_S)
    if dice.random() < delay.quick:
        return max(25.0, dice.lognormvariate(math.log(delay.minutes * 60), delay.spread))
    return 600 + dice.expovariate(1 / (delay.days * DAY_S))
