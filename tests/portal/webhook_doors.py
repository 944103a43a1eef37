"""Webhooks with something in their log, and the doors of their pages, on both sides."""

from __future__ import annotations

from affiliates.models import Affiliate, AffiliateStatus, Endpoint
from affiliates.services.events import Fact, ping, tell
from tests.affiliates.hook_world import make_endpoint, make_own_endpoint, told
from tests.builders import NOW

_ACTS = ("rotate", "pause", "resume", "delete", "test", "resend-all", "resend")
WEBHOOK_POSTS = {f"webhook-{act}" for act in _ACTS}
OWN_WEBHOOK_POSTS = {f"own-webhook-{act}" for act in _ACTS}
OWN_WEBHOOK_FORMS = {"own-webhook-new", "own-webhook-edit"}


def made_before(affiliate, name, **overrides):
    """An address of an account that may be stopped by now. The same one once made."""
    found = Endpoint.objects.standing().filter(affiliate=affiliate, name=name).first()
    if found is not None:
        return found
    status = Affiliate.objects.get(pk=affiliate.pk).status
    Affiliate.objects.filter(pk=affiliate.pk).update(status=AffiliateStatus.ACTIVE)
    made = make_endpoint(affiliate, name=name, **overrides)
    Affiliate.objects.filter(pk=affiliate.pk).update(status=status)
    return made


def make_told(affiliate):
    """A webhook of an affiliate, a delivery of it, and a postback. The same ones once made."""
    endpoint = made_before(affiliate, "Warehouse")
    made_before(
        affiliate, "Tracker", kind="postback", method="GET",
        url="https://tracker.example/p?c={sub1}&s={commission}",
    )  # fmt: skip
    return endpoint, endpoint.deliveries.first() or told(endpoint)


def make_own_told():
    """A webhook of the programme and a delivery of it."""
    found = make_own_endpoint()
    tell([Fact(type="connection.silent", key="1", at=NOW, data={"connection": "maison"})], now=NOW)
    return found, found.deliveries.get()


def webhook_addresses(affiliate):
    """Every page of an affiliate's webhooks, by its name."""
    endpoint, delivery = make_told(affiliate)
    one = f"/portal/webhooks/{endpoint.public_id}/"
    return {
        "webhook-list": "/portal/webhooks/",
        "webhook-new": "/portal/webhooks/new/?kind=postback",
        "webhook-detail": one,
        "webhook-edit": f"{one}edit/",
        "webhook-delivery": f"{one}deliveries/{delivery.pk}/",
    }


def webhook_arguments():
    """What the programme's addresses are about, by their names."""
    endpoint, delivery = make_own_told()
    one, both = [endpoint.public_id], [endpoint.public_id, delivery.pk]
    names = ("detail", "edit", *_ACTS)
    return {
        **{f"own-webhook-{name}": one for name in names},
        "own-webhook-new": [],
        "own-webhook-delete": [make_own_endpoint().public_id],
        "own-webhook-delivery": both,
        "own-webhook-resend": both,
    }


def webhook_places(affiliate):
    """What stands for the parameters of routes."""
    theirs, delivery = make_told(affiliate)
    own, own_delivery = make_own_told()
    ping(endpoint_id=own.pk, now=NOW)
    tracker = Endpoint.objects.get(affiliate=affiliate, kind="postback")
    return {
        "portal/webhooks/<uuid:public_id>/deliveries/<int:pk>/": [
            f"portal/webhooks/{theirs.public_id}/deliveries/{delivery.pk}/"
        ],
        "manage/webhooks/<uuid:public_id>/deliveries/<int:pk>/": [
            f"manage/webhooks/{own.public_id}/deliveries/{own_delivery.pk}/"
        ],
        "portal/webhooks/<uuid:public_id>/": [
            f"portal/webhooks/{one.public_id}/" for one in (theirs, tracker)
        ],
        "manage/webhooks/<uuid:public_id>/": [f"manage/webhooks/{own.public_id}/"],
    }
