"""What stands about many payees at a moment: a few questions, however many they are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

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
from core.money import Money
from payouts.domain.gates import PAYROLL, Papers
from payouts.domain.vat import VatRefused, vat_of, vat_on


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
        self._at = at
        self._profiles = self._newest_profiles()
        self._needs_papers = self._who_needs_papers()
        self._has_mandate = self._who_has_mandate()

    def papers_of(self, affiliate_id: int) -> Papers | None:
        """Return what a payee signed and declared; ``None`` while nobody asks for it (P47).

        Whoever charges VAT is always asked: it is paid on top, and only an invoice gives it back.
        """
        if affiliate_id not in self._needs_papers:
            return None
        profile, has_mandate = self._profiles.get(affiliate_id), affiliate_id in self._has_mandate
        if profile is None:
            return Papers(mandate=has_mandate, tax_profile=False, vat_number=False)
        return Papers(
            mandate=has_mandate or profile.vat_regime == VatRegime.NONE,
            tax_profile=freshness(profile.confirmed_at, self._at) != Freshness.STALE,
            vat_number=not needs_vat_number(profile.vat_regime)
            or profile.vat_state == VatCheckState.VALID,
        )

    def vat_of(self, affiliate_id: int, due: Money, *, rail: str, on: date) -> Money:
        """Return the VAT that is paid on top of ``due`` on a day, to the cent half up (IV20).

        Nothing for a debt, with the salary, and while the profile cannot be invoiced with.
        """
        profile = self._profiles.get(affiliate_id)
        nothing = Money(0, due.currency)
        if profile is None or rail == PAYROLL or due.minor <= 0 or not _charges_vat(profile):
            return nothing
        try:
            return vat_on(due, vat_of(profile, on=on).rate_bps)
        except VatRefused:
            return nothing

    def _newest_profiles(self) -> dict[int, TaxProfile]:
        declared = TaxProfile.objects.filter(
            affiliate__in=self.affiliate_ids, declared_at__lte=self._at
        )
        return {profile.affiliate_id: profile for profile in declared.newest_of_each()}

    def _who_needs_papers(self) -> frozenset[int]:
        if settings.PAYOUTS_NEED_MANDATE:
            return self.affiliate_ids
        return frozenset(pk for pk, profile in self._profiles.items() if _charges_vat(profile))

    def _who_has_mandate(self) -> frozenset[int]:
        if not self._needs_papers:
            return frozenset()
        live = Mandate.objects.live().filter(affiliate__in=self._needs_papers)
        return frozenset(live.values_list("affiliate_id", flat=True))


def _charges_vat(profile: TaxProfile) -> bool:
    return profile.vat_regime == VatRegime.CHARGED
