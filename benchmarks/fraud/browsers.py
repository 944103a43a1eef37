"""The second generator's browsers: what they send on which way, and what their pages then tell."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from benchmarks.fraud import places

BLINK, GECKO, WEBKIT, OLD = "blink", "gecko", "webkit", "old"


@dataclass(frozen=True, slots=True)
class Browser:
    """``engine`` old: one that says nothing of its navigations."""

    agent: str
    engine: str
    share: float
    can_extend: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way to a link. ``referrer`` is a host, with ``{site}`` for the affiliate's own."""

    site: str = "cross-site"
    mode: str = "navigate"
    dest: str = "document"
    has_gesture: bool = True
    referrer: str = ""
    hops: int = 0  # Redirects of others before ours.
    is_seen: bool = True
    is_server: bool = False
    is_page: bool = True
    method: str = "GET"
    purpose: str = ""
    brings_strict: bool = False
    app: str = ""
    is_scripted: bool = False  # No browser at all, or one without a person.


_SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS {0} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
BROWSERS = (
    Browser("Mozilla/5.0 (Linux; Android 13; SM-A546B) AppleWebKit/537.36 (KHTML, like Gecko)"
            " Chrome/151.0.0.0 Mobile Safari/537.36", BLINK, 31),
    Browser("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
            " Chrome/152.0.0.0 Safari/537.36", BLINK, 22, True),
    Browser("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
            " Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0", BLINK, 7, True),
    Browser("Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S921B) AppleWebKit/537.36 (KHTML, like"
            " Gecko) SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36", BLINK, 5),
    Browser(_SAFARI.format("18_3") + " Gecko) Version/18.3 Mobile/15E148 Safari/604.1", WEBKIT, 22),
    Browser(_SAFARI.format("15_8") + " Gecko) Version/15.6 Mobile/15E148 Safari/604.1", OLD, 3),
    Browser("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like"
            " Gecko) Version/17.6 Safari/605.1.15", WEBKIT, 5),
    Browser("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:148.0) Gecko/20100101 Firefox/148.0",
            GECKO, 5),
)  # fmt: skip
_APPS = {
    "tiktok": " musical_ly_2024 BytedanceWebview/d8a21c6",
    "instagram": " Instagram 372.0.0.30 (iPhone14,5)",
}
_FARM = (
    "python-requests/2.32.3",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/124.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0"
    " Safari/537.36",
)


def drawn(dice: random.Random) -> Browser:
    """Return somebody's browser."""
    return dice.choices(BROWSERS, [one.share for one in BROWSERS])[0]


def of_way(dice: random.Random, browser: Browser, way: Way) -> Browser:
    """Return the browser in which a way is gone: an app brings its own, a script another."""
    if way.is_scripted:
        return Browser(dice.choice(_FARM), OLD if dice.random() < 0.7 else BLINK, 0)
    if way.app and browser.engine in {WEBKIT, BLINK}:
        return Browser(browser.agent + _APPS[way.app], browser.engine, 0)
    return browser


def honest(dice: random.Random, kind: str) -> Way:
    """Return how a reader comes from an honest affiliate."""
    plain = Way(referrer="{site}")
    silent = Way()
    background = Way(referrer="{site}", is_seen=False)
    app = Way(site="none")
    ways: dict[str, tuple[tuple[Way, float], ...]] = {
        "diary": (
            (plain, 60), (silent, 14), (background, 5), (Way(referrer="{site}", hops=1), 9),
            (Way(referrer="{site}", has_gesture=False), 6), (Way(referrer="www.pinterest.fr"), 3),
            (Way(referrer="{site}", brings_strict=True), .3), (app, 3),
        ),
        "creator": (
            (Way(referrer="l.instagram.com", has_gesture=False, app="instagram"), 34),
            (Way(referrer="www.tiktok.com", app="tiktok"), 14), (app, 20),
            (Way(referrer="linktr.ee"), 16), (Way(site="none", hops=1), 6),
            (Way(referrer="www.youtube.com"), 8), (silent, 2),
        ),
        "letter": (
            (app, 38), (Way(site="none", hops=1), 24), (Way(referrer="webmail.free.fr"), 18),
            (silent, 20),
        ),
        "guide": (
            (plain, 52), (Way(referrer="{site}", hops=1), 33),
            (Way(referrer="{site}", has_gesture=False), 15),
        ),
        "poster": ((Way(site="none", hops=1), 70), (app, 30)),
    }  # fmt: skip
    found, weights = zip(*ways[kind], strict=True)
    return dice.choices(found, weights)[0]


def typed(dice: random.Random) -> Way:
    """Return how a look-alike forwards somebody who mistyped."""
    ways = (
        (Way(site="none", hops=1), 62), (Way(site="none", hops=2), 14),
        (Way(has_gesture=False), 14),
        (Way(has_gesture=False, referrer=dice.choice(places.LOOKALIKES)), 10),
    )  # fmt: skip
    return dice.choices([way for way, _ in ways], [weight for _, weight in ways])[0]


def advertised() -> Way:
    """Return how an advertisement of a search engine leads to a link."""
    return Way(referrer="www.google.com", hops=1)


def late(dice: random.Random, kind: str) -> Way:
    """Return how somebody comes back who had left the shop with a full basket."""
    if kind == "masked":
        gesture = dice.random() < 0.5
        return Way(referrer=dice.choice(("", "go.redirectingat.com")), hops=2, has_gesture=gesture)
    if kind == "points":
        return Way(referrer="{site}", has_gesture=dice.random() < 0.4, hops=dice.choice((0, 1)))
    return Way(referrer="{site}", is_seen=dice.random() > 0.1)


def software(dice: random.Random) -> Way:
    """Return how an extension calls a link while somebody is at the checkout."""
    ways = (
        (Way(site="none", has_gesture=False, brings_strict=True, is_seen=False), 40),
        (Way(site="none", has_gesture=False, brings_strict=True), 10),
        (Way(brings_strict=True), 15), (Way(site="same-origin", referrer=places.SHOP), 12),
        (Way(site="none", mode="cors", dest="empty", is_page=False, brings_strict=True), 8),
        (Way(referrer="merci-pour-ce-clic.fr", has_gesture=False, is_seen=False), 15),
    )  # fmt: skip
    return dice.choices([way for way, _ in ways], [weight for _, weight in ways])[0]


def forced(dice: random.Random) -> Way:
    """Return how a page makes a link open that nobody chose."""
    return Way(referrer="{site}", is_seen=dice.random() < 0.45, has_gesture=dice.random() < 0.7)


def embedded(dice: random.Random) -> Way:
    """Return how a page calls a link without showing it."""
    mode, dest = dice.choice((("no-cors", "image"), ("navigate", "iframe"), ("no-cors", "script")))
    return Way(mode=mode, dest=dest, referrer="{site}", is_page=False)


def farmed(dice: random.Random) -> Way:
    """Return how machines follow links."""
    return Way(
        site=dice.choice(("none", "cross-site")),
        referrer=dice.choice(("", "{site}")),
        is_server=dice.random() < 0.7,
        is_scripted=True,
    )


def headers(browser: Browser, way: Way, site: str) -> dict[str, str]:
    """Return what the browser sends."""
    sent = {"user-agent": browser.agent}
    if not way.is_scripted:
        sent["accept-language"] = "fr-FR,fr;q=0.8,en;q=0.5"
    if way.referrer:
        sent["referer"] = f"https://{way.referrer.format(site=site)}/"
    if browser.engine == OLD:
        return sent
    sent |= {
        "sec-fetch-site": way.site, "sec-fetch-mode": way.mode, "sec-fetch-dest": way.dest,
    }  # fmt: skip
    if way.purpose:
        sent["sec-purpose"] = way.purpose
    if way.has_gesture and way.mode == "navigate" and browser.engine != WEBKIT:
        sent["sec-fetch-user"] = "?1"
    return sent


def cookies(browser: Browser, way: Way) -> list[str]:
    """Return which of the shop's cookies come along, of somebody who has them."""
    if way.dest != "document" and way.site == "cross-site":
        return []
    bring = ["lax"]
    is_whole_way = way.site in {"none", "same-origin"} and (not way.hops or browser.engine == BLINK)
    if is_whole_way or way.brings_strict:
        bring.append("strict")
    return bring


def beacon(
    browser: Browser, way: Way, click: str, at: float, sent: dict[str, str]
) -> dict[str, Any]:
    """Return what the landing page tells."""
    return {
        "type": "beacon", "click": click, "ts": round(at, 3),
        "redirect_count": None if browser.engine == OLD else 0 if way.hops else 1,
        "referrer": sent.get("referer", ""), "visible": way.is_seen,
        "focused": way.is_seen, "framed": False, "activation_start": 0,
    }  # fmt: skip
