"""The yearly declaration of commissions paid to others (DAS2, CGI 240).

The rules are numbered IV18 and IV19 in ``docs/rules/invoices.md``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.utils.translation import gettext as _

from affiliates.models import Affiliate, TaxProfile
from core.csv_export import FRENCH, Cell, CsvForm, csv_bytes
from core.money import Money
from payouts.domain.months import month_end, month_start
from payouts.models import Item, ItemReturn, Rail

CURRENCY = "EUR"
#: Above so much to one payee in a year, VAT included, payments are declared; by first year.
THRESHOLDS_MINOR: tuple[tuple[int, int], ...] = ((2000, 120_000), (2024, 240_000))


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One payee of the declaration. ``profile`` is the newest, or None where there is none."""

    affiliate: Affiliate
    profile: TaxProfile | None
    total: Money


def threshold(year: int) -> Money:
    """Return above which total, VAT included, a payee is declared for ``year`` (IV18)."""
    known = [minor for first, minor in THRESHOLDS_MINOR if first <= year]
    return Money(known[-1] if known else THRESHOLDS_MINOR[0][1], CURRENCY)


def declaration(year: int) -> list[Declared]:
    """Return whoever was paid more than the threshold in ``year``, the most paid first (IV18).

    What came back in the year is taken off. Employees, paid with their salary, are not in it.
    """
    least = threshold(year).minor
    totals = {pk: minor for pk, minor in _totals(year).items() if minor > least}
    people = Affiliate.objects.in_bulk(totals)
    declared = TaxProfile.objects.filter(affiliate__in=totals)
    profiles = {profile.affiliate_id: profile for profile in declared.newest_of_each()}
    rows = [
        Declared(affiliate=people[pk], profile=profiles.get(pk), total=Money(minor, CURRENCY))
        for pk, minor in totals.items()
    ]
    return sorted(rows, key=lambda row: (-row.total.minor, row.affiliate.pk))


def declaration_csv(year: int, *, form: CsvForm = FRENCH) -> bytes:
    """Return the declaration as a file for a spreadsheet, in the active language (IV19)."""
    header = [
        _("SIRET"), _("SIREN"), _("Name"), _("Address"), _("Postcode"), _("Town"), _("Country"),
        _("Total incl. VAT"), _("Currency"),
    ]  # fmt: skip
    return csv_bytes(header, [_cells(row) for row in declaration(year)], form=form)


def years(today: date) -> list[int]:
    """Return the years that can be declared, this one first: since the first payout."""
    first = Item.objects.filter(status__in=Item.LEFT).order_by("batch__execution_date").first()
    since = first.batch.execution_date.year if first else today.year
    return list(range(today.year, min(since, today.year) - 1, -1))


def _totals(year: int) -> Counter[int]:
    paid = Item.objects.filter(
        status__in=Item.LEFT, batch__execution_date__year=year, currency=CURRENCY
    ).exclude(batch__rail=Rail.PAYROLL)
    begins, ends = month_start(date(year, 1, 1)), month_end(date(year, 12, 1))
    back = ItemReturn.objects.filter(at__gte=begins, at__lt=ends, currency=CURRENCY).exclude(
        item__batch__rail=Rail.PAYROLL
    )
    totals: Counter[int] = Counter()
    by_payee = paid.values_list("affiliate").annotate(total=Sum("amount_minor")).order_by()
    for affiliate_id, minor in by_payee:
        totals[affiliate_id] += minor
    returned = back.values_list("item__affiliate").annotate(total=Sum("amount_minor")).order_by()
    for affiliate_id, minor in returned:
        totals[affiliate_id] -= minor
    return totals


def _cells(row: Declared) -> list[Cell]:
    profile = row.profile
    if profile is None:
        return ["", "", row.affiliate.name, "", "", "", "", row.total, CURRENCY]
    return [
        profile.siret, profile.siren, profile.legal_name, profile.address, profile.postcode,
        profile.town, profile.country, row.total, CURRENCY,
    ]  # fmt: skip
