"""How measured browsers ask for a link and what the landing page then sees.

Chromium's requests are those of ``tests/tracking/navigation_chromium.json``. Firefox and WebKit
sent the same but for what stands here: they were measured beside it, scenario by scenario.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

MEASURED = Path(__file__).parents[2] / "tests" / "tracking" / "navigation_chromium.json"
CHROMIUM, FIREFOX, WEBKIT = "chromium", "firefox", "webkit"
_STRICT_LOST = {
    "b01_typed_301", "b01_typed_302", "b01_typed_307", "b02_typed_302_http", "b03_cli_302",
    "b04_302", "b04_302_noref", "c07_cli_shortener", "c08_typed_vanity", "g04_typed_2hops",
    "g08_cli_2hops", "f09_click_via_net", "f10_click_via_net_noref", "f12_fetch_via_net",
    "f13_iframe_via_net",
}  # fmt: skip
_FIREFOX_NO_COUNT = {
    "a16_own_interstitial_meta", "b05_meta", "b06_refresh_header", "b05_meta_noref",
    "b06_refresh_header_noref", "d07_iframe_srcdoc_meta",
}  # fmt: skip
_WEBKIT_NONE = {"a06_ctrl_click", "a07_middle_click", "f10_click_via_net_noref"}
_WEBKIT_TWO = {"a14_own_302", "g09_paid_search_click"}
_WEBKIT_CROSS = {"f02_click_blank", "f03_click_blank_noref"}
AGENTS = {
    (CHROMIUM, False): "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like"
    " Gecko) Chrome/156.0.0.0 Safari/537.36",
    (CHROMIUM, True): "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/156.0.0.0 Mobile Safari/537.36",
    (FIREFOX, False): "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
    (FIREFOX, True): "Mozilla/5.0 (Android 14; Mobile; rv:153.0) Gecko/153.0 Firefox/153.0",
    (WEBKIT, False): "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML,"
    " like Gecko) Version/18.5 Safari/605.1.15",
    (WEBKIT, True): "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
}
IN_APP = {
    CHROMIUM: "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/AP1A; wv) AppleWebKit/537.36 (KHTML,"
    " like Gecko) Version/4.0 Chrome/156.0.0.0 Mobile Safari/537.36 Instagram 390.0.0.0 Android",
    WEBKIT: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML,"
    " like Gecko) Mobile/22F76 Instagram 390.0.0.0 (iPhone15,3; iOS 18_5; fr_FR)",
}


@dataclass(frozen=True, slots=True)
class Request:
    """A request to a link with what the landing page sees; without a page there is nothing."""

    method: str
    headers: dict[str, str]
    cookies: tuple[str, ...]
    redirect_count: int | None = None
    referrer: str = ""
    is_visible: bool = True
    has_focus: bool = True
    is_framed: bool = False
    has_page: bool = False


@cache
def measured() -> dict[str, Request]:
    """Return Chromium's request of every scenario that made one, by its name and by its letter."""
    found: dict[str, Request] = {}
    for name, said in json.loads(MEASURED.read_text()).items():
        if not said["tracker"]:
            continue
        asked = said["tracker"][0]
        page = (said["js_at_landing"] or [None])[0]
        cookies = asked["cookies_received"]
        request = Request(
            method=asked["method"],
            headers=dict(asked["headers"]),
            cookies=tuple(kind for kind in ("lax", "strict") if f"pre_{kind}" in cookies),
        )
        if page is not None:
            request = replace(
                request,
                redirect_count=page["redirectCount"],
                referrer=page["referrer"],
                is_visible=page["vis"] == "visible",
                has_focus=page["focus"],
                is_framed=page["framed"],
                has_page=True,
            )
        found[name] = request
    found["d12_link_prerender"] = Request(
        method="GET",
        headers={
            "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate",
            "sec-fetch-dest": "document", "sec-purpose": "prefetch",
            "referer": "https://evil.test/",
        },
        cookies=("lax",),
    )  # fmt: skip
    for name in list(found):
        found.setdefault(name.partition("_")[0], found[name])
    return found


def full_name(scenario: str) -> str:
    """Return the whole name of a scenario that is named by its letter."""
    names = [name for name in measured() if name.startswith(f"{scenario}_")]
    return scenario if scenario in _whole() or not names else names[0]


@cache
def _whole() -> frozenset[str]:
    return frozenset(name for name in measured() if "_" in name)


@cache
def request(scenario: str, engine: str) -> Request:
    """Return how ``engine`` asks in a scenario. Extensions were measured in Chromium only."""
    found, name = measured()[scenario], full_name(scenario)
    if engine == CHROMIUM:
        return found
    headers, cookies, count = dict(found.headers), found.cookies, found.redirect_count
    if name in _STRICT_LOST:
        cookies = tuple(one for one in cookies if one != "strict")
    if engine == FIREFOX:
        return replace(
            found, headers=headers, cookies=cookies,
            redirect_count=0 if name in _FIREFOX_NO_COUNT else count,
        )  # fmt: skip
    headers.pop("sec-fetch-user", None)
    if name in _WEBKIT_NONE:
        headers["sec-fetch-site"] = "none"
    if name in _WEBKIT_CROSS:
        headers["sec-fetch-site"] = "cross-site"
    return replace(
        found, headers=headers, cookies=cookies,
        redirect_count=2 if name in _WEBKIT_TWO else count,
    )  # fmt: skip
