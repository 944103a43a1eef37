"""Calls of the API: orders.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from datetime import datetime

from apport_client.paging import Pages
from apport_client.transport import Transport
from apport_client.types.orders import Order, OrderDetail, OrderHas, OrderOutcome
from apport_client.writing import place


class OrdersResource:
    """What ``client.orders`` can do."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        has: OrderHas | None = None,
        number: str | None = None,
        outcome: OrderOutcome | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        page_size: int = 100,
        cursor: str = "",
    ) -> Pages[Order]:
        """List orders.

        Orders of the shops, the newest first, without any cost.

        Needs the scope `read:orders`.

        :param number: The order's number, or S-1025.
        :param since: From this moment on.
        :param until: Before this moment.
        :param page_size: How many are asked for at once.
        :param cursor: The “next_cursor” after which to begin.
        """
        asked: dict[str, object] = {
            "has": has,
            "number": number,
            "outcome": outcome,
            "since": since,
            "until": until,
            "limit": page_size,
        }
        return self._transport.pages(Order, "/orders", asked, cursor)

    def get(self, order_id: int, *, costs: bool | None = None) -> OrderDetail:
        """Read an order.

        One order with its lines and who brought it. With `costs=true` unit costs and actual margins
        too, for those who may see them: that look is written into the audit trail.

        Needs the scope `read:orders`.

        :param costs: Unit costs and actual margins too. Needs the permission; every look is kept.
        """
        asked: dict[str, object] = {"costs": costs}
        return self._transport.read(OrderDetail, f"/orders/{place(order_id)}", asked)
