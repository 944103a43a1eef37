"""Calls of the API: codes.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from apport_client.paging import Pages
from apport_client.transport import Transport
from apport_client.types.codes import PromoCode


class CodesResource:
    """What ``client.codes`` can do."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, page_size: int = 100, cursor: str = "") -> Pages[PromoCode]:
        """List promo codes.

        All of your promo codes, the newest first.

        Needs the scope `read:codes`.

        :param page_size: How many are asked for at once.
        :param cursor: The “next_cursor” after which to begin.
        """
        asked: dict[str, object] = {"limit": page_size}
        return self._transport.pages(PromoCode, "/codes", asked, cursor)
