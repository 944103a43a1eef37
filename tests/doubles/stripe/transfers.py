"""The endpoints of transfers and their reversals."""

from __future__ import annotations

from tests.doubles.stripe.parameters import ApiError, missing
from tests.doubles.stripe.world import PLATFORM, W, list_obj


def transfers_create(p, ctx):
    amount, cur, dest = int(p.get("amount", 0)), p["currency"].lower(), p["destination"]
    if amount < 1:
        raise ApiError(
            400,
            "parameter_invalid_integer",
            "This value must be greater than or equal to 1.",
            param="amount",
        )
    if dest not in W.accounts:
        raise ApiError(
            400,
            "resource_missing",
            f"No such destination: '{dest}'",
            param="destination",
            store=True,
        )
    a = W.accounts[dest]
    if a["transfers"] != "active" or a["closed"]:
        raise ApiError(
            400,
            "insufficient_capabilities_for_transfer",
            "Your destination account needs to have at least one of the following capabilities"
            " enabled: transfers, crypto_transfers, legacy_payments",
            store=True,
        )
    b = W.bal(PLATFORM, cur)
    if b["available"] < amount:
        raise ApiError(
            400,
            "balance_insufficient",
            "You have insufficient available funds in your Stripe account. "
            "Try adding funds directly to your available balance by creating a top-up.",
            store=True,
        )
    return make_transfer(p, ctx, amount, cur, dest)


def make_transfer(p, ctx, amount, cur, dest):
    b = W.bal(PLATFORM, cur)
    b["available"] -= amount
    db = W.bal(dest, cur)
    pend = W.cfg["transfer_pending_seconds"]
    if pend:
        db["pending"].append((W.now() + pend, amount))
        W.next_due = min(W.next_due, W.now() + pend)
    else:
        db["available"] += amount
    id_ = W.id("tr")
    tx = W.txn(PLATFORM, -amount, cur, "transfer", id_)
    py = W.id("py")
    W.txn(dest, amount, cur, "payment", py, W.now() + pend)
    t = {
        "id": id_,
        "object": "transfer",
        "amount": amount,
        "amount_reversed": 0,
        "balance_transaction": tx["id"],
        "created": W.now(),
        "currency": cur,
        "description": p.get("description"),
        "destination": dest,
        "destination_payment": py,
        "livemode": False,
        "metadata": dict(p.get("metadata") or {}),
        "reversed": False,
        "reversals": {
            "object": "list",
            "data": [],
            "has_more": False,
            "url": f"/v1/transfers/{id_}/reversals",
        },
        "source_transaction": p.get("source_transaction"),
        "source_type": p.get("source_type", "card"),
        "transfer_group": p.get("transfer_group"),
    }
    W.transfers[id_] = t
    W.emit("transfer.created", t, idem_key=ctx["idem"], req=ctx["req"])
    return t


def transfer(id_):
    if id_ not in W.transfers:
        raise missing("transfer", id_)
    return W.transfers[id_]


def transfers_get(p, ctx, id):
    return transfer(id)


def transfers_update(p, ctx, id):
    t = transfer(id)
    t["metadata"].update(p.get("metadata") or {})
    W.emit("transfer.updated", t)
    return t


def transfers_list(p, ctx):
    ts = W.transfers.values()
    for f in ("transfer_group", "destination"):
        if p.get(f):
            ts = [t for t in ts if t[f] == p[f]]
    return list_obj(ts, "/v1/transfers", p)


def take_back(db, amount):
    take = min(db["available"], amount)
    db["available"] -= take
    rest = amount - take
    while rest:
        when, amt = db["pending"].pop()
        use = min(amt, rest)
        rest -= use
        if amt > use:
            db["pending"].append((when, amt - use))


def reversals_create(p, ctx, id):
    t = transfer(id)
    left = t["amount"] - t["amount_reversed"]
    amount = int(p.get("amount") or left)
    if left == 0:
        raise ApiError(400, None, f"Transfer {id} has already been fully reversed.", store=True)
    if amount < 1 or amount > left:
        raise ApiError(
            400,
            None,
            f"Reversal amount ({amount}) is greater than unreversed amount on transfer ({left})",
            param="amount",
            store=True,
        )
    db = W.bal(t["destination"], t["currency"])
    pending = sum(x[1] for x in db["pending"])
    if db["available"] + pending < amount:
        raise ApiError(
            400,
            "balance_insufficient",
            "The connected account does not have enough balance to cover this reversal.",
            store=True,
        )
    take_back(db, amount)
    W.bal(PLATFORM, t["currency"])["available"] += amount
    id_ = W.id("trr")
    tx = W.txn(PLATFORM, amount, t["currency"], "transfer_refund", id_)
    r = {
        "id": id_,
        "object": "transfer_reversal",
        "amount": amount,
        "balance_transaction": tx["id"],
        "created": W.now(),
        "currency": t["currency"],
        "destination_payment_refund": W.id("pyr"),
        "metadata": dict(p.get("metadata") or {}),
        "source_refund": None,
        "transfer": id,
    }
    t["reversals"]["data"].insert(0, r)
    t["amount_reversed"] += amount
    t["reversed"] = t["amount_reversed"] == t["amount"]
    W.emit(
        "transfer.reversed",
        t,
        prev={"amount_reversed": t["amount_reversed"] - amount},
        idem_key=ctx["idem"],
        req=ctx["req"],
    )  # as at Stripe: also sent for PARTIAL reversals (then reversed == false)
    return r


def reversals_list(p, ctx, id):
    return list_obj(transfer(id)["reversals"]["data"], f"/v1/transfers/{id}/reversals", p)
