"""What is usual in the programme: medians of a kind of affiliate, shares of all together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median_low

from fraud.domain.evidence import Class, Sales, Traffic
from fraud.domain.statistics import share_bps

#: So many affiliates of a kind, with so much of each, before a median is said.
LEAST_AFFILIATES, LEAST_EACH = 5, 20
#: So many visits, sales or sales of the panel before a share or a curve of them is said.
LEAST_VISITS, LEAST_SALES, LEAST_PANEL = 500, 100, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One affiliate among those that say what is usual."""

    kind: str
    traffic: Traffic
    sales: Sales
    #: Content without a case or a live observation: the delays of its sales are those of readers.
    is_of_panel: bool = False


def usual(members: Collection[Member]) -> dict[str, Class]:
    """Return what is usual for each kind of affiliate among ``members``; ``None``: too few."""
    programme = _of_programme(members)
    kinds: dict[str, list[Member]] = {}
    for member in members:
        kinds.setdefault(member.kind, []).append(member)
    return {kind: _of_kind(kind, found, programme) for kind, found in kinds.items()}


def _of_kind(kind: str, found: Sequence[Member], programme: Class) -> Class:
    return replace(
        programme,
        kind=kind,
        affiliates=len(found),
        conversion_bps=_median((one.sales.by_click, one.traffic.clicks) for one in found),
        session_open_bps=_median(
            (one.traffic.session_open, one.traffic.session_known) for one in found
        ),
        new_customer_bps=_median(
            (one.sales.new_customers, one.sales.customer_known) for one in found
        ),
    )


def _of_programme(members: Collection[Member]) -> Class:
    traffic = [one.traffic for one in members]
    sales = [one.sales for one in members]
    clicks = sum(one.clicks for one in traffic)
    told = sum(one.told for one in traffic)
    panel = [one.sales for one in members if one.is_of_panel and one.sales.by_click]
    is_panel = len(panel) >= LEAST_AFFILIATES and sum(p.by_click for p in panel) >= LEAST_PANEL
    return Class(
        returned_bps=_share(sum(one.returned for one in sales), sum(one.orders for one in sales),
                            LEAST_SALES),
        returning_bps=_share(sum(one.returning for one in traffic), clicks, LEAST_VISITS),
        desktop_bps=_share(sum(one.desktop for one in traffic), clicks, LEAST_VISITS),
        read_on_bps=_share(sum(one.read_on for one in traffic), told, LEAST_VISITS),
        told_bps=_share(told, clicks, LEAST_VISITS),
        hours=_added(one.hours for one in traffic) if clicks >= LEAST_VISITS else (),
        delays=_added(one.delays for one in panel) if is_panel else (),
    )  # fmt: skip


def _median(shares: Iterable[tuple[int, int]]) -> int | None:
    """Return the median of shares ``(hits, of)`` in basis points, of enough with enough."""
    known = [share_bps(min(hits, of), of) for hits, of in shares if of >= LEAST_EACH]
    return median_low(known) if len(known) >= LEAST_AFFILIATES else None


def _share(hits: int, of: int, least: int) -> int | None:
    return share_bps(hits, of) if of >= least else None


def _added(rows: Iterable[Sequence[int]]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*filter(None, rows), strict=True)))
