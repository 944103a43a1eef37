"""Requests to strangers' servers: what is sent, what is never reached, and who may keep us."""

import socket
import threading
import time

import pytest
from urllib3.connection import HTTPConnection
from werkzeug import Response

from affiliates.gateways import hooks as gateway
from affiliates.gateways.hooks import Hooks, hooks, is_address
from core.fetching import Fetcher
from tests.affiliates.hook_world import hooks_here
from tests.browser.tls import context_of, served
from tests.core.test_fetching import Said
from tests.doubles.hooks.server import Listener
from tests.doubles.hooks.slow_tls import slow_tls


@pytest.fixture(autouse=True)
def _a_real_server(settings):
    settings.ON_THIS_MACHINE = False


def post(sender, url, body=b"{}", **headers):
    return sender.send("POST", url, headers=headers, body=body)


def test_a_request_arrives_as_it_was_sent_with_nothing_of_ours_beside_it():
    with Listener(status=202, body=b"thanks") as listener:
        answer = post(hooks_here(), f"{listener.address}/a/b?c=%20d", b'{"a":1}', X="y")

    (heard,) = listener.heard
    assert (heard.method, heard.target, heard.body) == ("POST", "/a/b?c=%20d", b'{"a":1}')
    assert heard.headers.pop("host") == listener.address.removeprefix("http://")
    assert heard.headers == {
        "user-agent": "Apport-Webhooks/1", "accept": "*/*", "accept-encoding": "identity",
        "x": "y", "content-length": "7",
    }  # fmt: skip
    assert (answer.status, answer.body, answer.error) == (202, b"thanks", "")


def test_a_get_has_no_body():
    with Listener() as listener:
        answer = hooks_here().send("GET", f"{listener.address}/p?x=1", headers={})
    assert listener.heard[0].method == "GET"
    assert "content-length" not in listener.heard[0].headers
    assert answer.status == 200


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(status):
    with Listener() as inside, Listener(status=status, location=inside.address) as listener:
        assert post(hooks_here(), listener.address).status == status
    assert inside.heard == []


@pytest.mark.parametrize("status", [400, 404, 410, 500, 503])
def test_what_is_answered_is_told(status):
    with Listener(status=status, body=b"no") as listener:
        answer = post(hooks_here(), listener.address)
    assert (answer.status, answer.body) == (status, b"no")


def test_a_server_that_hangs_is_left_in_time():
    with Listener() as listener:
        listener.silence = 3
        begun = time.monotonic()
        answer = post(hooks_here(seconds=0.5), listener.address)
    assert (answer.status, answer.error) == (0, "slow")
    assert time.monotonic() - begun < 2.5
    assert 400 < answer.duration_ms < 2_500


def test_a_server_that_drips_is_left_in_time():
    """Each byte would begin a timeout of the socket anew: we hang up all the same."""
    with Listener() as listener:
        listener.drip = 0.1
        begun = time.monotonic()
        answer = post(hooks_here(seconds=0.7), listener.address)
    assert (answer.status, answer.error) == (0, "slow")
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize(
    ("delay", "seconds"),
    [(0.9, 0.8), (0.3, 1.0)],
    ids=["the handshake takes all the time", "it takes some and the answer drips"],
)
def test_a_slow_handshake_is_part_of_the_time(tmp_path, delay, seconds):
    """A watch that rings during the handshake has no connection yet to hang up on."""
    context, _pin = context_of(tmp_path, ["hooks.example"])
    gone = threading.Event()
    with slow_tls(context, delay=delay, drip=0.1, gone=gone) as port:
        sender = hooks_here(
            seconds=seconds,
            names=Said({"hooks.example": ["127.0.0.1"]}),
            authority=str(tmp_path / "chain.pem"),
        )
        begun = time.monotonic()
        answer = post(sender, f"https://hooks.example:{port}/")
        took = time.monotonic() - begun
        assert gone.wait(4), "we hung up"
    assert (answer.status, answer.error) == (0, "slow")
    assert took < seconds + 1


def test_a_connection_that_is_made_when_the_time_is_over_is_not_used():
    """Whoever was slow to be reached gets no second time for the answer."""

    class Late(HTTPConnection):
        def connect(self):
            time.sleep(0.4)
            super().connect()

    class Sender(Hooks):
        def _connection(self, parts, address):
            return Late(address, parts.port, timeout=5)

    with Listener() as listener:
        fetcher = Fetcher(may_reach=lambda _ip: True, ports=None, seconds=0.2)
        answer = post(Sender(fetcher, is_http_allowed=True), listener.address)
    assert (answer.status, answer.error) == (0, "slow")
    assert listener.heard == []


def test_a_long_answer_is_cut():
    with Listener(body=b"a" * 2_000_000) as listener:
        answer = post(hooks_here(), listener.address)
    assert answer.status == 200
    assert len(answer.body) == gateway.MOST_BYTES


def test_nobody_listens():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        answer = post(hooks_here(), f"http://127.0.0.1:{taken.getsockname()[1]}/")
    assert (answer.status, answer.error) == (0, "connection")


def test_a_server_that_hangs_up_or_speaks_something_else():
    for said in (b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 99999 x\r\n\r\n"):
        with socket.create_server(("127.0.0.1", 0)) as server:

            def serve(server=server, said=said):
                peer, _from = server.accept()
                with peer:
                    peer.recv(65_536)
                    peer.sendall(said)

            threading.Thread(target=serve, daemon=True).start()
            answer = post(hooks_here(), f"http://127.0.0.1:{server.getsockname()[1]}/")
        assert (answer.status, answer.error) == (0, "connection")


# --- what is never reached ---------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",
     "100.64.0.1", "224.0.0.1", "::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1",
     "2002:7f00:1::", "64:ff9b::7f00:1"],
)  # fmt: skip
def test_names_that_lead_inside_are_refused(address):
    for found in ([address], ["8.8.8.8", address], [address, "8.8.8.8"]):
        sender = Hooks(Fetcher(names=Said({"evil.example": found}), ports={443}))
        assert post(sender, "https://evil.example/").error == "address"


@pytest.mark.parametrize("literal", ["127.0.0.1", "[::1]", "169.254.169.254", "10.1.2.3"])
def test_addresses_that_are_written_out_are_refused_too(literal):
    assert post(hooks(), f"https://{literal}/").error == "address"


def test_other_schemes_and_ports_are_refused():
    names = Said({"hooks.example": ["8.8.8.8"]})
    sender = Hooks(Fetcher(names=names, ports={443}))
    for url in ("http://hooks.example/", "ftp://hooks.example/", "https://hooks.example:6379/",
                "https://u:p@hooks.example/", "https://", ""):  # fmt: skip
        assert post(sender, url).error == "address", url


def test_a_name_that_nobody_has():
    assert post(Hooks(Fetcher(names=Said({}))), "https://nobody.example/").error == "name"


def test_a_name_that_changes_its_mind_is_asked_once_for_each_attempt():
    """DNS rebinding: public when it is checked, inside when it is connected to."""
    names = Said({"evil.example": [["127.0.0.1"], ["169.254.169.254"]]})
    reached = []
    fetcher = Fetcher(
        names=names, may_reach=lambda ip: reached.append(ip) or ip == "127.0.0.1", ports=None
    )
    with Listener() as listener:
        port = listener.server.server_port
        sender = Hooks(fetcher, is_http_allowed=True)
        assert post(sender, f"http://evil.example:{port}/").status == 200
        assert post(sender, f"http://evil.example:{port}/").error == "address"
    assert len(listener.heard) == 1
    assert listener.heard[0].headers["host"] == f"evil.example:{port}"
    assert reached == ["127.0.0.1", "169.254.169.254"]


def test_http_is_for_this_machine_alone():
    sender = Hooks(
        Fetcher(names=Said({"hooks.example": ["8.8.8.8"]}), ports=None), is_http_allowed=True
    )
    assert post(sender, "http://hooks.example/").error == "address"


def test_the_settings_sender_reaches_this_machine_in_the_embedded_default_only(settings):
    with Listener() as listener:
        assert post(hooks(), listener.address).error == "address"
        settings.ON_THIS_MACHINE = True
        assert post(hooks(), listener.address).status == 200
    assert post(hooks(), "http://10.0.0.1/").error == "address"


def test_a_certificate_that_nobody_vouches_for_is_not_believed(tmp_path):
    names = Said({name: ["127.0.0.1"] for name in ("hooks.example", "other.example")})
    with served(Response("heard"), tmp_path, ["hooks.example"]) as server:
        trusting = hooks_here(names=names, authority=str(tmp_path / "chain.pem"))
        answer = post(trusting, f"https://hooks.example:{server.port}/")
        assert (answer.status, answer.body) == (200, b"heard")
        assert post(trusting, f"https://other.example:{server.port}/").error == "connection"
        wary = hooks_here(names=names)
        assert post(wary, f"https://hooks.example:{server.port}/").error == "connection"


def test_what_may_be_entered_is_what_may_be_sent_to():
    assert is_address("https://hooks.example/a?b=c")
    assert not is_address("https://8.8.8.8:22/")
    assert is_address("https://8.8.8.8/")
