"""POST /j and GET /ap.js without Django: the same rules, the shop and links from memory."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from tracking.domain.journey_answer import (
    Asked,
    Cookie,
    EarningLink,
    answer,
    host_of,
    is_from_shop,
    oracle,
)
from tracking.domain.landing import READ_USER_AGENT, earns
from tracking.domain.references import new_reference
from tracking.domain.spool_line import moment
from tracking.landing_links import ShopFacts
from tracking.redirect.core import Core, Header, asked_hosts, consent_in, reference_in
from tracking.script import AGE_SECONDS, script

_JSON = ("content-type", "application/json")
_NO_STORE = ("cache-control", "no-store")
_LATER = ("retry-after", "60")


class Reply(NamedTuple):
    """An answer whose ``lines`` go to the spool first; ``if_lost``: what is said instead."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""
    lines: tuple[bytes, ...] = ()
    if_lost: Reply | None = None

    def unrecorded(self) -> Reply:
        """Return the answer when the lines are lost."""
        return self.if_lost or self


def tell(core: Core, body: bytes, header: Header, peer: str, at_us: int) -> Reply:
    """Return the answer to what a page of the shop tells."""
    origin = header("origin", "")
    shop = core.snapshot.shop_of([*asked_hosts(header), host_of(origin)])
    if shop is None:
        return Reply(404, [_NO_STORE])
    if not is_from_shop(site=header("sec-fetch-site", ""), origin=origin, hosts=shop.hosts):
        return Reply(403, [_NO_STORE])
    jar = f"; {header('cookie', '')};"
    reply = answer(
        Asked(
            body=body,
            shop_id=shop.shop_id,
            now=moment(at_us),
            key=core.key,
            fresh=new_reference(),
            find_link=lambda code: _earning_link(core, code, at_us),
            is_https=core.is_secure,
            consent_cookie=consent_in(jar),
            ref_cookie=reference_in(jar),
            user_agent=header("user-agent", "")[:READ_USER_AGENT],
            country=core.country(header),
            ip_hash=core.ip_hash(at_us, header, peer),
            takes_ref=not shop.has_origin,
        )
    )
    headers = [_JSON, _NO_STORE, *_cross_origin(origin, shop)]
    cookies = [*headers, *map(_set_cookie, reply.cookies)]
    left = cookies if reply.forgets else headers
    address = core.address(header, peer)
    if reply.lines and not core.throttle.allows(address, at_us, forgets=reply.forgets):
        return Reply(429, [*left, _LATER])
    return Reply(reply.status, cookies, reply.body, reply.lines, Reply(503, left))


def ap_js(core: Core, header: Header) -> Reply:
    """Return the script for a page of the shop; with consent, the oracle cookie comes along."""
    shop = core.snapshot.shop_of([*asked_hosts(header), host_of(header("referer", ""))])
    if shop is None:
        return Reply(404, [_NO_STORE])
    text, packed, etag = script()
    headers = [
        ("content-type", "text/javascript; charset=utf-8"),
        ("cache-control", f"private, max-age={AGE_SECONDS}"),
        ("etag", etag),
        ("vary", "Accept-Encoding"),
    ]
    consents = consent_in(f"; {header('cookie', '')};") == "1"
    headers += map(_set_cookie, oracle(consents=consents, is_https=core.is_secure))
    if etag in header("if-none-match", ""):
        return Reply(304, headers)
    if "gzip" in header("accept-encoding", ""):
        return Reply(200, [*headers, ("content-encoding", "gzip")], packed)
    return Reply(200, headers, text)


def _earning_link(core: Core, code: str, at_us: int) -> EarningLink | None:
    link = core.snapshot.links.get(code)
    if link is None:
        return None
    window_s = core.snapshot.window_s(link)
    if not earns(link, at_us, window_s):
        return None
    window = timedelta(seconds=window_s)
    return EarningLink(link.link_id, link.affiliate_id, window, link.sub_id, link.surface)


def _cross_origin(origin: str, shop: ShopFacts) -> list[tuple[str, str]]:
    if host_of(origin) not in shop.hosts:
        return []
    return [("access-control-allow-origin", origin), ("vary", "Origin")]


def _set_cookie(cookie: Cookie) -> tuple[str, str]:
    said = f"{cookie.name}={cookie.value}; Max-Age={cookie.max_age // timedelta(seconds=1)}; Path=/"
    said += "; HttpOnly" if cookie.http_only else ""
    said += "; Secure" if cookie.is_secure else ""
    return ("set-cookie", f"{said}; SameSite={cookie.same_site}")
