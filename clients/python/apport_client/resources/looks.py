"""Calls of the API: looks.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from uuid import UUID

from apport_client.paging import Pages
from apport_client.transport import Transport
from apport_client.types.looks import Look, LookDetail, LookState
from apport_client.writing import place


class LooksResource:
    """What ``client.looks`` can do."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        state: LookState | None = None,
        page_size: int = 100,
        cursor: str = "",
    ) -> Pages[Look]:
        """List looks.

        Your looks, the newest first, with what each brought.

        Needs the scope `read:looks`.

        :param state: All that are not archived without it.
        :param page_size: How many are asked for at once.
        :param cursor: The “next_cursor” after which to begin.
        """
        asked: dict[str, object] = {"state": state, "limit": page_size}
        return self._transport.pages(Look, "/looks", asked, cursor)

    def get(self, look_id: UUID | str) -> LookDetail:
        """Read a look.

        One of your looks, with its figures by place and its products.

        Needs the scope `read:looks`.
        """
        asked: dict[str, object] = {}
        return self._transport.read(LookDetail, f"/looks/{place(look_id)}", asked)
