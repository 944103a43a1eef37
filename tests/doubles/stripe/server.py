"""python -m tests.doubles.stripe.server --port 12115"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import re
import socket
import sys
import threading
import time
import traceback
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.doubles.stripe import accounts, balances, transfers
from tests.doubles.stripe.control import ctl, do_deliver
from tests.doubles.stripe.parameters import ApiError, check_params, parse_form
from tests.doubles.stripe.world import API_VERSION, PLATFORM, W

ROUTES = [
    ("POST", "/v1/accounts", accounts.accounts_create),
    ("GET", "/v1/accounts", accounts.accounts_list),
    ("GET", "/v1/accounts/{id}", accounts.accounts_get),
    ("POST", "/v1/accounts/{id}", accounts.accounts_update),
    ("GET", "/v1/accounts/{id}/external_accounts", accounts.external_accounts_list),
    ("POST", "/v1/accounts/{id}/login_links", accounts.login_links_create),
    ("POST", "/v1/account_links", accounts.account_links_create),
    ("POST", "/v1/transfers", transfers.transfers_create),
    ("GET", "/v1/transfers", transfers.transfers_list),
    ("GET", "/v1/transfers/{id}", transfers.transfers_get),
    ("POST", "/v1/transfers/{id}", transfers.transfers_update),
    ("POST", "/v1/transfers/{id}/reversals", transfers.reversals_create),
    ("GET", "/v1/transfers/{id}/reversals", transfers.reversals_list),
    ("POST", "/v1/payouts", balances.payouts_create),
    ("GET", "/v1/payouts", balances.payouts_list),
    ("GET", "/v1/payouts/{id}", balances.payouts_get),
    ("POST", "/v1/payouts/{id}/cancel", balances.payouts_cancel),
    ("GET", "/v1/balance", balances.balance_get),
    ("GET", "/v1/balance_settings", balances.balance_settings_get),
    ("POST", "/v1/balance_settings", balances.balance_settings_update),
    ("GET", "/v1/balance_transactions", balances.txns_list),
    ("GET", "/v1/balance_transactions/{id}", balances.txns_get),
    ("POST", "/v1/topups", balances.topups_create),
    ("GET", "/v1/events", balances.events_list),
    ("GET", "/v1/events/{id}", balances.events_get),
    ("POST", "/v2/core/accounts", accounts.v2_accounts_create),
    ("GET", "/v2/core/accounts/{id}", accounts.v2_accounts_get),
    ("POST", "/v2/core/accounts/{id}", accounts.v2_accounts_update),
    ("POST", "/v2/core/accounts/{id}/close", accounts.v2_accounts_close),
    ("POST", "/v2/core/account_links", accounts.v2_account_links_create),
    ("GET", "/v2/core/events/{id}", balances.events_get),
]
COMPILED = [
    (m, r, re.compile("^" + re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", r) + "$"), f) for m, r, f in ROUTES
]


def find_route(method, path):
    for m, route, pattern, endpoint in COMPILED:
        found = pattern.match(path)
        if m == method and found:
            return route, endpoint, found.groupdict()
    raise ApiError(404, None, f"Unrecognized request URL ({method}: {path}).")


def count_request():
    if not W.cfg["rate_limit_per_sec"]:
        return
    second, used = W.bucket
    this = int(time.time())
    used = used + 1 if second == this else 1
    W.bucket = (this, used)
    if used > W.cfg["rate_limit_per_sec"]:
        raise ApiError(429, "rate_limit", "Request rate limit exceeded.")


def replay(key, said, req):
    """The stored answer of a key; None when it is new, and from now on in use."""
    print_ = hashlib.sha256(said.encode()).hexdigest()
    rec = W.idem.get(key)
    if rec and W.now() - rec["t"] >= W.cfg["idempotency_ttl"]:
        rec = None
    if not rec:
        W.idem[key] = {"fp": print_, "t": W.now(), "done": None, "req": req}
        return None
    if rec["fp"] != print_:
        raise ApiError(
            400,
            None,
            "Keys for idempotent requests can only be used with the same parameters they were"
            f" first used with. Try using a key other than '{key[1]}'.",
            "idempotency_error",
        )
    if rec["done"] is None:
        raise ApiError(
            409,
            "idempotency_key_in_use",
            "There is currently another in-progress request using this Idempotent Key.",
            "idempotency_error",
        )
    st, body = rec["done"]
    return st, body, {"Idempotent-Replayed": "true", "Original-Request": rec["req"]}


def run_once(key, endpoint):
    has_key = key[1] is not None
    try:
        st, body = 200, json.loads(json.dumps(endpoint()))
    except ApiError as e:
        if has_key and e.store:
            W.idem[key]["done"] = (e.status, e.body())
        elif has_key:
            del W.idem[key]
        raise
    if has_key:
        W.idem[key]["done"] = (st, body)
    return st, body


class Drop(Exception):
    pass


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, *a):
        pass

    def do_GET(self):
        self.go("GET")

    def do_POST(self):
        self.go("POST")

    def do_DELETE(self):
        self.go("DELETE")

    def go(self, method):
        n = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(n).decode() if n else ""
        u = urlsplit(self.path)
        path = u.path.rstrip("/") or "/"
        req = "req_" + uuid.uuid4().hex[:14]
        try:
            if path.startswith("/_ctl/"):
                p = json.loads(raw) if raw.strip() else parse_form(u.query)
                if path == "/_ctl/deliver":
                    return self.send(200, do_deliver(p), req)
                with W.lock:
                    return self.send(200, ctl(method, path, p), req)
            if path.startswith("/v2/"):
                p = json.loads(raw) if raw.strip() else parse_form(u.query)
            else:
                p = parse_form(raw if method == "POST" else u.query)
            status, body, hdr = self.api(method, path, p, req)
            self.send(status, body, req, hdr)
        except Drop:
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
        except ApiError as e:
            self.send(e.status, e.body(), req, e.headers)
        except Exception as e:  # a bug here must be visible
            traceback.print_exc()
            self.send(
                500, {"error": {"type": "api_error", "message": f"a bug of the double: {e!r}"}}, req
            )

    def fault(self, method, path, when):
        for f in W.faults:
            if f["method"] in (method, "*") and f["when"] == when and re.search(f["path"], path):
                f["hits"] += 1
                if f["hits"] <= f["skip"] or f["hits"] > f["skip"] + f["times"]:
                    continue
                return f
        return None

    def raise_fault(self, f):
        if f["do"] == "drop":
            raise Drop()
        if f["do"] == "status":
            st = f["status"]
            type_ = {429: "invalid_request_error", 401: "invalid_request_error"}.get(
                st, "api_error" if st >= 500 else "invalid_request_error"
            )
            code = f["code"] or {429: "rate_limit", 409: "lock_timeout"}.get(st)
            raise ApiError(st, code, f"injected {st}", type_, store=f["store"])

    def api(self, method, path, p, req):
        auth = self.headers.get("Authorization") or ""
        if not re.match(r"^(Bearer (sk|rk)_test_|Basic )", auth):
            raise ApiError(401, None, "Invalid API Key provided (test keys only here).")
        idem = self.headers.get("Idempotency-Key") if method != "GET" else None
        acct = self.headers.get("Stripe-Account") or self.headers.get("Stripe-Context") or PLATFORM
        if W.cfg["latency_ms"]:
            time.sleep(W.cfg["latency_ms"] / 1000)
        with W.lock:
            W.log.append(
                {"t": W.now(), "m": method, "path": path, "idem": idem, "acct": acct, "p": p}
            )
            count_request()
            f = self.fault(method, path, "before")
        if f and f["do"] == "delay":
            time.sleep(f["ms"] / 1000)
        elif f:
            self.raise_fault(f)
        route, endpoint, named = find_route(method, path)
        if method == "POST":
            check_params(method, route, p)  # validation errors are not stored under the key
        ctx = {"acct": acct, "idem": idem, "req": req}
        said = json.dumps([method, path, p, acct], sort_keys=True)
        with W.lock:
            W.mature()
            replayed = replay((acct, idem), said, req) if idem else None
            if replayed:
                return replayed
            st, body = run_once((acct, idem), lambda: endpoint(p, ctx, **named))
            f = self.fault(method, path, "after")
            if f and f["do"] == "status" and f["store"] and idem:
                stored = {"error": {"type": "api_error", "message": "injected, stored"}}
                W.idem[acct, idem]["done"] = (f["status"], stored)
        if f and f["do"] == "delay":
            time.sleep(f["ms"] / 1000)
        elif f:
            self.raise_fault(f)
        return st, body, {}

    def send(self, status, body, req, hdr=None):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Request-Id", req)
        self.send_header("Stripe-Version", API_VERSION)
        if self.headers.get("Idempotency-Key"):
            self.send_header("Idempotency-Key", self.headers["Idempotency-Key"])
        for k, v in (hdr or {}).items():
            self.send_header(k, v)
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        """Whoever asked was killed meanwhile: that is what a double is for."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def serve(port=0):
    """In this process: ``f"http://127.0.0.1:{serve().server_port}"`` is its address."""
    srv = Server(("127.0.0.1", port), Handler)
    threading.Thread(target=srv.serve_forever, daemon=True).start()
    return srv


if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("--port", type=int, default=12115)
    args = ap.parse_args()
    s = Server(("127.0.0.1", args.port), Handler)
    sys.stdout.write(f"http://127.0.0.1:{s.server_port}\n")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        s.serve_forever()
