"""Which touchpoint gets an order. Rules A1 to A12: docs/rules/attribution.md."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

CLICK = "click"
CODE = "code"
LAST_ELIGIBLE = "last-eligible-1"


class Reason(StrEnum):
    """Why a touchpoint won or lost, and why an order is nobody's."""

    LAST_ELIGIBLE = "last_eligible"
    NO_TOUCHPOINT = "no_touchpoint"
    NONE_ELIGIBLE = "none_eligible"
    OTHER_SHOP = "other_shop"
    AFTER_ORDER = "after_order"
    AFFILIATE_NOT_ACTIVE = "affiliate_not_active"
    CODE_NOT_VALID = "code_not_valid"
    NO_TERMS = "no_terms"
    OUTSIDE_WINDOW = "outside_window"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A touchpoint with what is known of it at the time of the order."""

    kind: str  # CLICK or CODE
    source_id: int  # Of the click or the promo code: the last key of every tie.
    affiliate_id: int
    at: datetime  # Of the click; of the order when a code was typed in.
    window_days: int | None  # In the affiliate's terms on the order's date; None without terms.
    affiliate_active: bool = True
    code_valid: bool = True
    same_shop: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one touchpoint."""

    candidate: Candidate
    won: bool
    reason: Reason


@dataclass(frozen=True, slots=True)
class Decision:
    """Who gets the order (``winner`` None: nobody), why, and what became of the others."""

    winner: Candidate | None
    reason: Reason
    verdicts: tuple[Verdict, ...]
    policy: str


def attribute(
    touchpoints: Iterable[Candidate], *, ordered_at: datetime, policy: str = LAST_ELIGIBLE
) -> Decision:
    """Give the whole order to the last eligible touchpoint (A1).

    The result does not depend on the order in which the touchpoints are given. Latest ``at``
    first, at the same moment a code before a click, then the lowest ``source_id`` (A10).

    :raises ValueError: for a policy that does not exist.
    """
    if policy != LAST_ELIGIBLE:
        raise ValueError(f"There is no attribution policy {policy!r}.")
    by_last_keys = sorted(touchpoints, key=lambda one: (one.kind != CODE, one.source_id))
    ranked = sorted(by_last_keys, key=lambda one: one.at, reverse=True)  # Ties stay as they are.
    if not ranked:
        return Decision(None, Reason.NO_TOUCHPOINT, (), policy)
    losses = [_why_not(candidate, ordered_at) for candidate in ranked]
    best = next((rank for rank, loss in enumerate(losses) if loss is None), None)
    verdicts = tuple(
        Verdict(candidate, True, Reason.LAST_ELIGIBLE)
        if rank == best
        else Verdict(candidate, False, losses[rank] or Reason.SUPERSEDED)
        for rank, candidate in enumerate(ranked)
    )
    if best is None:
        return Decision(None, Reason.NONE_ELIGIBLE, verdicts, policy)
    return Decision(ranked[best], Reason.LAST_ELIGIBLE, verdicts, policy)


def _why_not(candidate: Candidate, ordered_at: datetime) -> Reason | None:
    """Return the first reason (A3 to A8) that excludes the touchpoint, or None."""
    if not candidate.same_shop:
        return Reason.OTHER_SHOP
    if candidate.at > ordered_at:
        return Reason.AFTER_ORDER
    if not candidate.affiliate_active:
        return Reason.AFFILIATE_NOT_ACTIVE
    if not candidate.code_valid:
        return Reason.CODE_NOT_VALID
    if candidate.window_days is None:
        return Reason.NO_TERMS
    if ordered_at - candidate.at > timedelta(days=candidate.window_days):
        return Reason.OUTSIDE_WINDOW
    return None
