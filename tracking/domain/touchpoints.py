"""What attribution looks at and what it answers with: values, no rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from tracking.domain.policy import CONTRACTED, Part

CLICK = "click"
CODE = "code"
_NO_FACTS: Mapping[str, Any] = MappingProxyType({})


class Reason(StrEnum):
    """Why a touchpoint won or lost, and why an order is nobody's."""

    LAST_ELIGIBLE = "last_eligible"
    SPLIT = "split"
    CONTRACTED_FIRST = "contracted_first"
    ON_SITE_ALONE = "on_site_alone"
    NO_TOUCHPOINT = "no_touchpoint"
    NONE_ELIGIBLE = "none_eligible"
    DUPLICATE_ORDER = "duplicate_order"
    FOLLOWED_ORDER = "followed_order"
    OTHER_SHOP = "other_shop"
    AFTER_ORDER = "after_order"
    AFFILIATE_NOT_ACTIVE = "affiliate_not_active"
    EXPERIMENT_OFF = "experiment_off"
    STAFF_DISCOUNT = "staff_discount"
    CODE_NOT_VALID = "code_not_valid"
    CODE_USED_UP = "code_used_up"
    NO_TERMS = "no_terms"
    OUTSIDE_WINDOW = "outside_window"
    NOT_A_VISIT = "not_a_visit"
    STOOD_DOWN = "stood_down"
    BASKET_BEFORE_CLICK = "basket_before_click"
    SESSION_OPEN = "session_open"
    CODE_NOT_INVOLVED = "code_not_involved"
    CODE_NOT_WINNER = "code_not_winner"
    ON_SITE_SECOND = "on_site_second"
    ON_SITE_NEVER = "on_site_never"
    CONTRACTED_PRIORITY = "contracted_priority"
    PART_OF_CREDIT = "part_of_credit"
    SUPERSEDED = "superseded"


class Rule(StrEnum):
    """The questions that every touchpoint is asked, in this order."""

    SHOP = "shop"
    BEFORE_ORDER = "before_order"
    ACCOUNT = "account"
    EXPERIMENT = "experiment"
    CODE_PERIOD = "code_period"
    CODE_USES = "code_uses"
    TERMS = "terms"
    LOOK_BACK = "look_back"
    NAVIGATION = "navigation"
    STAND_DOWN = "stand_down"
    BASKET = "basket_before_click"
    SESSION_OPEN = "session_open"
    CODE = "code"
    STAFF = "staff_discount"  # Asked of orders with a staff-discount code alone.
    ON_SITE = "on_site"  # Asked where somebody tapped in a look on the shop's own pages.
    PRIORITY = "contracted_priority"
    FOLLOWS = "follows"  # Asked alone, of orders that exchange or add to another.


class Result(StrEnum):
    """What a rule answers. Only ``FAILED`` excludes; what nobody knows is held against no one."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"


class RuleVerdict(NamedTuple):
    """What one rule said of one touchpoint, with the facts it rests on as JSON."""

    rule: Rule
    result: Result
    facts: Mapping[str, Any] = _NO_FACTS

    def as_json(self) -> Mapping[str, Any]:
        """Return what ``Touchpoint.verdicts`` keeps."""
        if not self.facts:
            return _PLAIN_JSON[self.rule, self.result]
        return {"rule": self.rule, "result": self.result, "facts": self.facts}


_PLAIN_JSON = {
    (rule, result): {"rule": rule.value, "result": result.value}
    for rule in Rule
    for result in Result
}


class Candidate(NamedTuple):
    """A touchpoint with what is known of it at the time of the order."""

    kind: str  # CLICK or CODE
    source_id: int  # Of the click or the promo code: the last key of every tie.
    affiliate_id: int
    at: datetime  # Of the click; of the order when a code was typed in.
    window_days: int | None  # In the affiliate's terms on the order's date; None without terms.
    affiliate_active: bool = True
    is_off: bool | None = None  # By the calendar of an experiment; None: there is none.
    affiliate_kind: str = ""
    is_contracted: bool = False
    same_shop: bool = True
    code_valid: bool = True
    code_used_up: bool = False
    code_rule: str = ""  # Of the code itself; empty: as the policy says.
    navigation: str = ""
    facts: int = 0  # tracking.domain.navigation.Fact, as known then.
    is_on_site: bool = False  # A tap in a look on the shop's own pages.

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes of the affiliate that a policy can name."""
        return (self.affiliate_kind, CONTRACTED) if self.is_contracted else (self.affiliate_kind,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """What attribution needs to know of an order."""

    placed_at: datetime
    is_duplicate: bool = False  # The same order came by another shop, and earns there.
    staff_code: str = ""  # Of the shop's staff discount, if the order used one.


class Step(NamedTuple):
    """Something the visitor did in the shop: tracking.domain.journey.Kind, with what it tells."""

    at: datetime
    kind: str
    channel: str = ""  # Of a session's beginning.
    items: int | None = None  # In the basket.
    value_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Journey:
    """What the buyer did, oldest first, as far as consent lets us know.

    ``is_known`` tells whether the order carried a reference under which anything is recorded.
    """

    steps: Sequence[Step] = ()
    is_known: bool = False

    @classmethod
    def of(cls, steps: Iterable[Step], *, is_known: bool = True) -> Journey:
        """Return a journey of ``steps`` in any order."""
        return cls(tuple(sorted(steps, key=_step_key)), is_known)


def _step_key(step: Step) -> tuple[datetime, str, str, int, int]:
    return step.at, step.kind, step.channel, step.items or 0, step.value_minor or 0


UNKNOWN_JOURNEY = Journey()
KNOWN_JOURNEY = Journey(is_known=True)  # Of clicks alone: the shop's pages told nothing.


@dataclass(frozen=True, slots=True)
class Share:
    """One affiliate's part of an order."""

    affiliate_id: int
    share_bps: int
    part: Part
    candidate: Candidate


class Ruling(NamedTuple):
    """What became of one touchpoint, and why."""

    candidate: Candidate
    won: bool
    reason: Reason
    part: Part | None
    verdicts: Sequence[RuleVerdict]


@dataclass(frozen=True, slots=True)
class Decision:
    """Who gets the order (no ``shares``: nobody), why, and what became of every touchpoint."""

    shares: tuple[Share, ...]
    reason: Reason
    rulings: tuple[Ruling, ...]
