"""The lines of a file of labelled events, as values. docs/fraud-evaluation.md has their schema."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from core.errors import DomainError

LABELS = ("legit", "fraud", "parasite", "ambiguous")
KINDS = ("channel", "page", "basket", "checkout")
COOKIES = ("lax", "strict")
#: Seconds since 1970; later than the year 2100 somebody wrote milliseconds.
LATEST_TS = 4_102_444_800
LONGEST_ID = 200
LONGEST_TEXT = 2_000
_ID_KEY_LENGTH = 64

Said = dict[str, Any]


class EventRefused(DomainError):
    """A line is not an event. The message says which line and what is wrong, not what it holds."""

    code = "event_refused"

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"Line {line}: {why}")
        self.line = line


class _NotSoError(ValueError):
    """A field is missing or not what it should be."""


class AffiliateLine(NamedTuple):
    """Somebody who promotes the shop, with what was declared."""

    id: str
    kind: str  # As the file calls the class: content, influencer, newsletter ...
    sites: tuple[str, ...]
    redirectors: tuple[str, ...]
    email: str
    address: str
    codes: tuple[str, ...]


class ClickLine(NamedTuple):
    """A request to a link. ``ts`` in seconds since 1970."""

    id: str
    affiliate: str
    ts: float
    method: str
    headers: Mapping[str, str]
    cookies: frozenset[str]
    ip: str
    is_datacentre: bool
    visitor: str
    url: str
    landing: str


class BeaconLine(NamedTuple):
    """What a landing page told; None is what it did not tell."""

    click: str
    ts: float
    redirect_count: int | None
    referrer: str | None
    is_visible: bool | None
    has_focus: bool | None
    is_framed: bool | None
    activation_start: float | None


class JourneyLine(NamedTuple):
    """A step of a visitor in the shop."""

    visitor: str
    ts: float
    kind: str
    channel: str
    url: str
    items: int | None


class OrderLine(NamedTuple):
    """An order. The addresses of its customer are hashed before anything is stored."""

    id: str
    ts: float
    visitor: str
    click: str
    codes: tuple[str, ...]
    amount_minor: int
    is_new_customer: bool | None
    email: str
    address: str


class ReturnLine(NamedTuple):
    """That everything of an order came back."""

    order: str
    ts: float


#: What happens at some time.
Happening = ClickLine | BeaconLine | JourneyLine | OrderLine | ReturnLine
Event = AffiliateLine | Happening


class Read(NamedTuple):
    """A line: the event as the pipeline may know it, and apart from it the label for the score."""

    event: Event
    label: str
    is_numbered: bool  # The id is written as a number.


def read(text: str | bytes, number: int) -> Read:
    """Return what line ``number`` says. Fields that nobody knows are left out.

    :raises EventRefused: with the line's number when it is no JSON, or no event of the schema.
    """
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise EventRefused(number, "this is not JSON.") from error
    if not isinstance(said, dict):
        raise EventRefused(number, "this is not a JSON object.")
    kind = said.get("type")
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise EventRefused(number, f"type must be one of {', '.join(_READERS)}.")
    try:
        return Read(reader(said), _label(said), type(said.get("id")) is int)
    except _NotSoError as error:
        raise EventRefused(number, f"{kind}: {error}") from error


def _affiliate(said: Said) -> AffiliateLine:
    return AffiliateLine(
        _id(said, "id"),
        _text(said, "class", is_needed=True),
        _texts(said, "sites"),
        _texts(said, "redirectors"),
        _text(said, "email"),
        _text(said, "address"),
        _texts(said, "codes"),
    )


def _click(said: Said) -> ClickLine:
    return ClickLine(
        _id(said, "id"),
        _id(said, "affiliate"),
        _ts(said),
        _text(said, "method", is_needed=True),
        _headers(said),
        _cookies(said),
        _text(said, "ip"),
        _switch(said, "datacentre") or False,
        _id(said, "visitor", is_needed=False),
        _text(said, "url", is_needed=True),
        _text(said, "landing", is_needed=True),
    )


def _beacon(said: Said) -> BeaconLine:
    referrer = said.get("referrer")
    return BeaconLine(
        _id(said, "click"),
        _ts(said),
        _whole(said, "redirect_count"),
        None if referrer is None else _text(said, "referrer"),
        _switch(said, "visible"),
        _switch(said, "focused"),
        _switch(said, "framed"),
        _number(said, "activation_start"),
    )


def _journey(said: Said) -> JourneyLine:
    kind = said.get("kind")
    if kind not in KINDS:
        raise _NotSoError(f"kind must be one of {', '.join(KINDS)}.")
    items = said.get("items")
    return JourneyLine(
        _id(said, "visitor"),
        _ts(said),
        kind,
        _text(said, "channel", is_needed=kind == "channel"),
        _text(said, "url"),
        len(items) if isinstance(items, list) else _whole(said, "items"),
    )


def _order(said: Said) -> OrderLine:
    customer = said.get("customer", {})
    if not isinstance(customer, dict):
        raise _NotSoError("customer must be an object.")
    amount = _whole(said, "amount_minor")
    if amount is None:
        raise _NotSoError("amount_minor is missing.")
    return OrderLine(
        _id(said, "id"),
        _ts(said),
        _id(said, "visitor", is_needed=False),
        _id(said, "click", is_needed=False),
        tuple(filter(None, [_text(said, "code", longest=_ID_KEY_LENGTH)])),
        amount,
        _switch(said, "new_customer"),
        _text(customer, "email"),
        _text(customer, "address"),
    )


def _return(said: Said) -> ReturnLine:
    return ReturnLine(_id(said, "order"), _ts(said))


_READERS: Mapping[str, Callable[[Said], Event]] = {
    "affiliate": _affiliate,
    "click": _click,
    "beacon": _beacon,
    "journey": _journey,
    "order": _order,
    "return": _return,
}


def _label(said: Said) -> str:
    label = said.get("label")
    if label is None:
        return ""
    if label not in LABELS:
        raise _NotSoError(f"label must be one of {', '.join(LABELS)}.")
    return str(label)


def _id(said: Said, name: str, *, is_needed: bool = True) -> str:
    found = said.get(name)
    if type(found) is str and 0 < len(found) <= LONGEST_ID:
        return found
    if found is None and not is_needed:
        return ""
    if type(found) is int:
        return str(found)
    if found is None:
        raise _NotSoError(f"{name} is missing.")
    raise _NotSoError(f"{name} must be a text of 1 to {LONGEST_ID} characters or a whole number.")


def _text(said: Said, name: str, *, is_needed: bool = False, longest: int = LONGEST_TEXT) -> str:
    found = said.get(name)
    if type(found) is str and len(found) <= longest and (found or not is_needed):
        return found
    if found is None and not is_needed:
        return ""
    if found is None:
        raise _NotSoError(f"{name} is missing.")
    raise _NotSoError(f"{name} must be a text of at most {longest} characters.")


def _texts(said: Said, name: str) -> tuple[str, ...]:
    found = said.get(name)
    if found is None:
        return ()
    if not isinstance(found, list) or not all(_is_text(one) for one in found):
        raise _NotSoError(f"{name} must be a list of texts.")
    return tuple(found)


def _is_text(one: object) -> bool:
    return isinstance(one, str) and 0 < len(one) <= LONGEST_TEXT


def _ts(said: Said) -> float:
    found = said.get("ts")
    if (type(found) is int or type(found) is float) and 0 <= found < LATEST_TS:
        return found
    if found is None:
        raise _NotSoError("ts is missing.")
    raise _NotSoError("ts must be seconds since 1970.")


def _headers(said: Said) -> Mapping[str, str]:
    found = said.get("headers")
    if not isinstance(found, dict):
        raise _NotSoError("headers must be an object of texts.")
    headers = {}
    for name, value in found.items():
        if type(value) is not str:
            raise _NotSoError("headers must be an object of texts.")
        headers[name.lower()] = value
    return headers


def _cookies(said: Said) -> frozenset[str]:
    found = said.get("cookies")
    if found is None:
        return frozenset()
    if not isinstance(found, list) or not all(one in COOKIES for one in found):
        raise _NotSoError(f"cookies must be a list of {' and '.join(COOKIES)}.")
    return frozenset(found)


def _switch(said: Said, name: str) -> bool | None:
    found = said.get(name)
    if found is None or found is True or found is False:
        return found
    raise _NotSoError(f"{name} must be true or false.")


def _whole(said: Said, name: str) -> int | None:
    found = said.get(name)
    if found is None or (type(found) is int and found >= 0):
        return found
    raise _NotSoError(f"{name} must be a whole number from 0 up.")


def _number(said: Said, name: str) -> float | None:
    found = said.get(name)
    if found is None:
        return None
    if type(found) in {int, float} and math.isfinite(found) and found >= 0:
        return float(found)
    raise _NotSoError(f"{name} must be a number from 0 up.")
