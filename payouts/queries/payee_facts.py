"""What stands about many payees at a moment: a few questions, however many they are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import Max

from affiliates.domain.tax import Freshness, freshness, needs_vat_number
from affiliates.models import (
    Mandate,
    PayeeChange,
    Stop,
    Stopped,
    TaxProfile,
    VatCheckState,
    VatRegime,
)
from payouts.domain.gates import Papers


class PayeeIndex:
    """Sanctions, waits after changes, and papers of some payees, as they are ``at`` a moment."""

    def __init__(self, affiliate_ids: Iterable[int], at: datetime) -> None:
        self.affiliate_ids = frozenset(affiliate_ids)
        self.blocked_countries = frozenset(settings.PAYOUT_BLOCKED_COUNTRIES)
        stops = Stop.objects.at(at).filter(affiliate__in=self.affiliate_ids, what=Stopped.PAYOUTS)
        self.stopped: frozenset[int] = frozenset(stops.values_list("affiliate_id", flat=True))
        changes = (
            PayeeChange.objects.filter(
                affiliate__in=self.affiliate_ids, at__lte=at, cools_until__gt=at
            )
            .values_list("affiliate")
            .annotate(Max("cools_until"))
            .order_by()
        )
        self.cools_until: dict[int, datetime] = dict(changes)
        self._papers = self._read_papers(at) if settings.PAYOUTS_NEED_MANDATE else None

    def papers_of(self, affiliate_id: int) -> Papers | None:
        """Return what a payee signed and declared; ``None`` while nobody asks for it (P47)."""
        return None if self._papers is None else self._papers[affiliate_id]

    def _read_papers(self, at: datetime) -> dict[int, Papers]:
        profiles = (
            TaxProfile.objects.filter(affiliate__in=self.affiliate_ids, declared_at__lte=at)
            .order_by("affiliate", "-declared_at", "-pk")
            .distinct("affiliate")
        )
        newest = {profile.affiliate_id: profile for profile in profiles}
        mandates = Mandate.objects.filter(affiliate__in=self.affiliate_ids, ended_at__isnull=True)
        accepted = set(mandates.values_list("affiliate_id", flat=True))
        return {
            affiliate_id: _papers(
                newest.get(affiliate_id), has_mandate=affiliate_id in accepted, at=at
            )
            for affiliate_id in self.affiliate_ids
        }


def _papers(profile: TaxProfile | None, *, has_mandate: bool, at: datetime) -> Papers:
    if profile is None:
        return Papers(mandate=has_mandate, tax_profile=False, vat_number=False)
    return Papers(
        mandate=has_mandate or profile.vat_regime == VatRegime.NONE,
        tax_profile=freshness(profile.confirmed_at, at) != Freshness.STALE,
        vat_number=not needs_vat_number(profile.vat_regime)
        or profile.vat_state == VatCheckState.VALID,
    )
