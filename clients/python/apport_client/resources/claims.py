"""Calls of the API: claims.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from apport_client.money import Money
from apport_client.paging import Pages
from apport_client.transport import Transport
from apport_client.types.claims import Claim, ClaimDetail, ClaimInput, ClaimKind, ClaimStatus
from apport_client.writing import UNSET, Unset, place


class ClaimsResource:
    """What ``client.claims`` can do."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        status: ClaimStatus | None = None,
        page_size: int = 100,
        cursor: str = "",
    ) -> Pages[Claim]:
        """List claims.

        Your claims and where each stands, the newest first.

        Needs the scope `read:claims`.

        :param page_size: How many are asked for at once.
        :param cursor: The “next_cursor” after which to begin.
        """
        asked: dict[str, object] = {"status": status, "limit": page_size}
        return self._transport.pages(Claim, "/claims", asked, cursor)

    def create(
        self,
        *,
        kind: ClaimKind,
        order_number: str,
        ordered_on: date,
        amount: Money | None | Unset = UNSET,
        text: str | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> ClaimDetail:
        """Make a claim.

        Says that a sale is missing, that its amount is wrong, or that it was wrongly refused. A
        person decides. The same claim, while it is open, is answered (200) rather than made again
        (201).

        Needs the scope `write:claims`.

        :param order_number: Or the id of a sale of yours: S-1025.
        :param ordered_on: The day of the order.
        :param amount: Price paid without VAT.
        :param text: Needed unless the sale is missing.
        :param idempotency_key: Of a call that is to have one effect even if your program is started
            anew; one is made for each call without it.
        """
        body = ClaimInput(
            kind=kind,
            order_number=order_number,
            ordered_on=ordered_on,
            amount=amount,
            text=text,
        )
        return self._transport.change(ClaimDetail, "POST", "/claims", body, idempotency_key)

    def get(self, claim_id: UUID | str) -> ClaimDetail:
        """Read a claim.

        One of your claims, and what our records say of the order.

        Needs the scope `read:claims`.
        """
        asked: dict[str, object] = {}
        return self._transport.read(ClaimDetail, f"/claims/{place(claim_id)}", asked)
