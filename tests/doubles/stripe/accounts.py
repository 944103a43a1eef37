"""The endpoints of accounts and their links, v1 and v2."""

from __future__ import annotations

import uuid

from tests.doubles.stripe.parameters import ApiError, truthy
from tests.doubles.stripe.world import W, list_obj


def accounts_create(p, ctx):
    if not truthy(
        W.cfg["v1_accounts"]
    ):  # new platforms: docs.stripe.com/connect/accounts-v2/account-creation
        raise ApiError(
            400, None, "This platform must create accounts with /v2/core/accounts.", store=True
        )
    ctl = p.get("controller") or {}
    sched = ((p.get("settings") or {}).get("payouts") or {}).get("schedule") or {
        "interval": "daily",
        "delay_days": 7,
    }
    req = ((p.get("capabilities") or {}).get("transfers") or {}).get("requested")
    a = W.new_account(
        country=p.get("country", "FR"),
        email=p.get("email"),
        type=p.get("type"),
        business_type=p.get("business_type", "individual"),
        transfers="inactive" if truthy(req) else None,
        schedule=sched,
        controller={"type": "application", **ctl},
        metadata=dict(p.get("metadata") or {}),
        tos=dict(p.get("tos_acceptance") or {"date": None}),
    )
    return W.v1_account(a)


def accounts_get(p, ctx, id):
    return W.v1_account(W.acct(id))


def accounts_update(p, ctx, id):
    a = W.acct(id)
    a["metadata"].update(p.get("metadata") or {})
    sched = ((p.get("settings") or {}).get("payouts") or {}).get("schedule")
    if sched:
        a["schedule"] = sched
    if p.get("email"):
        a["email"] = p["email"]
    W.emit("account.updated", W.v1_account(a), account=id)
    return W.v1_account(a)


def accounts_list(p, ctx):
    return list_obj([W.v1_account(a) for a in W.accounts.values()], "/v1/accounts", p)


def external_accounts_list(p, ctx, id):
    banks = W.acct(id)["external_accounts"]
    return {"object": "list", "data": banks, "has_more": False, "url": "external_accounts"}


def account_links_create(p, ctx):
    W.acct(p["account"])
    t = W.now()
    return {
        "object": "account_link",
        "created": t,
        "expires_at": t + 300,
        "url": f"https://connect.stripe.test/setup/e/{p['account']}/{uuid.uuid4().hex[:10]}",
    }


def login_links_create(p, ctx, id):
    W.acct(id)
    return {
        "object": "login_link",
        "created": W.now(),
        "url": f"https://connect.stripe.test/express/{id}",
    }


def v2_accounts_create(p, ctx):
    rec = ((p.get("configuration") or {}).get("recipient") or {}).get("capabilities") or {}
    want = ((rec.get("stripe_balance") or {}).get("stripe_transfers") or {}).get("requested")
    ident = p.get("identity") or {}
    a = W.new_account(
        api=2,
        email=p.get("contact_email"),
        country=(ident.get("country") or "fr").upper(),
        business_type=ident.get("entity_type") or "individual",
        dashboard=p.get("dashboard", "none"),
        display_name=p.get("display_name"),
        transfers="inactive" if truthy(want) else None,
        metadata=dict(p.get("metadata") or {}),
        responsibilities=(p.get("defaults") or {}).get("responsibilities"),
    )
    W.emit_thin(
        "v2.core.account.created", a["id"], "v2.core.account", f"/v2/core/accounts/{a['id']}"
    )
    return W.v2_account(a, p.get("include") or [])


def v2_accounts_get(p, ctx, id):
    inc = p.get("include") or []
    return W.v2_account(W.acct(id), inc if isinstance(inc, list) else list(inc.values()))


def v2_accounts_update(p, ctx, id):
    a = W.acct(id)
    a["metadata"].update(p.get("metadata") or {})
    if p.get("contact_email"):
        a["email"] = p["contact_email"]
    W.emit_thin("v2.core.account.updated", id, "v2.core.account", f"/v2/core/accounts/{id}")
    return W.v2_account(a, p.get("include") or [])


def v2_accounts_close(p, ctx, id):
    a = W.acct(id)
    a["closed"], a["transfers"], a["payouts_enabled"] = True, "inactive", False
    W.emit_thin("v2.core.account.closed", id, "v2.core.account", f"/v2/core/accounts/{id}")
    return W.v2_account(a)


def v2_account_links_create(p, ctx):
    W.acct(p["account"])
    return {
        "object": "v2.core.account_link",
        "account": p["account"],
        "created": W.iso(),
        "livemode": False,
        "expires_at": W.iso(W.now() + 300),
        "use_case": p["use_case"],
        "url": f"https://accounts.stripe.test/r/{p['account']}#{uuid.uuid4().hex[:10]}",
    }
