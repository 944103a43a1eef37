"""Rows of visits: a click that won an order, what the visitor did in the shop, other clicks."""

from datetime import timedelta
from uuid import uuid4

from fraud.domain.delays import CLASSES
from fraud.models import SalesDay, TrafficDay
from fraud.queries import evidence_for
from tests.builders import NOW, make_click, make_link, make_order, make_shop
from tracking.domain.references import to_uuid
from tracking.models import Credit, JourneyEvent
from tracking.services.attributions import attribute_pending

CLICKED = NOW - timedelta(hours=2)
TODAY = NOW.date()
SEEN = {"path": "/", "redirects": 1, "entry": "navigate", "referrer": "", "visible": True,
        "focused": True}  # fmt: skip


def make_event(visitor, kind, at, **data):
    """Something that a page of the shop told of a visitor."""
    return JourneyEvent.objects.create(
        visitor=visitor, shop_id=make_shop().pk, kind=kind, at=at, data=data
    )


def own_origin():
    """Let the shop's own proxy bring links to us, so that pages count redirects."""
    shop = make_shop()
    shop.link_origin = "https://shop.example"
    shop.save(update_fields=["link_origin"])


def bought(link=None, *, order=None, **click):
    """The credit of an order after a click two hours ago; ``click`` are fields of that."""
    click = make_click(link or make_link(), **{"clicked_at": CLICKED, "visitor": uuid4(), **click})
    order = make_order(click_tokens=[click.reference], **(order or {}))
    attribute_pending(now=NOW)
    return Credit.objects.select_related("order", "affiliate").get(order=order)


def visitor_of(credit):
    """The visitor whose click won a credit."""
    return to_uuid(credit.order.click_tokens[0])


def evidence(credit):
    """The facts about one credit."""
    return evidence_for([credit])[credit.pk]


def traffic(affiliate, *, day=TODAY, **sums):
    """What is counted of an affiliate's visits on a day: ten clicks."""
    fields = {"clicks": 10, "visitors": 10, "hours": [10] + [0] * 23, **sums}
    return TrafficDay.objects.create(affiliate_id=affiliate.pk, day=day, **fields)


def sales(affiliate, *, day=TODAY, **sums):
    """What is counted of an affiliate's sales on a day: one, by click."""
    fields = {"orders": 1, "by_click": 1, "delays": [1] + [0] * (CLASSES - 1), **sums}
    return SalesDay.objects.create(affiliate_id=affiliate.pk, day=day, **fields)
