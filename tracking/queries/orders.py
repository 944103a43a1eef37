"""How an order came to somebody, or to nobody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from shop.models import Order
from tracking.domain.codes import normalized
from tracking.domain.references import to_uuid
from tracking.models import Attribution, Click, Credit, Touchpoint


@dataclass(frozen=True, slots=True)
class OrderTrace:
    """How an order came to somebody or to nobody. ``attribution`` None: not decided yet."""

    attribution: Attribution | None
    touchpoints: list[Touchpoint] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    unknown_codes: list[str] = field(default_factory=list)
    unknown_clicks: int = 0


def trace(order_id: int) -> OrderTrace:
    """Return the trace of one order, its touchpoints newest first. Five queries at most."""
    order = Order.objects.get(pk=order_id)
    attribution = Attribution.objects.filter(order=order).first()
    if attribution is None:
        return OrderTrace(attribution=None)
    touchpoints = list(
        attribution.touchpoints.select_related("affiliate", "link", "coupon_code").order_by(
            "-at", "-won", "pk"
        )
    )
    credits = order.credits.select_related("affiliate", "touchpoint").order_by("pk")
    visitors = {to_uuid(token) for token in order.click_tokens} - {None}
    known = Click.objects.filter(visitor__in=visitors).values("visitor").distinct().count()
    return OrderTrace(
        attribution=attribution,
        touchpoints=touchpoints,
        credits=list(credits),
        unknown_codes=_unknown_codes(order.codes, touchpoints),
        unknown_clicks=len(set(order.click_tokens)) - known,
    )


def _unknown_codes(codes: Iterable[str], touchpoints: Iterable[Touchpoint]) -> list[str]:
    ours = {normalized(one.coupon_code.code) for one in touchpoints if one.coupon_code}
    return sorted({code for code in codes if normalized(code) not in ours})
