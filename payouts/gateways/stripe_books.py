"""Every transfer that Stripe has made since a moment, by our workers or by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import stripe

from core.money import Money
from payouts.domain.rail_books import Made
from payouts.gateways.stripe import PAGE, asking, connect, item_told


def transfers_since(since: datetime) -> Iterator[Made]:
    """Yield the transfers of this account since a moment, newest first.

    :raises RailUnavailable: when Stripe gives no answer.
    """
    with asking():
        page = connect().client.v1.transfers.list(
            {"created": {"gte": int(since.timestamp())}, "limit": PAGE}
        )
        for transfer in page.auto_paging_iter():
            made = _made(transfer)
            if made.at >= since:
                yield made


def _made(transfer: stripe.Transfer) -> Made:
    said = transfer.to_dict()
    return Made(
        reference=said["id"],
        group=said.get("transfer_group") or "",
        item_id=item_told(transfer),
        amount=Money(said["amount"], said["currency"].upper()),
        reversed_minor=said.get("amount_reversed") or 0,
        at=datetime.fromtimestamp(said["created"], UTC),
    )
