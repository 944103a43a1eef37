"""The sales of a partner as a file: the filters of the list, and the rows it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from affiliates.models import Affiliate, Terms
from affiliates.queries import terms_for
from core.csv_export import Cell
from portal import date_range
from portal.date_range import DateRange
from portal.queries.sales import SaleFilters, SaleState, sales
from portal.sale_display import csv_rows, paid_of, show_sales

AT_ONCE = 500
DEFAULT_RANGE = "90d"


@dataclass(frozen=True, slots=True)
class SalesFile:
    """What is to be written; its rows are asked for once, by whoever writes them."""

    period: DateRange
    header: Sequence[str]
    rows: Callable[[], Iterator[Sequence[Cell]]]
    total: int


def filters_of(query: QueryDict, shown: DateRange) -> SaleFilters:
    """Read the filters of the list of sales; what makes no sense narrows nothing."""
    state = query.get("state", "")
    kind, _dash, number = query.get("source", "").partition("-")
    chosen = int(number) if number.isdecimal() and len(number) < 19 else None
    return SaleFilters(
        since=shown.since,
        until=shown.until,
        state=state if state in set(SaleState) else "",
        link_id=chosen if kind == "link" else None,
        code_id=chosen if kind == "code" else None,
    )


def sales_file(affiliate: Affiliate, query: QueryDict, now: datetime) -> SalesFile:
    """Return the file of the list of sales as it stands in an address."""
    shown = date_range.parse(query, now=now, default=DEFAULT_RANGE)
    found = sales(affiliate.pk, filters_of(query, shown))
    terms = terms_for(affiliate.pk, now)
    return SalesFile(shown, header(), lambda: _rows(found, terms, now), found.count())


def header() -> list[str]:
    """Return the first row."""
    return [
        _("Ordered at"),
        _("Order"),
        _("Source"),
        _("Items"),
        _("Basket without VAT"),
        _("Currency"),
        _("Commission"),
        _("Rule"),
        _("Paid"),
        _("State"),
        _("Why"),
        _("Validation"),
        _("Payout"),
    ]


def _rows(found: Any, terms: Terms | None, now: datetime) -> Iterator[Sequence[Cell]]:
    """Yield the rows, a few hundred at a time from a cursor of the database."""
    language, credits = get_language(), found.iterator(chunk_size=AT_ONCE)
    while some := list(islice(credits, AT_ONCE)):
        # The answer is sent after the request: its language is over by then.
        with override(language):
            rows = list(csv_rows(show_sales(some, terms=terms, now=now), paid_of(some)))
        yield from rows
