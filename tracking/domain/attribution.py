"""Which touchpoints get an order. Rules A and P of docs/rules/attribution.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from core.money import BPS
from tracking.domain.eligibility import (
    REASON_OF,
    Path,
    before_the_click,
    code_rule,
    not_applicable,
    on_site,
    staff_discount,
    standing,
)
from tracking.domain.policy import Part, Policy
from tracking.domain.touchpoints import (
    CLICK,
    CODE,
    UNKNOWN_JOURNEY,
    Candidate,
    Decision,
    Journey,
    Reason,
    Result,
    Rule,
    RuleVerdict,
    Ruling,
    Sale,
    Share,
)


@dataclass(slots=True)
class _Hearing:
    """One touchpoint while it is judged."""

    candidate: Candidate
    verdicts: list[RuleVerdict]
    reason: Reason | None  # Why it cannot earn.
    part: Part | None = None
    share: Share | None = None

    @property
    def may_earn(self) -> bool:
        return self.reason is None

    def hear(self, verdicts: Iterable[RuleVerdict]) -> None:
        """Add verdicts; the first that fails is the reason."""
        for verdict in verdicts:
            self.verdicts.append(verdict)
            if self.reason is None and verdict.result is Result.FAILED:
                self.reason = REASON_OF[verdict.rule]


def attribute(
    candidates: Iterable[Candidate],
    *,
    sale: Sale,
    policy: Policy,
    journey: Journey = UNKNOWN_JOURNEY,
) -> Decision:
    """Give an order to the touchpoints that the policy chooses, or to nobody.

    Shares are basis points that come to 10,000. The result does not depend on the order in which
    the touchpoints are given: latest ``at`` first, at the same moment a code before a click, then
    the lowest ``source_id`` (A10). A touchpoint that cannot earn changes nothing for the others.
    """
    by_last_keys = sorted(candidates, key=lambda one: (one.kind != CODE, one.source_id))
    ranked = sorted(by_last_keys, key=lambda one: one.at, reverse=True)  # Ties stay as they are.
    if not ranked:
        nothing = Reason.DUPLICATE_ORDER if sale.is_duplicate else Reason.NO_TOUCHPOINT
        return Decision((), nothing, ())
    hearings = [_hearing(candidate, sale, policy) for candidate in ranked]
    _hear_journeys(hearings, policy, journey)
    _hear_codes(hearings, policy, journey)
    _hear_taps(hearings, policy)
    pool = _prefer_contracted(hearings, sale, policy)
    if sale.is_duplicate:
        return _nobody(hearings, Reason.DUPLICATE_ORDER)
    if not pool:
        return _nobody(hearings, Reason.NONE_ELIGIBLE)
    if policy.split:
        _split(pool, policy.split)
    else:
        _give(pool[0], BPS, Part.CLOSER)
    return _decided(hearings, pool)


def _hearing(candidate: Candidate, sale: Sale, policy: Policy) -> _Hearing:
    verdicts = standing(candidate, sale, policy)
    why = next((REASON_OF[rule] for rule, said, _ in verdicts if said is Result.FAILED), None)
    hearing = _Hearing(candidate, verdicts, why)
    if sale.staff_code:
        hearing.hear([staff_discount(candidate, sale)])
    return hearing


def _hear_journeys(hearings: Sequence[_Hearing], policy: Policy, journey: Journey) -> None:
    """Judge clicks by what came before them, oldest first: only one that may earn counts there."""
    if not policy.reads_journeys:
        return
    path = Path(journey)
    for hearing in reversed(hearings):
        click = hearing.candidate
        if click.kind == CLICK and hearing.may_earn:
            hearing.hear(before_the_click(click, path, policy))
            if hearing.may_earn and not click.is_on_site:
                path.add(click)
        else:
            hearing.hear(_unasked(policy))


def _unasked(policy: Policy) -> Iterable[RuleVerdict]:
    rules = (
        (policy.stand_down, Rule.STAND_DOWN),
        (policy.basket_before_click, Rule.BASKET),
        (policy.session_open, Rule.SESSION_OPEN),
    )
    return [not_applicable(rule) for session, rule in rules if session is not None]


def _hear_codes(hearings: Sequence[_Hearing], policy: Policy, journey: Journey) -> None:
    brought = (one.candidate for one in hearings if one.may_earn and not one.candidate.is_on_site)
    clicks = [candidate for candidate in brought if candidate.kind == CLICK]
    for hearing in hearings:
        if hearing.candidate.kind == CLICK:
            hearing.verdicts.append(not_applicable(Rule.CODE))
            continue
        verdict, why = code_rule(hearing.candidate, clicks, journey, policy)
        hearing.verdicts.append(verdict)
        hearing.reason = hearing.reason or why


def _hear_taps(hearings: Sequence[_Hearing], policy: Policy) -> None:
    """Judge taps on the shop's own pages last: what brought the buyer comes before them (P12)."""
    taps = [one for one in hearings if one.candidate.is_on_site]
    if not taps:
        return
    is_alone = not any(one.may_earn for one in hearings if not one.candidate.is_on_site)
    for hearing in hearings:
        if not hearing.candidate.is_on_site:
            hearing.verdicts.append(not_applicable(Rule.ON_SITE))
            continue
        verdict, why = on_site(policy, is_alone=is_alone)
        hearing.verdicts.append(verdict)
        hearing.reason = hearing.reason or why


def _prefer_contracted(hearings: Sequence[_Hearing], sale: Sale, policy: Policy) -> list[_Hearing]:
    """Return who is left, the last one first: under P6 only the contracted, if any came lately."""
    pool = [one for one in hearings if one.may_earn]
    days = policy.contracted_priority_days
    if days is None:
        return pool
    since = sale.placed_at - timedelta(days=days)
    first = [one for one in pool if one.candidate.is_contracted and one.candidate.at >= since]
    preferred = {id(one) for one in first}
    facts = {"days": days}
    for hearing in hearings:
        if not first or not hearing.may_earn:
            hearing.verdicts.append(not_applicable(Rule.PRIORITY))
        else:
            result = Result.PASSED if id(hearing) in preferred else Result.FAILED
            hearing.hear([RuleVerdict(Rule.PRIORITY, result, facts)])
    return first or pool


def _split(pool: Sequence[_Hearing], shares: Mapping[Part, int]) -> None:
    """P7 to P9. Give each part its share; what nobody plays falls to the closer."""
    path = list(reversed(pool))
    opening, closing = path[0], pool[0]
    introducer, closer = opening.candidate.affiliate_id, closing.candidate.affiliate_id
    between = {
        one.candidate.affiliate_id: one  # Of several, the last one speaks for the affiliate.
        for one in path
        if one.candidate.affiliate_id not in {introducer, closer}
    }
    rest = BPS
    for hearing, bps in zip(
        between.values(), _equal_parts(shares[Part.INFLUENCER], len(between)), strict=True
    ):
        _give(hearing, bps, Part.INFLUENCER)
        rest -= bps
    if introducer != closer:
        _give(opening, shares[Part.INTRODUCER], Part.INTRODUCER)
        rest -= shares[Part.INTRODUCER]
    elif opening is not closing:
        opening.part = Part.INTRODUCER
    _give(closing, rest, Part.CLOSER)


def _equal_parts(bps: int, number: int) -> list[int]:
    """Split evenly; of what is left over, one basis point each to the first."""
    if not number:
        return []
    each, left_over = divmod(bps, number)
    return [each + (place < left_over) for place in range(number)]


def _give(hearing: _Hearing, bps: int, part: Part) -> None:
    hearing.part = part
    if bps:
        candidate = hearing.candidate
        hearing.share = Share(candidate.affiliate_id, bps, part, candidate)


def _decided(hearings: Sequence[_Hearing], pool: Sequence[_Hearing]) -> Decision:
    shares = tuple(one.share for one in pool if one.share)
    credited = {share.affiliate_id for share in shares}
    reason = _how(hearings, pool, shares)
    rulings = []
    for one in hearings:
        if one.share:
            why = reason
        elif one.reason:
            why = one.reason
        elif len(shares) > 1 and one.candidate.affiliate_id in credited:
            why = Reason.PART_OF_CREDIT
        else:
            why = Reason.SUPERSEDED
        rulings.append(_ruling(one, why))
    return Decision(shares, reason, tuple(rulings))


def _how(hearings: Sequence[_Hearing], pool: Sequence[_Hearing], shares: Sequence[Share]) -> Reason:
    if len(shares) > 1:
        return Reason.SPLIT
    beaten = next((one for one in hearings if one.reason == Reason.CONTRACTED_PRIORITY), None)
    if beaten is not None and hearings.index(beaten) < hearings.index(pool[0]):
        return Reason.CONTRACTED_FIRST
    return Reason.ON_SITE_ALONE if pool[0].candidate.is_on_site else Reason.LAST_ELIGIBLE


def _nobody(hearings: Sequence[_Hearing], reason: Reason) -> Decision:
    return Decision((), reason, tuple(_ruling(one, one.reason or reason) for one in hearings))


def _ruling(hearing: _Hearing, reason: Reason) -> Ruling:
    won = hearing.share is not None
    return Ruling(hearing.candidate, won, reason, hearing.part, tuple(hearing.verdicts))
