"""What an affiliate may read of what our records say about its claim.

Left out for good: other affiliates, their codes and clicks, codes of nobody, the order's amount and
customer, what the checks saw, and that an order exists to somebody who does not know its day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from payouts.services.claim_evidence import Evidence, Touch, agrees

#: An order is known to somebody who is off by no more than this.
KNOWN_WITHIN_DAYS = 1
#: How many hours with visits are listed.
MOST_HOURS = 12


@dataclass(frozen=True, slots=True)
class LostTouch:
    """A click or code of theirs on the way to the order that did not win, and why."""

    kind: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Hour:
    """Visits through their links within the hour that begins at ``at``."""

    at: datetime
    visits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AffiliateView:
    """``state``: not_found, undecided, gone, yours, refused, other or nobody."""

    at: datetime
    state: str
    credit_id: int | None
    days_off: int | None  # Of a sale of theirs only.
    amount_agrees: bool | None  # Of a sale of theirs only.
    visits: int  # Up to the end of the day they say, whatever the order's is.
    since: datetime
    until: datetime
    hours: list[Hour]
    codes: list[str]
    lost: list[LostTouch]


def affiliate_view(evidence: Evidence) -> AffiliateView:
    """Return what the affiliate may read of ``evidence``."""
    order, decided, clicks = evidence["order"], evidence["decided"], evidence["clicks"]
    credit_id = decided["credit_id"] if decided else None
    is_theirs = credit_id is not None
    is_known = order is not None and abs(order["days_off"]) <= KNOWN_WITHIN_DAYS
    known = is_theirs or is_known
    lost = [_lost(one) for one in decided["touches"] if not one["won"]] if decided else []
    return AffiliateView(
        at=datetime.fromisoformat(evidence["at"]),
        state=_state(evidence["verdict"], is_known=known, is_theirs=is_theirs),
        credit_id=credit_id,
        days_off=order["days_off"] if order and is_theirs else None,
        amount_agrees=agrees(order) if order and is_theirs else None,
        visits=clicks["visits"],
        since=datetime.fromisoformat(clicks["since"]),
        until=datetime.fromisoformat(clicks["until"]),
        hours=[Hour(datetime.fromisoformat(at), n) for at, n in clicks["hours"][:MOST_HOURS]],
        codes=evidence["codes"]["own"] if known else [],
        lost=lost if known else [],
    )


def _state(verdict: str, *, is_known: bool, is_theirs: bool) -> str:
    if not is_known or verdict in ("not_found", "test_order"):
        return "not_found"
    if verdict in ("cancelled", "returned"):
        return "gone"
    if is_theirs:
        return "refused" if verdict == "refused" else "yours"
    return verdict


def _lost(touch: Touch) -> LostTouch:
    return LostTouch(touch["kind"], touch["name"], touch["reason"])
