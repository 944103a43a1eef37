"""What the demo's looks sold on product pages: taps in them, and what was ordered then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from influencers.models import Look, Surface
from portal.demo.history import DAY, History, pull_everything
from portal.demo.look_sketches import PUBLISHED
from portal.demo.purchases import Trail
from portal.demo.world import World
from shop.services import orders
from tracking.domain.navigation import Navigation
from tracking.services import clicks

_EVERY_DAYS = 6
_PIECES = 2
_ORDERED_AFTER = timedelta(minutes=17)


def sell(stage: World, history: History, published: Sequence[Look], *, now: datetime) -> None:
    """Let visitors tap in the looks of ``PUBLISHED`` and buy; decide what that earns.

    Nobody brought them to the shop: what they tapped is all that led to these orders.
    """
    bought = []
    for sketch, look in zip(PUBLISHED, published, strict=True):
        taps = [_tap(look, at) for at in _moments(look, now)]
        visitors = clicks.record_many(taps, now=now)
        skus = [one.product.sku for one in sketch.worn[:_PIECES]]
        bought += [
            history.customers.order(tap.at + _ORDERED_AFTER, Trail(tokens=(visitor,)), skus=skus)
            for tap, visitor in zip(taps, visitors, strict=True)
            if visitor
        ]
    orders.record(shop_id=stage.shop.pk, orders=bought, now=now)
    pull_everything(now=now)


def _moments(look: Look, now: datetime) -> Iterator[datetime]:
    """Yield when somebody taps, from the day after the look appeared until yesterday."""
    at = (look.published_at or now) + DAY
    while at < now - DAY:
        yield at
        at += _EVERY_DAYS * DAY


def _tap(look: Look, at: datetime) -> clicks.Landing:
    """Return a tap as the redirect keeps it (Y1).

    :raises LookupError: when the look is not a creator's, and so has no link.
    """
    if look.link is None:
        raise LookupError(f"{look} has no link.")
    return clicks.Landing(
        at=at,
        link=look.link,
        consent=True,
        navigation=Navigation.INTERNAL,
        referrer_host="",
        surface=f"look:{look.pk}:{Surface.PDP}",
    )
