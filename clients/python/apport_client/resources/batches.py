"""Calls of the API: batches.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from uuid import UUID

from apport_client.paging import Pages
from apport_client.transport import Transport
from apport_client.types.batches import Batch, BatchItem, BatchStatus
from apport_client.writing import place


class BatchesResource:
    """What ``client.batches`` can do."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        status: BatchStatus | None = None,
        page_size: int = 100,
        cursor: str = "",
    ) -> Pages[Batch]:
        """List payout batches.

        Runs of payouts, the newest first.

        Needs the scope `read:batches`.

        :param page_size: How many are asked for at once.
        :param cursor: The “next_cursor” after which to begin.
        """
        asked: dict[str, object] = {"status": status, "limit": page_size}
        return self._transport.pages(Batch, "/batches", asked, cursor)

    def get(self, batch_id: UUID | str) -> Batch:
        """Read a payout batch.

        One run of payouts.

        Needs the scope `read:batches`.
        """
        asked: dict[str, object] = {}
        return self._transport.read(Batch, f"/batches/{place(batch_id)}", asked)

    def payouts(
        self,
        batch_id: UUID | str,
        *,
        page_size: int = 100,
        cursor: str = "",
    ) -> Pages[BatchItem]:
        """List the payouts of a batch.

        Whom a batch pays, and how much.

        Needs the scope `read:batches`.

        :param page_size: How many are asked for at once.
        :param cursor: The “next_cursor” after which to begin.
        """
        asked: dict[str, object] = {"limit": page_size}
        return self._transport.pages(
            BatchItem,
            f"/batches/{place(batch_id)}/payouts",
            asked,
            cursor,
        )
