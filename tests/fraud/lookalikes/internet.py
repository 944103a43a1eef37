"""A small internet on this machine: a DNS server, and web servers over http and https."""

import contextlib
import socketserver
import threading
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from core.fetching import Fetcher
from core.names import Names
from fraud.services.following import Ours
from fraud.services.probing import Prober
from tests.browser.tls import Web, served

HERE = "127.0.0.1"
LINK_HOST = "shop.test"


@dataclass
class Zone:
    """What the DNS server says: addresses by host, or one of the words below."""

    hosts: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)

    NO_ADDRESS = "registered, and without any address"
    BROKEN = "its servers do not answer"

    def answer(self, query):
        """Return the answer to a message; a name that is not here does not exist."""
        [question] = query.question
        host = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((host, kind))
        said = self.hosts.get(host)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if said is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif said == self.BROKEN:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif said != self.NO_ADDRESS and kind == "A":
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", "A", *said))
        return answer


class _Handler(socketserver.BaseRequestHandler):
    def handle(self):
        data, sock = self.request
        query = dns.message.from_wire(data)
        sock.sendto(self.server.zone.answer(query).to_wire(), self.client_address)


@dataclass
class Internet:
    """Who is asked for names, and what answers for which host."""

    zone: Zone
    web: Web
    prober: Prober
    asked: list = field(default_factory=list)

    def site(self, host, application, *, secure=None):
        """Let ``host`` answer: over http, and over https by ``secure`` or the same."""
        self.zone.hosts[host] = [HERE]
        self.web.sites[f"{host}:{self.prober.http_port}"] = application
        self.web.sites[f"{host}:{self.prober.https_port}"] = secure or application

    def url(self, host, path="/", scheme="http"):
        port = self.prober.http_port if scheme == "http" else self.prober.https_port
        return f"{scheme}://{host}:{port}{path}"


@contextlib.contextmanager
def internet(directory, hosts):
    """Run it; ``hosts`` have certificates, and nothing but this machine can be reached."""
    web, zone = Web(), Zone()
    dns_server = socketserver.ThreadingUDPServer((HERE, 0), _Handler)
    dns_server.zone = zone
    plain = make_server(HERE, 0, web, threaded=True)
    threads = [threading.Thread(target=one.serve_forever) for one in (dns_server, plain)]
    for thread in threads:
        thread.start()
    try:
        with served(web, directory, hosts) as secure:
            yield Internet(
                zone,
                web,
                Prober(
                    fetcher=Fetcher(
                        names=Names([f"{HERE}:{dns_server.server_address[1]}"]),
                        may_reach=lambda address: address.startswith("127."),
                        ports=None,
                        authority=str(directory / "chain.pem"),
                        seconds=2,
                    ),
                    ours=Ours(hosts=frozenset({LINK_HOST})),
                    http_port=plain.port,
                    https_port=secure.port,
                ),
            )
    finally:
        for one in (dns_server, plain):
            one.shutdown()
            one.server_close()
        for thread in threads:
            thread.join()


def to(url, status=302):
    """Return a site that redirects."""
    return Response(status=status, headers={"Location": url})


def page(html="<p>Welcome.</p>", **headers):
    """Return a site with one page."""
    return Response(
        f"<!doctype html>{html}",
        mimetype="text/html",
        headers={name.title(): value for name, value in headers.items()},
    )


def per_request(answer):
    """Return a site that looks at who asks."""

    @Request.application
    def site(request):
        return answer(request)

    return site
