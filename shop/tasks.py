from __future__ import annotations

import logging
from typing import Any

from celery import shared_task
from django.utils import timezone

from core.nudge import nudge
from shop.models import Connection, SyncKind
from shop.services import customer_requests, drops, health, inbound, syncing

log = logging.getLogger(__name__)


@shared_task
def process_inbound(**_kwargs: Any) -> int:
    """Make of the waiting deliveries what they say, and wake those who wait for the facts."""
    now = timezone.now()
    done = inbound.process_pending(now=now)
    if done:
        nudge("tracking.tasks.attribute_pending")
        nudge("payouts.tasks.apply_returns")
        nudge("payouts.tasks.complete_costs")
    return done


@shared_task
def settle_differences(**_kwargs: Any) -> int:
    """Mark the differences whose orders are now as the platforms said."""
    return syncing.settle(now=timezone.now())


@shared_task
def sync_orders(**_kwargs: Any) -> None:
    """Ask every platform which orders changed; what differs is read like a delivery."""
    _ask_all(SyncKind.ORDERS)


@shared_task
def compare_orders(**_kwargs: Any) -> None:
    """Compare the orders of 60 days with what every platform says of them."""
    _ask_all(SyncKind.COMPARISON)


@shared_task
def sync_catalogues(**_kwargs: Any) -> None:
    """Ask every platform which products, costs and stocks changed."""
    _ask_all(SyncKind.CATALOGUE)


def _ask_all(kind: SyncKind) -> None:
    for pk in Connection.objects.filter(paused_at__isnull=True).values_list("pk", flat=True):
        nudge(ask_platform, pk, kind.value)


@shared_task
def ask_platform(connection_id: int, kind: str, **_kwargs: Any) -> None:
    """Make one round of asking one platform."""
    syncing.run(connection_id=connection_id, kind=SyncKind(kind), now=timezone.now())
    nudge(process_inbound)


@shared_task
def check_connections(**_kwargs: Any) -> None:
    """See that every platform still lets us in and still sends; tell of those that are silent."""
    now = timezone.now()
    health.tell_of_silence(now=now)
    for pk in Connection.objects.filter(paused_at__isnull=True).values_list("pk", flat=True):
        try:
            health.check(connection_id=pk, now=now)
        except Exception as error:  # One odd platform must not keep others unchecked.
            log.error("Connection %s could not be checked: %s", pk, type(error).__name__)  # noqa: TRY400


@shared_task
def read_drops(**_kwargs: Any) -> None:
    """Read the files that tills and stores dropped."""
    for pk, why in drops.read_all(now=timezone.now()).items():
        log.warning("The files of connection %s could not be read: %s", pk, why)
    nudge("tracking.tasks.attribute_pending")


@shared_task
def answer_customers(**_kwargs: Any) -> int:
    """Erase what customers asked the shop to erase."""
    return customer_requests.erase_pending(now=timezone.now())
