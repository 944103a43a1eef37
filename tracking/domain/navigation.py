"""What a request and the page it led to prove about how somebody came.

The classes are rules N1 to N7 of docs/rules/attribution.md, N8 and N9 and the facts those of
docs/rules/navigation.md. What a browser does not say is unknown, and never held against anyone.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import IntFlag, StrEnum
from functools import lru_cache
from urllib.parse import urlsplit

from tracking.domain.user_agent import Engine, family

HOST_LENGTH = 253


class Navigation(StrEnum):
    """The classes of requests to /c/<code>."""

    PREFETCH = "prefetch"  # N1: fetched ahead of a visit that may never come.
    EMBEDDED = "embedded"  # N2: an image, script, frame or fetch: nobody is going anywhere.
    INTERNAL = "internal"  # N3: from a page of the shop itself.
    TYPED = "typed"  # N4: address bar, bookmark, QR code, an app.
    FOLLOWED = "followed"  # N5: somebody followed a link on another site.
    FORWARDED = "forwarded"  # N6: a page of another site went here without anybody's gesture.
    UNKNOWN = "unknown"  # N7: the browser says nothing; absence is never held against anyone.
    PROBE = "probe"  # N8: HEAD, POST or another method: no link is followed that way.
    BOT = "bot"  # N9: a robot that says so.


#: Requests that bring nobody to a page: they get neither token nor cookie.
NOT_A_VISIT = frozenset(
    {Navigation.PREFETCH, Navigation.EMBEDDED, Navigation.PROBE, Navigation.BOT}
)


class Fact(IntFlag):
    """What is proven of one landing. The bits are stored: they never change their meaning.

    A fact that is missing was not proven. Where its contrary can be proven too, it has a bit
    of its own: ``REFERRER_SENT`` and ``REFERRER_ABSENT``.
    """

    TOP_LEVEL = 1 << 0  # A whole page was asked for.
    NOT_TOP_LEVEL = 1 << 1  # C1: an image, script, fetch, frame.
    PREFETCH = 1 << 2  # C2: fetched ahead. No visit, and no fraud either.
    OWN_SITE = 1 << 3  # C3: the browser says that a page of the shop asked.
    REFERRER_OWN = 1 << 4  # C3: the Referer is a page of the shop.
    STRICT_CONTRADICTION = 1 << 5  # C4: "from another site", but with our Strict cookie.
    NONE_NOT_NAVIGATE = 1 << 6  # C5: from no site, but not a visit: an extension's worker.
    EXTENSION = 1 << 7  # C6: the Origin is a browser extension.
    OTHER_METHOD = 1 << 8  # C9: not GET.
    REFERRER_SENT = 1 << 9
    REFERRER_ABSENT = 1 << 10
    LAX_SEEN = 1 << 11  # Our Lax cookie came: the visitor was here before, with consent.
    STRICT_SEEN = 1 << 12
    STRICT_MISSING = 1 << 13  # S4: typed in Firefox or Safari, known to us, yet without Strict.
    NO_GESTURE = 1 << 14  # S1, S2, S8: a browser that says when somebody clicked does not.
    SEARCH = 1 << 15  # S6: the Referer is a search engine.
    EXCHANGED = 1 << 16  # Consent came after the landing: only the class of the request is known.
    LANDED = 1 << 17  # The page told what it saw.
    OWN_HOP_ONLY = 1 << 18  # No redirect but our own before the page.
    HIDDEN_REDIRECTOR = 1 << 19  # S3: typed, yet a redirect came before ours.
    UNSEEN = 1 << 20  # S5: the page was hidden and without focus.
    REFERRER_CONTRADICTION = 1 << 21  # C7: a Referer was sent that the page knows nothing of.
    FRAMED = 1 << 22  # The page stands in a frame.
    PAID_ID = 1 << 23  # The address carried the id of an advertisement's click.
    FROM_SERVERS = 1 << 24  # The edge says: a network of servers asked.
    FROM_PEOPLE = 1 << 25  # The edge says: it was none.
    LISTED_SITE = 1 << 26  # The Referer is on the policy lists, as they were then.
    LOOKALIKE_SITE = 1 << 27  # The Referer is known to imitate the shop's name.
    KNOWN_REDIRECTOR = 1 << 28  # The Referer was seen to forward to a partner's link.


_NOTHING = Fact(0)
_EXTENSION_ORIGIN = re.compile(r"(?:chrome|moz|safari-web|ms-browser)-extension://([\w{}.-]{1,64})")
_SEARCH_HOST = re.compile(
    r"(?:www\.)?google\.(?:com?\.)?[a-z]{2,3}|(?:[a-z]{2,3}\.|www\.)?bing\.com"
    r"|(?:(?:www|html|lite|start|noai|safe)\.)?duckduckgo\.com|(?:www\.)?qwant\.com"
    r"|(?:www\.)?ecosia\.org|(?:[a-z]{2}\.|www\.)?(?:search\.)yahoo\.(?:com|co\.jp)"
    r"|(?:www\.|ya\.|m\.)?(?:yandex\.(?:com|ru|fr|eu)|baidu\.com)|search\.brave\.com"
    r"|(?:www\.)?startpage\.com|search\.lilo\.org|lemoteur\.orange\.fr|search\.(?:seznam\.cz|naver\.com)"
)


# What search engines add to the address of an advertisement, and what such an id of Google looks
# like as a sub id of an affiliate who hands it on.
_PAID_ID = re.compile(
    r"(?<![a-z0-9])(?:gclid|gbraid|wbraid|msclkid|gad_[a-z]+=)"
    r"|(?:^|&)sub=(?:cj[0w]k|eaiaiqob)[\w-]{20}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """What the landing page told of itself (/j); ``None`` is what it did not tell."""

    redirect_count: int | None = None
    entry: str = ""  # PerformanceNavigationTiming.type.
    referrer_host: str | None = None  # Of document.referrer; empty when that was empty.
    is_visible: bool | None = None
    has_focus: bool | None = None
    is_framed: bool | None = None
    was_prerendered: bool | None = None
    history_length: int | None = None


@lru_cache(maxsize=1024)
def classify(method: str, purpose: str, site: str, mode: str, dest: str, user: str) -> Navigation:
    """Return the class of a request from its few words; a header that is missing is empty.

    ``purpose`` is Sec-Purpose or one of its older names, the others are ``Sec-Fetch-*``. A
    robot is classed as what it pretends to be: ask ``is_bot`` about its User-Agent.
    """
    if method != "GET":
        return Navigation.PROBE
    if _is_ahead(purpose):
        return Navigation.PREFETCH
    if _says(mode, "navigate") is False or _says(dest, "document") is False:
        return Navigation.EMBEDDED
    said = site.strip().lower()
    if said in {"same-origin", "same-site"}:
        return Navigation.INTERNAL
    if said == "none":
        return Navigation.TYPED
    if said == "cross-site":
        return Navigation.FOLLOWED if _says(user, "?1") else Navigation.FORWARDED
    return Navigation.UNKNOWN


def request_facts(
    method: str,
    purpose: str,
    site: str,
    mode: str,
    dest: str,
    user: str,
    *,
    user_agent: str = "",
    origin: str = "",
    referrer: str = "",
    own_hosts: Collection[str] = (),
    has_lax: bool = False,
    has_strict: bool = False,
) -> Fact:
    """Return what a request to /c/<code> proves, from the words of ``classify`` and more.

    ``own_hosts`` are the shop's, as in a Host header; ``has_lax`` and ``has_strict`` say whether
    our cookies ``ap_ref`` and ``__Host-ap_st`` came. An empty string is a header not sent.
    """
    engine = family(user_agent).engine
    facts = int(_word_facts(method, purpose, site, mode, dest, user, engine))
    facts |= int(_referrer_facts(referrer, frozenset(own_hosts)))
    if origin and extension_id(origin):
        facts |= _EXTENSION
    if has_lax:
        facts |= _LAX_SEEN
    said = site.strip().lower()
    if has_strict:
        facts |= _STRICT_SEEN
        if said == "cross-site":
            facts |= _STRICT_CONTRADICTION
    elif has_lax and said == "none" and engine in {Engine.GECKO, Engine.WEBKIT}:
        facts |= _STRICT_MISSING
    return Fact(facts)


def landing_facts(
    landing: Landing,
    *,
    navigation: str,
    facts: Fact,
    is_same_origin: bool = True,
    own_hops: int = 1,
) -> Fact:
    """Return what the landing page adds to the ``facts`` of the request that led to it.

    ``own_hops`` redirects are the shop's and ours. Browsers count them only when /c/<code> and
    the page are of one origin: else (not ``is_same_origin``) the count says nothing.
    """
    found = Fact.LANDED
    is_first = landing.entry in {"", "navigate"}
    if landing.is_visible is False and landing.has_focus is False:
        found |= Fact.UNSEEN
    if landing.is_framed:
        found |= Fact.FRAMED
    if facts & Fact.REFERRER_SENT and landing.referrer_host == "" and is_first:
        found |= Fact.REFERRER_CONTRADICTION
    if landing.redirect_count is None or not is_same_origin or not is_first:
        return found
    if landing.redirect_count == own_hops:
        return found | Fact.OWN_HOP_ONLY
    is_bare = facts & Fact.REFERRER_ABSENT or (
        facts & Fact.EXCHANGED and landing.referrer_host == ""
    )
    if navigation == Navigation.TYPED and is_bare:
        found |= Fact.HIDDEN_REDIRECTOR
    return found


@lru_cache(maxsize=4096)
def referrer_host(referrer: str) -> str:
    """Return the host of a Referer header in small letters, or nothing."""
    try:
        host = urlsplit(referrer).hostname or ""
    except ValueError:
        return ""
    return host if len(host) <= HOST_LENGTH and host.isprintable() else ""


def is_search_engine(host: str) -> bool:
    """Tell whether ``host`` is where people search the web."""
    return _SEARCH_HOST.fullmatch(host) is not None


def has_paid_id(query: str) -> bool:
    """Tell whether the query of a link, its sub id included, carries an advertisement's click."""
    return _PAID_ID.search(query) is not None


def extension_id(origin: str) -> str:
    """Return which browser extension an Origin header names, or nothing."""
    found = _EXTENSION_ORIGIN.match(origin)
    return found[1] if found else ""


_EXTENSION = int(Fact.EXTENSION)
_LAX_SEEN = int(Fact.LAX_SEEN)
_STRICT_SEEN = int(Fact.STRICT_SEEN)
_STRICT_MISSING = int(Fact.STRICT_MISSING)
_STRICT_CONTRADICTION = int(Fact.STRICT_CONTRADICTION)


@lru_cache(maxsize=1024)
def _word_facts(
    method: str, purpose: str, site: str, mode: str, dest: str, user: str, engine: Engine
) -> Fact:
    said = site.strip().lower()
    is_page = _says(mode, "navigate") is True and _says(dest, "document") is True
    facts = _NOTHING
    if method != "GET":
        facts |= Fact.OTHER_METHOD
    if _is_ahead(purpose):
        facts |= Fact.PREFETCH
    if is_page:
        facts |= Fact.TOP_LEVEL
    elif _says(mode, "navigate") is False or _says(dest, "document") is False:
        facts |= Fact.NOT_TOP_LEVEL
    if said in {"same-origin", "same-site"}:
        facts |= Fact.OWN_SITE
    if said == "none" and _says(mode, "navigate") is False:
        facts |= Fact.NONE_NOT_NAVIGATE
    is_visit = is_page and method == "GET" and Fact.PREFETCH not in facts
    tells_gestures = engine in {Engine.BLINK, Engine.GECKO} and said in {"none", "cross-site"}
    if is_visit and tells_gestures and not _says(user, "?1"):
        facts |= Fact.NO_GESTURE
    return facts


@lru_cache(maxsize=4096)
def _referrer_facts(referrer: str, own_hosts: frozenset[str]) -> Fact:
    if not referrer:
        return Fact.REFERRER_ABSENT
    host = referrer_host(referrer)
    if not host:
        return _NOTHING
    netloc = urlsplit(referrer).netloc.lower()
    facts = Fact.REFERRER_SENT
    if netloc in own_hosts or netloc in {own.lower() for own in own_hosts}:
        facts |= Fact.REFERRER_OWN
    if is_search_engine(host):
        facts |= Fact.SEARCH
    return facts


def _is_ahead(purpose: str) -> bool:
    said = purpose.lower()
    return "prefetch" in said or "preview" in said


def _says(header: str, word: str) -> bool | None:
    """Tell whether a header says ``word``; ``None`` when it was not sent."""
    said = header.strip().lower()
    return said == word if said else None
