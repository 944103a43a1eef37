"""What a test asks of the double itself: ``/_ctl/...`` (README.md)."""

from __future__ import annotations

import random
import re
import threading
from urllib.parse import urlsplit

from tests.doubles.stripe.balances import make_payout, settle
from tests.doubles.stripe.parameters import ApiError, missing, truthy
from tests.doubles.stripe.world import API_VERSION, LOOPBACK, PLATFORM, W

FAULT = {
    "method": "POST",
    "path": ".*",
    "when": "before",
    "do": "status",
    "status": 500,
    "code": None,
    "store": False,
    "ms": 0,
    "skip": 0,
    "times": 1,
    "hits": 0,
}


def ctl(method, path, p):
    """Answer a control request. The world is locked by the caller."""
    whole = {
        "/_ctl/reset": lambda: W.reset() or {"ok": True},
        "/_ctl/health": lambda: {"ok": True, "api_version": API_VERSION},
        "/_ctl/config": lambda: W.cfg.update(p) or W.cfg,
        "/_ctl/clock": lambda: advance(float(p.get("advance", 0))),
        "/_ctl/fund": lambda: fund(p),
        "/_ctl/accounts": lambda: many_accounts(p),
        "/_ctl/run_automatic_payouts": run_automatic_payouts,
        "/_ctl/faults": lambda: faults(method, p),
        "/_ctl/webhook_endpoints": lambda: webhook_endpoints(method, p),
        "/_ctl/deliveries": lambda: deliveries(p),
        "/_ctl/stats": lambda: stats(p),
        "/_ctl/log": lambda: {"data": W.log[-int(p.get("limit", 200)) :]},
    }
    if path in whole:
        return whole[path]()
    if found := re.match(r"^/_ctl/accounts/([^/]+)/(onboard|restrict)$", path):
        return change_account(found[1], found[2], p)
    if found := re.match(r"^/_ctl/payouts/([^/]+)/settle$", path):
        if found[1] not in W.payouts:
            raise missing("payout", found[1])
        return settle(found[1], p["outcome"], p.get("failure_code", "could_not_process"))
    raise ApiError(404, None, f"unknown control path {path}")


def advance(seconds):
    W.offset += seconds
    W.mature()
    return {"now": W.now()}


def fund(p):
    account = W.bal(p.get("account", PLATFORM), p.get("currency", "eur"))
    account["available"] += int(p["amount"])
    return {"ok": True}


def many_accounts(p):
    """Accounts that can be paid at once, for tests of many payees; their ids."""
    ready = {"api": 2, "transfers": "active", "payouts_enabled": True, "requirements": []}
    return {"data": [W.new_account(**ready)["id"] for _one in range(int(p["count"]))]}


def change_account(id_, what, p):
    a = W.acct(id_)
    if what == "onboard":
        a.update(
            details_submitted=True,
            payouts_enabled=True,
            transfers="active",
            requirements=[],
            disabled_reason=None,
            country=p.get("country", a["country"]),
        )
        bank = {
            "id": W.id("ba"),
            "object": "bank_account",
            "account": a["id"],
            "country": a["country"],
            "currency": a["currency"],
            "last4": p.get("last4", "3000"),
            "status": "new",
            "default_for_currency": True,
            "bank_name": "FAKE BANK",
        }
        a["external_accounts"] = [bank]
        W.emit("account.external_account.created", bank, account=a["id"])
        active = {"id": "transfers", "object": "capability", "account": a["id"]}
        W.emit(
            "capability.updated", {**active, "status": "active", "requested": True}, account=a["id"]
        )
    else:
        a.update(
            payouts_enabled=False,
            transfers=p.get("transfers", "inactive"),
            requirements=p.get("requirements", ["individual.verification.document"]),
            disabled_reason=p.get("reason", "requirements.past_due"),
        )
    W.emit("account.updated", W.v1_account(a), account=a["id"])
    if a["api"] == 2:
        for what_changed in ("[configuration.recipient].capability_status", "[requirements]"):
            W.emit_thin(
                f"v2.core.account{what_changed}_updated"
                if what_changed.endswith("status")
                else f"v2.core.account{what_changed}.updated",
                a["id"],
                "v2.core.account",
                f"/v2/core/accounts/{a['id']}",
            )
    return W.v1_account(a)


def run_automatic_payouts():
    W.mature()
    made = []
    for a in W.accounts.values():
        if a["schedule"].get("interval") == "manual" or not a["payouts_enabled"]:
            continue
        for currency, b in W.balances.get(a["id"], {}).items():
            if b["available"] > 0:
                bank = a["external_accounts"][0]["id"]
                nobody = {"idem": None, "req": None}
                po = make_payout(a["id"], b["available"], currency, bank, True, {}, nobody)
                made.append(po["id"])
    return {"payouts": made}


def faults(method, p):
    if method == "DELETE":
        W.faults = []
    elif method == "POST":
        W.faults.append({**FAULT, **p})
    return {"faults": W.faults}


def webhook_endpoints(method, p):
    if method == "POST":
        if urlsplit(p["url"]).hostname not in LOOPBACK:
            raise ApiError(400, "bad_webhook", "webhook URLs must be loopback")
        ep = {
            "id": W.id("we"),
            "url": p["url"],
            "secret": p.get("secret", "whsec_fake"),
            "thin": bool(p.get("thin", False)),
            "enabled_events": p.get("enabled_events", ["*"]),
        }
        W.endpoints[ep["id"]] = ep
        return ep
    if method == "DELETE":
        W.endpoints.clear()
    return {"data": list(W.endpoints.values())}


def deliveries(p):
    wanted = p.get("status")
    return {"data": [d for d in W.deliveries if not wanted or d["status"] == wanted]}


def stats(p):
    """What an acceptance check asserts on: money out per metadata key, exactly once."""
    key = p.get("metadata_key", "payout_item")
    per, per_dest, gross, net = {}, {}, 0, 0
    for t in W.transfers.values():
        left = t["amount"] - t["amount_reversed"]
        gross += t["amount"]
        net += left
        per_dest[t["destination"]] = per_dest.get(t["destination"], 0) + left
        k = t["metadata"].get(key)
        if k is not None:
            e = per.setdefault(k, {"count": 0, "net": 0, "transfers": []})
            e["count"] += 1
            e["net"] += left
            e["transfers"].append(t["id"])
    balances = [b for a in W.balances.values() for b in a.values()]
    payouts = [po for _account, po in W.payouts.values()]
    states = ("pending", "in_transit", "paid", "failed", "canceled")
    return {
        "transfers": len(W.transfers),
        "gross": gross,
        "net": net,
        "per_destination": per_dest,
        "per_key": per if truthy(p.get("full", True)) else {},
        "duplicates": {k: v for k, v in per.items() if v["count"] > 1},
        "payouts": {state: sum(po["status"] == state for po in payouts) for state in states},
        "money_in_balances": sum(
            b["available"] + sum(amount for _at, amount in b["pending"]) for b in balances
        ),
        "money_paid_out": sum(
            po["amount"] for po in payouts if po["status"] not in ("failed", "canceled")
        ),
        "events": len(W.events),
        "deliveries": len(W.deliveries),
    }


def do_deliver(p):
    """Send what waits, in the order asked for; not under the lock of the world."""
    with W.lock:
        ds = [d for d in W.deliveries if _is_wanted(d, p)]
    order, times = p.get("order", "fifo"), int(p.get("times", 1))
    if order == "lifo":
        ds = ds[::-1]
    elif order == "shuffle":
        random.Random(p.get("seed", 1)).shuffle(ds)
    if p.get("limit"):
        ds = ds[: int(p["limit"])]
    res = []
    if p.get("parallel"):
        threads = [
            threading.Thread(target=lambda d=d: res.append((d["type"], W.deliver(d))))
            for d in ds
            for _time in range(times)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    else:
        corrupt, age = truthy(p.get("corrupt")), int(p.get("age", 0))
        for d in ds:
            for _time in range(times):
                res.append((d["type"], W.deliver(d, corrupt=corrupt, age=age)))
    return {"delivered": len(res), "results": res}


def _is_wanted(d, p):
    if p.get("ids"):
        return d["id"] in p["ids"]
    return d["status"] == "queued" and (not p.get("type") or d["type"] == p["type"])
