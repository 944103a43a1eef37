"""What stands about many payees at a moment: a few questions, however many they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.conf import settings
from django.db.models import DateTimeField, Value

from affiliates.domain.tax import Freshness, freshness, needs_vat_number
from affiliates.models import (
    Affiliate,
    AffiliateKind,
    Mandate,
    PayeeChange,
    Stop,
    Stopped,
    TaxProfile,
    VatCheckState,
    VatRegime,
)
from core.money import Money
from influencers.domain.contract import contract_total
from influencers.queries.contracts import ContractIndex
from payouts.domain.gates import PAYROLL, ContractFacts, Held, Papers
from payouts.domain.vat import VatRefused, vat_of, vat_on
from payouts.queries.name_checks import mismatched
from payouts.queries.paid_in_year import NOTHING, Paid, paid_in_year
from payouts.queries.waiting import live_holds, stopping

_HELD, _DIFFERS, _MISMATCHED = "held", "differs", "mismatched"
_STOPPED, _COOLS, _SIGNED = "stopped", "cools", "signed"
_UNANSWERED = (VatCheckState.WAITING, VatCheckState.UNAVAILABLE)


class PayeeIndex:
    """Sanctions, waits after changes, and papers of some payees, as they are ``at`` a moment."""

    def __init__(
        self, affiliate_ids: Iterable[int], at: datetime, *, leaving: Collection[int] = ()
    ) -> None:
        """``leaving``: the payouts that are judged, which do not count as paid already."""
        self.affiliate_ids = frozenset(affiliate_ids)
        self._leaving = frozenset(leaving)
        self._contracts: dict[date, ContractIndex] = {}
        self._paid: dict[int, dict[int, Paid]] = {}
        self.blocked_countries = frozenset(settings.PAYOUT_BLOCKED_COUNTRIES)
        self.stopped: set[int] = set()
        self.cools_until: dict[int, datetime] = {}
        self.held: dict[int, Held] = {}
        self.differing: set[int] = set()
        self.mismatched: set[int] = set()
        self._has_mandate: set[int] = set()
        self._note_what_waits(at)
        self._at = at
        self._profiles = self._newest_profiles()
        self._needs_papers = self._who_needs_papers()
        self._once_proven = self._who_was_proven()

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
            vat_number=not needs_vat_number(profile.vat_regime) or self._is_proven(profile),
        )

    def _is_proven(self, profile: TaxProfile) -> bool:
        """An unanswered question stops nobody whose number was known before (rule T11)."""
        if profile.vat_state in _UNANSWERED:
            return profile.affiliate_id in self._once_proven
        return profile.vat_state == VatCheckState.VALID

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

    def contract_of(self, affiliate: Affiliate, currency: str, on: date) -> ContractFacts | None:
        """Return what decides whether ``affiliate`` needs a contract to be paid ``on`` a day (CT8).

        None for who is no influencer, for whom a signed contract covers the day, before the law,
        and for another currency than the law's.
        """
        if affiliate.kind != AffiliateKind.INFLUENCER:
            return None
        index = self._contracts.setdefault(on, ContractIndex(self.affiliate_ids, on))
        if index.is_covered(affiliate.pk):
            return None
        if index.threshold is None or index.threshold.limit.currency != currency:
            return None
        cash = self._paid_in(on.year).get(affiliate.pk, NOTHING).net
        return ContractFacts(
            counted=contract_total(cash, index.gifts_of(affiliate.pk)).total,
            limit=index.threshold.limit,
        )

    def _paid_in(self, year: int) -> dict[int, Paid]:
        if year not in self._paid:
            self._paid[year] = paid_in_year(
                year, self.affiliate_ids, besides=self._leaving, with_leaving=True
            )
        return self._paid[year]

    def _note_what_waits(self, at: datetime) -> None:
        """Note who is stopped or held, about whom the books differ, what changed, who signed."""
        ids, never = self.affiliate_ids, Value(None, DateTimeField())
        stops = Stop.objects.at(at).filter(affiliate__in=ids, what=Stopped.PAYOUTS)
        changes = PayeeChange.objects.filter(affiliate__in=ids, at__lte=at, cools_until__gt=at)
        signed = Mandate.objects.live().filter(affiliate__in=ids)
        holds = live_holds(at, leaving=self._leaving).filter(affiliate__in=ids)
        rows = holds.values_list("affiliate", "until", Value(_HELD)).union(
            stopping().filter(affiliate__in=ids).values_list("affiliate", never, Value(_DIFFERS)),
            mismatched(ids).values_list("affiliate", never, Value(_MISMATCHED)),
            stops.order_by().values_list("affiliate", never, Value(_STOPPED)),
            changes.order_by().values_list("affiliate", "cools_until", Value(_COOLS)),
            signed.order_by().values_list("affiliate", never, Value(_SIGNED)),
            all=True,
        )
        simple = {
            _DIFFERS: self.differing,
            _MISMATCHED: self.mismatched,
            _STOPPED: self.stopped,
            _SIGNED: self._has_mandate,
        }
        for affiliate_id, until, what in rows:
            if what in simple:
                simple[what].add(affiliate_id)
            elif what == _COOLS:
                known = self.cools_until.get(affiliate_id, until)
                self.cools_until[affiliate_id] = max(known, until)
            elif _ends_later(until, self.held.get(affiliate_id)):
                self.held[affiliate_id] = Held(until)

    def _newest_profiles(self) -> dict[int, TaxProfile]:
        declared = TaxProfile.objects.filter(
            affiliate__in=self.affiliate_ids, declared_at__lte=self._at
        )
        return {profile.affiliate_id: profile for profile in declared.newest_of_each()}

    def _who_needs_papers(self) -> frozenset[int]:
        if settings.PAYOUTS_NEED_MANDATE:
            return self.affiliate_ids
        return frozenset(pk for pk, profile in self._profiles.items() if _charges_vat(profile))

    def _who_was_proven(self) -> frozenset[int]:
        waiting = [
            pk
            for pk in self._needs_papers & self._profiles.keys()
            if self._profiles[pk].vat_state in _UNANSWERED
        ]
        if not waiting:
            return frozenset()
        proven = TaxProfile.objects.filter(affiliate__in=waiting, vat_state=VatCheckState.VALID)
        return frozenset(proven.values_list("affiliate_id", flat=True))


def _ends_later(until: datetime | None, held: Held | None) -> bool:
    if held is None or until is None:
        return True
    return held.until is not None and until > held.until


def _charges_vat(profile: TaxProfile) -> bool:
    return profile.vat_regime == VatRegime.CHARGED
