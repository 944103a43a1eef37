"""The VAT of a year, and all its invoices at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import audit
from core.csv_export import Cell
from core.money import Money
from payouts.models import VatCase
from payouts.queries.vat_report import VatRow, vat_report, years
from payouts.queries.year_documents import invoices_of_year
from portal.access import current_user, finance_required
from portal.countries import country_name
from portal.downloads import csv_form, csv_response
from portal.staff_filters import choice_chips
from portal.views.finance_invoices import invoice_tabs
from portal.year_archive import archive_response, invoices_archive


@finance_required
@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """Show the VAT of a year by month, country, case and rate."""
    year, known = _year(request)
    rows = vat_report(year)
    export, archive = reverse("portal:vat-export"), reverse("portal:invoice-year-archive")
    context = {
        "year": year,
        "years": choice_chips(
            request.GET, "year", [(str(one), str(one)) for one in known],
            current=str(year), default=str(known[0]),
        ),
        "rows": [_shown(row) for row in rows],
        "totals": _totals(rows),
        "export_url": f"{export}?year={year}",
        "export_international": f"{export}?year={year}&form=international",
        "archive_url": f"{archive}?year={year}",
        "tabs": invoice_tabs("vat"),
    }  # fmt: skip
    return render(request, "finance/vat.html", context)


@finance_required
@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Send the report as CSV; ``?form=international`` with commas."""
    year, _known = _year(request)
    header = [
        _("Month"), _("Country"), _("VAT case"), _("VAT rate (%)"), _("Documents"), _("Net"),
        _("VAT"), _("VAT owed by the programme"), _("Currency"),
    ]  # fmt: skip
    return csv_response(request, f"vat-{year}.csv", header, _cells(vat_report(year)))


@finance_required
@require_safe
def archive(request: HttpRequest) -> StreamingHttpResponse:
    """Send every invoice and credit note of a year as a ZIP. Who took it is kept."""
    year, _known = _year(request)
    actor = current_user(request)
    audit.record(
        actor=actor,
        verb="invoices.year_taken",
        subject=actor,
        at=timezone.now(),
        data={"year": year, "documents": invoices_of_year(year).count()},
    )
    return archive_response(invoices_archive(year, csv_form(request)), name=f"invoices-{year}.zip")


def _shown(row: VatRow) -> dict[str, object]:
    return {"row": row, "country": country_name(row.country), "case": VatCase(row.case).label}


def _totals(rows: Iterable[VatRow]) -> list[tuple[Money, Money, Money]]:
    """Net, VAT and reverse charge of the year, by currency."""
    found: dict[str, list[VatRow]] = defaultdict(list)
    for row in rows:
        found[row.net.currency].append(row)
    return [
        (
            Money(sum(row.net.minor for row in own), currency),
            Money(sum(row.vat.minor for row in own), currency),
            Money(sum(row.reverse_charge.minor for row in own), currency),
        )
        for currency, own in sorted(found.items())
    ]


def _cells(rows: Iterable[VatRow]) -> Iterator[list[Cell]]:
    for row in rows:
        yield [
            f"{row.month:%Y-%m}", row.country, str(VatCase(row.case).label),
            Decimal(row.rate_bps).scaleb(-2), row.documents, row.net, row.vat,
            row.reverse_charge, row.net.currency,
        ]  # fmt: skip


def _year(request: HttpRequest) -> tuple[int, list[int]]:
    known, asked = years(timezone.localdate()), request.GET.get("year", "")
    return (int(asked) if asked in map(str, known) else known[0]), known
