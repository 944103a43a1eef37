"""The orders of the shop as a file for the team: the filters of the list, and every row of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from core.csv_export import Cell
from core.money import Money
from portal import date_range
from portal.countries import country_name
from portal.formats import paris_clock
from portal.queries.order_parts import Part, number_of_parts, parts_of
from portal.queries.sales import SaleState
from portal.queries.staff_orders import Filters, orders, outcomes
from portal.query_links import text
from portal.sale_display import commission_of, source_of, state_label
from portal.sale_references import sale_reference
from portal.staff_language import outcome_status
from shop.models import Order

ALL = "all"
AT_ONCE = 1_000
#: What asks for the columns that follow from real costs, for who may see them.
WITH_COSTS = "costs"


@dataclass(frozen=True, slots=True)
class OrdersFile:
    """What is to be written; its rows are asked for once, by whoever writes them."""

    filters: Filters
    header: Sequence[str]
    rows: Callable[[], Iterator[Sequence[Cell]]]
    total: int
    reads_costs: bool


def filters_of(query: QueryDict, now: datetime) -> Filters:
    """Read the filters of the list of orders; what makes no sense narrows nothing."""
    everything = query.get("range") == ALL
    return Filters(
        period=None if everything else date_range.parse(query, now=now),
        outcome=text(query, "outcome"),
        has=text(query, "has"),
        search=text(query, "q").removeprefix("#")[:64],
    )


def orders_file(query: QueryDict, now: datetime, *, sees_costs: bool) -> OrdersFile:
    """Return the file of the list of orders as it stands in an address.

    An order that several affiliates share has a row for each, with its part of the amounts, so
    that sums are right. Costs are in it when they are asked for and may be seen.
    """
    filters = filters_of(query, now)
    with_costs = sees_costs and query.get(WITH_COSTS) == "1"
    found = orders(filters).order_by("-placed_at", "-pk")
    return OrdersFile(
        filters,
        header(with_costs=with_costs),
        lambda: _rows(found, with_costs=with_costs),
        number_of_parts(found),
        with_costs,
    )


def header(*, with_costs: bool) -> list[str]:
    """Return the first row."""
    labels = [
        _("Ordered at"),
        _("Order"),
        _("Shop"),
        _("Country"),
        _("Customer"),
        _("Attribution"),
        _("Affiliate"),
        _("Sale reference"),
        _("Source"),
        _("Part of the order (%)"),
        _("Items"),
        _("Items returned"),
        _("Basket without VAT"),
        _("Currency"),
        _("Commission at first"),
        _("Commission"),
        _("State"),
        _("Validation"),
        _("Payout"),
        _("Cancelled at"),
        _("Test order"),
    ]
    return [*labels, _("Cost of goods"), _("Actual margin")] if with_costs else labels


def _rows(found: QuerySet[Order], *, with_costs: bool) -> Iterator[Sequence[Cell]]:
    """Yield the rows, a thousand orders at a time from a cursor of the database."""
    language, rows = get_language(), found.iterator(chunk_size=AT_ONCE)
    while some := list(islice(rows, AT_ONCE)):
        # The answer is sent after the request: its language is over by then.
        with override(language):
            words = _Words()
            lines = [
                _cells(part, words, with_costs=with_costs)
                for part in parts_of(some, with_costs=with_costs)
            ]
        yield from lines


class _Words:
    """What is said again and again, in the language that is active now."""

    def __init__(self) -> None:
        self.states = {state.value: state_label(state) for state in SaleState}
        self.outcomes = {code: str(outcome_status(code).label) for code in outcomes()}
        self.customers = {True: _("New"), False: _("Known"), None: ""}
        self.yes = _("Yes")


def _cells(part: Part, words: _Words, *, with_costs: bool) -> list[Cell]:
    order, credit = part.order, part.credit
    cells: list[Cell] = [
        paris_clock(order.placed_at),
        order.number,
        order.shop.name,
        country_name(order.country),
        words.customers[order.is_new_customer],
        words.outcomes[part.outcome],
        credit.affiliate.name if credit else "",
        sale_reference(credit.pk) if credit else "",
        source_of(credit) if credit else "",
        # Basis points as percents: 1250 is 12.50.
        Decimal(credit.share_bps).scaleb(-2) if credit else None,
        part.items,
        part.returned,
        part.of_part(part.net_minor),
        order.currency,
        *_earned(part, words),
        part.payout.reference if part.payout else "",
        paris_clock(order.cancelled_at) if order.cancelled_at else None,
        words.yes if order.is_test else "",
    ]
    if with_costs:
        cells += [part.of_part(part.costs.goods_minor), part.of_part(part.costs.margin_minor)]
    return cells


def _earned(part: Part, words: _Words) -> list[Cell]:
    """Return what was computed at first and what is left of it, its state, and until when it waits.

    Nothing before it is computed.
    """
    credit = part.credit
    if credit is None:
        return [None, None, "", None]
    commission, state = commission_of(credit), words.states[credit.state]
    if commission is None or credit.earned_minor is None:
        return [None, None, state, None]
    return [
        commission.amount,
        Money(credit.earned_minor, commission.currency),
        state,
        paris_clock(commission.hold_until) if commission.is_pending else None,
    ]
