"""What happened on a shop's pages and on the way to them, for the tracking pages."""

from datetime import timedelta

from django.urls import reverse

from tests.builders import (
    NOW,
    make_affiliate,
    make_click,
    make_credit,
    make_link,
    make_order,
    make_return,
    make_shop,
)
from tests.portal_staff.world import make_failed_event
from tracking.domain.references import to_uuid
from tracking.models import JourneyEvent, SpoolHost
from tracking.services.clicks import Landing, record_many

NAMES = [
    "tracking", "tracking-stream", "tracking-rejects", "tracking-debug", "tracking-installation",
    "tracking-visit",
]  # fmt: skip


def page(client, name, headers=None, **query):
    answer = client.get(reverse(f"portal:{name}"), query, headers=headers or {})
    assert answer.status_code == 200, answer.headers
    return " ".join(answer.content.decode().split())


def make_host(**overrides):
    fields = {"name": "web-1", "watermark": NOW, "beat_at": NOW, **overrides}
    return SpoolHost.objects.create(**fields)


def make_step(visitor, kind="page_view", **overrides):
    fields = {
        "at": NOW - timedelta(minutes=90), "visitor": visitor, "shop_id": make_shop().pk,
        "kind": kind, "data": {"path": "/dresses"}, **overrides,
    }  # fmt: skip
    return JourneyEvent.objects.create(**fields)


def land(link, number=1, *, consent=False, navigation="followed", host="blog.example", **more):
    at = more.pop("at", NOW - timedelta(minutes=10))
    landing = Landing(
        link=link, consent=consent, navigation=navigation, referrer_host=host, at=at, **more
    )
    return record_many([landing] * number, now=NOW)


def make_everything():
    """One of each thing that the stream shows; return the reference it must not show."""
    link = make_link(make_affiliate(name="Le Carnet"), code="ete")
    [reference] = land(link, consent=True)
    make_click(link, visitor=to_uuid(reference), ip_hash=-8_123_456_789_012_345_678,
               sub_id="bio", clicked_at=NOW - timedelta(minutes=5))  # fmt: skip
    land(link, 3)
    make_step(to_uuid(reference))
    order = make_order(number="WEB-7", click_tokens=[reference], received_at=NOW)
    make_credit(link.affiliate, order, link=link)
    make_return(order)
    make_failed_event()
    return reference
