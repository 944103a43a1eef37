"""A test visit as a list of steps: what arrived, and what is still waited for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.click_language import (
    NOTABLE,
    fact_names,
    navigation_name,
    step_detail,
    step_name,
)
from portal.formats import format_count
from portal.queries.staff_tracking_visit import Arrived, Visit
from portal.short_links import short_url
from portal.tracking_language import clock, host_label
from tracking.domain.journey import Kind
from tracking.models import Link

_ASKED = (Kind.LANDING, Kind.PAGE_VIEW, Kind.BASKET_CHANGED, Kind.CHECKOUT_OPENED)


@dataclass(frozen=True, slots=True)
class VisitStep:
    """One thing that a test visit should bring."""

    title: str
    is_here: bool
    text: str
    href: str = ""


def test_url(link: Link, visit: Visit) -> str:
    """Return the address that the manager opens; its mark stands over the link's own sub-id."""
    return f"{short_url(link)}?sub={visit.mark}"


def steps(arrived: Arrived) -> list[VisitStep]:
    """Return what arrived of a visit, and what is missing, in the order of a journey."""
    return [_landing(arrived), *(_step(arrived, kind) for kind in _ASKED), _order(arrived)]


def _landing(arrived: Arrived) -> VisitStep:
    title = _("Landing")
    if arrived.clicks:
        return VisitStep(title, True, " ".join(_click(click) for click in arrived.clicks))
    if arrived.counted:
        text = ngettext(
            "%(n)s landing without consent was counted for this link since you began, by you or"
            " by somebody else. Nothing more is kept before a visitor agrees: agree in the"
            " shop's banner, then open the test address again.",
            "%(n)s landings without consent were counted for this link since you began, by you"
            " or by others. Nothing more is kept before a visitor agrees: agree in the shop's"
            " banner, then open the test address again.",
            arrived.counted,
        ) % {"n": format_count(arrived.counted)}
        return VisitStep(title, True, text)
    return VisitStep(title, False, _("Open the test address in another window."))


def _click(click: dict[str, Any]) -> str:
    said = [navigation_name(click["navigation"])]
    if click["referrer_host"]:
        said.append(host_label(click["referrer_host"]))
    return _("%(time)s, with consent: %(what)s.") % {
        "time": clock(click["clicked_at"]),
        "what": ", ".join([*said, *fact_names(click["facts"] & NOTABLE)]),
    }


def _step(arrived: Arrived, kind: Kind) -> VisitStep:
    found = [step for step in arrived.steps if step.kind == kind]
    if not found:
        return VisitStep(step_name(kind), False, _missing(kind))
    last = found[-1]
    said = [clock(last.at), step_detail(kind, last.data)]
    if len(found) > 1:
        said.append(
            ngettext("%(n)s time", "%(n)s times", len(found)) % {"n": format_count(len(found))}
        )
    return VisitStep(step_name(kind), True, ", ".join(part for part in said if part))


def _missing(kind: Kind) -> str:
    return {
        Kind.LANDING: _("ap.js tells it within a second, on the page that the link leads to."),
        Kind.PAGE_VIEW: _("ap.js tells every page of the shop."),
        Kind.BASKET_CHANGED: _("Put something into the basket."),
        Kind.CHECKOUT_OPENED: _("Go to the checkout."),
    }[kind]


def _order(arrived: Arrived) -> VisitStep:
    title = _("Order with ap_ref")
    if not arrived.orders:
        return VisitStep(title, False, _("Place a test order: its message should carry ap_ref."))
    order = arrived.orders[-1]
    text = _("Order %(number)s, received at %(time)s.") % {
        "number": order.number,
        "time": clock(order.received_at),
    }
    return VisitStep(title, True, text, reverse("portal:order-detail", args=[order.pk]))
