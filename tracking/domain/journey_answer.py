"""How POST /j is answered: which lines are kept and which cookies change, from values alone.

Without a yes nothing is kept and nothing is written into the browser. A yes is the cookie
``ap_consent=1`` or the call's own ``consent: true``; a call's ``consent: false`` withdraws.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from core.errors import DomainError
from tracking.domain.capsule import open_
from tracking.domain.journey import Call, JourneyRefused, parse
from tracking.domain.navigation import Fact, landing_facts
from tracking.domain.references import is_reference
from tracking.domain.spool_line import (
    click_line,
    journey_line,
    microseconds,
    withdrawal_line,
)
from tracking.domain.surfaces import agreed_to, is_tap
from tracking.domain.user_agent import family, is_bot

CONSENT_COOKIE = "ap_consent"
REF_COOKIE = "ap_ref"
ORACLE_COOKIE = "__Host-ap_st"
#: How long a choice is remembered; then the shop asks again.
CHOICE_LASTS = timedelta(days=180)
#: How long a visitor who followed no link is remembered.
VISITOR_LASTS = timedelta(days=30)
#: The oracle outlives every ap_ref: a visitor known by one is known by the other.
ORACLE_LASTS = timedelta(days=395)


class EarningLink(NamedTuple):
    """What an exchanged landing needs to know of a link that earns today.

    ``surface`` is that of the look whose link it is, without the place.
    """

    link_id: int
    affiliate_id: int
    window: timedelta
    sub_id: str = ""
    surface: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One call of /j. ``fresh`` is a new reference, for a visitor who has none."""

    body: bytes
    shop_id: int
    now: datetime
    key: bytes
    fresh: str
    find_link: Callable[[str], EarningLink | None]
    is_https: bool
    consent_cookie: str = ""
    ref_cookie: str = ""
    user_agent: str = ""
    country: str = ""
    ip_hash: int | None = None
    #: Only where the shop's proxy does not bring /c/ to us may an address carry a reference.
    takes_ref: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """A cookie to write on the shop's origin, ``Path=/``; ``max_age`` zero deletes it."""

    name: str
    value: str
    max_age: timedelta
    is_secure: bool
    http_only: bool = True
    same_site: Literal["Lax", "Strict"] = "Lax"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """``forgets``: the cookies take something back, and go out whatever else fails."""

    status: int
    lines: tuple[bytes, ...] = ()
    cookies: tuple[Cookie, ...] = ()
    body: bytes = b""
    forgets: bool = False


def is_from_shop(*, site: str, origin: str, hosts: Collection[str]) -> bool:
    """Tell whether a page of the shop asks: its origin, its site, or one of its hosts.

    ``site`` is Sec-Fetch-Site, ``origin`` the Origin header; without both nobody asks.
    """
    if site.strip().lower() in {"same-origin", "same-site"}:
        return True
    return host_of(origin) in hosts


def host_of(url: str) -> str:
    """Return the host and port of an address as a Host header says them, or nothing."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def answer(asked: Asked) -> Reply:
    """Return the answer to one call: 200 with the reference, 204 with nothing, or 400."""
    try:
        call = parse(asked.body)
    except JourneyRefused as refusal:
        return Reply(status=400, body=json.dumps({"detail": str(refusal)}).encode())
    if call.consent is False:
        return _withdrawn(asked, call)
    consents = call.consent or asked.consent_cookie == "1"
    if not consents or is_bot(asked.user_agent):
        return Reply(status=204)
    return _kept(asked, call)


def oracle(*, consents: bool, is_https: bool) -> tuple[Cookie, ...]:
    """Return the Strict cookie that tells a visit from a page of the shop, if it may be set."""
    if not consents or not is_https:
        return ()
    return (
        Cookie(
            name=ORACLE_COOKIE,
            value="1",
            max_age=ORACLE_LASTS,
            is_secure=True,
            same_site="Strict",
        ),
    )


def _kept(asked: Asked, call: Call) -> Reply:
    known = asked.ref_cookie if is_reference(asked.ref_cookie) else ""
    told = call.ref if asked.takes_ref else ""
    visitor = told or known or asked.fresh
    lines = []
    cookies = []
    landed = _exchanged(asked, call, visitor)
    if landed is not None:
        lines.append(landed.line)
    if landed is not None and not (landed.is_tap and visitor == known):
        cookies.append(_ref_cookie(visitor, landed.window, asked))
    elif visitor != known:
        cookies.append(_ref_cookie(visitor, VISITOR_LASTS, asked))
    lines += [
        journey_line(
            at_us=microseconds(asked.now - event.ago),
            shop_id=asked.shop_id,
            visitor=visitor,
            kind=event.kind.value,
            data=event.data,
        )
        for event in call.events
    ]
    if call.consent and asked.consent_cookie != "1":
        cookies.append(_choice("1", asked))
    return Reply(
        status=200,
        lines=tuple(lines),
        cookies=(*cookies, *oracle(consents=True, is_https=asked.is_https)),
        body=json.dumps({"ref": visitor}).encode(),
    )


class _Landed(NamedTuple):
    """The click of a landing whose consent came later; a tap brought nobody (rule Y1)."""

    line: bytes
    window: timedelta
    is_tap: bool


def _exchanged(asked: Asked, call: Call, visitor: str) -> _Landed | None:
    """Return the click of a landing whose consent came later, and how long it counts.

    A capsule that does not open, or whose link earns nothing now, is as if there were none.
    """
    if not call.capsule:
        return None
    try:
        landed = open_(call.capsule, asked.key, asked.now)
    except DomainError:
        return None
    link = asked.find_link(landed.code)
    if link is None:
        return None
    facts = Fact.EXCHANGED
    seen = call.landing
    if seen is not None:
        facts |= landing_facts(
            seen,
            navigation=landed.navigation,
            facts=Fact.EXCHANGED,
            is_same_origin=not asked.takes_ref,
        )
    browser, device, _engine = family(asked.user_agent)
    surface = agreed_to(link.surface, landed.place, landed.navigation)
    line = click_line(
        at_us=microseconds(asked.now),
        link_id=link.link_id,
        affiliate_id=link.affiliate_id,
        visitor=visitor,
        navigation=landed.navigation.value,
        facts=int(facts),
        referrer_host=(seen.referrer_host or "") if seen else "",
        browser=int(browser),
        device=int(device),
        country=asked.country,
        ip_hash=asked.ip_hash,
        sub_id=link.sub_id,
        surface=surface,
    )
    return _Landed(line, link.window, is_tap(surface, landed.navigation, int(facts)))


def _withdrawn(asked: Asked, call: Call) -> Reply:
    """Forget the visitor here and in the rows, and remember the no, so that it is not asked."""
    visitors = {asked.ref_cookie, call.ref if asked.takes_ref else ""}
    at_us = microseconds(asked.now)
    gone = [
        Cookie(name=REF_COOKIE, value="", max_age=timedelta(0), is_secure=asked.is_https),
        _choice("0", asked),
    ]
    if asked.is_https:
        gone.append(
            Cookie(
                name=ORACLE_COOKIE,
                value="",
                max_age=timedelta(0),
                is_secure=True,
                same_site="Strict",
            )
        )
    return Reply(
        status=204,
        lines=tuple(
            withdrawal_line(at_us=at_us, visitor=visitor)
            for visitor in sorted(visitors)
            if is_reference(visitor)
        ),
        cookies=tuple(gone),
        forgets=True,
    )


def _ref_cookie(visitor: str, lasts: timedelta, asked: Asked) -> Cookie:
    return Cookie(name=REF_COOKIE, value=visitor, max_age=lasts, is_secure=asked.is_https)


def _choice(value: str, asked: Asked) -> Cookie:
    """Return the cookie of the visitor's choice, which the shop's own pages may read."""
    return Cookie(
        name=CONSENT_COOKIE,
        value=value,
        max_age=CHOICE_LASTS,
        is_secure=asked.is_https,
        http_only=False,
    )
