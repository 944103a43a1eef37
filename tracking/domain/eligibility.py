"""The rules that a touchpoint passes or fails, one by one (docs/rules/attribution.md, A and P)."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from tracking.domain.journey import Channel, Kind
from tracking.domain.navigation import Fact, Navigation
from tracking.domain.policy import Answer, CodeRule, OnSite, Policy, Session, SessionOpen
from tracking.domain.touchpoints import (
    CLICK,
    Candidate,
    Journey,
    Reason,
    Result,
    Rule,
    RuleVerdict,
    Sale,
    Step,
)

#: Facts that make a landing no visit of a person who followed a link: it never earns (A13).
NEVER_EARNS = int(
    Fact.NOT_TOP_LEVEL
    | Fact.PREFETCH
    | Fact.OWN_SITE
    | Fact.REFERRER_OWN
    | Fact.NONE_NOT_NAVIGATE
    | Fact.EXTENSION
    | Fact.OTHER_METHOD
)
#: A page tells that somebody arrived so much later at most, on a slow machine.
LANDING_TOLD_WITHIN = timedelta(seconds=10)
#: Classes that say the same of clicks whose facts were not kept.
NO_VISIT = frozenset(
    {
        Navigation.PREFETCH,
        Navigation.EMBEDDED,
        Navigation.INTERNAL,
        Navigation.PROBE,
        Navigation.BOT,
    }
)
#: The kind of affiliate that works for the shop.
EMPLOYEE = "employee"
#: Facts that only software in the visitor's browser produces: it stands down for others (P3).
SOFTWARE = int(Fact.STRICT_CONTRADICTION | Fact.REFERRER_CONTRADICTION)
REASON_OF = {
    Rule.SHOP: Reason.OTHER_SHOP,
    Rule.BEFORE_ORDER: Reason.AFTER_ORDER,
    Rule.ACCOUNT: Reason.AFFILIATE_NOT_ACTIVE,
    Rule.EXPERIMENT: Reason.EXPERIMENT_OFF,
    Rule.CODE_PERIOD: Reason.CODE_NOT_VALID,
    Rule.CODE_USES: Reason.CODE_USED_UP,
    Rule.TERMS: Reason.NO_TERMS,
    Rule.LOOK_BACK: Reason.OUTSIDE_WINDOW,
    Rule.NAVIGATION: Reason.NOT_A_VISIT,
    Rule.STAND_DOWN: Reason.STOOD_DOWN,
    Rule.BASKET: Reason.BASKET_BEFORE_CLICK,
    Rule.SESSION_OPEN: Reason.SESSION_OPEN,
    Rule.STAFF: Reason.STAFF_DISCOUNT,
    Rule.PRIORITY: Reason.CONTRACTED_PRIORITY,
}
_SECOND = timedelta(seconds=1)


def _plain(rule: Rule) -> tuple[RuleVerdict, RuleVerdict, RuleVerdict]:
    results = (Result.PASSED, Result.FAILED, Result.NOT_APPLICABLE)
    passed, failed, not_applicable = (RuleVerdict(rule, result) for result in results)
    return passed, failed, not_applicable


_PLAIN = {rule: _plain(rule) for rule in Rule}
# Those that every touchpoint is asked: whether it fails (False, True) is the place of its verdict.
_SHOP, _BEFORE_ORDER = _PLAIN[Rule.SHOP], _PLAIN[Rule.BEFORE_ORDER]
_ACCOUNT, _TERMS = _PLAIN[Rule.ACCOUNT], _PLAIN[Rule.TERMS]
_CODE_PERIOD, _CODE_USES = _PLAIN[Rule.CODE_PERIOD], _PLAIN[Rule.CODE_USES]
_EXPERIMENT, _NAVIGATION = _PLAIN[Rule.EXPERIMENT], _PLAIN[Rule.NAVIGATION]
_NOT_APPLICABLE = 2
_SAYS_NOTHING = frozenset({"", Navigation.UNKNOWN.value})
_UNKNOWN_NAVIGATION = RuleVerdict(Rule.NAVIGATION, Result.UNKNOWN)


def not_applicable(rule: Rule) -> RuleVerdict:
    """Return that a rule does not ask this touchpoint anything."""
    return _PLAIN[rule][_NOT_APPLICABLE]


def plain_verdicts() -> Iterable[RuleVerdict]:
    """Return the verdicts that need no facts: whoever says one of them says the same object."""
    return (verdict for of_rule in _PLAIN.values() for verdict in of_rule)


def standing(candidate: Candidate, sale: Sale, policy: Policy) -> list[RuleVerdict]:
    """Return the verdicts of the rules that look at the touchpoint alone (A3 to A8, A13, A18)."""
    if candidate.kind != CLICK:
        return [
            _SHOP[not candidate.same_shop],
            not_applicable(Rule.BEFORE_ORDER),
            _ACCOUNT[not candidate.affiliate_active],
            _experiment(candidate),
            _CODE_PERIOD[not candidate.code_valid],
            _CODE_USES[candidate.code_used_up],
            _TERMS[candidate.window_days is None],
            not_applicable(Rule.LOOK_BACK),
            not_applicable(Rule.NAVIGATION),
        ]
    age = sale.placed_at - candidate.at
    age_seconds = age // _SECOND
    return [
        _SHOP[not candidate.same_shop],
        _before_order(age_seconds),
        _ACCOUNT[not candidate.affiliate_active],
        _experiment(candidate),
        _CODE_PERIOD[_NOT_APPLICABLE],
        _CODE_USES[_NOT_APPLICABLE],
        _TERMS[candidate.window_days is None],
        _look_back(candidate, policy, age, age_seconds),
        _navigation(candidate),
    ]


def _experiment(candidate: Candidate) -> RuleVerdict:
    return _EXPERIMENT[_NOT_APPLICABLE if candidate.is_off is None else candidate.is_off]


def _before_order(age_seconds: int) -> RuleVerdict:
    if age_seconds >= 0:
        return _BEFORE_ORDER[0]
    return RuleVerdict(Rule.BEFORE_ORDER, Result.FAILED, {"age_seconds": age_seconds})


def _look_back(
    candidate: Candidate, policy: Policy, age: timedelta, age_seconds: int
) -> RuleVerdict:
    days = policy.days_for(candidate.classes)
    source = "terms" if days is None else "policy"
    days = candidate.window_days if days is None else days
    if days is None:
        return not_applicable(Rule.LOOK_BACK)
    result = Result.FAILED if age > timedelta(days=days) else Result.PASSED
    facts = {"age_seconds": age_seconds, "days": days, "of": source}
    return RuleVerdict(Rule.LOOK_BACK, result, facts)


def _navigation(candidate: Candidate) -> RuleVerdict:
    """A13. Its facts are those of the touchpoint: they need not be kept twice.

    A tap comes from a page of the shop by design; ``on_site`` judges it.
    """
    if candidate.is_on_site:
        return _NAVIGATION[_NOT_APPLICABLE]
    if not candidate.facts and candidate.navigation in _SAYS_NOTHING:
        return _UNKNOWN_NAVIGATION
    return _NAVIGATION[bool(candidate.facts & NEVER_EARNS) or candidate.navigation in NO_VISIT]


def staff_discount(candidate: Candidate, sale: Sale) -> RuleVerdict:
    """A19. Whoever buys with the discount of the staff was not brought by an employee."""
    if candidate.affiliate_kind != EMPLOYEE:
        return not_applicable(Rule.STAFF)
    return RuleVerdict(Rule.STAFF, Result.FAILED, {"code": sale.staff_code})


def on_site(policy: Policy, *, is_alone: bool) -> tuple[RuleVerdict, Reason | None]:
    """Return the verdict of P12 on a tap on the shop's own pages, and why it lost if it did.

    ``is_alone``: nothing that came from elsewhere may earn.
    """
    facts = {"rule": policy.on_site.value}
    if policy.on_site == OnSite.NEVER:
        return RuleVerdict(Rule.ON_SITE, Result.FAILED, facts), Reason.ON_SITE_NEVER
    if is_alone:
        return RuleVerdict(Rule.ON_SITE, Result.PASSED, facts), None
    return RuleVerdict(Rule.ON_SITE, Result.FAILED, facts), Reason.ON_SITE_SECOND


class Path:
    """The buyer's way so far: steps in the shop, and the clicks that may earn, oldest first.

    Clicks that cannot earn are left out, so that they change nothing for anybody.
    """

    def __init__(self, journey: Journey) -> None:
        self._items: list[tuple[datetime, int, Step | Candidate]] = [
            (step.at, number, step) for number, step in enumerate(journey.steps)
        ]
        self._clicks: list[Candidate] = []
        self._is_told = bool(journey.steps)

    def add(self, click: Candidate) -> None:
        """Put a click that may earn on the path; clicks are added in order of time."""
        self._clicks.append(click)
        insort(self._items, (click.at, -click.source_id - 1, click), key=lambda item: item[:2])

    def arrived_at(self, click: Candidate) -> datetime | None:
        """Return the moment up to which all that is known came before the visitor arrived.

        A click that was exchanged bears the moment of consent: what its landing page tells of may
        be older, a basket that was filled on it too. The landing that was told last before it says
        when that was; ``None`` when none was told.
        """
        if not click.facts & Fact.EXCHANGED:
            return click.at
        told = (
            item.at
            for at, _number, item in reversed(self._items)
            if at <= click.at and isinstance(item, Step) and item.kind == Kind.LANDING
        )
        landed = next(told, None)
        return None if landed is None else landed - LANDING_TOLD_WITHIN

    def knows_before(self, click: Candidate) -> bool:
        """Tell whether what came before ``click`` would be known to us.

        It is when the shop's pages tell of this visitor and consent was there before the click;
        where consent came later, when they told something from before the landing too.
        """
        if not self._is_told:
            return False
        if not click.facts & Fact.EXCHANGED:
            return True
        arrived = self.arrived_at(click)
        return arrived is not None and self._items[0][0] < arrived

    def session(self, at: datetime | None, minutes: int) -> list[Step | Candidate]:
        """Return what came before ``at`` without a pause longer than ``minutes``, oldest first.

        Nothing before a moment that nobody knows.
        """
        if at is None:
            return []
        pause = timedelta(minutes=minutes)
        first = end = bisect_left(self._items, at, key=lambda item: item[0])
        until = at
        while first and until - self._items[first - 1][0] <= pause:
            first -= 1
            until = self._items[first][0]
        return [item for _at, _number, item in self._items[first:end]]


def before_the_click(click: Candidate, path: Path, policy: Policy) -> list[RuleVerdict]:
    """Return the verdicts of the rules of the policy about what came before a click (P3 to P5).

    A tap on the shop's own pages is in a visit under way by nature: of it only the basket is asked.
    """
    verdicts = []
    if policy.stand_down:
        verdicts.append(
            not_applicable(Rule.STAND_DOWN)
            if click.is_on_site
            else _stand_down(click, path, policy.stand_down)
        )
    if policy.basket_before_click:
        verdicts.append(_basket(click, path, policy.basket_before_click))
    if policy.session_open:
        verdicts.append(
            not_applicable(Rule.SESSION_OPEN)
            if click.is_on_site
            else _session_open(click, path, policy.session_open)
        )
    return verdicts


def _stand_down(click: Candidate, path: Path, rule: Session) -> RuleVerdict:
    """P3. An earlier affiliate of the same visit keeps the sale from those who have to stand down.

    Software in the browser, as its facts betray it, also stands down for paid visits.
    """
    is_software = bool(click.facts & SOFTWARE)
    if not is_software and not rule.covers(click.classes):
        return not_applicable(Rule.STAND_DOWN)
    facts = {"minutes": rule.minutes, "software": is_software}
    for item in reversed(path.session(path.arrived_at(click), rule.minutes)):
        if isinstance(item, Candidate) and item.affiliate_id != click.affiliate_id:
            found = {"other": item.affiliate_id, "seconds_before": _seconds(item.at, click.at)}
            return RuleVerdict(Rule.STAND_DOWN, Result.FAILED, facts | found)
        if is_software and isinstance(item, Step) and item.channel == Channel.PAID:
            paid = {"channel": item.channel, "seconds_before": _seconds(item.at, click.at)}
            return RuleVerdict(Rule.STAND_DOWN, Result.FAILED, facts | paid)
    known = path.knows_before(click)
    return RuleVerdict(Rule.STAND_DOWN, Result.PASSED if known else Result.UNKNOWN, facts)


def _basket(click: Candidate, path: Path, rule: Session) -> RuleVerdict:
    """P4. A basket that was changed within the minutes before the click and was not empty.

    Before the landing, where consent came later than that.
    """
    if not rule.covers(click.classes):
        return not_applicable(Rule.BASKET)
    facts: dict[str, Any] = {"minutes": rule.minutes}
    arrived = path.arrived_at(click)
    last = _last(path.session(arrived, rule.minutes), Kind.BASKET_CHANGED)
    if arrived and last and arrived - last.at <= timedelta(minutes=rule.minutes):
        seen = {"items": last.items, "seconds_before": _seconds(last.at, click.at)}
        if last.items or last.value_minor:
            return RuleVerdict(Rule.BASKET, Result.FAILED, facts | seen)
        is_empty = last.items == 0 or last.value_minor == 0
        result = Result.PASSED if is_empty else Result.UNKNOWN
        return RuleVerdict(Rule.BASKET, result, facts | seen)
    known = path.knows_before(click)
    return RuleVerdict(Rule.BASKET, Result.PASSED if known else Result.UNKNOWN, facts)


def _session_open(click: Candidate, path: Path, rule: SessionOpen) -> RuleVerdict:
    """P5. A click after the checkout was opened, or into a visit that began by another channel."""
    if not rule.covers(click.classes):
        return not_applicable(Rule.SESSION_OPEN)
    facts: dict[str, Any] = {"minutes": rule.minutes}
    arrived = path.arrived_at(click)
    session = path.session(arrived, rule.minutes)
    checkout = _last(session, Kind.CHECKOUT_OPENED)
    if arrived and checkout and arrived - checkout.at <= timedelta(minutes=rule.minutes):
        seen: dict[str, Any] = {"after_checkout": rule.after_checkout.value}
        seen |= {"seconds_before": _seconds(checkout.at, click.at)}
        return RuleVerdict(Rule.SESSION_OPEN, _judged(rule.after_checkout), facts | seen)
    if not session:
        known = path.knows_before(click)
        return RuleVerdict(Rule.SESSION_OPEN, Result.PASSED if known else Result.UNKNOWN, facts)
    began = session[0]
    facts |= {"seconds_before": _seconds(began.at, click.at)}
    if isinstance(began, Candidate):
        return RuleVerdict(Rule.SESSION_OPEN, Result.PASSED, facts | {"channel": Channel.AFFILIATE})
    channel = next((item.channel for item in _steps(session) if item.channel), "")
    if not channel:
        return RuleVerdict(Rule.SESSION_OPEN, Result.UNKNOWN, facts)
    facts |= {"channel": channel}
    if channel == Channel.AFFILIATE:
        return RuleVerdict(Rule.SESSION_OPEN, Result.PASSED, facts)
    facts |= {"other_channel": rule.other_channel.value}
    return RuleVerdict(Rule.SESSION_OPEN, _judged(rule.other_channel), facts)


def code_rule(
    code: Candidate, clicks: Sequence[Candidate], journey: Journey, policy: Policy
) -> tuple[RuleVerdict, Reason | None]:
    """Return the verdict of P2 on a typed code, and why it lost if it did.

    ``clicks`` are those that may earn, the last one first.
    """
    rule = CodeRule(code.code_rule or policy.code)
    facts = {"rule": rule.value}
    if rule == CodeRule.ALWAYS:
        return RuleVerdict(Rule.CODE, Result.PASSED, facts), None
    if rule == CodeRule.IF_INVOLVED:
        holds = any(click.affiliate_id == code.affiliate_id for click in clicks)
        reason = Reason.CODE_NOT_INVOLVED
    else:
        holds = bool(clicks) and clicks[0].affiliate_id == code.affiliate_id
        reason = Reason.CODE_NOT_WINNER
    if holds:
        return RuleVerdict(Rule.CODE, Result.PASSED, facts), None
    if not clicks and not journey.is_known:
        return RuleVerdict(Rule.CODE, Result.UNKNOWN, facts), None
    return RuleVerdict(Rule.CODE, Result.FAILED, facts), reason


def _judged(answer: Answer) -> Result:
    return Result.FAILED if answer == Answer.REFUSE else Result.PASSED


def _seconds(earlier: datetime, later: datetime) -> int:
    return (later - earlier) // _SECOND


def _steps(session: Iterable[Step | Candidate]) -> list[Step]:
    return [item for item in session if isinstance(item, Step)]


def _last(session: Sequence[Step | Candidate], kind: Kind) -> Step | None:
    return next((item for item in reversed(_steps(session)) if item.kind == kind), None)
