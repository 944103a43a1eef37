"""How GET /c/<code> is answered: where the visitor goes, and what is kept of it.

Everybody lands in the shop, whatever the link and whatever fails (rules N1 to N9 and L1 to L6 of
docs/rules/attribution.md). Without ``ap_consent=1`` nothing is kept but a count.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import NamedTuple

from tracking.domain.capsule import seal
from tracking.domain.navigation import (
    NOT_A_VISIT,
    Navigation,
    classify,
    referrer_host,
    request_facts,
)
from tracking.domain.spool_line import click_line, count_line, moment
from tracking.domain.surfaces import OF_OUR_PAGES, is_proven_tap, place_of, told_by
from tracking.domain.user_agent import family, is_bot

CONSENT_COOKIE = "ap_consent"
REF_COOKIE = "ap_ref"
#: What is read of each header: longer ones are nobody's, and would fill the memory of answers.
READ_USER_AGENT = 256
READ_REFERRER = 512
READ_ORIGIN = 128
READ_WORDS = 160
_HOUR_US = 3_600_000_000


class Words(NamedTuple):
    """What a request says of itself. A header that was not sent is empty."""

    method: str
    purpose: str  # Sec-Purpose, or one of its older names.
    site: str  # Sec-Fetch-Site, and so on.
    mode: str
    dest: str
    user: str
    user_agent: str
    origin: str
    referrer: str


class Proof(NamedTuple):
    """What a request proves; the numbers as they are stored."""

    navigation: str
    is_visit: bool
    facts: int
    referrer_host: str
    browser: int
    device: int


class Asked(NamedTuple):
    """One request to /c/<code>. ``consent`` is the value of the cookie, empty without one.

    ``visitor`` is the reference that a visit with consent is recorded under: the one that came,
    or a new one. ``sub_id`` and ``surface`` are those of the address, over the link's own.
    """

    words: Words
    at_us: int
    consent: str = ""
    visitor: str = ""
    is_known: bool = False  # The visitor's reference came with the request.
    has_strict: bool = False
    ip_hash: int | None = None
    country: str = ""
    sub_id: str = ""
    surface: str = ""
    facts: int = 0  # Of the address and of the network, beside what its words prove.


@dataclass(frozen=True, slots=True, kw_only=True)
class LandingLink:
    """A link, ready to be followed.

    ``head`` and ``tail`` are the landing address before and after the place where a capsule or a
    reference goes; ``plain`` is where a link leads that earns nothing.
    """

    code: str
    link_id: int
    affiliate_id: int
    shop_id: int
    head: str
    tail: str
    plain: str
    sub_id: str
    own_hosts: frozenset[str]
    is_archived: bool
    ends_us: int | None  # When it expires, in microseconds since 1970.
    is_on_our_host: bool  # Where the shop cannot see a cookie of ours.
    surface: str = ""  # Of the look whose link it is: its taps on the shop's own pages count.


class Answer(NamedTuple):
    """``plain`` replaces ``location``, and the cookie goes, when ``line`` cannot be written."""

    status: int
    location: str = ""
    cookie: str = ""
    line: bytes = b""
    plain: str = ""

    @property
    def lines(self) -> tuple[bytes, ...]:
        """What goes to the spool before the answer."""
        return (self.line,) if self.line else ()

    def unrecorded(self) -> Answer:
        """Return what the visitor gets whose landing no disk would take: the page, no more."""
        return Answer(self.status, self.plain)


#: As the classes themselves with all their fields, in half the time: every landing makes one each.
new_words = partial(tuple.__new__, Words)
new_asked = partial(tuple.__new__, Asked)
new_answer = partial(tuple.__new__, Answer)
NOT_NOW = Answer(503)


def decide(
    asked: Asked, link: LandingLink, *, window_s: int, key: bytes, is_secure: bool
) -> Answer:
    """Return the answer to a request for ``link``.

    ``window_s``: for how many seconds a click counts, by the terms of its affiliate; zero when
    nothing is earned. ``key`` seals capsules. Cookies are ``Secure`` when ``is_secure``.
    """
    proof = prove(asked.words, link.own_hosts, asked.is_known, asked.has_strict)
    surface, is_tap = asked.surface, False
    if surface or link.surface:
        proof, surface, is_tap = _in_look(proof, surface, link.surface)
    navigation = proof.navigation
    is_ahead = navigation == "prefetch"
    method = asked.words.method
    status = 302 if method in {"GET", "HEAD"} else 405
    if not earns(link, asked.at_us, window_s):
        return NOT_NOW if is_ahead else Answer(status, link.plain)
    plain = link.head + link.tail
    if asked.consent != "1" or not (proof.is_visit or is_tap):
        line = count_line(
            asked.at_us // _HOUR_US * 3600,
            link.link_id,
            link.affiliate_id,
            navigation,
            proof.referrer_host,
        )
        if is_ahead:
            return NOT_NOW._replace(line=line)
        if asked.consent or not (proof.is_visit or is_tap):
            return Answer(status, plain, "", line, plain)
        place = place_of(surface, link.surface)
        sealed = _capsule(link.code, asked.at_us // _HOUR_US, navigation, key, place)
        return Answer(status, f"{link.head}&ap_c={sealed}{link.tail}", "", line, plain)
    visitor = asked.visitor
    line = click_line(
        asked.at_us,
        link.link_id,
        link.affiliate_id,
        visitor,
        navigation,
        proof.facts | asked.facts,
        proof.referrer_host,
        proof.browser,
        proof.device,
        asked.country,
        asked.ip_hash,
        asked.sub_id or link.sub_id,
        surface,
    )
    if is_tap and asked.is_known:
        return Answer(status, plain, "", line, plain)  # Nobody came: the cookie stays as it is.
    secure = "; Secure" if is_secure else ""
    cookie = f"ap_ref={visitor}; Max-Age={window_s}; Path=/; HttpOnly; SameSite=Lax{secure}"
    location = f"{link.head}&ap_ref={visitor}{link.tail}" if link.is_on_our_host else plain
    return new_answer((status, location, cookie, line, plain))


def _in_look(proof: Proof, surface: str, own: str) -> tuple[Proof, str, bool]:
    """Return what a landing by a look's link proves, its surface, and whether it is a tap.

    A tap on the shop's own pages comes from there by design (rule Y1): it is kept as ``internal``,
    without the facts that would reproach it.
    """
    is_ours = proof.navigation == Navigation.INTERNAL or (
        proof.navigation == Navigation.UNKNOWN and bool(proof.facts & OF_OUR_PAGES)
    )
    if not is_proven_tap(surface, own, is_ours=is_ours):
        return proof, told_by(surface, own, is_ours=is_ours), False
    facts = proof.facts & ~OF_OUR_PAGES
    tapped = proof._replace(navigation=Navigation.INTERNAL.value, is_visit=False, facts=facts)
    return tapped, surface, True


def decide_unknown(words: Words, home: str) -> Answer:
    """Return the answer to a request for a link that nobody made: the shop's ``home``."""
    if prove(words, frozenset(), False, False).navigation == "prefetch":
        return NOT_NOW
    return Answer(302 if words.method in {"GET", "HEAD"} else 405, home)


def earns(link: LandingLink, at_us: int, window_s: int) -> bool:
    """Tell whether a landing through ``link`` counts at ``at_us``."""
    if not window_s or link.is_archived:
        return False
    return link.ends_us is None or at_us < link.ends_us


@lru_cache(maxsize=8192)
def prove(words: Words, own_hosts: frozenset[str], is_known: bool, has_strict: bool) -> Proof:
    """Return what a request proves, its robots told apart.

    ``own_hosts`` are the shop's; ``is_known`` and ``has_strict``: our cookies came.
    """
    said = words[:6]
    navigation = classify(*said)
    if navigation not in {Navigation.PROBE, Navigation.PREFETCH} and is_bot(words.user_agent):
        navigation = Navigation.BOT
    browser, device, _engine = family(words.user_agent)
    facts = request_facts(
        *said,
        user_agent=words.user_agent,
        origin=words.origin,
        referrer=words.referrer,
        own_hosts=own_hosts,
        has_lax=is_known,
        has_strict=has_strict,
    )
    return Proof(
        navigation.value,
        navigation not in NOT_A_VISIT,
        int(facts),
        referrer_host(words.referrer),
        int(browser),
        int(device),
    )


@lru_cache(maxsize=16384)
def _capsule(code: str, hour: int, navigation: str, key: bytes, place: str) -> str:
    return seal(code, moment(hour * _HOUR_US), navigation, key, place)
