"""What the tracking pages list: machines, ways, sites, shops, rejects, one order's history."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from django.urls import reverse
from django.utils.translation import gettext as _

from core.money import BPS, ratio
from portal.click_language import (
    NOTABLE,
    duration,
    fact_names,
    navigation_name,
    step_detail,
    step_icon,
    step_name,
)
from portal.display import StatusText, TimelineItem
from portal.formats import DASH
from portal.queries.staff_tracking import Day, Health, Landings, Machine
from portal.queries.staff_tracking_order import OrderPath
from portal.staff_language import attribution_reason
from portal.tracking_language import host_label, hour_label, machine_status, short_duration
from tracking.domain.navigation import NOT_A_VISIT
from tracking.models import SpoolReject

LONGEST_SHOWN = 400
#: Fields of a spool line that tell visitors apart, by its kind.
_PRIVATE = {"c": {4, 11}, "j": {3}, "w": {2}}
_LIKE_A_REFERENCE = re.compile(r"[A-Za-z0-9_-]{16,}")
_LIKE_A_HASH = re.compile(r"-?[0-9]{17,}")
_HIDDEN = "······"


@dataclass(frozen=True, slots=True)
class MachineRow:
    """One machine, its times as words."""

    machine: Machine
    status: StatusText
    lag: str
    silence: str


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the landings."""

    label: str
    number: int
    share_bps: int
    is_visit: bool = True


@dataclass(frozen=True, slots=True)
class ShopRow:
    """The landings of one shop."""

    name: str
    landings: Landings


@dataclass(frozen=True, slots=True)
class RejectRow:
    """A line that nobody could read, without what tells visitors apart."""

    reject: SpoolReject
    text: str


def lag_text(health: Health) -> str:
    """Return how far the slowest machine is behind."""
    return DASH if health.lag is None else short_duration(health.lag)


def machines(health: Health) -> list[MachineRow]:
    """Return a row for each machine."""
    return [
        MachineRow(one, machine_status(one.state), short_duration(one.lag), duration(one.silence))
        for one in health.machines
    ]


def hour_points(day: Day, name: str) -> list[tuple[str, int]]:
    """Return one of the numbers of each hour, for a chart."""
    number = attrgetter(name)
    return [(hour_label(hour), number(landed)) for hour, landed in day.hours]


def ways(rows: Sequence[tuple[str, int]]) -> list[Share]:
    """Return how many landings came in which way."""
    total = sum(number for _way, number in rows) or 1
    return [
        Share(navigation_name(way), number, _bps(number, total), way not in NOT_A_VISIT)
        for way, number in rows
    ]


def hosts(rows: Iterable[tuple[str, int]], day: Day) -> list[Share]:
    """Return from which sites the visits of the day came."""
    total = day.total.visits or 1
    return [Share(host_label(host), number, _bps(number, total)) for host, number in rows]


def shops(day: Day, names: Mapping[int, str]) -> list[ShopRow]:
    """Return the landings of every shop, also of those where nobody landed."""
    return [ShopRow(name, day.by_shop.get(shop_id, Landings())) for shop_id, name in names.items()]


def _bps(part: int, whole: int) -> int:
    """A share in basis points, whole percents."""
    return min(ratio(part * 100, whole), 100) * (BPS // 100)


def rejects(rows: Iterable[SpoolReject]) -> list[RejectRow]:
    """Return rows whose texts are printable, short, and about nobody."""
    return [RejectRow(row, shown_line(bytes(row.text))) for row in rows]


def shown_line(raw: bytes) -> str:
    """Return a line of a spool as far as a person may read it.

    References and address hashes are hidden, where they belong and where something looks like
    one; what is not printable is written as an escape.
    """
    fields = raw.decode("utf-8", "backslashreplace").rstrip("\n").split("\t")
    private = _PRIVATE.get(fields[0], set())
    shown = [_HIDDEN if index in private else _masked(one) for index, one in enumerate(fields)]
    text = " | ".join(shown)
    text = "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in text)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _masked(field: str) -> str:
    return _LIKE_A_REFERENCE.sub(_mask, field)


def _mask(found: re.Match[str]) -> str:
    word = found[0]
    is_number = word.lstrip("-").isdecimal()
    return word if is_number and not _LIKE_A_HASH.fullmatch(word) else _HIDDEN


def history(path: OrderPath) -> list[TimelineItem]:
    """Return what happened around an order, oldest first."""
    order = path.order
    items = [
        *_clicks(path),
        *_steps(path),
        TimelineItem(title=_("Order placed"), at=order.placed_at, icon="shopping-bag",
                     tone="success"),
        TimelineItem(title=_("Received from the shop"), at=order.received_at, icon="download"),
    ]  # fmt: skip
    if path.attribution:
        items.append(
            TimelineItem(
                title=_("Decided"),
                at=path.attribution.decided_at,
                note=attribution_reason(path.attribution.reason),
                icon="clipboard-check",
                href=reverse("portal:order-detail", args=[order.pk]),
                link_label=_("Why: the trace of the order"),
            )
        )
    return sorted(items, key=_moment)


def _moment(item: TimelineItem) -> datetime:
    assert isinstance(item.at, datetime)  # noqa: S101 - every item here has its moment
    return item.at


def _clicks(path: OrderPath) -> Iterable[TimelineItem]:
    for click in path.clicks:
        link = path.links.get(click.link_id)
        notes = [navigation_name(click.navigation)]
        if click.referrer_host:
            notes.append(host_label(click.referrer_host))
        yield TimelineItem(
            title=_("Landing through %(link)s of %(affiliate)s")
            % {"link": f"/c/{link.code}", "affiliate": link.affiliate.name}
            if link
            else _("Landing through a link that is gone"),
            at=click.clicked_at,
            note=" · ".join([*notes, *fact_names(click.facts & NOTABLE)]),
            icon="link",
            tone="info",
        )


def _steps(path: OrderPath) -> Iterable[TimelineItem]:
    for step in path.steps:
        yield TimelineItem(
            title=step_name(step.kind), at=step.at, note=step_detail(step.kind, step.data),
            icon=step_icon(step.kind),
        )  # fmt: skip
