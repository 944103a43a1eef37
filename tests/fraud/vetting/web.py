"""Strangers' sites on this machine: web pages by host, and what the DNS says of them."""

import contextlib
import logging
import threading
from dataclasses import dataclass, field

from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from core.fetching import Fetcher
from core.names import Names, NotResolved
from tests.browser.tls import Web


class Said(Names):
    """A DNS in which every host with a page is here, and texts are what the test says."""

    def __init__(self, hosts, texts):
        super().__init__(["127.0.0.1:1"])
        self.hosts, self.said = hosts, texts

    def addresses(self, host):
        if host not in self.hosts:
            raise NotResolved(f"The DNS knows no {host}.", is_unregistered=True)
        return ["127.0.0.1"]

    def texts(self, host):
        if host not in self.said:
            raise NotResolved(f"The DNS did not answer for {host}.")
        return self.said[host]


@dataclass
class Strangers:
    """What answers, and how it is reached."""

    web: Web
    port: int
    hosts: set = field(default_factory=set)
    texts: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)

    @property
    def fetcher(self):
        return Fetcher(
            names=Said(self.hosts, self.texts), may_reach=lambda _address: True, ports=None,
            seconds=5,
        )  # fmt: skip

    def url(self, host, path="/"):
        return f"http://{host}:{self.port}{path}"

    def says(self, host, path, body="", *, status=200, kind="text/html; charset=utf-8", to=""):
        """Let a page answer; ``to`` redirects. Returns its address."""
        self.hosts.add(host)

        def answer(environ, start_response):
            self.asked.append((host, path))
            response = Response(body, status=302 if to else status, content_type=kind)
            if to:
                response.headers["Location"] = to
            return response(environ, start_response)

        self.web.sites[f"{host}:{self.port}{path}"] = answer
        return self.url(host, path)


@contextlib.contextmanager
def strangers():
    """Run them."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    web = Web()
    server = make_server("127.0.0.1", 0, web, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Strangers(web, server.port)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
