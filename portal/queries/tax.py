"""Payees whose taxes or mandate stand in the way, and what was paid to them this year."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy

from affiliates.domain import tax
from affiliates.domain.tax import Freshness
from affiliates.models import Affiliate, AffiliateKind, AffiliateStatus, MandateText
from affiliates.services.tax_standing import Standing, standings
from core.money import Money
from payouts.domain.calendar import bank_date
from payouts.queries.paid_in_year import NOTHING, paid_in_year
from portal.display import StatusText


class Problem(StrEnum):
    """What about a payee's taxes needs somebody."""

    NO_PROFILE = "no_profile"
    INCOMPLETE = "incomplete"
    STALE = "stale"
    ASKED_AGAIN = "asked_again"
    VAT_UNKNOWN = "vat_unknown"
    VAT_WAITS = "vat_waits"
    NO_MANDATE = "no_mandate"
    OLD_MANDATE = "old_mandate"
    THRESHOLD = "threshold"


PROBLEMS = {
    Problem.NO_PROFILE: (gettext_lazy("No tax profile"), "danger"),
    Problem.INCOMPLETE: (gettext_lazy("Incomplete"), "danger"),
    Problem.STALE: (gettext_lazy("Not confirmed this year"), "danger"),
    Problem.ASKED_AGAIN: (gettext_lazy("To be confirmed in January"), "info"),
    Problem.VAT_UNKNOWN: (gettext_lazy("VAT number unknown"), "danger"),
    Problem.VAT_WAITS: (gettext_lazy("Waits for the VAT register"), "warning"),
    Problem.NO_MANDATE: (gettext_lazy("No mandate"), "danger"),
    Problem.OLD_MANDATE: (gettext_lazy("Mandate in an older text"), "info"),
    Problem.THRESHOLD: (gettext_lazy("Above the VAT threshold"), "warning"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRow:
    """A payee in the list."""

    affiliate: Affiliate
    standing: Standing
    paid: Money
    problems: tuple[Problem, ...]

    @property
    def states(self) -> list[StatusText]:
        return [problem_status(problem) for problem in self.problems]


def problem_status(problem: Problem) -> StatusText:
    """Return a problem as a badge."""
    label, tone = PROBLEMS[problem]
    return StatusText(problem.value, label, tone, "circle-alert")  # type: ignore[arg-type]


def payees(search: str = "") -> QuerySet[Affiliate]:
    """Return everybody who is paid on invoices: neither employees nor closed accounts."""
    found = Affiliate.objects.exclude(kind=AffiliateKind.EMPLOYEE)
    found = found.exclude(status=AffiliateStatus.CLOSED).order_by("name", "pk")
    return found.filter(name__icontains=search) if search else found


def tax_rows(affiliates: Collection[Affiliate], now: datetime) -> list[TaxRow]:
    """Return where each of them stands, and what was paid to it this year without VAT (P57).

    Six queries, however many they are.
    """
    ids = [affiliate.pk for affiliate in affiliates]
    found, paid = standings(ids, now), paid_in_year(bank_date(now).year, ids)
    limit = threshold(now)
    rows = []
    for affiliate in affiliates:
        turnover = paid.get(affiliate.pk, NOTHING).net
        rows.append(
            TaxRow(
                affiliate=affiliate,
                standing=found[affiliate.pk],
                paid=turnover,
                problems=problems_of(found[affiliate.pk], turnover.minor, limit),
            )
        )
    return rows


def problems_of(standing: Standing, paid_minor: int, limit: int | None) -> tuple[Problem, ...]:
    """Return what stands in the way, and what only has to be looked at."""
    profile = standing.profile
    has_profile = profile is not None
    checks = {
        Problem.NO_PROFILE: not has_profile,
        Problem.INCOMPLETE: has_profile and not standing.is_complete,
        Problem.STALE: standing.is_stale,
        Problem.ASKED_AGAIN: has_profile and standing.freshness == Freshness.ASKED_AGAIN,
        Problem.VAT_UNKNOWN: standing.is_vat_refused,
        Problem.VAT_WAITS: standing.waits_for_vat,
        Problem.NO_MANDATE: not standing.has_mandate,
        Problem.OLD_MANDATE: standing.has_mandate and standing.is_asked_for_mandate,
        Problem.THRESHOLD: profile is not None
        and tax.passes_threshold(profile.vat_regime, paid_minor, limit),
    }
    return tuple(problem for problem, holds in checks.items() if holds)


def threshold(now: datetime) -> int | None:
    """Return the threshold of the exemption from VAT today, in minor units of EUR."""
    return tax.threshold_on(tax.read_thresholds(settings.VAT_FRANCHISE_EUR), bank_date(now))


def mandate_texts() -> QuerySet[MandateText]:
    """Return the texts, newest first, each with how many mandates in its words are alive."""
    alive = Count("mandates", filter=Q(mandates__ended_at__isnull=True))
    return MandateText.objects.select_related("author").annotate(alive=alive).order_by("-number")
