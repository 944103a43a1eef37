"""What a request may say: checked against the types of the SDK itself, when it is there."""

from __future__ import annotations

import importlib
import re
import typing
from urllib.parse import parse_qsl


class ApiError(Exception):
    def __init__(
        self,
        status,
        code,
        message,
        type_="invalid_request_error",
        param=None,
        store=False,
        headers=None,
    ):
        self.status, self.code, self.message, self.type, self.param = (
            status,
            code,
            message,
            type_,
            param,
        )
        self.store, self.headers = store, headers or {}

    def body(self):
        e = {"type": self.type, "message": self.message}
        if self.code:
            e["code"] = self.code
        if self.param:
            e["param"] = self.param
        return {"error": e}


def missing(kind, id_):
    # resource_missing answers are produced while the endpoint runs
    return ApiError(404, "resource_missing", f"No such {kind}: '{id_}'", param="id", store=True)


PARAMS = {  # (method, route) -> TypedDict in stripe.params
    ("POST", "/v1/accounts"): ("stripe.params._account_create_params", "AccountCreateParams"),
    ("POST", "/v1/account_links"): (
        "stripe.params._account_link_create_params",
        "AccountLinkCreateParams",
    ),
    ("POST", "/v1/transfers"): ("stripe.params._transfer_create_params", "TransferCreateParams"),
    ("POST", "/v1/transfers/{id}/reversals"): (
        "stripe.params._transfer_create_reversal_params",
        "TransferCreateReversalParams",
    ),
    ("POST", "/v1/payouts"): ("stripe.params._payout_create_params", "PayoutCreateParams"),
    ("POST", "/v2/core/accounts"): (
        "stripe.params.v2.core._account_create_params",
        "AccountCreateParams",
    ),
    ("POST", "/v2/core/account_links"): (
        "stripe.params.v2.core._account_link_create_params",
        "AccountLinkCreateParams",
    ),
}
OPTION_KEYS = {
    "api_key",
    "stripe_version",
    "stripe_account",
    "stripe_context",
    "max_network_retries",
    "idempotency_key",
    "content_type",
    "headers",
}


def _unwrap(tp):
    """NotRequired[X] -> X"""
    while getattr(tp, "__origin__", None) is not None and "Required" in str(tp.__origin__):
        tp = tp.__args__[0]
    return tp


def _nested(tp, mod):
    """the TypedDict class a (possibly forward) annotation names, or None"""
    if isinstance(tp, typing.ForwardRef):
        tp = tp.__forward_arg__
    if isinstance(tp, str):
        for name in re.findall(r"[A-Z]\w+", tp):
            c = getattr(mod, name, None)
            if c is not None and hasattr(c, "__required_keys__"):
                return c
        return None
    return tp if hasattr(tp, "__required_keys__") else None


def check_params(method, route, params):
    spec = PARAMS.get((method, route))
    if not spec:
        return
    try:
        mod = importlib.import_module(spec[0])
    except Exception:
        return  # no SDK here: no schema check
    _check(getattr(mod, spec[1]), mod, params, "")


def _check(cls, mod, params, prefix):
    ann = {k.rstrip("_") if k.endswith("_") else k: v for k, v in cls.__annotations__.items()}
    for base in cls.__mro__:
        for k, v in getattr(base, "__annotations__", {}).items():
            ann.setdefault(k, v)
    for k, v in params.items():
        name = f"{prefix}[{k}]" if prefix else k
        if k not in ann or (not prefix and k in OPTION_KEYS):
            raise ApiError(
                400, "parameter_unknown", f"Received unknown parameter: {name}", param=name
            )
        tp = _unwrap(ann[k])
        if tp is int:
            try:
                int(v)
            except (TypeError, ValueError) as error:
                raise ApiError(
                    400, "parameter_invalid_integer", f"Invalid integer: {v}", param=name
                ) from error
        sub = _nested(tp, mod)
        if sub is not None and isinstance(v, dict):
            _check(sub, mod, v, name)
    for k in getattr(cls, "__required_keys__", ()):
        if k not in params and k not in OPTION_KEYS:
            name = f"{prefix}[{k}]" if prefix else k
            raise ApiError(400, "parameter_missing", f"Missing required param: {name}.", param=name)


def parse_form(raw):
    out = {}
    for key, val in parse_qsl(raw, keep_blank_values=True):
        parts = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", key)
        cur = out
        for i, p in enumerate(parts):
            last = i == len(parts) - 1
            if last:
                cur[p] = val
            else:
                cur = cur.setdefault(p, {})
    return _lists(out)


def _lists(o):
    if isinstance(o, dict):
        o = {k: _lists(v) for k, v in o.items()}
        if o and all(k.isdigit() for k in o):
            return [o[k] for k in sorted(o, key=int)]
    return o


def truthy(v):
    return v in (True, "true", "True", "1", 1)
