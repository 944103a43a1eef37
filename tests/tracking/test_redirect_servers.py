"""The two ways to say one answer: WSGI ahead of Django, RSGI in processes of their own."""

import asyncio
import errno
import os
from dataclasses import dataclass, field
from io import BytesIO
from itertools import pairwise
from types import SimpleNamespace
from wsgiref.util import setup_testing_defaults

import pytest

from tests.tracking import spooled
from tests.tracking.test_landing_rules import CLICKED, LINK, PHONE, VISITOR
from tracking.domain.spool_line import JourneyRecord
from tracking.landing_links import ShopFacts
from tracking.redirect.core import Core
from tracking.redirect.rsgi import Group, Redirect, header_of, peer_of
from tracking.redirect.throttle import Throttle
from tracking.redirect.wsgi import Ahead
from tracking.snapshot import Snapshot
from tracking.spool import spool

LANDING = "https://shop.example/a?afsrc=1#top"
HEADERS = {
    "host": "shop.example",
    "user-agent": PHONE,
    "referer": CLICKED.referrer,
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
    "sec-fetch-user": "?1",
}
PAGE_VIEW = b'{"events":[{"kind":"page_view","path":"/"}]}'
FROM_SHOP = {"sec-fetch-site": "same-origin", "cookie": f"ap_consent=1; ap_ref={VISITOR}"}


@dataclass
class Answer:
    status: int
    headers: list
    body: bytes = b""

    def __getitem__(self, name):
        return next((value for said, value in self.headers if said == name), None)


class Headers(dict):
    """The edge to granian: names in small letters; lines of one name that came separately."""

    def get_all(self, name):
        said = self.get(name, [])
        return [said] if isinstance(said, str) else said


@dataclass
class Protocol:
    """The edge to granian: what it hands over, and what it is told."""

    body: bytes = b""
    answers: list = field(default_factory=list)

    async def __aiter__(self):
        for start, end in pairwise([*range(0, len(self.body), 1_000), len(self.body)]):
            yield self.body[start:end]

    def response_empty(self, status, headers):
        self.answers.append(Answer(status, headers))

    def response_str(self, status, headers, text):
        self.answers.append(Answer(status, headers, text.encode()))

    def response_bytes(self, status, headers, body):
        self.answers.append(Answer(status, headers, body))


def by_rsgi(core, method, path, query, headers, body):
    scope = SimpleNamespace(
        method=method,
        path=path,
        query_string=query,
        headers=Headers(headers),
        client="203.0.113.7:5000",
    )
    protocol = Protocol(body)

    async def ask():
        app = Redirect()
        app.core, app.group = core, Group(asyncio.get_running_loop(), core)
        await app.__rsgi__(scope, protocol)

    asyncio.run(ask())
    (answer,) = protocol.answers
    return answer


def by_wsgi(core, method, path, query, headers, body):
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REMOTE_ADDR": "203.0.113.7",
        "wsgi.input": BytesIO(body),
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
    }
    setup_testing_defaults(environ)
    said = []

    def start_response(status, headers):
        said.append(Answer(int(status[:3]), headers))

    def django(_environ, start_response):
        start_response("200 OK", [])
        return [b"from Django"]

    said_body = b"".join(Ahead(django, core)(environ, start_response))
    (answer,) = said
    assert answer["content-length"] in {str(len(said_body)), None}
    answer.body = said_body
    return answer


@pytest.fixture(params=["disk", "process"])
def core(request, settings, tmp_path):
    settings.SPOOL_DIR = tmp_path / "spool"
    settings.CLICK_DURABILITY = request.param
    links = Snapshot()
    links.shops = {
        1: ShopFacts(1, "https://shop.example/", ("shop.example",), LINK.own_hosts, True)
    }
    links.links = {LINK.code: LINK}
    links.windows = {LINK.affiliate_id: 3600}
    links.is_loaded.set()
    yield Core(links, spool())
    spool().close()


@pytest.fixture(params=[by_rsgi, by_wsgi])
def ask(request, core):
    def ask(path, *, method="GET", query="", body=b"", **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return request.param(core, method, path, query, {**HEADERS, **named}, body)

    ask.is_wsgi = request.param is by_wsgi
    return ask


def break_the_disk(monkeypatch):
    def full(*_anything):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)


def test_a_visit_with_consent(ask, core):
    answer = ask("/c/abc", cookie=f"ap_consent=1; ap_ref={VISITOR}", query="sub=story")

    assert (answer.status, answer["location"], answer.body) == (302, LANDING, b"")
    assert answer["set-cookie"] == (
        f"ap_ref={VISITOR}; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax"
    )
    assert answer["cache-control"] == "no-store"
    assert answer["x-robots-tag"] == "noindex"
    assert answer["referrer-policy"] == "strict-origin-when-cross-origin"
    (click,) = spooled.clicks(core.spool.directory)
    assert (click.visitor, click.link_id, click.sub_id) == (VISITOR, LINK.link_id, "story")
    assert not (core.is_durable and core.spool.unsynced)


def test_a_visit_without_consent(ask, core):
    answer = ask("/c/abc")
    assert answer["location"].startswith("https://shop.example/a?afsrc=1&ap_c=abc.")
    assert answer["set-cookie"] is None
    assert len(spooled.counts(core.spool.directory)) == 1


def test_an_unknown_link_leads_home(ask, core):
    answer = ask(f"/c/{'x' * 41}", cookie="ap_consent=1")  # Too long to be looked up.
    assert (answer.status, answer["location"]) == (302, "https://shop.example/")
    assert not spooled.records(core.spool.directory)


def test_a_prefetch_is_asked_to_come_again(ask, core):
    answer = ask("/c/abc", sec_purpose="prefetch;prerender", cookie="ap_consent=1")
    assert (answer.status, answer["cache-control"], answer["location"]) == (503, "no-store", None)
    (count,) = spooled.records(core.spool.directory)
    assert count.navigation == "prefetch"


@pytest.mark.parametrize(("method", "status"), [("HEAD", 302), ("POST", 405), ("PURGE", 405)])
def test_other_methods_are_probes(ask, core, method, status):
    answer = ask("/c/abc", method=method, cookie="ap_consent=1")
    assert (answer.status, answer["set-cookie"]) == (status, None)
    assert answer["allow"] == ("GET, HEAD" if status == 405 else None)
    (count,) = spooled.counts(core.spool.directory)
    assert count.navigation == "probe"


@pytest.mark.parametrize("cookie", ["ap_consent=1", ""])
def test_without_room_on_the_disk_the_visitor_lands_and_the_loss_is_counted(
    ask, core, monkeypatch, cookie
):
    break_the_disk(monkeypatch)
    answer = ask("/c/abc", cookie=cookie)
    assert (answer.status, answer["location"], answer["set-cookie"]) == (302, LANDING, None)
    assert core.spool.lost == 1


@pytest.mark.parametrize("core", ["disk"], indirect=True)
def test_a_disk_that_does_not_confirm_gives_no_token(ask, core, monkeypatch):
    def broken(_descriptor):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fdatasync", broken)
    answer = ask("/c/abc", cookie="ap_consent=1")
    assert (answer["location"], answer["set-cookie"]) == (LANDING, None)
    assert core.spool.lost == 1


def test_what_a_page_of_the_shop_tells_is_kept(ask, core):
    answer = ask("/j", method="POST", body=PAGE_VIEW, **FROM_SHOP)

    assert (answer.status, answer["cache-control"]) == (200, "no-store")
    assert answer.body == b'{"ref": "%b"}' % VISITOR.encode()
    (event,) = spooled.records(core.spool.directory)
    assert isinstance(event, JourneyRecord)
    assert (event.visitor, event.kind, event.data) == (VISITOR, "page_view", '{"path":"/"}')


def test_a_landing_that_is_agreed_to_later_becomes_a_click(ask, core):
    sealed = ask("/c/abc")["location"].partition("&ap_c=")[2].removesuffix("#top")
    body = b'{"consent": true, "capsule": "%b"}' % sealed.encode()

    answer = ask("/j", method="POST", body=body, sec_fetch_site="same-origin")

    assert answer.status == 200
    (click,) = spooled.clicks(core.spool.directory)
    assert (click.link_id, click.navigation) == (LINK.link_id, "followed")
    cookies = [value for name, value in answer.headers if name == "set-cookie"]
    assert cookies[0] == f"ap_ref={click.visitor}; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax"
    assert cookies[1] == "ap_consent=1; Max-Age=15552000; Path=/; SameSite=Lax"


def test_what_cannot_be_kept_is_not_confirmed(ask, core, monkeypatch):
    break_the_disk(monkeypatch)
    answer = ask("/j", method="POST", body=PAGE_VIEW, **FROM_SHOP)
    assert (answer.status, answer["set-cookie"]) == (503, None)


@pytest.mark.parametrize("by", [by_rsgi, by_wsgi])
def test_a_network_that_tells_too_often_is_asked_to_wait(by, core, settings):
    settings.JOURNEY_CALLS_PER_MINUTE = 2
    settings.TRUSTED_PROXY_COUNT = 1
    flooded = Core(core.snapshot, core.spool)
    flooded.throttle = Throttle(settings.JOURNEY_CALLS_PER_MINUTE)

    def tell(address, body=PAGE_VIEW):
        headers = {**HEADERS, **FROM_SHOP, "x-forwarded-for": address}
        return by(flooded, "POST", "/j", "", headers, body)

    answers = [tell("81.2.69.160") for _ in range(4)]
    refused = answers[-1]
    neighbour, stranger = tell("81.2.69.9"), tell("81.2.70.1")
    withdrawn = tell("81.2.69.160", b'{"consent": false}')

    assert [answer.status for answer in answers] == [200, 200, 429, 429]
    assert (refused["retry-after"], refused["set-cookie"], refused.body) == ("60", None, b"")
    assert (neighbour.status, stranger.status) == (429, 200)
    assert (withdrawn.status, withdrawn["set-cookie"][:8]) == (204, "ap_ref=;")
    assert len(spooled.records(core.spool.directory)) == 4


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"sec_fetch_site": "cross-site", "origin": "https://evil.example"}, PAGE_VIEW, 403),
        ({"sec_fetch_site": "", "origin": ""}, PAGE_VIEW, 403),
        ({"host": "unknown.example", "sec_fetch_site": "same-origin"}, PAGE_VIEW, 404),
        ({"sec_fetch_site": "same-origin"}, b"x" * 9_000, 400),
        ({"sec_fetch_site": "same-origin"}, b"", 400),
        ({"sec_fetch_site": "same-origin"}, PAGE_VIEW, 204),
    ],
)
def test_nobody_else_tells_us_anything(ask, core, headers, body, status):
    answer = ask("/j", method="POST", body=body, **headers)
    assert (answer.status, answer["set-cookie"]) == (status, None)
    assert not spooled.records(core.spool.directory)


def test_a_page_on_another_origin_of_the_shop_may_read_the_answer(ask):
    answer = ask(
        "/j", method="POST", body=PAGE_VIEW, sec_fetch_site="cross-site", host="apport.example",
        origin="https://shop.example",
    )  # fmt: skip
    assert (answer["access-control-allow-origin"], answer["vary"]) == (
        "https://shop.example", "Origin",
    )  # fmt: skip


def test_everything_else_is_django_s_or_nobody_s(ask):
    for path in ("/", "/c", "/portal/", "/jj"):
        answer = ask(path)
        assert answer.body == (b"from Django" if ask.is_wsgi else b"")
        assert answer.status == (200 if ask.is_wsgi else 404)


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_j_is_posted_to(ask, method):
    if not ask.is_wsgi:
        assert ask("/j", method=method)["allow"] == "POST"


def test_the_script_of_the_pages(core):
    def get(**headers):
        return by_rsgi(core, "GET", "/ap.js", "", {**HEADERS, **headers}, b"")

    plain, packed = get(), get(**{"accept-encoding": "gzip, br"})
    assert (plain.status, plain["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert (packed["content-encoding"], packed.body[:2]) == ("gzip", b"\x1f\x8b")
    assert len(packed.body) < len(plain.body)
    unchanged = get(**{"if-none-match": plain["etag"]})
    assert (unchanged.status, unchanged.body) == (304, b"")
    assert get(host="unknown.example", referer="").status == 404


def test_the_oracle_comes_with_consent_over_tls(core):
    core.is_secure = True
    cookie = {"cookie": "ap_consent=1"}
    answer = by_rsgi(core, "GET", "/ap.js", "", {**HEADERS, **cookie}, b"")
    assert answer["set-cookie"].startswith("__Host-ap_st=1; ")
    assert answer["set-cookie"].endswith("Path=/; HttpOnly; Secure; SameSite=Strict")


def test_a_redirect_process_is_well_once_it_has_links(core):
    assert by_rsgi(core, "GET", "/healthz", "", HEADERS, b"").status == 200
    core.snapshot.is_loaded.clear()
    assert by_rsgi(core, "GET", "/healthz", "", HEADERS, b"").status == 503


@pytest.mark.parametrize(
    ("client", "address"),
    [("203.0.113.7:5000", "203.0.113.7"), ("[2001:db8::1]:5000", "2001:db8::1"), ("", "")],
)
def test_who_asks_is_an_address_without_its_port(client, address):
    assert peer_of(client) == address


def test_the_line_that_our_proxy_adds_counts_and_not_the_one_a_visitor_forged(core, settings):
    settings.TRUSTED_PROXY_COUNT = 1
    said = Headers({"x-forwarded-for": ["6.6.6.6", "81.2.69.160"]})
    header = header_of(SimpleNamespace(headers=said))
    assert Core(core.snapshot, core.spool).address(header, "10.0.0.7") == "81.2.69.160"


@pytest.mark.parametrize("core", ["disk"], indirect=True)
def test_whoever_writes_in_the_same_turn_shares_one_sync(core, monkeypatch):
    synced = []
    fdatasync = os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda file: synced.append(fdatasync(file)))

    async def landings():
        group = Group(asyncio.get_running_loop(), core)

        async def one(number):
            return await group.keep(b"line %d\n" % number)

        return await asyncio.gather(*map(one, range(50)))

    before = len(synced)
    assert asyncio.run(landings()) == [True] * 50
    assert len(synced) - before == 1
