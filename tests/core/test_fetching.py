"""Strangers' pages: what is fetched, and what is never reached."""

import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.fetching import Fetcher, FetchRefused, is_public
from core.names import Names, NotResolved


class Said(Names):
    """A DNS that says what the test says; a list is said once each, then its last for ever."""

    def __init__(self, said):
        super().__init__(["127.0.0.1:1"])
        self.said = said
        self.asked = []

    def addresses(self, host):
        self.asked.append(host)
        found = self.said.get(host)
        if found is None:
            raise NotResolved(f"The DNS knows no {host}.", is_unregistered=True)
        return found.pop(0) if isinstance(found[0], list) else found


class Pages(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append((self.headers["Host"], self.path, dict(self.headers)))
        status, headers, body = self.server.pages.get(self.path, (404, {}, b"none"))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_anything):
        """Say nothing."""


@contextmanager
def site(pages):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.pages, server.seen = pages, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def open_fetcher(said, **options):
    return Fetcher(names=Said(said), may_reach=lambda _address: True, ports=None, **options)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",
     "100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::",
     "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::",
     "2002:a00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2001:db8::1"],
)  # fmt: skip
def test_no_private_address_is_public_however_it_is_wrapped(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2a00:1450:4007::1", "64:ff9b::808:808"])
def test_public_addresses_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    ["ftp://shop.example/", "file:///etc/passwd", "gopher://shop.example/", "http://",
     "shop.example", "http://user@shop.example/", "http://a:b@shop.example/", "http://shop.example:6379/",
     "http://shop.example:x/", "http://[::1/", "http://shop.example/" + "a" * 2_000,
     "//shop.example", "javascript:alert(1)", ""],
)  # fmt: skip
def test_what_is_no_page_of_a_stranger_is_not_asked(url):
    fetcher = Fetcher(names=Said({"shop.example": ["8.8.8.8"]}))
    with pytest.raises(FetchRefused):
        fetcher.address_of(url)
    found = fetcher.fetch(url)
    assert (found.status, found.body, bool(found.error)) == (0, b"", True)


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::ffff:169.254.169.254"]]
)
def test_a_name_that_leads_inside_is_refused_even_beside_a_public_one(addresses):
    found = Fetcher(names=Said({"evil.example": addresses})).fetch("http://evil.example/")
    assert found.error == "an address that is not public"
    assert found.hops[0].address == ""


def test_an_address_written_as_a_number_is_refused():
    for url in ("http://127.0.0.1/", "http://[::1]/", "http://2130706433/", "http://0x7f.1/"):
        assert Fetcher(names=Names(["127.0.0.1:1"])).fetch(url).error


def test_a_page_is_fetched_with_every_hop_before_it():
    with site({}) as server:
        at = server.server_address[1]
        server.pages |= {
            "/a": (302, {"Location": "/b?x=1"}, b"not read"),
            "/b?x=1": (301, {"Location": f"http://two.example:{at}/c"}, b""),
            "/c": (200, {"Content-Type": "text/html", "X-Else": "1"}, b"<p>Here"),
        }
        names = {"one.example": ["127.0.0.1"], "two.example": ["127.0.0.1"]}
        found = open_fetcher(names).fetch(f"http://one.example:{at}/a", {"User-Agent": "Test"})

    assert [(hop.url, hop.status) for hop in found.hops] == [
        (f"http://one.example:{at}/a", 302),
        (f"http://one.example:{at}/b?x=1", 301),
        (f"http://two.example:{at}/c", 200),
    ]
    assert (found.body, found.is_cut, found.error, found.status) == (b"<p>Here", False, "", 200)
    assert set(found.headers) == {"content-type", "server"}
    hosts = [host for host, _path, _headers in server.seen]
    assert hosts == [f"one.example:{at}", f"one.example:{at}", f"two.example:{at}"]
    sent = server.seen[-1][2]
    assert sent["User-Agent"] == "Test"
    assert not {"Cookie", "Referer"} & set(sent)


def test_a_redirect_inside_is_not_followed():
    with site({}) as server:
        at = server.server_address[1]
        server.pages |= {
            "/": (302, {"Location": f"http://inside.example:{at}/secret"}, b""),
            "/secret": (200, {}, b"secret"),
        }
        names = Said({"out.example": ["127.0.0.1"], "inside.example": ["127.0.0.2"]})
        fetcher = Fetcher(names=names, may_reach=lambda one: one == "127.0.0.1", ports=None)
        found = fetcher.fetch(f"http://out.example:{at}/")
    assert (found.body, found.error) == (b"", "an address that is not public")
    assert [path for _host, path, _headers in server.seen] == ["/"]


def test_a_name_that_changes_its_mind_is_asked_once_per_hop_and_pinned():
    with site({"/": (200, {}, b"outside")}) as server:
        at = server.server_address[1]
        names = Said({"rebind.example": [["127.0.0.1"], ["10.0.0.1"]]})
        fetcher = Fetcher(names=names, may_reach=lambda one: one == "127.0.0.1", ports=None)
        found = fetcher.fetch(f"http://rebind.example:{at}/")
        again = fetcher.fetch(f"http://rebind.example:{at}/")
    assert (found.body, found.hops[0].address) == (b"outside", "127.0.0.1")
    assert again.error == "an address that is not public"
    assert names.asked == ["rebind.example"] * 2


def test_circles_sizes_and_times_have_an_end():
    with site({}) as server:
        at = server.server_address[1]
        server.pages |= {
            "/circle": (302, {"Location": "/circle"}, b""),
            "/large": (200, {}, b"x" * 100_000),
        }
        fetcher = open_fetcher({"one.example": ["127.0.0.1"]}, most_bytes=50_000, most_hops=4)
        circle = fetcher.fetch(f"http://one.example:{at}/circle")
        large = fetcher.fetch(f"http://one.example:{at}/large")
        stop = fetcher.fetch(f"http://one.example:{at}/circle", follow=False)
    assert (len(circle.hops), circle.error) == (4, "too many redirects")
    assert (len(large.body), large.is_cut) == (50_000, True)
    assert (len(stop.hops), stop.status, stop.error) == (1, 302, "")


def test_a_machine_that_says_nothing_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        fetcher = open_fetcher({"one.example": ["127.0.0.1"]}, seconds=0.3)
        found = fetcher.fetch(f"http://one.example:{silent.getsockname()[1]}/")
    assert (found.status, found.body) == (0, b"")
    assert "Timeout" in found.error


def test_a_certificate_of_nobody_is_not_believed():
    with site({}) as server:  # It speaks no TLS at all.
        found = open_fetcher({"one.example": ["127.0.0.1"]}, seconds=2).fetch(
            f"https://one.example:{server.server_address[1]}/"
        )
    assert found.status == 0
    assert "SSL" in found.error


def test_a_host_that_nobody_has_is_said():
    found = open_fetcher({}).fetch("http://nobody.example/")
    assert found.error == "The DNS knows no nobody.example."
