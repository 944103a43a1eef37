"""The VAT of the documents of a year, as an accountant declares it (IV29)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import BigIntegerField, Case, Count, F, Sum, Value, When
from django.db.models.expressions import Combinable, CombinedExpression
from django.db.models.functions import TruncMonth

from core.money import Money
from payouts.models import Invoice, InvoiceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class VatRow:
    """One month, country, case and rate: credit notes are taken off.

    ``reverse_charge`` is VAT that the programme owes in the payees' place.
    """

    month: date
    country: str
    case: str
    rate_bps: int
    documents: int
    net: Money
    vat: Money
    reverse_charge: Money


def vat_report(year: int) -> list[VatRow]:
    """Return the rows of a year by month, country, case and rate. One query.

    A document is of the month of its day of issue, and of the country of the tax profile that it
    was written with.
    """
    rows = (
        Invoice.objects.filter(issued_on__year=year)
        .annotate(month=TruncMonth("issued_on"))
        .values_list("month", "tax_profile__country", "vat_case", "vat_bps", "currency")
        .annotate(
            documents=Count("pk"),
            net=Sum(_signed("net_minor")),
            vat=Sum(_signed("vat_minor")),
            owed=Sum(_signed("reverse_charge_minor")),
        )
        .order_by("month", "tax_profile__country", "vat_case", "vat_bps", "currency")
    )
    return [
        VatRow(
            month=month,
            country=country,
            case=case,
            rate_bps=rate_bps,
            documents=documents,
            net=Money(net, currency),
            vat=Money(vat, currency),
            reverse_charge=Money(owed, currency),
        )
        for month, country, case, rate_bps, currency, documents, net, vat, owed in rows
    ]


def _signed(column: str) -> Combinable | CombinedExpression:
    sign = Case(
        When(kind=InvoiceKind.CREDIT_NOTE, then=Value(-1)),
        default=Value(1),
        output_field=BigIntegerField(),
    )
    return F(column) * sign


def years(today: date) -> list[int]:
    """Return the years that have documents, and this one, the newest first."""
    first = Invoice.objects.order_by("issued_on").values_list("issued_on", flat=True).first()
    since = first.year if first else today.year
    return list(range(today.year, min(since, today.year) - 1, -1))
