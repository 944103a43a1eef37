"""The endpoints of payouts, balances, top-ups and events."""

from __future__ import annotations

from tests.doubles.stripe.parameters import ApiError, missing
from tests.doubles.stripe.world import PLATFORM, W, list_obj


def payouts_create(p, ctx):
    acct = ctx["acct"]
    amount, cur = int(p["amount"]), p["currency"].lower()
    if acct != PLATFORM:
        a = W.acct(acct)
        if not a["payouts_enabled"]:
            raise ApiError(
                400, "payouts_not_allowed", "Payouts are not enabled on this account.", store=True
            )
        dest = a["external_accounts"][0]["id"] if a["external_accounts"] else None
    else:
        dest = "ba_platform"
    if amount < 1:
        raise ApiError(
            400,
            "parameter_invalid_integer",
            "This value must be greater than or equal to 1.",
            param="amount",
        )
    b = W.bal(acct, cur)
    if b["available"] < amount:
        raise ApiError(
            400,
            "balance_insufficient",
            "You have insufficient funds in your Stripe account for this "
            "transfer. Your card balance is too low.",
            store=True,
        )
    return make_payout(acct, amount, cur, dest, automatic=False, p=p, ctx=ctx)


def make_payout(acct, amount, cur, dest, automatic, p, ctx):
    W.bal(acct, cur)["available"] -= amount
    id_ = W.id("po")
    tx = W.txn(acct, -amount, cur, "payout", id_)
    po = {
        "id": id_,
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": W.now() + 2 * 86400,
        "automatic": automatic,
        "balance_transaction": tx["id"],
        "created": W.now(),
        "currency": cur,
        "description": p.get("description"),
        "destination": dest,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": dict(p.get("metadata") or {}),
        "method": p.get("method", "standard"),
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "in_progress" if automatic else "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": p.get("statement_descriptor"),
        "status": "pending",
        "trace_id": {"status": "pending", "value": None},
        "type": "bank_account",
    }
    W.payouts[id_] = (acct, po)
    W.emit(
        "payout.created",
        po,
        account=None if acct == PLATFORM else acct,
        idem_key=ctx["idem"],
        req=ctx["req"],
    )
    return po


def payout(id_, acct):
    if id_ not in W.payouts or W.payouts[id_][0] != acct:
        raise missing("payout", id_)
    return W.payouts[id_][1]


def payouts_get(p, ctx, id):
    return payout(id, ctx["acct"])


def payouts_list(p, ctx):
    items = [po for a, po in W.payouts.values() if a == ctx["acct"]]
    if p.get("status"):
        items = [x for x in items if x["status"] == p["status"]]
    return list_obj(items, "/v1/payouts", p)


def payouts_cancel(p, ctx, id):
    po = payout(id, ctx["acct"])
    if po["status"] != "pending" or po["automatic"]:
        raise ApiError(
            400,
            "already_canceled" if po["status"] == "canceled" else None,
            f"Payout {id} cannot be canceled: status {po['status']}",
            store=True,
        )
    return settle(id, "canceled")


def settle(id_, outcome, failure_code="could_not_process"):
    acct, po = W.payouts[id_]
    ev_acct = None if acct == PLATFORM else acct
    old = po["status"]
    if outcome in ("paid", "in_transit"):
        if old in ("failed", "canceled"):
            raise ApiError(400, None, f"payout is {old}")
        po["status"] = outcome
        if outcome == "paid":
            po["trace_id"] = {"status": "supported", "value": f"TRACE{id_[-8:]}"}
        W.emit("payout.updated", po, account=ev_acct, prev={"status": old})
        if outcome == "paid":
            W.emit("payout.paid", po, account=ev_acct)
    elif outcome in ("failed", "canceled"):
        if old in ("failed", "canceled"):
            raise ApiError(400, None, f"payout is already {old}")
        po["status"] = outcome
        back = W.txn(
            acct,
            po["amount"],
            po["currency"],
            "payout_failure" if outcome == "failed" else "payout_cancel",
            id_,
        )
        W.bal(acct, po["currency"])["available"] += po["amount"]
        if outcome == "failed":
            po["failure_code"], po["failure_message"] = (
                failure_code,
                f"The bank returned: {failure_code}",
            )
            po["failure_balance_transaction"] = back["id"]
            if acct != PLATFORM:
                for ea in W.accounts[acct]["external_accounts"]:
                    if ea["id"] == po["destination"]:
                        ea["status"] = "errored"
                        W.emit("account.external_account.updated", ea, account=ev_acct)
        W.emit("payout." + outcome, po, account=ev_acct, prev={"status": old})
    else:
        raise ApiError(400, None, f"unknown outcome {outcome}")
    return po


def balance_get(p, ctx):
    acct = ctx["acct"]
    if acct != PLATFORM:
        W.acct(acct)
    cs = W.balances.get(acct) or {"eur": {"available": 0, "pending": []}}
    return {
        "object": "balance",
        "livemode": False,
        "available": [
            {"amount": b["available"], "currency": c, "source_types": {"card": b["available"]}}
            for c, b in cs.items()
        ],
        "pending": [
            {
                "amount": sum(x[1] for x in b["pending"]),
                "currency": c,
                "source_types": {"card": sum(x[1] for x in b["pending"])},
            }
            for c, b in cs.items()
        ],
    }


def balance_settings_get(p, ctx):
    s = W.acct(ctx["acct"])["schedule"] if ctx["acct"] != PLATFORM else {"interval": "manual"}
    return {
        "object": "balance_settings",
        "payments": {
            "debit_negative_balances": True,
            "payouts": {
                "schedule": s,
                "status": "enabled",
                "statement_descriptor": None,
                "minimum_balance_by_currency": None,
            },
            "settlement_timing": {"delay_days": 7},
        },
    }


def balance_settings_update(p, ctx):
    sched = ((p.get("payments") or {}).get("payouts") or {}).get("schedule")
    if sched and ctx["acct"] != PLATFORM:
        W.acct(ctx["acct"])["schedule"] = sched
    return balance_settings_get(p, ctx)


def txns_list(p, ctx):
    items = [t for a, t in W.txns.values() if a == ctx["acct"]]
    for f in ("type", "source", "currency"):
        if p.get(f):
            items = [t for t in items if t[f] == p[f]]
    return list_obj(items, "/v1/balance_transactions", p)


def txns_get(p, ctx, id):
    if id not in W.txns or W.txns[id][0] != ctx["acct"]:
        raise missing("balance transaction", id)
    return W.txns[id][1]


def topups_create(p, ctx):
    amount, cur = int(p["amount"]), p["currency"].lower()
    t = {
        "id": W.id("tu"),
        "object": "topup",
        "amount": amount,
        "currency": cur,
        "created": W.now(),
        "status": "succeeded",
        "description": p.get("description"),
        "metadata": dict(p.get("metadata") or {}),
        "livemode": False,
        "transfer_group": p.get("transfer_group"),
        "balance_transaction": None,
    }
    t["balance_transaction"] = W.txn(PLATFORM, amount, cur, "topup", t["id"])["id"]
    W.bal(PLATFORM, cur)["available"] += amount
    W.topups[t["id"]] = t
    W.emit("topup.succeeded", t)
    return t


def events_list(p, ctx):
    items = [e for e in W.events.values() if e["object"] == "event"]
    if ctx["acct"] != PLATFORM:
        items = [e for e in items if e.get("account") == ctx["acct"]]
    if p.get("type"):
        items = [e for e in items if e["type"] == p["type"]]
    if p.get("types"):
        items = [e for e in items if e["type"] in p["types"]]
    return list_obj(items, "/v1/events", p)


def events_get(p, ctx, id):
    if id not in W.events:
        raise missing("event", id)
    return W.events[id]
