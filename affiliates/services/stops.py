"""Stopping links, codes and payouts of an account that stays open, and letting them go on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from affiliates.models import Affiliate, Stop, Stopped


@transaction.atomic
def begin(*, affiliate_id: int, what: Collection[str], now: datetime) -> list[Stop]:
    """Stop some of ``Stopped`` from ``now`` on; return those that were not stopped before.

    Links then lead to the shop and earn nothing, codes credit nobody, and payouts wait. Who asked
    and why is kept by the caller. Safe to repeat.
    """
    live = _live(affiliate_id)
    missing = [kind for kind in Stopped.values if kind in set(what) - set(live)]
    return Stop.objects.bulk_create(
        Stop(affiliate_id=affiliate_id, what=kind, began_at=now) for kind in missing
    )


@transaction.atomic
def end(*, affiliate_id: int, what: Collection[str], now: datetime) -> list[Stop]:
    """Let some of ``Stopped`` go on from ``now``; return which were stopped. Safe to repeat."""
    ended = [stop for kind, stop in _live(affiliate_id).items() if kind in what]
    for stop in ended:
        stop.ended_at = max(now, stop.began_at)
        stop.save(update_fields=["ended_at"])
    return ended


def _live(affiliate_id: int) -> dict[str, Stop]:
    """Return what is stopped; the account's row is locked, so that one change follows another."""
    Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    return {stop.what: stop for stop in Stop.objects.filter(affiliate=affiliate_id, ended_at=None)}
