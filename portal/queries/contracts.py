"""Contracts, gifts and the year of influencers, as the pages show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet

from affiliates.models import Affiliate
from influencers.domain.contract import Level
from influencers.models import Contract, ContractStatus, Gift
from payouts.queries.campaign_fees import unpaid_minor
from payouts.queries.influencer_years import InfluencerYear, influencer_years, influencers


class Wanted(StrEnum):
    """What the list of influencers is narrowed to."""

    ALL = "all"
    MISSING = "missing"
    NEAR = "near"
    OFFERED = "offered"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRow:
    """An influencer in the list. ``contract`` is the newest that was not withdrawn, if any."""

    year: InfluencerYear
    contract: Contract | None

    @property
    def affiliate(self) -> Affiliate:
        return self.year.affiliate

    def is_wanted(self, wanted: str) -> bool:
        """Tell whether the row belongs into a narrowed list."""
        return {
            Wanted.MISSING: self.year.needs_contract and self.year.level == Level.MANDATORY,
            Wanted.NEAR: self.year.needs_contract and self.year.level == Level.WARNED,
            Wanted.OFFERED: self.contract is not None
            and self.contract.status == ContractStatus.OFFERED,
        }.get(Wanted(wanted), True)


def contract_rows(search: str, now: datetime) -> list[ContractRow]:
    """Return every influencer, the largest total first. Six queries, however many they are."""
    found = influencers()
    if search:
        found = found.filter(name__icontains=search)
    years = influencer_years(list(found), now)
    newest = _newest([one.affiliate.pk for one in years])
    rows = [ContractRow(year=one, contract=newest.get(one.affiliate.pk)) for one in years]
    return sorted(rows, key=lambda row: (-row.year.counted.total.minor, row.affiliate.name))


def counts(rows: Collection[ContractRow]) -> Counter[str]:
    """Return how many rows each narrowing keeps."""
    return Counter({wanted: sum(row.is_wanted(wanted) for row in rows) for wanted in Wanted})


def year_of(affiliate: Affiliate, now: datetime) -> InfluencerYear:
    """Return the year of one influencer."""
    return influencer_years([affiliate], now)[0]


def paid_or_owed(affiliate: Affiliate, now: datetime) -> int:
    """Return what an influencer was paid this year, and what campaigns owe them, in minor units."""
    return year_of(affiliate, now).counted.cash.minor + unpaid_minor(affiliate.pk)


def contracts() -> QuerySet[Contract]:
    """Return contracts with what their pages name, newest first."""
    found = Contract.objects.select_related("affiliate", "text", "offered_by", "created_by")
    return found.order_by("-created_at", "-pk")


def own_contracts() -> QuerySet[Contract]:
    """Return the contracts that influencers see: drafts are ours alone."""
    return contracts().filter(offered_at__isnull=False)


def gifts() -> QuerySet[Gift]:
    """Return gifts, the last given first, each with what took it back."""
    found = Gift.objects.select_related("affiliate", "created_by", "taken_back_by")
    return found.filter(takes_back__isnull=True).order_by("-given_on", "-pk")


def _newest(affiliate_ids: Collection[int]) -> dict[int, Contract]:
    rows = (
        Contract.objects.filter(affiliate__in=affiliate_ids)
        .exclude(status=ContractStatus.WITHDRAWN)
        .order_by("affiliate", "-created_at", "-pk")
        .distinct("affiliate")
    )
    return {contract.affiliate_id: contract for contract in rows}
