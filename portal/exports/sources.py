"""What a file holds, by the page that it stands on: the same for whoever waits and for a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.utils.translation import gettext as _

from core.csv_export import Cell
from core.errors import DomainError
from portal.order_files import orders_file
from portal.reports import asking, engine
from portal.reports.asking import Scope
from portal.reports.files import cells_of, header_of
from portal.sale_files import sales_file


class NothingToExport(DomainError):
    """A page that has no file, for this person."""

    code = "nothing_to_export"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file to be written: its rows are asked for when somebody writes it, and only once.

    ``total``: how many rows there are. ``reads_costs``: what follows from real costs is in it.
    """

    title: str
    name: str
    header: Sequence[str]
    rows: Callable[[], Iterator[Sequence[Cell]]]
    total: int
    reads_costs: bool = False


def source_of(scope: Scope, page: str, query: QueryDict, *, now: datetime) -> Source:
    """Return what the file of a page holds.

    :raises NothingToExport: for a page without one.
    """
    maker = _SOURCES.get(page)
    if maker is None:
        raise NothingToExport(_("There is no file of this page."))
    return maker(scope, query, now)


def _report(scope: Scope, query: QueryDict, now: datetime) -> Source:
    question = asking.read(query, scope, now=now)
    period = question.period
    return Source(
        title=_("Report by %(dimension)s, %(period)s")
        % {"dimension": str(question.by.label).lower(), "period": period.label},
        name=f"report_{question.by.key}_{period.first}_{period.last}",
        header=header_of(question),
        rows=lambda: cells_of(question),
        total=engine.count_rows(question),
        reads_costs=question.reads_costs,
    )


def _sales(scope: Scope, query: QueryDict, now: datetime) -> Source:
    if scope.affiliate is None:
        raise NothingToExport(_("There is no file of this page."))
    found = sales_file(scope.affiliate, query, now)
    return Source(
        title=_("Sales, %(period)s") % {"period": found.period.label},
        name=f"sales_{found.period.first}_{found.period.last}",
        header=found.header,
        rows=found.rows,
        total=found.total,
    )


def _orders(scope: Scope, query: QueryDict, now: datetime) -> Source:
    if not scope.is_staff:
        raise NothingToExport(_("There is no file of this page."))
    found = orders_file(query, now, sees_costs=scope.sees_costs)
    period = found.filters.period
    return Source(
        title=_("Orders, %(period)s") % {"period": period.label} if period else _("All orders"),
        name=f"orders_{period.first}_{period.last}" if period else "orders",
        header=found.header,
        rows=found.rows,
        total=found.total,
        reads_costs=found.reads_costs,
    )


_SOURCES: dict[str, Callable[[Scope, QueryDict, datetime], Source]] = {
    "report": _report,
    "sales": _sales,
    "orders": _orders,
}
