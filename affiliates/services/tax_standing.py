"""Where payees stand with taxes and mandate: what pages show, and what gates of payouts ask."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from affiliates.domain import tax
from affiliates.domain.tax import Freshness
from affiliates.models import Mandate, MandateText, TaxProfile, VatCheckState
from affiliates.services import mandates
from affiliates.services.tax import declared_of
from core.wording import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a payee's taxes at a moment. ``missing``: sentences, none when complete."""

    profile: TaxProfile | None
    missing: tuple[Said, ...]
    freshness: Freshness
    was_proven: bool  # The register knew a VAT number of this payee, of any version.
    mandate: Mandate | None
    text: MandateText | None  # The one to accept today.

    @property
    def is_complete(self) -> bool:
        return self.profile is not None and not self.missing

    @property
    def is_stale(self) -> bool:
        return self.profile is not None and self.freshness == Freshness.STALE

    @property
    def is_vat_refused(self) -> bool:
        """The register does not know the number that invoices would name (T11)."""
        return self._names_number and self._state == VatCheckState.INVALID

    @property
    def waits_for_vat(self) -> bool:
        """The register has not answered yet, and never knew this payee before (T11)."""
        waiting = {VatCheckState.WAITING, VatCheckState.UNAVAILABLE}
        return self._names_number and self._state in waiting and not self.was_proven

    @property
    def has_mandate(self) -> bool:
        return self.mandate is not None

    @property
    def is_asked_for_mandate(self) -> bool:
        """There is a text, and this payee has not accepted it."""
        if self.text is None:
            return False
        return self.mandate is None or self.mandate.text_id != self.text.pk

    @property
    def is_in_order(self) -> bool:
        """Nothing about taxes stands in the way of a payment."""
        problems = (self.is_stale, self.is_vat_refused, self.waits_for_vat, not self.has_mandate)
        return self.is_complete and not any(problems)

    @property
    def _state(self) -> str:
        return self.profile.vat_state if self.profile else ""

    @property
    def _names_number(self) -> bool:
        return self.profile is not None and tax.needs_vat_number(self.profile.vat_regime)


def standing_of(affiliate_id: int, now: datetime) -> Standing:
    """Return where one payee stands."""
    return standings([affiliate_id], now)[affiliate_id]


def standings(affiliate_ids: Collection[int], now: datetime) -> dict[int, Standing]:
    """Return where each of them stands. Four queries, however many they are."""
    profiles = TaxProfile.objects.filter(affiliate__in=affiliate_ids)
    newest = {profile.affiliate_id: profile for profile in profiles.newest_of_each()}
    proven = set(
        profiles.filter(vat_state=VatCheckState.VALID).values_list("affiliate_id", flat=True)
    )
    live = Mandate.objects.live().filter(affiliate__in=affiliate_ids)
    held = {mandate.affiliate_id: mandate for mandate in live.select_related("text")}
    text = mandates.text_at(now)
    return {
        pk: _standing(newest.get(pk), held.get(pk), text, now, was_proven=pk in proven)
        for pk in affiliate_ids
    }


def _standing(
    profile: TaxProfile | None,
    mandate: Mandate | None,
    text: MandateText | None,
    now: datetime,
    *,
    was_proven: bool,
) -> Standing:
    return Standing(
        profile=profile,
        missing=tax.missing(declared_of(profile)) if profile else (),
        freshness=tax.freshness(profile.confirmed_at, now) if profile else Freshness.STALE,
        was_proven=was_proven,
        mandate=mandate,
        text=text,
    )
