"""Addresses of affiliates' trackers with {macros} in them, and how they are filled (HK10-HK12)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from core.errors import DomainError
from core.money import Money

_MACRO = re.compile(r"\{([^{}]*)\}")


class UnknownMacro(DomainError):
    """An address holds a {macro} that nothing fills."""

    code = "unknown_macro"

    def __init__(self, unknown: str) -> None:
        super().__init__(unknown)
        self.unknown = unknown


def _said(field: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda body: str(body["data"].get(field, ""))


def _major(field: str) -> Callable[[Mapping[str, Any]], str]:
    def found(body: Mapping[str, Any]) -> str:
        data = body["data"]
        return str(Money(data[field], data["currency"]).to_decimal()) if field in data else ""

    return found


def _amount(body: Mapping[str, Any]) -> str:
    data = body["data"]
    return str(data.get("commission_minor", data.get("amount_minor", "")))


MACROS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "sale_ref": _said("sale"),
    "status": _said("status"),
    "commission": lambda body: _major("commission_minor")(body) or _major("amount_minor")(body),
    "commission_minor": _amount,
    "currency": _said("currency"),
    "basket": _major("basket_minor"),
    "sub1": _said("sub1"),
    "link": _said("link"),
    "code": _said("code"),
    "at": _said("at"),
    "event": lambda body: str(body["type"]),
    "event_id": lambda body: str(body["id"]),
}


def check(template: str) -> None:
    """Accept an address whose macros are all known, and stand behind its host.

    :raises UnknownMacro: with the first that is not known, or that would choose the host.
    """
    for found in _MACRO.finditer(template):
        if found[1] not in MACROS or found.start() < _end_of_host(template):
            raise UnknownMacro(found[0])
    left = _MACRO.sub("", template)
    if "{" in left or "}" in left:
        raise UnknownMacro("{" if "{" in left else "}")


def fill(template: str, body: Mapping[str, Any]) -> str:
    """Return the address for one event: each value percent-encoded, nothing left of the macros.

    ``body`` is the whole event. Amounts are in units of the currency, ``_minor`` ones as they are.
    A macro that an event has no value for is empty.
    """
    return _MACRO.sub(lambda found: quote(MACROS[found[1]](body), safe=""), template)


def _end_of_host(template: str) -> int:
    start = template.find("://")
    ends = [place for mark in "/?#" if (place := template.find(mark, start + 3)) >= 0]
    return min(ends, default=len(template)) if start >= 0 else len(template)
