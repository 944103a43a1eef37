"""Clicks, landing pages and journeys of a file, into the lines that the servers would write."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from urllib.parse import quote, urlsplit

from fraud.evaluation.contents import link_key
from fraud.evaluation.lines import BeaconLine, ClickLine, JourneyLine
from fraud.evaluation.programme import Programme
from tracking.domain import journey_answer
from tracking.domain.journey import PATH_LENGTH, Channel, Kind
from tracking.domain.references import REFERENCE_BYTES
from tracking.redirect.core import Core

MOST_REDIRECTS = 10_000
MOST_ITEMS = 100_000
#: In which the edge of an evaluation says what a line calls ``datacentre``.
DATACENTRE_HEADER = "apport-datacentre"
_CONSENT = "ap_consent=1"
_STRICT = "; __Host-ap_st=1"
_RECORDED = b"c\t"
_KINDS = {"page": Kind.PAGE_VIEW, "basket": Kind.BASKET_CHANGED, "checkout": Kind.CHECKOUT_OPENED}
#: What a page of the shop would tell of a visit that began so.
_BEGINNINGS: Mapping[Channel, Mapping[str, Any]] = {
    Channel.AFFILIATE: {"affiliate": True},
    Channel.PAID: {"medium": "cpc"},
    Channel.EMAIL: {"medium": "email"},
    Channel.SEARCH: {"referrer": "www.google.com"},
    Channel.SOCIAL: {"referrer": "www.facebook.com"},
    Channel.REFERRAL: {"referrer": "elsewhere.example"},
    Channel.DIRECT: {},
}
_CHANNELS = {channel.value: channel for channel in Channel} | {
    "affiliation": Channel.AFFILIATE, "partner": Channel.AFFILIATE, "cpc": Channel.PAID,
    "ads": Channel.PAID, "sea": Channel.PAID, "display": Channel.PAID,
    "retargeting": Channel.PAID, "newsletter": Channel.EMAIL, "mail": Channel.EMAIL,
    "crm": Channel.EMAIL, "seo": Channel.SEARCH, "organic": Channel.SEARCH,
    "brand_search": Channel.SEARCH, "typed": Channel.DIRECT, "none": Channel.DIRECT,
}  # fmt: skip


@dataclass(slots=True)
class Visit:
    """A click that was recorded: whose, and what its page needs to tell of it."""

    affiliate: str
    visitor: str
    user_agent: str
    path: str


@dataclass(slots=True)
class Landings:
    """What the servers know while the file passes."""

    core: Core
    programme: Programme
    visits: dict[str, Visit] = field(default_factory=dict)
    #: Clicks that were no visits of anybody, and whose link: they got neither token nor cookie.
    not_visits: dict[str, str] = field(default_factory=dict)
    #: Through whom each visitor came last.
    last_affiliates: dict[str, str] = field(default_factory=dict)

    def click(self, click: ClickLine) -> bytes:
        """Return the line of a request to a link; nothing is one that is not even counted."""
        key = link_key(click)
        link = self.core.snapshot.links[self.programme.codes[key]]
        visitor = reference_of(click.visitor or f"click {click.id}")
        jar = _CONSENT
        if "lax" in click.cookies:
            jar += f"; ap_ref={visitor}"
        if "strict" in click.cookies:
            jar += _STRICT
        servers = "1" if click.is_datacentre else "0"
        headers = {**click.headers, "cookie": jar, DATACENTRE_HEADER: servers}
        answer = self.core.answer_at(
            round(click.ts * 1_000_000), link, click.method, _query(click.url), headers.get,
            click.ip, visitor,
        )  # fmt: skip
        if answer.line.startswith(_RECORDED):
            agent = click.headers.get("user-agent", "")
            self.visits[click.id] = Visit(click.affiliate, visitor, agent, path_of(click.landing))
            if click.visitor:
                self.last_affiliates[click.visitor] = click.affiliate
        else:
            self.not_visits[click.id] = click.affiliate
        return answer.line

    def affiliate_of(self, click: str, visitor: str) -> str:
        """Return through whom an order came that names a click, a visitor or neither."""
        if click in self.visits:
            return self.visits[click].affiliate
        return self.not_visits.get(click) or self.last_affiliates.get(visitor, "")

    def beacon(self, beacon: BeaconLine) -> tuple[bytes, ...]:
        """Return the lines of what a landing page told; a page in nobody's tab tells nothing."""
        visit = self.visits.get(beacon.click)
        if visit is None:
            return ()
        told = {
            "kind": Kind.LANDING.value,
            "path": visit.path,
            "redirects": _at_most(beacon.redirect_count, MOST_REDIRECTS),
            "referrer": None if beacon.referrer is None else _host(beacon.referrer),
            "visible": beacon.is_visible,
            "focused": beacon.has_focus,
            "framed": beacon.is_framed,
            "prerendered": None if beacon.activation_start is None else beacon.activation_start > 0,
        }
        known = {name: value for name, value in told.items() if value is not None}
        return self._tell(known, beacon.ts, visit.visitor, visit.user_agent)

    def journey(self, step: JourneyLine) -> tuple[bytes, ...]:
        """Return the lines of a step in the shop."""
        if step.kind == "channel":
            told = {"kind": Kind.SESSION_STARTED.value, **_BEGINNINGS[_channel(step.channel)]}
        else:
            told = {"kind": _KINDS[step.kind].value}
            if step.kind == "basket":
                told["items"] = _at_most(1 if step.items is None else step.items, MOST_ITEMS)
            else:
                told["path"] = path_of(step.url)
        return self._tell(told, step.ts, reference_of(step.visitor), "")

    def _tell(
        self, told: Mapping[str, Any], ts: float, visitor: str, user_agent: str
    ) -> tuple[bytes, ...]:
        return journey_answer.answer(
            journey_answer.Asked(
                body=json.dumps({"events": [told]}).encode(),
                shop_id=self.programme.shop_id,
                now=datetime.fromtimestamp(ts, UTC),
                key=self.core.key,
                fresh=visitor,
                find_link=_no_link,
                is_https=True,
                consent_cookie="1",
                ref_cookie=visitor,
                user_agent=user_agent,
            )
        ).lines


@lru_cache(maxsize=65_536)
def reference_of(name: str) -> str:
    """Return the reference of somebody whom a file calls ``name``: always the same."""
    digest = blake2b(name.encode(), digest_size=REFERENCE_BYTES).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


@lru_cache(maxsize=65_536)
def path_of(url: str) -> str:
    """Return the path of an address as the pages of a shop tell it."""
    try:
        path = urlsplit(url).path
    except ValueError:
        path = ""
    said = "/" + quote(path.lstrip("/"), safe="/%:@!$&'()*+,;=-._~")
    return said[:PATH_LENGTH]


@lru_cache(maxsize=65_536)
def _host(url: str) -> str:
    try:
        host = (urlsplit(url if "//" in url else f"//{url}").hostname or "").lower()
    except ValueError:
        return ""
    return host.encode("idna", "ignore").decode() if not host.isascii() else host


def _query(url: str) -> str:
    return url.partition("#")[0].partition("?")[2]


@lru_cache(maxsize=1_024)
def _channel(said: str) -> Channel:
    """Return where a visit began, by the name that a file gives it; unknown ones are a link."""
    whole = said.strip().lower().replace("-", "_")
    for word in (whole, whole.partition("_")[0]):
        if word in _CHANNELS:
            return _CHANNELS[word]
    return Channel.REFERRAL


def _at_most(number: int | None, most: int) -> int | None:
    return None if number is None else min(number, most)


def _no_link(_code: str) -> None:
    return None
