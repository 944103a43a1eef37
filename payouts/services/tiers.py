"""Steps of tiers that affiliates reach: written once, and only forward (rules B1 to B4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from affiliates.domain.terms import Step
from affiliates.models import Affiliate, Terms
from affiliates.queries import terms_for
from payouts.domain.achievements import steps_reached
from payouts.models import TierReached
from payouts.queries.achievements import approved_since, tier_count
from payouts.services import achievement_mails
from payouts.services.affiliates_in_turn import for_each


def note_reached(*, now: datetime, since: datetime) -> int:
    """Write the steps that affiliates have reached in their current period; return how many.

    Looks at affiliates of which a commission was approved since ``since``. Safe to repeat and to
    race: one row for each step, and one mail.
    """
    return for_each(approved_since(since), note_reached_of, now=now)


@transaction.atomic
def note_reached_of(affiliate_id: int, *, now: datetime) -> int:
    """Write the steps that one affiliate has reached and that are not written; return how many.

    The steps are those of its terms at ``now``. What pays from then on is the highest.
    """
    # One at a time for an affiliate; its other rows can be written meanwhile.
    Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    terms = terms_for(affiliate_id, now)
    count = tier_count(affiliate_id, terms, now)
    if terms is None or count is None:
        return 0
    steps = _unwritten(affiliate_id, terms, count.since, steps_reached(count.tiers, count.value))
    rows = [
        TierReached.objects.create(
            affiliate_id=affiliate_id,
            terms=terms,
            period_from=count.since,
            period_to=count.until,
            at=step.at,
            value=count.value,
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
