"""Everything the double knows: accounts, money, events, deliveries, faults, its clock."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import threading
import time
import uuid
from datetime import UTC, datetime
from urllib.parse import urlsplit

from tests.doubles.stripe.parameters import ApiError

API_VERSION = "2026-10-28.endive"
PLATFORM = "acct_platform"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class World:
    def __init__(self):
        self.lock = threading.RLock()
        self.reset()

    def reset(self):
        with self.lock:
            self.offset = 0.0
            self.seq = 0
            self.accounts, self.transfers, self.payouts = {}, {}, {}
            self.topups, self.events, self.txns = {}, {}, {}
            self.links = {}
            self.balances = {PLATFORM: {}}
            self.idem = {}
            self.faults, self.endpoints, self.deliveries = [], {}, []
            self.log = []
            self.cfg = {
                "deliver": "manual",
                "transfer_pending_seconds": 0,
                "rate_limit_per_sec": 0,
                "idempotency_ttl": 86400,
                "latency_ms": 0,
                "v1_accounts": True,
            }
            self.bucket = (0, 0)
            self.next_due = float("inf")

    # -- helpers
    def now(self):
        return int(time.time() + self.offset)

    def iso(self, t=None):
        return datetime.fromtimestamp(t or self.now(), UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def id(self, prefix):
        self.seq += 1
        return f"{prefix}_{self.seq:06d}{uuid.uuid4().hex[:12]}"

    def bal(self, acct, cur):
        return self.balances.setdefault(acct, {}).setdefault(cur, {"available": 0, "pending": []})

    def mature(self):
        t = self.now()
        if t < self.next_due:
            return
        self.next_due = float("inf")
        for acct in self.balances.values():
            for b in acct.values():
                if not b["pending"]:
                    continue
                b["available"] += sum(p[1] for p in b["pending"] if p[0] <= t)
                b["pending"] = [p for p in b["pending"] if p[0] > t]
                for p in b["pending"]:
                    self.next_due = min(self.next_due, p[0])

    def txn(self, acct, amount, cur, type_, source, available_on=None):
        t = {
            "id": self.id("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "currency": cur,
            "fee": 0,
            "net": amount,
            "created": self.now(),
            "available_on": available_on or self.now(),
            "type": type_,
            "reporting_category": type_,
            "source": source,
            "status": "available",
            "description": None,
            "exchange_rate": None,
            "fee_details": [],
        }
        self.txns[t["id"]] = (acct, t)
        return t

    # -- events
    def emit(self, type_, obj, account=None, prev=None, idem_key=None, req=None):
        e = {
            "id": self.id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now(),
            "data": {"object": json.loads(json.dumps(obj))},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": req, "idempotency_key": idem_key},
            "type": type_,
        }
        if prev:
            e["data"]["previous_attributes"] = prev
        if account:
            e["account"] = account
        self.events[e["id"]] = e
        self._queue(e, thin=False)
        return e

    def emit_thin(self, type_, obj_id, obj_type, url, context=None):
        e = {
            "id": self.id("evt"),
            "object": "v2.core.event",
            "type": type_,
            "created": self.iso(),
            "livemode": False,
            "related_object": {"id": obj_id, "type": obj_type, "url": url},
        }
        if context:
            e["context"] = context
        self.events[e["id"]] = e
        self._queue(e, thin=True)
        return e

    def _queue(self, e, thin):
        for ep in self.endpoints.values():
            if ep["thin"] != thin:
                continue
            en = ep["enabled_events"]
            if "*" not in en and e["type"] not in en:
                continue
            d = {
                "id": self.id("del"),
                "endpoint": ep["id"],
                "event": e["id"],
                "type": e["type"],
                "status": "queued",
                "attempts": [],
            }
            self.deliveries.append(d)
            if self.cfg["deliver"] == "auto":
                threading.Thread(target=self.deliver, args=(d,), daemon=True).start()

    def deliver(self, d, corrupt=False, age=0):
        ep = self.endpoints.get(d["endpoint"])
        if not ep:
            return None
        u = urlsplit(ep["url"])
        if u.hostname not in LOOPBACK:
            raise ApiError(400, "bad_webhook", "webhook URLs must be loopback")
        payload = json.dumps(self.events[d["event"]], indent=2)
        ts = int(time.time()) - age  # real time: the SDK checks the timestamp against time.time()
        sig = hmac.new(
            ep["secret"].encode(), f"{ts}.{payload}".encode(), hashlib.sha256
        ).hexdigest()
        if corrupt:
            sig = "0" * 64
        try:
            c = http.client.HTTPConnection(u.hostname, u.port or 80, timeout=20)
            c.request(
                "POST",
                u.path + (f"?{u.query}" if u.query else ""),
                payload.encode(),
                {
                    "Content-Type": "application/json; charset=utf-8",
                    "User-Agent": "Stripe/1.0 (fakestripe)",
                    "Stripe-Signature": f"t={ts},v1={sig}",
                },
            )
            r = c.getresponse()
            r.read()
            code = r.status
            c.close()
        except OSError as ex:
            code = f"error: {ex}"
        with self.lock:
            d["attempts"].append(code)
            d["status"] = "delivered" if isinstance(code, int) and 200 <= code < 300 else "failed"
        return code

    # -- accounts
    def v1_account(self, a):
        r = a["requirements"]
        return {
            "id": a["id"],
            "object": "account",
            "type": a["type"],
            "country": a["country"],
            "email": a["email"],
            "business_type": a["business_type"],
            "business_profile": {},
            "charges_enabled": False,
            "payouts_enabled": a["payouts_enabled"],
            "details_submitted": a["details_submitted"],
            "capabilities": {"transfers": a["transfers"]} if a["transfers"] else {},
            "controller": a["controller"],
            "created": a["created"],
            "default_currency": a["currency"],
            "external_accounts": {
                "object": "list",
                "data": a["external_accounts"],
                "has_more": False,
                "url": f"/v1/accounts/{a['id']}/external_accounts",
            },
            "requirements": {
                "currently_due": r,
                "eventually_due": r,
                "past_due": [],
                "pending_verification": [],
                "disabled_reason": a["disabled_reason"],
                "errors": [],
                "alternatives": [],
                "current_deadline": None,
            },
            "settings": {
                "payouts": {
                    "debit_negative_balances": True,
                    "schedule": a["schedule"],
                    "statement_descriptor": None,
                }
            },
            "tos_acceptance": a["tos"],
            "metadata": a["metadata"],
        }

    def v2_account(self, a, include=()):
        out = {
            "id": a["id"],
            "object": "v2.core.account",
            "applied_configurations": ["recipient"],
            "closed": a["closed"],
            "contact_email": a["email"],
            "created": self.iso(a["created"]),
            "dashboard": a["dashboard"],
            "display_name": a["display_name"],
            "livemode": False,
            "metadata": a["metadata"],
            "configuration": None,
            "defaults": None,
            "identity": None,
            "requirements": None,
        }
        if "configuration.recipient" in include:
            out["configuration"] = self.configuration(a)
        if "defaults" in include:
            out["defaults"] = {
                "currency": a["currency"],
                "locales": [],
                "responsibilities": a["responsibilities"],
            }
        if "identity" in include:
            out["identity"] = {"country": a["country"].lower(), "entity_type": a["business_type"]}
        if "requirements" in include:
            out["requirements"] = {
                "entries": [
                    {"description": r, "minimum_deadline": {"status": "currently_due"}}
                    for r in a["requirements"]
                ],
                "summary": {"minimum_deadline": {"status": "currently_due"}}
                if a["requirements"]
                else None,
            }
        return out

    def configuration(self, a):
        st = {"active": "active", "pending": "pending", "inactive": "restricted"}.get(
            a["transfers"], "restricted"
        )
        return {
            "customer": None,
            "merchant": None,
            "recipient": {
                "applied": True,
                "capabilities": {
                    "stripe_balance": {
                        "stripe_transfers": {
                            "requested": True,
                            "status": st,
                            "status_details": [],
                        },
                        "payouts": {
                            "requested": True,
                            "status": "active" if a["payouts_enabled"] else "restricted",
                            "status_details": [],
                        },
                    }
                },
                "default_outbound_destination": None,
            },
        }

    def new_account(self, **kw):
        a = {
            "id": self.id("acct"),
            "type": None,
            "country": "FR",
            "email": None,
            "business_type": "individual",
            "currency": "eur",
            "created": self.now(),
            "payouts_enabled": False,
            "details_submitted": False,
            "transfers": None,
            "controller": {"type": "application"},
            "external_accounts": [],
            "requirements": [
                "external_account",
                "individual.first_name",
                "individual.last_name",
                "individual.dob.day",
                "individual.address.line1",
                "tos_acceptance.date",
            ],
            "disabled_reason": "requirements.past_due",
            "schedule": {"interval": "daily", "delay_days": 7},
            "tos": {"date": None},
            "metadata": {},
            "closed": False,
            "dashboard": "express",
            "display_name": None,
            "responsibilities": None,
            "api": 1,
        }
        a.update(kw)
        self.accounts[a["id"]] = a
        self.balances.setdefault(a["id"], {})
        return a

    def acct(self, id_):
        if id_ not in self.accounts:
            raise ApiError(
                404 if id_ else 400,
                "resource_missing",
                f"No such account: '{id_}'",
                param="account",
                store=True,
            )
        return self.accounts[id_]


W = World()


def list_obj(items, url, q):
    items = sorted(items, key=lambda o: (o["created"], o["id"]), reverse=True)
    if q.get("starting_after"):
        ids = [o["id"] for o in items]
        if q["starting_after"] in ids:
            items = items[ids.index(q["starting_after"]) + 1 :]
    n = min(int(q.get("limit", 10)), 100)
    return {"object": "list", "data": items[:n], "has_more": len(items) > n, "url": url}
