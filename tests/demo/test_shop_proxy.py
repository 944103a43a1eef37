"""Apport's paths on the shop's own origin, in front of a server that repeats what it was asked."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from werkzeug.test import Client

from demo.shop.settings import Settings
from demo.shop.shop import make_application


class Echo(BaseHTTPRequestHandler):
    """Redirects with two cookies, and tells in a header what it was asked."""

    def do_GET(self):
        asked = {"path": self.path, "headers": dict(self.headers)}
        self.send_response(302 if self.path.startswith("/c/") else 200)
        self.send_header("Location", "https://shop.example/page?afsrc=1")
        self.send_header("Set-Cookie", "ap_ref=t; HttpOnly; Path=/; SameSite=Lax")
        self.send_header("Set-Cookie", "__Host-ap_st=s; Path=/; Secure")
        self.send_header("X-Asked", json.dumps(asked))
        self.send_header("Content-Length", "2")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"ok")

    do_POST = do_HEAD = do_GET

    def log_message(self, *_args):
        pass


@pytest.fixture
def echo():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def tab(echo, tmp_path):
    return Client(make_application(Settings(apport_url=echo, state=tmp_path), deliver=False))


def asked(answer):
    return json.loads(answer.headers["X-Asked"])


def test_a_redirect_comes_back_untouched(tab):
    answer = tab.get("/c/abc")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "https://shop.example/page?afsrc=1"
    assert answer.headers.getlist("Set-Cookie") == [
        "ap_ref=t; HttpOnly; Path=/; SameSite=Lax",
        "__Host-ap_st=s; Path=/; Secure",
    ]
    assert "Content-Security-Policy" not in answer.headers


def test_what_the_browser_said_goes_through(tab):
    tab.set_cookie("ap_consent", "1")
    said = {
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Site": "cross-site",
        "Sec-Purpose": "prefetch",
        "Referer": "https://blog.example/",
        "User-Agent": "Browser/1",
    }

    headers = asked(tab.get("/c/abc?sub=x%20y", headers=said, base_url="http://boutique.example"))

    assert headers["path"] == "/c/abc?sub=x%20y"
    assert said.items() <= headers["headers"].items()
    assert headers["headers"]["X-Forwarded-Host"] == "boutique.example"


def test_a_visitor_cannot_speak_for_the_proxy(tab):
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example",
              "X-Forwarded-Proto": "gopher", "Forwarded": "for=203.0.113.9"}  # fmt: skip

    headers = asked(tab.get("/c/abc", headers=forged))["headers"]

    assert "203.0.113.9" not in json.dumps(headers)
    assert headers["X-Forwarded-Host"] == "localhost"
    assert headers["X-Forwarded-Proto"] == "http"


def test_every_path_of_apport_is_passed_on_and_no_other(tab):
    for path in ("/c/abc", "/looks/ete/", "/j", "/ap.js"):
        assert asked(tab.get(path))["path"] == path
    for path in ("/c", "/jx", "/ap.js.map", "/looks", "/manage/"):
        assert tab.get(path).status_code == 404


def test_posts_and_heads_go_through(tab):
    assert tab.post("/j", data=b"{}", content_type="application/json").status_code == 200
    head = tab.head("/c/abc")
    assert (head.status_code, head.data) == (302, b"")


def test_a_visitor_lands_in_the_shop_when_apport_is_down(browser_tab):
    landing = browser_tab.get("/c/abc")

    assert (landing.status_code, landing.headers["Location"]) == (302, "/")
    assert landing.headers["Cache-Control"] == "no-store"
    assert browser_tab.get("/ap.js").status_code == 502
