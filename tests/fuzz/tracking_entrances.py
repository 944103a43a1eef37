"""What visitors and their browsers send: the redirect, the beacon, and what is kept of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import urlsplit
from zlib import crc32

from tests.fuzz.entrance import Entrance, header_of, parted, text_of
from tests.tracking import spool_lines
from tracking.domain import capsule, deep_links, destinations, languages, spool_line, utm
from tracking.domain.codes import is_promo_code, normalized, stem
from tracking.domain.ip_hash import client_address, ip_hash
from tracking.domain.journey import parse as parse_journey
from tracking.domain.landing import LandingLink
from tracking.domain.navigation import has_paid_id, request_facts
from tracking.domain.references import to_text, to_uuid
from tracking.domain.shipment import read as read_shipment
from tracking.domain.slugs import problem, slug_of
from tracking.domain.user_agent import family, is_bot
from tracking.landing_links import ShopFacts
from tracking.redirect.core import Core, code_of, headers_of
from tracking.redirect.telling import ap_js, tell
from tracking.snapshot import Snapshot

NOW = datetime(2026, 7, 16, 12, tzinfo=UTC)
AT_US = spool_line.microseconds(NOW)
KEY = b"k" * 32
SHOP = "https://shop.example"
HOSTS = frozenset({"shop.example", "www.shop.example"})
LANGUAGES = (("fr", "/fr/"), ("en", "/en/"), ("de", "/"))
LINK = LandingLink(
    code="abcd2345",
    link_id=7,
    affiliate_id=3,
    shop_id=1,
    head=f"{SHOP}/fr/robes?color=red&utm_source=ada&afsrc=1",
    tail="#top",
    plain=f"{SHOP}/fr/robes?color=red#top",
    sub_id="",
    own_hosts=HOSTS,
    is_archived=False,
    ends_us=None,
    is_on_our_host=False,
)
VISITOR = spool_lines.VISITOR
CHROME = ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
          " Chrome/156.0.0.0 Safari/537.36")  # fmt: skip
_CLICKED = (
    "sec-fetch-site: cross-site\nsec-fetch-mode: navigate\nsec-fetch-dest: document\n"
    f"sec-fetch-user: ?1\nuser-agent: {CHROME}\nreferer: https://blog.example/a-post\n"
    f"cookie: ap_consent=1; ap_ref={VISITOR}\naccept-language: en-GB,en;q=0.8\n"
    "x-forwarded-for: 192.0.2.7, 198.51.100.3\nhost: shop.example"
).encode()
_CALL = {
    "consent": True, "capsule": capsule.seal("abcd2345", NOW, "typed", KEY), "ref": VISITOR,
    "events": [
        {"kind": "landing", "path": "/dresses", "redirects": 0, "entry": "navigate",
         "referrer": "", "visible": True, "focused": True, "framed": False, "history": 2},
        {"kind": "page_view", "ago": 2_000, "path": "/dresses"},
        {"kind": "basket_changed", "items": 2, "value_minor": 4_800},
        {"kind": "checkout_opened", "path": "/checkout"},
        {"kind": "session_started", "referrer": "google.fr", "medium": "cpc", "affiliate": False},
    ],
}  # fmt: skip
_FROM_PAGE = (b"x-forwarded-host: shop.example\nsec-fetch-site: same-origin\n"
              b"origin: https://shop.example\nx-forwarded-for: 192.0.2.7")  # fmt: skip


def make_core() -> Core:
    """Return what the redirect shares, with one shop and one link in memory and no disk."""
    known = Snapshot()
    known.links = {LINK.code: LINK}
    known.windows = {LINK.affiliate_id: 30 * 86_400}
    known.shops = {1: ShopFacts(1, f"{SHOP}/", ("shop.example",), HOSTS, True, LANGUAGES)}
    known.salts = {AT_US // 86_400_000_000: KEY}
    known.marks = {"blog.example": 1 << 26}
    core = Core(known, SimpleNamespace())  # type: ignore[arg-type]  # Nothing is written.
    core._trusted, core._country_header, core.datacentre_header = 1, "x-country", "x-dc"
    core.key, core.is_secure = KEY, True
    return core


_core: list[Core] = []


def the_core() -> Core:
    """Return the one core of this process; the settings are read by then."""
    if not _core:
        _core.append(make_core())
    return _core[0]


def _headers(block: bytes):
    said = {}
    for line in block.split(b"\n"):
        name, _colon, value = header_of(line).partition(": ")
        said[name.lower()] = value
    return lambda name, default: said.get(name, default)


def read_landing(body: bytes) -> None:
    """``METHOD path?query`` and headers: whoever asks lands in the shop, and what is kept reads."""
    first, rest = parted(body)
    method, _blank, address = first.partition(" ")
    path, _mark, query = address.partition("?")
    header, core = _headers(rest), the_core()
    code_of(path)
    link = LINK if len(first) % 8 else None
    if link is None:
        answer = core.answer(None, method, query, header, "198.51.100.3")
    else:
        answer = core.answer_at(AT_US, link, method, query, header, "198.51.100.3", VISITOR)
    for name, value in headers_of(answer):
        assert "\n" not in value, name
        assert "\r" not in value, name
        assert name != "location" or value.startswith(f"{SHOP}/"), value
    for line in answer.lines:
        spool_line.parse(line)


def read_beacon(body: bytes) -> None:
    """Headers, an empty line, and a body for /j: the lines that it leaves can be read again."""
    block, _gap, said = body.partition(b"\n\n")
    header, core = _headers(block), the_core()
    core.throttle.most = 0
    reply = tell(core, said, header, "198.51.100.3", AT_US)
    ap_js(core, header)
    assert reply.status in {200, 204, 400, 403, 404, 429}
    assert not any("\n" in value for _name, value in reply.headers)
    for line in reply.lines:
        spool_line.parse(line)


def read_journey(body: bytes) -> None:
    call = parse_journey(body.partition(b"\n")[2])
    assert call.landing is None or call.landing.entry in {
        "", "navigate", "reload", "back_forward", "prerender",
    }  # fmt: skip


def read_spool_line(body: bytes) -> None:
    """A line with a right checksum, so that what stands in it is looked at."""
    line = body + b"\t" + b"%08x\n" % crc32(body + b"\t")
    day = 86_400_000_000
    read_shipment([line, body], earliest_us=AT_US - day, latest_us=AT_US + day)
    spool_line.parse(line)


def read_capsule(body: bytes) -> None:
    text = header_of(body)
    to_uuid(text)
    said = text.rpartition(".")[0]
    made = f"{said}.{capsule._mac(said, KEY)}" if said.isprintable() else text
    for one in (text, made):
        found = capsule.open_(one, KEY, NOW)
        assert NOW - found.hour < timedelta(hours=24)


def read_page(body: bytes) -> None:
    """A page after ``?to=``: whatever it is, the link stays on the shop's origin."""
    page = text_of(body)
    found = deep_links.deep_link(LINK, page)
    for address in (found.head, found.plain):
        assert address.startswith(f"{SHOP}/"), address
        assert address.isascii(), address
        assert address.isprintable(), address
        assert urlsplit(address).netloc == "shop.example"
    moved = languages.in_language(found, LANGUAGES, "en")
    assert moved.head.startswith(f"{SHOP}/")


def read_destination(body: bytes) -> None:
    """What leads to the shop still does with parameters taken out and put in."""
    url = text_of(body).strip()
    if not destinations.leads_to_shop(url, ["shop.example", "shop.example:8443"]):
        return
    said = utm.filled({"utm_source": "{affiliate}", "utm_term": "{sub_id}"},
                      affiliate=url[-9:], campaign="x", sub_id=url[:9])  # fmt: skip
    made = utm.with_parameters(destinations.without_own_parameters(url), said)
    assert destinations.leads_to_shop(
        destinations.landing_url(made), ["shop.example", "shop.example:8443"]
    )
    languages.variants(made, LANGUAGES)


def read_words(body: bytes) -> None:
    """A User-Agent, an Accept-Language, an X-Forwarded-For, a Referer, an Origin: a line each."""
    lines = [header_of(line) for line in body.split(b"\n")[:5]]
    agent, accepted, forwarded, referrer, origin = (*lines, "", "", "", "", "")[:5]
    family(agent)
    is_bot(agent)
    assert languages.preferred(accepted, LANGUAGES) in {"", "fr", "en", "de"}
    for trusted in (0, 1, 3):
        ip_hash(client_address("198.51.100.3", forwarded, trusted), KEY)
    request_facts("GET", "", "cross-site", "navigate", "document", "?1", user_agent=agent,
                  origin=origin, referrer=referrer, own_hosts=HOSTS)  # fmt: skip
    has_paid_id(referrer)


def read_name(body: bytes) -> None:
    """Names that people choose: slugs, promo codes, references, placeholders."""
    text = text_of(body)
    problem(slug_of(text))
    problem(text)
    is_promo_code(normalized(text))
    assert stem(text)
    utm.unknown_placeholders(text)
    found = to_uuid(text)
    assert found is None or to_text(found) == text


ENTRANCES = (
    Entrance(
        "redirect",
        read_landing,
        (
            b"GET /c/abcd2345?to=/en/coats%3Fsize%3D3&sub=spring&surface=look\n" + _CLICKED,
            b"GET /c/abcd2345?gclid=abc\n" + _CLICKED,
            b"POST /c/a%00b\n" + _CLICKED,
            b"GET /c/abcd2345?to=//evil.example/\n",
            b"GET /c/x\nhost: shop.example",
        ),
        (
            b"to=",
            b"sub=",
            b"surface=look:4:pdp",
            b"ap_consent=1",
            b"ap_ref=",
            b"sec-purpose: prefetch",
            b"x-dc: 1",
            b"x-country: FR",
            b"sec-fetch-site: none",
            b"%5c",
            b"%2f%2f",
        ),
    ),
    Entrance(
        "beacon",
        read_beacon,
        (
            _FROM_PAGE + b"\n\n" + json.dumps(_CALL).encode(),
            _FROM_PAGE + b'\ncookie: ap_consent=1\n\n{"consent":false}',
            _FROM_PAGE + b"\nuser-agent: Googlebot\naccept-encoding: gzip\n\n{}",
        ),
        (b"cookie: ap_consent=1", b'"consent":true', b'"events":[', b"ap_ref=", b"if-none-match: "),
    ),
    Entrance(
        "journey body",
        read_journey,
        (b"\n" + json.dumps(_CALL).encode(), b'\n{"consent":false}'),
        (b'"kind":', b'"ago":', b'"path":', b'"medium":'),
        is_json=True,
    ),
    Entrance(
        "spool line",
        read_spool_line,
        tuple(
            line[:-10]
            for line in (
                spool_lines.click(NOW),
                spool_lines.count(NOW),
                spool_lines.step(NOW),
                spool_lines.withdrawal(NOW),
                spool_line.loss_line(AT_US, 3),
            )
        ),
        (b"\\N", b"\\t", b"\t", b"c\t", b"j\t"),
    ),
    Entrance("capsule", read_capsule, (_CALL["capsule"].encode(), b"abcd2345.494196.typed.pdp.x")),
    Entrance(
        "deep link",
        read_page,
        (
            b"/en/coats?size=3&ap_ref=x#y",
            b"//evil.example",
            b"/\\evil.example",
            b"/a/../c/x",
            "/été?a=ü".encode(),
            b"/%5c/%2e%2e/c/x?afsrc=1&UTM_SOURCE=z",
        ),
        (b"%2f", b"%5c", b"..", b"/c/", b"?", b"#", b"&utm_source="),
    ),
    Entrance(
        "destination",
        read_destination,
        (
            b"https://shop.example/robes?color=red&ap_c=1#x",
            b"https://shop.example:8443/",
            b"http://ada@shop.example/",
            b"https://shop.example\\@evil.example/",
        ),
        (b"shop.example", b"https://", b"@", b":", b"#", b"ap_ref="),
    ),
    Entrance(
        "headers",
        read_words,
        (
            CHROME.encode() + b"\nfr-FR,fr;q=0.9,en;q=0.8\n192.0.2.7, 2001:db8::1\n"
            b"https://www.google.fr/\nchrome-extension://abc",
            b"Googlebot/2.1\n*;q=0\nfe80::1%eth0,::ffff:1.2.3.4\nhttp://[::1\nnull",
        ),
        (b";q=0.5", b"android-app://", b"moz-extension://", b"; wv)", b"Version/", b"Safari/"),
    ),
    Entrance(
        "names", read_name, ("Été à la Plage".encode(), b"ADA-10", VISITOR.encode(), b"{affiliate}")
    ),
)
