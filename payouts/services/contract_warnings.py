"""Managers are warned before an influencer cannot be paid for want of a contract (CT5)."""

from __future__ import annotations

from datetime import datetime

from influencers.domain.contract import Level
from influencers.services import contract_mails
from payouts.queries.influencer_years import influencer_years, influencers


def warn(*, now: datetime) -> int:
    """Mail managers about influencers near or above the threshold without a signed contract.

    Each is told of once a year when it is near, and once when it is reached. Safe to repeat.
    Returns how many need a contract.
    """
    needing = [one for one in influencer_years(list(influencers()), now) if one.needs_contract]
    for one in needing:
        if one.threshold is None:
            continue
        contract_mails.near_threshold(
            one.affiliate,
            year=one.year,
            total=one.counted.total,
            limit=one.threshold.limit,
            is_reached=one.level == Level.MANDATORY,
            now=now,
        )
    return len(needing)
