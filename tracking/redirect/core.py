"""One landing from headers to an answer and a line, for any server's way to say them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol, Self, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings

from experiments.services.keys import assignment_key
from tracking.domain import capsule
from tracking.domain.benefit import landing_of
from tracking.domain.deep_links import deep_link
from tracking.domain.host_marks import mark_of
from tracking.domain.ip_hash import DAY_US, client_address, ip_hash
from tracking.domain.landing import (
    READ_ORIGIN,
    READ_REFERRER,
    READ_USER_AGENT,
    READ_WORDS,
    Answer,
    Asked,
    LandingLink,
    Words,
    decide,
    decide_unknown,
    new_asked,
    new_words,
    prove,
)
from tracking.domain.languages import (
    READ_ACCEPTED,
    Languages,
    in_language,
    language_of,
    preferred,
)
from tracking.domain.navigation import Fact, has_paid_id, referrer_host
from tracking.domain.references import is_reference, new_reference
from tracking.domain.surfaces import OF_OUR_PAGES
from tracking.redirect.counting import counting
from tracking.redirect.throttle import throttle
from tracking.snapshot import Snapshot
from tracking.spool import DISK, Spool, SpoolFull

#: Returns a header by its name in small letters, or an empty string.
Header = Callable[[str, str], str]
Said = TypeVar("Said", bound="Recorded")
LONGEST_SUB_ID = 64
LONGEST_QUERY = 2_000
FOLLOW = "/c/"
FORWARDED = "x-forwarded-for"
_NO_STORE = ("cache-control", "no-store")
_NO_INDEX = ("x-robots-tag", "noindex")
_REFERRER = ("referrer-policy", "strict-origin-when-cross-origin")
_ALLOW = ("allow", "GET, HEAD")
_PAID_ID = int(Fact.PAID_ID)
_NETWORKS = {"1": int(Fact.FROM_SERVERS), "0": int(Fact.FROM_PEOPLE)}
_OWN_SIGNS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~:-")


class Recorded(Protocol):
    """An answer whose lines go to the spool first."""

    @property
    def lines(self) -> tuple[bytes, ...]:
        """What has to be kept before the answer may go out; often nothing."""

    def unrecorded(self) -> Self:
        """Return the answer instead of this one when its lines are lost."""


class Core:
    """What all requests of a process share."""

    def __init__(self, snapshot: Snapshot, spool: Spool) -> None:
        self.snapshot = snapshot
        self.spool = spool
        self.throttle = throttle()
        self.counting = counting()
        self.is_durable = settings.CLICK_DURABILITY == DISK
        self.is_secure = not settings.ON_THIS_MACHINE
        self.key = capsule.key_from(settings.SECRET_KEY)
        self.arms = assignment_key()
        self._country_header = settings.COUNTRY_HEADER.lower()
        self.datacentre_header = settings.DATACENTRE_HEADER.lower()
        self._trusted = settings.TRUSTED_PROXY_COUNT

    def answer(
        self, link: LandingLink | None, method: str, query: str, header: Header, peer: str
    ) -> Answer:
        """Return how a request for ``link`` is answered; ``None`` is a link that nobody made."""
        if link is None:
            home = self.snapshot.home(asked_hosts(header))
            return decide_unknown(words_of(method, header), home)
        return self.answer_at(time.time_ns() // 1000, link, method, query, header, peer)

    def answer_at(
        self,
        at_us: int,
        link: LandingLink,
        method: str,
        query: str,
        header: Header,
        peer: str,
        fresh: str = "",
    ) -> Answer:
        """Return how a request for ``link`` is answered at a time in microseconds since 1970.

        ``fresh`` is the reference of a visitor who brings none; without it a new one.
        """
        words = words_of(method, header)
        jar = f"; {header('cookie', '')};"
        consent = consent_in(jar)
        known = reference_in(jar) if consent == "1" else ""
        asked = new_asked(
            (
                words,
                at_us,
                consent,
                (known or fresh or new_reference()) if consent == "1" else "",
                bool(known),
                "; __Host-ap_st=" in jar,
                self.ip_hash(at_us, header, peer) if consent == "1" else None,
                self.country(header),
                own_parameter(query, "sub") if query and "sub=" in query else "",
                own_parameter(query, "surface") if query and "surface=" in query else "",
                self.other_facts(query, header) | self.marks_of(words, consent),
            )
        )
        window_s = self.snapshot.window_s(link)
        if query and "to=" in query:
            link = deep_link(link, parameter(query, "to"))
        shop = self.snapshot.shops.get(link.shop_id)
        if shop is not None and shop.languages:
            link = in_language(link, shop.languages, reads(asked, link, shop.languages, header))
        benefit = self.snapshot.benefits.get(link.affiliate_id)
        if benefit is not None:
            link = landing_of(link, benefit, asked.visitor, self.arms)
        return decide(asked, link, window_s=window_s, key=self.key, is_secure=self.is_secure)

    def keep(self, *lines: bytes) -> bool:
        """Write lines to the spool, and wait for the disk where that is asked for.

        Return whether they are kept; what is not is counted.
        """
        try:
            ticket = self.spool.append(*lines)
            if self.is_durable:
                self.spool.sync(ticket)
        except SpoolFull:
            self.counting.lost(len(lines))
            return False
        return True

    def recorded(self, said: Said) -> Said:
        """Return an answer once its lines are kept, or what is said instead when they are lost."""
        return said if not said.lines or self.keep(*said.lines) else said.unrecorded()

    def ip_hash(self, at_us: int, header: Header, peer: str) -> int | None:
        """Return the hash of who asks under the salt of the day, or None while none is known."""
        salt = self.snapshot.salts.get(at_us // DAY_US)
        return None if salt is None else ip_hash(self.address(header, peer), salt)

    def other_facts(self, query: str, header: Header) -> int:
        """Return what the address and the edge say of a click, as bits of ``Fact``."""
        facts = _PAID_ID if query and has_paid_id(query) else 0
        if self.datacentre_header:
            facts |= _NETWORKS.get(header(self.datacentre_header, ""), 0)
        return facts

    def marks_of(self, words: Words, consent: str) -> int:
        """Return what is known of the site that a visit with consent came from, as bits."""
        if consent != "1" or not words.referrer or not self.snapshot.marks:
            return 0
        return mark_of(referrer_host(words.referrer), self.snapshot.marks)

    def address(self, header: Header, peer: str) -> str:
        """Return the address of who asks, as our proxies name it."""
        return client_address(peer, header(FORWARDED, ""), self._trusted)

    def country(self, header: Header) -> str:
        """Return the country that the edge names, two capital letters, or nothing."""
        if not self._country_header:
            return ""
        said = header(self._country_header, "")
        return said.upper() if len(said) == 2 and said.isascii() and said.isalpha() else ""


def reads(asked: Asked, link: LandingLink, languages: Languages, header: Header) -> str:
    """Return the language that a visitor reads, or nothing (rule L22).

    On a page of the shop that page's, which they chose; elsewhere what their browser asks for.
    """
    words = asked.words
    facts = prove(words, link.own_hosts, asked.is_known, asked.has_strict).facts
    if facts & OF_OUR_PAGES:
        return language_of(path_of(words.referrer), languages)
    return preferred(header("accept-language", "")[:READ_ACCEPTED], languages)


def path_of(url: str) -> str:
    """Return the path of an address, or nothing of what is none."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def words_of(method: str, header: Header) -> Words:
    """Return what a request says of itself, its headers cut to what is read."""
    purpose = header("sec-purpose", "") or header("purpose", "")
    purpose = purpose or header("x-purpose", "") or header("x-moz", "")
    site = header("sec-fetch-site", "")
    mode = header("sec-fetch-mode", "")
    dest = header("sec-fetch-dest", "")
    user = header("sec-fetch-user", "")
    if len(purpose) + len(site) + len(mode) + len(dest) + len(user) > READ_WORDS:
        purpose = site = mode = dest = user = ""  # No browser says so much.
    return new_words(
        (
            method if len(method) <= 10 else "OTHER",
            purpose,
            site,
            mode,
            dest,
            user,
            header("user-agent", "")[:READ_USER_AGENT],
            header("origin", "")[:READ_ORIGIN],
            header("referer", "")[:READ_REFERRER],
        )
    )


def consent_in(jar: str) -> str:
    """Return the value of ap_consent in ``jar``, "; " before and ";" after every cookie.

    More than one is as good as a refusal: somebody set two that may differ.
    """
    start = jar.find("; ap_consent=")
    if start < 0:
        return ""
    value = jar[start + 13 : jar.index(";", start + 13)]
    return "0" if value != "1" or "; ap_consent=" in jar[start + 13 :] else "1"


def reference_in(jar: str) -> str:
    """Return the visitor's reference in ``jar``, or nothing."""
    start = jar.find("; ap_ref=")
    if start < 0:
        return ""
    value = jar[start + 9 : start + 31]
    return value if jar[start + 31 : start + 32] == ";" and is_reference(value) else ""


def asked_hosts(header: Header) -> list[str]:
    """Return the hosts that a request may be for, the one that the visitor saw first.

    A forged header only ever names a shop.
    """
    forwarded = header("x-forwarded-host", "").partition(",")[0]
    hosts = (forwarded, header("host", ""))
    return [host.strip().lower() for host in hosts if host]


def own_parameter(query: str, name: str) -> str:
    """Return a parameter that an affiliate may add to its link, or nothing if it is unusual."""
    value = parameter(query, name)
    return value if len(value) <= LONGEST_SUB_ID and _OWN_SIGNS.issuperset(value) else ""


def parameter(query: str, name: str) -> str:
    """Return a parameter of an address as it was meant, or nothing; the last one of its name."""
    try:
        return dict(parse_qsl(query[:LONGEST_QUERY], max_num_fields=50)).get(name, "")
    except ValueError:
        return ""


def code_of(path: str) -> str:
    """Return the code in a path that begins with /c/."""
    code = path[3:]
    return unquote(code) if "%" in code else code


def headers_of(answer: Answer) -> list[tuple[str, str]]:
    """Return the headers of an answer."""
    if answer.status != 302:
        return [_ALLOW, _NO_STORE, _NO_INDEX] if answer.status == 405 else [_NO_STORE, _NO_INDEX]
    location = ("location", answer.location)
    if answer.cookie:
        return [location, ("set-cookie", answer.cookie), _NO_STORE, _NO_INDEX, _REFERRER]
    return [location, _NO_STORE, _NO_INDEX, _REFERRER]
