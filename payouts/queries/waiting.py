"""What waits for a person before it is paid: differences of the books, and holds (CL26, P63)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from payouts.models import Difference, DifferenceState, Item, ItemStatus, PayoutHold

#: A payment that the bank has not booked yet is late: nobody was paid too much by it.
STOPS_NOTHING = ("not_booked",)


def stopping() -> QuerySet[Difference]:
    """Return the open differences that stop whom they are about."""
    return Difference.objects.filter(state=DifferenceState.OPEN).exclude(kind__in=STOPS_NOTHING)


def live_holds(at: datetime, *, leaving: Collection[int] = ()) -> QuerySet[PayoutHold]:
    """Return the holds of payees ``at`` a moment, and those of the payments ``leaving``, by id.

    The hold of one payment is its payee's once that was released: what was in it is due again.
    """
    of_payee = Q(item__isnull=True) | Q(item__status=ItemStatus.RELEASED)
    return PayoutHold.objects.at(at).filter(of_payee | Q(item__in=leaving))


def waits(at: datetime) -> Q:
    """Return what tells payments that wait: of a payee who differs, held, or whose payee is."""
    held = PayoutHold.objects.at(at).filter(affiliate=OuterRef("affiliate"))
    own = Q(item=OuterRef("pk")) | Q(item__isnull=True) | Q(item__status=ItemStatus.RELEASED)
    return Q(Exists(stopping().filter(affiliate=OuterRef("affiliate")))) | Q(
        Exists(held.filter(own))
    )


def stopped_by_hold(item: Item, at: datetime) -> PayoutHold | None:
    """Return what holds ``item``: a hold of its own, or one of its payee."""
    holds = live_holds(at, leaving=[item.pk]).filter(affiliate=item.affiliate_id)
    return holds.select_related("began_by").order_by("item", "pk").first()
