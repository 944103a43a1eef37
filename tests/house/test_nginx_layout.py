"""docs/nginx/apport.conf, started as it stands: TLS, redirect processes, Django, and the shop."""

import contextlib
import datetime
import getpass
import http.client
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import connection
from django.utils import timezone

from tests.builders import make_link, make_shop
from tests.tracking import spooled
from tracking.domain.ip_hash import ip_hash
from tracking.models import Link, Salt

ROOT = Path(__file__).parent.parent.parent
CONFIGURATION = ROOT / "docs" / "nginx" / "apport.conf"
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
HOST = "shop.example"
VISIT = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-User": "?1",
    "Referer": "https://blog.example/",
    "Cookie": "ap_consent=1",
}
SERVERS = ("http", "https", "redirect", "django", "shop")
READY_SECONDS = 40
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.skipif(NGINX is None, reason="no nginx on this machine: apt install nginx-light"),
]


class ShopPages(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"The shop's {self.path}".encode())

    def log_message(self, *_anything):
        """Say nothing."""


class Layout:
    """Everything that runs, and a browser's way to it."""

    def __init__(self, directory):
        self.directory = directory
        self.spool = directory / "spool"
        self.ports = dict(
            zip(("http", "https", "redirect", "django", "shop"), ports(5), strict=True)
        )
        self.processes = {}
        self.trust = certificate(directory)
        self.shop = ThreadingHTTPServer(("127.0.0.1", self.ports["shop"]), ShopPages)

    def start(self):
        threading.Thread(target=self.shop.serve_forever).start()
        self.granian("redirect", "rsgi", "tracking.redirect.rsgi:app")
        self.granian("django", "wsgi", "config.wsgi:application")
        self.nginx()
        until(lambda: self.answers("redirect") and self.answers("django"))

    def stop(self):
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(20)
        self.shop.shutdown()
        self.shop.server_close()

    def granian(self, name, interface, target):
        database = connection.settings_dict
        environment = {
            **os.environ,
            "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}"
            f"?host={database['HOST']}",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PUBLIC_URL": "https://apport.example",
            "ALLOWED_HOSTS": HOST,
            "TRUSTED_PROXY_COUNT": "1",
            "SPOOL_DIR": str(self.spool),
            "CLICK_DURABILITY": "disk",
        }
        options = f"--interface {interface} --host 127.0.0.1 --port {self.ports[name]}"
        options += " --workers 1 --log-level error"
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", "granian", *options.split(), target], env=environment, cwd=ROOT
        )

    def nginx(self):
        site = CONFIGURATION.read_text()
        for said, here in {
            "listen [::]:80;": "",
            "listen [::]:443 ssl http2;": "",
            "listen 80;": f"listen 127.0.0.1:{self.ports['http']};",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{self.ports['https']} ssl http2;",
            "/etc/ssl/apport/": f"{self.directory}/",
            "127.0.0.1:8000": f"127.0.0.1:{self.ports['django']}",
            "127.0.0.1:8001": f"127.0.0.1:{self.ports['redirect']}",
            "127.0.0.1:8080": f"127.0.0.1:{self.ports['shop']}",
            "/var/cache/nginx/apport": f"{self.directory}/cache",
        }.items():
            assert said in site
            site = site.replace(said, here)
        own = [f"{name}_temp_path {self.directory}/{name};" for name in
               ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")]  # fmt: skip
        main = self.directory / "nginx.conf"
        main.write_text(
            f"daemon off; user {getpass.getuser()}; pid {self.directory}/nginx.pid;"
            f" error_log {self.directory}/error.log;"
            f" events {{}} http {{ access_log off; {' '.join(own)} {site} }}"
        )
        self.processes["nginx"] = subprocess.Popen(
            [NGINX, "-c", main, "-p", self.directory, "-e", self.directory / "error.log"]
        )

    def kill(self, name):
        """kill -9, the workers too."""
        process = self.processes.pop(name)
        listed = subprocess.run(
            ["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False
        )
        for pid in (process.pid, *map(int, listed.stdout.split())):
            with contextlib.suppress(ProcessLookupError):  # A worker went with its parent.
                os.kill(pid, signal.SIGKILL)
        process.wait()

    def answers(self, name):
        web = http.client.HTTPConnection("127.0.0.1", self.ports[name], timeout=2)
        try:
            web.request("GET", "/healthz", headers={"Host": HOST})
            return web.getresponse().status == 200
        except OSError:
            return False
        finally:
            web.close()

    def ask(self, path, *, method="GET", body=None, **headers):
        """Ask the shop's origin over TLS; return the answer with its body read."""
        plain = socket.create_connection(("127.0.0.1", self.ports["https"]), timeout=10)
        with self.trust.wrap_socket(plain, server_hostname=HOST) as secured:
            web = http.client.HTTPConnection(HOST)
            web.sock = secured
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            web.request(method, path, body, {**VISIT, **named})
            answer = web.getresponse()
            answer.body = answer.read()
            return answer


def ports(count):
    """Free ports, and all different."""
    held = [socket.create_server(("127.0.0.1", 0)) for _number in range(count)]
    numbers = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return numbers


def until(is_so):
    deadline = time.monotonic() + READY_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.05)


def certificate(directory):
    """Make the shop's certificate where the configuration looks for it; return who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    public = directory / f"{HOST}.pem"
    public.write_bytes(made.public_bytes(pem))
    (directory / f"{HOST}.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return ssl.create_default_context(cafile=str(public))


@pytest.fixture
def layout(tmp_path, transactional_db):
    now = timezone.now()  # Salts are made a day ahead: they are there before any process.
    Salt.objects.create(day=now.date(), value=b"s" * 16, created_at=now)
    layout = Layout(tmp_path)
    try:
        layout.start()
        yield layout
    finally:
        layout.stop()


def test_the_documented_layout(layout):
    make_shop(link_hosts=[HOST], link_origin=f"https://{HOST}", home_url=f"https://{HOST}/")
    link = make_link(destination_url=f"https://{HOST}/coat")
    landing = f"https://{HOST}/coat?afsrc=1"
    refused = {"Cookie": "ap_consent=0"}
    until(lambda: layout.ask(f"/c/{link.code}", **refused).headers["Location"] == landing)

    a_click_is_recorded_once_with_who_asked(layout, link, landing)
    the_rest_goes_where_it_belongs(layout)
    a_changed_link_is_right_within_two_seconds(layout, link)
    everybody_lands_whatever_dies(layout, link)


def a_click_is_recorded_once_with_who_asked(layout, link, landing):
    answer = layout.ask(
        f"/c/{link.code}", X_Forwarded_For="6.6.6.6", X_Forwarded_Host="evil.example"
    )
    assert (answer.status, answer.headers["Location"]) == (302, landing)
    assert "; Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"]
    (click,) = spooled.clicks(layout.spool)
    assert click.visitor in answer.headers["Set-Cookie"]
    assert (click.navigation, click.ip_hash) == ("followed", ip_hash("127.0.0.1", b"s" * 16))
    assert layout.ask(f"/c/{link.code}", Sec_Purpose="prefetch").status == 503


def the_rest_goes_where_it_belongs(layout):
    assert layout.ask("/").body == b"The shop's /"
    assert layout.ask("/c").body == b"The shop's /c"
    until(lambda: layout.ask("/ap.js").status == 200)  # Django begins later than the redirect.
    assert b"consent" in layout.ask("/ap.js").body
    told = layout.ask("/j", method="POST", body=b"{}", Sec_Fetch_Site="same-origin")
    assert (told.status, b"ref" in told.body) == (200, True)
    assert layout.ask("/looks/none/").status == 404
    assert layout.ask("/looks/looks.css").status == 200
    plain = http.client.HTTPConnection("127.0.0.1", layout.ports["http"])
    plain.request("GET", "/c/abc", headers={"Host": HOST})
    answer = plain.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/c/abc")
    plain.close()


def a_changed_link_is_right_within_two_seconds(layout, link):
    Link.objects.filter(pk=link.pk).update(destination_url=f"https://{HOST}/dress")
    deadline = time.monotonic() + 2
    while layout.ask(f"/c/{link.code}").headers["Location"] != f"https://{HOST}/dress?afsrc=1":
        assert time.monotonic() < deadline
    new = make_link(code="brandnew", destination_url=f"https://{HOST}/new")
    assert layout.ask(f"/c/{new.code}").headers["Location"] == f"https://{HOST}/new?afsrc=1"


def everybody_lands_whatever_dies(layout, link):
    before = len(spooled.clicks(layout.spool))
    layout.kill("redirect")
    answers = [layout.ask(f"/c/{link.code}") for _visitor in range(5)]
    assert {answer.headers["Location"] for answer in answers} == {f"https://{HOST}/dress?afsrc=1"}
    assert len(spooled.clicks(layout.spool)) == before + 5
    layout.kill("django")
    answer = layout.ask(f"/c/{link.code}")
    assert (answer.status, answer.headers["Location"]) == (302, f"https://{HOST}/")
    assert answer.headers["Set-Cookie"] is None
    assert answer.headers["Cache-Control"] == "no-store"
    # What is the same for everybody is kept in front of Django, whatever cookies come with it.
    assert layout.ask("/looks/looks.css", Cookie="sessionid=anything").status == 200
    assert layout.ask("/looks/unasked/").status == 502
