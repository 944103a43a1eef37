"""The live stream as a person reads it: one item for each thing that happened, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.click_language import (
    NOTABLE,
    fact_names,
    navigation_name,
    step_detail,
    step_name,
)
from portal.display import Tone
from portal.formats import format_count
from portal.queries.staff_tracking_stream import MOST, Counted, Stream
from portal.refusals import why_failed
from portal.tracking_language import clock, host_label, hour_label
from shop.models import InboundEvent, Order, Return
from tracking.models import Outcome

#: Shown at once: the newest of every kind, and the hour's counts.
MOST_SHOWN = 60
LABELS: dict[str, Promise] = {
    "click": gettext_lazy("Landings with consent"),
    "count": gettext_lazy("Landings without consent"),
    "journey": gettext_lazy("Steps in the shop"),
    "order": gettext_lazy("Orders"),
    "return": gettext_lazy("Returns"),
    "error": gettext_lazy("Failed deliveries"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the stream. ``version`` changes when the same thing says something new."""

    key: str
    kind: str
    at: datetime
    time: str
    title: str
    icon: str
    tone: Tone = "neutral"
    version: str = ""
    notes: list[str] = field(default_factory=list)
    href: str = ""


def items(stream: Stream) -> list[Item]:
    """Return the lines of the stream, newest first. A count stands where its hour began."""
    happened = [
        *(_click(row, stream) for row in stream.clicks),
        *(_step(row, stream) for row in stream.steps),
        *(_order(order, stream) for order in stream.orders),
        *(_return(row, stream) for row in stream.returns),
        *(_error(event, stream) for event in stream.errors),
    ]
    newest = sorted(happened, key=_newest_first)[: max(MOST_SHOWN - len(stream.counts), MOST)]
    return sorted([*newest, *_counts(stream)], key=_newest_first)


def _newest_first(item: Item) -> tuple[float, str]:
    return -item.at.timestamp(), item.key


def _click(row: dict[str, Any], stream: Stream) -> Item:
    link = stream.links.get(row["link_id"])
    notes = [navigation_name(row["navigation"])]
    if row["referrer_host"]:
        notes.append(host_label(row["referrer_host"]))
    if row["sub_id"]:
        notes.append(_("Sub-id %(sub)s") % {"sub": row["sub_id"]})
    if link:
        notes = [link.affiliate, *notes]
    return _item(
        "click",
        row["id"],
        row["clicked_at"],
        stream,
        title=_("Landing through %(link)s") % {"link": _path(link)},
        icon="link",
        tone="info",
        notes=[*notes, *fact_names(row["facts"] & NOTABLE)],
        href=_affiliate(link),
    )


def _counts(stream: Stream) -> Iterator[Item]:
    for row in stream.counts:
        yield _count(row, stream)


def _count(row: Counted, stream: Stream) -> Item:
    link = stream.links.get(row.link_id)
    notes = [link.affiliate] if link else []
    if row.visits and row.others:
        notes.append(_not_visits(row.others))
    title = (
        ngettext(
            "%(n)s landing without consent through %(link)s in the hour from %(hour)s",
            "%(n)s landings without consent through %(link)s in the hour from %(hour)s",
            row.visits,
        )
        if row.visits
        else ngettext(
            "%(n)s request for %(link)s in the hour from %(hour)s that was no visit",
            "%(n)s requests for %(link)s in the hour from %(hour)s that were no visits",
            row.others,
        )
    )
    return Item(
        key=f"count-{row.link_id}-{int(row.hour.timestamp())}",
        kind="count",
        at=row.hour,
        time=hour_label(row.hour),
        title=title
        % {
            "n": format_count(row.visits or row.others),
            "link": _path(link),
            "hour": hour_label(row.hour),
        },
        icon="users",
        version=f"{row.visits}-{row.others}",
        notes=notes,
        href=_affiliate(link),
    )


def _not_visits(number: int) -> str:
    return ngettext(
        "and %(n)s request that was no visit", "and %(n)s requests that were no visits", number
    ) % {"n": format_count(number)}


def _step(row: Mapping[str, Any], stream: Stream) -> Item:
    detail = step_detail(row["kind"], row["data"])
    notes = [stream.shops.get(row["shop_id"], ""), detail]
    return _item(
        "journey",
        row["id"],
        row["at"],
        stream,
        title=step_name(row["kind"]),
        icon="shopping-bag",
        notes=[note for note in notes if note],
    )


def _order(order: Order, stream: Stream) -> Item:
    attribution = getattr(order, "attribution", None)
    names = ", ".join(credit.affiliate.name for credit in order.credits.all())
    if attribution is None:
        outcome = _("Not decided yet")
    elif attribution.outcome == Outcome.ATTRIBUTED:
        outcome = _("Brought by %(names)s") % {"names": names}
    else:
        outcome = _("Nobody's")
    carried = _("With ap_ref") if order.click_tokens else _("Without ap_ref")
    notes = [stream.shops.get(order.shop_id, ""), carried, *order.codes, outcome]
    if order.is_test:
        notes.append(_("Test order"))
    return _item(
        "order",
        order.pk,
        order.received_at,
        stream,
        title=_("Order %(number)s received") % {"number": order.number},
        icon="package",
        tone="success",
        version=f"{outcome}",
        notes=[note for note in notes if note],
        href=reverse("portal:order-detail", args=[order.pk]),
    )


def _return(row: Return, stream: Stream) -> Item:
    number = row.order.number if row.order else row.order_external_id
    return _item(
        "return",
        row.pk,
        row.received_at,
        stream,
        title=_("Return of order %(number)s") % {"number": number},
        icon="undo-2",
        tone="warning",
        notes=[stream.shops.get(row.shop_id, ""), row.get_reason_display()],
        href=reverse("portal:order-detail", args=[row.order.pk]) if row.order else "",
    )


def _error(event: InboundEvent, stream: Stream) -> Item:
    return _item(
        "error",
        event.pk,
        event.status_changed_at,
        stream,
        title=_("Delivery %(event)s could not be worked on") % {"event": event.event_id},
        icon="circle-alert",
        tone="danger",
        version=str(event.attempts),
        notes=[stream.shops.get(event.shop_id, ""), why_failed(event)],
        href=reverse("portal:tracking-rejects"),
    )


def _item(kind: str, pk: int, at: datetime, stream: Stream, **said: Any) -> Item:
    return Item(key=f"{kind}-{pk}", kind=kind, at=at, time=clock(at, stream.now), **said)


def _path(link: Any) -> str:
    return f"/c/{link.code}" if link else _("a link that is gone")


def _affiliate(link: Any) -> str:
    return reverse("portal:affiliate-detail", args=[link.affiliate_id]) if link else ""


def kinds() -> Iterable[tuple[str, Promise]]:
    """Return the kinds that the stream can be narrowed to."""
    return LABELS.items()
