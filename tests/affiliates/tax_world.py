"""Payees with their taxes, and a register of VAT numbers on this machine."""

import json
import threading
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from affiliates.gateways.vies import Register
from affiliates.models import MandateText
from affiliates.services import mandates, tax
from tests.builders import NOW, make_user

WORDS = "We write your invoices. " * 20
COMPANY = {
    "legal_form": "company",
    "vat_regime": "charged",
    "legal_name": "Ada SARL",
    "country": "FR",
    "address": "1 rue de la Paix",
    "postcode": "75002",
    "town": "Paris",
    "siret": "73282932000074",
    "vat_number": "FR44732829320",
}
EXEMPT = {**COMPANY, "legal_form": "sole_trader", "vat_regime": "franchise", "vat_number": ""}
GERMAN = {
    **COMPANY,
    "country": "DE",
    "vat_regime": "reverse_charge",
    "siret": "",
    "vat_number": "DE136695976",
}
KNOWN = {
    "valid": True,
    "name": "ADA  SARL",
    "address": "---",
    "requestIdentifier": "WAPIAAAAZ1",
}
UNKNOWN = {"valid": False, "name": "---", "requestIdentifier": ""}
AWAY = {"actionSucceed": False, "errorWrappers": [{"error": "MS_UNAVAILABLE"}]}


def declare(affiliate, *, actor=None, now=NOW, base=COMPANY, **changes):
    """A version of the tax profile of ``affiliate``: a French company that charges VAT."""
    return tax.declare(
        affiliate_id=affiliate.pk,
        actor_id=(actor or make_user()).pk,
        now=now,
        **{**base, **changes},
    )


def make_text(**overrides):
    """The mandate's text in force: the first one, also after a flush took the migration's."""
    if not overrides and (text := mandates.text_at(NOW)):
        return text
    words = {"text_fr": WORDS, "text_en": WORDS, "valid_from": NOW - timedelta(days=30)}
    texts = {**words, **overrides}
    last = MandateText.objects.order_by("-number").first()
    return MandateText.objects.create(
        number=last.number + 1 if last else 1,
        sha256=mandates.digest_of(text_fr=texts["text_fr"], text_en=texts["text_en"]),
        **texts,
    )


class _Answers(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked)
        status, said = self.server.answer
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_anything):
        """Say nothing."""


class Double:
    """A register on loopback: ``says`` sets what it answers, ``asked`` is what it was asked."""

    def __init__(self, server):
        self._server = server
        self.asked = server.asked
        self.url = f"http://127.0.0.1:{server.server_address[1]}/check-vat-number"

    def says(self, said, status=200):
        self._server.answer = (status, said)

    def register(self, **overrides):
        return Register(**{"url": self.url, "seconds": 5.0, **overrides})


@contextmanager
def vies():
    """A register that knows every number, until it is told otherwise."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    server.asked, server.answer = [], (200, KNOWN)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Double(server)
    finally:
        server.shutdown()
        server.server_close()
