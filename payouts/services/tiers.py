"""Steps of tiers that affiliates reach: written once, and only forward (rules B1 to B4)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from affiliates.domain.terms import Step
from affiliates.domain.terms_document import read_rules
from affiliates.models import Affiliate, Terms
from affiliates.queries import terms_for
from payouts.domain.achievements import period_of, steps_reached
from payouts.models import TierReached
from payouts.queries.achievements import (
    approved_since,
    metric_value,
    programme_zone,
    window_of,
)
from payouts.services import achievement_mails

log = logging.getLogger(__name__)


def note_reached(*, now: datetime, since: datetime) -> int:
    """Write the steps that affiliates have reached in their current period; return how many.

    Looks at affiliates of which a commission was approved since ``since``. Safe to repeat and to
    race: one row for each step, and one mail.
    """
    return sum(_guarded(pk, now) for pk in approved_since(since))


def _guarded(affiliate_id: int, now: datetime) -> int:
    try:
        return note_reached_of(affiliate_id, now=now)
    except Exception:  # One that cannot be counted must not hold up the others.
        log.exception("The tiers of affiliate %s could not be counted.", affiliate_id)
        return 0


@transaction.atomic
def note_reached_of(affiliate_id: int, *, now: datetime) -> int:
    """Write the steps that one affiliate has reached and that are not written; return how many.

    The steps are those of its terms at ``now``. What pays from then on is the highest.
    """
    # One at a time for an affiliate; its other rows can be written meanwhile.
    Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    terms = terms_for(affiliate_id, now)
    rules = read_rules(terms.rules) if terms else None
    if terms is None or rules is None or rules.tiers is None:
        return 0
    zone = programme_zone()
    first, end = period_of(now.astimezone(zone).date(), rules.tiers.every)
    value = metric_value(
        affiliate_id,
        rules.tiers.metric,
        window_of(first, end, zone),
        currency=terms.currency,
        unknown=rules.unknown_customer,
    )
    steps = _unwritten(affiliate_id, terms, first, steps_reached(rules.tiers, value))
    rows = [
        TierReached.objects.create(
            affiliate_id=affiliate_id,
            terms=terms,
            period_from=first,
            period_to=end,
            at=step.at,
            value=value,
            rate_bps=step.rate_bps,
            reached_at=now,
        )
        for step in steps
    ]
    if rows and rows[-1].rate_bps > terms.rate_bps:
        achievement_mails.tier_reached(rows[-1], now=now)
    return len(rows)


def _unwritten(affiliate_id: int, terms: Terms, first: date, steps: Sequence[Step]) -> list[Step]:
    written = TierReached.objects.filter(affiliate=affiliate_id, terms=terms, period_from=first)
    known = set(written.values_list("at", flat=True))
    return [step for step in steps if step.at not in known]
