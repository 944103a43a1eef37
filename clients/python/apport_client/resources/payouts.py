"""Calls of the API: payouts.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from uuid import UUID

from apport_client.paging import Pages
from apport_client.transport import Transport
from apport_client.types.payouts import Payout, PayoutLine
from apport_client.writing import place


class PayoutsResource:
    """What ``client.payouts`` can do."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, page_size: int = 100, cursor: str = "") -> Pages[Payout]:
        """List payouts.

        What was paid to you or is about to be, newest first.

        Needs the scope `read:payouts`.

        :param page_size: How many are asked for at once.
        :param cursor: The “next_cursor” after which to begin.
        """
        asked: dict[str, object] = {"limit": page_size}
        return self._transport.pages(Payout, "/payouts", asked, cursor)

    def get(self, payout_id: UUID | str) -> Payout:
        """Read a payout.

        One of your payouts.

        Needs the scope `read:payouts`.
        """
        asked: dict[str, object] = {}
        return self._transport.read(Payout, f"/payouts/{place(payout_id)}", asked)

    def lines(
        self,
        payout_id: UUID | str,
        *,
        page_size: int = 100,
        cursor: str = "",
    ) -> Pages[PayoutLine]:
        """List the lines of a payout.

        The commissions and later changes that a payout is made of, the newest first. They sum to
        its `net`.

        Needs the scope `read:payouts`.

        :param page_size: How many are asked for at once.
        :param cursor: The “next_cursor” after which to begin.
        """
        asked: dict[str, object] = {"limit": page_size}
        return self._transport.pages(
            PayoutLine,
            f"/payouts/{place(payout_id)}/lines",
            asked,
            cursor,
        )

    def statement(self, payout_id: UUID | str) -> bytes:
        """Download a statement.

        The statement of a payout as a PDF, byte for byte as it was issued. 404 with the code
        `not_issued` before it is.

        Needs the scope `read:payouts`.
        """
        return self._transport.download(f"/payouts/{place(payout_id)}/statement.pdf")
