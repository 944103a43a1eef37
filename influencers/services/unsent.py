"""Products that were not sent yet to who takes part no more (rule CA21)."""

from __future__ import annotations

from datetime import datetime

from core import audit
from influencers.models import Participation, Shipment, ShipmentStatus
from influencers.services import campaign_mails

UNSENT = (ShipmentStatus.ASKED, ShipmentStatus.GRANTED)


def refuse_of(part: Participation, *, reason: str, by_id: int, now: datetime) -> int:
    """Send nothing more to a creator whose part was ended; return of how many parcels.

    In the transaction of the caller, who holds the locks of the campaign and of the part.
    """
    rows = Shipment.objects.select_for_update(of=("self",)).select_related(
        "affiliate", "product", "participation__campaign"
    )
    waiting = list(rows.filter(participation=part, status__in=UNSENT).order_by("pk"))
    for shipment in waiting:
        shipment.move_to(ShipmentStatus.REFUSED, at=now)
        shipment.reason = reason[:300]
        shipment.save(update_fields=["status", "status_changed_at", "reason"])
        audit.record(
            actor=by_id, verb="shipment.refused", subject=shipment, at=now, reason=shipment.reason,
            data={"affiliate": shipment.affiliate_id, "value_minor": shipment.value_minor},
        )  # fmt: skip
        campaign_mails.parcel(shipment, "refused", now=now)
    return len(waiting)
