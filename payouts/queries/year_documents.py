"""The documents of a calendar year of Paris, without their bodies, which are read one by one."""

from __future__ import annotations

from django.db.models import QuerySet

from core.domain.paris import PARIS
from payouts.domain.months import year_start
from payouts.models import Invoice, Statement


def invoices_of_year(year: int, affiliate_id: int | None = None) -> QuerySet[Invoice]:
    """Return the invoices and credit notes issued in a year, of all payees or of one, by number."""
    rows = Invoice.objects.filter(issued_on__year=year)
    if affiliate_id is not None:
        rows = rows.filter(affiliate=affiliate_id)
    related = ("tax_profile", "item", "item_return__item", "corrects")
    return (
        rows.defer("body", "corrects__body")
        .select_related(*related)
        .order_by("affiliate", "issued_on", "pk")
    )


def statements_of_year(year: int, affiliate_id: int) -> QuerySet[Statement]:
    """Return the statements of one payee that were issued in a year, the first one first."""
    rows = Statement.objects.filter(
        item__affiliate=affiliate_id,
        issued_at__gte=year_start(year),
        issued_at__lt=year_start(year + 1),
    )
    return rows.defer("body").select_related("item").order_by("issued_at", "pk")


def years_with_documents(affiliate_id: int) -> list[int]:
    """Return the years in which a payee got documents, the newest first. Two queries."""
    issued = Invoice.objects.filter(affiliate=affiliate_id).dates("issued_on", "year")
    stated = Statement.objects.filter(item__affiliate=affiliate_id)
    found = {day.year for day in issued}
    found |= {moment.year for moment in stated.datetimes("issued_at", "year", tzinfo=PARIS)}
    return sorted(found, reverse=True)
