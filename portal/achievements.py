"""Tiers and bonuses as an affiliate reads them: how far, what is missing, what was reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from affiliates.domain.terms import Bonus, BonusKind, Metric
from affiliates.models import Terms
from core.money import Money
from payouts.queries.achievements import (
    BonusProgress,
    Counting,
    TierProgress,
    bonus_progress,
    tier_progress,
)
from portal.formats import format_bps, format_count, format_day, format_money


@dataclass(frozen=True, slots=True, kw_only=True)
class Achievement:
    """Something to reach: a bar from 0 to ``maximum``, and the sentence that says what is left.

    ``maximum`` 0: there is nothing to measure, only ``text``.
    """

    label: str
    text: str
    value: int = 0
    maximum: int = 0
    is_done: bool = False


def achievements(affiliate_id: int, terms: Terms | None, now: datetime) -> list[Achievement]:
    """Return what the terms of an affiliate let it reach; nothing without tiers and bonuses."""
    if terms is None:
        return []
    counting = Counting(affiliate_id)
    progress = tier_progress(affiliate_id, terms, now, counting)
    tiers = [_tier(progress, terms.currency)] if progress else []
    bonuses = bonus_progress(affiliate_id, terms, now, counting)
    return [*tiers, *(_bonus(one, terms.currency) for one in bonuses)]


def _tier(progress: TierProgress, currency: str) -> Achievement:
    label = _("Your rate for new orders: %(rate)s") % {"rate": format_bps(progress.rate_bps)}
    last = format_day(progress.until - timedelta(days=1))
    step = progress.next
    if step is None:
        text = _("This is the best rate of your terms. It holds until %(day)s.") % {"day": last}
        return Achievement(label=label, text=text, is_done=True)
    left = _to_go(progress.tiers.metric, step.at - progress.value, currency)
    text = _("%(left)s until %(rate)s. Counted: what is validated until %(day)s.") % {
        "left": left,
        "rate": format_bps(step.rate_bps),
        "day": last,
    }
    return Achievement(label=label, text=text, value=max(progress.value, 0), maximum=step.at)


def _bonus(progress: BonusProgress, currency: str) -> Achievement:
    bonus = progress.bonus
    label = _("%(name)s: %(amount)s") % {
        "name": bonus.name,
        "amount": format_money(Money(bonus.minor, currency)),
    }
    if progress.is_awarded:
        return Achievement(label=label, text=_("Reached: it is in your balance."), is_done=True)
    needed = 1 if bonus.kind == BonusKind.FIRST_SALE else bonus.at
    if progress.value >= needed:
        return Achievement(label=label, text=_("Reached: it is added within minutes."))
    if bonus.kind == BonusKind.FIRST_SALE:
        return Achievement(label=label, text=_("With your first validated sale."))
    left = _to_go(bonus.metric, needed - progress.value, currency)
    text = _("%(left)s. %(when)s") % {"left": left, "when": _when(bonus)}
    return Achievement(label=label, text=text, value=progress.value, maximum=needed)


def _to_go(metric: Metric, left: int, currency: str) -> str:
    if metric == Metric.MARGIN:
        return _("%(amount)s of margin to go") % {"amount": format_money(Money(left, currency))}
    said = {"n": format_count(left)}
    if metric == Metric.ORDERS:
        return ngettext("%(n)s order to go", "%(n)s orders to go", left) % said
    return ngettext("%(n)s new customer to go", "%(n)s new customers to go", left) % said


def _when(bonus: Bonus) -> str:
    if bonus.kind == BonusKind.GOAL:
        return {
            "month": _("Counted anew each month."),
            "quarter": _("Counted anew each quarter."),
            "year": _("Counted anew each year."),
        }[bonus.every]
    if bonus.until is None:
        return _("Once.")
    last = bonus.until - timedelta(days=1)
    return _("Once, for sales validated until %(day)s.") % {"day": format_day(last)}
