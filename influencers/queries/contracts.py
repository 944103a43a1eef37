"""What influencers were given in a year, and whether a signed contract covers a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from functools import cached_property

from django.db.models import Sum

from core.money import Money
from influencers.domain.contract import GiftValue, Threshold, covers, threshold_on
from influencers.models import Contract, ContractThreshold, Gift


def threshold_at(day: date) -> Threshold | None:
    """Return from which amount a contract is mandatory on ``day``; None: from none."""
    rows = ContractThreshold.objects.filter(since__lte=day)
    return threshold_on([row.to_domain() for row in rows], day)


class ContractIndex:
    """Gifts of the calendar year and signed contracts of some affiliates, as of a day.

    Three queries at most, however many they are: what nobody asks for is not looked up. Those who
    are no influencers simply have nothing.
    """

    def __init__(self, affiliate_ids: Iterable[int], day: date) -> None:
        self._ids, self._day = frozenset(affiliate_ids), day

    @cached_property
    def threshold(self) -> Threshold | None:
        """From which amount a contract is mandatory on the day; None: from none."""
        return threshold_at(self._day)

    @cached_property
    def _gifts(self) -> defaultdict[int, list[GiftValue]]:
        return _gifts_of(self._ids, self._day.year, self.threshold)

    @cached_property
    def _covered(self) -> frozenset[int]:
        return covered(self._ids, self._day)

    def gifts_of(self, affiliate_id: int) -> list[GiftValue]:
        """Return what was given in the year, summed by purpose, excluding VAT."""
        return self._gifts[affiliate_id]

    def is_covered(self, affiliate_id: int) -> bool:
        """Tell whether a contract that the influencer signed holds on the day."""
        return affiliate_id in self._covered


def covered(affiliate_ids: Collection[int], day: date) -> frozenset[int]:
    """Return whom a signed contract covers on ``day``."""
    signed = Contract.objects.filter(
        affiliate__in=affiliate_ids, status__in=Contract.BINDING, starts_on__lte=day
    )
    return frozenset(one.affiliate_id for one in signed if covers(one.period, day))


def _gifts_of(
    affiliate_ids: Collection[int], year: int, threshold: Threshold | None
) -> defaultdict[int, list[GiftValue]]:
    found: defaultdict[int, list[GiftValue]] = defaultdict(list)
    if threshold is None:
        return found
    currency = threshold.limit.currency
    gifts = Gift.objects.filter(affiliate__in=affiliate_ids, given_on__year=year, currency=currency)
    sums = gifts.order_by().values_list("affiliate", "purpose").annotate(total=Sum("value_minor"))
    for affiliate_id, purpose, minor in sums:
        if minor:
            found[affiliate_id].append(GiftValue(purpose, Money(minor, currency)))
    return found
