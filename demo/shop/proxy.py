"""Apport on the shop's own origin: what is asked of ``/c/...`` goes there and back as it is."""

from __future__ import annotations

import http.client
from urllib.parse import quote, urlsplit

from werkzeug.wrappers import Request, Response

PREFIXES = ("/c/", "/looks/")
PATHS = ("/j", "/ap.js")
#: They belong to one connection, or say who asked whom: the proxy writes its own.
NOT_PASSED_ON = {
    "connection", "content-length", "forwarded", "host", "keep-alive", "proxy-authenticate",
    "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-prefix",
    "x-forwarded-proto",
}  # fmt: skip
ANSWER_WITHIN_SECONDS = 10


def is_ours_to_pass(path: str) -> bool:
    return path.startswith(PREFIXES) or path in PATHS


def pass_on(request: Request, apport_url: str) -> Response:
    """Ask Apport and hand its answer back untouched: redirects, cookies and all.

    When Apport does not answer, a visitor of a link still lands in the shop.
    """
    address = urlsplit(apport_url)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = kind(address.netloc, timeout=ANSWER_WITHIN_SECONDS)
    target = quote(request.path, safe="/:@!$&'()*+,;=~")
    if request.query_string:
        target += "?" + request.query_string.decode("latin-1")
    try:
        connection.request(request.method, target, request.get_data() or None, _headers(request))
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException):
        return _without_apport(request)
    finally:
        connection.close()
    passed = [(name, value) for name, value in answer.getheaders()
              if name.lower() not in NOT_PASSED_ON]  # fmt: skip
    return Response(body, status=answer.status, headers=passed)


def _headers(request: Request) -> dict[str, str]:
    passed = {name: value for name, value in request.headers if name.lower() not in NOT_PASSED_ON}
    return {
        **passed,
        "X-Forwarded-Host": request.host,
        "X-Forwarded-Proto": request.scheme,
        "X-Forwarded-For": request.remote_addr or "",
    }


def _without_apport(request: Request) -> Response:
    if request.path.startswith("/c/"):
        return Response(status=302, headers={"Location": "/", "Cache-Control": "no-store"})
    return Response("Apport does not answer.\n", status=502, mimetype="text/plain")
