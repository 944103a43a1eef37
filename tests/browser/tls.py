"""Sites of made-up hosts over TLS on this machine, with a certificate authority of their own."""

import base64
import contextlib
import datetime
import hashlib
import logging
import ssl
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

DAY = datetime.timedelta(days=1)


@dataclass
class Web:
    """WSGI applications by host, or by host and path; everybody else gets a 404."""

    sites: dict = field(default_factory=dict)

    def __call__(self, environ, start_response):
        host = environ.get("HTTP_HOST", "")
        nobody = self.sites.get(host, Response("Nobody.", status=404))
        return self.sites.get(host + environ["PATH_INFO"], nobody)(environ, start_response)


class Served(NamedTuple):
    """``pin`` lets Chromium trust the certificate, in every process of it and for beacons too."""

    port: int
    pin: str


@contextlib.contextmanager
def served(web, directory, hosts):
    """Serve ``web`` as all of ``hosts`` over TLS."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    context, pin = context_of(directory, hosts)
    server = make_server("127.0.0.1", 0, web, threaded=True, ssl_context=context)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Served(server.port, pin)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def context_of(directory: Path, hosts):
    """Return a server's side of TLS for ``hosts``, and its pin; ``chain.pem`` vouches for it."""
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority for one test")])
    root = _certificate(authority, authority, authority_key, authority_key, is_authority=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
    leaf = _certificate(name, authority, key, authority_key, hosts=hosts)
    chain, secret = directory / "chain.pem", directory / "key.pem"
    pem = serialization.Encoding.PEM
    chain.write_bytes(leaf.public_bytes(pem) + root.public_bytes(pem))
    secret.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain, secret)
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return context, base64.b64encode(hashlib.sha256(public).digest()).decode()


def _certificate(subject, issuer, key, issuer_key, *, hosts=(), is_authority=False):
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if hosts:
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())
