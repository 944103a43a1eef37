"""Calls of the API: sales.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from datetime import datetime

from apport_client.paging import Pages
from apport_client.transport import Transport
from apport_client.types.sales import Commission, Sale, SaleDetail, SaleState
from apport_client.writing import place


class SalesResource:
    """What ``client.sales`` can do."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        link: str | None = None,
        promo_code: str | None = None,
        since: datetime | None = None,
        state: SaleState | None = None,
        until: datetime | None = None,
        page_size: int = 100,
        cursor: str = "",
    ) -> Pages[Sale]:
        """List sales.

        Orders credited to you, the newest first, with what each earns and why it stands where it
        stands.

        Needs the scope `read:sales`.

        :param since: From this moment on.
        :param until: Before this moment.
        :param page_size: How many are asked for at once.
        :param cursor: The “next_cursor” after which to begin.
        """
        asked: dict[str, object] = {
            "link": link,
            "promo_code": promo_code,
            "since": since,
            "state": state,
            "until": until,
            "limit": page_size,
        }
        return self._transport.pages(Sale, "/sales", asked, cursor)

    def get(self, reference: str) -> SaleDetail:
        """Read a sale.

        One of your sales, with its lines and why it is yours.

        Needs the scope `read:sales`.
        """
        asked: dict[str, object] = {}
        return self._transport.read(SaleDetail, f"/sales/{place(reference)}", asked)

    def commission(self, reference: str) -> Commission:
        """Read what a sale earns.

        The commission of a sale, line by line, each with the sentences that compute it. 404 with
        the code `not_computed` while nothing is computed yet.

        Needs the scope `read:sales`.
        """
        asked: dict[str, object] = {}
        return self._transport.read(Commission, f"/sales/{place(reference)}/commission", asked)
