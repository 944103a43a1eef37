"""What influencers were paid and given this year, against the amount that needs a contract."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from affiliates.models import Affiliate, AffiliateKind, AffiliateStatus
from influencers.domain.contract import Level, Threshold, YearTotal, contract_total, level_of
from influencers.queries.contracts import ContractIndex
from payouts.domain.calendar import bank_date
from payouts.queries.paid_in_year import NOTHING, paid_in_year


@dataclass(frozen=True, slots=True, kw_only=True)
class InfluencerYear:
    """An influencer's calendar year so far. ``threshold`` None: the law asks for nothing."""

    affiliate: Affiliate
    year: int
    counted: YearTotal
    threshold: Threshold | None
    level: Level
    is_covered: bool

    @property
    def needs_contract(self) -> bool:
        """Tell whether a contract is near or mandatory, and none that is signed covers today."""
        return self.level != Level.FREE and not self.is_covered


def influencers() -> QuerySet[Affiliate]:
    """Return the influencers whose account is not closed, by name."""
    found = Affiliate.objects.filter(kind=AffiliateKind.INFLUENCER)
    return found.exclude(status=AffiliateStatus.CLOSED).order_by("name", "pk")


def influencer_years(affiliates: Collection[Affiliate], now: datetime) -> list[InfluencerYear]:
    """Return the year of each, in their order (CT2 to CT5). Five queries, however many."""
    day, ids = bank_date(now), [affiliate.pk for affiliate in affiliates]
    index, paid = ContractIndex(ids, day), paid_in_year(day.year, ids, with_leaving=True)
    rows = []
    for affiliate in affiliates:
        cash = paid.get(affiliate.pk, NOTHING).net
        counted = contract_total(cash, index.gifts_of(affiliate.pk))
        rows.append(
            InfluencerYear(
                affiliate=affiliate,
                year=day.year,
                counted=counted,
                threshold=index.threshold,
                level=level_of(counted.total, index.threshold),
                is_covered=index.is_covered(affiliate.pk),
            )
        )
    return rows
