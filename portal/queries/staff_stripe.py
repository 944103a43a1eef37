"""How far a batch is that Stripe pays, as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from core.models import AuditEntry
from core.money import Money
from payouts.gateways.stripe import is_configured
from payouts.models import Batch, BatchStatus, Item, ItemStatus
from payouts.services.stripe_unknown import asked_by


@dataclass(frozen=True, slots=True)
class Unknown:
    """A payout that people have to decide about, and what one of them asked for."""

    item: Item
    asked: AuditEntry | None

    @property
    def wants_again(self) -> bool:
        return self.asked is not None and self.asked.verb == "item.again_asked"


def run_of(batch: Batch) -> dict[str, Any]:
    """Return what the progress of a Stripe batch shows, in two queries and one per unknown."""
    counted = batch.items.aggregate(
        left=Count("pk", filter=Q(status__in=Item.LEFT)),
        left_minor=Sum("amount_minor", filter=Q(status__in=Item.LEFT)),
        on_the_way=Count("pk", filter=Q(status=ItemStatus.SENDING)),
        refused=Count("pk", filter=Q(status=ItemStatus.RELEASED) & ~Q(idempotency_key="")),
        skipped=Count("pk", filter=Q(status=ItemStatus.RELEASED, idempotency_key="")),
    )
    unknown = batch.items.filter(status=ItemStatus.UNKNOWN).select_related("affiliate")
    left = Money(counted["left_minor"] or 0, batch.currency)
    facts = [
        (_("On their way"), counted["on_the_way"]),
        (_("Refused by Stripe, due again"), counted["refused"]),
        (_("Left out, due again"), counted["skipped"]),
    ]
    return {
        "batch": batch,
        "left": counted["left"],
        "left_amount": left,
        "progress_text": _("%(left)s of %(total)s")
        % {"left": counted["left"], "total": batch.item_count},
        "facts": [(label, str(count)) for label, count in facts if count],
        "unknown": [Unknown(item, asked_by(item)) for item in unknown.order_by("pk")[:20]],
        "is_live": batch.status == BatchStatus.EXECUTING,
        "may_start": batch.status == BatchStatus.APPROVED and is_configured(),
    }
