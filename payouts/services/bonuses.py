"""Bonuses that terms promise: awarded once each, as adjustments (rules B5 to B8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from affiliates.domain.terms import Bonus, BonusKind, Every, TermsRules
from affiliates.domain.terms_document import read_rules
from affiliates.models import Affiliate, Programme, Terms
from affiliates.queries import TermsIndex
from core.pulls import LOOK_BACK
from payouts.domain.achievements import period_of
from payouts.models import Adjustment, AdjustmentReason
from payouts.queries.achievements import (
    approved_since,
    bonus_key,
    bonus_window,
    first_approved,
    metric_value,
    runs_on,
    window_of,
)
from payouts.services import achievement_mails
from payouts.services.adjustments import book
from payouts.services.affiliates_in_turn import for_each

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class _Chance:
    """A bonus that may have been reached, by the terms of a day."""

    bonus: Bonus
    terms: Terms
    rules: TermsRules
    day: date


def award(*, now: datetime, since: datetime) -> int:
    """Award what affiliates have reached; return how many bonuses.

    Looks at active affiliates of which a commission was approved since ``since``; the others get
    theirs when they are active again, as long as it is looked for. Safe to repeat and to race.
    """
    active = Affiliate.objects.filter(pk__in=approved_since(since), status="active")
    return for_each(active.order_by("pk").values_list("pk", flat=True), award_to, now=now)


@transaction.atomic
def award_to(affiliate_id: int, *, now: datetime) -> int:
    """Award one affiliate the bonuses that it has reached and not had; return how many.

    A goal or campaign that ended within the last seven days is still looked at, by the terms of
    its last moment: what was approved in its last minutes counts too.
    """
    # One at a time for an affiliate; its other rows can be written meanwhile.
    Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    return sum(_award(affiliate_id, chance, now) for chance in _chances(affiliate_id, now))


def _chances(affiliate_id: int, now: datetime) -> Iterator[_Chance]:
    yield from _first_sale(affiliate_id)
    zone = Programme.get().zone
    today = now.astimezone(zone).date()
    index = TermsIndex([affiliate_id])
    yield from _at(index, affiliate_id, now, today, tuple(Every))
    for every in Every:
        began = window_of(*period_of(today, every), zone).since
        if now - began < LOOK_BACK:
            last = began - _INSTANT
            yield from _at(index, affiliate_id, last, last.astimezone(zone).date(), (every,))
    before = now - LOOK_BACK
    terms = index.at(affiliate_id, before)
    for bonus in read_rules(terms.rules).bonuses if terms else ():
        if bonus.kind == BonusKind.CAMPAIGN and bonus.until is not None:
            ended = window_of(bonus.until, bonus.until, zone).since
            if before < ended <= now:
                last = ended - _INSTANT
                yield from _at(index, affiliate_id, last, last.astimezone(zone).date(), ())


def _at(
    index: TermsIndex, affiliate_id: int, moment: datetime, day: date, periods: tuple[Every, ...]
) -> Iterator[_Chance]:
    """The campaigns that run on ``day``, and the goals of ``periods``, by the terms of then."""
    terms = index.at(affiliate_id, moment)
    if terms is None:
        return
    rules = read_rules(terms.rules)
    for bonus in rules.bonuses:
        is_goal = bonus.kind == BonusKind.GOAL and bonus.every in periods
        if is_goal or (bonus.kind == BonusKind.CAMPAIGN and runs_on(bonus, day)):
            yield _Chance(bonus, terms, rules, day)


def _first_sale(affiliate_id: int) -> Iterator[_Chance]:
    """The first-sale bonuses of the terms of the first commission that was approved."""
    first = first_approved(affiliate_id)
    if first is None:
        return
    rules = read_rules(first.terms.rules)
    for bonus in rules.bonuses:
        if bonus.kind == BonusKind.FIRST_SALE:
            yield _Chance(bonus, first.terms, rules, date.min)


def _award(affiliate_id: int, chance: _Chance, now: datetime) -> int:
    bonus, terms = chance.bonus, chance.terms
    key = bonus_key(affiliate_id, bonus, chance.day)
    if Adjustment.objects.filter(source_key=key).exists() or not _is_reached(affiliate_id, chance):
        return 0
    adjustment = Adjustment(
        affiliate_id=affiliate_id,
        text=bonus.name,
        amount_minor=bonus.minor,
        currency=terms.currency,
        reason=AdjustmentReason.BONUS,
        is_payable=True,
        source_key=key,
        effective_at=now,
        created_at=now,
    )
    (stored,) = book([adjustment], {}, now=now)
    achievement_mails.bonus_awarded(stored, now=now)
    return 1


def _is_reached(affiliate_id: int, chance: _Chance) -> bool:
    if chance.bonus.kind == BonusKind.FIRST_SALE:
        return True
    value = metric_value(
        affiliate_id,
        chance.bonus.metric,
        bonus_window(chance.bonus, chance.terms, chance.day, Programme.get().zone),
        currency=chance.terms.currency,
        unknown=chance.rules.unknown_customer,
    )
    return value >= chance.bonus.at
