"""Touchpoints, journeys and decisions in few words, for the tests of policies."""

from datetime import timedelta

from tests.builders import NOW
from tracking.domain.attribution import attribute
from tracking.domain.journey import Channel, Kind
from tracking.domain.navigation import Fact
from tracking.domain.policy import Policy
from tracking.domain.touchpoints import (
    CLICK,
    CODE,
    UNKNOWN_JOURNEY,
    Candidate,
    Sale,
    Step,
)

ADA, BOB, CLEO, DAN = 1, 2, 3, 4
MINUTE = timedelta(minutes=1)


def click(days_before: float = 1, affiliate_id=ADA, *, minutes: float | None = None, **overrides):
    ago = timedelta(days=days_before) if minutes is None else minutes * MINUTE
    fields = {
        "kind": CLICK,
        "source_id": 100 * affiliate_id + int(ago / MINUTE) % 97,
        "affiliate_id": affiliate_id,
        "at": NOW - ago,
        "window_days": 30,
        "affiliate_kind": "content",
        "navigation": "followed",
        "facts": int(Fact.TOP_LEVEL),
    }
    return Candidate(**{**fields, **overrides})


def code(affiliate_id=ADA, **overrides):
    fields = {"kind": CODE, "source_id": affiliate_id, "affiliate_id": affiliate_id, "at": NOW,
              "window_days": 30, "affiliate_kind": "content"}  # fmt: skip
    return Candidate(**{**fields, **overrides})


def step(minutes: float, kind: Kind = Kind.PAGE_VIEW, **told) -> Step:
    return Step(NOW - minutes * MINUTE, kind.value, **told)


def began(minutes: float, channel: Channel) -> Step:
    return step(minutes, Kind.SESSION_STARTED, channel=channel.value)


def decide(touchpoints, rules=None, journey=UNKNOWN_JOURNEY, **sale):
    policy = Policy.from_rules(rules or {})
    return attribute(touchpoints, sale=Sale(placed_at=NOW, **sale), policy=policy, journey=journey)


def shares(decision):
    return {share.affiliate_id: share.share_bps for share in decision.shares}


def reasons(decision, touchpoints):
    found = {ruling.candidate: ruling.reason.value for ruling in decision.rulings}
    return [found[one] for one in touchpoints]


def verdict(decision, touchpoint, rule):
    ruling = next(one for one in decision.rulings if one.candidate == touchpoint)
    return next((one for one in ruling.verdicts if one.rule == rule), None)
