"""Why an order was credited to somebody, or to nobody: what its page shows of the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from portal.click_language import (
    fact_names,
    navigation_name,
    step_detail,
    step_icon,
    step_name,
)
from portal.display import StatusText, TimelineItem
from portal.policy_language import part_name
from portal.trace_language import result_status, rule_name, verdict_sentence
from shop.models import Order
from tracking.domain.references import to_uuid
from tracking.domain.touchpoints import Result, Rule
from tracking.models import JourneyEvent, Touchpoint, TouchpointKind
from tracking.queries import OrderTrace

MOST_STEPS = 40
#: How long before the order its journey is shown.
JOURNEY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class VerdictLine:
    """What one rule said of a touchpoint."""

    rule: str
    result: StatusText
    sentence: str


@dataclass(frozen=True, slots=True)
class TouchpointView:
    """One touchpoint with everything that was said of it."""

    touchpoint: Touchpoint
    part: str
    share_bps: int | None  # Of its credit; None: it won none.
    verdicts: list[VerdictLine]
    not_asked: str  # The rules that do not apply to it.
    came: str
    facts: list[str]

    @property
    def is_open(self) -> bool:
        """Whether its verdicts are shown at once: those of what lost are asked for most."""
        return any(line.result.code == "failed" for line in self.verdicts)


@dataclass(frozen=True, slots=True)
class ShareView:
    """One affiliate's part of the order."""

    name: str
    part: str
    share_bps: int


@dataclass(frozen=True, slots=True)
class TraceView:
    """The decision about an order, its touchpoints oldest first."""

    shares: list[ShareView]
    touchpoints: list[TouchpointView]
    journey: list[TimelineItem]

    @property
    def title(self) -> str:
        """Whom the page has to explain."""
        if not self.shares:
            return _("Why it is nobody's")
        names = ", ".join(share.name for share in self.shares)
        return _("Why it is credited to %(names)s") % {"names": names}


def trace_view(order: Order, trace: OrderTrace) -> TraceView | None:
    """Return the decision about ``order`` in words, or None while there is none. One query."""
    if trace.attribution is None:
        return None
    names = {one.affiliate_id: one.affiliate.name for one in trace.touchpoints}
    shares = {credit.touchpoint_id: credit.share_bps for credit in trace.credits}
    ordered = sorted(trace.touchpoints, key=lambda one: (one.at, one.pk))
    return TraceView(
        shares=[
            ShareView(credit.affiliate.name, part_name(credit.role), credit.share_bps)
            for credit in sorted(trace.credits, key=lambda one: (-one.share_bps, one.pk))
        ],
        touchpoints=[_view(one, shares.get(one.pk), names) for one in ordered],
        journey=_journey(order, ordered),
    )


def _view(
    touchpoint: Touchpoint, share_bps: int | None, names: Mapping[int, str]
) -> TouchpointView:
    asked = [one for one in touchpoint.verdicts if one["result"] != Result.NOT_APPLICABLE]
    others = [one for one in touchpoint.verdicts if one["result"] == Result.NOT_APPLICABLE]
    is_click = touchpoint.kind == TouchpointKind.CLICK
    return TouchpointView(
        touchpoint=touchpoint,
        part=part_name(touchpoint.role) if touchpoint.role else "",
        share_bps=share_bps,
        verdicts=[
            VerdictLine(
                rule_name(one["rule"]),
                result_status(one["result"]),
                verdict_sentence(one, names) or _of_click(one["rule"], touchpoint),
            )
            for one in asked
        ],
        not_asked=", ".join(rule_name(one["rule"]) for one in others),
        came=navigation_name(touchpoint.navigation) if is_click else "",
        facts=fact_names(touchpoint.facts),
    )


def _of_click(rule: str, touchpoint: Touchpoint) -> str:
    """Return the facts that a rule shares with the touchpoint itself."""
    return navigation_name(touchpoint.navigation) if rule == Rule.NAVIGATION else ""


def _journey(order: Order, touchpoints: Sequence[Touchpoint]) -> list[TimelineItem]:
    """Return what the buyer did up to the order, its clicks among it, oldest first."""
    visitors = set(filter(None, map(to_uuid, order.click_tokens)))
    events = JourneyEvent.objects.filter(
        visitor__in=visitors, at__gte=order.placed_at - JOURNEY, at__lte=order.placed_at
    ).order_by("-at")[:MOST_STEPS]
    clicks = [one for one in touchpoints if one.kind == TouchpointKind.CLICK]
    items = [_click(one, is_late=one.at > order.placed_at) for one in clicks]
    for event in events:
        items.append(
            TimelineItem(
                step_name(event.kind),
                at=event.at,
                note=step_detail(event.kind, event.data),
                icon=step_icon(event.kind),
            )
        )
    if not items:
        return []
    ordered = TimelineItem(_("Order placed"), "current", at=order.placed_at, icon="shopping-bag")
    return sorted([*items, ordered], key=lambda item: item.at or order.placed_at)


def _click(touchpoint: Touchpoint, *, is_late: bool) -> TimelineItem:
    return TimelineItem(
        _("Click for %(name)s") % {"name": touchpoint.affiliate.name},
        at=touchpoint.at,
        note=_("After the order") if is_late else navigation_name(touchpoint.navigation),
        icon="link",
        tone="success" if touchpoint.won else "neutral",
    )
